//! A record as it came from Kafka, and where it stands.

use std::{fmt, str::FromStr, sync::Arc};

use rdkafka::{
    Message,
    message::{BorrowedMessage, Headers},
};

/// A place in a log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Topic.
    pub topic: Arc<str>,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.topic, self.partition, self.offset)
    }
}

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Position, PositionError> {
        let malformed = || PositionError {
            text: text.to_owned(),
        };
        // A topic's name has no slash.
        let mut parts = text.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(topic), Some(partition), Some(offset), None) => Ok(Position {
                topic: topic.into(),
                partition: partition.parse().map_err(|_| malformed())?,
                offset: offset.parse().map_err(|_| malformed())?,
            }),
            _ => Err(malformed()),
        }
    }
}

/// A text that is no position.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not topic/partition/offset")]
pub struct PositionError {
    text: String,
}

/// A record, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) position: Position,
    pub(crate) timestamp_ms: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
}

impl Record {
    /// Copies a record out of the client's buffer. The topic's name is shared.
    pub(crate) fn of(message: &BorrowedMessage<'_>, topic: &Arc<str>) -> Record {
        let mut headers = Vec::new();
        if let Some(all) = message.headers() {
            for header in all.iter() {
                headers.push((
                    header.key.to_owned(),
                    header.value.unwrap_or_default().to_vec(),
                ));
            }
        }
        Record {
            position: Position {
                topic: Arc::clone(topic),
                partition: message.partition(),
                offset: message.offset(),
            },
            timestamp_ms: message.timestamp().to_millis().unwrap_or_default(),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers,
        }
    }

    /// The first header of that name that is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        std::str::from_utf8(value).ok()
    }

    /// Bytes that it holds in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        let headers: usize = self
            .headers
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum();
        let key = self.key.as_ref().map_or(0, Vec::len);
        let value = self.value.as_ref().map_or(0, Vec::len);
        headers + key + value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back() {
        let position = Position {
            topic: "a.b-c".into(),
            partition: 3,
            offset: 17,
        };
        assert_eq!(position.to_string(), "a.b-c/3/17");
        assert_eq!("a.b-c/3/17".parse::<Position>().unwrap(), position);
        for wrong in ["", "a/b/c", "a/1", "a/1/2/3"] {
            assert!(wrong.parse::<Position>().is_err(), "{wrong}");
        }
    }
}
