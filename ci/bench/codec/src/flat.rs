//! A flat event of about 160 bytes: strings and numbers.

use serde::{Deserialize, Serialize};

use crate::{
    case::{Case, Sample},
    contracts::bench::flat::{v1, v2},
    data::{EVENTS, Random},
};

pub(crate) struct Flat;

/// The type of the peers, for owned and borrowed strings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Flat")]
pub(crate) struct Serde<S> {
    event_id: S,
    placed_at: i64,
    customer_id: i64,
    sku: S,
    title: S,
    quantity: i32,
    unit_price_cents: i64,
    currency: S,
    discount: f64,
    express: bool,
    email: S,
    address: S,
    note: Option<S>,
}

impl Case for Flat {
    const NAME: &'static str = "Flat event";
    type First = v1::Flat;
    type Latest = v2::Flat;
    type View<'a> = v2::FlatRef<'a>;
    type Owned = Serde<String>;
    type Borrowed<'a> = Serde<&'a str>;

    fn samples() -> Vec<Sample<Flat>> {
        let mut random = Random::new(1);
        (0..EVENTS).map(|_| sample(&mut random)).collect()
    }

    fn strings(owned: &Serde<String>) -> Vec<&str> {
        let mut strings = vec![
            owned.event_id.as_str(),
            &owned.sku,
            &owned.title,
            &owned.currency,
            &owned.email,
            &owned.address,
        ];
        strings.extend(owned.note.as_deref());
        strings
    }
}

fn sample(random: &mut Random) -> Sample<Flat> {
    let price = 100 + random.below(100_000) as i32;
    let words = 3 + random.below(2);
    let owned = Serde {
        event_id: random.uuid(),
        placed_at: random.micros(),
        customer_id: random.below(10_000_000) as i64,
        sku: random.sku(),
        title: random.words(words),
        quantity: 1 + random.below(80) as i32,
        unit_price_cents: price.into(),
        currency: random.currency().to_owned(),
        discount: random.below(50) as f64 / 100.0,
        express: random.below(4) == 0,
        email: format!("{}.{}@example.com", random.word(), random.word()),
        address: format!("{}, {}", random.street(), random.city()),
        note: (random.below(4) == 0).then(|| random.words(2)),
    };
    let all = owned.clone();
    let first = v1::Flat {
        event_id: all.event_id,
        placed_at: all.placed_at,
        customer_id: all.customer_id,
        email: all.email,
        sku: all.sku,
        title: all.title,
        quantity: all.quantity,
        unit_price_cents: price,
        currency: all.currency,
        warehouse: random.below(400) as i32,
        discount: all.discount,
        express: all.express,
        address: all.address,
    };
    let all = owned.clone();
    let latest = v2::Flat {
        event_id: all.event_id,
        placed_at: all.placed_at,
        customer_id: all.customer_id,
        sku: all.sku,
        title: all.title,
        quantity: all.quantity,
        unit_price_cents: all.unit_price_cents,
        currency: all.currency,
        discount: all.discount,
        express: all.express,
        email: all.email,
        address: all.address,
        note: all.note,
    };
    Sample {
        first,
        latest,
        owned,
    }
}
