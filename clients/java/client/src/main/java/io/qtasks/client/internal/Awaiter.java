package io.qtasks.client.internal;

import io.grpc.Status;
import io.qtasks.api.v1.BatchAwaitTasksRequest;
import io.qtasks.api.v1.BatchAwaitTasksResponse;
import io.qtasks.api.v1.Task;
import io.qtasks.api.v1.TaskServiceGrpc;
import io.qtasks.client.QTasksException;
import io.qtasks.client.QTasksException.Facts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Gathers concurrent awaits into few long polls, so that ten thousand awaited tasks are ten calls.
 *
 * <p>A task joins the next call; a call that has its answer gives back the tasks that have not
 * ended, and they join the next call with whatever came meanwhile. Calls leave at once while few
 * are parked. When {@link #MAX_LONG_CALLS} are, further ones are short and paced, so that they end
 * and merge by themselves: canceling them instead would reset streams, which servers count as an
 * attack.
 */
public final class Awaiter implements AutoCloseable {
  private static final int MAX_IDS = 1_000;
  private static final int MAX_LONG_CALLS = 16;
  private static final long LONG_WAIT_MS = 20_000;
  private static final long SHORT_WAIT_MS = 500;
  private static final long PACE_MS = 30;

  /**
   * A large group is asked again no sooner than this long after its answer, for each of its ids.
   */
  private static final double REST_MS_PER_ID = 0.01;

  /** After an answer that came too early and says nothing, as from a server that drains. */
  private static final long EMPTY_REST_MS = 200;

  /** The answer comes this long after the wait at the latest. */
  private static final long ANSWER_MARGIN_MS = 10_000;

  private final Calls calls;
  private final Patience patience;
  private final Timer timer;

  /**
   * Every awaited task by id, whether a call asks for it or it waits for the next. Guards the
   * fields below too.
   */
  private final Map<String, Wait> waits = new HashMap<>();

  private List<Wait> due = new ArrayList<>();
  private int partialCalls;
  private boolean departs;
  private boolean closed;

  public Awaiter(Calls calls, Patience patience, Timer timer) {
    this.calls = calls;
    this.patience = patience;
    this.timer = timer;
  }

  /**
   * The terminal task; TaskTimeoutException after the timeout (null: never), TASK_NOT_FOUND, or
   * CALL_CANCELED.
   */
  public CompletableFuture<Task> await(String taskId, Duration timeout) {
    return awaitAll(List.of(taskId), timeout).get(0);
  }

  /** As {@link #await}, for many that are asked for together. */
  public List<CompletableFuture<Task>> awaitAll(List<String> taskIds, Duration timeout) {
    var answers = new ArrayList<CompletableFuture<Task>>(taskIds.size());
    var fresh = new ArrayList<Wait>();
    synchronized (waits) {
      if (closed) throw Futures.canceled("the client was closed", null);
      for (String taskId : taskIds) answers.add(waitFor(taskId, fresh).join(timeout, timer));
    }
    enter(fresh);
    return answers;
  }

  private Wait waitFor(String taskId, List<Wait> fresh) {
    return waits.computeIfAbsent(
        taskId,
        id -> {
          var wait = new Wait(id);
          fresh.add(wait);
          return wait;
        });
  }

  private void enter(List<Wait> entering) {
    long pace;
    synchronized (waits) {
      due.addAll(entering);
      if (departs || due.isEmpty()) return;
      departs = true;
      pace = partialCalls >= MAX_LONG_CALLS ? PACE_MS : 0;
    }
    // A moment later, on the timer's thread, so that what is awaited in one go leaves in one call.
    timer.after(pace, this::leave);
  }

  private void leave() {
    List<Wait> group;
    synchronized (waits) {
      departs = false;
      group = due.stream().filter(this::isWanted).toList();
      due = new ArrayList<>();
    }
    for (int from = 0; from < group.size(); from += MAX_IDS)
      ask(group.subList(from, Math.min(group.size(), from + MAX_IDS)));
  }

  private void ask(List<Wait> group) {
    boolean partial = group.size() < MAX_IDS;
    boolean isShort;
    synchronized (waits) {
      isShort = partial && partialCalls >= MAX_LONG_CALLS;
      if (partial) partialCalls++;
    }
    long longest = group.stream().mapToLong(Wait::remainingMs).max().orElse(0);
    long waitMs = Math.min(isShort ? SHORT_WAIT_MS : LONG_WAIT_MS, longest);
    long askedAt = System.nanoTime();
    call(group, waitMs)
        .whenComplete(
            (answer, thrown) -> {
              synchronized (waits) {
                if (partial) partialCalls--;
              }
              boolean early = System.nanoTime() - askedAt < waitMs * 500_000;
              if (thrown != null) fail(group, Futures.cause(thrown));
              else if (settle(answer) == 0 && early) askAgain(group, EMPTY_REST_MS);
              else askAgain(group, (long) (group.size() * REST_MS_PER_ID));
            });
  }

  private CompletableFuture<BatchAwaitTasksResponse> call(List<Wait> group, long waitMs) {
    var request =
        BatchAwaitTasksRequest.newBuilder().setWait(Times.protoMillis(waitMs)).setMinCount(1);
    for (Wait wait : group) request.addTaskIds(wait.taskId);
    Duration timeout = Duration.ofMillis(waitMs + ANSWER_MARGIN_MS);
    BatchAwaitTasksRequest batch = request.build();
    return patience.repeat(
        () -> calls.unary(TaskServiceGrpc.getBatchAwaitTasksMethod(), batch, timeout));
  }

  private int settle(BatchAwaitTasksResponse answer) {
    for (Task task : answer.getTasksList()) take(task.getTaskId()).resolve(task);
    for (String taskId : answer.getMissingTaskIdsList()) take(taskId).reject(notFound(taskId));
    return answer.getTasksCount() + answer.getMissingTaskIdsCount();
  }

  private void askAgain(List<Wait> group, long restMs) {
    List<Wait> left;
    synchronized (waits) {
      left = group.stream().filter(this::isWanted).toList();
    }
    if (left.isEmpty()) return;
    if (restMs < 1) enter(left);
    else timer.after(restMs, () -> enter(left));
  }

  private void fail(List<Wait> group, Throwable thrown) {
    String reason = thrown instanceof QTasksException error ? error.reason() : "";
    // A cut by a proxy says nothing about the tasks.
    if (reason.equals("STILL_RUNNING")) askAgain(group, EMPTY_REST_MS);
    // One malformed id must not fail the others of its call.
    else if (reason.equals("FIELD_VIOLATION") && group.size() > 1) {
      int middle = group.size() / 2;
      ask(group.subList(0, middle));
      ask(group.subList(middle, group.size()));
    } else for (Wait wait : group) take(wait.taskId).reject(thrown);
  }

  private Wait take(String taskId) {
    synchronized (waits) {
      Wait wait = waits.remove(taskId);
      return wait == null ? new Wait(taskId) : wait;
    }
  }

  /** Someone still waits; one that all have left is forgotten, and a later await starts anew. */
  private boolean isWanted(Wait wait) {
    if (waits.get(wait.taskId) != wait) return false;
    if (wait.isWanted()) return true;
    waits.remove(wait.taskId);
    return false;
  }

  private static QTasksException notFound(String taskId) {
    var facts =
        new Facts(
            Status.Code.NOT_FOUND, "TASK_NOT_FOUND", List.of(), Map.of("task_id", taskId), null);
    return new QTasksException(facts, "no task has the id " + taskId, null);
  }

  /** Those who wait get CALL_CANCELED. */
  @Override
  public void close() {
    List<Wait> all;
    synchronized (waits) {
      closed = true;
      all = List.copyOf(waits.values());
      waits.clear();
    }
    for (Wait wait : all) wait.reject(Futures.canceled("the client was closed", null));
  }
}
