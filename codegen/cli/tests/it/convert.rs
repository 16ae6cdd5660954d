//! `accordant convert`: every form into every other, and what is said of a bad
//! datum.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use crate::repository::Repository;

const PRICE: &str = r#",
    { "name": "price", "type": ["null", "bytes", "long"], "default": null }"#;
const PRICE_RENAMED: &str = r#",
    { "name": "amount", "aliases": ["price"], "type": ["null", "bytes", "long"], "default": null },
    { "name": "count", "type": "int", "default": 1 }"#;

const V1: &str = "contracts/shop.Order/v1.avsc";
const V2: &str = "contracts/shop.Order/v2.avsc";

fn repository() -> Repository {
    let repository = Repository::with_git(&[PRICE]);
    repository.run(&["release"], 0);
    repository.version(2, PRICE_RENAMED);
    repository
}

/// What the command says of this input: result, talk and exit code.
fn says(repository: &Repository, args: &[&str], input: impl Into<Vec<u8>>) -> String {
    let mut command = repository.accordant(&["convert"]);
    let output = command
        .args(args)
        .write_stdin(input)
        .output()
        .expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{}--- talk\n{}--- exit code {}\n",
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().expect("it ends by itself"),
    )
}

#[track_caller]
fn check(from: &str, to: &str, input: &str, expected: &str) {
    let args = ["--from", from, "--to", to, "--writer", V1, "--hex"];
    let expected = format!("{expected}\n--- talk\n--- exit code 0\n");
    assert_eq!(says(&repository(), &args, input), expected);
}

/// A shell's `<(...)` is a pipe: it has no folder, and can be read once.
#[test]
fn a_schema_may_come_from_a_pipe_and_its_errors_have_places() {
    let repository = repository();
    let from_pipe = |schema: &str| {
        let binary = repository.accordant(&[]).get_program().to_owned();
        let output = std::process::Command::new("bash")
            .args([
                "-c",
                r#""$0" convert --from json --to avro --hex --writer <(printf %s "$1")"#,
            ])
            .arg(binary)
            .arg(schema)
            .stdin(std::process::Stdio::null())
            .output()
            .expect("bash starts");
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), talk)
    };
    assert_eq!(from_pipe(r#""int""#), (Some(0), String::new()));
    let (code, talk) = from_pipe("{\n  \"type\": \"itn\"}");
    assert_eq!(code, Some(2), "{talk}");
    assert!(
        talk.contains(":2:11: no type \"itn\" is known here"),
        "{talk}"
    );
}

const JSON: &str = r#"{"id":"a","price":{"bytes":"/w=="}}"#;
const AVRO_JSON: &str = r#"{"id":"a","price":{"bytes":"ÿ"}}"#;
const HEX: &str = "02610202ff";

#[test]
fn every_form_becomes_every_other() {
    let plain = JSON.replace(r#"{"bytes":"/w=="}"#, "\"/w==\"");
    check("json", "json", JSON, &plain);
    check("json", "avro-json", JSON, AVRO_JSON);
    check(
        "json",
        "avro",
        &format!("{JSON}\n\n{plain}"),
        &format!("{HEX}\n{HEX}"),
    );
    check("avro-json", "avro", AVRO_JSON, HEX);
    check("avro-json", "json", AVRO_JSON, &plain);
    check("avro", "json", HEX, &plain);
    check("avro", "avro-json", HEX, AVRO_JSON);
    let framed = format!("0000000007{HEX}");
    check("confluent", "avro", &framed, HEX);
}

#[test]
fn a_reader_gets_its_own_schema() {
    let args = [
        "--from", "json", "--to", "json", "--writer", V1, "--reader", V2,
    ];
    insta::assert_snapshot!("convert_reader", says(&repository(), &args, JSON));
}

#[test]
fn a_raw_datum_is_all_of_the_input() {
    let args = ["--from", "json", "--to", "avro", "--writer", V1];
    let said = says(&repository(), &args, r#"{"id": "a"}"#);
    assert_eq!(said, "\u{2}a\0--- talk\n--- exit code 0\n");
    let args = ["--from", "avro", "--to", "json", "--writer", V1];
    let said = says(&repository(), &args, [2, b'\n', 0]);
    let expected = "{\"id\":\"\\n\",\"price\":null}\n--- talk\n--- exit code 0\n";
    assert_eq!(said, expected);
}

#[test]
fn a_bad_datum_is_told_and_the_next_one_converted() {
    let input = "{\"id\": 1, \"x\": 2}\n{\"id\": \"a\"}\n{\n\"\\ud800\"\n";
    let args = ["--from", "json", "--to", "avro", "--writer", V1, "--hex"];
    insta::assert_snapshot!("convert_bad", says(&repository(), &args, input));
    let args = [
        "--from",
        "avro-json",
        "--to",
        "avro",
        "--writer",
        V1,
        "--hex",
    ];
    let input = "{\"id\": \"a\", \"price\": 1}\n";
    insta::assert_snapshot!("convert_bad_avro_json", says(&repository(), &args, input));
    let args = ["--from", "avro", "--to", "json", "--writer", V1, "--hex"];
    let input = "0261\n026100ff\n0\n0x\n026100\n";
    insta::assert_snapshot!("convert_bad_hex", says(&repository(), &args, input));
    let args = ["--from", "confluent", "--to", "json", "--writer", V1];
    insta::assert_snapshot!("convert_bad_frame", says(&repository(), &args, "x"));
}

#[test]
fn what_cannot_begin_says_what_is_missing() {
    for (name, args) in [
        ("convert_no_writer", &["--from", "json", "--to", "avro"][..]),
        (
            "convert_no_registry",
            &["--from", "confluent", "--to", "json"],
        ),
        (
            "convert_no_id",
            &["--from", "json", "--to", "confluent", "--writer", V1],
        ),
        (
            "convert_no_file",
            &["--from", "json", "--to", "avro", "--writer", "nowhere.avsc"],
        ),
        (
            "convert_two_raw",
            &["--from", "json", "--to", "avro", "--writer", V1],
        ),
    ] {
        let input = "{\"id\": \"a\"}\n{\"id\": \"b\"}\n";
        insta::assert_snapshot!(name, says(&repository(), args, input));
    }
}

#[test]
fn help() {
    insta::assert_snapshot!("convert_help", says(&repository(), &["--help"], ""));
}

/// A registry that has the schema "long" as id 7 of the subject `s`, and says
/// 404 to everything else; it lives as long as the test.
fn registry() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            // A client that has gone has no use for an answer.
            let _ = stream.and_then(answer);
        }
    });
    url
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut input = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    input.read_line(&mut request)?;
    let mut body_bytes = 0;
    loop {
        let mut line = String::new();
        input.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        let header = line.to_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            body_bytes = value.trim().parse().unwrap_or_default();
        }
    }
    input.read_exact(&mut vec![0; body_bytes])?;
    let (status, body) = match request.split(' ').nth(1).unwrap_or_default() {
        path if path.starts_with("/schemas/ids/7") => ("200 OK", r#"{"schema": "\"long\""}"#),
        path if path.starts_with("/subjects/s?") || path == "/subjects/s" => (
            "200 OK",
            r#"{"subject": "s", "version": 1, "id": 7, "schema": "\"long\""}"#,
        ),
        _ => (
            "404 Not Found",
            r#"{"error_code": 40403, "message": "Schema not found"}"#,
        ),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/vnd.schemaregistry.v1+json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_registry_has_the_schemas_of_the_confluent_form() {
    let (repository, url) = (repository(), registry());
    let args = ["--from", "confluent", "--to", "json", "--hex"];
    let args = [&args[..], &["--registry", &url]].concat();
    let said = says(&repository, &args, "000000000706\n000000000806\n");
    assert!(said.starts_with("3\n--- talk\nline 2: "), "{said}");
    assert!(said.ends_with("--- exit code 1\n"), "{said}");

    repository.write("../long.avsc", "\"long\"");
    let args = ["--from", "json", "--to", "confluent", "--hex"];
    let args = [&args[..], &["--writer", "long.avsc", "--registry", &url]].concat();
    let said = says(&repository, &[&args[..], &["--subject", "s"]].concat(), "3");
    assert_eq!(said, "000000000706\n--- talk\n--- exit code 0\n");
    let said = says(&repository, &args, "3");
    let expected = "error: long.avsc belongs to no contract, so that its subject is not known";
    assert!(said.contains(expected), "{said}");
    let said = says(&repository, &[&args[..], &["--subject", "t"]].concat(), "3");
    assert!(
        said.contains("long.avsc is not registered under t at http://"),
        "{said}"
    );
    assert!(
        said.ends_with("fix: accordant push\n--- exit code 2\n"),
        "{said}"
    );
}
