//! Gathers concurrent enqueues into batches: idle, it adds no delay; busy, it makes few calls.
use std::collections::VecDeque;
use std::time::Duration;

use prost::Message;
use tokio::sync::{mpsc, oneshot};

use super::connection::{Tasks, within};
use super::patience::with_patience;
use crate::error::{Error, Result};
use crate::proto::v1::{BatchEnqueueResult, BatchEnqueueTasksRequest, EnqueueTaskRequest};
use crate::rpc_error::RpcError;

pub(crate) const MAX_ITEMS: usize = 1_000;
const MAX_BYTES: usize = 2 << 20;
/// Callers beyond these wait to be taken into a batch.
const MAX_WAITING: usize = 10_000;

/// What became of an enqueue.
#[derive(Clone, Debug)]
pub(crate) struct Enqueued {
    /// The new task, or the one that the task id or the unique key found.
    pub task_id: String,
    pub created: bool,
}

struct Item {
    request: EnqueueTaskRequest,
    answer: oneshot::Sender<Result<Enqueued>>,
}

/// Sends requests, each of which has a task id, by BatchEnqueueTasks; each caller gets its own verdict. Ends with the
/// last clone of its client.
#[derive(Clone, Debug)]
pub(crate) struct Enqueuer {
    items: mpsc::Sender<Item>,
    calls: Calls,
}

#[derive(Clone, Debug)]
struct Calls {
    tasks: Tasks,
    timeout: Duration,
    patience: Duration,
}

impl Enqueuer {
    pub(crate) fn new(tasks: Tasks, timeout: Duration, patience: Duration) -> Self {
        let calls = Calls { tasks, timeout, patience };
        let (items, received) = mpsc::channel(MAX_WAITING);
        tokio::spawn(send_all(received, calls.clone()));
        Self { items, calls }
    }

    /// Enqueues one, together with those that come at the same time.
    pub(crate) async fn add(&self, request: EnqueueTaskRequest) -> Result<Enqueued> {
        let (answer, answered) = oneshot::channel();
        self.items.send(Item { request, answer }).await.map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Enqueues many, with a verdict for each, in order. One batch after the other, not gathered with others.
    pub(crate) async fn add_all(&self, requests: Vec<EnqueueTaskRequest>) -> Vec<Result<Enqueued>> {
        let mut waiting = VecDeque::from(requests);
        let mut verdicts = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            verdicts.extend(self.calls.send(take(&mut waiting, |request| request)).await);
        }
        verdicts
    }
}

async fn send_all(mut items: mpsc::Receiver<Item>, calls: Calls) {
    let mut waiting = VecDeque::new();
    while gather(&mut items, &mut waiting).await {
        let batch = take(&mut waiting, |item: &Item| &item.request);
        let (requests, answers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|item| (item.request, item.answer)).unzip();
        for (answer, verdict) in answers.into_iter().zip(calls.send(requests).await) {
            // Who no longer waits has dropped its end.
            let _ = answer.send(verdict);
        }
    }
}

/// Waits for the first item and takes what has come with it; false when no more will come.
async fn gather(items: &mut mpsc::Receiver<Item>, waiting: &mut VecDeque<Item>) -> bool {
    let mut come = Vec::new();
    if waiting.is_empty() && items.recv_many(&mut come, MAX_ITEMS).await == 0 {
        return false;
    }
    // Those that are about to be added in this turn of the runtime leave in the same batch.
    tokio::task::yield_now().await;
    while waiting.len() + come.len() < MAX_ITEMS {
        let Ok(item) = items.try_recv() else { break };
        come.push(item);
    }
    waiting.extend(come);
    true
}

/// What fits into one call, one item at least.
fn take<T>(waiting: &mut VecDeque<T>, request: impl Fn(&T) -> &EnqueueTaskRequest) -> Vec<T> {
    let (mut count, mut bytes) = (0, 0);
    for item in waiting.iter() {
        bytes += request(item).encoded_len() + 8;
        if count >= MAX_ITEMS || (bytes > MAX_BYTES && count > 0) {
            break;
        }
        count += 1;
    }
    waiting.drain(..count).collect()
}

impl Calls {
    /// A verdict for each request, in order.
    async fn send(&self, requests: Vec<EnqueueTaskRequest>) -> Vec<Result<Enqueued>> {
        let count = requests.len();
        let message = BatchEnqueueTasksRequest { requests };
        let answer = with_patience(self.patience, || {
            let (mut tasks, message) = (self.tasks.clone(), message.clone());
            async move { tasks.batch_enqueue_tasks(within(self.timeout, message)).await }
        });
        match answer.await {
            Ok(response) => verdicts(response.into_inner().results, count),
            Err(error) => vec![Err(error); count],
        }
    }
}

fn verdicts(results: Vec<BatchEnqueueResult>, count: usize) -> Vec<Result<Enqueued>> {
    if results.len() == count {
        return results.into_iter().map(verdict).collect();
    }
    let message = format!("{count} tasks were enqueued, {} answered", results.len());
    vec![Err(tonic::Status::internal(message).into()); count]
}

fn verdict(result: BatchEnqueueResult) -> Result<Enqueued> {
    match result.error {
        None => Ok(Enqueued { task_id: result.task_id, created: result.created }),
        Some(error) => Err(RpcError::of_item(error, &result.task_id).into()),
    }
}
