//! Bytes of every released version of every contract, written once and never
//! again: `frozen/CONTRACT/vN.hex`, and `vN.json` for people beside it. Every
//! later version reads them, by its generated decoder, by a plan, and in Java.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use accordant_schema::{
    Schema,
    contract::{LockLine, UnknownFields, Version},
};
use accordant_wire::{
    Limits,
    dynamic::{JsonCodec, Plan, to_json},
};

use super::{
    Judge, check_java_s_json,
    folder::{contracts, schema, whole_text},
    from_hex, hex, judge,
};
use crate::generated::{Generated, generated};

/// Makes the bytes that are missing, and touches no others.
const FREEZE: &str = "ACCORDANT_TEST_FREEZE=1 cargo test -p compat-tests --test it codec::frozen";
const FREEZE_VARIABLE: &str = "ACCORDANT_TEST_FREEZE";
const DIGITS_A_LINE: usize = 64;

/// A released version with its bytes.
struct Frozen {
    version: Version,
    schema: Arc<Schema>,
    json: String,
    bytes: Vec<u8>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("frozen")
}

fn encoded(schema: &Arc<Schema>, json: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let codec = JsonCodec::new(Arc::clone(schema), UnknownFields::Refuse);
    assert_eq!(codec.encode(json.as_bytes(), &mut bytes), Ok(()), "{json}");
    bytes
}

impl Frozen {
    #[track_caller]
    fn read(line: &LockLine, schema: Arc<Schema>) -> Frozen {
        let release = format!("{}/{}", line.name, line.version);
        let missing = |file: &str| {
            panic!(
                "the release {release} has no frozen/{file}: write a datum that uses every field \
                 to compat-tests/frozen/{release}.json, then\n  {FREEZE}"
            )
        };
        let json_file = format!("{release}.json");
        let json = fs::read_to_string(folder().join(&json_file));
        let json = json.unwrap_or_else(|_| missing(&json_file));
        let hex_file = format!("{release}.hex");
        let path = folder().join(&hex_file);
        if std::env::var_os(FREEZE_VARIABLE).is_some() {
            freeze(&path, &schema, &json);
        }
        let digits = fs::read_to_string(&path).unwrap_or_else(|_| missing(&hex_file));
        Frozen {
            version: line.version,
            schema,
            json,
            bytes: from_hex(&digits.replace('\n', "")),
        }
    }
}

/// Writes a file that is not there yet, for one test at a time.
fn freeze(path: &Path, schema: &Arc<Schema>, json: &str) {
    static FREEZING: Mutex<()> = Mutex::new(());
    let _one = FREEZING.lock().unwrap();
    if path.exists() {
        return;
    }
    let digits = hex(&encoded(schema, json));
    let mut file = fs::File::create_new(path).unwrap();
    for line in digits.as_bytes().chunks(DIGITS_A_LINE) {
        file.write_all(line).unwrap();
        file.write_all(b"\n").unwrap();
    }
}

/// The released versions of each contract.
fn frozen() -> Vec<(String, Vec<Frozen>)> {
    let contracts = contracts();
    let releases = contracts.contracts.values().map(|contract| {
        let lines = contracts.lock.lines_of(&contract.name).iter();
        let read = |line: &LockLine| Frozen::read(line, schema(contract, line.version));
        (contract.name.to_string(), lines.map(read).collect())
    });
    releases.collect()
}

/// Neither file can change without the other, nor be there for nothing.
#[test]
fn the_bytes_are_what_the_json_says() {
    let mut known = BTreeSet::new();
    for (contract, releases) in frozen() {
        for it in releases {
            let name = format!("{contract}/{}", it.version);
            let json: serde_json::Value = serde_json::from_str(&it.json).unwrap();
            let read = to_json(&it.schema, &it.bytes, Limits::default()).unwrap();
            let read: serde_json::Value = serde_json::from_str(&read).unwrap();
            assert_eq!(read, json, "{name}");
            assert_eq!(
                hex(&encoded(&it.schema, &it.json)),
                hex(&it.bytes),
                "{name}"
            );
            known.insert(format!("{name}.json"));
            known.insert(format!("{name}.hex"));
        }
    }
    assert_eq!(files(), known);
}

fn files() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for contract in fs::read_dir(folder()).unwrap() {
        let contract = contract.unwrap();
        let name = contract.file_name().into_string().unwrap();
        for file in fs::read_dir(contract.path()).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            found.insert(format!("{name}/{file}"));
        }
    }
    found
}

#[test]
fn every_version_reads_them() {
    let mut judge = judge();
    let readers = generated();
    for (contract, releases) in frozen() {
        let mut text = String::new();
        for reader in readers.iter().filter(|it| it.contract == contract) {
            for writer in &releases {
                let read = read(reader, writer, judge.as_deref_mut());
                let _ = writeln!(
                    text,
                    "{} reads {}:\n{read}\n",
                    reader.version, writer.version
                );
            }
        }
        insta::assert_snapshot!(contract, text);
    }
}

/// The datum as JSON of the reader, the same by every way.
#[track_caller]
fn read(reader: &Generated, writer: &Frozen, judge: Option<&mut Judge>) -> String {
    let contracts = contracts();
    let contract = contracts.get(reader.contract).unwrap();
    let own = schema(contract, reader.version);
    let pair = (reader.contract, writer.version, reader.version);
    let by_type = match reader.reads(writer.version) {
        true => reader.read(writer.version, &writer.bytes).unwrap(),
        // A shared type is read in events only, where Avro resolves it too.
        false => planned(writer, &own),
    };
    assert_eq!(hex(&planned(writer, &own)), hex(&by_type), "{pair:?}");
    if let Some(judge) = judge {
        let texts = (whole_text(&own), whole_text(&writer.schema));
        let theirs = judge.decode(&texts.0, &texts.1, &hex(&writer.bytes));
        assert_eq!(theirs["hex"], hex(&by_type), "{pair:?}: {theirs}");
        check_java_s_json(&own, theirs["json"].as_str().unwrap(), &by_type);
    }
    let json = to_json(&own, &by_type, Limits::default()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    serde_json::to_string_pretty(&json).unwrap()
}

fn planned(writer: &Frozen, reader: &Schema) -> Vec<u8> {
    let mut out = Vec::new();
    let plan = Plan::new(&writer.schema, reader).unwrap();
    plan.apply(&writer.bytes, Limits::default(), &mut out)
        .unwrap();
    out
}

/// What was committed stays as it was, whatever the files say by now.
#[test]
fn no_file_was_ever_changed() {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(folder()).args(arguments);
        let output = command.output().ok().filter(|it| it.status.success())?;
        Some(String::from_utf8(output.stdout).unwrap())
    };
    let is_shallow = git(&["rev-parse", "--is-shallow-repository"]);
    if is_shallow.is_none_or(|it| it.trim() != "false") {
        println!("history not checked: no whole clone");
        return;
    }
    let changed = ["--diff-filter=MDRT", "--name-only"];
    let log = git(&["log", "--format=", changed[0], changed[1], "--", "."]);
    assert_eq!(log.as_deref(), Some(""), "changed in the history");
    let work = git(&["diff", "HEAD", changed[0], changed[1], "--", "."]);
    assert_eq!(work.as_deref(), Some(""), "changed since the last commit");
}
