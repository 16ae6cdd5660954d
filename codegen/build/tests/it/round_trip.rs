//! The corpus's examples: JSON to Avro, into the generated type, and back.

use std::sync::Arc;

use accordant_schema::contract::{Contract, Contracts};
use accordant_wire::{
    Decode, Encode, Event, Limits, Reader,
    dynamic::{JsonCodec, KeyPlan, to_json},
};

use crate::{
    contracts::{corpus, folder, load},
    golden, large,
};

/// Each example as Avro of the latest version.
pub(crate) fn examples(contract: &Contract) -> Vec<Vec<u8>> {
    let codec = JsonCodec::new(
        Arc::clone(&contract.latest().schema),
        contract.config.unknown_fields,
    );
    let encode = |example: &accordant_schema::contract::Example| {
        let mut avro = Vec::new();
        assert_eq!(
            codec.encode(example.text.as_bytes(), &mut avro),
            Ok(()),
            "{}",
            example.file
        );
        let json = to_json(&contract.latest().schema, &avro, Limits::default()).unwrap();
        let mut again = Vec::new();
        assert_eq!(codec.encode(json.as_bytes(), &mut again), Ok(()), "{json}");
        assert_eq!(again, avro, "{json}");
        avro
    };
    let examples: Vec<_> = contract.examples.iter().map(encode).collect();
    assert!(!examples.is_empty(), "{} has no example", contract.name);
    examples
}

#[track_caller]
fn check_type<T: Decode + Encode>(contract: &str) -> Vec<T> {
    check_type_of(&load(&corpus()), contract)
}

#[track_caller]
fn check_type_of<T: Decode + Encode>(contracts: &Contracts, contract: &str) -> Vec<T> {
    let decode = |avro: Vec<u8>| {
        let mut reader = Reader::new(&avro, Limits::default());
        let value = T::decode(&mut reader).unwrap();
        reader.finish().unwrap();
        let mut encoded = Vec::new();
        value.encode(&mut encoded).unwrap();
        assert_eq!(encoded, avro);
        for end in 0..avro.len() {
            let mut reader = Reader::new(&avro[..end], Limits::default());
            assert!(T::decode(&mut reader).is_err(), "{end} of {}", avro.len());
        }
        value
    };
    examples(contracts.get(contract).unwrap())
        .into_iter()
        .map(decode)
        .collect()
}

#[track_caller]
fn check<E: Event + Decode>() -> Vec<E> {
    check_of(&load(&corpus()))
}

#[track_caller]
pub(crate) fn check_of<E: Event + Decode>(contracts: &Contracts) -> Vec<E> {
    let contract = contracts.get(E::CONTRACT).unwrap();
    let events: Vec<E> = check_type_of(contracts, E::CONTRACT);
    let schema = &contract.latest().schema;
    let key = KeyPlan::new(schema, &contract.config.key).unwrap();
    let partition = KeyPlan::new(schema, &contract.config.partition_by).unwrap();
    for event in &events {
        let mut avro = Vec::new();
        event.encode(&mut avro).unwrap();
        assert_eq!(event.key(), key.text(schema, &avro).unwrap());
        assert_eq!(
            event.partition_text(),
            partition.text(schema, &avro).unwrap()
        );
        assert!(E::from_avro(E::VERSION, &avro, Limits::default()).is_ok());
    }
    events
}

#[test]
fn names() {
    check::<golden::names::Option>();
}

#[test]
fn recursion() {
    check::<golden::shapes::Recursion>();
}

#[test]
fn unions() {
    check::<golden::shapes::Unions>();
}

#[test]
fn logical_types() {
    check::<golden::values::Logical>();
}

#[test]
fn evolution() {
    check::<golden::evolution::Order>();
    check::<golden::evolution::Upgrade>();
}

#[test]
fn shared_types() {
    check::<golden::shared::Moved>();
    check_type::<golden::shared::Point>("shared.Point");
    let units: Vec<golden::shared::Unit> = check_type("shared.Unit");
    assert_eq!(units, [golden::shared::Unit::Metre]);
}

#[test]
fn text_stays_text() {
    let events = check::<golden::r#unsafe::Injection>();
    assert!(events[0].text.starts_with("\"; } pub fn evil()"));
    assert_eq!(events[0].key(), "a|b");
}

#[test]
fn the_null_namespace() {
    check::<golden::Bare>();
}

#[test]
fn names_that_fall_together() {
    let [symbols] = check::<golden::names::Symbols>().try_into().unwrap();
    assert_eq!(symbols.all.as_str(), "A_L_L");
    assert_eq!(golden::names::symbols::All::ALL.len(), 13);
    check::<golden::collide::FooBar>();
    check::<golden::collide::FooBar2>();
    check::<golden::collide::foo_bar_3::FooBar>();
    check::<golden::collide::v1::V1>();
}

#[test]
fn namespaces_that_are_words_or_crates() {
    check::<golden::self_::Super>();
    check::<golden::std::Core>();
    check::<golden::i64::U32>();
    check::<golden::accordant_wire::Values>();
}

#[test]
fn many_fields() {
    check_of::<large::shapes::Large>(&load(&folder("large")));
}

#[test]
fn types_without_fields() {
    check_type::<golden::roots::Empty>("roots.Empty");
}

#[test]
fn documentation_stays_text() {
    check::<golden::r#unsafe::Docs>();
}

/// A type without a name in Avro has its contract's.
#[test]
fn roots_without_a_name() {
    use golden::roots::{Amount, Both, Either, Entries, Maybe, Nobody, Nothing, Only, Rows, Text};
    assert_eq!(check_type::<Text>("roots.Text"), [Text("a".to_owned())]);
    assert_eq!(check_type::<Nothing>("roots.Nothing"), [Nothing(())]);
    let maybe = Maybe(Some("b".to_owned()));
    assert_eq!(check_type::<Maybe>("roots.Maybe"), [maybe]);
    let record = golden::roots::either::Either2 {
        text: "c".to_owned(),
    };
    let either = Either::Either(record);
    assert_eq!(check_type::<Either>("roots.Either"), [either]);
    use golden::roots::both::{BothItem, BothValue};
    let items = vec![BothItem::String("d".to_owned()), BothItem::Int(1)];
    let both = Both(Some(BothValue::Array(items)));
    assert_eq!(check_type::<Both>("roots.Both"), [both]);
    let rows = check_type::<Rows>("roots.Rows").remove(0);
    assert_eq!((rows.0[0]["a"], rows.0[0]["b"]), (Some(1), None));
    let entries = check_type::<Entries>("roots.Entries").remove(0);
    assert_eq!(entries.0["e"].at.timestamp(), 1_795_601_472);
    let amounts = check_type::<Amount>("roots.Amount");
    assert_eq!(amounts[0].0.to_string(), "1.23");
    assert_eq!(check_type::<Only>("roots.Only"), [Only(1.5)]);
    assert!(Nobody::decode(&mut Reader::new(&[0], Limits::default())).is_err());
}

/// An enum without a symbol, and a record that never ends, are types without a
/// value: every input is refused.
#[test]
fn types_without_a_value_are_never_read() {
    let never = |avro: &[u8]| {
        let result = golden::shapes::Never::from_avro(1, avro, Limits::default());
        result.map(drop).unwrap_err().to_string()
    };
    assert!(never(&[0, 0, 0]).contains("never"), "{}", never(&[0, 0, 0]));
    let endless = golden::shapes::Endless::from_avro(1, &[0; 4_096], Limits::default());
    let error = endless.map(drop).unwrap_err().to_string();
    assert!(error.contains("nested deeper than 256"), "{error}");
}

#[test]
fn keys_versions_and_deletion() {
    let [entity] = check::<golden::keys::Entity>().try_into().unwrap();
    assert_eq!(entity.key(), r"a\|b\\c|B|7");
    assert_eq!(entity.partition_text(), r"a|b\c");
    assert_eq!(
        (entity.entity_version(), entity.is_deleted()),
        (Some(3), true)
    );
}

/// A list as deep as the limit decodes on a thread of 2 MiB; one deeper is refused.
#[test]
fn depth_is_bounded() {
    let deep = |levels: usize| {
        // id, then list: branch 1; each node: value, branch 1 or at last 0.
        let mut avro = vec![0];
        (0..levels).for_each(|_| avro.extend([2, 0]));
        avro.extend([0, 0, 0, 0, 0]);
        golden::shapes::Recursion::from_avro(1, &avro, Limits::default()).map(drop)
    };
    let limit = Limits::default().depth_max;
    assert_eq!(deep(limit - 1), Ok(()));
    let error = deep(limit).unwrap_err();
    assert!(
        error.to_string().contains("nested deeper than 256"),
        "{error}"
    );
}
