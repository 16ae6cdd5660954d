//! A file cut into requests: whole lines, bounded in number and bytes.

use anyhow::Context;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// Lines a request; ingest answers up to 1,000 of them whole.
const LINES_MAX: usize = 500;
/// Bytes a request.
const CHUNK_BYTES_MAX: usize = 4_000_000;
/// Bytes a line; an event has at most 1,000,000 and JSON may be longer.
const LINE_BYTES_MAX: u64 = 8_000_000;

/// Consecutive lines; blank ones are left out.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// The number of the first line in the file, from 1.
    pub(crate) first_line: u64,
    /// The request's body: every line ends with a line feed.
    pub(crate) body: Vec<u8>,
    /// Line number and place in the body, an item at a time.
    places: Vec<(u64, std::ops::Range<usize>)>,
}

impl Chunk {
    pub(crate) fn len(&self) -> u64 {
        self.places.len() as u64
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.body.len() as u64
    }

    pub(crate) fn last_line(&self) -> u64 {
        self.places
            .last()
            .map_or(self.first_line, |(line, _)| *line)
    }

    /// Line number and text of an item.
    pub(crate) fn line(&self, index: usize) -> Option<(u64, &[u8])> {
        let (line, place) = self.places.get(index)?;
        Some((*line, &self.body[place.clone()]))
    }
}

/// Cuts an input.
#[derive(Debug)]
pub(crate) struct Chunks<R> {
    input: R,
    line: u64,
}

impl<R: AsyncBufRead + Unpin> Chunks<R> {
    pub(crate) fn new(input: R) -> Chunks<R> {
        Chunks { input, line: 0 }
    }

    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read, or a line is longer than the limit.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Option<Chunk>> {
        let mut chunk = Chunk::default();
        while chunk.places.len() < LINES_MAX && chunk.body.len() < CHUNK_BYTES_MAX {
            let start = chunk.body.len();
            let mut line = (&mut self.input).take(LINE_BYTES_MAX);
            let read = line
                .read_until(b'\n', &mut chunk.body)
                .await
                .with_context(|| format!("line {} cannot be read", self.line + 1))?;
            if read == 0 {
                break;
            }
            self.line += 1;
            if read as u64 == LINE_BYTES_MAX && chunk.body.last() != Some(&b'\n') {
                anyhow::bail!("line {} is longer than {LINE_BYTES_MAX} bytes", self.line);
            }
            let end = start + chunk.body[start..].trim_ascii_end().len();
            chunk.body.truncate(end);
            if chunk.body[start..].trim_ascii().is_empty() {
                chunk.body.truncate(start);
                continue;
            }
            if chunk.places.is_empty() {
                chunk.first_line = self.line;
            }
            chunk.places.push((self.line, start..end));
            chunk.body.push(b'\n');
        }
        Ok((!chunk.places.is_empty()).then_some(chunk))
    }
}

#[cfg(test)]
mod tests {
    use super::Chunks;

    async fn lines(input: &str) -> Vec<Vec<(u64, String)>> {
        let mut chunks = Chunks::new(input.as_bytes());
        let mut all = Vec::new();
        while let Some(chunk) = chunks.next().await.expect("memory can be read") {
            let text = |index| {
                let (line, bytes) = chunk.line(index).expect("it is there");
                (line, String::from_utf8_lossy(bytes).into_owned())
            };
            all.push((0..chunk.len() as usize).map(text).collect());
        }
        all
    }

    #[tokio::test]
    async fn blank_lines_are_left_out_and_numbers_are_the_files() {
        let all = lines("{}\n\n  \n[1]\r\n{\"last\":1}").await;
        let expected = [(1, "{}"), (4, "[1]"), (5, "{\"last\":1}")]
            .map(|(line, text)| (line, text.to_owned()));
        assert_eq!(all, [expected]);
    }

    #[tokio::test]
    async fn nothing_is_no_chunk() {
        assert!(lines("").await.is_empty());
        assert!(lines("\n\n").await.is_empty());
    }

    #[tokio::test]
    async fn many_lines_are_several_chunks() {
        let all = lines(&"{}\n".repeat(1_001)).await;
        assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [500, 500, 1]);
        assert_eq!(all[2][0].0, 1_001);
    }
}
