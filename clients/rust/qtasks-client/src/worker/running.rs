//! A worker from its start to its stop: the parts, wired.
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::timeout;

use super::core::Core;
use super::lease::Abort;
use super::reporter::Report;
use super::{heart, poller, recorder, reporter};

/// How long parked polls have to answer once the server knows that this worker drains. What is handed out to one that
/// is cut off goes back with the end of the session.
const POLLS: Duration = Duration::from_millis(500);
/// How long handlers that heed their cancel have to end after they were told to stop.
const ABORT: Duration = Duration::from_secs(1);
/// How long the last outcomes have to reach the server; what does not is released with the session.
const REPORT: Duration = Duration::from_secs(5);
const UNREGISTER: Duration = Duration::from_secs(2);

/// A worker that has registered and takes tasks. Dropped without [`stop`](Self::stop), it ends as if it had died: its
/// leases run out, and its tasks run elsewhere.
pub struct RunningWorker {
    core: Arc<Core>,
    polls: Option<JoinHandle<()>>,
    polls_end: AbortHandle,
    grace: Duration,
}

impl RunningWorker {
    /// Starts the parts of a worker whose session is open.
    pub(crate) fn start(core: Arc<Core>, reports: mpsc::UnboundedReceiver<Report>, grace: Duration) -> Self {
        tokio::spawn(reporter::run(core.clone(), reports));
        tokio::spawn(recorder::run(core.clone()));
        tokio::spawn(heart::run(core.clone()));
        let polls = tokio::spawn(poller::run(core.clone()));
        Self { core, polls_end: polls.abort_handle(), polls: Some(polls), grace }
    }

    /// The id of its session.
    pub fn session_id(&self) -> &str {
        self.core.session.id()
    }

    /// Attempts that it holds.
    pub fn held(&self) -> usize {
        self.core.held.len()
    }

    /// Ready when an operator asks the worker to drain; call [`stop`](Self::stop) then.
    pub async fn drain_requested(&self) {
        self.core.drain_wanted.cancelled().await;
    }

    /// Takes nothing more; lets handlers finish within the grace, then stops them and gives back what is left; ends
    /// the session. How many tasks the server had to take back.
    pub async fn stop(mut self) -> i32 {
        self.core.draining.store(true, Ordering::Release);
        self.core.freed.notify_one();
        self.end_polls().await;
        within(self.grace, self.core.held.when_empty()).await;
        self.end_handlers().await;
        self.unregister().await
    }

    async fn end_polls(&mut self) {
        let Some(polls) = self.polls.take() else { return };
        let told = async {
            let (beaten, _) = tokio::join!(heart::beat(&self.core), polls);
            if let Err(error) = beaten {
                tracing::debug!(%error, "the server was not told that this worker drains");
            }
        };
        within(POLLS, told).await;
        self.polls_end.abort();
    }

    async fn end_handlers(&self) {
        let held = &self.core.held;
        if held.len() == 0 {
            return;
        }
        held.abort_all(&Abort::Stopping);
        within(ABORT, held.when_empty()).await;
        held.abort_all(&Abort::GivenUp);
        within(REPORT, held.when_empty()).await;
    }

    async fn unregister(&self) -> i32 {
        match self.core.session.unregister(UNREGISTER).await {
            Ok(released) => released,
            Err(error) => {
                // The server ends the session by itself when it hears no more of it.
                tracing::info!(%error, "the session could not be ended");
                0
            }
        }
    }
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        self.polls_end.abort();
        self.core.closed().cancel();
        self.core.held.abort_all(&Abort::Lost);
    }
}

impl fmt::Debug for RunningWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningWorker").field("session_id", &self.session_id()).finish_non_exhaustive()
    }
}

/// Waits for it, but no longer than that.
async fn within(limit: Duration, future: impl Future<Output = ()>) {
    let _ = timeout(limit, future).await;
}
