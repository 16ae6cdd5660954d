//! The broker crate, set up for one machine.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::time::Instant;

use anyhow::{Context, bail};
use tansu_broker::broker::Builder;
use url::Url;
use uuid::Uuid;

/// The one broker of its cluster.
const NODE_ID: i32 = 1;
/// What clients see as the cluster's id.
const CLUSTER_ID: &str = "accordant";
/// One SQLite file in the working folder.
const STORAGE: &str = "sqlite://broker.db";

/// Tries to listen, so that a port in use is one sentence and not a broken
/// task later. The broker crate listens by itself: no socket can be handed to
/// it.
///
/// # Errors
///
/// The address is in use, is not this machine's, or has no fixed port.
pub(crate) fn check_address(listen: SocketAddr) -> anyhow::Result<()> {
    if listen.port() == 0 {
        bail!("--listen {listen} has no fixed port: clients are told this address, so name one");
    }
    match TcpListener::bind(listen) {
        Ok(_closed_here) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "the address {listen} is in use by another program; stop it or pass another --listen"
        ),
        Err(error) => Err(error).with_context(|| format!("cannot listen on {listen}")),
    }
}

/// Serves until it is dropped.
///
/// # Errors
///
/// The data cannot be opened, or the listener failed.
pub(crate) async fn serve(listen: SocketAddr) -> anyhow::Result<()> {
    let address = Url::parse(&format!("tcp://{listen}"))
        .with_context(|| format!("the address {listen} is no URL"))?;
    // Six parts that are not there yet; `build` exists when all are.
    let mut broker = Builder::<(), (), (), (), (), ()>::default()
        .node_id(NODE_ID)
        .cluster_id(CLUSTER_ID)
        .incarnation_id(Uuid::now_v7())
        .advertised_listener(address.clone())
        .listener(address)
        .storage(Url::parse(STORAGE).context("the storage is no URL")?)
        .silent(true)
        .build()
        .await
        .context("the broker's data could not be opened")?;
    broker
        .serve(Instant::now().into())
        .await
        .with_context(|| format!("serving {listen} failed"))
}
