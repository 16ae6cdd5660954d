//! `POST /compatibility/batch`: would they all be taken?

use serde::{Deserialize, Serialize};

use super::{
    app::{Call, Payload},
    body::SchemaRequest,
    reply::Reply,
};
use crate::{
    compatibility::Remark,
    error::Error,
    ops::{BatchItem, Check, Verdict},
    subject::SubjectName,
};

#[derive(Debug, Deserialize)]
struct BatchRequest {
    items: Vec<ItemRequest>,
}

#[derive(Debug, Deserialize)]
struct ItemRequest {
    subject: String,
    #[serde(flatten)]
    schema: SchemaRequest,
}

#[derive(Debug, Serialize)]
struct BatchBody {
    is_compatible: bool,
    items: Vec<ItemBody>,
}

/// A verdict, or why there is none.
#[derive(Debug, Serialize)]
struct ItemBody {
    subject: String,
    is_compatible: bool,
    messages: Vec<String>,
    findings: Vec<Remark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<i32>,
}

pub(crate) async fn check(call: &Call, payload: Payload) -> Result<Reply, Error> {
    let request: BatchRequest = payload.json(call)?;
    let items_max = call.registry.settings().batch_max;
    if request.items.len() > items_max {
        return Err(Error::BodyInvalid(format!(
            "{} items are more than {items_max}",
            request.items.len()
        )));
    }
    let mut items = Vec::with_capacity(request.items.len());
    let mut refused = Vec::new();
    for (at, item) in request.items.into_iter().enumerate() {
        let subject = SubjectName::in_context(&call.context, &item.subject);
        match item.schema.candidate(call.query.form(), Check::Compared) {
            Ok(candidate) => items.push(BatchItem { subject, candidate }),
            // Its own mistake; the others are looked at all the same.
            Err(error) => refused.push((at, subject, error)),
        }
    }
    let verdicts = call.registry.check_many(&items).await?;
    let checked = items.into_iter().map(|item| item.subject).zip(verdicts);
    let mut bodies: Vec<ItemBody> = checked
        .map(|(subject, it)| item_body(&subject, it))
        .collect();
    for (at, subject, error) in refused {
        bodies.insert(at, item_body(&subject, Err(error)));
    }
    Reply::json(&BatchBody {
        is_compatible: bodies.iter().all(|it| it.is_compatible),
        items: bodies,
    })
}

fn item_body(subject: &SubjectName, verdict: Result<Verdict, Error>) -> ItemBody {
    let subject = subject.to_string();
    match verdict {
        Ok(verdict) => ItemBody {
            subject,
            is_compatible: verdict.messages.is_empty(),
            messages: verdict.messages,
            findings: verdict.remarks,
            error_code: None,
        },
        Err(error) => ItemBody {
            subject,
            is_compatible: false,
            messages: vec![error.to_string()],
            findings: vec![],
            error_code: Some(error.row().1),
        },
    }
}
