//! Which tasks are awaited in this process, and by whom.
use std::collections::HashMap;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::error::{Error, Result};
use crate::proto::v1::{BatchAwaitTasksResponse, Task};
use crate::rpc_error::RpcError;

#[derive(Debug)]
struct Waiter {
    /// None: no limit.
    until: Option<Instant>,
    answer: oneshot::Sender<Result<Task>>,
}

/// Every awaited task by id, whether a call asks for it or it waits for the next.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    by_id: HashMap<String, Vec<Waiter>>,
    due: Vec<String>,
    departing: bool,
    /// Calls under way that have room for more ids.
    pub(crate) partial_calls: usize,
}

/// How a group is asked for.
pub(crate) struct Asked {
    /// When the last waiter of the group gives up; none: never.
    pub(crate) until: Option<Instant>,
    partial: bool,
    partial_calls: usize,
}

impl Asked {
    pub(crate) fn is_short(&self, max_long_calls: usize) -> bool {
        self.partial && self.partial_calls > max_long_calls
    }
}

impl Waits {
    /// Adds a waiter; true when a departure is to be arranged.
    pub(crate) fn join(
        &mut self,
        task_id: &str,
        until: Option<Instant>,
        answer: oneshot::Sender<Result<Task>>,
    ) -> bool {
        let waiter = Waiter { until, answer };
        if let Some(waiters) = self.by_id.get_mut(task_id) {
            waiters.push(waiter);
            return false;
        }
        self.by_id.insert(task_id.to_owned(), vec![waiter]);
        self.enter(vec![task_id.to_owned()])
    }

    /// Ids for the next call; true when a departure is to be arranged.
    pub(crate) fn enter(&mut self, ids: Vec<String>) -> bool {
        self.due.extend(ids);
        !self.due.is_empty() && !std::mem::replace(&mut self.departing, true)
    }

    /// The ids for the next calls, without those that all have left.
    pub(crate) fn take_due(&mut self) -> Vec<String> {
        self.departing = false;
        let due = std::mem::take(&mut self.due);
        due.into_iter().filter(|id| self.is_wanted(id)).collect()
    }

    pub(crate) fn ask(&mut self, group: &[String], partial: bool) -> Asked {
        self.partial_calls += usize::from(partial);
        Asked { until: self.until(group), partial, partial_calls: self.partial_calls }
    }

    /// Someone waits for one of them; an id that all have left is forgotten, and a later await starts anew.
    pub(crate) fn any_wanted(&mut self, group: &[String]) -> bool {
        group.iter().filter(|id| self.is_wanted(id)).count() > 0
    }

    /// Hands out what an answer brings; how many tasks it was.
    pub(crate) fn settle(&mut self, answer: BatchAwaitTasksResponse) -> usize {
        let count = answer.tasks.len() + answer.missing_task_ids.len();
        for task in answer.tasks {
            let id = task.task_id.clone();
            self.answer(&id, Ok(task));
        }
        for id in answer.missing_task_ids {
            let error = not_found(&id);
            self.answer(&id, Err(error));
        }
        count
    }

    /// Fails all who wait for one of these.
    pub(crate) fn reject(&mut self, group: &[String], error: &Error) {
        for id in group {
            self.answer(id, Err(error.clone()));
        }
    }

    fn answer(&mut self, id: &str, answer: Result<Task>) {
        let mut waiters = self.by_id.remove(id).unwrap_or_default();
        let last = waiters.pop();
        for waiter in waiters {
            // Who no longer waits has dropped its end.
            let _ = waiter.answer.send(answer.clone());
        }
        if let Some(waiter) = last {
            let _ = waiter.answer.send(answer);
        }
    }

    fn is_wanted(&mut self, id: &str) -> bool {
        let Some(waiters) = self.by_id.get_mut(id) else { return false };
        waiters.retain(|waiter| !waiter.answer.is_closed());
        let is_wanted = !waiters.is_empty();
        if !is_wanted {
            self.by_id.remove(id);
        }
        is_wanted
    }

    fn until(&self, group: &[String]) -> Option<Instant> {
        let waiters = group.iter().filter_map(|id| self.by_id.get(id)).flatten();
        let mut last = Instant::now();
        for waiter in waiters {
            last = last.max(waiter.until?);
        }
        Some(last)
    }
}

fn not_found(task_id: &str) -> Error {
    let message = format!("no task has the id {task_id}");
    let mut error = RpcError::from(tonic::Status::not_found(message));
    error.reason = "TASK_NOT_FOUND".to_owned();
    error.metadata.insert("task_id".to_owned(), task_id.to_owned());
    error.into()
}
