package io.qtasks.client.worker;

import io.qtasks.api.v1.Failure;
import io.qtasks.api.v1.FailureKind;
import io.qtasks.api.v1.ItemError;
import io.qtasks.api.v1.Outcome;

/** What is reported of attempts, and what replaces the outcomes that the server refuses. */
final class Outcomes {
  private Outcomes() {}

  /**
   * The outcome of an attempt whose events are all sent; without an output that was refused there
   * is no success.
   */
  static Outcome of(Attempt attempt, Outcome ending) {
    RuntimeException refusal = attempt.events.refusal();
    Outcome.Builder outcome = ending.toBuilder();
    if (refusal != null && ending.hasSuccess())
      outcome.setFailure(
          failed("qtasks.OutputRefused", "an output was refused: " + refusal.getMessage()));
    if (attempt.checkpoint() != null && !outcome.hasSuccess())
      outcome.setCheckpoint(attempt.checkpoint());
    return outcome.setLeaseToken(attempt.key()).setEventCount(attempt.events.count()).build();
  }

  /** Once the server has the events whose lack it complained of. */
  static Outcome withEvents(Outcome outcome, Attempt attempt) {
    return outcome.toBuilder().setEventCount(attempt.events.count()).build();
  }

  /**
   * When the server lost events for good: lost log lines are let go, lost outputs fail the attempt.
   */
  static Outcome withoutEvents(Outcome outcome, Attempt attempt) {
    Outcome.Builder changed = outcome.toBuilder().setEventCount(0);
    Failure lost = failed("qtasks.EventsLost", "the server lost outputs of this attempt");
    if (attempt.events.outputCount() > 0 && outcome.hasSuccess())
      changed.setFailure(lost.toBuilder().setNonRetryable(false));
    return changed.build();
  }

  /** The failure that is reported instead of a refused outcome. */
  static Outcome insteadOfRefused(Outcome outcome, ItemError error) {
    boolean tooLarge = outcome.hasSuccess() && error.getReason().equals("PAYLOAD_TOO_LARGE");
    Failure failure =
        tooLarge
            ? failed("qtasks.ResultTooLarge", error.getMessage())
            : failed("qtasks.OutcomeRefused", "the outcome was refused: " + error.getMessage());
    return outcome.toBuilder().clearCheckpoint().setFailure(failure).build();
  }

  private static Failure failed(String type, String message) {
    return Failures.byWorker(FailureKind.FAILURE_KIND_APPLICATION, type, message).build();
  }
}
