//! A page about a contract, for people.

use std::collections::BTreeSet;

use super::words::type_words;
use crate::{
    Kind, NodeId, Record, Schema,
    contract::{Contract, ContractKind, ContractVersion, State},
};

/// Records within each other whose fields are listed.
const LEVELS_MAX: usize = 16;

/// A contract's page in Markdown: what it is and whose, its topic and key, its
/// versions, the fields of the latest version and an example.
///
/// A record that is used twice is shown once, at its first use; beyond 16 records
/// within each other the fields are left out.
pub fn markdown(contract: &Contract) -> String {
    let config = &contract.config;
    let latest = contract.latest();
    let mut out = format!("# {}\n\n{}\n\n", contract.name, line(&config.description));
    out.push_str("| | |\n|---|---|\n");
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push_str(&format!("| {name} | {} |\n", cell(value)));
        }
    };
    fact("kind", config.kind.as_str());
    fact("owner", &config.owner);
    fact("audience", &config.audience);
    if config.kind != ContractKind::Type {
        fact("topic", &config.topic);
        fact("partitions", &config.partitions.to_string());
        fact("key", &config.key.join(", "));
        fact("partitioned by", &config.partition_by.join(", "));
        fact("clean-up", config.cleanup.as_str());
    }
    fact("subject", &contract.subject());
    fact("compatibility", config.compatibility.as_str());
    let reason = config.compatibility_reason.as_deref();
    fact("why", reason.unwrap_or_default());
    out.push_str("\n## Versions\n\n| version | state | uses |\n|---|---|---|\n");
    for version in contract.versions.iter().rev() {
        out.push_str(&version_row(version));
    }
    out.push_str(&format!("\n## Fields of {}\n\n", latest.version));
    out.push_str("| field | type | default | what |\n|---|---|---|---|\n");
    out.push_str(&field_rows(&latest.schema));
    if let Some(example) = contract.examples.first() {
        let text = example.text.trim_end();
        let fence = "`".repeat(longest_run(text).max(2) + 1);
        out.push_str(&format!("\n## Example\n\n{fence}json\n{text}\n{fence}\n"));
    }
    out
}

fn version_row(version: &ContractVersion) -> String {
    let state = match version.state {
        State::Draft => "draft",
        State::Released => "released",
        State::Retired => "retired",
    };
    let uses: Vec<String> = version
        .references
        .iter()
        .map(|it| format!("{} {}", it.name, it.version))
        .collect();
    format!(
        "| {} | {state} | {} |\n",
        version.version,
        cell(&uses.join(", "))
    )
}

/// A row for every field, those of a record after the field that leads there.
fn field_rows(schema: &Schema) -> String {
    let mut out = String::new();
    let mut seen: BTreeSet<NodeId> = BTreeSet::new();
    let mut todo = vec![Row::Inside(String::new(), schema.root)];
    while let Some(row) = todo.pop() {
        match row {
            Row::Inside(path, id) => {
                let before = todo.len();
                match &schema.node(id).kind {
                    Kind::Record(record) if seen.insert(id) => {
                        let fields = 0..record.fields.len();
                        todo.extend(fields.map(|index| Row::Field(path.clone(), record, index)));
                    }
                    Kind::Array(items) => todo.push(Row::Inside(format!("{path}[]"), *items)),
                    Kind::Map(values) => todo.push(Row::Inside(format!("{path}{{}}"), *values)),
                    Kind::Union(branches) => {
                        let inside = branches.iter().map(|id| Row::Inside(path.clone(), *id));
                        todo.extend(inside);
                    }
                    Kind::Record(_)
                    | Kind::Null
                    | Kind::Boolean
                    | Kind::Int
                    | Kind::Long
                    | Kind::Float
                    | Kind::Double
                    | Kind::Bytes
                    | Kind::String
                    | Kind::Enum(_)
                    | Kind::Fixed(_) => {}
                }
                todo[before..].reverse();
            }
            Row::Field(around, record, index) => {
                let field = &record.fields[index];
                let path = match around.as_str() {
                    "" => field.name.clone(),
                    around => format!("{around}.{}", field.name),
                };
                let default = field.default.as_ref().map(|it| it.to_text());
                out.push_str(&format!(
                    "| {} | {} | {} | {} |\n",
                    cell(&path),
                    cell(&type_words(schema, field.ty)),
                    cell(&default.unwrap_or_default()),
                    cell(field.doc.as_deref().unwrap_or_default())
                ));
                if path.matches('.').count() < LEVELS_MAX {
                    todo.push(Row::Inside(path, field.ty));
                }
            }
        }
    }
    out
}

enum Row<'s> {
    /// The fields that a type leads to.
    Inside(String, NodeId),
    /// One field of a record, with the path to it.
    Field(String, &'s Record, usize),
}

/// The longest run of backticks: the fence around it has to be longer.
fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`')
        .map(str::len)
        .max()
        .unwrap_or_default()
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in a table's cell, where nothing is markup.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for char in line(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    out
}
