//! Reports how attempts ended, many in one call, until the server has answered for each.
use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::core::Core;
use super::executor::Ending;
use super::lease::Lease;
use super::outcome::{bytes_of, instead_of_refused, outcome_of, without_events};
use crate::error::{Error, Result};
use crate::proto::v1::{ItemError, Outcome, OutcomeResult, OutcomeVerdict};

const MAX_OUTCOMES: usize = 1_000;
/// Half of what a message may have: a result of 1 MiB always fits.
const MAX_BYTES: usize = 2 << 20;
/// An outcome, what replaces it when it is refused, and what replaces that.
const MAX_REPORTS: u32 = 4;

/// An outcome on its way to the server.
#[derive(Debug)]
pub(crate) struct Report {
    lease: Arc<Lease>,
    /// Replaced when it is refused.
    outcome: Outcome,
    refusals: u32,
}

impl Report {
    pub(crate) fn new(lease: Arc<Lease>, ending: Ending) -> Self {
        let outcome = outcome_of(&lease, ending);
        Self { lease, outcome, refusals: 0 }
    }
}

/// Reports until the session ends. One call is under way at a time; outcomes that come meanwhile leave together.
pub(crate) async fn run(core: Arc<Core>, mut reports: mpsc::UnboundedReceiver<Report>) {
    let mut waiting = VecDeque::new();
    loop {
        tokio::select! {
            () = core.closed().cancelled() => break,
            () = gather(&mut reports, &mut waiting) => {}
        }
        let batch = take(&mut waiting);
        send(&core, batch).await;
    }
}

/// Waits for the first report and takes what has come with it.
async fn gather(reports: &mut mpsc::UnboundedReceiver<Report>, waiting: &mut VecDeque<Report>) {
    if waiting.is_empty() {
        waiting.extend(reports.recv().await);
    }
    // Attempts that end in this turn of the runtime leave in the same call.
    tokio::task::yield_now().await;
    while waiting.len() < MAX_OUTCOMES {
        let Ok(report) = reports.try_recv() else { break };
        waiting.push_back(report);
    }
}

/// What fits into one call, one outcome at least.
fn take(waiting: &mut VecDeque<Report>) -> Vec<Report> {
    let (mut count, mut bytes) = (0, 0);
    for report in waiting.iter() {
        bytes += bytes_of(&report.outcome);
        if count >= MAX_OUTCOMES || (bytes > MAX_BYTES && count > 0) {
            break;
        }
        count += 1;
    }
    waiting.drain(..count).collect()
}

async fn send(core: &Arc<Core>, batch: Vec<Report>) {
    let outcomes: Vec<Outcome> = batch.iter().map(|report| report.outcome.clone()).collect();
    let mut over = Vec::with_capacity(batch.len());
    match results(core, outcomes).await {
        Ok(results) => {
            for (report, result) in batch.into_iter().zip(results) {
                over.extend(settle(core, report, result));
            }
        }
        Err(error) => {
            tracing::warn!(%error, outcomes = batch.len(), "outcomes could not be reported");
            over.extend(batch.into_iter().map(|report| report.lease));
        }
    }
    core.free(over.iter().map(AsRef::as_ref));
}

/// A refusal of the whole call is narrowed down to the outcome that it is meant for.
async fn results(core: &Core, outcomes: Vec<Outcome>) -> Result<Vec<OutcomeResult>> {
    match report(core, outcomes.clone()).await {
        Err(error) if is_refusal(&error) && outcomes.len() == 1 => Ok(vec![refused(&error)]),
        Err(error) if is_refusal(&error) => {
            let mut results = Vec::with_capacity(outcomes.len());
            for outcome in outcomes {
                results.extend(Box::pin(self::results(core, vec![outcome])).await?);
            }
            Ok(results)
        }
        answer => answer,
    }
}

async fn report(core: &Core, outcomes: Vec<Outcome>) -> Result<Vec<OutcomeResult>> {
    let count = outcomes.len();
    let results = core.session.report(outcomes).await?.results;
    if results.len() == count {
        return Ok(results);
    }
    let message = format!("{count} outcomes were reported, {} answered", results.len());
    Err(tonic::Status::internal(message).into())
}

/// The lease, once the server has said its last word of it; what was refused is replaced and goes again.
fn settle(core: &Arc<Core>, mut report: Report, result: OutcomeResult) -> Option<Arc<Lease>> {
    let task_id = &report.lease.leased.task_id;
    match result.verdict() {
        OutcomeVerdict::Recorded => return Some(report.lease),
        OutcomeVerdict::Stale => {
            tracing::warn!(task_id, "an outcome came too late: the lease had gone to another");
            return Some(report.lease);
        }
        OutcomeVerdict::Refused | OutcomeVerdict::Unspecified => {}
    }
    let error = result.error.unwrap_or_default();
    tracing::warn!(task_id, reason = error.reason, message = error.message, "an outcome was refused");
    report.refusals += 1;
    if report.refusals >= MAX_REPORTS {
        tracing::error!(task_id, "an outcome was refused for good: its lease will run out");
        return Some(report.lease);
    }
    tokio::spawn(replace(core.clone(), report, error));
    None
}

async fn replace(core: Arc<Core>, mut report: Report, error: ItemError) {
    let events = &report.lease.events;
    if error.reason != "EVENTS_MISSING" {
        report.outcome = instead_of_refused(report.outcome, &error);
    } else if events.is_dirty() {
        core.recorder.touch(&report.lease, true);
        events.when_clean().await;
        report.outcome.event_count = events.count();
    } else {
        report.outcome = without_events(report.outcome, &report.lease);
    }
    // Nobody reports after the end of the session.
    let _ = core.reports.send(report);
}

fn is_refusal(error: &Error) -> bool {
    error.rpc().is_some_and(|error| error.is_refusal())
}

fn refused(error: &Error) -> OutcomeResult {
    let reason = error.reason().unwrap_or_default().to_owned();
    let error = ItemError { reason, message: error.to_string(), ..ItemError::default() };
    let verdict = OutcomeVerdict::Refused.into();
    OutcomeResult { verdict, error: Some(error), ..OutcomeResult::default() }
}
