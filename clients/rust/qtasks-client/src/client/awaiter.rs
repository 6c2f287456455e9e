//! Gathers concurrent awaits into few long polls, so that ten thousand awaited tasks are ten calls.
//!
//! A task joins the next call; a call that has its answer gives back the tasks that have not ended, and they join the
//! next call with whatever came meanwhile. Calls leave at once while few are parked. When [`MAX_LONG_CALLS`] are,
//! further ones are short and paced, so that they end and merge by themselves.
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::connection::{Tasks, within};
use super::patience::with_patience;
use super::waits::{Asked, Waits};
use crate::duration::to_proto;
use crate::error::{Error, Result};
use crate::locked::locked;
use crate::proto::v1::{BatchAwaitTasksRequest, BatchAwaitTasksResponse, Task};

const MAX_IDS: usize = 1_000;
const MAX_LONG_CALLS: usize = 16;
const LONG_WAIT: Duration = Duration::from_secs(20);
const SHORT_WAIT: Duration = Duration::from_millis(500);
const PACE: Duration = Duration::from_millis(30);
/// A large group is asked again no sooner than this long after its answer, for each of its ids.
const REST_PER_ID: Duration = Duration::from_micros(10);
/// After an answer that came too early and says nothing, as from a server that drains.
const EMPTY_REST: Duration = Duration::from_millis(200);
/// The answer comes this long after the wait at the latest.
const ANSWER_MARGIN: Duration = Duration::from_secs(10);

/// Awaits tasks by BatchAwaitTasks; each caller gets its own task, timeout or error.
#[derive(Clone, Debug)]
pub(crate) struct Awaiter {
    tasks: Tasks,
    patience: Duration,
    waits: Arc<Mutex<Waits>>,
}

impl Awaiter {
    pub(crate) fn new(tasks: Tasks, patience: Duration) -> Self {
        Self { tasks, patience, waits: Arc::default() }
    }

    /// The terminal task. [`Error::StillRunning`] after the timeout; the task is not touched by it.
    pub(crate) async fn wait(&self, task_id: &str, timeout: Option<Duration>) -> Result<Task> {
        let answer = self.join(task_id, timeout.map(|timeout| Instant::now() + timeout));
        let answered = match timeout {
            None => answer.await,
            Some(waited) => tokio::time::timeout(waited, answer).await.map_err(|_| {
                let task_id = task_id.to_owned();
                Error::StillRunning { task_id, waited }
            })?,
        };
        answered.map_err(|_| Error::Closed)?
    }

    fn join(&self, task_id: &str, until: Option<Instant>) -> oneshot::Receiver<Result<Task>> {
        let (answer, answered) = oneshot::channel();
        if locked(&self.waits).join(task_id, until, answer) {
            self.depart();
        }
        answered
    }

    fn depart(&self) {
        let awaiter = self.clone();
        tokio::spawn(async move {
            let is_crowded = locked(&awaiter.waits).partial_calls >= MAX_LONG_CALLS;
            // Those that are awaited in this turn of the runtime leave together.
            if is_crowded {
                sleep(PACE).await
            } else {
                tokio::task::yield_now().await
            }
            awaiter.leave();
        });
    }

    fn leave(&self) {
        let due = locked(&self.waits).take_due();
        for group in due.chunks(MAX_IDS) {
            tokio::spawn(self.clone().ask(group.to_vec()));
        }
    }

    // Boxed, since a group that fails is asked for again in halves.
    fn ask(self, group: Vec<String>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move { self.ask_once(group).await })
    }

    async fn ask_once(&self, group: Vec<String>) {
        let partial = group.len() < MAX_IDS;
        let asked = locked(&self.waits).ask(&group, partial);
        let (wait, asked_at) = (wait_of(&asked), Instant::now());
        let answer = self.call(group.clone(), wait).await;
        if partial {
            locked(&self.waits).partial_calls -= 1;
        }
        match answer {
            Ok(answer) => {
                let ended = locked(&self.waits).settle(answer);
                let is_early = asked_at.elapsed() < wait / 2;
                let count = u32::try_from(group.len()).unwrap_or(u32::MAX);
                let rest = if ended == 0 && is_early { EMPTY_REST } else { REST_PER_ID * count };
                self.ask_again(group, rest).await;
            }
            Err(error) => self.fail(group, error).await,
        }
    }

    async fn call(&self, task_ids: Vec<String>, wait: Duration) -> Result<BatchAwaitTasksResponse> {
        let message = BatchAwaitTasksRequest { task_ids, wait: Some(to_proto(wait)), min_count: 1, view: 0 };
        let answer = with_patience(self.patience, || {
            let (mut tasks, message) = (self.tasks.clone(), message.clone());
            async move { tasks.batch_await_tasks(within(wait + ANSWER_MARGIN, message)).await }
        });
        Ok(answer.await?.into_inner())
    }

    async fn ask_again(&self, group: Vec<String>, rest: Duration) {
        if !locked(&self.waits).any_wanted(&group) {
            return;
        }
        if rest >= Duration::from_millis(1) {
            sleep(rest).await;
        }
        if locked(&self.waits).enter(group) {
            self.depart();
        }
    }

    async fn fail(&self, group: Vec<String>, error: Error) {
        match error.reason() {
            // A cut by a proxy says nothing about the tasks.
            Some("STILL_RUNNING") => self.ask_again(group, EMPTY_REST).await,
            // One malformed id must not fail the others of its call.
            Some("FIELD_VIOLATION") if group.len() > 1 => {
                let (first, second) = group.split_at(group.len() / 2);
                for half in [first.to_vec(), second.to_vec()] {
                    self.clone().ask(half).await;
                }
            }
            _ => locked(&self.waits).reject(&group, &error),
        }
    }
}

fn wait_of(asked: &Asked) -> Duration {
    let longest = if asked.is_short(MAX_LONG_CALLS) { SHORT_WAIT } else { LONG_WAIT };
    match asked.until {
        None => longest,
        // Rounded up, so that the server does not answer just before the caller's time is over.
        Some(until) => {
            longest.min(until.saturating_duration_since(Instant::now()) + Duration::from_millis(1))
        }
    }
}
