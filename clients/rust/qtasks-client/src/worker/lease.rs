//! One attempt that this worker holds.
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::event_buffer::EventBuffer;
use crate::duration::to_std;
use crate::locked::locked;
use crate::proto::v1::{LeasedTask, Payload, TaskSpec};

/// Why an attempt is to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Abort {
    /// Someone asked for it, for this reason.
    Canceled(String),
    /// The lease went to another: nothing is reported.
    Lost,
    /// The worker ends and its grace is over.
    Stopping,
    /// As stopping, and the handler did not end in time.
    GivenUp,
}

#[derive(Debug, Default)]
struct Checkpoint {
    latest: Option<Payload>,
    /// The server has the latest.
    known: bool,
}

/// A leased task, and what became of it so far.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(crate) leased: LeasedTask,
    pub(crate) spec: TaskSpec,
    /// When its time is up.
    pub(crate) deadline: Option<Instant>,
    pub(crate) events: EventBuffer,
    aborted: Notify,
    abort: Mutex<Option<Abort>>,
    /// The handler heeds a cancel by itself.
    cooperative: AtomicBool,
    checkpoint: Mutex<Checkpoint>,
}

impl Lease {
    pub(crate) fn new(mut leased: LeasedTask) -> Self {
        let spec = leased.spec.take().unwrap_or_default();
        // One that is beyond what the clock can hold is left to the server, which then takes the lease.
        let deadline = leased.attempt_ttl.and_then(|ttl| Instant::now().checked_add(to_std(ttl)));
        Self {
            leased,
            spec,
            deadline,
            events: EventBuffer::default(),
            aborted: Notify::new(),
            abort: Mutex::default(),
            cooperative: AtomicBool::new(false),
            checkpoint: Mutex::default(),
        }
    }

    /// Names the lease.
    pub(crate) fn token(&self) -> &Bytes {
        &self.leased.lease_token
    }

    /// How long the attempt may take.
    pub(crate) fn ttl(&self) -> Option<Duration> {
        self.leased.attempt_ttl.map(to_std)
    }

    /// Tells the attempt to stop. A lost lease, then the worker's giving up, overrides what was said before; else the
    /// first word counts.
    pub(crate) fn abort(&self, abort: Abort) {
        let mut said = locked(&self.abort);
        let overrides = matches!(abort, Abort::Lost | Abort::GivenUp) && *said != Some(Abort::Lost);
        if said.is_none() || overrides {
            *said = Some(abort);
            drop(said);
            self.aborted.notify_waiters();
        }
    }

    /// Why the attempt is to stop, if it is.
    pub(crate) fn aborted(&self) -> Option<Abort> {
        locked(&self.abort).clone()
    }

    /// Ready once the attempt is to stop for another reason than `known`.
    pub(crate) async fn when_aborted(&self, known: Option<&Abort>) -> Abort {
        loop {
            let mut notified = std::pin::pin!(self.aborted.notified());
            notified.as_mut().enable();
            match self.aborted() {
                Some(abort) if Some(&abort) != known => return abort,
                _ => notified.await,
            }
        }
    }

    /// From now on the handler decides what a cancel means to it.
    pub(crate) fn cooperate(&self) {
        self.cooperative.store(true, Ordering::Release);
    }

    pub(crate) fn is_cooperative(&self) -> bool {
        self.cooperative.load(Ordering::Acquire)
    }

    pub(crate) fn save_checkpoint(&self, checkpoint: Payload) {
        *locked(&self.checkpoint) = Checkpoint { latest: Some(checkpoint), known: false };
    }

    /// The latest checkpoint of this attempt.
    pub(crate) fn checkpoint(&self) -> Option<Payload> {
        locked(&self.checkpoint).latest.clone()
    }

    /// The latest checkpoint where the server does not have it yet.
    pub(crate) fn new_checkpoint(&self) -> Option<Payload> {
        let checkpoint = locked(&self.checkpoint);
        if checkpoint.known { None } else { checkpoint.latest.clone() }
    }

    /// The server has taken this checkpoint.
    pub(crate) fn confirm_checkpoint(&self, sent: &Payload) {
        let mut checkpoint = locked(&self.checkpoint);
        checkpoint.known |= checkpoint.latest.as_ref() == Some(sent);
    }
}
