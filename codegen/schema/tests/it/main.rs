//! The crate from outside: texts in, schemas, texts and problems out.

mod contracts;
mod contracts_problems;
mod export;
mod folder;
mod format;
mod hostile;
mod infer;
mod json;
mod pages;
mod parse;
mod properties;
mod texts;

use accordant_schema::{Problem, position};

/// A problem on one line: code, place, path, message, fix.
fn line(text: &str, problem: &Problem) -> String {
    let place = match problem.span.map(|span| position(text, span.start)) {
        Some(at) => format!("{}:{}", at.line, at.column),
        None => "-".to_owned(),
    };
    let Problem {
        code,
        path,
        message,
        fix,
        ..
    } = problem;
    let path = if path.is_empty() {
        String::new()
    } else {
        format!(" {path}:")
    };
    let fix = if fix.is_empty() {
        String::new()
    } else {
        format!(" | {fix}")
    };
    format!("{} {place}{path} {message}{fix}", code.0)
}
