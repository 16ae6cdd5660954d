//! The peers, with everything that they can prepare prepared once.

pub(crate) mod apache;
pub(crate) mod fast;
pub(crate) mod java;
