//! Sends outputs, logs and progress of running attempts, in order, many attempts in one call.
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use super::core::Core;
use super::event_buffer::Slice;
use super::lease::Lease;
use crate::error::{Error, Result};
use crate::locked::locked;
use crate::proto::v1::AttemptEvents;

/// Logs and progress wait this long for company; outputs leave at once.
const LAZY: Duration = Duration::from_millis(100);
const MAX_ATTEMPTS: usize = 1_000;
const MAX_EVENTS: usize = 1_000;
const MAX_BYTES: usize = 1 << 20;

/// Attempts with events that are to be sent.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    queue: Mutex<VecDeque<Arc<Lease>>>,
    urgent: Notify,
    lazy: Notify,
}

struct Part {
    lease: Arc<Lease>,
    slice: Slice,
}

impl Recorder {
    /// The attempt has something new to send, at once or soon.
    pub(crate) fn touch(&self, lease: &Arc<Lease>, urgent: bool) {
        if lease.events.queue() {
            locked(&self.queue).push_back(lease.clone());
        }
        let wanted = if urgent { &self.urgent } else { &self.lazy };
        wanted.notify_one();
    }

    async fn when_due(&self) {
        let soon = async {
            self.lazy.notified().await;
            sleep(LAZY).await;
        };
        tokio::select! {
            () = self.urgent.notified() => {}
            () = soon => {}
        }
    }

    /// What fits into one call, the attempts that have waited longest first.
    fn gather(&self) -> Vec<Part> {
        let mut queue = locked(&self.queue);
        let (mut parts, mut events, mut bytes) = (Vec::new(), 0, 0);
        while parts.len() < MAX_ATTEMPTS && events < MAX_EVENTS && bytes < MAX_BYTES {
            let Some(lease) = queue.pop_front() else { break };
            let slice = lease.events.slice(MAX_EVENTS - events, MAX_BYTES - bytes);
            events += slice.events.len();
            bytes += slice.bytes;
            parts.push(Part { lease, slice });
        }
        if !queue.is_empty() {
            self.urgent.notify_one();
        }
        parts
    }

    /// Attempts that have more to send stay in the queue.
    fn put_back(&self, parts: Vec<Part>) {
        for Part { lease, slice } in parts {
            if lease.events.unqueue() {
                continue;
            }
            let has_more = lease.events.count() >= slice.first_index + slice.events.len() as i64;
            locked(&self.queue).push_back(lease);
            let wanted = if has_more { &self.urgent } else { &self.lazy };
            wanted.notify_one();
        }
    }

    fn stop(&self) {
        for lease in locked(&self.queue).drain(..) {
            lease.events.close();
        }
    }
}

/// Records until the session ends.
pub(crate) async fn run(core: Arc<Core>) {
    loop {
        tokio::select! {
            () = core.closed().cancelled() => break,
            () = core.recorder.when_due() => {}
        }
        let parts = core.recorder.gather();
        if let Err(error) = record(&core, &parts).await {
            // Only the end of the session gets here: nobody is left to send to.
            tracing::debug!(%error, "events were not sent");
        }
        core.recorder.put_back(parts);
    }
    core.recorder.stop();
}

/// Repeats until recorded. A refusal is narrowed down to the attempt that it is meant for.
async fn record(core: &Arc<Core>, parts: &[Part]) -> Result<()> {
    let Err(error) = send(core, parts).await else { return Ok(()) };
    match parts {
        _ if !is_refusal(&error) => return Err(error),
        [part] => refuse(&part.lease, error),
        _ => {
            for part in parts {
                match send(core, std::slice::from_ref(part)).await {
                    Err(error) if is_refusal(&error) => refuse(&part.lease, error),
                    sent => sent?,
                }
            }
        }
    }
    Ok(())
}

async fn send(core: &Arc<Core>, parts: &[Part]) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let answer = core.session.record(parts.iter().map(message).collect()).await?;
    for part in parts {
        part.lease.events.acknowledge(&part.slice);
    }
    core.hear(answer.lease_statuses, Vec::new());
    Ok(())
}

fn message(part: &Part) -> AttemptEvents {
    AttemptEvents {
        lease_token: part.lease.token().clone(),
        first_index: part.slice.first_index,
        events: part.slice.events.clone(),
        progress: part.slice.progress.clone(),
    }
}

fn is_refusal(error: &Error) -> bool {
    error.rpc().is_some_and(|error| error.is_refusal())
}

fn refuse(lease: &Lease, error: Error) {
    tracing::warn!(%error, task_id = lease.leased.task_id, "the server refuses events of an attempt");
    lease.events.refuse(error);
}
