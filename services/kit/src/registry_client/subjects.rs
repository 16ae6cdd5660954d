//! What a registry has: its subjects and their versions. These lists are asked
//! for here, over HTTP, because `schema_registry_converter` knows single schemas.

use std::time::Duration;

use accordant_schema::{Limits, Schema};
use schema_registry_converter::schema_registry_common::SrCall;
use serde::de::DeserializeOwned;

use super::{
    Reference, RegistryClient, RegistryError,
    client::{CALL_TIMEOUT_MS, is_local, subject_segment},
};

/// Bytes of a list.
const LIST_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A version of a subject, as a registry has it.
#[derive(Debug, Clone)]
pub struct SubjectVersion {
    /// The registry's number.
    pub version: u32,
    /// Its text.
    pub text: String,
    /// The references that the text uses directly.
    pub references: Vec<Reference>,
    /// Resolved, its references included.
    pub schema: Schema,
}

impl RegistryClient {
    /// Every subject, sorted.
    ///
    /// # Errors
    /// The registry does not answer, or refuses the question.
    pub async fn subjects(&self) -> Result<Vec<String>, RegistryError> {
        let mut subjects: Vec<String> = self.list("/subjects", "its subjects").await?;
        subjects.sort();
        Ok(subjects)
    }

    /// The numbers of a subject's versions, ascending; none when there is no
    /// such subject.
    ///
    /// # Errors
    /// The registry does not answer, or refuses the question.
    pub async fn versions(&self, subject: &str) -> Result<Vec<u32>, RegistryError> {
        let path = format!("/subjects/{}/versions", escaped(subject));
        let what = format!("the versions of subject {subject}");
        match self.list(&path, &what).await {
            Ok(mut versions) => {
                versions.sort_unstable();
                Ok(versions)
            }
            Err(RegistryError::NotFound { .. }) => Ok(Vec::new()),
            Err(
                error @ (RegistryError::Unreachable { .. }
                | RegistryError::Refused { .. }
                | RegistryError::Schema { .. }),
            ) => Err(error),
        }
    }

    /// One version of a subject.
    ///
    /// # Errors
    /// The registry does not answer, has no such version, or it is not valid.
    pub async fn version(
        &self,
        subject: &str,
        version: u32,
    ) -> Result<SubjectVersion, RegistryError> {
        let what = format!("{subject} version {version}");
        let segment = subject_segment(subject);
        let raw = self
            .call(SrCall::GetBySubjectAndVersion(&segment, version), &what)
            .await?;
        let (text, references) = self.text_of(raw, &what)?;
        let needed = self.reference_texts(&references, &what).await?;
        let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
        let schema = accordant_schema::parse_with(&text, &needed, &Limits::default());
        let schema = schema.map_err(|problems| {
            let messages: Vec<String> = problems.into_iter().map(|it| it.message).collect();
            self.invalid(&what, messages.join("; "))
        })?;
        Ok(SubjectVersion {
            version,
            text,
            references,
            schema,
        })
    }

    async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        what: &str,
    ) -> Result<Vec<T>, RegistryError> {
        let url = || self.shared.url.clone();
        let unreachable = |error: reqwest::Error| RegistryError::Unreachable {
            url: url(),
            // Its own URL has the password in it.
            message: error.without_url().to_string(),
        };
        let mut builder =
            reqwest::Client::builder().timeout(Duration::from_millis(CALL_TIMEOUT_MS));
        if is_local(&self.shared.base) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(unreachable)?;
        let mut request = client.get(format!("{}{path}", self.shared.base));
        if let Some(token) = &self.shared.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        if status == reqwest::StatusCode::NOT_FOUND {
            let what = what.to_owned();
            return Err(RegistryError::NotFound { url: url(), what });
        }
        let body = answer.bytes().await.map_err(unreachable)?;
        if status.is_server_error() {
            let message = format!("it answered {status}");
            return Err(RegistryError::Unreachable {
                url: url(),
                message,
            });
        }
        if !status.is_success() {
            return Err(RegistryError::Refused {
                url: url(),
                what: what.to_owned(),
                code: u32::from(status.as_u16()),
                message: String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned(),
            });
        }
        if body.len() > LIST_BYTES_MAX {
            return Err(self.invalid(what, format!("more than {LIST_BYTES_MAX} bytes")));
        }
        serde_json::from_slice(&body).map_err(|error| self.invalid(what, error.to_string()))
    }
}

/// A subject as one segment of a path.
fn escaped(subject: &str) -> String {
    subject_segment(subject)
        .replace('/', "%2F")
        .replace(':', "%3A")
}
