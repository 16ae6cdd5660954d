//! The calls, over `schema_registry_converter`'s HTTP client, and a cache of
//! what never changes: schemas by id.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use accordant_schema::{Limits, Schema};
use accordant_wire::SchemaId;
use schema_registry_converter::{
    async_impl::schema_registry::{SrSettings, perform_sr_call},
    schema_registry_common::{RawRegisteredSchema, SrCall},
};
use serde_json::json;
use tokio::sync::OnceCell;

use super::RegistryError;
use crate::{
    config::{Config, without_password},
    tls,
};

/// Milliseconds for one call.
pub(super) const CALL_TIMEOUT_MS: u64 = 10_000;
/// Schemas in the cache; a full one is emptied.
const CACHE_SCHEMAS_MAX: usize = 10_000;
/// Schemas that one schema may refer to, directly or not.
const REFERENCES_MAX: usize = 1_000;

/// A client of one registry. Cheap to clone; clones share the cache.
#[derive(Debug, Clone)]
pub struct RegistryClient {
    pub(super) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    /// Without a password, for messages.
    pub(super) url: String,
    /// As it is called.
    pub(super) base: String,
    pub(super) token: Option<String>,
    settings: SrSettings,
    by_id: Mutex<HashMap<SchemaId, Arc<OnceCell<Arc<RegisteredSchema>>>>>,
}

/// A reference from a schema's text to a type in another subject, as registries
/// know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The type's full name.
    pub name: String,
    /// The subject that it is registered under.
    pub subject: String,
    /// The version there (the registry's, not the contract's).
    pub version: u32,
}

/// Where a schema stands in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// Its id.
    pub id: SchemaId,
    /// Its version in the subject.
    pub version: u32,
}

/// A schema as a registry has it.
#[derive(Debug, Clone)]
pub struct RegisteredSchema {
    /// Its text.
    pub text: String,
    /// The references that the text uses directly.
    pub references: Vec<Reference>,
    /// Resolved, its references included.
    pub schema: Arc<Schema>,
}

impl RegistryClient {
    /// A client of the registry at a URL such as `http://127.0.0.1:8081`; a name
    /// and a password in it go out as basic authentication.
    pub fn new(url: &str) -> RegistryClient {
        RegistryClient::with_token(url, None)
    }

    /// A client of the registry that the settings name.
    pub fn of(config: &Config) -> RegistryClient {
        RegistryClient::with_token(&config.registry_url(), config.registry_token.as_deref())
    }

    /// As [`RegistryClient::new`], with a bearer token for every call.
    pub fn with_token(url: &str, token: Option<&str>) -> RegistryClient {
        tls::install_provider();
        let base = url.trim_end_matches('/').to_owned();
        let mut builder = SrSettings::new_builder(base.clone());
        builder.set_timeout(Duration::from_millis(CALL_TIMEOUT_MS));
        if let Some(token) = token {
            builder.set_token_authorization(token);
        }
        if is_local(&base) {
            builder.no_proxy();
        }
        let settings = builder
            .build()
            .unwrap_or_else(|_| SrSettings::new(base.clone()));
        RegistryClient {
            shared: Arc::new(Shared {
                url: without_password(&base),
                base,
                token: token.map(str::to_owned),
                settings,
                by_id: Mutex::default(),
            }),
        }
    }

    /// The registry's URL, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The id of a schema's text under a subject; `None` when it is not
    /// registered there.
    ///
    /// # Errors
    /// The registry does not answer, or refuses the question.
    pub async fn id_of(
        &self,
        subject: &str,
        text: &str,
        references: &[Reference],
    ) -> Result<Option<SchemaId>, RegistryError> {
        Ok(self
            .lookup(subject, text, references)
            .await?
            .map(|found| found.id))
    }

    /// Id and version of a schema's text under a subject; `None` when it is not
    /// registered there.
    ///
    /// # Errors
    /// The registry does not answer, or refuses the question.
    pub async fn lookup(
        &self,
        subject: &str,
        text: &str,
        references: &[Reference],
    ) -> Result<Option<Registered>, RegistryError> {
        let what = format!("a schema of subject {subject}");
        let body = body_of(text, references);
        match self
            .call(
                SrCall::PostForVersion(&subject_segment(subject), &body),
                &what,
            )
            .await
        {
            Ok(raw) => Ok(Some(Registered {
                id: self.id_in(&raw, &what)?,
                version: raw.version.unwrap_or_default(),
            })),
            Err(RegistryError::NotFound { .. }) => Ok(None),
            Err(
                error @ (RegistryError::Unreachable { .. }
                | RegistryError::Refused { .. }
                | RegistryError::Schema { .. }),
            ) => Err(error),
        }
    }

    /// Registers a schema's text under a subject, or finds it there.
    ///
    /// # Errors
    /// The registry does not answer, or refuses it (as incompatible, for example).
    pub async fn register(
        &self,
        subject: &str,
        text: &str,
        references: &[Reference],
    ) -> Result<SchemaId, RegistryError> {
        let what = format!("a schema for subject {subject}");
        let body = body_of(text, references);
        let raw = self
            .call(SrCall::PostNew(&subject_segment(subject), &body), &what)
            .await?;
        self.id_in(&raw, &what)
    }

    /// A schema by its id; from the cache when it was asked for before, and
    /// asked for once when several want it at the same time.
    ///
    /// # Errors
    /// The registry does not answer, has no such id, or its schema is not valid.
    pub async fn by_id(&self, id: SchemaId) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let cell = {
            let mut cache = self
                .shared
                .by_id
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if cache.len() >= CACHE_SCHEMAS_MAX && !cache.contains_key(&id) {
                cache.clear();
            }
            Arc::clone(cache.entry(id).or_default())
        };
        cell.get_or_try_init(|| self.fetch(id)).await.cloned()
    }

    /// The resolved schema of an id, as [`RegistryClient::by_id`].
    ///
    /// # Errors
    /// As [`RegistryClient::by_id`].
    pub async fn schema(&self, id: SchemaId) -> Result<Arc<Schema>, RegistryError> {
        Ok(Arc::clone(&self.by_id(id).await?.schema))
    }

    async fn fetch(&self, id: SchemaId) -> Result<Arc<RegisteredSchema>, RegistryError> {
        let what = format!("schema id {id}");
        let number = u32::try_from(id.0).map_err(|_| RegistryError::NotFound {
            url: self.shared.url.clone(),
            what: what.clone(),
        })?;
        let raw = self.call(SrCall::GetById(number), &what).await?;
        let (text, references) = self.text_of(raw, &what)?;
        let needed = self.reference_texts(&references, &what).await?;
        let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
        let schema = accordant_schema::parse_with(&text, &needed, &Limits::default());
        let schema = schema.map_err(|problems| {
            let messages: Vec<String> = problems.into_iter().map(|it| it.message).collect();
            self.invalid(&what, messages.join("; "))
        })?;
        Ok(Arc::new(RegisteredSchema {
            text,
            references,
            schema: Arc::new(schema),
        }))
    }

    /// The texts of references and of what they refer to, each after those that
    /// it needs. A stack instead of recursion: the depth is the registry's.
    pub(super) async fn reference_texts(
        &self,
        references: &[Reference],
        what: &str,
    ) -> Result<Vec<String>, RegistryError> {
        enum Step {
            Visit(Reference),
            Emit(String),
        }
        let mut texts = Vec::new();
        let mut seen = HashSet::new();
        let mut steps: Vec<Step> = references.iter().rev().cloned().map(Step::Visit).collect();
        while let Some(step) = steps.pop() {
            let reference = match step {
                Step::Emit(text) => {
                    texts.push(text);
                    continue;
                }
                Step::Visit(reference) => reference,
            };
            if !seen.insert((reference.subject.clone(), reference.version)) {
                continue;
            }
            if seen.len() > REFERENCES_MAX {
                return Err(self.invalid(what, format!("more than {REFERENCES_MAX} references")));
            }
            let subject = subject_segment(&reference.subject);
            let call = SrCall::GetBySubjectAndVersion(&subject, reference.version);
            let asked = format!("{} version {}", reference.subject, reference.version);
            let raw = self.call(call, &asked).await?;
            let (text, own) = self.text_of(raw, what)?;
            steps.push(Step::Emit(text));
            steps.extend(own.into_iter().rev().map(Step::Visit));
        }
        Ok(texts)
    }

    pub(super) async fn call(
        &self,
        call: SrCall<'_>,
        what: &str,
    ) -> Result<RawRegisteredSchema, RegistryError> {
        let answer = perform_sr_call(&self.shared.settings, call).await;
        answer.map_err(|error| RegistryError::of(&error, &self.shared.url, what))
    }

    fn id_in(&self, raw: &RawRegisteredSchema, what: &str) -> Result<SchemaId, RegistryError> {
        let id = raw.id.and_then(|id| i32::try_from(id).ok()).map(SchemaId);
        id.ok_or_else(|| self.invalid(what, "the answer has no id".to_owned()))
    }

    pub(super) fn text_of(
        &self,
        raw: RawRegisteredSchema,
        what: &str,
    ) -> Result<(String, Vec<Reference>), RegistryError> {
        let ty = raw.schema_type.unwrap_or_else(|| "AVRO".to_owned());
        if ty != "AVRO" {
            return Err(self.invalid(what, format!("its type is {ty}")));
        }
        let no_text = || self.invalid(what, "the answer has no schema".to_owned());
        let text = raw.schema.ok_or_else(no_text)?;
        let references = raw
            .references
            .unwrap_or_default()
            .into_iter()
            .map(|it| Reference {
                name: it.name,
                subject: it.subject,
                version: it.version,
            });
        Ok((text, references.collect()))
    }

    pub(super) fn invalid(&self, what: &str, message: String) -> RegistryError {
        RegistryError::Schema {
            url: self.shared.url.clone(),
            what: what.to_owned(),
            message,
        }
    }
}

fn body_of(text: &str, references: &[Reference]) -> String {
    let reference =
        |it: &Reference| json!({"name": it.name, "subject": it.subject, "version": it.version});
    let references: Vec<_> = references.iter().map(reference).collect();
    json!({"schema": text, "schemaType": "AVRO", "references": references}).to_string()
}

/// A subject as one segment of a path. The client escapes `/` and nothing
/// else, so the rest is done here.
pub(super) fn subject_segment(subject: &str) -> String {
    let mut segment = String::with_capacity(subject.len());
    for byte in subject.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' | b':' => {
                segment.push(char::from(byte));
            }
            _ => segment.push_str(&format!("%{byte:02X}")),
        }
    }
    segment
}

/// Whether a URL names this machine, which no proxy can reach.
pub(super) fn is_local(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]")
}
