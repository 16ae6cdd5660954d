//! Ctrl-C and SIGTERM: the first asks to stop, a second one ends at once.

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

const EXIT_INTERRUPTED: i32 = 130;

/// A token that the first signal cancels, and the task that waits for it.
pub(crate) struct Shutdown {
    pub(crate) token: CancellationToken,
    _task: AbortOnDropHandle<()>,
}

/// Listens from now on.
///
/// # Errors
/// The operating system does not let the process listen.
pub(crate) fn shutdown_on_signal() -> anyhow::Result<Shutdown> {
    let mut interrupt = signal(SignalKind::interrupt()).context("Ctrl-C cannot be heard")?;
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be heard")?;
    let token = CancellationToken::new();
    let cancel = token.clone();
    let wait = async move {
        next(&mut interrupt, &mut terminate).await;
        cancel.cancel();
        next(&mut interrupt, &mut terminate).await;
        std::process::exit(EXIT_INTERRUPTED);
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "its handle aborts it when the owner is gone"
    )]
    let task = AbortOnDropHandle::new(tokio::spawn(wait));
    Ok(Shutdown { token, _task: task })
}

async fn next(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
