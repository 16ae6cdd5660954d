//! Git, called so that nothing in a repository or a ref's name runs anything.

use std::{
    io::{self, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use accordant_kit::contracts::FileMap;
use anyhow::{Context, bail};

/// Bytes of one file of a contracts folder.
const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Files in all.
const FILES_MAX: usize = 100_000;

/// Standard output of a git command in the folder.
pub(super) fn text(folder: &Path, args: &[&str]) -> Result<String, String> {
    let output = run(folder, args)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(reason(&output))
}

/// Runs git in the folder.
pub(super) fn run(folder: &Path, args: &[&str]) -> Result<Output, String> {
    command(folder, args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(&error))
}

/// The files below a folder as a ref has them; a ref without the folder has none.
///
/// # Errors
/// There is no such ref, or git cannot be run.
pub(super) fn folder_at(folder: &Path, name: &str) -> anyhow::Result<FileMap> {
    let refused = |why: String| {
        anyhow::anyhow!(
            "there is nothing called {name:?} to compare with: no folder, and as a git ref: {why}\n\
             fix: name a git ref (fetch it first), a contracts folder, or a registry's URL"
        )
    };
    let wanted = format!("{name}^{{commit}}");
    let commit = text(
        folder,
        &["rev-parse", "--verify", "--end-of-options", &wanted],
    )
    .map_err(refused)?;
    let commit = commit.trim();
    let list = ["ls-tree", "-r", "-z", "--end-of-options", commit, "."];
    let list = run(folder, &list).map_err(refused)?;
    if !list.status.success() {
        return Err(refused(reason(&list)));
    }
    let mut entries = Vec::new();
    for entry in list
        .stdout
        .split(|byte| *byte == 0)
        .filter(|it| !it.is_empty())
    {
        let entry = std::str::from_utf8(entry).context("a path in git is not UTF-8")?;
        let Some((about, path)) = entry.split_once('\t') else {
            continue;
        };
        let mut about = about.split(' ');
        // Links and submodules are no contracts.
        if let (Some("100644" | "100755"), Some("blob"), Some(object)) =
            (about.next(), about.next(), about.next())
        {
            entries.push((path.to_owned(), object.to_owned()));
        }
    }
    if entries.len() > FILES_MAX {
        bail!(
            "{name} has more than {FILES_MAX} files below {}",
            folder.display()
        );
    }
    blobs(folder, &entries)
}

/// The bytes of objects, by one `git cat-file`.
fn blobs(folder: &Path, entries: &[(String, String)]) -> anyhow::Result<FileMap> {
    let mut child = command(folder, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| anyhow::anyhow!(not_started(&error)))?;
    let mut stdin = child.stdin.take().context("git has a standard input")?;
    let wanted: String = entries
        .iter()
        .map(|(_, object)| format!("{object}\n"))
        .collect();
    // Both pipes at once: neither side waits for the other's full one.
    let writer = std::thread::spawn(move || stdin.write_all(wanted.as_bytes()));
    let output = child.wait_with_output().context("git cat-file")?;
    // What it could not read shows in what is missing below.
    let _ = writer.join();
    let mut files = FileMap::new();
    let mut rest = output.stdout.as_slice();
    for (path, object) in entries {
        let missing = || format!("git has no object {object} ({path})");
        let line_end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .with_context(missing)?;
        let head = String::from_utf8_lossy(&rest[..line_end]).into_owned();
        let length: usize = head
            .rsplit(' ')
            .next()
            .and_then(|it| it.parse().ok())
            .with_context(missing)?;
        let start = line_end + 1;
        let bytes = rest.get(start..start + length).with_context(missing)?;
        if length > FILE_BYTES_MAX {
            bail!("{path} is too large for a contracts folder: {length} bytes");
        }
        if !path.split('/').any(|part| part.starts_with('.')) {
            files.insert(path.clone(), bytes.to_vec());
        }
        rest = rest.get(start + length + 1..).unwrap_or_default();
    }
    Ok(files)
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(args)
        .env("GIT_LITERAL_PATHSPECS", "1")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C");
    command
}

fn not_started(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "git is not installed".to_owned(),
        _ => format!("git cannot be run: {error}"),
    }
}

fn reason(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    let line = error
        .lines()
        .next()
        .unwrap_or("git failed and did not say why");
    line.trim_start_matches("fatal: ").to_owned()
}
