//! Texts that are out to hurt: each is answered, on a small stack, and the
//! answer is no larger than a person reads.

use std::{collections::BTreeMap, fmt::Write};

use accordant_schema::{
    FullName, InferError, Inference, Limits, canonical_form, contract::Contracts, java_text, parse,
    parse_with,
};

/// Bytes of stack that every case runs on.
const STACK_BYTES: usize = 1 << 20;

/// Runs a case on a small stack; gives the codes that it answers with.
#[track_caller]
fn check(case: impl FnOnce() -> Vec<accordant_schema::Problem> + Send + 'static, code: &str) {
    let thread = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(case);
    let problems = thread
        .expect("a thread starts")
        .join()
        .expect("no panic, no overflow");
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code.0).collect();
    assert!(codes.contains(&code), "{codes:?}");
    assert!(problems.len() <= 200, "{} problems", problems.len());
    for problem in &problems {
        assert!(problem.message.len() + problem.fix.len() + problem.path.len() < 2_000);
    }
}

fn problems(text: &str) -> Vec<accordant_schema::Problem> {
    parse(text).err().unwrap_or_default()
}

#[test]
fn depth_is_refused() {
    check(|| problems(&"[".repeat(100_000)), "S003");
    check(|| problems(&"{\"type\":".repeat(100_000)), "S003");
    let nested = |levels: usize| {
        let open = r#"{"type":"array","items":"#.repeat(levels);
        format!("{open}\"int\"{}", "}".repeat(levels))
    };
    check(move || problems(&nested(65)), "S003");
    // What is allowed fits on the stack, also where the caller allows more.
    let deep = nested(128);
    let thread = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let limits = Limits {
                depth_max: usize::MAX,
                ..Limits::default()
            };
            let schema = parse_with(&deep, &[], &limits).expect("128 levels are allowed");
            java_text(&schema, true).len() + canonical_form(&schema).len()
        });
    assert!(thread.expect("a thread starts").join().is_ok());
}

#[test]
fn size_is_refused() {
    check(|| problems(&" ".repeat(1_000_001)), "S002");
    check(
        || problems(&format!("[{}\"int\"]", "\"int\",".repeat(100_000))),
        "S004",
    );
    check(
        || problems(&format!("[{}\"x\"]", "\"x\",".repeat(100_000))),
        "S004",
    );
    check(
        || {
            let references = vec!["\"int\""; 20_000];
            parse_with("\"int\"", &references, &Limits::default())
                .err()
                .unwrap_or_default()
        },
        "S004",
    );
}

#[test]
fn long_names_are_cut_and_refused() {
    let name = "n".repeat(900_000);
    let text =
        format!(r#"{{"type":"record","name":"{name}","fields":[{{"name":"f","type":"nn"}}]}}"#);
    check(move || problems(&text), "S010");
    let space = "n".repeat(500_000);
    let fields: Vec<String> = (0..10_000)
        .map(|n| format!(r#"{{"name":"f{n}","type":"T{n}"}}"#))
        .collect();
    let fields = fields.join(",");
    let text =
        format!(r#"{{"type":"record","name":"R","namespace":"{space}","fields":[{fields}]}}"#);
    check(move || problems(&text), "S010");
    check(|| problems(&format!("\"{}\"", "x".repeat(900_000))), "S010");
    check(
        || problems(&format!("{{\"{0}\":1,\"{0}\":2}}", "k".repeat(400_000))),
        "S005",
    );
}

#[test]
fn defaults_that_multiply_are_answered() {
    // A union of records, each with a field of that union, 25 levels deep: every
    // level doubles the ways in which the default could fit.
    let value = format!("{}1{}", "{\"u\":".repeat(25), "}".repeat(25));
    let text = format!(
        r#"{{"type":"record","name":"R","fields":[
            {{"name":"a","type":{{"type":"record","name":"A","fields":[{{"name":"u","type":["A","B"]}}]}}}},
            {{"name":"b","type":{{"type":"record","name":"B","fields":[{{"name":"u","type":["A","B"]}}]}}}},
            {{"name":"c","type":["A","B"],"default":{value}}}]}}"#
    );
    check(move || problems(&text), "S014");
    // A long text that every branch of a wide union looks at.
    let branches: Vec<String> = (0..4_000)
        .map(|n| format!(r#"{{"type":"fixed","name":"F{n}","size":500001}}"#))
        .collect();
    let (branches, value) = (branches.join(","), "é".repeat(250_000));
    let text = format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":[{branches}],"default":"{value}"}}]}}"#
    );
    check(move || problems(&text), "S014");
    // Defaults that take each other's defaults in a long chain.
    let mut fields = String::new();
    for n in 0..2_000 {
        let next = n + 1;
        write!(
            fields,
            r#"{{"name":"f{n}","type":["null",{{"type":"record","name":"R{n}","fields":[
                {{"name":"g","type":"R{next}","default":{{}}}}]}}]}},"#
        )
        .expect("a String takes any text");
    }
    let last = r#"{"name":"z","type":["null",{"type":"fixed","name":"R2000","size":0}]}"#;
    let text = format!(r#"{{"type":"record","name":"R","fields":[{fields}{last}]}}"#);
    check(move || problems(&text), "S014");
}

#[test]
fn a_long_chain_of_references_is_written_without_recursion() {
    let texts: Vec<String> = (0..1_000)
        .map(|n| match n {
            0 => r#"{"type":"fixed","name":"T0","size":1}"#.to_owned(),
            n => format!(
                r#"{{"type":"record","name":"T{n}","fields":[{{"name":"f","type":"T{}"}}]}}"#,
                n - 1
            ),
        })
        .collect();
    let thread = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let references: Vec<&str> = texts.iter().map(String::as_str).collect();
            let schema = parse_with("\"T999\"", &references, &Limits::default()).expect("valid");
            (java_text(&schema, true), canonical_form(&schema))
        });
    let (java, canonical) = thread
        .expect("a thread starts")
        .join()
        .expect("no overflow");
    assert_eq!(java.matches("\"record\"").count(), 999);
    assert_eq!(canonical.matches("\"record\"").count(), 999);
}

#[test]
fn a_folder_of_references_is_answered() {
    let mut files = BTreeMap::new();
    for n in 0..2_000 {
        let toml = "kind = \"type\"\ndescription = \"t\"\nowner = \"o\"\n";
        let next = n + 1;
        let fields = if n == 1_999 {
            String::new()
        } else {
            format!(r#"{{"name":"f","type":"n.T{next}"}}"#)
        };
        let schema = format!(r#"{{"type":"record","name":"n.T{n}","fields":[{fields}]}}"#);
        files.insert(format!("n.T{n}/contract.toml"), toml.as_bytes().to_vec());
        files.insert(format!("n.T{n}/v1.avsc"), schema.into_bytes());
    }
    let (contracts, problems) = Contracts::load(&files, &Limits::default());
    // The last 65 reach at most 64 others.
    assert_eq!(contracts.contracts.len(), 65);
    let code = |code: &str| {
        problems
            .iter()
            .filter(|problem| problem.code.0 == code)
            .count()
    };
    assert_eq!((code("F024"), code("F026")), (1, 2_000 - 66));
}

#[test]
fn samples_are_bounded() {
    /// Whether one sample is taken; its draft is not much longer than itself.
    fn taken(line: &str) -> Result<(), InferError> {
        let mut inference = Inference::new(FullName::new("a.R").expect("a good name"));
        let taken = inference.sample(line);
        let draft = inference.finish().schema_text;
        assert!(draft.len() < 50 * line.len().max(1_000), "{}", draft.len());
        taken
    }
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let case = || {
        let is_refused = |line: &str| matches!(taken(line), Err(InferError::NotJson { .. }));
        assert!(is_refused(&"[".repeat(100_000)));
        assert!(is_refused(&"{\"a\":".repeat(100_000)));
        assert!(is_refused(r#"{"a":1,"a":2}"#));
        assert!(is_refused(&format!(
            "{{\"a\":\"{}\"}}",
            "x".repeat(1_000_000)
        )));
        // What is taken: a wide object, a long name, a huge number.
        let keys: Vec<String> = (0..50_000).map(|n| format!("\"k{n}\":{n}")).collect();
        assert_eq!(taken(&format!("{{{}}}", keys.join(","))), Ok(()));
        assert_eq!(taken(&format!("{{\"{}\":1}}", "k".repeat(500_000))), Ok(()));
        assert_eq!(taken("{\"a\":1e999999999}"), Ok(()));
        let digits = "9".repeat(900_000);
        assert_eq!(taken(&format!("{{\"a\":{digits}}}")), Ok(()));
    };
    let thread = thread.spawn(case).expect("a thread starts");
    thread.join().expect("no panic, no overflow");
}
