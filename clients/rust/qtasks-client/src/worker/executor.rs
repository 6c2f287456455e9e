//! What runs an attempt: a handler on JSON, or a method of a servicer.
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::attempt::Attempt;
use super::errors::{HandlerError, Snooze};
use super::failure;
use crate::duration::to_proto;
use crate::error::Result;
use crate::payload;
use crate::proto::v1::outcome::Kind;
use crate::proto::v1::{FailureKind, Payload, Release, Success};

/// How an attempt ends: the kind of its outcome.
pub(crate) type Ending = Kind;

/// What a worker runs under a task's name. Dropping the future ends the attempt's work.
pub(crate) trait Execute: Send + Sync {
    fn execute(&self, attempt: Attempt) -> Pin<Box<dyn Future<Output = Ending> + Send>>;
}

/// A handler on JSON: its input is read by serde, what it gives is written by serde.
pub(crate) struct JsonHandler<F, In> {
    handler: F,
    input: PhantomData<fn() -> In>,
    /// What it sends are outputs; there is no result.
    streaming: bool,
}

impl<F, In> JsonHandler<F, In> {
    pub(crate) fn new(handler: F, streaming: bool) -> Self {
        Self { handler, input: PhantomData, streaming }
    }
}

impl<F, In, Out, Fut> Execute for JsonHandler<F, In>
where
    F: Fn(In, Attempt) -> Fut + Send + Sync,
    In: DeserializeOwned,
    Out: Serialize,
    Fut: Future<Output = Result<Out, HandlerError>> + Send + 'static,
{
    fn execute(&self, attempt: Attempt) -> Pin<Box<dyn Future<Output = Ending> + Send>> {
        let input = match payload::to_value(attempt.payload()) {
            Ok(input) => input,
            Err(error) => return ready(undecodable(&error.to_string())),
        };
        let (handled, streaming) = ((self.handler)(input, attempt), self.streaming);
        Box::pin(async move {
            match handled.await {
                Ok(_) if streaming => success(None),
                Ok(value) => success_of(payload::json(&value)),
                Err(error) => of_error(&error),
            }
        })
    }
}

pub(crate) fn ready(ending: Ending) -> Pin<Box<dyn Future<Output = Ending> + Send>> {
    Box::pin(std::future::ready(ending))
}

pub(crate) fn success(result: Option<Payload>) -> Ending {
    Ending::Success(Success { result })
}

/// Back to the queue, uncounted.
pub(crate) fn release(reason: &str, delay: Option<std::time::Duration>) -> Ending {
    const MAX_REASON_BYTES: usize = 1_000;
    let reason = failure::clip(reason, MAX_REASON_BYTES);
    Ending::Release(Release { reason, delay: delay.map(to_proto) })
}

/// The payload can't be read: no attempt of this worker could.
pub(crate) fn undecodable(why: &str) -> Ending {
    Ending::Failure(failure::rejected("qtasks.PayloadUndecodable", why))
}

fn success_of(result: Result<Payload>) -> Ending {
    match result {
        Ok(payload) => success(Some(payload)),
        Err(error) => {
            let why = format!("the handler's result can't be sent: {error}");
            let kind = FailureKind::Application;
            Ending::Failure(failure::worker_failure("qtasks.ResultNotEncodable", &why, kind))
        }
    }
}

fn of_error(error: &HandlerError) -> Ending {
    match error.error.downcast_ref::<Snooze>() {
        Some(snooze) => release(&snooze.reason, Some(snooze.delay)),
        None => Ending::Failure(failure::of_error(error)),
    }
}
