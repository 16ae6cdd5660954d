//! Differences of two schemas, and what they do to readers.

use accordant_compat::{
    diff::{self, CHANGES_MAX, Effect, diff},
    java,
};
use accordant_schema::{Schema, parse};
use insta::assert_snapshot;

#[track_caller]
fn schema(text: &str) -> Schema {
    parse(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"a.R","fields":[{fields}]}}"#)
}

#[track_caller]
fn check(old: &str, new: &str, expected: &str) {
    let text = diff::text(&diff(&schema(old), &schema(new)));
    assert_eq!(text.trim_end(), expected);
}

#[track_caller]
fn check_fields(old: &str, new: &str, expected: &str) {
    check(&record(old), &record(new), expected);
}

#[track_caller]
fn check_type(old: &str, new: &str, expected: &str) {
    let field = |ty: &str| format!(r#"{{"name":"f","type":{ty}}}"#);
    check_fields(&field(old), &field(new), expected);
}

#[test]
fn fields_come_and_go() {
    let with_default = r#"{"name":"email","type":"string","default":""}"#;
    let without = r#"{"name":"email","type":"string"}"#;
    check_fields(
        "",
        with_default,
        r#"+ field R.email: string (default "")  backward ok, forward ok"#,
    );
    check_fields(
        with_default,
        "",
        r#"- field R.email: string (default "")  backward ok, forward ok"#,
    );
    check_fields(
        "",
        without,
        "+ field R.email: string  backward breaks (C102), forward ok",
    );
    check_fields(
        without,
        "",
        "- field R.email: string  backward ok, forward breaks (C107)",
    );
}

#[test]
fn a_field_with_its_old_name_as_an_alias_is_renamed() {
    check_fields(
        r#"{"name":"mail","type":"string"}"#,
        r#"{"name":"email","type":"string","aliases":["mail","post"]}"#,
        "~ field name R.email: mail -> email  backward ok, forward breaks (C107)\n\
         + aliases R.email: post  backward ok, forward ok",
    );
    // Without it one field goes and another one comes.
    check_fields(
        r#"{"name":"mail","type":"string"}"#,
        r#"{"name":"email","type":"string"}"#,
        "+ field R.email: string  backward breaks (C102), forward ok\n\
         - field R.mail: string  backward ok, forward breaks (C107)",
    );
}

#[test]
fn types_change() {
    check_type(
        r#""int""#,
        r#""long""#,
        "~ type R.f: int -> long  backward ok, forward breaks (C101)",
    );
    check_type(
        r#""long""#,
        r#""double""#,
        "~ type R.f: long -> double  backward misreads (C205), forward breaks (C101)",
    );
    check_type(
        r#""string""#,
        r#""boolean""#,
        "~ type R.f: string -> boolean  backward breaks (C101), forward breaks (C101)",
    );
    check_type(
        r#"{"type":"array","items":"int"}"#,
        r#"{"type":"array","items":"string"}"#,
        "~ type R.f[]: int -> string  backward breaks (C101), forward breaks (C101)",
    );
    check_type(
        r#"{"type":"fixed","name":"F","size":4}"#,
        r#"{"type":"fixed","name":"F","size":8}"#,
        "~ size R.f: 4 -> 8  backward breaks (C106), forward breaks (C106)",
    );
    check_type(
        r#"{"type":"fixed","name":"F","size":4}"#,
        r#"{"type":"fixed","name":"G","size":4}"#,
        "~ type name R.f: a.F -> a.G  backward breaks (C105), forward breaks (C105)",
    );
}

#[test]
fn logical_types_change() {
    let decimal = |precision: u32, scale: u32| {
        format!(
            r#"{{"type":"bytes","logicalType":"decimal","precision":{precision},"scale":{scale}}}"#
        )
    };
    check_type(
        &decimal(9, 2),
        &decimal(9, 4),
        "~ logical type R.f: decimal 9,2 -> decimal 9,4  backward misreads (C201), forward misreads (C201)",
    );
    check_type(
        &decimal(9, 2),
        &decimal(5, 2),
        "~ logical type R.f: decimal 9,2 -> decimal 5,2  backward misreads (C202), forward ok",
    );
    check_type(
        r#"{"type":"long","logicalType":"timestamp-millis"}"#,
        r#"{"type":"long","logicalType":"timestamp-micros"}"#,
        "~ logical type R.f: timestamp-millis -> timestamp-micros  backward misreads (C203), forward misreads (C203)",
    );
    check_type(
        r#""long""#,
        r#"{"type":"long","logicalType":"timestamp-millis"}"#,
        "+ logical type R.f: timestamp-millis  backward misreads (C204), forward misreads (C204)",
    );
    // One that nobody knows is an attribute.
    check_type(
        r#""long""#,
        r#"{"type":"long","logicalType":"moon-phase"}"#,
        r#"+ attribute R.f: logicalType = "moon-phase"  backward ok, forward ok"#,
    );
}

#[test]
fn unions_gain_and_lose_branches() {
    check_type(
        r#""string""#,
        r#"["null","string"]"#,
        "+ branch R.f: null  backward ok, forward breaks (C109)",
    );
    check_type(
        r#"["null","string"]"#,
        r#""string""#,
        "- branch R.f: null  backward breaks (C104), forward ok",
    );
    check_type(
        r#"["int","string"]"#,
        r#"["string","int"]"#,
        "~ branch order R.f: int, string -> string, int  backward ok, forward ok",
    );
    check_type(
        r#"["null","int","string"]"#,
        r#"["null","boolean","string"]"#,
        "~ type R.f: int -> boolean  backward breaks (C104), forward breaks (C109)",
    );
    check_type(
        r#"["null",{"type":"record","name":"P","fields":[]},{"type":"record","name":"Q","fields":[]}]"#,
        r#"["null",{"type":"record","name":"P","fields":[{"name":"x","type":"int"}]},{"type":"record","name":"Q","fields":[]}]"#,
        "+ field R.f<P>.x: int  backward breaks (C102), forward ok",
    );
}

#[test]
fn enums_gain_and_lose_symbols() {
    let suit = |symbols: &str, more: &str| {
        format!(r#"{{"type":"enum","name":"Suit","symbols":[{symbols}]{more}}}"#)
    };
    check_type(
        &suit(r#""A","B","C""#, ""),
        &suit(r#""C","B","D""#, r#","default":"B""#),
        "- symbol R.f: A  backward ok, forward ok\n\
         + symbol R.f: D  backward ok, forward breaks (C108)\n\
         ~ symbol order R.f: B, C -> C, B  backward ok, forward ok\n\
         + enum default R.f: B  backward ok, forward ok",
    );
    check_type(
        &suit(r#""A","B""#, ""),
        &suit(r#""A""#, ""),
        "- symbol R.f: B  backward breaks (C103), forward ok",
    );
}

#[test]
fn what_no_reader_notices_is_said_too() {
    check(
        r#"{"type":"record","name":"R","doc":"old","aliases":["Q"],"x":1,"y":1,"fields":[
            {"name":"a","type":"int","doc":"d","order":"ignore","z":[1]},{"name":"b","type":"int","default":1},{"name":"c","type":"int"}]}"#,
        r#"{"type":"record","name":"R","doc":"new\nline","aliases":["Q","P"],"y":2,"w":null,"fields":[
            {"name":"b","type":"int","default":2},{"name":"a","type":"int"},{"name":"c","type":"int","default":0}]}"#,
        "~ aliases R: Q -> Q, P  backward ok, forward ok\n\
         ~ doc R: \"old\" -> \"new line\"  backward ok, forward ok\n\
         ~ attribute R: y = 1 -> y = 2  backward ok, forward ok\n\
         + attribute R: w = null  backward ok, forward ok\n\
         - attribute R: x = 1  backward ok, forward ok\n\
         ~ field order R: a, b, c -> b, a, c  backward ok, forward ok\n\
         ~ default R.b: 1 -> 2  backward ok, forward ok\n\
         ~ sort order R.a: ignore -> ascending  backward ok, forward ok\n\
         - doc R.a: \"d\"  backward ok, forward ok\n\
         - attribute R.a: z = [1]  backward ok, forward ok\n\
         + default R.c: 0  backward ok, forward ok",
    );
}

#[test]
fn words_are_cut_and_never_lost() {
    check_fields(
        &format!(
            r#"{{"name":"a","type":"int","order":"descending","doc":"{}"}}"#,
            "é".repeat(120)
        ),
        &format!(r#"{{"name":"a","type":"int","doc":"{}"}}"#, "é".repeat(121)),
        &format!(
            "~ sort order R.a: descending -> ascending  backward ok, forward ok\n\
             ~ doc R.a: \"{0}\" -> \"{0}...\"  backward ok, forward ok",
            "é".repeat(120)
        ),
    );
}

#[test]
fn a_branch_that_takes_another_name_is_one_change() {
    let part = |name: &str| format!(r#"["null",{{"type":"record","name":"{name}","fields":[]}}]"#);
    check_type(
        &part("P"),
        &part("Q"),
        "~ type name R.f: a.P -> a.Q  backward breaks (C104), forward breaks (C109)",
    );
}

#[test]
fn a_type_that_is_used_twice_is_told_once() {
    let both = |inner: &str| {
        format!(
            r#"{{"name":"a","type":{{"type":"record","name":"P","fields":[{inner}]}}}},{{"name":"b","type":"P"}},{{"name":"next","type":["null","R"]}}"#
        )
    };
    check_fields(
        &both(""),
        &both(r#"{"name":"x","type":"int"}"#),
        "+ field R.a.x: int  backward breaks (C102), forward ok",
    );
}

#[test]
fn two_versions_of_a_contract() {
    let read = |file: &str| {
        let root = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../contracts/catalog.ArticleChanged/"
        );
        schema(&std::fs::read_to_string(format!("{root}{file}")).expect("the file can be read"))
    };
    let (old, new) = (read("v1.avsc"), read("v2.avsc"));
    assert_snapshot!(diff::text(&diff(&old, &new)), @"+ field ArticleChanged.rating: null or double (default null)  backward ok, forward ok");
    let json = serde_json::to_string_pretty(&diff::json(&diff(&old, &new))).expect("JSON");
    assert_snapshot!(json, @r#"
    {
      "format": 1,
      "changes": [
        {
          "kind": "field",
          "sign": "+",
          "path": "ArticleChanged.rating",
          "old": null,
          "new": "null or double (default null)",
          "backward": {
            "effect": "ok",
            "code": null
          },
          "forward": {
            "effect": "ok",
            "code": null
          }
        }
      ]
    }
    "#);
}

/// Types that differ from each other in one way or another.
const TYPES: &[&str] = &[
    r#""int""#,
    r#""long""#,
    r#""float""#,
    r#""string""#,
    r#""bytes""#,
    r#"{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}"#,
    r#"{"type":"long","logicalType":"timestamp-millis","x":1}"#,
    r#"["null","int"]"#,
    r#"["int","null","string"]"#,
    r#"["null","long","bytes"]"#,
    r#"{"type":"array","items":"int"}"#,
    r#"{"type":"array","items":["null","string"]}"#,
    r#"{"type":"map","values":"long"}"#,
    r#"{"type":"enum","name":"E","symbols":["A","B"]}"#,
    r#"{"type":"enum","name":"E","symbols":["B","C"],"default":"B"}"#,
    r#"{"type":"enum","name":"F","aliases":["E"],"symbols":["A"]}"#,
    r#"{"type":"fixed","name":"X","size":4}"#,
    r#"{"type":"fixed","name":"X","size":8}"#,
    r#"{"type":"record","name":"P","fields":[{"name":"x","type":"int"}]}"#,
    r#"{"type":"record","name":"P","fields":[{"name":"y","type":"long","aliases":["x"]}]}"#,
    r#"{"type":"record","name":"P","fields":[{"name":"x","type":["null","int"],"default":null},{"name":"z","type":"string"}]}"#,
    r#"{"type":"record","name":"Q","aliases":["P"],"fields":[{"name":"y","type":"int"},{"name":"x","type":"int"}]}"#,
    r#"["null",{"type":"record","name":"P","fields":[{"name":"x","type":"string"}]},{"type":"record","name":"Q","fields":[]}]"#,
    r#"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]},{"name":"v","type":"int"}]}"#,
    r#"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]},{"name":"v","type":"string"}]}"#,
];

/// Every type alone, twice in a record, and in a list.
fn corpus() -> Vec<Schema> {
    let uses = |ty: &&str| {
        // A named type stands once and is then used by its name.
        let it = schema(ty);
        let again = match it.name_of(it.root) {
            Some(name) => format!("\"{name}\""),
            None if ty.contains("record") => "\"int\"".to_owned(),
            None => (*ty).to_owned(),
        };
        let twice = format!(
            r#"{{"type":"record","name":"Root","fields":[{{"name":"one","type":{ty}}},{{"name":"two","type":{{"type":"array","items":{again}}}}}]}}"#
        );
        vec![schema(ty), schema(&twice)]
    };
    TYPES.iter().flat_map(uses).collect()
}

#[test]
fn the_effects_are_javas_verdict() {
    let corpus = corpus();
    let mut broken = 0;
    for (index, old) in corpus.iter().enumerate() {
        assert_eq!(diff(old, old), [], "{index}");
        for (other, new) in corpus.iter().enumerate() {
            let changes = diff(old, new);
            assert_eq!(changes.is_empty(), index == other, "{index} {other}");
            let breaks = |effect: Effect| matches!(effect, Effect::Breaks(_));
            let backward = changes.iter().any(|it| breaks(it.backward));
            let forward = changes.iter().any(|it| breaks(it.forward));
            let text = diff::text(&changes);
            assert_eq!(
                backward,
                !java::check(new, old).is_empty(),
                "backward: {text}"
            );
            assert_eq!(
                forward,
                !java::check(old, new).is_empty(),
                "forward: {text}"
            );
            broken += usize::from(backward) + usize::from(forward);
        }
    }
    assert!(broken > 1_000, "{broken}");
}

#[test]
fn rules_speak_of_changes_that_are_there() {
    // Where a change explains a verdict, the verdict is no change of its own.
    // What is left: an alias that reads a branch beside the one of its name.
    let corpus = corpus();
    let mut others = Vec::new();
    for old in &corpus {
        for new in &corpus {
            let changes = diff(old, new);
            let is_other = |it: &&diff::Change| it.kind == diff::ChangeKind::Other;
            others.extend(
                changes
                    .iter()
                    .filter(is_other)
                    .map(|it| diff::text(std::slice::from_ref(it))),
            );
        }
    }
    assert_snapshot!(others.concat(), @r#"
    ~ other union<P>.x: "x" was int and is string  backward ok, forward breaks (C101)
    ~ other Root.one<P>.x: "x" was int and is string  backward ok, forward breaks (C101)
    ~ other Q<Q>.x: field "x" was added without a default  backward breaks (C102), forward ok
    ~ other Root.one<Q>.x: field "x" was added without a default  backward breaks (C102), forward ok
    "#);
}

#[test]
fn large_schemas_are_answered_soon() {
    let fields = |first: usize| {
        let fields = (first..first + 8_000).map(|n| format!(r#"{{"name":"f{n}","type":"int"}}"#));
        record(&fields.collect::<Vec<_>>().join(","))
    };
    let changes = diff(&schema(&fields(0)), &schema(&fields(4_000)));
    assert_eq!(changes.len(), CHANGES_MAX);
    let symbols = |first: usize| {
        let symbols = (first..first + 60_000).map(|n| format!("\"S{n}\""));
        format!(
            r#"{{"type":"enum","name":"E","symbols":[{}]}}"#,
            symbols.collect::<Vec<_>>().join(",")
        )
    };
    let changes = diff(&schema(&symbols(0)), &schema(&symbols(30_000)));
    assert_eq!(changes.len(), CHANGES_MAX);
}

#[test]
fn what_a_branch_does_is_said_of_that_branch() {
    check_type(
        r#"["null", "int"]"#,
        r#"["null", "float", "boolean"]"#,
        "- branch R.f: int  backward ok, forward ok\n\
         + branch R.f: float  backward misreads (C205), forward breaks (C109)\n\
         + branch R.f: boolean  backward ok, forward breaks (C109)",
    );
    check_type(
        r#""int""#,
        r#"["null", "float", "boolean"]"#,
        "- branch R.f: int  backward ok, forward ok\n\
         + branch R.f: null  backward ok, forward breaks (C109)\n\
         + branch R.f: float  backward misreads (C205), forward breaks (C109)\n\
         + branch R.f: boolean  backward ok, forward breaks (C109)",
    );
    check_type(
        r#"["null", "float"]"#,
        r#""int""#,
        "- branch R.f: null  backward breaks (C104), forward ok\n\
         - branch R.f: float  backward breaks (C104), forward misreads (C205)\n\
         + branch R.f: int  backward ok, forward misreads (C205)",
    );
    // Of several rules that say as much, the first one counts.
    check_type(
        r#"["int", {"type": "array", "items": {"type": "map", "values": "bytes"}}, "long"]"#,
        r#"[{"type": "array", "items": "int"}, "string"]"#,
        "- branch R.f: int  backward breaks (C104), forward breaks (C101)\n\
         - branch R.f: long  backward breaks (C104), forward breaks (C101)\n\
         + branch R.f: string  backward breaks (C101), forward breaks (C109)\n\
         ~ type R.f<array>[]: map of bytes -> int  backward breaks (C104), forward breaks (C109)",
    );
    let fixed = |size| format!(r#"["null", {{"type": "fixed", "name": "F", "size": {size}}}]"#);
    check_type(
        &fixed(2),
        &fixed(3).replace(']', r#", "int"]"#),
        "+ branch R.f: int  backward ok, forward breaks (C109)\n\
         ~ size R.f<F>: 2 -> 3  backward breaks (C106), forward breaks (C106)",
    );
}

#[test]
fn what_is_in_a_list_or_a_map_has_its_place() {
    check_type(
        r#"{"type": "map", "values": "int"}"#,
        r#"{"type": "map", "values": "string"}"#,
        "~ type R.f{}: int -> string  backward breaks (C101), forward breaks (C101)",
    );
    check_type(
        r#"{"type": "array", "items": "int"}"#,
        r#"{"type": "array", "items": "string"}"#,
        "~ type R.f[]: int -> string  backward breaks (C101), forward breaks (C101)",
    );
}
