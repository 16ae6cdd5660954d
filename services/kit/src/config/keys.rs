//! The names of the settings: in the file, in the environment, and which known
//! one is nearest to a wrong one.

use figment::value::{Dict, Value};

use super::{Limits, RegistryConfig};

/// How a setting's text in the environment is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyKind {
    /// As it is.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Number,
}

impl KeyKind {
    /// What a value must be, in words.
    pub(super) fn expected(self) -> &'static str {
        match self {
            KeyKind::Text => "a text",
            KeyKind::Bool => "true or false",
            KeyKind::Number => "a whole number",
        }
    }
}

/// Top-level keys with a value of their own.
//
// The next one goes here, and into `Config`, `Raw` and (with a flag) `Flags`.
const TOP: &[(&str, KeyKind)] = &[
    ("admin_addr", KeyKind::Text),
    ("broker_addr", KeyKind::Text),
    ("contracts", KeyKind::Text),
    ("data_dir", KeyKind::Text),
    ("database", KeyKind::Text),
    ("drafts", KeyKind::Bool),
    ("ingest_addr", KeyKind::Text),
    ("instance", KeyKind::Text),
    ("kafka", KeyKind::Text),
    ("log", KeyKind::Text),
    ("registry_addr", KeyKind::Text),
    ("registry_token", KeyKind::Text),
    ("registry_url", KeyKind::Text),
];

/// Keys of each `[app.<name>]` table.
const APP: &[(&str, KeyKind)] = &[("processing", KeyKind::Text)];

/// Every scalar key but those of applications, dotted, sorted.
pub(super) fn scalar_keys() -> Vec<(String, KeyKind)> {
    let mut keys: Vec<_> = TOP
        .iter()
        .map(|(name, kind)| ((*name).to_owned(), *kind))
        .collect();
    keys.extend(
        limit_names()
            .into_iter()
            .map(|name| (format!("limits.{name}"), KeyKind::Number)),
    );
    keys.extend(registry_keys().map(|(name, kind)| (format!("registry.{name}"), kind)));
    keys.sort();
    keys
}

/// The first key of a file's tables that nobody reads, dotted, with the nearest
/// known one.
pub(super) fn unknown_in(dict: &Dict) -> Option<(String, String)> {
    for (key, value) in dict {
        let found = match (key.as_str(), value) {
            ("limits", Value::Dict(_, limits)) => {
                let names = limit_names();
                let unknown = limits.keys().find(|name| !names.contains(name));
                unknown.map(|name| format!("limits.{name}"))
            }
            ("app", Value::Dict(_, apps)) => apps.iter().find_map(|(app, value)| {
                let keys = value.as_dict().map(Dict::keys).into_iter().flatten();
                let mut unknown = keys.filter(|key| !APP.iter().any(|(name, _)| name == key));
                unknown.next().map(|key| format!("app.{app}.{key}"))
            }),
            ("registry", Value::Dict(_, settings)) => {
                let unknown = |name: &&String| !registry_keys().any(|(known, _)| known == **name);
                let unknown = settings.keys().find(unknown);
                unknown.map(|name| format!("registry.{name}"))
            }
            // Whoever lints reads its table, and what is unknown in it.
            ("limits" | "app" | "lint" | "registry", _) => None,
            (name, _) if TOP.iter().any(|(known, _)| *known == name) => None,
            (name, _) => Some(name.to_owned()),
        };
        if let Some(key) = found {
            let nearest = nearest(&key, known_like(&key));
            return Some((key, nearest));
        }
    }
    None
}

/// What an `ACCORDANT_*` variable sets: its dotted key and kind.
pub(super) fn of_variable(name: &str) -> Option<(String, KeyKind)> {
    let rest = name.strip_prefix(VARIABLE_PREFIX)?.to_ascii_lowercase();
    if let Some(known) = scalar_keys()
        .into_iter()
        .find(|(key, _)| key.replace('.', "_") == rest)
    {
        return Some(known);
    }
    let app_rest = rest.strip_prefix("app_")?;
    APP.iter().find_map(|(key, kind)| {
        let app = app_rest.strip_suffix(key)?.strip_suffix('_')?;
        (!app.is_empty()).then(|| (format!("app.{app}.{key}"), *kind))
    })
}

/// The known variable that is nearest to a wrong one.
pub(super) fn nearest_variable(name: &str) -> String {
    let names = scalar_keys()
        .into_iter()
        .map(|(key, _)| variable_of(&key))
        .collect();
    nearest(name, names)
}

/// What every variable's name begins with.
pub(super) const VARIABLE_PREFIX: &str = "ACCORDANT_";

/// The variable of a dotted key.
fn variable_of(key: &str) -> String {
    format!(
        "{VARIABLE_PREFIX}{}",
        key.replace('.', "_").to_ascii_uppercase()
    )
}

/// The known keys among which a wrong one is looked for: those of its table,
/// and every other.
fn known_like(key: &str) -> Vec<String> {
    let mut known: Vec<String> = scalar_keys().into_iter().map(|(key, _)| key).collect();
    if let Some((table, _)) = key
        .rsplit_once('.')
        .filter(|(table, _)| table.starts_with("app."))
    {
        known.extend(APP.iter().map(|(name, _)| format!("{table}.{name}")));
    }
    known
}

fn nearest(wrong: &str, known: Vec<String>) -> String {
    let distance = |name: &String| strsim::damerau_levenshtein(wrong, name);
    known.into_iter().min_by_key(distance).unwrap_or_default()
}

fn limit_names() -> Vec<String> {
    defaults_of(&Limits::default()).into_keys().collect()
}

/// Keys of the `[registry]` table, and what each holds.
fn registry_keys() -> impl Iterator<Item = (String, KeyKind)> {
    let defaults = defaults_of(&RegistryConfig::default());
    defaults.into_iter().map(|(name, value)| match value {
        Value::Bool(..) => (name, KeyKind::Bool),
        Value::Num(..) => (name, KeyKind::Number),
        Value::String(..)
        | Value::Char(..)
        | Value::Empty(..)
        | Value::Dict(..)
        | Value::Array(..) => (name, KeyKind::Text),
    })
}

/// A value's fields as a dictionary.
pub(super) fn defaults_of<T: serde::Serialize>(value: &T) -> Dict {
    match Value::serialize(value) {
        Ok(Value::Dict(_, dict)) => dict,
        Ok(_) | Err(_) => Dict::new(),
    }
}
