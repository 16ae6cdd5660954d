//! The settings as values.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use super::{Limits, RegistryConfig};
use crate::push::ClusterKind;

/// Every setting. Made by [`Config::load`]; `up` changes fields for the parts
/// that it starts.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder for everything that is kept.
    pub data_dir: PathBuf,
    /// The contracts folder.
    pub contracts: PathBuf,
    /// Where the registry listens.
    pub registry_addr: SocketAddr,
    /// Where ingest listens.
    pub ingest_addr: SocketAddr,
    /// Where the embedded broker listens.
    pub broker_addr: SocketAddr,
    /// Where status, health and metrics are served.
    pub admin_addr: SocketAddr,
    /// The name under which this instance joins its consumer groups (Kafka's
    /// `group.instance.id`), no other's: who comes back under it, however it
    /// ended, has its partitions again at once. `up` gives each data folder one.
    pub instance: Option<String>,
    /// A Kafka cluster instead of the embedded broker, `host:port[,host:port]`.
    pub kafka: Option<String>,
    /// A PostgreSQL database instead of SQLite, a URL.
    pub database: Option<String>,
    /// The bearer token that the registry wants; a name and a password stand in
    /// its URL instead.
    pub registry_token: Option<String>,
    /// A registry that runs elsewhere, a URL.
    pub registry_url: Option<String>,
    /// Whether draft versions are registered and taken in; `up` sets it.
    pub drafts: bool,
    /// What is logged, in the words of `tracing`'s filter.
    pub log: String,
    /// Settings of single applications, by name.
    pub app: BTreeMap<String, AppConfig>,
    /// The limits.
    pub limits: Limits,
    /// Settings of the registry that runs here.
    pub registry: RegistryConfig,
    pub(super) settings: Vec<Setting>,
}

/// The `[app.<name>]` table of one application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppConfig {
    /// The guarantee; the application's default when absent.
    pub processing: Option<Processing>,
}

/// What a processor guarantees about its appends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Processing {
    /// With Kafka transactions; a broker without them is refused.
    ExactlyOnce,
    /// Without; one instance an application.
    AtLeastOnce,
}

/// What the command line says; `None` leaves it to the environment, the file
/// and the defaults.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--data-dir`
    pub data_dir: Option<PathBuf>,
    /// `--contracts`
    pub contracts: Option<PathBuf>,
    /// `--registry-addr`
    pub registry_addr: Option<String>,
    /// `--ingest-addr`
    pub ingest_addr: Option<String>,
    /// `--broker-addr`
    pub broker_addr: Option<String>,
    /// `--admin-addr`
    pub admin_addr: Option<String>,
    /// `--kafka`
    pub kafka: Option<String>,
    /// `--database`
    pub database: Option<String>,
    /// `--registry-url`
    pub registry_url: Option<String>,
    /// `--log`
    pub log: Option<String>,
    /// `--compatibility` of the registry
    pub registry_compatibility: Option<String>,
    /// `--in-memory` of the registry
    pub registry_in_memory: Option<bool>,
}

/// One setting as `config show` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key, dotted.
    pub key: String,
    /// The value as text, passwords hidden; empty when there is none.
    pub value: String,
    /// Whether the value is a text, and not a number, `true` or `false`.
    pub is_text: bool,
    /// Where it comes from: a flag, an environment variable, the file, or `default`.
    pub origin: String,
}

impl Config {
    /// The Kafka bootstrap servers: the cluster's, or the embedded broker's.
    pub fn bootstrap(&self) -> String {
        self.kafka
            .clone()
            .unwrap_or_else(|| reachable(self.broker_addr).to_string())
    }

    /// Whether the broker is the embedded one.
    pub fn is_broker_embedded(&self) -> bool {
        self.kafka.is_none()
    }

    /// What kind of broker holds the topics.
    pub fn cluster_kind(&self) -> ClusterKind {
        match self.kafka {
            Some(_) => ClusterKind::Kafka,
            None => ClusterKind::Embedded,
        }
    }

    /// The registry's URL, without a trailing slash.
    pub fn registry_url(&self) -> String {
        match &self.registry_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", reachable(self.registry_addr)),
        }
    }

    /// Ingest's URL, without a trailing slash.
    pub fn ingest_url(&self) -> String {
        format!("http://{}", reachable(self.ingest_addr))
    }

    /// The URL of status, health and metrics, without a trailing slash.
    pub fn admin_url(&self) -> String {
        format!("http://{}", reachable(self.admin_addr))
    }

    /// The database of a service: PostgreSQL where one is set, else a SQLite
    /// file of that name in the data folder.
    pub fn database_url(&self, name: &str) -> String {
        match &self.database {
            Some(url) => url.clone(),
            None => format!(
                "sqlite://{}",
                self.data_dir.join(format!("{name}.db")).display()
            ),
        }
    }

    /// Every setting, sorted by key, with its value and where it comes from.
    pub fn origin_table(&self) -> &[Setting] {
        &self.settings
    }
}

/// The address by which a client on this machine reaches a listener.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}
