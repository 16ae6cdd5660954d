//! What a release froze around the schema.

use crate::folder::{EVENT, Folder};

/// Replaces a line of `contract.toml` after the release of v1.
#[track_caller]
fn check(line: &str, by: &str, expected: &[&str]) {
    assert!(EVENT.contains(line));
    let folder = Folder::orders(&[r#"{ "name": "place", "type": "string" }"#]).released(1);
    let report = folder
        .with("shop.Order/contract.toml", &EVENT.replace(line, by))
        .check();
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|it| format!("{}: {}", it.code, it.message))
        .collect();
    assert_eq!(found, expected);
    assert!(report.failed());
}

#[test]
fn the_topic_stays_and_its_subject_is_not_said_twice() {
    check(
        r#"topic = "orders.placed""#,
        r#"topic = "orders""#,
        &[r#"C301: topic is "orders", but v1 was released with "orders.placed""#],
    );
}

#[test]
fn the_key_stays_and_the_partition_that_follows_it_is_not_said_twice() {
    check(
        r#"key = ["id"]"#,
        r#"key = ["id", "place"]"#,
        &[r#"C302: key is "id, place", but v1 was released with "id""#],
    );
}

#[test]
fn the_partition_text_stays() {
    check(
        r#"key = ["id"]"#,
        "key = [\"id\"]\npartition_by = [\"place\"]",
        &[r#"C303: partition_by is "place", but v1 was released with "id""#],
    );
}

#[test]
fn the_partition_count_stays() {
    check(
        "partitions = 6",
        "partitions = 12",
        &["C304: partitions is 12, but v1 was released with 6"],
    );
}

#[test]
fn the_subject_stays() {
    check(
        "partitions = 6",
        "partitions = 6\nsubject = \"record\"",
        &[r#"C305: subject is "shop.Order", but v1 was released with "orders.placed-value""#],
    );
}

#[test]
fn references_stay_pinned() {
    let folder = Folder::orders(&[r#"{ "name": "price", "type": "int" }"#])
        .with(
            "common.Money/contract.toml",
            "kind = \"type\"\ndescription = \"An amount.\"\nowner = \"platform\"\n",
        )
        .with(
            "common.Money/v1.avsc",
            r#"{ "type": "record", "name": "common.Money", "fields": [] }"#,
        )
        .released(1);
    let lock = String::from_utf8(folder.files["contracts.lock"].clone()).unwrap();
    let other = lock.replace(
        "subject=orders.placed-value references=",
        "subject=orders.placed-value references=common.Money@v1",
    );
    let report = folder.with("contracts.lock", &other).check();
    let found: Vec<&str> = report
        .findings
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    assert_eq!(
        found,
        [r#"references is nothing, but v1 was released with "common.Money v1""#]
    );
}

#[test]
fn one_change_is_one_finding_for_all_versions_that_it_hits() {
    let note = r#"{ "name": "note", "type": ["null", "string"], "default": null }"#;
    let report = Folder::orders(&["", note])
        .released(2)
        .with(
            "shop.Order/contract.toml",
            &EVENT
                .replace("orders.placed", "orders")
                .replace("= 6", "= 12"),
        )
        .check();
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|it| format!("{}: {} {:?}", it.code, it.message, it.against))
        .collect();
    assert_eq!(
        found,
        [
            r#"C301: topic is "orders", but v1, v2 were released with "orders.placed" [Version(1), Version(2)]"#,
            "C304: partitions is 12, but v1, v2 were released with 6 [Version(1), Version(2)]",
        ]
    );
}
