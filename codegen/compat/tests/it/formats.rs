//! The same report in the formats of other tools, each held against its own
//! definition.

use std::collections::BTreeSet;

use accordant_compat::{
    Finding, History, Report, Severity,
    render::{self, Colour, FileMap, Format, MARKER, Style},
};
use insta::assert_snapshot;
use quick_xml::{Reader, events::Event};
use serde_json::Value;

use crate::folder::{EVENT, Folder};

/// A path that every format has to escape.
const ODD_ROOT: &str = "my contracts, 50%/a:b 😀";
/// A message that every format has to escape.
const ODD_MESSAGE: &str =
    "100% of, these: <b> & \"q\" 'x' | `` ``` @team #12\r\nnext ::error::x \u{1} \u{ffff} ]]> é😀";

/// A report with everything in it: errors, a warning, an ignored finding, a
/// problem in a file, a history that could not be read.
fn everything() -> (Report, FileMap) {
    let title = r#"{ "name": "title", "type": "string" }"#;
    let folder = Folder::orders(&[title, r#"{ "name": "currency", "type": "string" }"#])
        .released(1)
        .with(
            "shop.Order/contract.toml",
            &format!(
                "{EVENT}[ignore.\"C102\"]\nreason = \"no reader | yet & <none>\"\nuntil = \"2099-01-31\"\n"
            ),
        )
        .with("shop.Refund/contract.toml", &EVENT.replace("orders.", "refunds."))
        .with(
            "shop.Refund/v1.avsc",
            "{\n  \"type\": \"record\", \"name\": \"shop.Refund\",\n  \"fields\": [{ \"name\": \"id\", \"type\": \"strnig\" }]\n}\n",
        );
    let mut report = folder.check();
    report.history = History::NotChecked {
        reason: "the clone is shallow".to_owned(),
        refused: true,
    };
    (report, folder.files)
}

/// The same with one more warning whose texts and file are all odd.
fn odd() -> (Report, FileMap, Style) {
    let (mut report, files) = everything();
    let finding = Finding {
        severity: Severity::Warning,
        file: "shop.Order/v2 (1), 100%.avsc".to_owned(),
        message: ODD_MESSAGE.to_owned(),
        span: None,
        other: None,
        ..report.findings[0].clone()
    };
    report.add(finding);
    let style = Style {
        root: ODD_ROOT.to_owned(),
        colour: Colour::Plain,
    };
    (report, files, style)
}

fn rendered(format: Format) -> String {
    let (report, files) = everything();
    render::render(&report, &files, &Style::default(), format)
}

fn rendered_odd(format: Format) -> String {
    let (report, files, style) = odd();
    render::render(&report, &files, &style, format)
}

#[test]
fn one_report_in_every_format() {
    for format in Format::ALL {
        insta::with_settings!({filters => vec![(env!("CARGO_PKG_VERSION"), "[version]")]}, {
            assert_snapshot!(format!("report_{format}"), rendered(format));
        });
    }
}

#[test]
fn a_format_goes_by_its_name() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    let error = "xml"
        .parse::<Format>()
        .expect_err("there is no such format");
    assert_eq!(
        error.to_string(),
        "\"xml\" is no output format: one of text, json, github, gitlab, sarif, junit, markdown"
    );
}

#[test]
fn json_says_everything() {
    let json: Value = serde_json::from_str(&rendered_odd(Format::Json)).expect("it is JSON");
    assert_eq!(json["format"], 1);
    assert_eq!(json["failed"], true);
    let findings = json["findings"].as_array().expect("a list");
    let odd = findings.last().expect("the odd one is the last");
    assert_eq!(odd["message"], ODD_MESSAGE);
    assert_eq!(
        odd["file"],
        format!("{ODD_ROOT}/shop.Order/v2 (1), 100%.avsc")
    );
    assert_eq!(odd["range"], Value::Null);
    assert_eq!(json["ignored"][0]["until"], "2099-01-31");
    assert_eq!(json["problems"][0]["range"]["start"]["line"], 3);
}

/// The properties and the message of a workflow command, as the runner reads
/// them.
fn command(line: &str) -> (Vec<(String, String)>, String) {
    let line = line.strip_prefix("::").expect("a command");
    let (head, message) = line.split_once("::").expect("a command has a message");
    let (_, properties) = head.split_once(' ').expect("a command has properties");
    let unescape = |text: &str| {
        text.replace("%2C", ",")
            .replace("%3A", ":")
            .replace("%0A", "\n")
            .replace("%0D", "\r")
            .replace("%25", "%")
    };
    let properties = properties.split(',').map(|property| {
        let (key, value) = property.split_once('=').expect("key=value");
        (key.to_owned(), unescape(value))
    });
    (properties.collect(), unescape(message))
}

#[test]
fn github_gets_odd_texts_whole() {
    let text = rendered_odd(Format::Github);
    let commands: Vec<_> = text.lines().map(command).collect();
    let (report, _, _) = odd();
    assert_eq!(
        commands.len(),
        report.problems.len() + report.findings.len() + 1
    );
    let (properties, message) = &commands[commands.len() - 2];
    assert!(message.starts_with(ODD_MESSAGE), "{message}");
    let file = format!("{ODD_ROOT}/shop.Order/v2 (1), 100%.avsc");
    assert_eq!(properties[0], ("file".to_owned(), file));
    assert_eq!(properties[1].0, "title");
    for (properties, _) in &commands {
        let keys: BTreeSet<&str> = properties.iter().map(|(key, _)| key.as_str()).collect();
        assert!(keys.is_subset(&BTreeSet::from([
            "file",
            "line",
            "col",
            "endLine",
            "endColumn",
            "title"
        ])));
    }
}

#[test]
fn gitlab_gets_what_it_demands() {
    let json: Value = serde_json::from_str(&rendered_odd(Format::Gitlab)).expect("it is JSON");
    let mut fingerprints = BTreeSet::new();
    let issues = json.as_array().expect("a list");
    for issue in issues {
        for key in ["description", "check_name", "fingerprint", "severity"] {
            assert!(
                issue[key].as_str().is_some_and(|it| !it.is_empty()),
                "{key}"
            );
        }
        let severities = ["info", "minor", "major", "critical", "blocker"];
        assert!(severities.contains(&issue["severity"].as_str().expect("a text")));
        assert!(
            issue["location"]["path"]
                .as_str()
                .expect("a text")
                .starts_with(ODD_ROOT)
        );
        assert!(
            issue["location"]["lines"]["begin"]
                .as_u64()
                .expect("a number")
                > 0
        );
        assert!(fingerprints.insert(issue["fingerprint"].as_str().expect("a text")));
    }
    assert_eq!(issues.len(), 4);
}

#[test]
fn a_fingerprint_outlives_a_shift_of_lines_and_tells_twins_apart() {
    let fingerprints = |report: &Report, files: &FileMap| {
        let text = render::render(report, files, &Style::default(), Format::Gitlab);
        let json: Value = serde_json::from_str(&text).expect("it is JSON");
        let issues = json.as_array().expect("a list").iter();
        issues
            .map(|it| it["fingerprint"].as_str().expect("a text").to_owned())
            .collect::<Vec<_>>()
    };
    let (mut report, files) = everything();
    let before = fingerprints(&report, &files);
    for finding in &mut report.findings {
        finding.span = finding
            .span
            .map(|_| accordant_schema::Span { start: 0, end: 1 });
    }
    assert_eq!(fingerprints(&report, &files), before);
    report.findings.push(report.findings[0].clone());
    let twins = fingerprints(&report, &files);
    assert_eq!(
        twins.iter().collect::<BTreeSet<_>>().len(),
        before.len() + 1
    );
}

#[test]
fn sarif_is_what_its_schema_demands() {
    let schema: Value = serde_json::from_str(include_str!("../fixtures/sarif-2.1.0.json"))
        .expect("the schema is JSON");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is one");
    let empty = render::render(
        &Report::default(),
        &FileMap::new(),
        &Style::default(),
        Format::Sarif,
    );
    for text in [rendered(Format::Sarif), rendered_odd(Format::Sarif), empty] {
        let json: Value = serde_json::from_str(&text).expect("it is JSON");
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
    let mut broken: Value = serde_json::from_str(&rendered(Format::Sarif)).expect("it is JSON");
    broken["runs"][0]["results"][0]["level"] = Value::from("fatal");
    assert!(!validator.is_valid(&broken));
}

#[test]
fn sarif_names_places_rules_and_suppressions() {
    let json: Value = serde_json::from_str(&rendered_odd(Format::Sarif)).expect("it is JSON");
    let run = &json["runs"][0];
    let results = run["results"].as_array().expect("a list");
    for result in results {
        let rule =
            &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("index") as usize];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    let odd = results
        .iter()
        .find(|it| {
            it["message"]["text"]
                .as_str()
                .is_some_and(|it| it.starts_with(ODD_MESSAGE))
        })
        .expect("the odd finding is there");
    assert_eq!(
        odd["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "my%20contracts%2C%2050%25/a%3Ab%20%F0%9F%98%80/shop.Order/v2%20%281%29%2C%20100%25.avsc"
    );
    let suppressed: Vec<&Value> = results
        .iter()
        .filter(|it| !it["suppressions"].is_null())
        .collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["ruleId"], "C102");
    let related = results
        .iter()
        .filter(|it| !it["relatedLocations"].is_null())
        .count();
    assert_eq!(related, 2);
}

/// An element's name and attributes, unescaped.
type Element = (String, Vec<(String, String)>);

/// All elements, and all text between them.
fn elements(xml: &str) -> (Vec<Element>, String) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut elements, mut text, mut depth) = (Vec::new(), String::new(), 0);
    loop {
        let event = reader.read_event().expect("the XML is well-formed");
        match event {
            Event::Start(ref tag) | Event::Empty(ref tag) => {
                depth += usize::from(matches!(event, Event::Start(_)));
                let attributes = tag.attributes().map(|attribute| {
                    let attribute = attribute.expect("an attribute is well-formed");
                    let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                    (
                        key,
                        attribute
                            .unescape_value()
                            .expect("a known entity")
                            .into_owned(),
                    )
                });
                let attributes = attributes.collect();
                elements.push((
                    String::from_utf8_lossy(tag.name().as_ref()).into_owned(),
                    attributes,
                ));
            }
            Event::Text(part) => text.push_str(&part.decode().expect("it is UTF-8")),
            Event::GeneralRef(name) => match name.resolve_char_ref().expect("a legal character") {
                Some(char) => text.push(char),
                None => text.push_str(match &*name.decode().expect("it is UTF-8") {
                    "lt" => "<",
                    "gt" => ">",
                    "amp" => "&",
                    "quot" => "\"",
                    other => panic!("{other} is no entity of XML"),
                }),
            },
            Event::End(_) => depth -= 1,
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?} has no place here"),
        }
    }
    assert_eq!(depth, 0, "an element is not closed");
    (elements, text)
}

fn attribute<'e>(element: &'e [(String, String)], key: &str) -> &'e str {
    let found = element.iter().find(|(name, _)| name == key);
    &found
        .unwrap_or_else(|| panic!("{key} is missing in {element:?}"))
        .1
}

#[test]
fn junit_is_well_formed_and_counts_right() {
    for xml in [rendered(Format::Junit), rendered_odd(Format::Junit)] {
        let is_legal =
            |char: char| matches!(char, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
        assert!(xml.chars().all(is_legal));
        let (elements, _) = elements(&xml);
        let count = |name: &str| elements.iter().filter(|(it, _)| it == name).count();
        let sum = |key: &str| {
            let suites = elements.iter().filter(|(it, _)| it == "testsuite");
            suites
                .map(|(_, it)| attribute(it, key).parse::<usize>().expect("a number"))
                .sum::<usize>()
        };
        assert_eq!(count("testsuites"), 1);
        assert_eq!(sum("tests"), count("testcase"));
        assert_eq!(
            attribute(&elements[0].1, "tests"),
            count("testcase").to_string()
        );
        assert_eq!(count("failure"), 3);
        assert_eq!(sum("failures"), 3);
    }
    let (elements, text) = elements(&rendered_odd(Format::Junit));
    let readable = ODD_MESSAGE.replace(['\u{1}', '\u{ffff}'], "\u{fffd}");
    assert!(text.contains(&readable), "{text}");
    let names = elements
        .iter()
        .filter(|(it, _)| it == "testcase")
        .map(|(_, it)| attribute(it, "name"));
    assert!(names.collect::<Vec<_>>().contains(&"v2"));
}

#[test]
fn markdown_escapes_what_is_markup() {
    let text = rendered_odd(Format::Markdown);
    assert!(text.starts_with(&format!("{MARKER}\n")));
    let row = text
        .lines()
        .find(|line| line.contains("of, these"))
        .expect("the odd finding has its row");
    assert!(row.contains(r"100% of, these: &lt;b&gt; &amp;"), "{row}");
    assert!(
        row.contains(r"\| \`\` \`\`\` @<!-- -->team #<!-- -->12  next"),
        "{row}"
    );
    // The fence around the details is longer than the one in the message.
    assert!(text.contains("\n````text\n100% of"), "{text}");
}

#[test]
fn markdown_stays_below_the_limit_and_says_what_is_left_out() {
    let (mut report, files) = everything();
    let one = report.findings[0].clone();
    for many in [0, 30, 100, 1_000, 5_000] {
        report.findings = vec![one.clone(); many];
        let text = render::render(&report, &files, &Style::default(), Format::Markdown);
        let chars = text.chars().count();
        assert!(chars <= 65_536, "{chars}");
        let rows = text.lines().filter(|line| line.starts_with("| ❌")).count();
        let left_out = text.lines().find_map(|line| {
            let (many, _) = line.split_once(" findings are left out here")?;
            many.parse::<usize>().ok()
        });
        // Beside them a problem and the history.
        assert_eq!(rows + left_out.unwrap_or_default(), many + 2);
        assert_eq!(left_out.is_some(), many >= 1_000);
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
    }
    // One finding as long as it can be.
    report.findings = vec![Finding {
        message: "`".repeat(1_000_000),
        ..one
    }];
    let text = render::render(&report, &files, &Style::default(), Format::Markdown);
    assert!(text.chars().count() <= 65_536);
}

#[test]
fn nothing_to_say() {
    let say = |format| {
        render::render(
            &Report::default(),
            &FileMap::new(),
            &Style::default(),
            format,
        )
    };
    assert_eq!(say(Format::Github), "");
    assert_eq!(say(Format::Gitlab), "[]\n");
    assert_snapshot!(say(Format::Junit), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="accordant" tests="0" failures="0" errors="0" skipped="0">
    </testsuites>
    "#);
    assert_snapshot!(say(Format::Markdown), @r"
    <!-- accordant -->
    ### ✅ The contracts are accepted

    0 versions checked.
    ");
}
