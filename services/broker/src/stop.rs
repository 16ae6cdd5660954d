//! What ends the broker: a signal, or the end of its parent.

use std::io::Read;
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// How long an orderly end may take once the parent is gone. After that the
/// process ends as it is: nobody is left who could end it.
const ORPHAN_TIMEOUT: Duration = Duration::from_secs(5);

/// Why it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// SIGTERM.
    Terminated,
    /// SIGINT.
    Interrupted,
    /// Standard input has ended.
    ParentGone,
}

/// What the end of standard input means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnParentGone {
    /// Standard input is a pipe that the parent holds open for as long as it
    /// lives: its end ends us.
    End,
    /// Standard input is not looked at.
    GoOn,
}

/// Starts to listen for what ends the broker, and waits for the first of them.
///
/// # Errors
///
/// The operating system gives us no signals or no thread.
pub(crate) fn stopped(
    on_parent_gone: OnParentGone,
) -> anyhow::Result<impl Future<Output = Reason>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let parent_gone = match on_parent_gone {
        OnParentGone::End => Some(watch_stdin()?),
        OnParentGone::GoOn => None,
    };
    Ok(async move {
        tokio::select! {
            _signal = terminate.recv() => Reason::Terminated,
            _signal = interrupt.recv() => Reason::Interrupted,
            () = ended(parent_gone) => Reason::ParentGone,
        }
    })
}

async fn ended(parent_gone: Option<oneshot::Receiver<()>>) {
    match parent_gone {
        // A watcher that is gone has seen the end too.
        Some(receiver) => drop(receiver.await),
        None => std::future::pending().await,
    }
}

/// A thread, not a task: it must see the end even when every worker is busy.
fn watch_stdin() -> anyhow::Result<oneshot::Receiver<()>> {
    let (sender, receiver) = oneshot::channel();
    std::thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(move || {
            wait_for_end(std::io::stdin().lock());
            drop(sender);
            std::thread::sleep(ORPHAN_TIMEOUT);
            std::process::exit(0);
        })
        .context("cannot watch standard input")?;
    Ok(receiver)
}

/// Reads and forgets until the end; an input that cannot be read has ended.
fn wait_for_end(mut input: impl Read) {
    let mut forgotten = [0_u8; 256];
    loop {
        match input.read(&mut forgotten) {
            Ok(0) => return,
            Ok(_bytes) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_unreadable) => return,
        }
    }
}
