package io.qtasks.client.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Makes few batches of many concurrent calls: idle, it adds no delay; busy, it makes few round
 * trips. A call joins the batch that is being gathered; a batch leaves when fewer than {@code
 * maxInFlight} are under way.
 */
public final class Coalescer<Q, R> {
  /** How large batches are, and how many are under way at once. */
  public record Limits(int maxItems, int maxBytes, int maxInFlight) {}

  /** What became of an item: its result, or its own error. */
  public record Verdict<R>(R result, RuntimeException error) {}

  private record Item<Q, R>(Q request, int bytes, CompletableFuture<R> answer) {}

  private final Limits limits;
  private final ToIntFunction<Q> sizeOf;
  private final Function<List<Q>, CompletableFuture<List<Verdict<R>>>> run;
  private final ArrayDeque<Item<Q, R>> waiting = new ArrayDeque<>();
  private int inFlight;

  public Coalescer(
      Limits limits,
      ToIntFunction<Q> sizeOf,
      Function<List<Q>, CompletableFuture<List<Verdict<R>>>> run) {
    this.limits = limits;
    this.sizeOf = sizeOf;
    this.run = run;
  }

  /** The item's own result, or its own error. */
  public CompletableFuture<R> add(Q request) {
    return addAll(List.of(request)).get(0);
  }

  /** A result for each item, in order; they leave together as far as the limits let them. */
  public List<CompletableFuture<R>> addAll(List<Q> requests) {
    var answers = new ArrayList<CompletableFuture<R>>(requests.size());
    synchronized (waiting) {
      for (Q request : requests) {
        var item = new Item<>(request, sizeOf.applyAsInt(request), new CompletableFuture<R>());
        waiting.add(item);
        answers.add(item.answer);
      }
    }
    depart();
    return answers;
  }

  private void depart() {
    for (; ; ) {
      List<Item<Q, R>> batch;
      synchronized (waiting) {
        if (waiting.isEmpty() || inFlight >= limits.maxInFlight) return;
        inFlight++;
        batch = take();
      }
      send(batch);
    }
  }

  /** What fits into one batch, one item at least. */
  private List<Item<Q, R>> take() {
    var batch = new ArrayList<Item<Q, R>>(Math.min(waiting.size(), limits.maxItems));
    int bytes = 0;
    while (!waiting.isEmpty() && batch.size() < limits.maxItems) {
      bytes += waiting.peek().bytes;
      if (bytes > limits.maxBytes && !batch.isEmpty()) break;
      batch.add(waiting.poll());
    }
    return batch;
  }

  private void send(List<Item<Q, R>> batch) {
    run.apply(batch.stream().map(Item::request).toList())
        .whenComplete(
            (verdicts, thrown) -> {
              land();
              settle(batch, verdicts, thrown);
            });
  }

  private void land() {
    synchronized (waiting) {
      inFlight--;
    }
    depart();
  }

  private void settle(List<Item<Q, R>> batch, List<Verdict<R>> verdicts, Throwable thrown) {
    Throwable error = thrown == null ? miscount(batch, verdicts) : Futures.cause(thrown);
    for (int at = 0; at < batch.size(); at++) {
      if (error != null) batch.get(at).answer.completeExceptionally(error);
      else complete(batch.get(at).answer, verdicts.get(at));
    }
  }

  private void complete(CompletableFuture<R> answer, Verdict<R> verdict) {
    if (verdict.error == null) answer.complete(verdict.result);
    else answer.completeExceptionally(verdict.error);
  }

  private Throwable miscount(List<Item<Q, R>> batch, List<Verdict<R>> verdicts) {
    if (batch.size() == verdicts.size()) return null;
    return new IllegalStateException(
        "a batch of " + batch.size() + " items has " + verdicts.size() + " results");
  }
}
