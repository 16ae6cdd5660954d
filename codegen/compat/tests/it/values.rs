//! What the findings about values say: every logical type and unit by its name.

use insta::assert_snapshot;

use crate::folder::Folder;

/// `SEVERITY CODE message; witness` of the findings from v1 to v2 with this one field.
fn findings(old: &str, new: &str) -> String {
    let field = |ty: &str| format!(r#"{{ "name": "f", "type": {ty} }}"#);
    let report = Folder::orders(&[&field(old), &field(new)])
        .released(1)
        .check();
    assert_eq!(report.problems, []);
    let lines: Vec<String> = report
        .findings
        .iter()
        .map(|it| {
            let witness = it.witness.as_deref().unwrap_or("no witness");
            format!(
                "{} {} {}; {witness}",
                it.severity.as_str(),
                it.code,
                it.message
            )
        })
        .collect();
    lines.join("\n")
}

fn logical(base: &str, name: &str) -> String {
    format!(r#"{{ "type": {base}, "logicalType": "{name}" }}"#)
}

#[test]
fn every_unit_of_time_has_its_words() {
    let long = |name: &str| logical(r#""long""#, name);
    let mut found = Vec::new();
    for (old, new) in [
        ("timestamp-millis", "timestamp-nanos"),
        ("timestamp-nanos", "timestamp-micros"),
        ("local-timestamp-micros", "local-timestamp-nanos"),
        ("local-timestamp-nanos", "local-timestamp-millis"),
        ("timestamp-millis", "local-timestamp-millis"),
        ("time-micros", "timestamp-micros"),
        ("timestamp-nanos", "local-timestamp-nanos"),
        ("local-timestamp-micros", "timestamp-micros"),
    ] {
        found.push(findings(&long(old), &long(new)));
    }
    let time = logical(r#""int""#, "time-millis");
    found.push(findings(&time, &long("time-micros")));
    found.push(findings(&time, &logical(r#""int""#, "date")));
    assert_snapshot!(found.join("\n"));
}

#[test]
fn every_other_logical_type_has_its_word() {
    let duration = r#"{ "type": "fixed", "name": "D", "size": 12, "logicalType": "duration" }"#;
    let found = [
        findings(
            duration,
            &duration.replace(r#", "logicalType": "duration""#, ""),
        ),
        findings(&logical(r#""bytes""#, "big-decimal"), r#""bytes""#),
        findings(&logical(r#""string""#, "uuid"), r#""string""#),
        findings(r#""string""#, &logical(r#""string""#, "uuid")),
        findings(r#""bytes""#, r#""string""#),
        findings(r#""int""#, r#""float""#),
        findings(r#""long""#, r#""double""#),
    ];
    assert_snapshot!(found.join("\n"));
}

#[test]
fn a_decimal_is_shown_as_both_sides_read_it() {
    let decimal = |scale: u32| {
        format!(
            r#"{{ "type": "bytes", "logicalType": "decimal", "precision": 60, "scale": {scale} }}"#
        )
    };
    let mut found = Vec::new();
    for (old, new) in [(0, 2), (4, 5), (20, 21), (6, 40)] {
        found.push(findings(&decimal(old), &decimal(new)));
    }
    assert_snapshot!(found.join("\n"));
}

#[test]
fn a_long_list_is_cut() {
    let symbols = |many: usize| {
        let symbols: Vec<String> = (0..many).map(|n| format!("\"S{n}\"")).collect();
        format!(
            r#"{{ "type": "enum", "name": "E", "symbols": [{}] }}"#,
            symbols.join(", ")
        )
    };
    let branches: Vec<String> = (0..8)
        .map(|n| {
            format!(
                r#"{{ "type": "fixed", "name": "F{n}", "size": {} }}"#,
                n + 1
            )
        })
        .collect();
    let found = [
        findings(&symbols(20), &symbols(8)),
        findings(&format!("[{}]", branches.join(", ")), r#""int""#),
    ];
    assert_snapshot!(found.join("\n"));
}
