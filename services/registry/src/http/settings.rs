//! `/config`, `/mode`, and what the server says of itself.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    app::{Call, Payload},
    reply::Reply,
};
use crate::{
    error::Error,
    ops::{Below, Fallback, Force, Mode},
    subject::SubjectName,
};

#[derive(Debug, Deserialize)]
struct ModeRequest {
    #[serde(default, deserialize_with = "said")]
    mode: Option<Option<String>>,
}

/// Tells a null from what is not there.
fn said<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

pub(crate) async fn config(call: &Call, subject: Option<&SubjectName>) -> Result<Reply, Error> {
    let config = match subject {
        Some(subject) => call.registry.config(subject, fallback(call)).await?,
        None => call.registry.global_config().await?,
    };
    Reply::json(&config.body())
}

pub(crate) async fn put_config(
    call: &Call,
    payload: Payload,
    subject: Option<&SubjectName>,
) -> Result<Reply, Error> {
    let sent: Map<String, Value> = payload.json(call)?;
    let config = call
        .registry
        .put_config(subject, &sent, &call.action())
        .await?;
    Reply::json(&config.put_body())
}

pub(crate) async fn delete_config(
    call: &Call,
    subject: Option<&SubjectName>,
) -> Result<Reply, Error> {
    let config = call.registry.delete_config(subject, &call.action()).await?;
    Reply::json(&config.body())
}

pub(crate) async fn mode(call: &Call, subject: Option<&SubjectName>) -> Result<Reply, Error> {
    let mode = match subject {
        Some(subject) => call.registry.mode(subject, fallback(call)).await?,
        None => call.registry.global_mode().await?,
    };
    mode_reply(mode)
}

pub(crate) async fn put_mode(
    call: &Call,
    payload: Payload,
    subject: Option<&SubjectName>,
) -> Result<Reply, Error> {
    let force = if call.query.flag("force") {
        Force::Yes
    } else {
        Force::No
    };
    let sent: ModeRequest = payload.json(call)?;
    let mode = match sent.mode {
        // Said to be none: as a deletion.
        Some(None) => None,
        Some(Some(name)) => Some(Mode::parse(&name)?),
        None => return Err(Error::ModeInvalid),
    };
    call.registry
        .put_mode(subject, mode, force, &call.action())
        .await?;
    match mode {
        Some(mode) => mode_reply(mode),
        None => Reply::json(&json!({"mode": null})),
    }
}

pub(crate) async fn delete_mode(
    call: &Call,
    subject: Option<&SubjectName>,
) -> Result<Reply, Error> {
    let below = match call.query.flag("recursive") {
        true => Below::Too,
        false => Below::Kept,
    };
    let mode = call
        .registry
        .delete_mode(subject, below, &call.action())
        .await?;
    mode_reply(mode)
}

/// There is no Kafka cluster behind this registry; clients want the keys.
pub(crate) fn cluster_id() -> Result<Reply, Error> {
    let clusters = json!({"kafka-cluster": "", "schema-registry-cluster": "accordant-registry"});
    Reply::json(&json!({"scope": {"path": [], "clusters": clusters}}))
}

pub(crate) fn version() -> Result<Reply, Error> {
    Reply::json(&json!({"version": env!("CARGO_PKG_VERSION"), "commitId": ""}))
}

pub(crate) fn deployment() -> Result<Reply, Error> {
    Reply::json(&json!({"attributes": []}))
}

fn mode_reply(mode: Mode) -> Result<Reply, Error> {
    Reply::json(&json!({"mode": mode.name()}))
}

fn fallback(call: &Call) -> Fallback {
    if call.query.flag("defaultToGlobal") {
        Fallback::ToGlobal
    } else {
        Fallback::No
    }
}
