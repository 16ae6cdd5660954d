//! What the operator of a registry decides.

use accordant_kit::config::Config;
use accordant_schema::contract::Compatibility;

use crate::compatibility::level_of;

/// Settings of one registry.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The level of every subject until `PUT /config` says otherwise.
    pub compatibility: Compatibility,
    /// The `error_code` of an incompatible schema.
    pub incompatible_code: IncompatibleCode,
    /// Bytes of one request's body.
    pub body_bytes_max: usize,
    /// Bytes of memory for schemas that were read.
    pub cache_bytes_max: u64,
    /// References of one schema, those of references included.
    pub references_max: usize,
    /// Versions of one subject, deleted ones included.
    pub versions_max: usize,
    /// Entries of one answer that lists subjects, versions or contexts, where
    /// the client does not say how many it wants, or wants more.
    pub page_max: usize,
    /// Schemas of one answer that lists them, likewise.
    pub schemas_page_max: usize,
    /// Schemas of one request that checks many.
    pub batch_max: usize,
    /// Limits of one schema's text.
    pub schema_limits: accordant_schema::Limits,
}

/// A setting that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// No level has this name.
    #[error(
        "registry.compatibility: {level:?} is no level\nfix: backward, forward or full, each with -transitive, or none"
    )]
    Level {
        /// What was written.
        level: String,
    },
    /// No registry answers with this code.
    #[error("registry.incompatible_code: {code} is no code\nfix: 409 or 40901")]
    Code {
        /// What was written.
        code: u32,
    },
}

impl Settings {
    /// From the settings file, the environment and the command line.
    ///
    /// # Errors
    /// A level or a code that does not exist.
    pub fn of(config: &Config) -> Result<Settings, SettingsError> {
        let from = &config.registry;
        let level = level_of(&from.compatibility.replace('-', "_"));
        let level = level.ok_or_else(|| SettingsError::Level {
            level: from.compatibility.clone(),
        })?;
        let code = match from.incompatible_code {
            409 => IncompatibleCode::Plain,
            40901 => IncompatibleCode::Extended,
            code => return Err(SettingsError::Code { code }),
        };
        Ok(Settings {
            compatibility: level,
            incompatible_code: code,
            body_bytes_max: from.body_bytes_max,
            cache_bytes_max: from.cache_bytes_max,
            references_max: from.references_max,
            versions_max: from.versions_max,
            page_max: from.page_max,
            schemas_page_max: from.schemas_page_max,
            batch_max: from.batch_max,
            schema_limits: config.limits.schema(),
        })
    }
}

/// The `error_code` in the body of a 409.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncompatibleCode {
    /// 409, as before Confluent's 8.2; clients' tests want it.
    Plain,
    /// 40901, as since 8.2.
    Extended,
}

impl IncompatibleCode {
    /// The number in the body.
    pub fn number(self) -> i32 {
        match self {
            IncompatibleCode::Plain => 409,
            IncompatibleCode::Extended => 40901,
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            compatibility: Compatibility::Backward,
            incompatible_code: IncompatibleCode::Plain,
            body_bytes_max: 4 << 20,
            cache_bytes_max: 64 << 20,
            references_max: 1_000,
            versions_max: 10_000,
            page_max: 100_000,
            schemas_page_max: 1_000,
            batch_max: 1_000,
            schema_limits: accordant_schema::Limits::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use accordant_kit::config::Flags;

    use super::*;

    #[track_caller]
    fn load(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let environment: BTreeMap<String, String> = variables
            .iter()
            .map(|(name, value)| (format!("ACCORDANT_REGISTRY_{name}"), (*value).to_owned()))
            .collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        let config = Config::load_from(Some(file.path()), &Flags::default(), &environment);
        Settings::of(&config.unwrap())
    }

    #[test]
    fn what_is_not_set_is_as_without_a_file() {
        let (loaded, default) = (load(&[]).unwrap(), Settings::default());
        assert_eq!(format!("{loaded:?}"), format!("{default:?}"));
    }

    #[test]
    fn levels_are_written_as_contracts_or_clients_write_them() {
        for name in ["full-transitive", "FULL_TRANSITIVE"] {
            let settings = load(&[("COMPATIBILITY", name)]).unwrap();
            assert_eq!(settings.compatibility, Compatibility::FullTransitive);
        }
        let settings = load(&[("INCOMPATIBLE_CODE", "40901"), ("PAGE_MAX", "7")]).unwrap();
        assert_eq!(settings.incompatible_code, IncompatibleCode::Extended);
        assert_eq!(settings.page_max, 7);
    }

    #[test]
    fn what_does_not_exist_is_named() {
        let message = |variable| load(&[variable]).unwrap_err().to_string();
        let level = message(("COMPATIBILITY", "half"));
        assert!(
            level.starts_with("registry.compatibility: \"half\" is no level"),
            "{level}"
        );
        let code = message(("INCOMPATIBLE_CODE", "410"));
        assert!(
            code.starts_with("registry.incompatible_code: 410"),
            "{code}"
        );
    }
}
