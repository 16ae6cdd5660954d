//! A kind of event that is measured.

use accordant_wire::{Decode, Event, EventRef};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// One contract with two released versions, and the types of its peers.
pub(crate) trait Case: Sized {
    /// What the tables call it.
    const NAME: &'static str;
    /// The generated type of version 1.
    type First: Event + Decode;
    /// The generated type of version 2, the latest.
    type Latest: Event + Decode + PartialEq;
    /// The generated view of version 2.
    type View<'a>: EventRef<'a, Owned = Self::Latest>;
    /// The peers' type of the latest version, with a `String` for a string.
    type Owned: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug;
    /// The same with a `&str` for a string.
    type Borrowed<'a>: Deserialize<'a>;

    /// The same events as all sides see them: 64 different ones.
    fn samples() -> Vec<Sample<Self>>;

    /// The strings of an event, for the limits of the machine.
    fn strings(owned: &Self::Owned) -> Vec<&str>;
}

/// One event.
pub(crate) struct Sample<C: Case> {
    /// As a producer of version 1 would have sent it.
    pub(crate) first: C::First,
    /// As version 2 has it.
    pub(crate) latest: C::Latest,
    /// As the peers have it.
    pub(crate) owned: C::Owned,
}
