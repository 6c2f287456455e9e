//! What a handler knows of its attempt, and what it can tell of it.
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::failure::clip;
use super::lease::{Abort, Lease};
use super::recorder::Recorder;
use crate::error::{Error, Result};
use crate::payload;
use crate::proto::v1::{Failure, LogEntry, LogLevel, Payload, Progress};

/// What the server takes.
const MAX_PROGRESS_BYTES: usize = 1_000;
const MAX_CHECKPOINT_BYTES: usize = 64 << 10;

/// One attempt of a task. Clones are the same attempt. Servicers find it in the extensions of their request.
#[derive(Clone)]
pub struct Attempt {
    lease: Arc<Lease>,
    recorder: Arc<Recorder>,
}

impl Attempt {
    pub(crate) fn new(lease: Arc<Lease>, recorder: Arc<Recorder>) -> Self {
        Self { lease, recorder }
    }

    /// The task's id.
    pub fn task_id(&self) -> &str {
        &self.lease.leased.task_id
    }

    /// The task's name.
    pub fn name(&self) -> &str {
        &self.lease.spec.name
    }

    /// The queue that it came from.
    pub fn queue(&self) -> &str {
        self.lease.spec.options.as_ref().map_or("", |options| &options.queue)
    }

    /// Which attempt this is, from 1.
    pub fn number(&self) -> i32 {
        self.lease.leased.attempt
    }

    /// A number that grows with each attempt: hand it to stores that can refuse older writers.
    pub fn fencing_token(&self) -> i64 {
        self.lease.leased.fencing_token
    }

    /// As the caller gave them.
    pub fn headers(&self) -> &HashMap<String, String> {
        &self.lease.spec.headers
    }

    /// The task from whose handler this one was enqueued; may be empty.
    pub fn parent_task_id(&self) -> &str {
        &self.lease.spec.parent_task_id
    }

    /// When its time is up, and its handler is dropped.
    pub fn deadline(&self) -> Option<Instant> {
        self.lease.deadline
    }

    /// Why the attempt before this one failed.
    pub fn previous_failure(&self) -> Option<&Failure> {
        self.lease.leased.previous_failure.as_ref()
    }

    /// Outputs that earlier attempts have recorded, for handlers that can resume.
    pub fn output_count(&self) -> i64 {
        self.lease.leased.output_count
    }

    /// The input, not decoded.
    pub fn payload(&self) -> Option<&Payload> {
        self.lease.spec.payload.as_ref()
    }

    /// Shows how far it has come: completed of total units, 0 total for unknown. The latest counts, sent at most ten
    /// times a second.
    pub fn progress(&self, completed: f64, total: f64, message: &str) {
        let [completed, total] = [completed, total].map(|n| if n.is_finite() { n.max(0.0) } else { 0.0 });
        let message = clip(message, MAX_PROGRESS_BYTES);
        let progress = Progress { completed, total, message, update_time: None };
        self.lease.events.set_progress(progress);
        self.recorder.touch(&self.lease, false);
    }

    /// Keeps a log line with the task, at the level INFO.
    pub fn log(&self, message: impl Into<String>) {
        self.log_entry(LogLevel::Info, message, HashMap::new());
    }

    /// Keeps a log line with the task. It is dropped where the server can't keep up: logs never hold a handler back.
    pub fn log_entry(&self, level: LogLevel, message: impl Into<String>, fields: HashMap<String, String>) {
        let entry = LogEntry { level: level.into(), message: message.into(), fields };
        if self.lease.events.add_log(entry) {
            self.recorder.touch(&self.lease, false);
        }
    }

    /// Sends an output; ready when there is room for the next one. Fails when the server refuses it, and then the
    /// attempt fails too.
    pub async fn output(&self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.output_payload(payload::json(value)?).await
    }

    pub(crate) async fn output_payload(&self, output: Payload) -> Result<()> {
        self.check_open()?;
        self.lease.events.add_output(output);
        self.recorder.touch(&self.lease, true);
        self.lease.events.when_room().await;
        self.check_open()
    }

    fn check_open(&self) -> Result<()> {
        self.lease.events.refusal().map_or(Ok(()), Err)
    }

    /// What this attempt or an earlier one has saved last. [`Error::Payload`] where it is of another type.
    pub fn checkpoint<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let own = self.lease.checkpoint();
        let saved = own.as_ref().or(self.lease.leased.checkpoint.as_ref());
        saved.map(|payload| payload::to_value(Some(payload))).transpose()
    }

    /// Leaves a value to the next attempt, should there be one: at most 64 KiB of JSON. It goes with the next
    /// heartbeat, or with the outcome.
    pub fn save_checkpoint(&self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        let payload = payload::json(value)?;
        let size = payload::size(Some(&payload));
        if size > MAX_CHECKPOINT_BYTES {
            let problem = format!("at most {MAX_CHECKPOINT_BYTES} bytes; this one has {size}");
            return Err(Error::invalid("checkpoint", problem));
        }
        self.lease.save_checkpoint(payload);
        Ok(())
    }

    /// Ready once the attempt is to stop, with the reason: its task was canceled, its lease lost, its worker stopped.
    ///
    /// A handler is dropped at its next await when that happens. One that has called this is left to end by itself:
    /// what it returns after a cancel counts as success, an error as canceled.
    pub fn canceled(&self) -> impl Future<Output = String> + Send + use<> {
        self.lease.cooperate();
        let lease = self.lease.clone();
        async move {
            match lease.when_aborted(None).await {
                Abort::Canceled(reason) => reason,
                Abort::Lost => "the lease of this attempt was lost".to_owned(),
                Abort::Stopping | Abort::GivenUp => "the worker is stopping".to_owned(),
            }
        }
    }

    /// The attempt is to stop.
    pub fn is_canceled(&self) -> bool {
        self.lease.aborted().is_some()
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut attempt = f.debug_struct("Attempt");
        attempt.field("task_id", &self.task_id()).field("name", &self.name());
        attempt.field("number", &self.number()).finish_non_exhaustive()
    }
}
