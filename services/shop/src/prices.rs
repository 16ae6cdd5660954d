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
