//! From one event's text to its item: prepared, handed to the producer, settled.

use accordant_kit::kafka::{DeliveryFuture, Record, Slot};
use axum::http::HeaderMap;

use crate::{
    Intake,
    answer::{Fate, Item},
    intake::Envelope,
};

/// Bytes of a header that is passed on; a longer one is left out.
const PASSED_ON_BYTES_MAX: usize = 1_024;

/// What a request says about all its events.
pub(crate) struct Metadata {
    pub(crate) headers: HeaderMap,
}

/// An event after validation.
pub(crate) enum Prepared {
    Valid {
        index: usize,
        event_id: String,
        record: Record,
    },
    Rejected(Item),
}

/// An event whose fate is known, or on its way.
pub(crate) enum Pending {
    Settled(Item),
    Written {
        index: usize,
        event_id: String,
        topic: String,
        partition: i32,
        delivery: DeliveryFuture,
    },
}

impl Metadata {
    pub(crate) fn envelope(&self, event_id: String) -> Envelope {
        let text = |name: &str| {
            let text = self.headers.get(name)?.to_str().ok()?;
            (!text.is_empty() && text.len() <= PASSED_ON_BYTES_MAX).then(|| text.to_owned())
        };
        Envelope {
            event_id,
            source: text("ce-source"),
            traceparent: text("traceparent"),
        }
    }
}

/// Validates and encodes one event.
pub(crate) fn prepare(
    intake: &Intake,
    index: usize,
    json: &[u8],
    envelope: Envelope,
    event_bytes_max: usize,
) -> Prepared {
    let event_id = envelope.event_id.clone();
    match intake.record(json, envelope, event_bytes_max) {
        Ok(record) => Prepared::Valid {
            index,
            event_id,
            record,
        },
        Err(errors) => Prepared::Rejected(Item {
            index,
            event_id,
            topic: intake.topic().to_owned(),
            fate: Fate::Rejected(errors),
        }),
    }
}

impl Prepared {
    /// Bytes that it holds until it is settled, about.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Prepared::Rejected(_) => 0,
            Prepared::Valid { record, .. } => record.value.len() + record.key.len(),
        }
    }

    /// Hands a valid event over. Calls one after another keep their order.
    pub(crate) fn send(self, slot: Slot<'_>) -> Pending {
        match self {
            Prepared::Rejected(item) => Pending::Settled(item),
            Prepared::Valid {
                index,
                event_id,
                record,
            } => {
                let (topic, partition) = (record.topic.clone(), record.partition);
                let delivery = slot.send(record);
                Pending::Written {
                    index,
                    event_id,
                    topic,
                    partition,
                    delivery,
                }
            }
        }
    }
}

impl Pending {
    /// Waits until the broker has said what became of the event, or has had
    /// its time.
    pub(crate) async fn settle(self) -> Item {
        match self {
            Pending::Settled(item) => item,
            Pending::Written {
                index,
                event_id,
                topic,
                partition,
                delivery,
            } => {
                let fate = Fate::of(delivery.await, partition);
                Item {
                    index,
                    event_id,
                    topic,
                    fate,
                }
            }
        }
    }
}
