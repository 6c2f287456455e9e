//! One attempt, from its arrival to its outcome.
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::attempt::Attempt;
use super::core::Core;
use super::executor::{Ending, release};
use super::failure::worker_failure;
use super::lease::{Abort, Lease};
use super::panic::{Caught, ending_of};
use super::reporter::Report;
use crate::proto::v1::{Canceled, FailureKind};

/// A task whose handler this worker lacks goes back for this long, for others to take.
const UNKNOWN_DELAY: Duration = Duration::from_secs(1);
const STOPPING: &str = "the worker is stopping";

/// Runs the handler, sends what is left of its events, hands its outcome to the reporter.
pub(crate) async fn run(core: Arc<Core>, lease: Arc<Lease>) {
    let Some(ending) = end(&core, &lease).await else { return lose(&core, &lease) };
    if lease.events.is_dirty() {
        core.recorder.touch(&lease, true);
        tokio::select! {
            () = lease.events.when_clean() => {}
            () = core.closed().cancelled() => {}
        }
    }
    // Nobody reports after the end of the session.
    let _ = core.reports.send(Report::new(lease, ending));
}

/// How the attempt ends; none when its lease is lost.
async fn end(core: &Arc<Core>, lease: &Arc<Lease>) -> Option<Ending> {
    if core.is_draining() {
        return Some(release(STOPPING, None));
    }
    let Some(handler) = core.handlers.get(&lease.spec.name) else {
        tracing::warn!(task = lease.spec.name, "no handler for the task: it goes back");
        return Some(release("no handler for the task", Some(UNKNOWN_DELAY)));
    };
    let attempt = Attempt::new(lease.clone(), core.recorder.clone());
    match catch_unwind(AssertUnwindSafe(|| handler.execute(attempt))) {
        Ok(handled) => drive(lease, Caught(handled)).await,
        Err(panic) => Some(ending_of(panic.as_ref())),
    }
}

async fn drive(lease: &Lease, mut handled: Caught) -> Option<Ending> {
    let mut known = None;
    loop {
        let abort = tokio::select! {
            biased;
            ending = &mut handled => return Some(after_abort(ending, lease.aborted().as_ref())),
            abort = lease.when_aborted(known.as_ref()) => abort,
            () = until(lease.deadline) => return Some(timed_out(lease)),
        };
        match &abort {
            Abort::Lost => return None,
            Abort::GivenUp => return Some(release(STOPPING, None)),
            // The handler ends by itself.
            _ if lease.is_cooperative() => known = Some(abort),
            Abort::Canceled(reason) => return Some(canceled(reason)),
            Abort::Stopping => return Some(release(STOPPING, None)),
        }
    }
}

/// A value that a canceled handler returns counts; an error means that it stopped.
fn after_abort(ending: Ending, abort: Option<&Abort>) -> Ending {
    match (ending, abort) {
        (Ending::Success(success), _) => Ending::Success(success),
        (_, Some(Abort::Canceled(reason))) => canceled(reason),
        (_, Some(_)) => release(STOPPING, None),
        (ending, None) => ending,
    }
}

fn canceled(reason: &str) -> Ending {
    Ending::Canceled(Canceled { reason: reason.to_owned() })
}

fn timed_out(lease: &Lease) -> Ending {
    let ttl = lease.ttl().unwrap_or_default().as_millis();
    let message = format!("the attempt took longer than its {ttl} ms");
    Ending::Failure(worker_failure("qtasks.AttemptTimeout", &message, FailureKind::AttemptTimeout))
}

fn lose(core: &Core, lease: &Lease) {
    tracing::warn!(task_id = lease.leased.task_id, "the lease of an attempt was lost");
    lease.events.close();
    core.free([lease]);
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
