//! A run with nothing to be gathered with: enqueue and await are one call, which saves a round trip.
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::connection::{Tasks, within};
use super::patience::with_patience;
use crate::duration::to_proto;
use crate::error::{Error, Result};
use crate::proto::v1::{EnqueueTaskRequest, RunTaskRequest, RunTaskResponse};

/// Longest wait of the call; what runs longer is awaited like any other.
const MAX_WAIT: Duration = Duration::from_secs(20);
/// The answer comes this long after the wait at the latest.
const ANSWER_MARGIN: Duration = Duration::from_secs(10);
/// Where the request lies in RunTaskRequest.
const PREFIX: &str = "enqueue.";

/// Runs one task at a time; whoever finds it busy gathers enqueues and awaits instead.
#[derive(Debug, Default)]
pub(crate) struct LoneRunner {
    busy: AtomicBool,
}

/// Held while a run is under way.
pub(crate) struct Turn<'a>(&'a AtomicBool);

impl LoneRunner {
    /// The turn to run, unless another run is under way.
    pub(crate) fn turn(&self) -> Option<Turn<'_>> {
        (!self.busy.swap(true, Ordering::AcqRel)).then_some(Turn(&self.busy))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Turn<'_> {
    /// The request has a task id, so that the call may be repeated.
    pub(crate) async fn run(
        self,
        tasks: &Tasks,
        enqueue: EnqueueTaskRequest,
        timeout: Option<Duration>,
        patience: Duration,
    ) -> Result<RunTaskResponse> {
        let wait = timeout.unwrap_or(MAX_WAIT).min(MAX_WAIT);
        let message = RunTaskRequest { enqueue: Some(enqueue), wait: Some(to_proto(wait)), view: 0 };
        let answer = with_patience(patience, || {
            let (mut tasks, message) = (tasks.clone(), message.clone());
            async move { tasks.run_task(within(wait + ANSWER_MARGIN, message)).await }
        });
        Ok(answer.await.map_err(as_of_enqueue)?.into_inner())
    }
}

/// Fields as a caller of `enqueue` knows them.
fn as_of_enqueue(error: Error) -> Error {
    let Error::Rpc(mut error) = error else { return error };
    for violation in &mut error.fields {
        if let Some(field) = violation.field.strip_prefix(PREFIX) {
            violation.field = field.to_owned();
        }
    }
    if !error.fields.is_empty() {
        error.message = error.message.replace(PREFIX, "");
    }
    Error::Rpc(error)
}
