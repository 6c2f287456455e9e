package io.qtasks.client.worker;

import com.google.rpc.Code;
import io.qtasks.api.v1.ItemError;
import io.qtasks.api.v1.Outcome;
import io.qtasks.api.v1.OutcomeResult;
import io.qtasks.api.v1.OutcomeVerdict;
import io.qtasks.client.QTasksException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reports how attempts ended, until the server has answered for each: one call at a time, what
 * comes meanwhile in the next.
 */
final class Reporter extends Role {
  private static final int MAX_OUTCOMES = 1_000;

  /** Half of what a message may have: a result of 1 MiB always fits. */
  private static final int MAX_BYTES = 2 << 20;

  /** An outcome, what replaces it when it is refused, and what replaces that. */
  private static final int MAX_REPORTS = 4;

  private record Report(Attempt attempt, Outcome outcome, int refusals) {
    Report replaced(Outcome replacement) {
      return new Report(attempt, replacement, refusals + 1);
    }
  }

  private final Session session;
  private final Recorder recorder;
  private final Consumer<List<Attempt>> onDone;

  /** Guarded by itself. */
  private final ArrayDeque<Report> waiting = new ArrayDeque<>();

  /** {@code onDone} is told of those that the server has answered for. */
  Reporter(Session session, Recorder recorder, Consumer<List<Attempt>> onDone) {
    super("reporter");
    this.session = session;
    this.recorder = recorder;
    this.onDone = onDone;
  }

  /** Reports the ending, after the attempt's events. */
  void report(Attempt attempt, Outcome ending) {
    recorder.flush(attempt, () -> add(new Report(attempt, Outcomes.of(attempt, ending), 0)));
  }

  @Override
  void run() throws InterruptedException {
    for (; ; ) send(awaitReports());
  }

  private void add(Report report) {
    synchronized (waiting) {
      waiting.add(report);
      waiting.notifyAll();
    }
  }

  /** What fits into one call, one outcome at least. */
  private List<Report> awaitReports() throws InterruptedException {
    var reports = new ArrayList<Report>();
    synchronized (waiting) {
      while (waiting.isEmpty()) waiting.wait();
      int bytes = 0;
      while (!waiting.isEmpty() && reports.size() < MAX_OUTCOMES) {
        bytes += waiting.peek().outcome.getSerializedSize();
        if (bytes > MAX_BYTES && !reports.isEmpty()) break;
        reports.add(waiting.poll());
      }
    }
    return reports;
  }

  private void send(List<Report> reports) {
    List<OutcomeResult> results;
    try {
      results = results(reports.stream().map(Report::outcome).toList());
    } catch (IllegalStateException | QTasksException error) {
      if (session.isClosed()) throw error;
      Log.error("outcomes could not be reported: their leases will run out", error);
      onDone.accept(reports.stream().map(Report::attempt).toList());
      return;
    }
    var done = new ArrayList<Attempt>(reports.size());
    for (int at = 0; at < reports.size(); at++)
      if (isOver(reports.get(at), results.get(at))) done.add(reports.get(at).attempt);
    onDone.accept(done);
  }

  /** A refusal of the whole call is narrowed down to the outcome that it is meant for. */
  private List<OutcomeResult> results(List<Outcome> outcomes) {
    try {
      List<OutcomeResult> results = session.report(outcomes);
      if (results.size() == outcomes.size()) return results;
      throw new IllegalStateException(
          outcomes.size() + " outcomes were reported, " + results.size() + " answered");
    } catch (QTasksException error) {
      if (!Session.isRefusal(error)) throw error;
      if (outcomes.size() == 1) return List.of(refused(error));
      return outcomes.stream().flatMap(outcome -> results(List.of(outcome)).stream()).toList();
    }
  }

  /**
   * Whether the server has said its last word of it; what was refused is replaced and goes again.
   */
  private boolean isOver(Report report, OutcomeResult result) {
    if (result.getVerdict() == OutcomeVerdict.OUTCOME_VERDICT_RECORDED) return true;
    if (result.getVerdict() == OutcomeVerdict.OUTCOME_VERDICT_STALE) {
      Log.warn(report.attempt, "an outcome came too late: the lease had gone to another");
      return true;
    }
    Log.warn(report.attempt, "an outcome was refused: " + result.getError().getMessage());
    if (report.refusals + 1 < MAX_REPORTS) {
      replace(report, result.getError());
      return false;
    }
    Log.warn(report.attempt, "an outcome was refused for good: its lease will run out");
    return true;
  }

  private void replace(Report report, ItemError error) {
    Attempt attempt = report.attempt;
    if (!error.getReason().equals("EVENTS_MISSING"))
      add(report.replaced(Outcomes.insteadOfRefused(report.outcome, error)));
    else if (!attempt.events.isDirty())
      add(report.replaced(Outcomes.withoutEvents(report.outcome, attempt)));
    else
      recorder.flush(
          attempt, () -> add(report.replaced(Outcomes.withEvents(report.outcome, attempt))));
  }

  private static OutcomeResult refused(QTasksException error) {
    var item =
        ItemError.newBuilder()
            .setCode(Code.INVALID_ARGUMENT_VALUE)
            .setReason(error.reason())
            .setMessage(error.getMessage());
    return OutcomeResult.newBuilder()
        .setVerdict(OutcomeVerdict.OUTCOME_VERDICT_REFUSED)
        .setError(item)
        .build();
  }
}
