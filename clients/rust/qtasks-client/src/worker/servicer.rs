//! Methods of a stock servicer as handlers: the generated server is called as tonic would, with bytes.
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use http_body::Body as HttpBody;
use tonic::body::Body;
use tonic::client::Grpc;
use tonic::metadata::MetadataMap;
use tonic::{Code, Extensions, Request, Status};
use tower_service::Service;

use super::attempt::Attempt;
use super::executor::{Ending, Execute, ready, success, undecodable};
use super::failure;
use super::method::Method;
use super::raw_codec::RawCodec;
use crate::durable::{format_timeout, metadata};
use crate::payload::raw_protobuf;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A generated server, such as `MailTasksServer<T>`, with or without interceptors. Implemented for all of them.
pub trait Servicer:
    Service<
        http::Request<Body>,
        Response = http::Response<Self::Answer>,
        Error = Self::Fault,
        Future: Send + 'static,
    > + Clone
    + Send
    + Sync
    + 'static
{
    /// The body of its answers.
    type Answer: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static;
    /// What its calls fail with, beside a status.
    type Fault: Into<BoxError> + Send;
}

impl<S, B> Servicer for S
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError> + Send,
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Answer = B;
    type Fault = S::Error;
}

/// One method of a servicer.
pub(crate) struct ServicerMethod<S> {
    servicer: S,
    method: Method,
}

impl<S> ServicerMethod<S> {
    pub(crate) fn new(servicer: S, method: Method) -> Self {
        Self { servicer, method }
    }
}

impl<S: Servicer> Execute for ServicerMethod<S> {
    fn execute(&self, attempt: Attempt) -> Pin<Box<dyn Future<Output = Ending> + Send>> {
        let message = match self.method.request(attempt.payload()) {
            Ok(message) => message,
            Err(error) => return ready(undecodable(&error.to_string())),
        };
        let (servicer, method) = (self.servicer.clone(), self.method.clone());
        Box::pin(async move {
            match call(servicer, &method, message.clone(), attempt).await {
                Ok(ending) => ending,
                Err(status) => ending_of(&status, &method, message),
            }
        })
    }
}

async fn call<S: Servicer>(
    servicer: S,
    method: &Method,
    message: Bytes,
    attempt: Attempt,
) -> Result<Ending, Status> {
    // What is encoded here is decoded here: no limit but the payload's.
    let mut grpc = Grpc::new(servicer).max_decoding_message_size(usize::MAX);
    grpc.ready().await.map_err(|error| Status::from_error(error.into()))?;
    let request = request_of(message, &attempt);
    let path = method.path.clone();
    if !method.is_server_streaming() {
        let response = grpc.unary(request, path, RawCodec).await?;
        return Ok(success(Some(raw_protobuf(response.into_inner(), &method.output))));
    }
    let mut responses = grpc.server_streaming(request, path, RawCodec).await?.into_inner();
    while let Some(message) = responses.message().await? {
        let output = raw_protobuf(message, &method.output);
        attempt.output_payload(output).await.map_err(|error| Status::aborted(error.to_string()))?;
    }
    Ok(success(None))
}

fn ending_of(status: &Status, method: &Method, message: Bytes) -> Ending {
    // This is how a generated server says that it can't read the request; a handler may say it too.
    if status.code() == Code::Internal && !method.can_decode(message) {
        return undecodable(status.message());
    }
    Ending::Failure(failure::of_status(status))
}

/// The caller's headers, the facts of the attempt, and its time as the deadline.
fn request_of(message: Bytes, attempt: &Attempt) -> Request<Bytes> {
    let mut headers = HeaderMap::new();
    for (key, value) in attempt.headers() {
        insert(&mut headers, key, value);
    }
    insert(&mut headers, metadata::TASK_ID, attempt.task_id());
    insert(&mut headers, metadata::ATTEMPT, &attempt.number().to_string());
    insert(&mut headers, metadata::FENCING_TOKEN, &attempt.fencing_token().to_string());
    if let Some(deadline) = attempt.deadline() {
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        insert(&mut headers, "grpc-timeout", &format_timeout(left));
    }
    let mut extensions = Extensions::new();
    extensions.insert(attempt.clone());
    Request::from_parts(MetadataMap::from_headers(headers), extensions, message)
}

// What HTTP can't carry, the caller's stub could not have sent either; an enqueue by name may.
fn insert(headers: &mut HeaderMap, key: &str, value: &str) {
    match (HeaderName::try_from(key), HeaderValue::try_from(value)) {
        (Ok(key), Ok(value)) => {
            headers.insert(key, value);
        }
        _ => tracing::debug!(key, "a header of the task is no metadata: it is left out"),
    }
}
