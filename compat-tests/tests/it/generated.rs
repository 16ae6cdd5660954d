//! The generated types, as what reads any version of their contracts.
//!
//! `ci/fuzz` compiles this file too.

use accordant_events::{catalog, common, pricing, shop};
use accordant_schema::contract::Version;
use accordant_wire::{
    Decode, DecodeError, Encode, EncodeError, Event, Limits, Reader, WriterVersion, dynamic::Plan,
};

/// Why there is no datum of the reader.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unread {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A decimal may be read that has more digits than its type says.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// A version of a contract, read by the type that was generated for it.
pub(crate) struct Generated {
    pub(crate) contract: &'static str,
    pub(crate) version: Version,
    /// The versions that an event reads; none where it is a shared type, which
    /// is read within events, and alone at its own version only.
    pub(crate) writers: &'static [WriterVersion],
    read: fn(Version, &[u8]) -> Result<Vec<u8>, Unread>,
    read_by: fn(&Plan, &[u8]) -> Result<Vec<u8>, Unread>,
}

impl Generated {
    pub(crate) fn of<E: Event + Decode>() -> Generated {
        Generated {
            contract: E::CONTRACT,
            version: Version(E::VERSION),
            writers: E::VERSIONS,
            read: |writer, bytes| {
                let event = E::from_avro(writer.0, bytes, Limits::default())?;
                encoded(&event)
            },
            read_by: read_by::<E>,
        }
    }

    fn of_type<T: Decode + Encode>(contract: &'static str, version: u32) -> Generated {
        Generated {
            contract,
            version: Version(version),
            writers: &[],
            read: |_own, bytes| {
                let mut reader = Reader::new(bytes, Limits::default());
                let value = T::decode(&mut reader)?;
                reader.finish()?;
                encoded(&value)
            },
            read_by: read_by::<T>,
        }
    }

    /// Whether it has a decoder for a version.
    pub(crate) fn reads(&self, writer: Version) -> bool {
        let is_known = self.writers.iter().any(|it| it.version == writer.0);
        is_known || writer == self.version
    }

    /// The datum of the writer as one of this version, in Avro again.
    pub(crate) fn read(&self, writer: Version, bytes: &[u8]) -> Result<Vec<u8>, Unread> {
        (self.read)(writer, bytes)
    }

    /// The same by a plan of the two versions.
    pub(crate) fn read_by(&self, plan: &Plan, bytes: &[u8]) -> Result<Vec<u8>, Unread> {
        (self.read_by)(plan, bytes)
    }
}

fn read_by<T: Decode + Encode>(plan: &Plan, bytes: &[u8]) -> Result<Vec<u8>, Unread> {
    let value: T = plan.decode(bytes, Limits::default(), &mut Vec::new())?;
    encoded(&value)
}

fn encoded(value: &impl Encode) -> Result<Vec<u8>, Unread> {
    let mut out = Vec::new();
    value.encode(&mut out)?;
    Ok(out)
}

/// Every version of every contract.
pub(crate) fn generated() -> Vec<Generated> {
    vec![
        Generated::of::<catalog::article_changed::v1::ArticleChanged>(),
        Generated::of::<catalog::article_changed::v2::ArticleChanged>(),
        Generated::of::<catalog::article_submitted::v1::ArticleSubmitted>(),
        Generated::of_type::<common::money::v1::Money>("common.Money", 1),
        Generated::of::<pricing::price_changed::v1::PriceChanged>(),
        Generated::of::<pricing::price_submitted::v1::PriceSubmitted>(),
        Generated::of::<shop::offer_changed::v1::OfferChanged>(),
        // The next version of a contract goes here.
    ]
}
