//! What a registry holds, as a value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::content::Reference;

/// What a registry holds: every version with its id, settings and modes. Made
/// by [`Snapshot::of_dump`] or [`Snapshot::of_registry`], taken over by
/// [`Registry::import`](crate::Registry::import).
#[derive(Debug, Default)]
pub struct Snapshot {
    /// By subject, qualified unless it is in the default context, and version.
    pub(super) versions: BTreeMap<(String, i32), VersionRecord>,
    /// By subject; `None` is everybody's.
    pub(super) configs: BTreeMap<Option<String>, Map<String, Value>>,
    pub(super) modes: BTreeMap<Option<String>, String>,
    /// The greatest id that was ever seen of a context, also where its schema
    /// is gone: no id is given twice.
    pub(super) ids: BTreeMap<String, i32>,
}

/// A version as `_schemas` has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VersionRecord {
    pub(super) subject: String,
    pub(super) version: i32,
    pub(super) id: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) guid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) schema_type: Option<String>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) references: Vec<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rule_set: Option<Value>,
    pub(super) schema: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) deleted: bool,
    #[serde(
        default,
        rename = "ts",
        alias = "timestamp",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) created_ms: Option<i64>,
}

/// Why a dump cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DumpError {
    /// The file cannot be read.
    #[error("cannot read the dump at line {line}")]
    Read {
        /// The line, from 1.
        line: usize,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A line is no record.
    #[error(
        "line {line} is no record of a _schemas topic: {message}\nfix: write keys too, as kafka-console-consumer --property print.key=true or kcat -J do"
    )]
    Record {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl Snapshot {
    /// How many versions it has, deleted ones included.
    pub fn versions(&self) -> usize {
        self.versions.len()
    }

    /// An id was given in a subject's context.
    pub(super) fn saw_id(&mut self, context: &str, id: i32) {
        let last = self.ids.entry(context.to_owned()).or_default();
        *last = (*last).max(id);
    }
}

/// A null is as nothing.
fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
