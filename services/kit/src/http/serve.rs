//! The accept loop: timeouts for the first byte and for the header, a cap on
//! connections, and an end that waits for requests in flight, for a bounded time.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// How long the loop rests after the system refused a connection (no file
/// descriptors left, for example), so that it does not spin.
const ACCEPT_RETRY_MS: u64 = 50;

/// Limits of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpLimits {
    /// Milliseconds for a request's header; an idle connection is closed after
    /// as long.
    pub header_read_timeout_ms: u64,
    /// Milliseconds for the first byte on a new connection.
    pub first_byte_timeout_ms: u64,
    /// Milliseconds that a stopping server waits for requests in flight.
    pub drain_timeout_ms: u64,
    /// Open connections; the next one waits to be taken.
    pub connections_max: usize,
}

impl Default for HttpLimits {
    fn default() -> HttpLimits {
        crate::config::Limits::default().http()
    }
}

/// Serves until `shutdown` is cancelled, then takes no new connection and
/// returns when the last request is answered or the drain timeout is over.
///
/// # Errors
/// The listener is broken.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: &HttpLimits,
    shutdown: CancellationToken,
) -> io::Result<()> {
    listener.local_addr()?;
    let permits = Arc::new(Semaphore::new(limits.connections_max));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_finished) = connections.join_next() => continue,
            accepted = accept(&listener, &permits) => accepted,
        };
        match accepted {
            Ok((stream, permit)) => {
                let connection =
                    serve_connection(stream, app.clone(), limits.clone(), shutdown.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot take a connection");
                sleep(Duration::from_millis(ACCEPT_RETRY_MS)).await;
            }
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if timeout(Duration::from_millis(limits.drain_timeout_ms), drained)
        .await
        .is_err()
    {
        tracing::warn!(
            connections = connections.len(),
            "requests were cut off by the drain timeout"
        );
        connections.shutdown().await;
    }
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, _peer) = listener.accept().await?;
    Ok((stream, permit))
}

async fn serve_connection(
    stream: TcpStream,
    app: Router,
    limits: HttpLimits,
    shutdown: CancellationToken,
) {
    // An answer is one small write: waiting for more would only cost time.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let first_byte = timeout(
        Duration::from_millis(limits.first_byte_timeout_ms),
        stream.readable(),
    );
    let is_there = tokio::select! {
        () = shutdown.cancelled() => false,
        first_byte = first_byte => matches!(first_byte, Ok(Ok(()))),
    };
    if !is_there {
        return;
    }
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.header_read_timeout_ms))
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
    let mut connection = std::pin::pin!(connection);
    let finished = tokio::select! {
        finished = connection.as_mut() => finished,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = finished {
        tracing::debug!(%error, "connection ended early");
    }
}
