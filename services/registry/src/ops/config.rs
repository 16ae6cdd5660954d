//! Compatibility and the other settings of a subject, a context or everything.

use accordant_schema::contract::Compatibility;
use serde_json::{Map, Value};

use super::{
    Registry,
    changes::{Action, ChangeKind},
    metadata,
    mode::Mode,
};
use crate::{
    compatibility::{Fields, level_name, level_of},
    content::Form,
    error::Error,
    store::{Locks, Scope, Tx},
    subject::SubjectName,
};

/// The settings in the order in which they are served, and how each is checked.
const KEYS: [(&str, Shape); 12] = [
    ("alias", Shape::Text),
    ("normalize", Shape::Bool),
    ("validateFields", Shape::Bool),
    ("validateNewSchemas", Shape::Bool),
    ("validateRules", Shape::Bool),
    (LEVEL, Shape::Level),
    ("compatibilityPolicy", Shape::Text),
    ("compatibilityGroup", Shape::Text),
    ("defaultMetadata", Shape::Metadata),
    ("overrideMetadata", Shape::Metadata),
    ("defaultRuleSet", Shape::Rules),
    ("overrideRuleSet", Shape::Rules),
];

/// The level's key in `PUT`, in its answer, and in the table.
const LEVEL: &str = "compatibility";
/// The level's key in answers to `GET` and `DELETE`.
const LEVEL_SHOWN: &str = "compatibilityLevel";

/// What a subject takes from the global settings where its own are silent.
const INHERITED: [&str; 7] = [
    "normalize",
    "validateFields",
    "validateNewSchemas",
    "validateRules",
    LEVEL,
    "compatibilityPolicy",
    "compatibilityGroup",
];

/// What adds to the metadata and rules of new versions.
const ADDED: [&str; 4] = [
    "defaultMetadata",
    "overrideMetadata",
    "defaultRuleSet",
    "overrideRuleSet",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Bool,
    Level,
    Metadata,
    Rules,
}

/// Settings of one scope: only what was set.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Config {
    values: Map<String, Value>,
}

impl Config {
    /// The settings that hold for a subject: its own, else its context's, else
    /// everybody's; what is inherited comes from farther away too.
    pub(crate) async fn in_scope(tx: &mut Tx, subject: &SubjectName) -> Result<Config, Error> {
        if !subject.can_exist() {
            return Ok(Config::default());
        }
        let mut found: Option<Config> = None;
        for text in tx.config_chain(subject).await? {
            let config = Config::from_text(&text)?;
            found = Some(match found {
                None => config,
                Some(nearest) => nearest.inherit(&config),
            });
        }
        Ok(found.unwrap_or_default())
    }

    /// The level, or the operator's where none was set.
    pub(super) fn level(&self, default: Compatibility) -> Compatibility {
        let level = self.text(LEVEL).and_then(level_of);
        level.unwrap_or(default)
    }

    /// Whether new schemas are normalized, unless they ask for it.
    pub(super) fn form(&self) -> Form {
        match self.values.get("normalize").and_then(Value::as_bool) {
            Some(true) => Form::Normalized,
            Some(false) | None => Form::AsSent,
        }
    }

    /// Whether reserved fields are looked after.
    pub(super) fn fields(&self) -> Fields {
        match self.values.get("validateFields").and_then(Value::as_bool) {
            Some(true) => Fields::Validated,
            Some(false) | None => Fields::Free,
        }
    }

    /// A setting that is a text; an empty one is none.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let text = self.values.get(key).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    }

    /// A setting that is an object.
    pub(super) fn object(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// Whether new versions get metadata or rules from the settings.
    pub(super) fn adds_to_versions(&self) -> bool {
        ADDED.iter().any(|key| self.values.contains_key(*key))
    }

    /// The body of an answer to `PUT`.
    pub(crate) fn put_body(&self) -> Value {
        Value::Object(self.ordered(LEVEL))
    }

    /// The body of an answer to `GET` and `DELETE`.
    pub(crate) fn body(&self) -> Value {
        Value::Object(self.ordered(LEVEL_SHOWN))
    }

    pub(super) async fn read(tx: &mut Tx, scope: Scope<'_>) -> Result<Option<Config>, Error> {
        let text = tx.config(scope).await?;
        text.as_deref().map(Config::from_text).transpose()
    }

    pub(super) fn from_text(text: &str) -> Result<Config, Error> {
        let values = serde_json::from_str(text)
            .map_err(|error| Error::Internal(format!("stored config: {error}")))?;
        Ok(Config { values })
    }

    fn ordered(&self, level_key: &str) -> Map<String, Value> {
        let mut shown = Map::new();
        for (key, _) in KEYS {
            if let Some(value) = self.values.get(key) {
                let key = if key == LEVEL { level_key } else { key };
                shown.insert(key.to_owned(), value.clone());
            }
        }
        shown
    }

    /// Takes what a client sent: an absent key keeps the old value, null
    /// clears it, an unknown key is passed over.
    fn merge(&mut self, sent: &Map<String, Value>) -> Result<(), Error> {
        for (key, shape) in KEYS {
            match sent.get(key) {
                None => {}
                Some(Value::Null) => {
                    self.values.remove(key);
                }
                Some(value) => {
                    self.values.insert(key.to_owned(), shape.take(key, value)?);
                }
            }
        }
        Ok(())
    }

    fn or_level(mut self, level: Compatibility) -> Config {
        self.values
            .entry(LEVEL)
            .or_insert_with(|| level_name(level).into());
        self
    }

    fn inherit(mut self, from: &Config) -> Config {
        for key in INHERITED {
            if let Some(value) = from.values.get(key) {
                self.values.entry(key).or_insert_with(|| value.clone());
            }
        }
        self
    }
}

impl Shape {
    fn take(self, key: &str, value: &Value) -> Result<Value, Error> {
        let fits = match self {
            Shape::Text => value.is_string(),
            Shape::Bool => value.is_boolean(),
            Shape::Rules => value.is_object(),
            Shape::Metadata => {
                return Ok(metadata::canonical(value)?.unwrap_or(Value::Null));
            }
            Shape::Level => {
                let level = value.as_str().and_then(level_of);
                return level
                    .map(|level| level_name(level).into())
                    .ok_or(Error::CompatibilityInvalid);
            }
        };
        if fits {
            Ok(value.clone())
        } else {
            Err(Error::BodyInvalid(format!(
                "{key:?} has a value of another type: {value}"
            )))
        }
    }
}

/// Whether a subject without settings answers with those that hold for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fallback {
    No,
    ToGlobal,
}

/// Settings.
impl Registry {
    pub(crate) async fn global_config(&self) -> Result<Config, Error> {
        let mut tx = self.store().read().await?;
        let config = Config::read(&mut tx, Scope::GLOBAL)
            .await?
            .unwrap_or_default();
        Ok(config.or_level(self.settings().compatibility))
    }

    pub(crate) async fn config(
        &self,
        subject: &SubjectName,
        fallback: Fallback,
    ) -> Result<Config, Error> {
        if subject.can_exist() {
            let mut tx = self.store().read().await?;
            match fallback {
                Fallback::ToGlobal => {
                    let config = Config::in_scope(&mut tx, subject).await?;
                    return Ok(config.or_level(self.settings().compatibility));
                }
                Fallback::No => {
                    if let Some(own) = Config::read(&mut tx, Scope::subject(subject)).await? {
                        return Ok(own);
                    }
                }
            }
        }
        Err(Error::ConfigNotFound(subject.to_string()))
    }

    /// Changes the settings of a subject, or the global ones. A subject need
    /// not exist.
    pub(crate) async fn put_config(
        &self,
        subject: Option<&SubjectName>,
        sent: &Map<String, Value>,
        action: &Action,
    ) -> Result<Config, Error> {
        subject.map_or(Ok(()), SubjectName::check)?;
        let (scope, locks) = scope_of(subject);
        let mut tx = self.store().write(&locks).await?;
        Mode::check_write(&mut tx, subject).await?;
        let mut config = Config::read(&mut tx, scope).await?.unwrap_or_default();
        config.merge(sent)?;
        let text = Value::Object(config.values.clone()).to_string();
        tx.put_config(scope, &text).await?;
        let change = ChangeKind::ConfigSet.of_scope(subject);
        self.commit(tx, action, vec![change]).await?;
        Ok(config)
    }

    /// Removes the settings of a subject, or the global ones; answers with
    /// what they were.
    pub(crate) async fn delete_config(
        &self,
        subject: Option<&SubjectName>,
        action: &Action,
    ) -> Result<Config, Error> {
        let not_found = |subject: &SubjectName| Error::SubjectNotFound(subject.to_string());
        if let Some(subject) = subject.filter(|subject| !subject.can_exist()) {
            return Err(not_found(subject));
        }
        let (scope, locks) = scope_of(subject);
        let mut tx = self.store().write(&locks).await?;
        Mode::check_write(&mut tx, subject).await?;
        let config = match (Config::read(&mut tx, scope).await?, subject) {
            (Some(config), Some(_)) => config,
            (None, Some(subject)) => return Err(not_found(subject)),
            (config, None) => config
                .unwrap_or_default()
                .or_level(self.settings().compatibility),
        };
        tx.remove_config(scope).await?;
        let change = ChangeKind::ConfigRemoved.of_scope(subject);
        self.commit(tx, action, vec![change]).await?;
        Ok(config)
    }
}

pub(super) fn scope_of(subject: Option<&SubjectName>) -> (Scope<'_>, Locks) {
    match subject {
        Some(subject) => (Scope::subject(subject), Locks::on(subject)),
        // A name that no subject can have.
        None => (
            Scope::GLOBAL,
            Locks::on(&SubjectName::new(String::new(), String::new())),
        ),
    }
}
