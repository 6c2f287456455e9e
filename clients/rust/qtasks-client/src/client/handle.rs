//! One task, seen from the program that enqueued it or that knows its id.
use std::time::Duration;

use futures_util::TryStreamExt;
use prost::{Message, Name};
use serde::de::DeserializeOwned;

use super::Client;
use super::cancel::Cancel;
use super::stream::Items;
use super::watch::{TaskChange, WatchOptions};
use crate::error::{Error, Result};
use crate::payload;
use crate::proto::v1::task_event::Event;
use crate::proto::v1::{Payload, Task, TaskState, TaskView};
use crate::task_failed::TaskFailed;

/// A task by its id; holds nothing to close. Made by [`Client::enqueue`] and [`Client::handle`].
#[derive(Clone, Debug)]
pub struct TaskHandle {
    client: Client,
    task_id: String,
    created: bool,
}

impl TaskHandle {
    pub(crate) fn new(client: Client, task_id: String, created: bool) -> Self {
        Self { client, task_id, created }
    }

    /// The task's id.
    pub fn id(&self) -> &str {
        &self.task_id
    }

    /// False when the task id or the unique key found an earlier task.
    pub fn created(&self) -> bool {
        self.created
    }

    /// The task's result as JSON, however long it takes. [`Error::TaskFailed`] when it ended otherwise.
    pub async fn result<T: DeserializeOwned>(&self) -> Result<T> {
        payload::to_value(self.result_payload(None).await?.as_ref())
    }

    /// As [`result`](Self::result), for no longer than that: then [`Error::StillRunning`], and the task goes on.
    pub async fn result_within<T: DeserializeOwned>(&self, timeout: Duration) -> Result<T> {
        payload::to_value(self.result_payload(Some(timeout)).await?.as_ref())
    }

    /// As [`result`](Self::result), for a typed task.
    pub async fn result_message<M: Message + Name + Default>(&self) -> Result<M> {
        payload::to_message(self.result_payload(None).await?.as_ref())
    }

    /// The result, not decoded; waits without a limit where there is no timeout.
    pub async fn result_payload(&self, timeout: Option<Duration>) -> Result<Option<Payload>> {
        result_of(self.done(timeout).await?)
    }

    /// The task once it has ended, however it ended. [`Error::StillRunning`] after the timeout; zero asks once.
    pub async fn done(&self, timeout: Option<Duration>) -> Result<Task> {
        self.client.wait(&self.task_id, timeout).await
    }

    /// The task as it is now, in full. Reason `TASK_NOT_FOUND` where there is none.
    pub async fn get(&self) -> Result<Task> {
        self.client.get(&self.task_id).await
    }

    /// The task as it is, then each change until it has ended; goes on over lost connections.
    pub fn watch(&self, options: WatchOptions) -> Items<TaskChange> {
        self.client.watch(&self.task_id, options)
    }

    /// The outputs of a streaming handler as they come, as JSON. After the last one [`Error::TaskFailed`] when the
    /// task did not succeed.
    pub fn outputs<T: DeserializeOwned + Send + 'static>(&self) -> Items<T> {
        self.decoded_outputs(|payload| payload::to_value(Some(&payload)))
    }

    /// As [`outputs`](Self::outputs), for a typed task.
    pub fn output_messages<M: Message + Name + Default + 'static>(&self) -> Items<M> {
        self.decoded_outputs(|payload| payload::to_message(Some(&payload)))
    }

    fn decoded_outputs<T: Send + 'static>(
        &self,
        decode: impl Fn(Payload) -> Result<T> + Send + Copy + 'static,
    ) -> Items<T> {
        let options = WatchOptions::default().events_after(0).view(TaskView::Basic);
        let changes = self.watch(options);
        Items::new(changes.try_filter_map(move |change| {
            std::future::ready(output_of(change).and_then(|output| output.map(decode).transpose()))
        }))
    }

    /// Asks the task to end. A waiting one is CANCELED; of a running one the handler decides.
    pub fn cancel(&self) -> Cancel {
        self.client.cancel(&self.task_id)
    }

    /// Runs the task again after its end, with fresh attempts. Reason `TASK_NOT_TERMINAL` before its end.
    pub async fn retry(&self) -> Result<Task> {
        self.client.retry(&self.task_id).await
    }

    /// Deletes the ended task with its events. Reason `TASK_NOT_TERMINAL` before its end; one that is gone is no
    /// error.
    pub async fn delete(&self) -> Result<()> {
        self.client.delete(&self.task_id).await
    }
}

/// The result of a task that has ended.
pub(crate) fn result_of(task: Task) -> Result<Option<Payload>> {
    match task.state() {
        TaskState::Succeeded => Ok(task.result),
        _ => Err(Error::TaskFailed(Box::new(TaskFailed::new(task)))),
    }
}

fn output_of(change: TaskChange) -> Result<Option<Payload>> {
    match change {
        TaskChange::Event(event) => match event.event {
            Some(Event::Output(output)) => Ok(Some(output)),
            _ => Ok(None),
        },
        TaskChange::Task(task) if has_failed(&task) => result_of(*task),
        TaskChange::Task(_) => Ok(None),
    }
}

fn has_failed(task: &Task) -> bool {
    matches!(task.state(), TaskState::Failed | TaskState::Canceled | TaskState::Expired)
}
