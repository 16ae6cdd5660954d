//! Settings and modes by scope: a subject, a context, or everything.

use super::Tx;
use crate::subject::SubjectName;

type Result<T> = std::result::Result<T, sqlx::Error>;

const CONFIG: &str = "SELECT config FROM registry_configs WHERE context = $1 AND subject = $2";
const CONFIG_CHAIN: &str = "SELECT config FROM registry_configs \
     WHERE (context = $1 AND subject IN ($2, '')) OR (context = '' AND subject = '') \
     ORDER BY length(context) = 0, length(subject) = 0";
const PUT_CONFIG: &str = "INSERT INTO registry_configs (context, subject, config) \
     VALUES ($1, $2, $3) ON CONFLICT (context, subject) DO UPDATE SET config = excluded.config";
const REMOVE_CONFIG: &str = "DELETE FROM registry_configs WHERE context = $1 AND subject = $2";
const CONFIGS: &str = "SELECT context, subject, config AS value FROM registry_configs \
     ORDER BY context, subject";
const MODE: &str = "SELECT mode FROM registry_modes WHERE context = $1 AND subject = $2";
const MODE_CHAIN: &str = "SELECT context, subject, mode AS value FROM registry_modes \
     WHERE (context = $1 AND subject IN ($2, '')) OR (context = '' AND subject = '') \
     ORDER BY length(context) = 0, length(subject) = 0";
const PUT_MODE: &str = "INSERT INTO registry_modes (context, subject, mode) \
     VALUES ($1, $2, $3) ON CONFLICT (context, subject) DO UPDATE SET mode = excluded.mode";
const REMOVE_MODE: &str = "DELETE FROM registry_modes WHERE context = $1 AND subject = $2";
const REMOVE_CONTEXT_MODES: &str = "DELETE FROM registry_modes WHERE context = $1";
const MODES: &str = "SELECT context, subject, mode AS value FROM registry_modes \
     ORDER BY context, subject";

/// What a setting is about, as the tables key it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope<'a> {
    context: &'a str,
    subject: &'a str,
}

/// A setting or a mode with what it is about; empty texts as in the tables.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ScopedRow {
    pub(crate) context: String,
    pub(crate) subject: String,
    pub(crate) value: String,
}

impl<'a> Scope<'a> {
    /// Everything that has no setting of its own.
    pub(crate) const GLOBAL: Scope<'static> = Scope {
        context: "",
        subject: "",
    };

    pub(crate) fn subject(subject: &'a SubjectName) -> Scope<'a> {
        Scope {
            context: subject.context(),
            subject: subject.name(),
        }
    }
}

impl ScopedRow {
    /// Whether this is the one setting of everything.
    pub(crate) fn is_global(&self) -> bool {
        self.context.is_empty() && self.subject.is_empty()
    }
}

/// Settings.
impl Tx {
    pub(crate) async fn config(&mut self, scope: Scope<'_>) -> Result<Option<String>> {
        on!(self, connection => sqlx::query_scalar(CONFIG)
            .bind(scope.context).bind(scope.subject).fetch_optional(connection))
    }

    /// The settings of a subject, its context and everything, nearest first.
    pub(crate) async fn config_chain(&mut self, subject: &SubjectName) -> Result<Vec<String>> {
        on!(self, connection => sqlx::query_scalar(CONFIG_CHAIN)
            .bind(subject.context()).bind(subject.name()).fetch_all(connection))
    }

    pub(crate) async fn configs(&mut self) -> Result<Vec<ScopedRow>> {
        on!(self, connection => sqlx::query_as(CONFIGS).fetch_all(connection))
    }

    pub(crate) async fn put_config(&mut self, scope: Scope<'_>, config: &str) -> Result<()> {
        execute!(
            self,
            sqlx::query(PUT_CONFIG)
                .bind(scope.context)
                .bind(scope.subject)
                .bind(config)
        )
    }

    pub(crate) async fn remove_config(&mut self, scope: Scope<'_>) -> Result<()> {
        execute!(
            self,
            sqlx::query(REMOVE_CONFIG)
                .bind(scope.context)
                .bind(scope.subject)
        )
    }
}

/// Modes.
impl Tx {
    pub(crate) async fn mode(&mut self, scope: Scope<'_>) -> Result<Option<String>> {
        on!(self, connection => sqlx::query_scalar(MODE)
            .bind(scope.context).bind(scope.subject).fetch_optional(connection))
    }

    /// The modes of a subject, its context and everything, nearest first.
    pub(crate) async fn mode_chain(&mut self, subject: &SubjectName) -> Result<Vec<ScopedRow>> {
        on!(self, connection => sqlx::query_as(MODE_CHAIN)
            .bind(subject.context()).bind(subject.name()).fetch_all(connection))
    }

    pub(crate) async fn modes(&mut self) -> Result<Vec<ScopedRow>> {
        on!(self, connection => sqlx::query_as(MODES).fetch_all(connection))
    }

    pub(crate) async fn put_mode(&mut self, scope: Scope<'_>, mode: &str) -> Result<()> {
        execute!(
            self,
            sqlx::query(PUT_MODE)
                .bind(scope.context)
                .bind(scope.subject)
                .bind(mode)
        )
    }

    pub(crate) async fn remove_mode(&mut self, scope: Scope<'_>) -> Result<()> {
        execute!(
            self,
            sqlx::query(REMOVE_MODE)
                .bind(scope.context)
                .bind(scope.subject)
        )
    }

    /// The mode of a context and of everything in it.
    pub(crate) async fn remove_context_modes(&mut self, context: &str) -> Result<()> {
        execute!(self, sqlx::query(REMOVE_CONTEXT_MODES).bind(context))
    }
}
