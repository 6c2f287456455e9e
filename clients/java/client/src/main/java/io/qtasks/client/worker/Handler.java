package io.qtasks.client.worker;

/**
 * A plain function that executes tasks of one name. Interrupted when its attempt is to stop.
 *
 * @param <I> what the input is read as
 * @param <O> what it gives, as {@code Payloads.of} takes it
 */
@FunctionalInterface
public interface Handler<I, O> {
  /**
   * Runs one attempt.
   *
   * @param input the task's input; null where it is JSON's null
   * @param attempt what is known of the attempt and can be done in it
   * @return the task's result; may be null
   * @throws Exception fails the attempt; see {@link TaskException}, {@link TerminalException},
   *     {@link RetryLaterException} and {@link SnoozeException}
   */
  O handle(I input, AttemptContext attempt) throws Exception;
}
