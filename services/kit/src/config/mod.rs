//! Settings of every service and command: flags over `ACCORDANT_*` environment
//! over `accordant.toml` over defaults. An unknown key is an error that names
//! the nearest known one. Reads nothing but the file and the environment.

mod error;
mod keys;
mod limits;
mod load;
mod registry;
mod values;

pub use error::ConfigError;
pub use limits::Limits;
pub(crate) use load::without_password;
pub use registry::RegistryConfig;
pub use values::{AppConfig, Config, Flags, Processing, Setting};
