//! Records that are made by hand: by `Default`, or by a builder.

use accordant_wire::{
    Encode, Event, Limits, MissingField,
    values::{Decimal, NaiveDate, Uuid},
};

use crate::{
    chosen::options::chosen::v2 as chosen,
    golden::{
        bare::v1 as bare,
        names::{Methods, methods::Self_},
        values::logical,
    },
};

#[test]
fn what_is_missing_is_named() {
    let catalog = bare::Catalog { n: 1 };
    let built = bare::Bare::builder().id("a").catalog(catalog.clone());
    let expected = bare::Bare {
        id: "a".to_owned(),
        catalog: catalog.clone(),
    };
    assert_eq!(built.build(), Ok(expected));
    let missing = |field| MissingField {
        record: "Bare",
        field,
    };
    let built = bare::Bare::builder().catalog(catalog).build();
    assert_eq!(built, Err(missing("id")));
    let built = bare::Bare::builder().id("a").build();
    assert_eq!(built, Err(missing("catalog")));
}

/// A record of defaults is what a decoder makes of a writer that has none of
/// the fields.
#[test]
fn fields_with_a_default_start_with_it() {
    let id = Uuid::from_u128(7);
    let built = logical::v2::Logical::builder().id(id).build().unwrap();
    let mut old = Vec::new();
    let first = logical::v1::Logical::builder().id(id).build().unwrap();
    first.encode(&mut old).unwrap();
    let read = logical::v2::Logical::from_avro(1, &old, Limits::default());
    assert_eq!(read.unwrap(), built);
    let built = logical::v2::Logical::builder()
        .id(id)
        .money(Decimal::ONE)
        .date(NaiveDate::MIN)
        .build()
        .unwrap();
    assert_eq!((built.money, built.date), (Decimal::ONE, NaiveDate::MIN));
}

/// A field may be called as the builder's own method, or as a trait's.
#[test]
fn fields_of_any_name_have_a_method() {
    let built = Methods::builder()
        .build_2(1)
        .build_2_2(2)
        .builder(3)
        .clone(4)
        .default(5)
        .into(6)
        .from_name(7)
        .is_open(8)
        .add(9)
        .not(10)
        .to_string(11)
        .value("v")
        .new(12)
        .own(Self_::builder().text("t").build().unwrap());
    let built = Clone::clone(&built).build().unwrap();
    assert_eq!((built.build, built.build_2, built.new), (1, 2, 12));
    assert_eq!((built.value.as_str(), built.own.text.as_str()), ("v", "t"));
}

/// Text, options and boxes are made of what is in them.
#[test]
fn a_method_takes_what_becomes_the_value() {
    let built = chosen::Part::builder()
        .text("a")
        .part(None)
        .build()
        .unwrap();
    let outer = chosen::Part::builder().text("b").part(Box::new(built));
    assert_eq!(outer.build().unwrap().part.unwrap().text, "a");
}
