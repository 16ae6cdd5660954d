//! One chunk, one request; the same request again while nobody knows what
//! became of it. The event ids are the client's, so that is safe.

use std::time::Duration;

use accordant_kit::tls;
use anyhow::{Context, bail};
use indicatif::ProgressBar;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use super::chunk::Chunk;

const REQUEST_TIMEOUT_S: u64 = 60;
const PAUSE_MS_MIN: u64 = 50;
const PAUSE_MS_MAX: u64 = 1_000;

/// What ingest says of a chunk.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) items: Vec<Item>,
}

/// What ingest says of one event.
#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) index: usize,
    pub(crate) event_id: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) topic: Value,
    #[serde(default)]
    pub(crate) partition: Value,
    #[serde(default)]
    pub(crate) offset: Value,
    #[serde(default)]
    pub(crate) errors: Value,
}

/// Posts chunks, one after the other.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    patience: Duration,
}

enum Attempt {
    Answered(Answer),
    /// Worth another try: ingest or its broker is away, or did not say.
    Unclear(String),
}

impl Client {
    pub(crate) fn new(ingest: &str, contract: &str, patience_s: u64) -> anyhow::Result<Client> {
        tls::install_provider();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(REQUEST_TIMEOUT_S))
            .no_proxy()
            .build()
            .context("no HTTP client can be made")?;
        let url = format!("{ingest}/v1/events/{contract}");
        Ok(Client {
            http,
            url,
            patience: Duration::from_secs(patience_s),
        })
    }

    /// Posts until every item is accepted or rejected, or patience ends; then
    /// items that are still unknown come back as such.
    ///
    /// # Errors
    /// Ingest refuses the request as a whole, or was away all the time.
    pub(crate) async fn post(
        &self,
        chunk: &Chunk,
        id_prefix: &str,
        bar: &ProgressBar,
    ) -> anyhow::Result<Answer> {
        let deadline = Instant::now() + self.patience;
        let mut pause_ms = PAUSE_MS_MIN;
        let mut last: Option<Answer> = None;
        loop {
            let why = match self.attempt(chunk, id_prefix).await? {
                Attempt::Answered(answer) => {
                    let unknown = answer
                        .items
                        .iter()
                        .filter(|it| it.status == "unknown")
                        .count();
                    if unknown == 0 {
                        return Ok(answer);
                    }
                    last = Some(answer);
                    format!("{unknown} events are in doubt")
                }
                Attempt::Unclear(why) => why,
            };
            if Instant::now() > deadline {
                return last.with_context(|| {
                    format!(
                        "ingest at {} stayed away: {why}; is `accordant up` running?",
                        self.url
                    )
                });
            }
            bar.set_message(format!("trying again: {why}"));
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            pause_ms = (pause_ms * 2).min(PAUSE_MS_MAX);
        }
    }

    async fn attempt(&self, chunk: &Chunk, id_prefix: &str) -> anyhow::Result<Attempt> {
        let request = self
            .http
            .post(&self.url)
            .header("content-type", "application/x-ndjson")
            .header("accordant-event-id-prefix", id_prefix)
            .body(chunk.body.clone());
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Ok(Attempt::Unclear(innermost(&error))),
        };
        let status = response.status().as_u16();
        let body = match response.bytes().await {
            Ok(body) => body,
            Err(error) => return Ok(Attempt::Unclear(innermost(&error))),
        };
        if let 200 | 202 | 207 | 422 = status
            && let Ok(answer) = serde_json::from_slice::<Answer>(&body)
        {
            if answer.items.len() as u64 != chunk.len() {
                bail!(
                    "ingest answered {} items for {} lines",
                    answer.items.len(),
                    chunk.len()
                );
            }
            return Ok(Attempt::Answered(answer));
        }
        let problem = describe(&body);
        match status {
            429 | 500.. => Ok(Attempt::Unclear(format!("{status} {problem}"))),
            _ => bail!("ingest refused: {problem} ({status})"),
        }
    }
}

/// The words of a problem document, or the body's first characters.
fn describe(body: &[u8]) -> String {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let words = ["detail", "title", "message"]
        .iter()
        .find_map(|key| problem[key].as_str());
    words.map_or_else(
        || String::from_utf8_lossy(body).chars().take(200).collect(),
        |words| words.to_owned(),
    )
}

fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
