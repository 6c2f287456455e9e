//! The outcomes of attempts, and what replaces those that the server refuses.
use super::executor::Ending;
use super::failure::worker_failure;
use super::lease::Lease;
use crate::payload::size;
use crate::proto::v1::{FailureKind, ItemError, Outcome};

/// What is reported of an attempt whose events are all sent; without an output that was refused there is no success.
pub(crate) fn outcome_of(lease: &Lease, ending: Ending) -> Outcome {
    let kind = match (lease.events.refusal(), ending) {
        (Some(refusal), Ending::Success(_)) => {
            failed("qtasks.OutputRefused", &format!("an output was refused: {refusal}"))
        }
        (_, ending) => ending,
    };
    let is_success = matches!(kind, Ending::Success(_));
    Outcome {
        lease_token: lease.token().clone(),
        checkpoint: if is_success { None } else { lease.checkpoint() },
        event_count: lease.events.count(),
        kind: Some(kind),
    }
}

/// What is reported when the server lost events for good: lost log lines are let go, lost outputs fail the attempt.
pub(crate) fn without_events(mut outcome: Outcome, lease: &Lease) -> Outcome {
    if lease.events.has_outputs() && matches!(outcome.kind, Some(Ending::Success(_))) {
        let mut failure = worker_failure(
            "qtasks.EventsLost",
            "the server lost outputs of this attempt",
            FailureKind::Application,
        );
        failure.non_retryable = false;
        outcome.kind = Some(Ending::Failure(failure));
    }
    outcome.event_count = 0;
    outcome
}

/// The failure that is reported instead of a refused outcome.
pub(crate) fn instead_of_refused(mut outcome: Outcome, error: &ItemError) -> Outcome {
    let is_result = matches!(outcome.kind, Some(Ending::Success(_)));
    outcome.kind = Some(if is_result && error.reason == "PAYLOAD_TOO_LARGE" {
        failed("qtasks.ResultTooLarge", &error.message)
    } else {
        failed("qtasks.OutcomeRefused", &format!("the outcome was refused: {}", error.message))
    });
    outcome.checkpoint = None;
    outcome
}

/// About what it takes in a message; rather too many bytes than too few.
pub(crate) fn bytes_of(outcome: &Outcome) -> usize {
    let kind = match &outcome.kind {
        Some(Ending::Success(success)) => size(success.result.as_ref()),
        Some(Ending::Failure(failure)) => failure.stack_trace.len() + 8_192 + size(failure.details.as_ref()),
        _ => 1_024,
    };
    kind + size(outcome.checkpoint.as_ref()) + 512
}

fn failed(error_type: &str, message: &str) -> Ending {
    Ending::Failure(worker_failure(error_type, message, FailureKind::Application))
}
