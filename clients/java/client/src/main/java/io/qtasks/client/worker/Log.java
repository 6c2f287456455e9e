package io.qtasks.client.worker;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The worker's log, by the platform's own logger {@code io.qtasks.client.worker}. Payloads and
 * tokens are never in it.
 */
final class Log {
  private static final Logger LOGGER = System.getLogger("io.qtasks.client.worker");

  private Log() {}

  static void info(String message) {
    LOGGER.log(Level.INFO, message);
  }

  static void warn(String message) {
    LOGGER.log(Level.WARNING, message);
  }

  static void warn(Attempt attempt, String message) {
    LOGGER.log(
        Level.WARNING,
        () ->
            message
                + " (task "
                + attempt.leased.getTaskId()
                + ", "
                + attempt.spec().getName()
                + ", attempt "
                + attempt.leased.getAttempt()
                + ")");
  }

  static void error(String message, Throwable error) {
    LOGGER.log(Level.ERROR, message, error);
  }

  /** The first failure of a row is worth a warning, its repeats are not. */
  static void failure(String message, Throwable error, int failures) {
    LOGGER.log(
        failures == 1 ? Level.WARNING : Level.DEBUG, () -> message + ": " + error.getMessage());
  }
}
