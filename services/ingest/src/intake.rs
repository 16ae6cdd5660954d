//! What it takes to take a contract's events in: how JSON becomes a record.

use std::sync::Arc;

use accordant_kit::kafka::{
    Record,
    headers::{CloudEvent, now_rfc3339},
};
use accordant_schema::{
    Schema,
    contract::{Contract, ContractKind, ContractVersion, Version},
};
use accordant_wire::{
    SchemaId, confluent,
    dynamic::{FieldError, JsonCodec, KeyPlan},
    partition::partition_of,
};

/// Bytes before the datum: magic byte and schema id.
const FRAME_BYTES: usize = 5;

/// The rule that an event breaks when it is too large.
pub(crate) const RULE_EVENT_BYTES: &str = "event_bytes_max";

/// One version of a contract, ready to be written.
pub struct Intake {
    name: String,
    kind: ContractKind,
    topic: String,
    version: Version,
    schema_id: SchemaId,
    partitions: u32,
    schema: Arc<Schema>,
    codec: JsonCodec,
    key: KeyPlan,
    partition_by: KeyPlan,
}

/// Why a contract cannot be taken in: a fault that loading should have found.
#[derive(Debug, thiserror::Error)]
#[error("{contract} {version}: {message}")]
pub struct IntakeError {
    contract: String,
    version: Version,
    message: String,
}

/// What travels with an event besides its value.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) event_id: String,
    pub(crate) source: Option<String>,
    pub(crate) traceparent: Option<String>,
}

impl Intake {
    /// Of a version whose schema has this id, for a topic with this many partitions.
    ///
    /// # Errors
    /// A key or partition path leads nowhere.
    pub fn new(
        contract: &Contract,
        version: &ContractVersion,
        schema_id: SchemaId,
        partitions: u32,
    ) -> Result<Intake, IntakeError> {
        let config = &contract.config;
        let plan = |paths: &[String]| {
            KeyPlan::new(&version.schema, paths).map_err(|error| IntakeError {
                contract: contract.name.as_str().to_owned(),
                version: version.version,
                message: error.to_string(),
            })
        };
        Ok(Intake {
            name: contract.name.as_str().to_owned(),
            kind: config.kind,
            topic: config.topic.clone(),
            version: version.version,
            schema_id,
            partitions,
            codec: JsonCodec::new(Arc::clone(&version.schema), config.unknown_fields),
            key: plan(&config.key)?,
            partition_by: plan(&config.partition_by)?,
            schema: Arc::clone(&version.schema),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn kind(&self) -> ContractKind {
        self.kind
    }

    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    pub(crate) fn schema_id(&self) -> SchemaId {
        self.schema_id
    }

    /// One event's JSON as the record that says it, or every error in it.
    pub(crate) fn record(
        &self,
        json: &[u8],
        envelope: Envelope,
        event_bytes_max: usize,
    ) -> Result<Record, Vec<FieldError>> {
        let mut value = Vec::with_capacity(FRAME_BYTES + json.len());
        confluent::frame(self.schema_id, &mut value);
        self.codec.encode(json, &mut value)?;
        let datum = &value[FRAME_BYTES..];
        if datum.len() > event_bytes_max {
            return Err(vec![FieldError {
                pointer: String::new(),
                rule: RULE_EVENT_BYTES,
                expected: format!("at most {event_bytes_max} encoded bytes"),
                found: format!("{} encoded bytes", datum.len()),
            }]);
        }
        let key = self.text(&self.key, datum)?;
        let partition = partition_of(&self.text(&self.partition_by, datum)?, self.partitions);
        let headers = CloudEvent {
            id: envelope.event_id,
            ty: self.name.clone(),
            source: envelope
                .source
                .unwrap_or_else(|| "urn:accordant:ingest".to_owned()),
            time: now_rfc3339(),
            subject: Some(key.clone()),
            extra: envelope
                .traceparent
                .map(|it| ("traceparent".to_owned(), it))
                .into_iter()
                .collect(),
        };
        Ok(Record {
            topic: self.topic.clone(),
            partition,
            key: key.into_bytes(),
            value,
            headers: headers.to_headers(),
        })
    }

    fn text(&self, plan: &KeyPlan, datum: &[u8]) -> Result<String, Vec<FieldError>> {
        plan.text(&self.schema, datum).map_err(|error| {
            vec![FieldError {
                pointer: String::new(),
                rule: "key",
                expected: "a key that can be read".to_owned(),
                found: error.to_string(),
            }]
        })
    }
}
