//! One task to be enqueued: what to run, and the caller's options.
use std::collections::HashMap;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use prost::{Message, Name};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Client;
use super::handle::TaskHandle;
use crate::duration::{timestamp, to_proto};
use crate::error::{Error, Result};
use crate::payload;
use crate::proto::v1::enqueue_task_request::Start;
use crate::proto::v1::{
    ConflictPolicy, EnqueueTaskRequest, OutputRetry, Payload, RetryPolicy, TaskOptions, TaskSpec, UniqueKey,
};

/// A task to enqueue, with options; made by [`Client::enqueue`] and [`Client::enqueue_message`]. Await it to enqueue,
/// or [`run`](Self::run) it to have the result. What is not set is decided by the task's definition, then by the
/// server.
#[must_use = "nothing is enqueued before it is awaited"]
#[derive(Clone, Debug)]
pub struct Enqueue {
    pub(crate) client: Client,
    pub(crate) item: Result<TaskRequest>,
}

/// A task to enqueue without a client, for [`Client::enqueue_many`].
#[derive(Clone, Debug)]
pub struct TaskRequest(pub(crate) EnqueueTaskRequest);

impl TaskRequest {
    /// A task with this payload. A leading slash of a method's path is let go.
    pub(crate) fn of(name: &str, payload: Payload) -> Self {
        let name = name.strip_prefix('/').unwrap_or(name).to_owned();
        let spec = TaskSpec { name, payload: Some(payload), ..TaskSpec::default() };
        let task_id = Uuid::now_v7().to_string();
        Self(EnqueueTaskRequest { spec: Some(spec), task_id, start: None })
    }

    fn spec(&mut self) -> &mut TaskSpec {
        self.0.spec.get_or_insert_default()
    }

    fn options(&mut self) -> &mut TaskOptions {
        self.spec().options.get_or_insert_default()
    }

    fn unique(&mut self) -> &mut UniqueKey {
        self.spec().unique.get_or_insert_default()
    }
}

impl Enqueue {
    fn with(mut self, change: impl FnOnce(&mut TaskRequest)) -> Self {
        if let Ok(request) = &mut self.item {
            change(request);
        }
        self
    }

    /// Your own id, where a repeat may come from another process. Default: a new UUIDv7.
    pub fn task_id(self, task_id: impl Into<String>) -> Self {
        self.with(|request| request.0.task_id = task_id.into())
    }

    /// The queue. Default: the definition's, else `default`.
    pub fn queue(self, queue: impl Into<String>) -> Self {
        self.with(|request| request.options().queue = queue.into())
    }

    /// -1000 to 1000; higher runs first. Default 0.
    pub fn priority(self, priority: i32) -> Self {
        self.with(|request| request.options().priority = Some(priority))
    }

    /// Due this long from now, by the server's clock.
    pub fn delay(self, delay: Duration) -> Self {
        self.with(|request| request.0.start = Some(Start::Delay(to_proto(delay))))
    }

    /// Due at this time; a time that is past means now.
    pub fn schedule_at(self, time: SystemTime) -> Self {
        self.with(|request| request.0.start = Some(Start::ScheduleTime(timestamp(time))))
    }

    /// How often and when failed attempts are repeated; unset fields are the definition's.
    pub fn retry_policy(self, policy: RetryPolicy) -> Self {
        self.with(|request| request.options().retry_policy = Some(policy))
    }

    /// Attempts in all, the first included; 1 disables retries, -1 sets no limit. Default 3.
    pub fn max_attempts(self, attempts: i32) -> Self {
        self.with(|request| {
            request.options().retry_policy.get_or_insert_default().max_attempts = Some(attempts);
        })
    }

    /// Limit of one attempt. Default: none.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.with(|request| request.options().attempt_timeout = Some(to_proto(timeout)))
    }

    /// Limit over all attempts and backoffs, from the time the task is due. Default: none.
    pub fn total_timeout(self, timeout: Duration) -> Self {
        self.with(|request| request.options().total_timeout = Some(to_proto(timeout)))
    }

    /// EXPIRED if not started this long after it is due. Default: never.
    pub fn pending_timeout(self, timeout: Duration) -> Self {
        self.with(|request| request.options().pending_timeout = Some(to_proto(timeout)))
    }

    /// How long the ended task is kept, its result included. Default 24 h.
    pub fn retention(self, retention: Duration) -> Self {
        self.with(|request| request.options().retention = Some(to_proto(retention)))
    }

    /// What another attempt of a streaming handler means for outputs already recorded. Default: it is not made.
    pub fn output_retry(self, output_retry: OutputRetry) -> Self {
        self.with(|request| request.options().output_retry = output_retry.into())
    }

    /// A label to find it by; at most 32.
    pub fn label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|request| {
            request.options().labels.insert(key.into(), value.into());
        })
    }

    /// A header for the handler; at most 64, of 8 KiB in all.
    pub fn header(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|request| {
            request.spec().headers.insert(key.into(), value.into());
        })
    }

    /// All headers for the handler.
    pub fn headers(self, headers: HashMap<String, String>) -> Self {
        self.with(|request| request.spec().headers = headers)
    }

    /// Held by one task of this name at a time; the one that holds it is found instead of a second one made.
    pub fn unique_key(self, key: impl Into<String>) -> Self {
        self.with(|request| request.unique().key = key.into())
    }

    /// The unique key is held this long from the enqueue, whether the task has ended or not. Default: until it ends.
    pub fn unique_window(self, window: Duration) -> Self {
        self.with(|request| request.unique().window = Some(to_proto(window)))
    }

    /// What happens when another task holds the unique key. Default: that task is found.
    pub fn on_conflict(self, policy: ConflictPolicy) -> Self {
        self.with(|request| request.unique().on_conflict = policy.into())
    }

    /// The task from whose handler this one is enqueued.
    pub fn parent_task_id(self, task_id: impl Into<String>) -> Self {
        self.with(|request| request.spec().parent_task_id = task_id.into())
    }

    /// The request, to be enqueued with others by [`Client::enqueue_many`]. [`Error::Invalid`] for an input that
    /// can't be JSON.
    pub fn request(self) -> Result<TaskRequest> {
        self.item
    }

    /// Enqueues it and waits for its result, however long that takes.
    pub async fn run<T: DeserializeOwned>(self) -> Result<T> {
        payload::to_value(self.run_payload(None).await?.as_ref())
    }

    /// As [`run`](Self::run), for no longer than that: then [`Error::StillRunning`], and the task goes on.
    pub async fn run_within<T: DeserializeOwned>(self, timeout: Duration) -> Result<T> {
        payload::to_value(self.run_payload(Some(timeout)).await?.as_ref())
    }

    /// As [`run`](Self::run), for a typed task.
    pub async fn run_message<M: Message + Name + Default>(self) -> Result<M> {
        payload::to_message(self.run_payload(None).await?.as_ref())
    }

    /// Enqueues it and waits for its result, not decoded.
    pub async fn run_payload(self, timeout: Option<Duration>) -> Result<Option<Payload>> {
        let request = self.item?;
        self.client.run_request(request.0, timeout).await
    }
}

impl IntoFuture for Enqueue {
    type Output = Result<TaskHandle, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    /// Enqueues the task; ready once it is durable.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.client.enqueue_request(self.item?.0).await })
    }
}
