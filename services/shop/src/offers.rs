//! Offers: an article joined with its price.

use accordant_events::{
    catalog::ArticleChanged,
    pricing::PriceChanged,
    shop::{OfferChanged, offer_changed::OfferStatus},
};
use accordant_kit::processor::{Context, Decision, Failure, Input, Processor, Read, Source, View};
use accordant_wire::Event;

use crate::time::log_time;

/// Joins articles and prices. It refuses nothing: both have been decided.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offers;

/// What offers are made of.
#[derive(Debug, Clone, PartialEq)]
pub enum OfferInput {
    /// An article changed.
    Article(ArticleChanged),
    /// A price changed.
    Price(PriceChanged),
}

impl Input for OfferInput {
    fn sources() -> Vec<Source<OfferInput>> {
        vec![
            Source::of(OfferInput::Article),
            Source::of(OfferInput::Price),
        ]
    }
}

impl OfferInput {
    fn key(&self) -> String {
        match self {
            OfferInput::Article(article) => article.key(),
            OfferInput::Price(price) => price.key(),
        }
    }
}

impl Processor for Offers {
    type Input = OfferInput;
    type Change = OfferChanged;
    const NAME: &'static str = "offers";

    fn reads(&self, input: &OfferInput) -> Vec<Read> {
        vec![Read::Key(input.key())]
    }

    fn decide(
        &self,
        ctx: &Context,
        input: &OfferInput,
        view: &View<OfferChanged>,
    ) -> Result<Decision<OfferChanged>, Failure> {
        let current = view.get(&input.key());
        // A version that the offer shows already, or an older one.
        let shown = match input {
            OfferInput::Article(_) => current.and_then(|it| it.article_version),
            OfferInput::Price(_) => current.and_then(|it| it.price_version),
        };
        let version = match input {
            OfferInput::Article(article) => article.version,
            OfferInput::Price(price) => price.version,
        };
        if shown.is_some_and(|shown| version <= shown) {
            return Ok(Decision::Nothing);
        }
        let mut offer = current.cloned().unwrap_or_else(|| blank(input));
        match input {
            OfferInput::Article(article) => {
                offer.title = Some(article.title.clone());
                offer.article_version = Some(article.version);
                offer.deleted = article.deleted;
            }
            OfferInput::Price(price) => {
                offer.price = Some(price.price.clone()).filter(|_| !price.deleted);
                offer.price_version = Some(price.version);
            }
        }
        offer.status = match (&offer.title, &offer.price) {
            _ if offer.deleted => OfferStatus::Withdrawn,
            (Some(_), Some(_)) => OfferStatus::Available,
            (None, _) | (_, None) => OfferStatus::Incomplete,
        };
        offer.changed_at = log_time(ctx);
        offer.version += 1;
        Ok(Decision::Apply(vec![offer]))
    }
}

/// An offer before its first event.
fn blank(input: &OfferInput) -> OfferChanged {
    let (article_id, merchant_id) = match input {
        OfferInput::Article(it) => (it.article_id, it.merchant_id.clone()),
        OfferInput::Price(it) => (it.article_id, it.merchant_id.clone()),
    };
    OfferChanged {
        article_id,
        merchant_id,
        status: OfferStatus::Incomplete,
        title: None,
        price: None,
        article_version: None,
        price_version: None,
        changed_at: chrono::DateTime::default(),
        version: 0,
        deleted: false,
    }
}
