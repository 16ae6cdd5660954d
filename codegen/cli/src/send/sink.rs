//! Files for what was rejected and what was accepted, made when first needed.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde_json::{Value, json};

use super::{chunk::Chunk, client::Item};

/// Both files.
#[derive(Debug)]
pub(crate) struct Sinks {
    rejected: Sink,
    accepted: Option<Sink>,
}

impl Sinks {
    pub(crate) fn new(rejected: PathBuf, accepted: Option<PathBuf>) -> Sinks {
        Sinks {
            rejected: Sink::new(rejected),
            accepted: accepted.map(Sink::new),
        }
    }

    /// Puts an item where it belongs.
    pub(crate) fn put(&mut self, chunk: &Chunk, item: &Item) -> anyhow::Result<()> {
        let (number, text) = chunk
            .line(item.index)
            .context("ingest answered an unsent item")?;
        if item.status == "accepted" {
            let Some(sink) = &mut self.accepted else {
                return Ok(());
            };
            let line = json!({
                "line": number, "event_id": item.event_id, "topic": item.topic,
                "partition": item.partition, "offset": item.offset,
            });
            return sink.write(&line.to_string());
        }
        let about = json!({
            "line": number, "event_id": item.event_id, "status": item.status,
            "errors": item.errors,
        });
        let about = about.to_string();
        let about = about.trim_end_matches('}');
        self.rejected
            .write(&format!("{about},\"event\":{}}}", event_text(text)))
    }

    /// The file of rejected lines, if there is one.
    pub(crate) fn rejected_file(&self) -> Option<&Path> {
        self.rejected
            .out
            .is_some()
            .then_some(self.rejected.path.as_path())
    }

    /// Writes what is buffered.
    pub(crate) fn finish(&mut self) -> anyhow::Result<()> {
        self.rejected.flush()?;
        self.accepted.as_mut().map_or(Ok(()), Sink::flush)
    }
}

/// The line as it was sent, digit by digit, if it is JSON; else as a string.
fn event_text(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => text.into_owned(),
        Err(_) => Value::from(text).to_string(),
    }
}

#[derive(Debug)]
struct Sink {
    path: PathBuf,
    out: Option<BufWriter<File>>,
}

impl Sink {
    fn new(path: PathBuf) -> Sink {
        Sink { path, out: None }
    }

    fn write(&mut self, line: &str) -> anyhow::Result<()> {
        let path = &self.path;
        let out = match &mut self.out {
            Some(out) => out,
            None => {
                let file = File::create(path)
                    .with_context(|| format!("{} cannot be written", path.display()))?;
                self.out.insert(BufWriter::new(file))
            }
        };
        out.write_all(line.as_bytes())
            .and_then(|()| out.write_all(b"\n"))
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let path = &self.path;
        self.out.as_mut().map_or(Ok(()), |out| {
            out.flush()
                .with_context(|| format!("{} cannot be written", path.display()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::event_text;

    #[track_caller]
    fn check(line: &[u8], expected: &str) {
        assert_eq!(event_text(line), expected);
    }

    #[test]
    fn a_rejected_line_keeps_every_digit() {
        check(
            b"{\"n\":12345678901234567890123}",
            "{\"n\":12345678901234567890123}",
        );
        check(b"{\"n\":1.50}", "{\"n\":1.50}");
    }

    #[test]
    fn a_line_that_is_no_json_is_a_string() {
        check(b"{\"n\":", "\"{\\\"n\\\":\"");
        check(b"\xff", "\"\u{fffd}\"");
    }
}
