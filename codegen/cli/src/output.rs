//! The one place that prints: results to standard output, talk to standard error.

use std::io::{self, Write};

/// Writes one line of the result. A closed pipe (`| head`) ends the program quietly.
///
/// # Errors
/// Standard output cannot be written for another reason.
pub(crate) fn result_line(line: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => other,
    }
}

/// Writes bytes of the result as they are.
///
/// # Errors
/// As [`result_line`].
pub(crate) fn result_bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => other,
    }
}

/// Writes one line of talk; that nobody listens is no error.
pub(crate) fn talk(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// `bold` text where the terminal shows it.
pub(crate) fn bold(text: &str) -> String {
    let style = anstyle::Style::new().bold();
    format!("{style}{text}{style:#}")
}

/// `dim` text where the terminal shows it.
pub(crate) fn dim(text: &str) -> String {
    let style = anstyle::Style::new().dimmed();
    format!("{style}{text}{style:#}")
}
