//! Generates the types of the corpus: of each schema, and of each pair, whose
//! writer is the first version and whose reader the second. A schema is the
//! second field of a record, behind the key, so that any type can be one.

use std::{
    collections::BTreeMap,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use accordant_schema::{Limits, contract::Contracts};

const CONTRACT: &str = "Root";
const CONFIG: &str = r#"kind = "event"
description = "A schema of the corpus."
owner = "compat-tests"
audience = "company"
topic = "corpus"
key = ["key"]
partitions = 1
compatibility = "none"
compatibility_reason = "Pairs that refuse each other are wanted."
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=corpus");
    let variable = |name: &str| std::env::var_os(name).ok_or(format!("{name} is not set"));
    let corpus = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("corpus");
    let out = PathBuf::from(variable("OUT_DIR")?);
    let mut types = Types::default();
    for path in entries(&corpus)? {
        if path.extension().is_some_and(|it| it == "avsc") {
            types.add(&path, &[&path])?;
        }
    }
    for path in entries(&corpus.join("pairs"))? {
        types.add(
            &path,
            &[&path.join("writer.avsc"), &path.join("reader.avsc")],
        )?;
    }
    let mut file = fs::File::create(out.join("corpus.rs"))?;
    file.write_all(types.code.as_bytes())?;
    writeln!(
        file,
        "pub(crate) fn types() -> Vec<(&'static str, Generated)> {{\nvec![\n{}]\n}}",
        types.list
    )?;
    Ok(())
}

/// What a folder holds, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|it| it.map(|it| it.path())).collect();
    let mut paths = paths?;
    paths.sort();
    Ok(paths)
}

#[derive(Debug, Default)]
struct Types {
    /// A module a contract.
    code: String,
    /// Each name with the type of its last version.
    list: String,
    count: usize,
}

impl Types {
    /// A contract of the schemas in these files.
    fn add(&mut self, named: &Path, versions: &[&Path]) -> Result<(), Box<dyn Error>> {
        let name = named.file_stem().unwrap_or_default().to_string_lossy();
        let contracts = contracts(versions).map_err(|why| format!("{name}: {why}"))?;
        let code = accordant_build::generate(&contracts)?;
        self.count += 1;
        let (module, version) = (format!("m{}", self.count), versions.len());
        writeln!(self.code, "mod {module} {{\n{code}}}")?;
        writeln!(
            self.list,
            "({name:?}, Generated::of::<{module}::root::v{version}::Root>()),"
        )?;
        Ok(())
    }
}

/// The contract, every version but the last one released.
fn contracts(versions: &[&Path]) -> Result<Contracts, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    files.insert(format!("{CONTRACT}/contract.toml"), CONFIG.into());
    for (number, path) in (1..).zip(versions) {
        let schema = fs::read_to_string(path)?;
        let text = format!(
            r#"{{"type": "record", "name": "{CONTRACT}", "fields": [
                {{"name": "key", "type": "string"}}, {{"name": "value", "type": {schema}}}]}}"#
        );
        files.insert(format!("{CONTRACT}/v{number}.avsc"), text.into_bytes());
    }
    let (drafts, _) = Contracts::load(&files, &Limits::default());
    let contract = drafts.get(CONTRACT).ok_or("no contract")?;
    let mut lock = drafts.lock.clone();
    if let [released @ .., _last] = contract.versions.as_slice() {
        for version in released {
            lock.insert(contract.lock_line(version));
        }
    }
    files.insert("contracts.lock".to_owned(), lock.to_text().into_bytes());
    let (contracts, problems) = Contracts::load(&files, &Limits::default());
    match problems.first() {
        None => Ok(contracts),
        Some(problem) => Err(format!("{problem:?}").into()),
    }
}
