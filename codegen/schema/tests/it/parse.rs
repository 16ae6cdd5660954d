//! The schema parser: what is known afterwards, and every problem with its place.

use accordant_schema::{FullName, Kind, Limits, Logical, Order, parse, parse_with};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> = match parse(text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| crate::line(text, problem))
            .collect(),
    };
    assert_eq!(found, expected, "{text}");
}

/// A record `R` with one field `f` of a type, and more of the field's attributes.
fn field(ty: &str, rest: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{ty}{rest}}}]}}"#)
}

#[track_caller]
fn check_default(ty: &str, default: &str, why_not: Option<&str>) {
    let text = field(ty, &format!(r#","default":{default}"#));
    let found: Vec<String> = match parse(&text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .into_iter()
            .map(|problem| problem.message)
            .collect(),
    };
    let expected = why_not.map(|why| format!("the default of \"f\" does not fit its type: {why}"));
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{text}");
}

#[test]
fn a_record_is_known_completely() {
    let schema = parse(
        r#"{"type":"record","name":"a.R","doc":"d","aliases":["Q","b.Q","Q"],"fields":[
            {"name":"next","type":["null","R"],"default":null,"order":"ignore","aliases":["n"],"tag":1},
            {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}]}"#,
    )
    .expect("valid");
    let Kind::Record(record) = &schema.root().kind else {
        panic!("a record")
    };
    assert_eq!(record.name.as_str(), "a.R");
    assert_eq!(record.doc.as_deref(), Some("d"));
    let aliases: Vec<&str> = record.aliases.iter().map(FullName::as_str).collect();
    assert_eq!(aliases, ["a.Q", "b.Q"]);
    let [next, at] = &record.fields[..] else {
        panic!("two fields")
    };
    assert_eq!(
        (next.order, &next.aliases[..]),
        (Order::Ignore, &["n".to_owned()][..])
    );
    assert_eq!(
        next.default.as_ref().map(|it| it.to_text()).as_deref(),
        Some("null")
    );
    assert_eq!(next.props.len(), 1);
    // Recursion is the id of the definition itself.
    let Kind::Union(branches) = &schema.node(next.ty).kind else {
        panic!("a union")
    };
    assert_eq!(branches[1], schema.root);
    assert_eq!(schema.node(at.ty).logical, Some(Logical::TimestampMillis));
}

#[test]
fn a_name_may_be_used_before_it_is_defined() {
    let schema = parse(
        r#"{"type":"record","name":"n.R","fields":[
            {"name":"a","type":"E"},
            {"name":"b","type":{"type":"enum","name":"E","symbols":["A"]}}]}"#,
    )
    .expect("valid, as in Avro 1.12");
    let Kind::Record(record) = &schema.root().kind else {
        panic!("a record")
    };
    assert_eq!(record.fields[0].ty, record.fields[1].ty);
}

#[test]
fn names_resolve_in_their_namespace_then_in_none() {
    let schema = parse(
        r#"["null",
            {"type":"fixed","name":"A","size":1},
            {"type":"fixed","name":"n.A","size":2},
            {"type":"fixed","name":"B","size":3},
            {"type":"record","name":"n.R","fields":[
                {"name":"a","type":"A"},{"name":"b","type":"B"},{"name":"c","type":".A"}]}]"#,
    )
    .expect("valid");
    let Kind::Union(branches) = &schema.root().kind else {
        panic!("a union")
    };
    let Kind::Record(record) = &schema.node(branches[4]).kind else {
        panic!("a record")
    };
    let sizes: Vec<usize> = record
        .fields
        .iter()
        .map(|field| match &schema.node(field.ty).kind {
            Kind::Fixed(fixed) => fixed.size,
            other => panic!("a fixed, not {other:?}"),
        })
        .collect();
    assert_eq!(sizes, [2, 3, 1]);
}

/// Java knows a record when it has read its fields: until then its simple name
/// means a type of the null namespace, if there is one.
#[test]
fn inside_a_record_its_name_may_mean_one_of_no_namespace() {
    let schema = parse(
        r#"{"type":"record","name":"n.A","fields":[
            {"name":"f","type":{"type":"fixed","name":"A","namespace":"","size":1}},
            {"name":"g","type":"A"},
            {"name":"h","type":["null","n.A"]}]}"#,
    )
    .expect("valid");
    assert_eq!(
        accordant_schema::canonical_form(&schema),
        concat!(
            r#"{"name":"n.A","type":"record","fields":["#,
            r#"{"name":"f","type":{"name":"A","type":"fixed","size":1}},"#,
            r#"{"name":"g","type":"A"},{"name":"h","type":["null","n.A"]}]}"#,
        )
    );
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_text() {
    check(
        "{\"type\": \"record\", \"name\": \"orders.Order\", \"fields\": [\n\
         {\"name\": \"id\", \"type\": \"strng\"},\n\
         {\"name\": \"lines\", \"type\": {\"type\": \"array\", \"items\": {\"type\": \"record\", \"name\": \"Line\", \"fields\": [\n\
         {\"name\": \"qty\", \"type\": \"int\", \"default\": \"1\"},\n\
         {\"name\": \"q-2\", \"type\": [\"null\", [\"int\"]]}]}}},\n\
         {\"name\": \"id\", \"type\": \"long\", \"type\": \"long\"},\n\
         {\"type\": \"int\"}]}",
        &[
            "S007 2:24 Order.id: no type \"strng\" is known here | did you mean \"string\"?",
            "S014 4:43 Line.qty: the default of \"qty\" does not fit its type: it needs a whole number of 32 bits, not \"1\"",
            "S010 5:10 Order.lines[]: the field name \"q-2\" is no Avro name | use letters, digits and underscores, no digit first; dots only between the parts of a namespace",
            "S015 5:34 Order.lines[].q-2: a union stands directly in a union | put the inner union's branches into the outer one",
            "S013 6:10 Order: the record has a second field \"id\" | rename one of them, or remove it",
            "S005 6:32 the key \"type\" stands twice in one object | remove one of them",
            "S008 7:1 Order: \"name\" is missing in a field",
        ],
    );
}

#[test]
fn what_is_no_type_is_said() {
    let forms = " | write a type's name (\"string\"), an array of types (a union), or an object with \"type\"";
    check(
        "3",
        &[&format!(
            "S006 1:1 a number stands where a type is needed{forms}"
        )],
    );
    check(
        "{}",
        &[&format!("S008 1:1 \"type\" is missing in a schema{forms}")],
    );
    check(
        r#"{"type":{"type":"int"}}"#,
        &[
            "S006 1:9 the \"type\" of a schema is an object, not a name | write the inner schema itself, without the object around it",
        ],
    );
    check(
        "\"a-b\"",
        &[&format!(
            "S010 1:1 \"a-b\" is no type and no name of one{forms}"
        )],
    );
    check(
        "\"strin\"",
        &["S007 1:1 no type \"strin\" is known here | did you mean \"string\"?"],
    );
    check(
        &field("\"enum\"", r#","symbols":["A"]"#),
        &[
            "S007 1:58 R.f: no type \"enum\" is known here | write the whole type as one object: \"type\": {\"type\": \"enum\", ...}",
        ],
    );
    check(
        r#"{"type":"array"}"#,
        &["S008 1:1 \"items\" is missing in an array"],
    );
    check(
        r#"{"type":"map","items":"int"}"#,
        &["S008 1:1 \"values\" is missing in a map"],
    );
}

#[test]
fn named_types_are_checked() {
    check(
        r#"{"type":"record","fields":[]}"#,
        &["S008 1:1 \"name\" is missing in a record"],
    );
    check(
        r#"{"type":"record","name":"R"}"#,
        &["S008 1:1 \"fields\" is missing in a record"],
    );
    check(
        r#"{"type":"record","name":"R","fields":{}}"#,
        &["S009 1:38 \"fields\" must be an array of fields, not an object"],
    );
    check(
        r#"{"type":"fixed","name":"long","size":1}"#,
        &["S012 1:24 a fixed has the name of a primitive type | give it another name"],
    );
    check(r#"{"type":"fixed","name":"n.long","size":1}"#, &[]);
    check(
        r#"["null",{"type":"fixed","name":"F","size":1},{"type":"map","values":{"type":"fixed","name":"F","size":1}}]"#,
        &[
            "S011 1:92 {}: the type \"F\" is defined a second time | refer to the first definition by its name, or give this type another name",
        ],
    );
    check(
        r#"{"type":"fixed","name":"F","size":-1}"#,
        &["S009 1:35 \"size\" must be a number of bytes from 0 to 2147483647, not -1"],
    );
    check(
        r#"{"type":"enum","name":"E","symbols":["A","B","A","c d"],"default":"Z"}"#,
        &[
            "S017 1:46 the symbol \"A\" stands twice",
            "S010 1:50 the symbol \"c d\" is no Avro name | use letters, digits and underscores, no digit first; dots only between the parts of a namespace",
            "S018 1:67 the default \"Z\" is none of the symbols",
        ],
    );
    check(
        &field("\"int\"", r#","order":"up","doc":3,"aliases":"g""#),
        &[
            "S009 1:72 R.f: \"order\" must be \"ascending\", \"descending\" or \"ignore\"",
            "S009 1:83 R.f: \"doc\" must be a string, not a number",
            "S009 1:95 R.f: \"aliases\" must be an array of strings, not a string",
        ],
    );
}

#[test]
fn an_optional_text_may_be_null() {
    check(
        r#"{"type":"enum","name":"n.E","namespace":null,"doc":null,"default":null,"symbols":["A"]}"#,
        &[],
    );
}

#[test]
fn a_union_has_each_type_once() {
    let fix = " | a union has each type once: remove one";
    check(
        r#"["int","null","int"]"#,
        &[&format!(
            "S016 1:15 the union has two branches \"int\"{fix}"
        )],
    );
    check(
        r#"["bytes",{"type":"bytes","logicalType":"decimal","precision":4}]"#,
        &[&format!(
            "S016 1:10 the union has two branches \"bytes\"{fix}"
        )],
    );
    check(
        r#"[{"type":"array","items":"int"},{"type":"array","items":"long"}]"#,
        &[&format!(
            "S016 1:33 the union has two branches \"array\"{fix}"
        )],
    );
    check(
        r#"["F",{"type":"fixed","name":"F","size":1}]"#,
        &[&format!("S016 1:6 the union has two branches \"F\"{fix}")],
    );
    check("[]", &[]);
    check(r#"["int","long",{"type":"map","values":"int"}]"#, &[]);
}

#[test]
fn defaults_of_primitives() {
    let int = "it needs a whole number of 32 bits";
    check_default("\"null\"", "null", None);
    check_default("\"null\"", "0", Some("it needs null, not 0"));
    check_default("\"boolean\"", "true", None);
    check_default(
        "\"boolean\"",
        "\"true\"",
        Some("it needs true or false, not \"true\""),
    );
    check_default("\"int\"", "2147483647", None);
    check_default(
        "\"int\"",
        "2147483648",
        Some(&format!("{int}, not 2147483648")),
    );
    check_default("\"int\"", "1.0", Some(&format!("{int}, not 1.0")));
    check_default("\"int\"", "1e1", Some(&format!("{int}, not 1e1")));
    check_default("\"long\"", "-9223372036854775808", None);
    check_default(
        "\"long\"",
        "9223372036854775808",
        Some("it needs a whole number of 64 bits, not 9223372036854775808"),
    );
    check_default("\"double\"", "1", None);
    check_default("\"float\"", "1.5e3", None);
    check_default("\"double\"", "\"NaN\"", None);
    // Java reads the word only where the field itself is a number.
    check_default(
        "[\"double\"]",
        "\"NaN\"",
        Some("it needs a value of one of the union's branches, not \"NaN\""),
    );
    check_default(
        r#"{"type":"array","items":"float"}"#,
        "[\"NaN\"]",
        Some("it needs a number, not \"NaN\""),
    );
    check_default("\"double\"", "\"-Infinity\"", None);
    check_default("\"double\"", "\"1.5\"", None);
    check_default(
        "\"double\"",
        "\"inf\"",
        Some("it needs a number, not \"inf\""),
    );
    check_default("\"string\"", "\"\"", None);
    check_default("\"string\"", "null", Some("it needs a string, not null"));
}

#[test]
fn a_text_as_a_floats_default_becomes_the_number_as_in_java() {
    let schema = parse(&field("\"double\"", r#","default":" 1500d ""#)).expect("valid");
    let Kind::Record(record) = &schema.root().kind else {
        panic!("a record")
    };
    assert_eq!(
        record.fields[0]
            .default
            .as_ref()
            .map(|it| it.to_text())
            .as_deref(),
        Some("1500.0")
    );
}

#[test]
fn defaults_of_bytes_are_code_points() {
    let bytes = "it needs a string of code points 0 to 255";
    check_default("\"bytes\"", r#""\u0000\u00ff""#, None);
    check_default(
        "\"bytes\"",
        r#""\u0100""#,
        Some(&format!("{bytes}, not \"\u{100}\"")),
    );
    let fixed = r#"{"type":"fixed","name":"F","size":2}"#;
    check_default(fixed, r#""\u00ff\u0000""#, None);
    check_default(
        fixed,
        "\"a\"",
        Some(&format!(
            "{bytes}, as many as the fixed has bytes, not \"a\""
        )),
    );
    let symbols = r#"{"type":"enum","name":"E","symbols":["A","B"]}"#;
    check_default(symbols, "\"B\"", None);
    check_default(
        symbols,
        "\"C\"",
        Some("it needs one of the enum's symbols, not \"C\""),
    );
}

#[test]
fn defaults_of_compounds() {
    let array = r#"{"type":"array","items":"int"}"#;
    check_default(array, "[1,2]", None);
    check_default(
        array,
        "[1,\"2\"]",
        Some("it needs a whole number of 32 bits, not \"2\""),
    );
    check_default(array, "{}", Some("it needs an array, not an object"));
    check_default(r#"{"type":"map","values":"int"}"#, r#"{"a":1}"#, None);
    // Any branch of a union, as in Avro 1.12.
    check_default(r#"["null","int"]"#, "3", None);
    check_default(
        r#"["null","int"]"#,
        "\"x\"",
        Some("it needs a value of one of the union's branches, not \"x\""),
    );
    let record = r#"{"type":"record","name":"S","fields":[
        {"name":"a","type":"int"},{"name":"b","type":"int","default":7}]}"#;
    check_default(record, r#"{"a":1}"#, None);
    check_default(record, r#"{"b":1}"#, Some("it lacks the field \"a\""));
    check_default(
        record,
        r#"{"a":1,"b":"x"}"#,
        Some("it needs a whole number of 32 bits, not \"x\""),
    );
}

#[test]
fn a_default_must_end() {
    check(
        &field("\"R\"", r#","default":{}"#),
        &["S014 1:47 R.f: the default of \"f\" never ends: it contains itself"],
    );
    check(&field(r#"["null","R"]"#, r#","default":null"#), &[]);
    check(&field(r#"["null","R"]"#, r#","default":{"f":null}"#), &[]);
}

#[test]
fn references_are_known_in_their_order() {
    let limits = Limits::default();
    let a = r#"{"type":"record","name":"n.A","fields":[{"name":"b","type":"n.B"}]}"#;
    let b = r#"{"type":"fixed","name":"n.B","size":1}"#;
    let schema = parse_with(r#"{"type":"map","values":"n.A"}"#, &[b, a], &limits).expect("valid");
    let sources: Vec<(&str, usize)> = schema
        .names
        .iter()
        .map(|(name, id)| (name.as_str(), schema.node(*id).source))
        .collect();
    assert_eq!(sources, [("n.A", 2), ("n.B", 1)]);

    let messages = |references: &[&str]| -> Vec<String> {
        let problems = parse_with("\"n.A\"", references, &limits).expect_err("invalid");
        problems
            .iter()
            .map(|problem| crate::line("", problem))
            .collect()
    };
    assert_eq!(
        messages(&[a, b]),
        ["S007 - A.b: in reference 1: no type \"n.B\" is known here | did you mean \"n.A\"?"]
    );
    assert_eq!(
        messages(&[b, b, a]),
        [
            "S011 - in reference 2: the type \"n.B\" is defined a second time | refer to the first definition by its name, or give this type another name"
        ]
    );
}
