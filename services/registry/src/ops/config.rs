//! Compatibility and the other settings of a subject, a context or everything.

use accordant_schema::contract::Compatibility;
use serde_json::{Map, Value};

use super::{Registry, mode::Mode};
use crate::{
    compatibility::{level_name, level_of},
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
    ("defaultMetadata", Shape::Object),
    ("overrideMetadata", Shape::Object),
    ("defaultRuleSet", Shape::Object),
    ("overrideRuleSet", Shape::Object),
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Bool,
    Level,
    Object,
}

/// Settings of one scope: only what was set.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Config {
    values: Map<String, Value>,
}

impl Config {
    /// The level that holds for a subject: the nearest one that was set.
    pub(super) async fn level(
        tx: &mut Tx,
        subject: &SubjectName,
        default: Compatibility,
    ) -> Result<Compatibility, Error> {
        if !subject.can_exist() {
            return Ok(default);
        }
        for scope in Scope::chain(subject) {
            let config = Config::read(tx, scope).await?;
            if let Some(level) = config.and_then(|config| config.own_level()) {
                return Ok(level);
            }
        }
        Ok(default)
    }

    /// Whether new schemas of a subject are normalized, unless they ask for it.
    pub(super) async fn form(tx: &mut Tx, subject: &SubjectName) -> Result<Form, Error> {
        if !subject.can_exist() {
            return Ok(Form::AsSent);
        }
        for scope in Scope::chain(subject) {
            let config = Config::read(tx, scope).await?.unwrap_or_default();
            match config.values.get("normalize").and_then(Value::as_bool) {
                Some(true) => return Ok(Form::Normalized),
                Some(false) => return Ok(Form::AsSent),
                None => {}
            }
        }
        Ok(Form::AsSent)
    }

    /// The body of an answer to `PUT`.
    pub(crate) fn put_body(&self) -> Value {
        Value::Object(self.ordered(LEVEL))
    }

    /// The body of an answer to `GET` and `DELETE`.
    pub(crate) fn body(&self) -> Value {
        Value::Object(self.ordered(LEVEL_SHOWN))
    }

    async fn read(tx: &mut Tx, scope: Scope<'_>) -> Result<Option<Config>, Error> {
        let Some(text) = tx.config(scope).await? else {
            return Ok(None);
        };
        let values = serde_json::from_str(&text)
            .map_err(|error| Error::Internal(format!("stored config: {error}")))?;
        Ok(Some(Config { values }))
    }

    fn own_level(&self) -> Option<Compatibility> {
        self.values
            .get(LEVEL)
            .and_then(Value::as_str)
            .and_then(level_of)
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
            Shape::Object => value.is_object(),
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
            let own = Config::read(&mut tx, Scope::subject(subject)).await?;
            match (own, fallback) {
                (Some(own), Fallback::No) => return Ok(own),
                (own, Fallback::ToGlobal) => {
                    let mut config = own.unwrap_or_default();
                    for scope in Scope::chain(subject) {
                        let farther = Config::read(&mut tx, scope).await?.unwrap_or_default();
                        config = config.inherit(&farther);
                    }
                    return Ok(config.or_level(self.settings().compatibility));
                }
                (None, Fallback::No) => {}
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
    ) -> Result<Config, Error> {
        subject.map_or(Ok(()), SubjectName::check)?;
        let (scope, locks) = scope_of(subject);
        let mut tx = self.store().write(&locks).await?;
        Mode::check_write(&mut tx, subject).await?;
        let mut config = Config::read(&mut tx, scope).await?.unwrap_or_default();
        config.merge(sent)?;
        let text = Value::Object(config.values.clone()).to_string();
        tx.put_config(scope, &text).await?;
        tx.commit().await?;
        tracing::info!(subject = ?subject.map(ToString::to_string), "settings changed");
        Ok(config)
    }

    /// Removes the settings of a subject, or the global ones; answers with
    /// what they were.
    pub(crate) async fn delete_config(
        &self,
        subject: Option<&SubjectName>,
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
        tx.commit().await?;
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
