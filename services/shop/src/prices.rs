//! Prices: what merchants submit becomes what buyers pay.

use accordant_events::{
    common::money::Currency,
    pricing::{PriceChanged, PriceSubmitted},
};
use accordant_kit::processor::{Context, Decision, Failure, Processor, Read, Reason, View};
use accordant_wire::Event;
use rust_decimal::Decimal;

use crate::time::log_time;

/// Decides about prices.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prices;

impl Processor for Prices {
    type Input = PriceSubmitted;
    type Change = PriceChanged;
    const NAME: &'static str = "prices";

    fn reads(&self, input: &PriceSubmitted) -> Vec<Read> {
        vec![Read::Key(input.key())]
    }

    fn decide(
        &self,
        ctx: &Context,
        input: &PriceSubmitted,
        view: &View<PriceChanged>,
    ) -> Result<Decision<PriceChanged>, Failure> {
        let mut reasons = Vec::new();
        if input.price.amount < Decimal::ZERO {
            let message = format!("the price is {}, below zero", input.price.amount);
            reasons.push(Reason::at("price_negative", "/price/amount", message));
        }
        if input.price.currency == Currency::Unknown {
            let message = "the shop does not sell in this currency";
            reasons.push(Reason::at("currency_unknown", "/price/currency", message));
        }
        if !reasons.is_empty() {
            return Ok(Decision::Reject(reasons));
        }
        let current = view.get(&input.key());
        Ok(Decision::Apply(vec![PriceChanged {
            article_id: input.article_id,
            merchant_id: input.merchant_id.clone(),
            price: input.price.clone(),
            previous: current.filter(|it| !it.deleted).map(|it| it.price.clone()),
            changed_at: log_time(ctx),
            version: view.version(&input.key()) + 1,
            deleted: false,
        }]))
    }
}

#[cfg(test)]
mod tests {
    use accordant_events::common::Money;
    use accordant_kit::processor::Trial;
    use uuid::Uuid;

    use super::*;

    fn price(cents: i64, currency: Currency) -> PriceSubmitted {
        PriceSubmitted {
            article_id: Uuid::from_u128(1),
            merchant_id: "merchant".to_owned(),
            price: Money {
                amount: Decimal::new(cents, 2),
                currency,
            },
            reason: None,
            submitted_at: None,
        }
    }

    #[track_caller]
    fn check(input: &PriceSubmitted, expected: &[&str]) {
        let codes: Vec<String> = match Trial::new(Prices).decide(input).unwrap() {
            Decision::Apply(_) => Vec::new(),
            Decision::Reject(reasons) => reasons.into_iter().map(|it| it.code).collect(),
            Decision::Nothing => panic!("a submission always ends in something"),
        };
        assert_eq!(codes, expected);
    }

    #[test]
    fn a_price_is_not_below_zero_and_in_a_known_currency() {
        check(&price(1299, Currency::Eur), &[]);
        check(&price(0, Currency::Usd), &[]);
        check(&price(-1, Currency::Eur), &["price_negative"]);
        check(&price(100, Currency::Unknown), &["currency_unknown"]);
        check(
            &price(-1, Currency::Unknown),
            &["price_negative", "currency_unknown"],
        );
    }

    #[test]
    fn a_change_shows_the_price_before_it() {
        let mut trial = Trial::new(Prices);
        let first = price(1499, Currency::Eur);
        trial.decide(&first).unwrap();
        trial.decide(&price(1299, Currency::Eur)).unwrap();
        let now = trial.entity(&first.key()).unwrap();
        assert_eq!(now.version, 2);
        assert_eq!(now.price.amount, Decimal::new(1299, 2));
        assert_eq!(now.previous.as_ref().unwrap().amount, Decimal::new(1499, 2));
    }
}
