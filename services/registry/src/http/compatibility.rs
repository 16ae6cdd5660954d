//! `/compatibility`: would it be taken?

use super::{
    app::{Call, Payload},
    body::{CheckBody, SchemaRequest},
    reply::Reply,
};
use crate::{
    error::Error,
    ops::{Check, Verdict},
    subject::{SubjectName, VersionSelector},
};

/// Against what registering would compare.
pub(crate) async fn check_all(
    call: &Call,
    payload: Payload,
    subject: &SubjectName,
) -> Result<Reply, Error> {
    check(call, payload, subject, None).await
}

/// Against one version.
pub(crate) async fn check_version(
    call: &Call,
    payload: Payload,
    subject: &SubjectName,
    version: &str,
) -> Result<Reply, Error> {
    let selector = VersionSelector::parse(version)?;
    check(call, payload, subject, Some(selector)).await
}

async fn check(
    call: &Call,
    payload: Payload,
    subject: &SubjectName,
    selector: Option<VersionSelector>,
) -> Result<Reply, Error> {
    let verbose = call.query.flag("verbose");
    let candidate = payload
        .json::<SchemaRequest>(call)?
        .candidate(call.query.form(), Check::Compared)?;
    let verdict = match call.registry.check(subject, selector, &candidate).await {
        // Who wants messages gets this one as such.
        Err(Error::SchemaInvalid(message)) if verbose => Verdict {
            messages: vec![message],
            remarks: vec![],
        },
        result => result?,
    };
    Reply::json(&CheckBody {
        is_compatible: verdict.messages.is_empty(),
        messages: verbose.then_some(verdict.messages),
        // Only for who asks: clients may refuse what they do not know.
        findings: call.query.flag("findings").then_some(verdict.remarks),
    })
}
