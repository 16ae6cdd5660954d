//! What a workspace wants of lint. Whoever reads `accordant.toml` fills it in;
//! nothing here knows of TOML.

use accordant_schema::Span;

/// Which rules run, and what they pass over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file that it is from, relative to the contracts folder, such as
    /// `../accordant.toml`: problems name it.
    pub file: String,
    /// `use`: sets, codes or names. `standard` includes `basic`, and that
    /// includes `minimal`; `comments` and `events` stand for themselves.
    pub uses: Vec<Selector>,
    /// `except`: codes or names that do not run after all.
    pub except: Vec<Selector>,
    /// `ignore`: findings that are known and accepted for a time.
    pub ignore: Vec<Ignore>,
    /// How fields are written.
    pub field_case: FieldCase,
    /// Fields that a record may have.
    pub fields_max: usize,
    /// Which versions are linted.
    pub versions: Versions,
}

/// Fields beyond which a record is hard to read, unless the workspace says
/// otherwise.
const FIELDS_MAX: usize = 100;

impl Default for Config {
    /// The set `standard`, for the latest version of each contract.
    fn default() -> Config {
        Config {
            file: "../accordant.toml".to_owned(),
            uses: vec![Selector::from("standard")],
            except: Vec::new(),
            ignore: Vec::new(),
            field_case: FieldCase::default(),
            fields_max: FIELDS_MAX,
            versions: Versions::default(),
        }
    }
}

/// A set, a rule's code or its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// As written.
    pub text: String,
    /// Its place in the file, where that is known.
    pub span: Option<Span>,
}

impl From<&str> for Selector {
    fn from(text: &str) -> Selector {
        Selector {
            text: text.to_owned(),
            span: None,
        }
    }
}

/// An accepted finding, for one contract, several or all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignore {
    /// A rule's code or name.
    pub code: String,
    /// The contract: a full name, or one with `*` for any text; `None` is all.
    pub contract: Option<String>,
    /// The path in words, such as `ArticleChanged.prices[].currency`, or one
    /// with `*` for any text; `None` is all.
    pub path: Option<String>,
    /// Why.
    pub reason: String,
    /// Last day, `YYYY-MM-DD`.
    pub until: String,
    /// Its place in the file, where that is known.
    pub span: Option<Span>,
}

/// How fields are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldCase {
    /// `article_id`
    #[default]
    Snake,
    /// `articleId`
    LowerCamel,
}

/// Which versions of a contract are linted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Versions {
    /// The highest one, unless it is retired.
    #[default]
    Latest,
    /// Every one that is not retired; those that are released get warnings.
    All,
}
