//! The contracts' own examples, through every form that an event has.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use accordant_events::{
    catalog::{ArticleChanged, ArticleSubmitted, article_changed},
    pricing::{PriceChanged, PriceSubmitted},
    shop::OfferChanged,
};
use accordant_schema::{
    Fingerprint, Limits as SchemaLimits, Schema, canonical_form,
    contract::{Contract, Contracts},
    md5, rabin,
};
use accordant_wire::{
    Decode, Event, Limits, Reader,
    dynamic::{JsonCodec, KeyPlan, to_json},
};

fn contracts() -> Contracts {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts");
    let mut files = BTreeMap::new();
    read(&root, "", &mut files);
    let (contracts, problems) = Contracts::load(&files, &SchemaLimits::default());
    assert_eq!(problems, []);
    contracts
}

fn read(folder: &Path, name: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{name}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => read(&path, &format!("{name}/"), files),
            false => drop(files.insert(name, fs::read(&path).unwrap())),
        }
    }
}

/// Each example as Avro bytes of the contract's latest version.
fn examples(contract: &Contract) -> Vec<(String, Vec<u8>)> {
    let schema = &contract.latest().schema;
    let codec = JsonCodec::new(Arc::clone(schema), contract.config.unknown_fields);
    let encode = |example: &accordant_schema::contract::Example| {
        let mut avro = Vec::new();
        let encoded = codec.encode(example.text.as_bytes(), &mut avro);
        assert_eq!(encoded, Ok(()), "{}", example.file);
        (example.file.clone(), avro)
    };
    let examples: Vec<_> = contract.examples.iter().map(encode).collect();
    assert!(!examples.is_empty(), "{} has no example", contract.name);
    examples
}

#[track_caller]
fn check<E: Event + Decode + PartialEq>() {
    let contracts = contracts();
    let contract = contracts.get(E::CONTRACT).unwrap();
    assert_eq!(E::VERSION, contract.latest().version.0);
    assert_eq!(E::SUBJECT, contract.subject());
    assert_eq!(E::SCHEMA, contract.latest().text);
    let schema: &Schema = &contract.latest().schema;
    let key = KeyPlan::new(schema, &contract.config.key).unwrap();
    let partition = KeyPlan::new(schema, &contract.config.partition_by).unwrap();
    for (file, avro) in examples(contract) {
        let event = E::from_avro(E::VERSION, &avro, Limits::default()).expect(&file);
        let mut encoded = Vec::new();
        event.encode(&mut encoded).unwrap();
        assert_eq!(encoded, avro, "{file}");
        assert_eq!(event.key(), key.text(schema, &avro).unwrap(), "{file}");
        assert_eq!(
            event.partition_text(),
            partition.text(schema, &avro).unwrap(),
            "{file}"
        );
        let json = to_json(schema, &avro, Limits::default()).unwrap();
        let codec = JsonCodec::new(
            Arc::clone(&contract.latest().schema),
            contract.config.unknown_fields,
        );
        let mut again = Vec::new();
        assert_eq!(
            codec.encode(json.as_bytes(), &mut again),
            Ok(()),
            "{file}: {json}"
        );
        assert_eq!(again, avro, "{file}: {json}");
        check_cut_short::<E>(&avro);
    }
}

/// Every cut of a datum is refused, and what comes after a whole one is too.
fn check_cut_short<E: Event + Decode>(avro: &[u8]) {
    for end in 0..avro.len() {
        let cut = E::from_avro(E::VERSION, &avro[..end], Limits::default());
        assert!(cut.is_err(), "{} of {} bytes", end, avro.len());
    }
    let mut longer = avro.to_vec();
    longer.push(0);
    assert!(E::from_avro(E::VERSION, &longer, Limits::default()).is_err());
}

#[test]
fn articles_submitted() {
    check::<ArticleSubmitted>();
}

#[test]
fn articles_changed() {
    check::<ArticleChanged>();
}

#[test]
fn prices_submitted() {
    check::<PriceSubmitted>();
}

#[test]
fn prices_changed() {
    check::<PriceChanged>();
}

#[test]
fn offers_changed() {
    check::<OfferChanged>();
}

#[test]
fn money_is_one_type_for_whoever_refers_to_it() {
    let contracts = contracts();
    for (file, avro) in examples(contracts.get("common.Money").unwrap()) {
        let mut reader = Reader::new(&avro, Limits::default());
        let money = accordant_events::common::Money::decode(&mut reader).expect(&file);
        reader.finish().unwrap();
        let changed: accordant_events::common::money::v1::Money = money;
        let submitted: fn(PriceSubmitted) -> accordant_events::common::Money = |it| it.price;
        assert_eq!(
            std::mem::size_of_val(&submitted),
            std::mem::size_of::<usize>()
        );
        assert_eq!(changed.amount.scale(), 2, "{file}");
    }
}

/// What the first version wrote is read by the second one and the other way round.
#[test]
fn a_version_reads_its_neighbours() {
    let contracts = contracts();
    let contract = contracts.get(ArticleChanged::CONTRACT).unwrap();
    for (file, avro) in examples(contract) {
        let new = ArticleChanged::from_avro(2, &avro, Limits::default()).expect(&file);
        let old = article_changed::v1::ArticleChanged::from_avro(2, &avro, Limits::default());
        let old = old.expect(&file);
        assert_eq!((&old.title, old.changed_at), (&new.title, new.changed_at));
        let mut written = Vec::new();
        accordant_wire::Encode::encode(&old, &mut written).unwrap();
        let read = ArticleChanged::from_avro(1, &written, Limits::default()).expect(&file);
        assert_eq!(
            read,
            ArticleChanged {
                rating: None,
                ..new
            }
        );
    }
}

#[test]
fn a_type_knows_the_schemas_that_it_decodes() {
    let contracts = contracts();
    let contract = contracts.get(ArticleChanged::CONTRACT).unwrap();
    assert_eq!(ArticleChanged::VERSIONS.len(), contract.versions.len());
    for (writer, version) in ArticleChanged::VERSIONS.iter().zip(&contract.versions) {
        assert_eq!(
            (writer.version, writer.schema),
            (version.version.0, version.text.as_str())
        );
        let canonical = canonical_form(&version.schema);
        assert_eq!(writer.fingerprint, Fingerprint::of(&canonical).0);
        assert_eq!(writer.rabin, rabin(&canonical));
        assert_eq!(writer.md5, md5(&canonical));
    }
    let [money] = PriceChanged::VERSIONS[0].references else {
        panic!("one reference")
    };
    assert_eq!(
        (money.name, money.subject, money.version),
        ("common.Money", "common.Money", 1)
    );
}

#[test]
fn a_version_that_is_not_there_is_an_error() {
    let error = ArticleChanged::from_avro(9, &[], Limits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "catalog.ArticleChanged v2 has no decoder for v9 (at byte 0)"
    );
}

#[test]
fn an_error_says_where_in_the_record() {
    let contracts = contracts();
    let contract = contracts.get(PriceSubmitted::CONTRACT).unwrap();
    let (_, avro) = examples(contract).remove(0);
    // The currency's symbol follows the amount: uuid, merchant, length and bytes.
    let merchant = usize::from(avro[37] / 2);
    let amount = 38 + merchant;
    let currency = amount + 1 + usize::from(avro[amount] / 2);
    let mut broken = avro;
    broken[currency] = 0x7e;
    let error = PriceSubmitted::from_avro(1, &broken, Limits::default()).unwrap_err();
    assert_eq!(error.path(), "price.currency");
    assert_eq!(error.offset(), currency);
    assert!(
        error
            .to_string()
            .starts_with("price.currency: symbol 63 of an enum of 6"),
        "{error}"
    );
}
