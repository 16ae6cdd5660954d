//! Whether the broker has transactions: a broker without them is refused at
//! start, never met with a silent downgrade.

use std::time::Duration;

use rdkafka::{
    error::{KafkaError, RDKafkaErrorCode},
    producer::{FutureProducer, FutureRecord, Producer},
};

use super::{
    Names, ProcessorError,
    append::{drop_elsewhere, transactional},
    error::kafka,
    reader::blocking,
};

/// The topic that takes the aborted record; no reader of committed records
/// sees it.
const CONTROL_TOPIC: &str = "accordant.control";
/// How long one step may take.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);

/// Aborts a transaction with one record in it.
pub(crate) async fn transactions(bootstrap: &str, names: &Names) -> Result<(), ProcessorError> {
    let producer = transactional(bootstrap, &format!("{}-probe", names.application))?;
    let probed = probe(&producer).await;
    drop_elsewhere(producer);
    let Err(error) = probed else { return Ok(()) };
    let ProcessorError::Kafka { source, .. } = &error else {
        return Err(error);
    };
    match source.rdkafka_error_code() {
        Some(
            RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownPartition,
        ) => Err(ProcessorError::TopicMissing {
            application: names.application.clone(),
            topic: CONTROL_TOPIC.to_owned(),
        }),
        // Another instance of ours starts at the same moment: it has them.
        Some(RDKafkaErrorCode::Fenced | RDKafkaErrorCode::ProducerFenced) => Ok(()),
        _ => Err(ProcessorError::TransactionsUnsupported {
            application: names.application.clone(),
            message: error.to_string(),
        }),
    }
}

async fn probe(producer: &FutureProducer) -> Result<(), ProcessorError> {
    let beginning = producer.clone();
    blocking(move || {
        beginning
            .init_transactions(STEP_TIMEOUT)
            .map_err(kafka("initialising transactions"))?;
        beginning
            .begin_transaction()
            .map_err(kafka("beginning a transaction"))
    })
    .await?;
    let record = FutureRecord::to(CONTROL_TOPIC)
        .key("probe")
        .payload("aborted");
    let delivery = producer
        .send_result(record)
        .map_err(|(error, _)| kafka("a probe")(error))?;
    match delivery.await {
        Ok(Ok(_)) => {}
        Ok(Err((error, _))) => return Err(kafka("a probe")(error)),
        Err(_) => return Err(kafka("a probe")(KafkaError::Canceled)),
    }
    let aborting = producer.clone();
    blocking(move || {
        aborting
            .abort_transaction(STEP_TIMEOUT)
            .map_err(kafka("aborting a transaction"))
    })
    .await
}
