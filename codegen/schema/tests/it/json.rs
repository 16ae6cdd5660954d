//! JSON: what is taken, what is refused and where.

use accordant_schema::json::{self, Value};

#[track_caller]
fn check(text: &str, expected: &str) {
    let actual = match json::parse(text, 8) {
        Ok(json) => json.to_text(),
        Err(problem) => crate::line(text, &problem),
    };
    assert_eq!(actual, expected, "{text}");
}

#[test]
fn values_come_back_compact() {
    check(" null ", "null");
    check("[ true , false ]", "[true,false]");
    check(
        "{ \"b\" : 1 , \"a\" : { } , \"c\" : [ ] }",
        r#"{"b":1,"a":{},"c":[]}"#,
    );
    check("{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}");
    check("[[[[[[[[]]]]]]]]", "[[[[[[[[]]]]]]]]");
}

#[test]
fn numbers_keep_every_digit() {
    let text = "[0,-0,1.50,1E+5,1e-7,123456789012345678901234567890]";
    check(text, text);
    check("01", "S001 1:2 a number has a zero in front");
    check("-", "S001 1:2 a digit is missing in a number");
    check("1.", "S001 1:3 a digit is missing in a number");
    check("1e", "S001 1:3 a digit is missing in a number");
    check(".5", "S001 1:1 no JSON value begins like this");
    check("NaN", "S001 1:1 no JSON value begins like this");
}

#[test]
fn strings_are_unescaped() {
    check(
        r#""\u00e9\ud83d\ude00 \/\b\f\n\r\t\"\\""#,
        "\"é😀 /\\b\\f\\n\\r\\t\\\"\\\\\"",
    );
    check(r#""\u0001""#, r#""\u0001""#);
    check(
        r#""\ud83d""#,
        "S001 1:2 half of a surrogate pair in a string",
    );
    check(
        r#""\ud83dx""#,
        "S001 1:2 half of a surrogate pair in a string",
    );
    check(
        r#""\ud83d\u0041""#,
        "S001 1:2 half of a surrogate pair in a string",
    );
    check(
        r#""\ude00""#,
        "S001 1:2 half of a surrogate pair in a string",
    );
    check(r#""\u00g0""#, "S001 1:4 \\u needs four hexadecimal digits");
    check(r#""\u+123""#, "S001 1:4 \\u needs four hexadecimal digits");
    check(r#""\x""#, "S001 1:3 no escape that JSON knows");
    check("\"é", "S001 1:1 a string is not closed");
    check("\"\\", "S001 1:3 no escape that JSON knows");
    check(
        "\"a\nb\"",
        "S001 1:3 a control character stands in a string | write it as an escape, such as \\n",
    );
}

#[test]
fn syntax_errors_have_their_place() {
    check("", "S001 1:1 the text ends where a value is needed");
    check(
        "[1,\n  2",
        "S001 2:4 the text ends where \",\" or \"]\" is needed",
    );
    check("[1 2]", "S001 1:4 \",\" or \"]\" is missing");
    check("{\"a\":1 \"b\":2}", "S001 1:8 \",\" or \"}\" is missing");
    check(
        "{\"a\" 1}",
        "S001 1:6 \":\" is missing after an object's key",
    );
    check(
        "{a:1}",
        "S001 1:2 an object's key must be a string in quotes",
    );
    check("{\"a\":1,", "S001 1:8 the text ends inside an object");
    check("nul", "S001 1:1 no JSON value begins like this");
    check("// x\n1", "S001 1:1 a comment, which JSON does not have");
    check("1 2", "S001 1:3 text after the end of the JSON value");
    check(
        "[[[[[[[[[]]]]]]]]]",
        "S003 1:9 the JSON nests deeper than 8 levels",
    );
    check(
        "[1,]",
        "S001 1:4 a value is missing before the closing bracket | remove the comma before it",
    );
    check(
        "{\"a\":1,}",
        "S001 1:8 a key is missing before the closing brace | remove the comma before it",
    );
    check(
        "\u{feff}{}",
        "S001 1:1 no JSON value begins like this | save the file as UTF-8 without a byte order mark",
    );
}

#[test]
fn spans_cover_values_and_keys() {
    let text = r#"{"é": [10, "x"]}"#;
    let json = json::parse(text, 8).expect("valid");
    let Value::Object(entries) = &json.value else {
        panic!("an object")
    };
    let (key, list) = &entries[0];
    let Value::Array(items) = &list.value else {
        panic!("an array")
    };
    let texts: Vec<&str> = [json.span, key.span, list.span, items[0].span, items[1].span]
        .iter()
        .map(|span| &text[span.start..span.end])
        .collect();
    assert_eq!(texts, [text, "\"é\"", "[10, \"x\"]", "10", "\"x\""]);
}
