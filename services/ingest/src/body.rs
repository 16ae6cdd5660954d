//! Reading a request's body with its limits held before anything is kept:
//! whole, or line by line.

use std::time::Duration;

use axum::body::Body;
use bytes::{Buf, Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::problem::{Code, Problem};

/// Limits of reading a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    pub(crate) bytes_max: usize,
    pub(crate) timeout: Duration,
}

/// Reads a whole body.
pub(crate) async fn whole(body: Body, limits: BodyLimits) -> Result<Bytes, Problem> {
    match timeout(limits.timeout, collect(body, limits.bytes_max)).await {
        Ok(collected) => collected,
        Err(_elapsed) => Err(too_slow(limits.timeout)),
    }
}

async fn collect(mut body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let mut collected = BytesMut::new();
    while let Some(data) = next_data(&mut body).await? {
        if collected.len() + data.len() > bytes_max {
            let detail =
                format!("at most {bytes_max} bytes; send more events as application/x-ndjson");
            return Err(Problem::new(Code::BodyTooLarge, detail));
        }
        collected.extend_from_slice(&data);
    }
    Ok(collected.freeze())
}

async fn next_data(body: &mut Body) -> Result<Option<Bytes>, Problem> {
    while let Some(frame) = body.frame().await {
        let broken = |error: axum::Error| Problem::new(Code::BodyBroken, error.to_string());
        // Trailers say nothing about events.
        if let Ok(data) = frame.map_err(broken)?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

fn too_slow(limit: Duration) -> Problem {
    Problem::new(
        Code::BodyTimeout,
        format!("nothing more came within {} ms", limit.as_millis()),
    )
}

/// A line of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its text, without the line break.
    Text(Bytes),
    /// It is longer than a line may be; the rest of it was passed over.
    TooLong,
}

/// Lines of a body, blank ones left out; holds at most one line and one frame.
pub(crate) struct Lines {
    body: Body,
    buffer: BytesMut,
    /// How much of the buffer has no line break.
    searched: usize,
    is_passing_over: bool,
    is_ended: bool,
    bytes_read: usize,
    limits: BodyLimits,
}

impl Lines {
    pub(crate) fn new(body: Body, limits: BodyLimits) -> Lines {
        Lines {
            body,
            buffer: BytesMut::new(),
            searched: 0,
            is_passing_over: false,
            is_ended: false,
            bytes_read: 0,
            limits,
        }
    }

    /// Bytes of the body that were read so far.
    pub(crate) fn bytes_read(&self) -> usize {
        self.bytes_read
    }

    /// The next line; `None` at the end. Can be dropped and called again
    /// without losing anything.
    pub(crate) async fn next(&mut self) -> Result<Option<Line>, Problem> {
        loop {
            if let Some(line) = self.take_line() {
                return Ok(Some(line));
            }
            if self.is_ended {
                return Ok(None);
            }
            match timeout(self.limits.timeout, next_data(&mut self.body)).await {
                Ok(Ok(Some(data))) => {
                    self.bytes_read += data.len();
                    self.buffer.extend_from_slice(&data);
                }
                Ok(Ok(None)) => self.is_ended = true,
                Ok(Err(problem)) => {
                    self.is_ended = true;
                    self.buffer.clear();
                    return Err(problem);
                }
                Err(_elapsed) => {
                    self.is_ended = true;
                    self.buffer.clear();
                    return Err(too_slow(self.limits.timeout));
                }
            }
        }
    }

    /// A line that the buffer has whole, if there is one.
    fn take_line(&mut self) -> Option<Line> {
        loop {
            let unsearched = &self.buffer[self.searched..];
            let line = match unsearched.iter().position(|byte| *byte == b'\n') {
                Some(at) => {
                    let line = self.buffer.split_to(self.searched + at);
                    self.buffer.advance(1);
                    line
                }
                None if self.is_ended && !self.buffer.is_empty() => self.buffer.split(),
                None => {
                    self.searched = self.buffer.len();
                    if self.searched > self.limits.bytes_max {
                        self.is_passing_over = true;
                        self.buffer.clear();
                        self.searched = 0;
                    }
                    if self.is_ended && self.is_passing_over {
                        self.is_passing_over = false;
                        return Some(Line::TooLong);
                    }
                    return None;
                }
            };
            self.searched = 0;
            if self.is_passing_over || line.len() > self.limits.bytes_max {
                self.is_passing_over = false;
                return Some(Line::TooLong);
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Some(Line::Text(line.freeze()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(frames: &[&'static str], expected: &[&str]) {
        let frames: Vec<Result<Bytes, std::io::Error>> = frames
            .iter()
            .map(|frame| Ok(Bytes::from_static(frame.as_bytes())))
            .collect();
        let body = Body::from_stream(futures::stream::iter(frames));
        let limits = BodyLimits {
            bytes_max: 8,
            timeout: Duration::from_secs(60),
        };
        let mut lines = Lines::new(body, limits);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let found: Vec<String> = runtime.expect("a runtime").block_on(async {
            let mut found = Vec::new();
            while let Some(line) = lines.next().await.expect("the body is whole") {
                found.push(match line {
                    Line::Text(text) => String::from_utf8_lossy(&text).into_owned(),
                    Line::TooLong => "<too long>".to_owned(),
                });
            }
            found
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn lines_come_out_however_the_frames_cut_them() {
        check(&["a\nb\n"], &["a", "b"]);
        check(&["a", "b", "\nc"], &["ab", "c"]);
        check(&["a\r\n", "\n  \n", "b"], &["a\r", "b"]);
        check(&[""], &[]);
        check(&["\n", "\n"], &[]);
    }

    #[test]
    fn a_long_line_is_passed_over_and_those_behind_it_are_not() {
        check(&["12345678\nb\n"], &["12345678", "b"]);
        check(&["123456789\nb\n"], &["<too long>", "b"]);
        check(
            &["12345", "6789012", "3456789", "01\nb"],
            &["<too long>", "b"],
        );
        check(&["a\n1234567890"], &["a", "<too long>"]);
        check(&["a\n", "1234567890", "12345"], &["a", "<too long>"]);
    }
}
