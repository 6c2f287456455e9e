//! The attempts that a worker holds: those that run, and those whose outcome is not recorded yet.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::Notify;

use super::lease::{Abort, Lease};
use crate::locked::locked;
use crate::proto::v1::{LeaseStatus, LeaseVerdict};

#[derive(Debug, Default)]
pub(crate) struct Held {
    by_token: Mutex<HashMap<Bytes, Arc<Lease>>>,
    emptied: Notify,
}

impl Held {
    /// False where it is held already: an answer that was sent twice must not run a task twice.
    pub(crate) fn add(&self, lease: &Arc<Lease>) -> bool {
        let mut held = locked(&self.by_token);
        let is_new = !held.contains_key(lease.token());
        if is_new {
            held.insert(lease.token().clone(), lease.clone());
        }
        is_new
    }

    pub(crate) fn remove<'a>(&self, leases: impl IntoIterator<Item = &'a Lease>) {
        let mut held = locked(&self.by_token);
        for lease in leases {
            held.remove(lease.token());
        }
        if held.is_empty() {
            self.emptied.notify_waiters();
        }
    }

    pub(crate) fn len(&self) -> usize {
        locked(&self.by_token).len()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Lease>> {
        locked(&self.by_token).values().cloned().collect()
    }

    /// Tells attempts what the server said of their leases.
    pub(crate) fn apply(&self, statuses: Vec<LeaseStatus>) {
        for status in statuses {
            let lease = locked(&self.by_token).get(&status.lease_token).cloned();
            let Some(lease) = lease else { continue };
            match status.verdict() {
                LeaseVerdict::Lost => lease.abort(Abort::Lost),
                LeaseVerdict::CancelRequested => lease.abort(Abort::Canceled(status.cancel_reason)),
                LeaseVerdict::Held | LeaseVerdict::Unspecified => {}
            }
        }
    }

    pub(crate) fn abort_all(&self, abort: &Abort) {
        for lease in self.all() {
            lease.abort(abort.clone());
        }
    }

    /// Ready when nothing is held.
    pub(crate) async fn when_empty(&self) {
        loop {
            let mut emptied = std::pin::pin!(self.emptied.notified());
            emptied.as_mut().enable();
            if self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }
}
