//! One entry for every request: path, verb, content types, then the handler.

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, Method, request::Parts},
    response::Response,
    routing::get,
};
use serde::de::DeserializeOwned;

use super::{
    batch, caller, clients, compatibility, docs, feed, media, metrics, probes,
    query::Query,
    reply::{Reply, refusal},
    route::{Route, Target},
    schemas, settings, subjects,
};
use crate::{
    error::Error,
    ops::{Action, Registry, Run},
    subject::SubjectName,
};

/// The registry's whole HTTP API, without a port: for another service to
/// mount or serve, and for tests.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use accordant_registry::{Registry, Settings, app};
/// use tower::ServiceExt;
///
/// let app = app(Registry::in_memory(Settings::default()).await.unwrap());
///
/// let request = axum::extract::Request::get("/subjects").body(axum::body::Body::empty()).unwrap();
/// assert_eq!(app.oneshot(request).await.unwrap().status(), 200);
/// # });
/// ```
pub fn app(registry: Registry) -> Router {
    Router::new()
        .route("/livez", get(probes::live))
        // The name that it had first.
        .route("/healthz", get(probes::live))
        .route("/readyz", get(probes::ready))
        .route("/metrics", get(probes::metrics))
        .route("/changes", get(feed::changes))
        .route("/openapi.json", get(docs::document))
        .route("/docs", get(docs::page))
        .fallback(entry)
        .with_state(registry)
}

/// A request that was matched to a resource.
pub(crate) struct Call {
    pub(crate) registry: Registry,
    pub(crate) context: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
}

impl Call {
    /// Who asks for a change and why, and whether it is meant.
    pub(crate) fn action(&self) -> Action {
        let run = match self.query.flag("dryRun") {
            true => Run::Dry,
            false => Run::Real,
        };
        Action {
            author: caller::author(&self.headers),
            reason: caller::reason(&self.headers),
            run,
        }
    }
}

/// A request's body. It is read whole before anything is answered: a server
/// that leaves some of it must close the connection, under a client that has
/// sent the next request already.
pub(crate) struct Payload {
    bytes: Result<Bytes, Error>,
}

impl Payload {
    async fn read(body: Body, bytes_max: usize) -> Payload {
        if body.is_end_stream() {
            return Payload {
                bytes: Ok(Bytes::new()),
            };
        }
        let bytes = axum::body::to_bytes(body, bytes_max).await;
        Payload {
            bytes: bytes.map_err(|error| unreadable(&error, bytes_max)),
        }
    }

    /// The body as JSON; an empty one is refused.
    pub(crate) fn json<T: DeserializeOwned>(self, call: &Call) -> Result<T, Error> {
        media::check_content_type(&call.headers)?;
        let bytes = self.bytes?;
        // serde would take an array for an object, its items for the fields in order.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(Error::BodyInvalid(
                "the request body must be a JSON object".to_owned(),
            ));
        }
        serde_json::from_slice(&bytes).map_err(|error| Error::BodyInvalid(error.to_string()))
    }
}

/// What a verb asks of a resource, `HEAD` being `GET`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Get,
    Post,
    Put,
    Delete,
    Other,
}

async fn entry(State(registry): State<Registry>, request: Request) -> Response {
    registry.feed().watch(&registry);
    let started = std::time::Instant::now();
    let method = request.method().clone();
    let route = Route::of(request.uri().path());
    let operation = route.as_ref().map_or("none", |it| it.target.operation());
    let (head, body) = request.into_parts();
    let payload = Payload::read(body, registry.settings().body_bytes_max).await;
    let response = match media::negotiate(&head.headers) {
        Ok(content_type) => match answer(registry, route, head, payload).await {
            Ok(reply) => reply.response(content_type),
            Err(error) => refusal(&error, content_type),
        },
        // A path that is not there comes first.
        Err(error) => refusal(&route.err().unwrap_or(error), media::DEFAULT),
    };
    metrics::count(operation, &method, response.status(), started.elapsed());
    response
}

async fn answer(
    registry: Registry,
    route: Result<Route, Error>,
    head: Parts,
    payload: Payload,
) -> Result<Reply, Error> {
    let Route {
        context,
        mut target,
    } = route?;
    let mut query = Query::of(head.uri.query());
    if let (true, Some(subject)) = (target.is_of_id(), query.text("subject")) {
        let subject = SubjectName::in_context(&context, subject);
        let meant = registry.resolve_alias(subject.clone()).await?;
        if meant != subject {
            query.set("subject", meant.to_string());
        }
    }
    let call = Call {
        registry,
        context,
        query,
        headers: head.headers,
    };
    let verb = verb(&head.method);
    if let Some(subject) = target.aliased() {
        *subject = call.registry.resolve_alias(subject.clone()).await?;
    }
    match target {
        Target::Root => match verb {
            Verb::Get | Verb::Post => Reply::json(&serde_json::json!({})),
            Verb::Put | Verb::Delete | Verb::Other => Err(not_allowed("GET, HEAD, POST")),
        },
        Target::Versions(subject) => match verb {
            Verb::Get => subjects::versions(&call, &subject).await,
            Verb::Post => subjects::register(&call, payload, &subject).await,
            Verb::Put | Verb::Delete | Verb::Other => Err(not_allowed("GET, HEAD, POST")),
        },
        Target::Subject(subject) => match verb {
            Verb::Post => subjects::lookup(&call, payload, &subject).await,
            Verb::Delete => subjects::delete(&call, &subject).await,
            Verb::Get | Verb::Put | Verb::Other => Err(not_allowed("DELETE, POST")),
        },
        Target::Version(subject, version) => match verb {
            Verb::Get => subjects::version(&call, &subject, &version).await,
            Verb::Delete => subjects::delete_version(&call, &subject, &version).await,
            Verb::Post | Verb::Put | Verb::Other => Err(not_allowed("DELETE, GET, HEAD")),
        },
        Target::GlobalConfig => configs(verb, &call, payload, None).await,
        Target::Config(subject) => configs(verb, &call, payload, Some(&subject)).await,
        Target::GlobalMode => modes(verb, &call, payload, None).await,
        Target::Mode(subject) => modes(verb, &call, payload, Some(&subject)).await,
        actor @ (Target::Tags(..)
        | Target::Undelete(..)
        | Target::CheckMany
        | Target::CheckAll(_)
        | Target::CheckVersion(..)) => match verb {
            Verb::Post => act(&call, payload, actor).await,
            Verb::Get | Verb::Put | Verb::Delete | Verb::Other => Err(not_allowed("POST")),
        },
        Target::Context(context) => match verb {
            Verb::Delete => schemas::delete_context(&call, &context).await,
            Verb::Get | Verb::Post | Verb::Put | Verb::Other => Err(not_allowed("DELETE")),
        },
        readable => match verb {
            Verb::Get => read(&call, readable).await,
            Verb::Post | Verb::Put | Verb::Delete | Verb::Other => Err(not_allowed("GET, HEAD")),
        },
    }
}

/// The resources that are only posted to.
async fn act(call: &Call, payload: Payload, target: Target) -> Result<Reply, Error> {
    match target {
        Target::Tags(subject, version) => subjects::tag(call, payload, &subject, &version).await,
        Target::Undelete(subject, version) => subjects::undelete(call, &subject, &version).await,
        Target::CheckMany => batch::check(call, payload).await,
        Target::CheckAll(subject) => compatibility::check_all(call, payload, &subject).await,
        Target::CheckVersion(subject, version) => {
            compatibility::check_version(call, payload, &subject, &version).await
        }
        other => Err(without_handler(&other)),
    }
}

/// The resources that are only read.
async fn read(call: &Call, target: Target) -> Result<Reply, Error> {
    match target {
        Target::Subjects => subjects::list(call).await,
        Target::SubjectMetadata(subject) => subjects::by_metadata(call, &subject).await,
        Target::VersionSchema(subject, version) => {
            subjects::version_schema(call, &subject, &version).await
        }
        Target::ReferencedBy(subject, version) => {
            subjects::referenced_by(call, &subject, &version).await
        }
        Target::Schemas => schemas::list(call).await,
        Target::SchemaTypes => schemas::types(),
        Target::Id(id) => schemas::by_id(call, &id).await,
        Target::IdSchema(id) => schemas::text_by_id(call, &id).await,
        Target::IdSubjects(id) => schemas::subjects_of_id(call, &id).await,
        Target::IdVersions(id) => schemas::versions_of_id(call, &id).await,
        Target::Guid(guid) => schemas::by_guid(call, &guid).await,
        Target::GuidIds(guid) => schemas::ids_of_guid(call, &guid).await,
        Target::IdClients(id) => clients::of_id(call, &id).await,
        Target::VersionClients(subject, version) => {
            clients::of_version(call, &subject, &version).await
        }
        Target::VersionChanges(subject, version) => {
            feed::of_subject(call, &subject, Some(&version)).await
        }
        Target::SubjectChanges(subject) => feed::of_subject(call, &subject, None).await,
        Target::Contexts => schemas::contexts(call).await,
        Target::MetadataId => settings::cluster_id(),
        Target::MetadataVersion => settings::version(),
        Target::MetadataDeployment => settings::deployment(),
        other @ (Target::Root
        | Target::Versions(_)
        | Target::Subject(_)
        | Target::Version(..)
        | Target::Tags(..)
        | Target::Undelete(..)
        | Target::CheckMany
        | Target::Context(_)
        | Target::CheckAll(_)
        | Target::CheckVersion(..)
        | Target::GlobalConfig
        | Target::Config(_)
        | Target::GlobalMode
        | Target::Mode(_)) => Err(without_handler(&other)),
    }
}

async fn configs(
    verb: Verb,
    call: &Call,
    payload: Payload,
    subject: Option<&SubjectName>,
) -> Result<Reply, Error> {
    match verb {
        Verb::Get => settings::config(call, subject).await,
        Verb::Put => settings::put_config(call, payload, subject).await,
        Verb::Delete => settings::delete_config(call, subject).await,
        Verb::Post | Verb::Other => Err(not_allowed("DELETE, GET, HEAD, PUT")),
    }
}

async fn modes(
    verb: Verb,
    call: &Call,
    payload: Payload,
    subject: Option<&SubjectName>,
) -> Result<Reply, Error> {
    match verb {
        Verb::Get => settings::mode(call, subject).await,
        Verb::Put => settings::put_mode(call, payload, subject).await,
        Verb::Delete => settings::delete_mode(call, subject).await,
        Verb::Post | Verb::Other => Err(not_allowed("DELETE, GET, HEAD, PUT")),
    }
}

fn verb(method: &Method) -> Verb {
    match *method {
        Method::GET | Method::HEAD => Verb::Get,
        Method::POST => Verb::Post,
        Method::PUT => Verb::Put,
        Method::DELETE => Verb::Delete,
        _ => Verb::Other,
    }
}

fn without_handler(target: &Target) -> Error {
    Error::Internal(format!("{} has no handler", target.operation()))
}

fn not_allowed(allow: &'static str) -> Error {
    Error::MethodNotAllowed { allow }
}

fn unreadable(error: &axum::Error, bytes_max: usize) -> Error {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(it) = source {
        if it.to_string() == "length limit exceeded" {
            return Error::BodyTooLarge { bytes_max };
        }
        source = it.source();
    }
    Error::BodyInvalid("the request body could not be read".to_owned())
}
