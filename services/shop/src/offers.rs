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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use accordant_events::{
        catalog::article_changed::ArticleStatus,
        common::{Money, money::Currency},
    };
    use accordant_kit::processor::Trial;
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;

    fn article(version: i64, deleted: bool) -> OfferInput {
        OfferInput::Article(ArticleChanged {
            article_id: Uuid::from_u128(1),
            merchant_id: "merchant".to_owned(),
            sku: "sku".to_owned(),
            status: ArticleStatus::Active,
            title: format!("Title {version}"),
            description: None,
            genres: Vec::new(),
            contributors: Vec::new(),
            attributes: BTreeMap::new(),
            format: None,
            released_on: None,
            checksum: None,
            rating: None,
            changed_at: chrono::DateTime::default(),
            version,
            deleted,
        })
    }

    fn price(version: i64) -> OfferInput {
        OfferInput::Price(PriceChanged {
            article_id: Uuid::from_u128(1),
            merchant_id: "merchant".to_owned(),
            price: Money {
                amount: Decimal::new(version * 100, 2),
                currency: Currency::Eur,
            },
            previous: None,
            changed_at: chrono::DateTime::default(),
            version,
            deleted: false,
        })
    }

    /// Each input with the offer's version and status after it; no version
    /// where it changes nothing.
    #[track_caller]
    fn check(inputs: &[(OfferInput, Option<i64>, OfferStatus)]) {
        let mut trial = Trial::new(Offers);
        for (input, version, status) in inputs {
            let decision = trial.decide(input).unwrap();
            let found = match &decision {
                Decision::Apply(changes) => changes.last().map(|it| it.version),
                Decision::Nothing => None,
                Decision::Reject(reasons) => panic!("{reasons:?}"),
            };
            assert_eq!(found, *version, "{input:?}");
            assert_eq!(
                trial.entity(&input.key()).unwrap().status,
                *status,
                "{input:?}"
            );
        }
    }

    #[test]
    fn an_offer_is_complete_with_article_and_price_in_either_order() {
        check(&[
            (article(1, false), Some(1), OfferStatus::Incomplete),
            (price(1), Some(2), OfferStatus::Available),
        ]);
        check(&[
            (price(1), Some(1), OfferStatus::Incomplete),
            (article(1, false), Some(2), OfferStatus::Available),
        ]);
    }

    #[test]
    fn what_it_has_seen_changes_nothing() {
        check(&[
            (article(2, false), Some(1), OfferStatus::Incomplete),
            (article(1, false), None, OfferStatus::Incomplete),
            (article(2, false), None, OfferStatus::Incomplete),
            (price(2), Some(2), OfferStatus::Available),
            (price(1), None, OfferStatus::Available),
        ]);
    }

    #[test]
    fn a_retired_article_is_withdrawn_until_it_comes_back() {
        check(&[
            (article(1, false), Some(1), OfferStatus::Incomplete),
            (article(2, true), Some(2), OfferStatus::Withdrawn),
            (price(1), Some(3), OfferStatus::Withdrawn),
            (article(3, false), Some(4), OfferStatus::Available),
        ]);
    }
}
