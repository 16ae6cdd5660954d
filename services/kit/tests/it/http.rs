//! The accept loop over real sockets.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use accordant_kit::{
    health::{self, Readiness},
    http::{HttpLimits, bind, serve},
};
use axum::{Router, routing::get};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

struct Server {
    addr: std::net::SocketAddr,
    shutdown: CancellationToken,
    task: JoinSet<std::io::Result<()>>,
}

async fn start(app: Router, limits: HttpLimits) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("it is bound");
    let shutdown = CancellationToken::new();
    let mut task = JoinSet::new();
    let stop = shutdown.clone();
    task.spawn(async move { serve(listener, app, &limits, stop).await });
    Server {
        addr,
        shutdown,
        task,
    }
}

impl Server {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.expect("it listens")
    }

    async fn get(&self, path: &str) -> String {
        let mut stream = self.connect().await;
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        read_all(&mut stream).await
    }

    async fn stopped(mut self) {
        self.shutdown.cancel();
        let ended = self.task.join_next().await.expect("there is one task");
        ended.expect("it does not panic").expect("it ends well");
    }
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    // A reset at the end says the same as an end.
    let _reset = stream.read_to_string(&mut text).await;
    text
}

#[tokio::test]
async fn silent_and_slow_clients_are_closed() {
    let limits = HttpLimits {
        header_read_timeout_ms: 50,
        first_byte_timeout_ms: 50,
        ..HttpLimits::default()
    };
    let server = start(Router::new().route("/", get(async || "here")), limits).await;
    let mut silent = server.connect().await;
    assert_eq!(read_all(&mut silent).await, "");
    let mut slow = server.connect().await;
    slow.write_all(b"GET / HTTP/1.1\r\nhost:")
        .await
        .expect("it is sent");
    // Closed, or answered with 408: not served.
    assert!(!read_all(&mut slow).await.contains("200 OK"));
    assert!(server.get("/").await.ends_with("here"));
    server.stopped().await;
}

#[tokio::test]
async fn a_request_in_flight_is_answered_when_the_server_stops() {
    let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, wait) = (Arc::clone(&entered), Arc::clone(&go_on));
    let app = Router::new().route(
        "/",
        get(async move || {
            inside.notify_one();
            wait.notified().await;
            "answered"
        }),
    );
    let server = start(app, HttpLimits::default()).await;
    let mut stream = server.connect().await;
    stream.write_all(REQUEST).await.expect("it is sent");
    entered.notified().await;
    server.shutdown.cancel();
    go_on.notify_one();
    assert!(read_all(&mut stream).await.ends_with("answered"));
    server.stopped().await;
}

#[tokio::test]
async fn the_drain_has_an_end() {
    let entered = Arc::new(Notify::new());
    let inside = Arc::clone(&entered);
    let app = Router::new().route(
        "/",
        get(async move || {
            inside.notify_one();
            std::future::pending::<&str>().await
        }),
    );
    let limits = HttpLimits {
        drain_timeout_ms: 20,
        ..HttpLimits::default()
    };
    let server = start(app, limits).await;
    let mut stream = server.connect().await;
    stream.write_all(REQUEST).await.expect("it is sent");
    entered.notified().await;
    server.stopped().await;
    assert_eq!(read_all(&mut stream).await, "");
}

#[tokio::test]
async fn connections_are_capped() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (inside, seen) = (Arc::clone(&now), Arc::clone(&most));
    let app = Router::new().route(
        "/",
        get(async move || {
            seen.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _turn in 0..100 {
                tokio::task::yield_now().await;
            }
            inside.fetch_sub(1, Ordering::SeqCst);
            "here"
        }),
    );
    let limits = HttpLimits {
        connections_max: 2,
        ..HttpLimits::default()
    };
    let server = start(app, limits).await;
    let gets = (0..20).map(|_| server.get("/"));
    let answers = futures::future::join_all(gets).await;
    assert!(answers.iter().all(|answer| answer.ends_with("here")));
    assert_eq!(most.load(Ordering::SeqCst), 2);
    server.stopped().await;
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = taken.local_addr().expect("it is bound");
    let error = bind(addr, "registry").await.expect_err("the port is taken");
    let expected = format!(
        "registry cannot listen on {addr}: the port is in use\nfix: stop what listens there, or \
         choose another address with --registry-addr HOST:PORT"
    );
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn readiness_names_what_is_missing() {
    let readiness = Readiness::new(&["a", "b"]);
    let server = start(health::routes(readiness.clone()), HttpLimits::default()).await;
    readiness.set_ready("a");
    readiness.set_missing("b", "no broker");
    let answer = server.get("/readyz").await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(
        answer.ends_with(r#"{"ready":false,"missing":{"b":"no broker"}}"#),
        "{answer}"
    );
    assert!(server.get("/healthz").await.starts_with("HTTP/1.1 200 "));
    readiness.set_ready("b");
    readiness.wait_ready().await;
    assert!(server.get("/readyz").await.ends_with(r#"{"ready":true}"#));
    server.stopped().await;
}
