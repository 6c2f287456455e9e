package io.qtasks.conformance;

import com.google.gson.JsonElement;
import com.google.rpc.Code;
import io.qtasks.client.worker.AttemptContext;
import io.qtasks.client.worker.HandlerOptions;
import io.qtasks.client.worker.TaskException;
import io.qtasks.client.worker.Worker;

/** The plain functions of the conformance worker. */
final class Tasks {
  private Tasks() {}

  record Sum(double x, double y) {}

  record Count(int count, long delay_ms) {}

  record Fail(int code, String type, String message, JsonElement details) {}

  record Wait(long delay_ms) {}

  record Waited(int attempt, long pid) {}

  record Checkpointed(JsonElement checkpoint, int attempt) {}

  static Worker worker(String address, int slots) {
    return Worker.builder(address)
        .slots(slots)
        .build()
        .handle("conformance.echo", JsonElement.class, (input, attempt) -> input)
        .handle("conformance.sum", Sum.class, (input, attempt) -> input.x() + input.y())
        .handle("conformance.count", Count.class, HandlerOptions.STREAMING, Tasks::count)
        .handle("conformance.fail", Fail.class, Tasks::fail)
        .handle("conformance.wait", Wait.class, Tasks::sleep)
        .handle("conformance.checkpoint", JsonElement.class, Tasks::checkpoint)
        .handle("conformance.bench", JsonElement.class, (input, attempt) -> null)
        .addService(new Servicer());
  }

  private static Void count(Count input, AttemptContext attempt) throws InterruptedException {
    for (int value = 0; value < input.count(); value++) {
      if (value > 0) Thread.sleep(input.delay_ms());
      attempt.output(value);
    }
    return null;
  }

  private static Void fail(Fail input, AttemptContext attempt) {
    throw new TaskException(
        Code.forNumber(input.code()), input.type(), input.message(), input.details());
  }

  /** An interrupt ends it: that is how a cancel comes. */
  private static Waited sleep(Wait input, AttemptContext attempt) throws InterruptedException {
    attempt.log("started");
    long until = System.nanoTime() + input.delay_ms() * 1_000_000;
    for (long left = input.delay_ms(); left > 0; left = (until - System.nanoTime()) / 1_000_000) {
      attempt.progress(input.delay_ms() - left, input.delay_ms(), "waiting");
      Thread.sleep(Math.min(20, left));
    }
    return new Waited(attempt.attempt(), ProcessHandle.current().pid());
  }

  private static Object checkpoint(JsonElement input, AttemptContext attempt) {
    var saved = attempt.checkpoint(JsonElement.class);
    if (saved.isPresent()) return new Checkpointed(saved.get(), attempt.attempt());
    attempt.saveCheckpoint(input);
    throw new TaskException(Code.UNAVAILABLE, "the first attempt fails");
  }
}
