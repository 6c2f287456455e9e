package io.qtasks.client.worker;

import com.google.rpc.Code;

/** Fails the task for good: no more attempts, whatever its retry policy says. */
public class TerminalException extends TaskException {
  private static final long serialVersionUID = 1L;

  /**
   * A final failure.
   *
   * @param message for people
   */
  public TerminalException(String message) {
    super(Code.UNKNOWN, message);
  }

  /**
   * A final failure with everything.
   *
   * @param code UNKNOWN where no other fits
   * @param type stable, such as {@code acme.mail.BadAddress}
   * @param message for people
   * @param details facts for the caller; may be null
   */
  public TerminalException(Code code, String type, String message, Object details) {
    super(code, type, message, details);
  }
}
