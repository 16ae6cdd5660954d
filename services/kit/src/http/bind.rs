//! Taking a port, with one clear sentence when it is taken.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

/// Why a service cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct BindError {
    service: &'static str,
    addr: SocketAddr,
    source: io::Error,
}

impl BindError {
    fn sentence(&self) -> String {
        let BindError {
            service,
            addr,
            source,
        } = self;
        let why = match source.kind() {
            io::ErrorKind::AddrInUse => "the port is in use".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
            _ => source.to_string(),
        };
        format!(
            "{service} cannot listen on {addr}: {why}\nfix: stop what listens there, or choose \
             another address with --{service}-addr HOST:PORT"
        )
    }
}

/// Listens on an address. `service` is the name before `-addr` in the flag that
/// changes it, such as `registry`.
///
/// # Errors
/// The port is in use or not allowed.
pub async fn bind(addr: SocketAddr, service: &'static str) -> Result<TcpListener, BindError> {
    TcpListener::bind(addr).await.map_err(|source| BindError {
        service,
        addr,
        source,
    })
}
