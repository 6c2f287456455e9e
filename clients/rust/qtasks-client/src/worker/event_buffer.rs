//! The events of one attempt that the server has not recorded yet, in order.
use std::collections::VecDeque;
use std::sync::Mutex;

use prost::Message;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::duration::to_proto;
use crate::error::Error;
use crate::locked::locked;
use crate::proto::v1::attempt_event::Event;
use crate::proto::v1::{AttemptEvent, LogEntry, Payload, Progress};

/// Above either, outputs wait and logs are dropped.
const MAX_EVENTS: usize = 1_000;
const MAX_BYTES: usize = 1 << 20;

#[derive(Debug)]
struct Buffered {
    event: Event,
    at: Instant,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Pending {
    events: VecDeque<Buffered>,
    bytes: usize,
    recorded: usize,
    outputs: usize,
    progress: Option<Progress>,
    refusal: Option<Error>,
    closed: bool,
    /// The recorder knows of it.
    queued: bool,
}

/// What is under way to the server.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) first_index: i64,
    pub(crate) events: Vec<AttemptEvent>,
    pub(crate) progress: Option<Progress>,
    pub(crate) bytes: usize,
}

/// Filled by the handler, emptied by the recorder.
#[derive(Debug, Default)]
pub(crate) struct EventBuffer {
    pending: Mutex<Pending>,
    changed: Notify,
}

impl EventBuffer {
    /// Adds an output.
    pub(crate) fn add_output(&self, output: Payload) {
        let mut pending = locked(&self.pending);
        pending.outputs += usize::from(!pending.closed);
        pending.add(Event::Output(output));
    }

    /// Adds a log line, or drops it where the server can't keep up; false then.
    pub(crate) fn add_log(&self, entry: LogEntry) -> bool {
        let mut pending = locked(&self.pending);
        let has_room = !pending.is_full();
        if has_room {
            pending.add(Event::Log(entry));
        }
        has_room
    }

    /// Replaces progress that has not left yet.
    pub(crate) fn set_progress(&self, progress: Progress) {
        let mut pending = locked(&self.pending);
        if !pending.closed {
            pending.progress = Some(progress);
        }
    }

    /// True the first time, until [`unqueue`](Self::unqueue).
    pub(crate) fn queue(&self) -> bool {
        !std::mem::replace(&mut locked(&self.pending).queued, true)
    }

    /// Leaves the recorder's queue if nothing is left to send; true then.
    pub(crate) fn unqueue(&self) -> bool {
        let mut pending = locked(&self.pending);
        pending.queued = pending.is_dirty();
        !pending.queued
    }

    /// Events recorded so far, or about to be: `Outcome.event_count`.
    pub(crate) fn count(&self) -> i64 {
        let pending = locked(&self.pending);
        to_index(pending.recorded + pending.events.len())
    }

    /// Outputs among them.
    pub(crate) fn has_outputs(&self) -> bool {
        locked(&self.pending).outputs > 0
    }

    pub(crate) fn is_dirty(&self) -> bool {
        locked(&self.pending).is_dirty()
    }

    /// The server's word that it takes no more outputs of this attempt.
    pub(crate) fn refusal(&self) -> Option<Error> {
        locked(&self.pending).refusal.clone()
    }

    /// The oldest events within the limits, one at least, and the latest progress; they stay until acknowledged.
    pub(crate) fn slice(&self, max_events: usize, max_bytes: usize) -> Slice {
        let pending = locked(&self.pending);
        let (mut events, mut bytes) = (Vec::new(), 0);
        for buffered in &pending.events {
            let is_full = events.len() >= max_events || bytes + buffered.bytes > max_bytes;
            if is_full && !events.is_empty() {
                break;
            }
            let age = Some(to_proto(buffered.at.elapsed()));
            events.push(AttemptEvent { age, event: Some(buffered.event.clone()) });
            bytes += buffered.bytes;
        }
        let first_index = to_index(pending.recorded + 1);
        Slice { first_index, events, progress: pending.progress.clone(), bytes }
    }

    /// The slice was recorded.
    pub(crate) fn acknowledge(&self, slice: &Slice) {
        let mut pending = locked(&self.pending);
        if pending.closed {
            return;
        }
        pending.events.drain(..slice.events.len());
        pending.recorded += slice.events.len();
        pending.bytes -= slice.bytes;
        if pending.progress == slice.progress {
            pending.progress = None;
        }
        drop(pending);
        self.changed.notify_waiters();
    }

    /// The server refuses what is pending. Lost log lines are a pity; where outputs are among them, the attempt can't
    /// succeed any more. What comes next takes the place of what was refused.
    pub(crate) fn refuse(&self, error: Error) {
        let mut pending = locked(&self.pending);
        let refused = pending.events.iter().filter(|buffered| matches!(buffered.event, Event::Output(_)));
        let refused = refused.count();
        pending.outputs -= refused;
        if refused > 0 {
            pending.refusal = Some(error);
        }
        pending.clear();
        drop(pending);
        self.changed.notify_waiters();
    }

    /// Drops what is pending and all that comes.
    pub(crate) fn close(&self) {
        let mut pending = locked(&self.pending);
        pending.closed = true;
        pending.clear();
        drop(pending);
        self.changed.notify_waiters();
    }

    /// Ready when there is room for outputs.
    pub(crate) async fn when_room(&self) {
        self.when(|pending| !pending.is_full()).await;
    }

    /// Ready when nothing is left to send.
    pub(crate) async fn when_clean(&self) {
        self.when(|pending| !pending.is_dirty()).await;
    }

    async fn when(&self, is_over: impl Fn(&Pending) -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if is_over(&locked(&self.pending)) {
                return;
            }
            changed.await;
        }
    }
}

impl Pending {
    fn add(&mut self, event: Event) {
        if self.closed {
            return;
        }
        let bytes = 64
            + match &event {
                Event::Output(output) => output.encoded_len(),
                Event::Log(entry) => entry.encoded_len(),
            };
        self.bytes += bytes;
        self.events.push_back(Buffered { event, at: Instant::now(), bytes });
    }

    fn is_dirty(&self) -> bool {
        !self.events.is_empty() || self.progress.is_some()
    }

    fn is_full(&self) -> bool {
        self.events.len() >= MAX_EVENTS || self.bytes >= MAX_BYTES
    }

    fn clear(&mut self) {
        self.events.clear();
        self.bytes = 0;
        self.progress = None;
    }
}

fn to_index(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
