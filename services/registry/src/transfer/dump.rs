//! A dump of a `_schemas` topic: a record a line, the key before the value, as
//! console consumers write it. The log is replayed: a later record wins, an
//! empty one takes away.

use std::io::BufRead;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::snapshot::{DumpError, Snapshot, VersionRecord};
use crate::subject::SubjectName;

/// Bytes of one line.
const LINE_BYTES_MAX: u64 = 16 << 20;

/// The key of a record.
#[derive(Debug, Deserialize)]
struct Key {
    keytype: String,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    version: Option<i32>,
}

/// A line of `kcat -J`.
#[derive(Debug, Deserialize)]
struct Envelope {
    key: Option<String>,
    payload: Option<String>,
}

impl Snapshot {
    /// Reads a dump: lines of `KEY<tab>VALUE` (any separator will do, and text
    /// before the key), or of `kcat -J`. Empty lines are passed over.
    ///
    /// ```
    /// use accordant_registry::Snapshot;
    ///
    /// let dump = r#"{"keytype":"SCHEMA","subject":"s","version":1,"magic":1} {"subject":"s","version":1,"id":7,"schema":"\"int\"","deleted":false}"#;
    /// assert_eq!(Snapshot::of_dump(dump.as_bytes()).unwrap().versions(), 1);
    /// ```
    ///
    /// # Errors
    /// A line cannot be read, or is no record.
    pub fn of_dump(mut dump: impl BufRead) -> Result<Snapshot, DumpError> {
        let mut snapshot = Snapshot::default();
        let mut bytes = Vec::new();
        for line in 1.. {
            bytes.clear();
            let read = std::io::Read::take(&mut dump, LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
            match read {
                Ok(0) => break,
                Ok(read) if read as u64 == LINE_BYTES_MAX => {
                    let message = format!("it is longer than {LINE_BYTES_MAX} bytes");
                    return Err(DumpError::Record { line, message });
                }
                Ok(_) => {}
                Err(source) => return Err(DumpError::Read { line, source }),
            }
            let record = |message: String| DumpError::Record { line, message };
            let text = std::str::from_utf8(&bytes).map_err(|error| record(error.to_string()))?;
            if !text.trim().is_empty() {
                snapshot.replay_line(text.trim()).map_err(record)?;
            }
        }
        Ok(snapshot)
    }

    fn replay_line(&mut self, line: &str) -> Result<(), String> {
        let start = line.find('{').ok_or("there is no key")?;
        let line = &line[start..];
        let (first, rest) = first_value(line)?;
        if first.get("keytype").is_some() {
            let key = serde_json::from_value(first).map_err(|error| error.to_string())?;
            return self.replay(&key, value_of(rest)?);
        }
        let envelope: Envelope =
            serde_json::from_value(first).map_err(|error| error.to_string())?;
        let key = envelope.key.ok_or("it has no key")?;
        let key: Key = serde_json::from_str(&key).map_err(|error| format!("its key: {error}"))?;
        self.replay(
            &key,
            value_of(envelope.payload.as_deref().unwrap_or_default())?,
        )
    }

    fn replay(&mut self, key: &Key, value: Option<Value>) -> Result<(), String> {
        match (key.keytype.as_str(), value) {
            ("SCHEMA", value) => self.replay_version(key, value),
            ("CONFIG", Some(Value::Object(config))) => {
                self.configs.insert(key.subject.clone(), config_of(config));
                Ok(())
            }
            ("CONFIG", _) => {
                self.configs.remove(&key.subject);
                Ok(())
            }
            ("MODE", Some(value)) => {
                let mode = value.get("mode").and_then(Value::as_str).ok_or("no mode")?;
                self.modes.insert(key.subject.clone(), mode.to_owned());
                Ok(())
            }
            ("MODE", None) => {
                self.modes.remove(&key.subject);
                Ok(())
            }
            ("DELETE_SUBJECT", Some(value)) => {
                let subject = key.subject.as_deref().ok_or("no subject")?;
                let last = value
                    .get("version")
                    .and_then(Value::as_i64)
                    .ok_or("no version")?;
                for ((it, version), record) in &mut self.versions {
                    record.deleted |= it == subject && i64::from(*version) <= last;
                }
                Ok(())
            }
            ("CLEAR_SUBJECT", Some(_)) => {
                let subject = key.subject.as_deref().ok_or("no subject")?;
                self.versions
                    .retain(|(it, _), record| it != subject || !record.deleted);
                Ok(())
            }
            // What else stands in the topic (no operation, contexts) is told
            // by the versions, or is somebody else's.
            _ => Ok(()),
        }
    }

    fn replay_version(&mut self, key: &Key, value: Option<Value>) -> Result<(), String> {
        let subject = key.subject.clone().ok_or("no subject")?;
        let version = key.version.ok_or("no version")?;
        match value {
            None => {
                self.versions.remove(&(subject, version));
            }
            Some(value) => {
                let record: VersionRecord =
                    serde_json::from_value(value).map_err(|error| error.to_string())?;
                if (&record.subject, record.version) != (&subject, version) {
                    return Err("its key names another version than its value".to_owned());
                }
                let context = SubjectName::parse(&subject).context().to_owned();
                self.saw_id(&context, record.id);
                self.versions.insert((subject, version), record);
            }
        }
        Ok(())
    }
}

/// A setting as `PUT /config` takes it.
pub(super) fn config_of(mut config: Map<String, Value>) -> Map<String, Value> {
    config.shift_remove("subject");
    if let Some(level) = config.shift_remove("compatibilityLevel") {
        config.insert("compatibility".to_owned(), level);
    }
    config.retain(|_, value| !value.is_null());
    config
}

/// The JSON value that a text begins with, and the rest.
fn first_value(text: &str) -> Result<(Value, &str), String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => {
            let end = values.byte_offset();
            Ok((value, &text[end..]))
        }
        Some(Err(error)) => Err(format!("its key: {error}")),
        None => Err("there is no key".to_owned()),
    }
}

/// The value behind a separator; `null` and nothing are a tombstone.
fn value_of(rest: &str) -> Result<Option<Value>, String> {
    let Some(start) = rest.find('{') else {
        return Ok(None);
    };
    serde_json::from_str(&rest[start..])
        .map(Some)
        .map_err(|error| format!("its value: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(id: i32, deleted: bool) -> String {
        format!(r#"{{"subject":"s","version":1,"id":{id},"schema":"\"int\"","deleted":{deleted}}}"#)
    }

    const KEY: &str = r#"{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}"#;

    /// The id and the deletion of version 1 of `s`, if it is there.
    #[track_caller]
    fn check(dump: &str, expected: Option<(i32, bool)>) {
        let snapshot = Snapshot::of_dump(dump.as_bytes()).unwrap();
        let found = snapshot.versions.get(&("s".to_owned(), 1));
        assert_eq!(found.map(|it| (it.id, it.deleted)), expected, "{dump}");
    }

    #[test]
    fn lines_come_as_each_tool_writes_them() {
        let (value, expected) = (version(7, false), Some((7, false)));
        for separator in ["\t", "|", " ", ": ", ""] {
            check(&format!("{KEY}{separator}{value}"), expected);
        }
        check(&format!("CreateTime:12\t{KEY}\t{value}\r\n\n"), expected);
        let envelope =
            serde_json::json!({"topic": "_schemas", "offset": 1, "key": KEY, "payload": value});
        check(&envelope.to_string(), expected);
    }

    #[test]
    fn a_later_record_wins_and_an_empty_one_takes_away() {
        let (live, deleted) = (version(7, false), version(7, true));
        check(&format!("{KEY}\t{live}\n{KEY}\t{deleted}"), Some((7, true)));
        for tombstone in ["null", "NULL", ""] {
            check(&format!("{KEY}\t{live}\n{KEY}\t{tombstone}"), None);
        }
        let envelope = serde_json::json!({"key": KEY, "payload": null});
        check(&format!("{KEY}\t{live}\n{envelope}"), None);
        let whole =
            r#"{"keytype":"DELETE_SUBJECT","subject":"s","magic":0}	{"subject":"s","version":2}"#;
        check(&format!("{KEY}\t{live}\n{whole}"), Some((7, true)));
        let clear = r#"{"keytype":"CLEAR_SUBJECT","subject":"s","magic":0}	{"subject":"s"}"#;
        check(&format!("{KEY}\t{live}\n{whole}\n{clear}"), None);
        check(r#"{"keytype":"NOOP","magic":0}	null"#, None);
    }

    #[test]
    fn ids_stay_given_when_their_schema_is_gone() {
        let dump = format!("{KEY}\t{}\n{KEY}\tnull", version(9, false));
        let snapshot = Snapshot::of_dump(dump.as_bytes()).unwrap();
        assert_eq!(snapshot.ids.get("."), Some(&9));
    }

    #[test]
    fn a_line_that_is_no_record_is_named() {
        for bad in [
            "x",
            "{",
            r#"{"a":1}"#,
            &format!("{KEY}\t{{"),
            &format!("{KEY}\t{{}}"),
            &format!("{}\t{}", KEY.replace(":1,", ":2,"), version(1, false)),
            r#"{"keytype":"MODE","subject":null}	{"mode":1}"#,
        ] {
            let dump = format!("\n{bad}\n");
            let error = Snapshot::of_dump(dump.as_bytes()).unwrap_err();
            assert!(
                error.to_string().starts_with("line 2 is no record"),
                "{bad}: {error}"
            );
        }
    }
}
