//! Follows one task until it has ended, over as many streams as it takes.
use std::time::Duration;

use futures_util::stream::try_unfold;
use tokio::time::{Instant, timeout};
use tonic::Streaming;

use super::connection::Tasks;
use super::patience::Backoff;
use super::stream::Items;
use crate::duration::to_std;
use crate::error::{Error, Result};
use crate::proto::v1::watch_task_response::Event;
use crate::proto::v1::{Task, TaskEvent, TaskState, TaskView, WatchTaskRequest, WatchTaskResponse};

/// Servers send a heartbeat every 15 s; a stream without any message for this long is dead.
const SILENCE: Duration = Duration::from_secs(45);
const RECONNECT: Duration = Duration::from_millis(50);

/// What an ended stream says of the connection, not of the task: reopen it.
const REOPEN: [&str; 7] = [
    "CALL_CANCELED",
    "STILL_RUNNING",
    "SHUTTING_DOWN",
    "STORAGE_UNAVAILABLE",
    "BROKER_UNAVAILABLE",
    "SERVER_UNREACHABLE",
    "INTERNAL",
];

/// A change of the task, or an output or log line of it.
#[derive(Clone, Debug)]
pub enum TaskChange {
    /// The task after a change.
    Task(Box<Task>),
    /// An output or a log line.
    Event(Box<TaskEvent>),
}

/// What a watch sends.
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct WatchOptions {
    after_sequence: Option<i64>,
    view: TaskView,
}

impl WatchOptions {
    /// Outputs and logs too, from those after this sequence; 0: from the first. Default: none of them.
    pub fn events_after(mut self, sequence: i64) -> Self {
        self.after_sequence = Some(sequence);
        self
    }

    /// What of the task is sent. Default BASIC.
    pub fn view(mut self, view: TaskView) -> Self {
        self.view = view;
        self
    }
}

/// The task as it is, then each change; ends after the terminal one. A stream that breaks is opened again from the
/// last revision and sequence; an error comes when none could be opened for the patience.
pub(crate) fn watch(
    tasks: Tasks,
    task_id: String,
    options: WatchOptions,
    patience: Duration,
) -> Items<TaskChange> {
    let request = WatchTaskRequest {
        task_id,
        after_revision: None,
        after_sequence: options.after_sequence,
        view: options.view.into(),
    };
    let (heard_at, backoff) = (Instant::now(), Backoff::new());
    let watch = Watch { tasks, request, patience, stream: None, heard_at, backoff, over: false };
    Items::new(try_unfold(watch, |mut watch| async move {
        let change = watch.next().await?;
        Ok(change.map(|change| (change, watch)))
    }))
}

struct Watch {
    tasks: Tasks,
    /// Where to go on: the last revision and sequence.
    request: WatchTaskRequest,
    patience: Duration,
    stream: Option<Streaming<WatchTaskResponse>>,
    heard_at: Instant,
    backoff: Backoff,
    over: bool,
}

impl Watch {
    async fn next(&mut self) -> Result<Option<TaskChange>> {
        while !self.over {
            match self.read().await {
                Ok(Some(message)) => {
                    if let Some(change) = self.accept(message).await {
                        return Ok(Some(change));
                    }
                }
                Ok(None) => self.reopen(RECONNECT).await,
                Err(error) => self.recover(error).await?,
            }
        }
        Ok(None)
    }

    /// The next message; none at the end of a stream, or when it is silent for too long.
    async fn read(&mut self) -> Result<Option<WatchTaskResponse>> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => none.insert(self.tasks.watch_task(self.request.clone()).await?.into_inner()),
        };
        let Ok(message) = timeout(SILENCE, stream.message()).await else { return Ok(None) };
        let message = message?;
        self.heard_at = Instant::now();
        self.backoff.reset();
        Ok(message)
    }

    /// The change in a message, unless it was seen before the stream was opened again.
    async fn accept(&mut self, message: WatchTaskResponse) -> Option<TaskChange> {
        match message.event? {
            Event::Task(task) => self.accept_task(task),
            Event::TaskEvent(event) => self.accept_event(event),
            Event::Heartbeat(_) => None,
            Event::Closing(closing) => {
                self.reopen(closing.reconnect_delay.map(to_std).unwrap_or(RECONNECT)).await;
                None
            }
        }
    }

    fn accept_task(&mut self, task: Task) -> Option<TaskChange> {
        if self.request.after_revision.is_some_and(|revision| task.revision <= revision) {
            return None;
        }
        self.request.after_revision = Some(task.revision);
        self.over = is_terminal(task.state());
        Some(TaskChange::Task(Box::new(task)))
    }

    fn accept_event(&mut self, event: TaskEvent) -> Option<TaskChange> {
        if event.sequence <= self.request.after_sequence? {
            return None;
        }
        self.request.after_sequence = Some(event.sequence);
        Some(TaskChange::Event(Box::new(event)))
    }

    async fn recover(&mut self, error: Error) -> Result<()> {
        let is_over = self.heard_at.elapsed() > self.patience || error.is_distrust();
        if is_over || !error.reason().is_some_and(|reason| REOPEN.contains(&reason)) {
            self.over = true;
            return Err(error);
        }
        self.reopen(error.retry_delay().unwrap_or(RECONNECT)).await;
        Ok(())
    }

    async fn reopen(&mut self, at_least: Duration) {
        self.stream = None;
        self.backoff.wait(Some(at_least)).await;
    }
}

fn is_terminal(state: TaskState) -> bool {
    state as i32 >= TaskState::Succeeded as i32
}
