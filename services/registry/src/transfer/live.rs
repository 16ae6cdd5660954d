//! A snapshot of a running registry of any make, over the part of the API that
//! all of them have.

use std::collections::BTreeSet;

use accordant_kit::tls;
use futures::{StreamExt, TryStreamExt};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    dump::config_of,
    snapshot::{Snapshot, VersionRecord},
};
use crate::subject::SubjectName;

/// Requests at once.
const REQUESTS_MAX: usize = 8;
const REQUEST_TIMEOUT_S: u64 = 60;
/// Subjects of one request.
const PAGE: usize = 1_000;
/// Bytes of one answer.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Why a registry cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("GET {path} of the registry: {message}")]
pub struct LiveError {
    path: String,
    message: String,
}

/// A client of the registry that is read.
struct Source {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Snapshot {
    /// Reads a registry: every subject of every context with its versions,
    /// deleted ones too where the registry shows them, settings and modes. A
    /// name and a password may stand in the URL.
    ///
    /// # Errors
    /// The registry cannot be reached, or answers with something else.
    pub async fn of_registry(url: &str, token: Option<&str>) -> Result<Snapshot, LiveError> {
        tls::install_provider();
        let timeout = std::time::Duration::from_secs(REQUEST_TIMEOUT_S);
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .no_proxy()
            .build();
        let http = http.map_err(|error| LiveError {
            path: String::new(),
            message: error.to_string(),
        })?;
        let source = Source {
            http,
            base: url.trim_end_matches('/').to_owned(),
            token: token.map(str::to_owned),
        };
        source.snapshot().await
    }
}

impl Source {
    async fn snapshot(&self) -> Result<Snapshot, LiveError> {
        let mut snapshot = Snapshot::default();
        let subjects = self.subjects().await?;
        let reads = subjects.iter().map(|subject| self.versions_of(subject));
        let mut found = futures::stream::iter(reads).buffer_unordered(REQUESTS_MAX);
        while let Some(records) = found.try_next().await? {
            for record in records {
                let context = SubjectName::parse(&record.subject).context().to_owned();
                snapshot.saw_id(&context, record.id);
                let key = (record.subject.clone(), record.version);
                snapshot.versions.insert(key, record);
            }
        }
        let mut places: BTreeSet<Option<String>> = subjects.iter().cloned().map(Some).collect();
        let contexts: Option<Vec<String>> = self.get("/contexts").await?;
        let contexts = contexts
            .unwrap_or_default()
            .into_iter()
            .filter(|it| it != ".");
        places.extend(contexts.map(|it| Some(format!(":{it}:"))));
        places.insert(None);
        let reads = places
            .iter()
            .map(|place| self.settings_of(place.as_deref()));
        let mut found = futures::stream::iter(reads).buffered(REQUESTS_MAX);
        let mut places = places.iter();
        while let (Some(place), Some((config, mode))) = (places.next(), found.try_next().await?) {
            if let Some(config) = config {
                snapshot.configs.insert(place.clone(), config_of(config));
            }
            if let Some(mode) = mode {
                snapshot.modes.insert(place.clone(), mode);
            }
        }
        Ok(snapshot)
    }

    /// All subjects, deleted ones too. A registry that pages is asked for the
    /// next page; one that does not gives the same subjects again.
    async fn subjects(&self) -> Result<BTreeSet<String>, LiveError> {
        let mut subjects = BTreeSet::new();
        let mut offset = 0;
        loop {
            let path = format!(
                "/subjects?deleted=true&subjectPrefix=%3A%2A%3A&offset={offset}&limit={PAGE}"
            );
            let found: Vec<String> = self.get(&path).await?.unwrap_or_default();
            // Another make may not know the prefix of all contexts.
            let found = match found.is_empty() && offset == 0 {
                true => self
                    .get("/subjects?deleted=true")
                    .await?
                    .unwrap_or_default(),
                false => found,
            };
            let (before, count) = (subjects.len(), found.len());
            subjects.extend(found);
            if subjects.len() == before || count < PAGE {
                return Ok(subjects);
            }
            offset += count;
        }
    }

    async fn versions_of(&self, subject: &str) -> Result<Vec<VersionRecord>, LiveError> {
        let path = format!("/subjects/{}/versions", encoded(subject));
        let all: Option<Vec<i32>> = self.get(&format!("{path}?deleted=true")).await?;
        let live: Option<Vec<i32>> = self.get(&path).await?;
        let live = live.unwrap_or_default();
        let mut records = Vec::new();
        for version in all.unwrap_or_default() {
            let path = format!("{path}/{version}?deleted=true");
            // Deleted for good meanwhile.
            let Some(mut record) = self.get::<VersionRecord>(&path).await? else {
                continue;
            };
            record.deleted = !live.contains(&version);
            record.subject = subject.to_owned();
            records.push(record);
        }
        Ok(records)
    }

    /// The settings and the mode of a subject, a context or everything, where
    /// they were set.
    async fn settings_of(
        &self,
        place: Option<&str>,
    ) -> Result<(Option<Map<String, Value>>, Option<String>), LiveError> {
        let tail = place.map_or_else(String::new, |it| format!("/{}", encoded(it)));
        let config = self.get(&format!("/config{tail}")).await?;
        let mode: Option<Value> = self.get(&format!("/mode{tail}")).await?;
        let mode = mode.as_ref().and_then(|it| it.get("mode")?.as_str());
        Ok((config, mode.map(str::to_owned)))
    }

    /// `None` where there is no such thing, or no such path in this make.
    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, LiveError> {
        let failed = |message: String| LiveError {
            path: path.to_owned(),
            message,
        };
        let request = self.http.get(format!("{}{path}", self.base));
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        // The URL may hold a password: it is taken out of the message.
        let sent = request
            .send()
            .await
            .map_err(|error| failed(error.without_url().to_string()))?;
        let status = sent.status();
        if matches!(status.as_u16(), 404 | 405) {
            return Ok(None);
        }
        let mut body = Vec::new();
        let mut chunks = sent.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| failed(error.without_url().to_string()))?;
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(failed(format!("more than {ANSWER_BYTES_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        if !status.is_success() {
            let text = String::from_utf8_lossy(&body);
            let text: String = text.chars().take(300).collect();
            return Err(failed(format!("{status}: {text}")));
        }
        serde_json::from_slice(&body)
            .map(Some)
            .map_err(|error| failed(error.to_string()))
    }
}

fn encoded(subject: &str) -> String {
    utf8_percent_encode(subject, NON_ALPHANUMERIC).to_string()
}
