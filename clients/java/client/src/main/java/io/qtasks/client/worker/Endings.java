package io.qtasks.client.worker;

import io.qtasks.api.v1.Canceled;
import io.qtasks.api.v1.Failure;
import io.qtasks.api.v1.FailureKind;
import io.qtasks.api.v1.Outcome;
import io.qtasks.api.v1.Payload;
import io.qtasks.api.v1.Release;
import io.qtasks.api.v1.Success;
import io.qtasks.client.internal.Times;
import java.time.Duration;

/** How attempts end: outcomes without the lease, which is added when they are reported. */
final class Endings {
  private static final int MAX_REASON_CHARS = 1_000;

  private Endings() {}

  static Outcome success(Payload result) {
    return Outcome.newBuilder().setSuccess(Success.newBuilder().setResult(result)).build();
  }

  /** A stream's success has no result. */
  static Outcome success() {
    return Outcome.newBuilder().setSuccess(Success.getDefaultInstance()).build();
  }

  static Outcome failure(Failure failure) {
    return Outcome.newBuilder().setFailure(failure).build();
  }

  static Outcome attemptTimeout(String message) {
    Failure.Builder failure =
        Failures.byWorker(
            FailureKind.FAILURE_KIND_ATTEMPT_TIMEOUT, "qtasks.AttemptTimeout", message);
    return failure(failure.setNonRetryable(false).build());
  }

  static Outcome canceled(String reason) {
    return Outcome.newBuilder()
        .setCanceled(Canceled.newBuilder().setReason(Failures.clip(reason, MAX_REASON_CHARS)))
        .build();
  }

  static Outcome release(String reason, Duration delay) {
    var release = Release.newBuilder().setReason(Failures.clip(reason, MAX_REASON_CHARS));
    if (!delay.isZero()) release.setDelay(Times.proto(delay));
    return Outcome.newBuilder().setRelease(release).build();
  }

  /**
   * What a handler's exception makes of the attempt. After a cancel it means that the handler
   * stopped, whatever it is.
   */
  static Outcome of(Throwable thrown, Attempt attempt) {
    AttemptAbortedException aborted = attempt.aborted();
    if (aborted != null) {
      if (aborted.why() == AttemptAbortedException.Why.CANCELED)
        return canceled(aborted.getMessage());
      if (aborted.why() == AttemptAbortedException.Why.STOPPING)
        return release(aborted.getMessage(), Duration.ZERO);
    }
    if (thrown instanceof SnoozeException snooze)
      return release(snooze.getMessage(), snooze.delay());
    return failure(Failures.of(thrown));
  }
}
