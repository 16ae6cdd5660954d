//! A rule's result, as data.

use accordant_schema::{
    Span,
    contract::{ContractName, Version},
};

/// Something that a rule found: what, where, whom it hurts and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code, such as `C102`; `accordant explain C102` says more.
    pub code: &'static str,
    /// The rule in words, such as `field-added-without-default`.
    pub name: &'static str,
    /// What kind of harm.
    pub category: Category,
    /// Whether the gate refuses.
    pub severity: Severity,
    /// The contract.
    pub contract: ContractName,
    /// The version that is to blame.
    pub version: Version,
    /// The versions that it does not agree with, ascending.
    pub against: Vec<Version>,
    /// Path in words, such as `ArticleChanged.prices[].currency`, or the key of
    /// `contract.toml`.
    pub path: String,
    /// File, relative to the contracts folder.
    pub file: String,
    /// Place in the file; `None` where the whole file is meant.
    pub span: Option<Span>,
    /// The other side's place: in the newest of `against`, or, where nothing is
    /// left in `version` to point at, in `version`.
    pub other: Option<Place>,
    /// What is wrong: a lowercase fragment without a final stop.
    pub message: String,
    /// Who is hurt, and how.
    pub means: String,
    /// A datum that shows it, where there is one: of a WIRE finding, it has been
    /// written and the reader has failed on it.
    pub witness: Option<String>,
    /// The safe way to do it.
    pub fix: String,
}

/// A place in a file of the contracts folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File, relative to the contracts folder.
    pub file: String,
    /// Where in it.
    pub span: Span,
}

/// What kind of harm a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A reader fails.
    Wire,
    /// A reader succeeds and gets another meaning.
    Value,
    /// The generated Rust API breaks.
    Source,
    /// A frozen fact around the schema: topic, key, partitions.
    Meta,
    /// Style.
    Lint,
}

impl Category {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Wire => "wire",
            Category::Value => "value",
            Category::Source => "source",
            Category::Meta => "meta",
            Category::Lint => "lint",
        }
    }
}

/// Whether the gate refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It does.
    Error,
    /// It only says so.
    Warning,
}

impl Severity {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}
