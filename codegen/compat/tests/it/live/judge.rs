//! The judge: a Java process that answers a JSON line with a JSON line.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

/// A running judge; it ends when its input does.
pub(super) struct Judge {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Judge {
    /// The judge of `ACCORDANT_TEST_JAVA`; without it, says so.
    pub(super) fn start() -> Option<Judge> {
        let command = std::env::var("ACCORDANT_TEST_JAVA")
            .ok()
            .filter(|it| !it.is_empty());
        let Some(command) = command else {
            println!("skipped: ACCORDANT_TEST_JAVA is not set");
            return None;
        };
        let mut process = Command::new(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("ACCORDANT_TEST_JAVA names a program");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("it was asked for"));
        Some(Judge {
            process,
            input,
            output,
        })
    }

    /// Java's canonical form, fingerprints and text of a schema.
    pub(super) fn canonical(&mut self, schema: &str) -> Value {
        self.ask(&json!({"op": "canonical", "schema": schema}))
    }

    /// Java's verdict.
    pub(super) fn compat(&mut self, reader: &str, writer: &str) -> Value {
        self.ask(&json!({"op": "compat", "reader": reader, "writer": writer}))
    }

    /// Why Java's parser does not take a schema, if it does not.
    pub(super) fn refusal(&mut self, schema: &str) -> Option<String> {
        let answer = self.ask(&json!({"op": "parse", "schema": schema}));
        answer.get("exception")?;
        Some(answer["message"].as_str().unwrap_or_default().to_owned())
    }

    /// Java's bytes of a datum in JSON.
    pub(super) fn encode(&mut self, writer: &str, datum: &str) -> Value {
        self.ask(&json!({"op": "encode", "writer": writer, "datum": datum}))
    }

    /// What Java reads from bytes.
    pub(super) fn decode(&mut self, reader: &str, writer: &str, hex: &str) -> Value {
        self.ask(&json!({"op": "decode", "reader": reader, "writer": writer, "hex": hex}))
    }

    fn ask(&mut self, request: &Value) -> Value {
        let input = self.input.as_mut().expect("it is open until the end");
        writeln!(input, "{request}").expect("the judge reads");
        input.flush().expect("the judge reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the judge answers");
        serde_json::from_str(&line).expect("the judge answers in JSON")
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        drop(self.input.take());
        let ended = self.process.wait();
        if !std::thread::panicking() {
            assert!(ended.expect("the judge ends").success());
        }
    }
}
