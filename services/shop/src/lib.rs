//! The example applications: articles, prices and offers, each one type with one
//! decide function in a file of its own. No plumbing lives here.

mod articles;
mod offers;
mod prices;
mod shop;
mod time;

pub use articles::Articles;
pub use offers::{OfferInput, Offers};
pub use prices::Prices;
pub use shop::{Shop, topologies, verify};
