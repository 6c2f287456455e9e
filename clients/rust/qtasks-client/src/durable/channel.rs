//! A channel whose calls are durable: each has a task id, and is repeated while the service is away.
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tokio::time::{Instant, sleep};
use tonic::body::Body;
use tonic::transport::Channel;
use tonic::{Code, Status, TimeoutExpired};
use tower_service::Service;

use super::{deadline, task_id};
use crate::distrust::is_distrust;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);
const FIRST_DELAY: Duration = Duration::from_millis(100);
const MAX_DELAY: Duration = Duration::from_secs(2);

/// A channel for the stock stubs of your own services.
///
/// It sets `qtasks-task-id` where the caller sets none, and makes a call again with that id when no server answers or
/// the service itself answers UNAVAILABLE, until the call's deadline or for the patience, whichever ends first. The
/// repeat joins the task of the first call. An answer that has begun is never asked for again: what a handler fails
/// with, UNAVAILABLE included, is the task's outcome.
///
/// Requests are kept until they are answered, so it is for unary and server-streaming methods, which are those that
/// can be tasks.
#[derive(Clone, Debug)]
pub struct DurableChannel<S = Channel> {
    inner: S,
    patience: Duration,
}

impl<S> DurableChannel<S> {
    /// Durable calls over a channel, or over whatever else stubs take.
    pub fn new(inner: S) -> Self {
        Self { inner, patience: DEFAULT_PATIENCE }
    }

    /// How long to go on while no server answers. Default 30 s; it begins anew with each that has answered nothing
    /// but was reached.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl<S, B> Service<Request<Body>> for DurableChannel<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError> + Send,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response<B>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    // Each repeat waits for the inner service by itself.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(call(self.inner.clone(), request, self.patience))
    }
}

async fn call<S, B>(inner: S, request: Request<Body>, patience: Duration) -> Result<Response<B>, BoxError>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone,
    S::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    task_id::ensure(&mut parts.headers);
    let message = body.collect().await?.to_bytes();
    let deadline = deadline::of(&parts.headers);
    let mut delay = FIRST_DELAY;
    let mut give_up_at = Instant::now() + patience;
    loop {
        deadline::set(&mut parts.headers, deadline);
        let called_at = Instant::now();
        let answer = call_once(inner.clone(), &parts, message.clone()).await;
        // A call that was parked for long had a server: its patience begins when that is gone.
        if called_at.elapsed() > MAX_DELAY {
            give_up_at = Instant::now() + patience;
        }
        let pause = delay.mul_f64(0.5 + fastrand::f64());
        let wake_at = Instant::now() + pause;
        let is_late = wake_at >= give_up_at || deadline.is_some_and(|deadline| wake_at >= deadline);
        if is_late || !may_be_repeated(&answer) {
            return answer;
        }
        sleep(pause).await;
        delay = MAX_DELAY.min(delay * 2);
    }
}

async fn call_once<S, B>(mut inner: S, parts: &Parts, message: Bytes) -> Result<Response<B>, BoxError>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Into<BoxError>,
{
    let body = Body::new(Full::new(message));
    let request = Request::from_parts(parts.clone(), body);
    std::future::poll_fn(|context| inner.poll_ready(context)).await.map_err(Into::into)?;
    inner.call(request).await.map_err(Into::into)
}

/// No server answered, or one said UNAVAILABLE in place of an answer.
fn may_be_repeated<B>(answer: &Result<Response<B>, BoxError>) -> bool {
    match answer {
        Ok(response) => Status::from_header_map(response.headers())
            .is_some_and(|status| status.code() == Code::Unavailable),
        Err(error) => !is_timeout(error.as_ref()) && !is_distrust(error.as_ref()),
    }
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| error.is::<TimeoutExpired>())
}
