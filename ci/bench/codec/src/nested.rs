//! A nested event of about 300 bytes: an array of records, a map, an optional
//! record and an enum.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    case::{Case, Sample},
    contracts::bench::nested::{v1, v2},
    data::{EVENTS, Random},
};

pub(crate) struct Nested;

/// The type of the peers, for owned and borrowed strings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Nested", bound(deserialize = "S: Deserialize<'de> + Ord"))]
pub(crate) struct Serde<S: Ord> {
    event_id: S,
    placed_at: i64,
    customer_id: i64,
    status: Status,
    items: Vec<Item<S>>,
    billing: Option<Address<S>>,
    attributes: BTreeMap<S, S>,
    note: Option<S>,
    coupon: Option<S>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Item<S> {
    sku: S,
    quantity: i32,
    unit_price_cents: i64,
    weight: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Address<S> {
    street: S,
    city: S,
    postcode: S,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Placed,
    Paid,
    Shipped,
    Delivered,
    Cancelled,
}

impl Case for Nested {
    const NAME: &'static str = "Nested event";
    type First = v1::Nested;
    type Latest = v2::Nested;
    type View<'a> = v2::NestedRef<'a>;
    type Owned = Serde<String>;
    type Borrowed<'a> = Serde<&'a str>;

    fn samples() -> Vec<Sample<Nested>> {
        let mut random = Random::new(2);
        let mut next = || {
            let items = 4 + random.below(5);
            sample(&mut random, items)
        };
        (0..EVENTS).map(|_| next()).collect()
    }

    fn strings(owned: &Serde<String>) -> Vec<&str> {
        let mut strings = vec![owned.event_id.as_str()];
        strings.extend(owned.items.iter().map(|item| item.sku.as_str()));
        if let Some(billing) = &owned.billing {
            strings.extend([
                billing.street.as_str(),
                &billing.city,
                billing.postcode.as_str(),
            ]);
        }
        for (key, value) in &owned.attributes {
            strings.extend([key.as_str(), value]);
        }
        strings.extend(owned.note.as_deref());
        strings.extend(owned.coupon.as_deref());
        strings
    }
}

/// One event with so many items.
pub(crate) fn sample(random: &mut Random, items: u64) -> Sample<Nested> {
    let status = random.one_of(&[
        Status::Placed,
        Status::Paid,
        Status::Shipped,
        Status::Delivered,
        Status::Cancelled,
    ]);
    let items: Vec<Item<String>> = (0..items).map(|_| item(random)).collect();
    let attributes = (0..2 + random.below(3)).map(|_| {
        let key = random.word().to_owned();
        let words = 2 + random.below(3);
        (key, random.words(words))
    });
    let attributes: BTreeMap<String, String> = attributes.collect();
    let owned = Serde {
        event_id: random.uuid(),
        placed_at: random.micros(),
        customer_id: random.below(10_000_000) as i64,
        status,
        items,
        billing: (random.below(4) > 0).then(|| Address {
            street: random.street(),
            city: random.city().to_owned(),
            postcode: format!("{:05}", random.below(100_000)),
        }),
        attributes,
        note: (random.below(2) == 0).then(|| random.words(2)),
        coupon: (random.below(4) == 0).then(|| random.word().to_owned()),
    };
    Sample {
        first: first(owned.clone(), random.below(400) as i32),
        latest: latest(owned.clone()),
        owned,
    }
}

fn item(random: &mut Random) -> Item<String> {
    Item {
        sku: random.sku(),
        quantity: 1 + random.below(80) as i32,
        unit_price_cents: 100 + random.below(100_000) as i64,
        weight: random.below(5_000) as f64 / 1000.0,
    }
}

fn first(all: Serde<String>, revision: i32) -> v1::Nested {
    let item = |item: Item<String>| v1::Item {
        sku: item.sku,
        quantity: item.quantity,
        unit_price_cents: item.unit_price_cents as i32,
        weight: item.weight,
    };
    v1::Nested {
        event_id: all.event_id,
        placed_at: all.placed_at,
        customer_id: all.customer_id,
        items: all.items.into_iter().map(item).collect(),
        status: match all.status {
            Status::Placed => v1::Status::Placed,
            Status::Paid => v1::Status::Paid,
            Status::Shipped => v1::Status::Shipped,
            Status::Delivered => v1::Status::Delivered,
            Status::Cancelled => v1::Status::Cancelled,
        },
        revision,
        billing: all.billing.map(|it| v1::Address {
            street: it.street,
            city: it.city,
            postcode: it.postcode,
        }),
        attributes: all.attributes,
        note: all.note,
    }
}

fn latest(all: Serde<String>) -> v2::Nested {
    let item = |item: Item<String>| v2::Item {
        sku: item.sku,
        quantity: item.quantity,
        unit_price_cents: item.unit_price_cents,
        weight: item.weight,
    };
    v2::Nested {
        event_id: all.event_id,
        placed_at: all.placed_at,
        customer_id: all.customer_id,
        status: match all.status {
            Status::Placed => v2::Status::Placed,
            Status::Paid => v2::Status::Paid,
            Status::Shipped => v2::Status::Shipped,
            Status::Delivered => v2::Status::Delivered,
            Status::Cancelled => v2::Status::Cancelled,
        },
        items: all.items.into_iter().map(item).collect(),
        billing: all.billing.map(|it| v2::Address {
            street: it.street,
            city: it.city,
            postcode: it.postcode,
        }),
        attributes: all.attributes,
        note: all.note,
        coupon: all.coupon,
    }
}
