//! What `Config` chooses: code that is compiled, and reads and writes what any
//! other does; and options that mean nothing.

use accordant_build::{Config, Error};
use accordant_wire::{
    Decode, DecodeError, Encode, EncodeError, Limits, Reader,
    values::{BigDecimal, Date, Decimal, OffsetDateTime, PrimitiveDateTime, Time},
};

use crate::{
    agreement::check_of as check_agreement,
    chosen::{self, options::chosen as generated},
    contracts::{folder, load},
    golden::shared::point::v1::Point,
    round_trip::check_of as check_round_trip,
    views::check as check_view,
};

/// A type of the user's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Hash(pub(crate) [u8; 4]);

impl Encode for Hash {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(&self.0);
        Ok(())
    }
}

impl Decode for Hash {
    fn decode(reader: &mut Reader<'_>) -> Result<Hash, DecodeError> {
        reader.fixed().map(Hash)
    }
}

#[test]
fn events_are_what_they_are_without_options() {
    let contracts = load(&folder("options"));
    let events = check_round_trip::<chosen::options::Chosen>(&contracts);
    assert_eq!(*events[0].money, Point { x: 1, y: 2 });
    assert_eq!(events[0].hash, Hash([1, 2, 3, 4]));
    for event in events {
        let mut avro = Vec::new();
        event.encode(&mut avro).unwrap();
        check_view::<chosen::options::chosen::ChosenRef<'_>>(2, &avro);
    }
}

#[test]
fn random_data_agree_with_plans() {
    let contracts = load(&folder("options"));
    check_agreement::<generated::v1::Chosen>(&contracts);
    check_agreement::<generated::v2::Chosen>(&contracts);
}

/// Each binding has the type that the option asks for, which the compiler sees.
#[test]
fn types_are_the_ones_that_were_chosen() {
    let contracts = load(&folder("options"));
    let event = check_round_trip::<generated::v2::Chosen>(&contracts).remove(0);
    let _: (Date, Time) = (event.date, event.time);
    let _: (OffsetDateTime, PrimitiveDateTime) = (event.at, event.local);
    let _: (BigDecimal, BigDecimal) = (event.huge, event.huge_fixed);
    let _: Decimal = event.amount;
    let _: std::collections::HashMap<String, i64> = event.hashed;
    let _: Vec<std::collections::HashMap<String, String>> = event.nested;
    let _: std::collections::BTreeMap<String, String> = event.ordered;
    let _: Box<Point> = event.money;
    let _: Option<Box<Point>> = event.maybe_money;
    let _: Box<generated::v2::Part> = event.part;
    let _: Option<Box<generated::v2::Part>> = event.maybe_part;
    let _: fn(Box<generated::v2::Part>) -> generated::v2::ChosenEither =
        generated::v2::ChosenEither::Part;
    let _: Box<generated::v2::ChosenWhole> = event.whole;
    let _: fn(Box<Point>) -> generated::v2::ChosenManyItem = generated::v2::ChosenManyItem::Point;
    assert_eq!(generated::v2::State::default(), generated::v2::State::Open);
}

/// Defaults of boxed fields, of hashed maps, and of the user's own types.
#[test]
fn an_older_version_takes_the_defaults() {
    let contracts = load(&folder("options"));
    let latest = check_round_trip::<generated::v2::Chosen>(&contracts).remove(0);
    let mut avro = Vec::new();
    latest.encode(&mut avro).unwrap();
    let mut reader = Reader::new(&avro, Limits::default());
    // The fields of the first version come first in the second one.
    generated::v1::Chosen::decode(&mut reader).unwrap();
    let old = &avro[..reader.position()];
    use accordant_wire::Event;
    let read = generated::v2::Chosen::from_avro(1, old, Limits::default()).unwrap();
    assert_eq!(*read.new_money, Point { x: 5, y: 6 });
    assert_eq!(read.new_hash, None);
    assert_eq!(read.other_hash, Hash([1, 2, 3, 0xff]));
    assert_eq!(read.new_hashed["a"], 1);
    assert_eq!(read.new_part.text, "x");
    assert_eq!(
        *read.new_whole,
        generated::v2::ChosenNewWhole::String("z".to_owned())
    );
    check_view::<chosen::options::chosen::ChosenRef<'_>>(1, old);
}

#[track_caller]
fn check_refused(config: &Config, expected: &str) {
    let error = config.code(&load(&folder("options"))).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error}");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_path_that_meets_nothing_is_named_with_the_nearest() {
    let config = Config::new;
    check_refused(
        &config().type_attribute(".options.Stat", "#[derive(Default)]"),
        r##"type_attribute(".options.Stat", "#[derive(Default)]"): the path meets nothing; the nearest is ".options.State""##,
    );
    check_refused(
        &config().field_attribute("Chosen.stat", "#[default]"),
        r##"field_attribute("Chosen.stat", "#[default]"): the path meets nothing; the nearest is ".options.Chosen.state""##,
    );
    // It is there, and cannot be boxed.
    check_refused(
        &config().boxed("Chosen.state"),
        r#"boxed("Chosen.state"): the path meets nothing; the nearest is ".options.Chosen.part""#,
    );
    check_refused(
        &config().hash_map(["Chosen.date"]),
        r#"hash_map(["Chosen.date"]): the path meets nothing; the nearest is ".options.Chosen.hashed""#,
    );
    check_refused(
        &config().btree_map(["x"]),
        r#"btree_map(["x"]): the path meets nothing; the nearest is ".options.Chosen.hashed""#,
    );
    check_refused(
        &config().extern_path(".shared", "::a::B"),
        r#"extern_path(".shared", "::a::B"): the path meets nothing; the nearest is ".shared.Hash""#,
    );
    // The fields of a type that is replaced are somebody else's.
    check_refused(
        &config()
            .extern_path(".options.Part", "::a::B")
            .field_attribute("Part.text", "#[x]"),
        r##"field_attribute("Part.text", "#[x]"): the path meets nothing; the nearest is ".shared.Point.x""##,
    );
}

#[test]
fn text_that_is_no_rust_is_named() {
    let config = Config::new;
    check_refused(
        &config().type_attribute("State", "derive(Default)"),
        r#"type_attribute("State", "derive(Default)"): no attribute: unexpected token"#,
    );
    check_refused(
        &config().type_attribute("State", "#[derive(Default)] fn evil() {}"),
        r##"type_attribute("State", "#[derive(Default)] fn evil() {}"): no attribute: unexpected token"##,
    );
    check_refused(
        &config().field_attribute("State.OPEN", " "),
        r#"field_attribute("State.OPEN", " "): there is no attribute"#,
    );
    check_refused(
        &config().extern_path("Hash", "::a::B; fn evil() {}"),
        r#"extern_path("Hash", "::a::B; fn evil() {}"): no Rust path: unexpected token"#,
    );
    check_refused(
        &config().extern_path("Hash", "super::Hash"),
        "extern_path(\"Hash\", \"super::Hash\"): \
            the Rust path begins with `::` or `crate::`: it is used in many modules",
    );
}

#[test]
fn a_rust_type_stands_for_one_schema() {
    let error = Config::new()
        .extern_path("shared.Point", "::a::Point")
        .code(&load(&folder("corpus")))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "extern_path(\"shared.Point\", \"::a::Point\"): shared.Point is not the same in \
            shared.Moved/v1.avsc and shared.Moved/v2.avsc, and a Rust type is one of them",
    );
    let error = Config::new()
        .extern_path("FooBar", "::a::FooBar")
        .code(&load(&folder("corpus")))
        .unwrap_err();
    let expected = "both .collide.FooBar and .collide.foo_bar.FooBar are met";
    assert!(error.to_string().contains(expected), "{error}");
}

/// What makes an event cannot be somebody else's.
#[test]
fn an_events_own_type_stays() {
    #[track_caller]
    fn check(path: &str, expected: &str) {
        let config = Config::new().extern_path(path, "::a::B");
        let error = config.code(&load(&folder("corpus"))).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    check(
        ".Bare",
        "Bare v1: : an event's own type cannot be an `extern_path`",
    );
    check(
        ".keys.Kind",
        "keys.Entity v1: who.kind: a key is no type of an `extern_path`",
    );
    check(
        ".keys.Who",
        "keys.Entity v1: who.tenant: it leads through no record",
    );
}
