//! From flags, environment, file and defaults to the settings.

use std::{
    collections::BTreeMap,
    net::{SocketAddr, ToSocketAddrs},
    path::{Path, PathBuf},
};

use figment::{
    Figment, Metadata, Profile, Provider,
    providers::{Format, Toml},
    value::{Dict, Map, Tag, Value},
};
use serde::Deserialize;

use super::{
    AppConfig, Config, ConfigError, Flags, Limits, RegistryConfig, Setting,
    keys::{self, KeyKind},
};

/// The settings file that is read when there is one and no other is named.
const FILE_DEFAULT: &str = "accordant.toml";

/// Variables with our prefix (whole names, or beginnings of them) that are no
/// settings: the file's own name, the broker's log, the scripts of `ci/`, and
/// what tests are switched on with.
const VARIABLES_PASSED_OVER: &[&str] = &[
    "ACCORDANT_BROKER_LOG",
    "ACCORDANT_CACHE",
    "ACCORDANT_CONFIG",
    "ACCORDANT_POSTGRES_BIN",
    "ACCORDANT_TEST_",
];

impl Config {
    /// Loads the settings: flags over the environment over the file over the
    /// defaults. Without a file named, `accordant.toml` is read if it is there.
    ///
    /// # Errors
    /// The file cannot be read, a key is unknown, or a value is of the wrong kind.
    pub fn load(file: Option<&Path>, flags: &Flags) -> Result<Config, ConfigError> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Config::load_from(file, flags, &environment)
    }

    /// As [`Config::load`], with the environment given.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_from(
        file: Option<&Path>,
        flags: &Flags,
        environment: &BTreeMap<String, String>,
    ) -> Result<Config, ConfigError> {
        let mut figment = Figment::from(defaults());
        if let Some(layer) = file_layer(file)? {
            figment = figment.merge(layer);
        }
        for layer in environment_layers(environment)? {
            figment = figment.merge(layer);
        }
        for layer in flag_layers(flags) {
            figment = figment.merge(layer);
        }
        let raw: Raw = figment.extract().map_err(|error| value_error(&error))?;
        raw.resolve(&figment)
    }
}

/// One source of settings; its name is the origin that people read.
#[derive(Debug)]
struct Layer {
    origin: String,
    dict: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Map::from([(Profile::Default, self.dict.clone())]))
    }
}

/// The settings as they stand in the sources.
#[derive(Debug, Deserialize)]
struct Raw {
    data_dir: PathBuf,
    contracts: PathBuf,
    registry_addr: String,
    ingest_addr: String,
    broker_addr: String,
    admin_addr: String,
    instance: Option<String>,
    kafka: Option<String>,
    database: Option<String>,
    registry_token: Option<String>,
    registry_url: Option<String>,
    drafts: bool,
    log: String,
    #[serde(default)]
    app: BTreeMap<String, AppConfig>,
    limits: Limits,
    registry: RegistryConfig,
}

impl Raw {
    fn resolve(self, figment: &Figment) -> Result<Config, ConfigError> {
        let address = |key: &str, text: &str| {
            resolve_address(text).map_err(|message| ConfigError::Value {
                key: key.to_owned(),
                origin: origin_of(figment, key),
                message,
            })
        };
        Ok(Config {
            registry_addr: address("registry_addr", &self.registry_addr)?,
            ingest_addr: address("ingest_addr", &self.ingest_addr)?,
            broker_addr: address("broker_addr", &self.broker_addr)?,
            admin_addr: address("admin_addr", &self.admin_addr)?,
            settings: settings(figment, self.app.keys()),
            data_dir: self.data_dir,
            contracts: self.contracts,
            instance: self.instance,
            kafka: self.kafka,
            database: self.database,
            registry_token: self.registry_token,
            registry_url: self.registry_url,
            drafts: self.drafts,
            log: self.log,
            app: self.app,
            limits: self.limits,
            registry: self.registry,
        })
    }
}

fn defaults() -> Layer {
    let texts = [
        ("data_dir", ".accordant"),
        ("contracts", "contracts"),
        ("registry_addr", "127.0.0.1:8081"),
        ("ingest_addr", "127.0.0.1:8080"),
        ("broker_addr", "127.0.0.1:9092"),
        ("admin_addr", "127.0.0.1:8090"),
        ("log", "info"),
    ];
    let mut dict: Dict = texts
        .into_iter()
        .map(|(key, value)| (key.to_owned(), Value::from(value)))
        .collect();
    dict.insert("drafts".to_owned(), Value::from(false));
    dict.insert(
        "limits".to_owned(),
        Value::from(keys::defaults_of(&Limits::default())),
    );
    dict.insert(
        "registry".to_owned(),
        Value::from(keys::defaults_of(&RegistryConfig::default())),
    );
    Layer {
        origin: "default".to_owned(),
        dict,
    }
}

fn file_layer(file: Option<&Path>) -> Result<Option<Layer>, ConfigError> {
    let path = file.unwrap_or_else(|| Path::new(FILE_DEFAULT));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(source) => {
            return Err(ConfigError::Read {
                file: path.to_owned(),
                source,
            });
        }
    };
    let origin = path.display().to_string();
    let syntax = |error: figment::Error| ConfigError::Syntax {
        origin: origin.clone(),
        message: error.kind.to_string(),
    };
    let dict = Toml::string(&text)
        .data()
        .map_err(syntax)?
        .remove(&Profile::Default);
    let dict = dict.unwrap_or_default();
    match keys::unknown_in(&dict) {
        Some((key, nearest)) => Err(ConfigError::UnknownKey {
            key,
            origin,
            nearest,
        }),
        None => Ok(Some(Layer { origin, dict })),
    }
}

fn environment_layers(environment: &BTreeMap<String, String>) -> Result<Vec<Layer>, ConfigError> {
    let mut layers = Vec::new();
    for (name, text) in environment {
        let ours = name.starts_with(keys::VARIABLE_PREFIX)
            && !VARIABLES_PASSED_OVER
                .iter()
                .any(|passed| name.starts_with(passed));
        if !ours {
            continue;
        }
        let Some((key, kind)) = keys::of_variable(name) else {
            return Err(ConfigError::UnknownKey {
                key: name.clone(),
                origin: "the environment".to_owned(),
                nearest: keys::nearest_variable(name),
            });
        };
        let value = match kind {
            KeyKind::Text => Some(Value::from(text.as_str())),
            KeyKind::Bool => text.parse::<bool>().ok().map(Value::from),
            KeyKind::Number => text.parse::<u64>().ok().map(Value::from),
        };
        let Some(value) = value else {
            return Err(ConfigError::Value {
                key,
                origin: name.clone(),
                message: format!("{text:?} is not {}", kind.expected()),
            });
        };
        layers.push(Layer {
            origin: name.clone(),
            dict: nested(&key, value),
        });
    }
    Ok(layers)
}

fn flag_layers(flags: &Flags) -> Vec<Layer> {
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let values = [
        ("data_dir", path(&flags.data_dir)),
        ("contracts", path(&flags.contracts)),
        ("registry_addr", flags.registry_addr.clone()),
        ("ingest_addr", flags.ingest_addr.clone()),
        ("broker_addr", flags.broker_addr.clone()),
        ("admin_addr", flags.admin_addr.clone()),
        ("kafka", flags.kafka.clone()),
        ("database", flags.database.clone()),
        ("registry_url", flags.registry_url.clone()),
        ("log", flags.log.clone()),
    ];
    let given = values
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)));
    let layer = |origin: &str, key: &str, value: Value| Layer {
        origin: format!("--{origin}"),
        dict: nested(key, value),
    };
    let mut layers: Vec<Layer> = given
        .map(|(key, value)| layer(&key.replace('_', "-"), key, Value::from(value)))
        .collect();
    if let Some(level) = &flags.registry_compatibility {
        let level = Value::from(level.as_str());
        layers.push(layer("compatibility", "registry.compatibility", level));
    }
    if let Some(in_memory) = flags.registry_in_memory {
        let in_memory = Value::from(in_memory);
        layers.push(layer("in-memory", "registry.in_memory", in_memory));
    }
    layers
}

/// A dictionary with one value at a dotted key.
fn nested(key: &str, value: Value) -> Dict {
    let (first, value) = match key.split_once('.') {
        Some((first, rest)) => (first, Value::Dict(Tag::Default, nested(rest, value))),
        None => (key, value),
    };
    Dict::from([(first.to_owned(), value)])
}

fn resolve_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(addr) = text.parse() {
        return Ok(addr);
    }
    let mut found = text
        .to_socket_addrs()
        .map_err(|error| format!("{text:?} is no address of the form HOST:PORT ({error})"))?;
    found
        .next()
        .ok_or_else(|| format!("{text:?} names no address"))
}

fn value_error(error: &figment::Error) -> ConfigError {
    ConfigError::Value {
        key: error.path.join("."),
        origin: error
            .metadata
            .as_ref()
            .map_or_else(String::new, |it| it.name.to_string()),
        // figment puts quotes around words that have their own.
        message: error.kind.to_string().replace("``", "`"),
    }
}

fn origin_of(figment: &Figment, key: &str) -> String {
    match figment.find_metadata(key) {
        Some(metadata) => metadata.name.to_string(),
        None => "default".to_owned(),
    }
}

fn settings<'a>(figment: &Figment, apps: impl Iterator<Item = &'a String>) -> Vec<Setting> {
    let mut keys: Vec<String> = keys::scalar_keys()
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    keys.extend(apps.map(|app| format!("app.{app}.processing")));
    keys.sort();
    keys.into_iter()
        .map(|key| {
            let found = figment.find_value(&key).ok();
            let value = found.as_ref().map_or_else(String::new, text_of);
            Setting {
                is_text: !matches!(found, Some(Value::Bool(..) | Value::Num(..))),
                value: match key.as_str() {
                    "registry_token" if !value.is_empty() => "***".to_owned(),
                    _ => without_password(&value),
                },
                origin: origin_of(figment, &key),
                key,
            }
        })
        .collect()
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(_, text) => text.clone(),
        Value::Bool(_, it) => it.to_string(),
        Value::Num(_, number) => {
            let signed = number.to_i128().map(|it| it.to_string());
            let whole = signed.or_else(|| number.to_u128().map(|it| it.to_string()));
            whole.unwrap_or_else(|| number.to_f64().unwrap_or_default().to_string())
        }
        Value::Char(_, it) => it.to_string(),
        Value::Empty(_, _) | Value::Dict(_, _) | Value::Array(_, _) => String::new(),
    }
}

/// A URL's text without the password in it.
pub(crate) fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let authority_end = rest.find('/').unwrap_or(rest.len());
    let Some((login, _)) = rest[..authority_end].rsplit_once('@') else {
        return text.to_owned();
    };
    match login.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***{}", &rest[login.len()..]),
        None => text.to_owned(),
    }
}
