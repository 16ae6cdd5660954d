//! The broker crate, set up for one machine.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use tansu_broker::broker::Broker;
use tansu_broker::coordinator::group::administrator::Controller;
use tansu_storage::StorageContainer;
use url::Url;
use uuid::Uuid;

use crate::prepare;

/// The one broker of its cluster.
const NODE_ID: i32 = 1;
/// What clients see as the cluster's id.
const CLUSTER_ID: &str = "accordant";
/// One SQLite file in the working folder.
const DATABASE: &str = "broker.db";

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
    let storage = Url::parse(&format!("sqlite://{DATABASE}")).context("the storage is no URL")?;
    let mut broker = Broker::<Controller<StorageContainer>, StorageContainer>::builder()
        .node_id(NODE_ID)
        .cluster_id(CLUSTER_ID)
        .incarnation_id(Uuid::now_v7())
        .advertised_listener(address.clone())
        .listener(address)
        .storage(storage)
        .silent(true)
        .build()
        .await
        .context("the broker's data could not be opened")?;
    prepare::prepare(Path::new(DATABASE)).await?;
    broker
        .serve(Instant::now().into())
        .await
        .with_context(|| format!("serving {listen} failed"))
}
