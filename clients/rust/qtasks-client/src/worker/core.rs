//! What the parts of a started worker share.
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::executor::Execute;
use super::held::Held;
use super::lease::Lease;
use super::recorder::Recorder;
use super::reporter::Report;
use super::runner;
use super::session::Session;
use crate::duration::to_std;
use crate::locked::locked;
use crate::proto::v1::{Directive, DirectiveKind, LeaseStatus, LeasedTask};

pub(crate) struct Core {
    pub(crate) session: Session,
    pub(crate) handlers: HashMap<String, Arc<dyn Execute>>,
    pub(crate) slots: usize,
    pub(crate) held: Held,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) reports: mpsc::UnboundedSender<Report>,
    /// Slots became free.
    pub(crate) freed: Notify,
    /// A heartbeat is wanted now.
    pub(crate) beat: Notify,
    /// Someone asks the worker to end: the server.
    pub(crate) drain_wanted: CancellationToken,
    pub(crate) draining: AtomicBool,
    /// No polls until then: the server is going away.
    polls_rest_until: Mutex<Option<Instant>>,
}

impl Core {
    pub(crate) fn new(
        session: Session,
        handlers: HashMap<String, Arc<dyn Execute>>,
        slots: usize,
        reports: mpsc::UnboundedSender<Report>,
    ) -> Self {
        Self {
            session,
            handlers,
            slots,
            held: Held::default(),
            recorder: Arc::default(),
            reports,
            freed: Notify::new(),
            beat: Notify::new(),
            drain_wanted: CancellationToken::new(),
            draining: AtomicBool::new(false),
            polls_rest_until: Mutex::default(),
        }
    }

    pub(crate) fn closed(&self) -> &CancellationToken {
        &self.session.closed
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    pub(crate) fn free_slots(&self) -> usize {
        self.slots.saturating_sub(self.held.len())
    }

    /// Starts the attempt of a leased task.
    pub(crate) fn take(self: &Arc<Self>, leased: LeasedTask) {
        let lease = Arc::new(Lease::new(leased));
        if self.held.add(&lease) {
            tokio::spawn(runner::run(self.clone(), lease));
        }
    }

    /// Frees the slots of attempts whose outcomes are recorded, or never will be.
    pub(crate) fn free<'a>(&self, leases: impl IntoIterator<Item = &'a Lease>) {
        self.held.remove(leases);
        self.freed.notify_one();
    }

    /// Heeds what the server says of leases, and to the worker.
    pub(crate) fn hear(self: &Arc<Self>, statuses: Vec<LeaseStatus>, directives: Vec<Directive>) {
        self.held.apply(statuses);
        for directive in directives {
            self.obey(directive);
        }
    }

    fn obey(self: &Arc<Self>, directive: Directive) {
        match directive.kind() {
            DirectiveKind::Drain => {
                tracing::info!(reason = directive.reason, "the server asks this worker to drain");
                self.drain_wanted.cancel();
            }
            DirectiveKind::Register => self.register_again(),
            DirectiveKind::Reconnect => self.rest_polls(directive.delay.map(to_std).unwrap_or_default()),
            DirectiveKind::Unspecified => {}
        }
    }

    /// Leases are judged by their tokens: they go on in the new session.
    fn register_again(self: &Arc<Self>) {
        let core = self.clone();
        tokio::spawn(async move {
            match core.session.register().await {
                Ok(()) => core.beat.notify_one(),
                Err(error) if core.closed().is_cancelled() => tracing::debug!(%error, "not registered"),
                Err(error) => tracing::error!(%error, "the server refuses to register this worker"),
            }
        });
    }

    // The channel opens a new connection by itself with the first call after the old one is gone.
    fn rest_polls(&self, delay: Duration) {
        *locked(&self.polls_rest_until) = Instant::now().checked_add(delay);
    }

    /// When the next poll may leave, if it is to wait.
    pub(crate) fn polls_rest_until(&self) -> Option<Instant> {
        locked(&self.polls_rest_until).take()
    }
}
