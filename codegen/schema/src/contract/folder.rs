//! From paths and bytes to what each contract's folder holds, before any
//! schema is looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ContractName, Example, LOCK_FILE, Lock, Version,
    config_text::{ConfigText, read_config},
};
use crate::{FullName, Limits, Problem, ProblemCode, Span, json, problem::shorten};

/// A map of paths and bytes, sorted out.
pub(super) struct Folder<'f> {
    pub(super) contracts: BTreeMap<ContractName, RawContract<'f>>,
    pub(super) lock: Lock,
    pub(super) problems: Vec<Problem>,
}

/// One contract's folder.
pub(super) struct RawContract<'f> {
    /// `None` when it is missing or has a problem.
    pub(super) config: Option<ConfigText>,
    pub(super) versions: BTreeMap<Version, RawVersion<'f>>,
    pub(super) examples: Vec<Example>,
}

/// One version's file, not parsed.
pub(super) struct RawVersion<'f> {
    pub(super) file: String,
    pub(super) text: &'f str,
}

/// A file's path, its path inside the contract's folder, and its bytes.
type File<'f> = (&'f str, &'f str, &'f [u8]);

/// `contract.toml` in a contract's folder.
const CONFIG_FILE: &str = "contract.toml";
/// Levels of JSON in an example.
const EXAMPLE_DEPTH_MAX: usize = 256;

/// Sorts files into contracts. Dotted files, `README.md` and folders that hold
/// neither a `contract.toml` nor an `.avsc` file and have no dotted name are
/// not contracts' and are passed over.
pub(super) fn read<'f>(files: &'f BTreeMap<String, Vec<u8>>, limits: &Limits) -> Folder<'f> {
    let mut folder = Folder {
        contracts: BTreeMap::new(),
        lock: Lock::default(),
        problems: Vec::new(),
    };
    let contract_folders = contract_folders(files);
    let mut by_folder: BTreeMap<&str, Vec<File<'_>>> = BTreeMap::new();
    for (path, bytes) in files {
        if path.split('/').any(|part| part.starts_with('.')) || path.ends_with("README.md") {
            continue;
        }
        match path.split_once('/') {
            None if path == LOCK_FILE => folder.read_lock(bytes, limits),
            None => folder.unknown_file(path),
            Some((name, rest)) if contract_folders.contains(name) => {
                by_folder.entry(name).or_default().push((path, rest, bytes));
            }
            Some(_) => {}
        }
    }
    for (name, files) in by_folder {
        folder.read_contract(name, &files, limits);
    }
    folder
}

fn contract_folders(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<&str> {
    files
        .keys()
        .filter_map(|path| path.split_once('/'))
        .filter(|(name, rest)| {
            !name.starts_with('.')
                && (name.contains('.') || *rest == CONFIG_FILE || rest.ends_with(".avsc"))
        })
        .map(|(name, _)| name)
        .collect()
}

impl<'f> Folder<'f> {
    fn read_lock(&mut self, bytes: &[u8], limits: &Limits) {
        // The lock grows with the folder, so its bound is a larger one.
        let bytes_max = limits.schema_bytes_max.saturating_mul(64);
        if let Some(text) = self.text(LOCK_FILE, bytes, bytes_max) {
            let (lock, problems) = Lock::parse(text);
            self.lock = lock;
            self.problems.extend(problems);
        }
    }

    fn read_contract(&mut self, folder: &str, files: &[File<'f>], limits: &Limits) {
        let Ok(name) = FullName::new(folder) else {
            let message = format!(
                "the folder {:?} is not named by an Avro full name",
                shorten(folder)
            );
            let problem = Problem::new(ProblemCode::FOLDER_NAME, message).in_file(folder);
            self.problems
                .push(problem.fix("name it by its schema's namespace and name"));
            return;
        };
        let mut contract = RawContract {
            config: None,
            versions: BTreeMap::new(),
            examples: Vec::new(),
        };
        let mut has_config = false;
        for (path, rest, bytes) in files {
            let text = |folder: &mut Self| folder.text(path, bytes, limits.schema_bytes_max);
            if *rest == CONFIG_FILE {
                has_config = true;
                if let Some(text) = text(self) {
                    let (config, problems) = read_config(text, path);
                    contract.config = config;
                    self.problems.extend(problems);
                }
            } else if let Some(stem) = rest.strip_suffix(".avsc") {
                if let Some(version) = self.version(path, stem, files)
                    && let Some(text) = text(self)
                {
                    let file = (*path).to_owned();
                    contract.versions.insert(version, RawVersion { file, text });
                }
            } else if is_example(rest) {
                if let Some(text) = text(self) {
                    self.check_example(path, text);
                    let (file, text) = ((*path).to_owned(), text.to_owned());
                    contract.examples.push(Example { file, text });
                }
            } else {
                self.unknown_file(path);
            }
        }
        if !has_config {
            let message = format!("the contract {folder} has no {CONFIG_FILE}");
            let problem = Problem::new(ProblemCode::NO_CONFIG, message);
            let problem = problem.in_file(&format!("{folder}/{CONFIG_FILE}"));
            self.problems.push(problem.fix("add one with kind, description, owner and, for all but a type, topic, key and partitions"));
        }
        if !files.iter().any(|(_, rest, _)| rest.ends_with(".avsc")) {
            let message = format!("the contract {folder} has no version");
            let problem = Problem::new(ProblemCode::NO_VERSION, message);
            self.problems
                .push(problem.in_file(folder).fix("add the schema as v1.avsc"));
        }
        self.contracts.insert(name, contract);
    }

    /// The version that a file `<stem>.avsc` is of.
    fn version(&mut self, path: &str, stem: &str, files: &[File<'_>]) -> Option<Version> {
        let digits = stem.strip_prefix('v').unwrap_or_default();
        let version = Version::from_digits(digits);
        if version.is_some() {
            return version;
        }
        let plain = Version::from_digits(digits.trim_start_matches('0'));
        let twin = plain.map(|version| format!("{version}.avsc"));
        let problem = match (plain, twin) {
            (Some(version), Some(twin)) if files.iter().any(|(_, rest, _)| *rest == twin) => {
                let message = format!("a second file for {version}: {twin} is there too");
                Problem::new(ProblemCode::DUPLICATE_VERSION, message).fix("remove one of them")
            }
            (Some(_), Some(twin)) => {
                Problem::new(ProblemCode::UNKNOWN_FILE, "the file's name is no version")
                    .fix(format!("rename it to {twin}"))
            }
            (_, _) => Problem::new(ProblemCode::UNKNOWN_FILE, "the file's name is no version")
                .fix("versions are v1.avsc, v2.avsc and so on"),
        };
        self.problems.push(problem.in_file(path));
        None
    }

    fn check_example(&mut self, path: &str, text: &str) {
        if let Err(problem) = json::parse(text, EXAMPLE_DEPTH_MAX) {
            let message = format!("the example is no JSON: {}", problem.message);
            let code = ProblemCode::BAD_EXAMPLE;
            self.problems.push(
                Problem {
                    code,
                    message,
                    ..problem
                }
                .in_file(path),
            );
        }
    }

    fn unknown_file(&mut self, path: &str) {
        let message = "this file has no meaning here";
        let fix = "a contract has contract.toml, v1.avsc and so on, and examples/*.json";
        let problem = Problem::new(ProblemCode::UNKNOWN_FILE, message).in_file(path);
        self.problems.push(problem.fix(fix));
    }

    /// A file's text, unless it is too large, no UTF-8 or in conflict.
    fn text<'b>(&mut self, path: &str, bytes: &'b [u8], bytes_max: usize) -> Option<&'b str> {
        let problem = if bytes.len() > bytes_max {
            let message = format!("the file has {} bytes, more than {bytes_max}", bytes.len());
            Problem::new(ProblemCode::TEXT_SIZE, message)
        } else {
            match std::str::from_utf8(bytes) {
                Ok(text) => match conflict_marker(text) {
                    None => return Some(text),
                    Some(span) => {
                        let message = "the file has git's conflict markers";
                        Problem::new(ProblemCode::CONFLICT_MARKERS, message)
                            .at(span)
                            .fix("finish the merge")
                    }
                },
                Err(error) => {
                    let at = error.valid_up_to();
                    let message = format!("the file is not UTF-8: byte {at} begins no character");
                    Problem::new(ProblemCode::NOT_UTF8, message).fix("save it as UTF-8")
                }
            }
        };
        self.problems.push(problem.in_file(path));
        None
    }
}

fn is_example(rest: &str) -> bool {
    rest.strip_prefix("examples/")
        .is_some_and(|name| !name.contains('/') && name.ends_with(".json"))
}

/// The first line that git leaves where a merge failed.
fn conflict_marker(text: &str) -> Option<Span> {
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        if raw.starts_with("<<<<<<< ") || raw.starts_with(">>>>>>> ") {
            return Some(Span {
                start,
                end: start + raw.trim_end().len(),
            });
        }
        start += raw.len();
    }
    None
}
