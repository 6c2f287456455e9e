package io.qtasks.client.worker;

import io.qtasks.api.v1.Failure;
import io.qtasks.api.v1.FailureKind;
import io.qtasks.api.v1.Payload;
import io.qtasks.client.Payloads;
import io.qtasks.client.QTasksException;
import io.qtasks.client.internal.Times;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Whatever a handler throws, as a Failure. */
final class Failures {
  static final String SOURCE = "java/" + Runtime.version().feature();

  private static final int MAX_CAUSES = 5;
  private static final int MAX_TYPE_CHARS = 255;
  private static final int MAX_MESSAGE_CHARS = 8 << 10;
  private static final int MAX_STACK_CHARS = 16 << 10;

  private Failures() {}

  /** A final failure that the worker itself decided on, without a stack. */
  static Failure.Builder byWorker(FailureKind kind, String type, String message) {
    return Failure.newBuilder()
        .setKind(kind)
        .setType(type)
        .setMessage(clip(message, MAX_MESSAGE_CHARS))
        .setSource(SOURCE)
        .setNonRetryable(true);
  }

  /** An input that the handler can't be given. */
  static Failure rejected(Throwable why) {
    return byWorker(
            FailureKind.FAILURE_KIND_REJECTED,
            "qtasks.PayloadUndecodable",
            String.valueOf(why.getMessage()))
        .build();
  }

  /** The failure of an attempt whose handler threw. */
  static Failure of(Throwable thrown) {
    Failure.Builder failure = described(thrown, 0);
    if (thrown instanceof TerminalException) failure.setNonRetryable(true);
    if (thrown instanceof RetryLaterException later)
      failure.setRetryDelay(Times.proto(later.delay()));
    return failure.build();
  }

  static String clip(String text, int maxChars) {
    if (text.length() <= maxChars) return text;
    // Never half of a pair of surrogates.
    int end = Character.isHighSurrogate(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
    return text.substring(0, end);
  }

  static String stackOf(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return clip(text.toString(), MAX_STACK_CHARS);
  }

  private static Failure.Builder described(Throwable thrown, int depth) {
    Failure.Builder failure =
        Failure.newBuilder()
            .setKind(FailureKind.FAILURE_KIND_APPLICATION)
            .setSource(SOURCE)
            .setType(clip(typeOf(thrown), MAX_TYPE_CHARS))
            .setMessage(
                clip(
                    thrown.getMessage() == null ? thrown.toString() : thrown.getMessage(),
                    MAX_MESSAGE_CHARS));
    // The stack of the first one names its causes' too.
    if (depth == 0) failure.setStackTrace(stackOf(thrown));
    if (thrown instanceof TaskException error) addFacts(failure, error);
    Throwable cause = thrown.getCause();
    if (cause != null && cause != thrown && depth < MAX_CAUSES)
      failure.setCause(described(cause, depth + 1));
    return failure;
  }

  private static void addFacts(Failure.Builder failure, TaskException error) {
    failure.setCode(error.code().getNumber());
    if (error.details() != null) failure.setDetails(encoded(error.details()));
  }

  private static String typeOf(Throwable thrown) {
    if (thrown instanceof TaskException error && !error.type().isEmpty()) return error.type();
    if (thrown instanceof QTasksException error) return "qtasks." + error.reason();
    return thrown.getClass().getName();
  }

  private static Payload encoded(Object details) {
    try {
      return Payloads.of(details);
    } catch (RuntimeException error) {
      return Payloads.json("the details can't be encoded: " + error.getMessage());
    }
  }
}
