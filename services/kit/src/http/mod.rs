//! The HTTP server of every service: an accept loop of our own, because the
//! released axum's has no header-read timeout. Knows no routes.

mod bind;
mod layers;
mod serve;

pub use bind::{BindError, bind};
pub use layers::observed;
pub use serve::{HttpLimits, serve};
