package io.qtasks.client.worker;

import com.google.rpc.Code;
import io.qtasks.api.v1.Outcome;
import io.qtasks.api.v1.Payload;
import io.qtasks.client.Payloads;

/** Runs a plain function: payload, input, handler, result, ending. */
final class PlainTask<I, O> implements Registration.Code {
  private final Class<I> inputType;
  private final Handler<I, O> handler;

  PlainTask(Class<I> inputType, Handler<I, O> handler) {
    this.inputType = inputType;
    this.handler = handler;
  }

  @Override
  public void run(Attempt attempt, RunParts parts) {
    I input;
    try {
      input = Payloads.decode(attempt.spec().getPayload(), inputType);
    } catch (RuntimeException error) {
      attempt.settle(Endings.failure(Failures.rejected(error)));
      return;
    }
    attempt.settle(handle(input, attempt, parts.contextOf(attempt)));
  }

  private Outcome handle(I input, Attempt attempt, AttemptContext context) {
    attempt.enter();
    try {
      return success(handler.handle(input, context));
    } catch (Throwable thrown) {
      return Endings.of(thrown, attempt);
    } finally {
      attempt.leave();
    }
  }

  private static Outcome success(Object result) {
    Payload payload;
    try {
      payload = Payloads.of(result);
    } catch (RuntimeException error) {
      throw new TerminalException(
          Code.UNKNOWN,
          "qtasks.ResultNotEncodable",
          "the handler's result can't be sent: " + error.getMessage(),
          null);
    }
    return Endings.success(payload);
  }
}
