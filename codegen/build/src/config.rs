//! What a build script calls.

use std::{
    env,
    io::Write,
    path::{Path, PathBuf},
};

use accordant_compat::render::Style;
use accordant_schema::contract::Contracts;

use crate::{
    DateLibrary, DecimalType, Error, Output, emit,
    folder::Folder,
    options::{Options, Rule, RuleKind},
};

#[doc = include_str!("config.md")]
#[derive(Debug, Clone, Default)]
pub struct Config {
    out_dir: Option<PathBuf>,
    options: Options,
}

/// The Rust code for every contract, without options: equal contracts give
/// equal code.
///
/// # Errors
/// A contract without a Rust form, or a defect of this crate.
pub fn generate(contracts: &Contracts) -> Result<String, Error> {
    Config::new().code(contracts)
}

impl Config {
    /// As a build script wants it: into `OUT_DIR`.
    pub fn new() -> Config {
        Config::default()
    }

    /// Writes into this folder instead of `OUT_DIR`; it is made where there is
    /// none.
    #[must_use]
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Config {
        self.out_dir = Some(folder.into());
        self
    }

    /// Attributes for records, enums and the types of unions. A union's path is
    /// that of its field. They stand behind the generator's own derives, of
    /// which `Debug`, `Clone` and `PartialEq` are on every type; views have none.
    #[must_use]
    pub fn type_attribute(self, path: impl AsRef<str>, attribute: impl AsRef<str>) -> Config {
        self.rule(RuleKind::TypeAttribute, path.as_ref(), attribute.as_ref())
    }

    /// Attributes for the fields of records, the symbols of enums and the
    /// branches of unions; not for those of views.
    #[must_use]
    pub fn field_attribute(self, path: impl AsRef<str>, attribute: impl AsRef<str>) -> Config {
        self.rule(RuleKind::FieldAttribute, path.as_ref(), attribute.as_ref())
    }

    /// Boxes what a field or a branch of a union holds, if it is a record, a
    /// union of several branches, or a type of an `extern_path`. Records that
    /// hold themselves are boxed in any case.
    #[must_use]
    pub fn boxed(self, path: impl AsRef<str>) -> Config {
        self.rule(RuleKind::Boxed, path.as_ref(), "")
    }

    /// Takes a type of the user's own for a record, an enum or a fixed, instead
    /// of one that is generated.
    ///
    /// The Rust path begins with `::` or `crate::`. The type has `Debug`,
    /// `Clone`, `PartialEq`, and the traits `Encode` and `Decode` of
    /// `accordant-wire`, for the bytes of exactly this schema: a type that is
    /// not the same in all versions of all contracts cannot be replaced, nor can
    /// an event's own, or one that a key leads through. Views hold the type as
    /// it is, decoded.
    #[must_use]
    pub fn extern_path(self, path: impl AsRef<str>, rust_path: impl AsRef<str>) -> Config {
        self.rule(RuleKind::ExternPath, path.as_ref(), rust_path.as_ref())
    }

    /// Makes the maps in the fields of these paths `BTreeMap`s, as all maps are
    /// unless `hash_map` says otherwise. Of several rules the last one counts.
    #[must_use]
    pub fn btree_map<P: AsRef<str>>(self, paths: impl IntoIterator<Item = P>) -> Config {
        self.rules(RuleKind::BTreeMap, paths)
    }

    /// Makes the maps in the fields of these paths `HashMap`s. They are written
    /// in an order that nobody foresees: equal values have different bytes.
    #[must_use]
    pub fn hash_map<P: AsRef<str>>(self, paths: impl IntoIterator<Item = P>) -> Config {
        self.rules(RuleKind::HashMap, paths)
    }

    /// The library of dates and times.
    #[must_use]
    pub fn date_library(mut self, library: DateLibrary) -> Config {
        self.options.dates = library;
        self
    }

    /// The type of decimals.
    #[must_use]
    pub fn decimal_type(mut self, ty: DecimalType) -> Config {
        self.options.decimals = ty;
        self
    }

    /// The code for contracts that are loaded, whatever the gate says. Equal
    /// contracts and options give equal code.
    ///
    /// # Errors
    /// A contract without a Rust form, an option that is none for these
    /// contracts, or a defect of this crate.
    pub fn code(&self, contracts: &Contracts) -> Result<String, Error> {
        emit::code(contracts, &self.options)
    }

    /// Reads the folder, refuses it if the gate does, and writes
    /// `contracts.rs`. Tells cargo which files and folders were read.
    ///
    /// # Errors
    /// A folder that cannot be read, contracts that are refused or have no
    /// Rust form, an option that is none for them, or an output that cannot be
    /// written.
    pub fn compile(&self, contracts_folder: impl AsRef<Path>) -> Result<(), Error> {
        let out_dir = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => env::var_os("OUT_DIR")
                .ok_or(Error::NotABuildScript("OUT_DIR"))?
                .into(),
        };
        let folder = Folder::read(contracts_folder.as_ref())?;
        Output::with(self, &folder.files, &Style::default(), &out_dir)?.write()?;
        // Only now: cargo runs a build script that failed again in any case.
        tell_cargo(&folder);
        Ok(())
    }

    fn rules<P: AsRef<str>>(self, kind: RuleKind, paths: impl IntoIterator<Item = P>) -> Config {
        let add = |config: Config, path: P| config.rule(kind, path.as_ref(), "");
        paths.into_iter().fold(self, add)
    }

    fn rule(mut self, kind: RuleKind, path: &str, text: &str) -> Config {
        let (path, text) = (path.to_owned(), text.to_owned());
        self.options.rules.push(Rule { kind, path, text });
        self
    }
}

impl Error {
    /// Ends a build script with exit code 1: what is wrong in one line, as
    /// cargo shows errors, and the whole of it on standard error.
    pub fn exit(&self) -> ! {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            text.push_str(&format!(": {error}"));
            source = error.source();
        }
        let (first, rest) = text.split_once('\n').unwrap_or((text.as_str(), ""));
        // Nobody is left to tell when standard output or error is gone.
        let _ = writeln!(std::io::stdout(), "cargo::error={first}");
        let _ = writeln!(std::io::stderr(), "{rest}");
        std::process::exit(1)
    }
}

fn tell_cargo(folder: &Folder) {
    let mut lines = String::new();
    for path in &folder.paths {
        lines.push_str(&format!("cargo::rerun-if-changed={}\n", path.display()));
    }
    // A build script without standard output is run by nobody who listens.
    let _ = std::io::stdout().write_all(lines.as_bytes());
}
