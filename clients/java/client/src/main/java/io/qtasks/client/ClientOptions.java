package io.qtasks.client;

import java.time.Duration;

/**
 * How a client behaves. Immutable: {@code with…} gives new options.
 *
 * @param timeout deadline of a call that does not wait for tasks; default 30 s
 * @param patience how long enqueues, awaits and watches go on trying while no server answers, which
 *     is safe as every enqueue carries a task id; default 30 s, zero: not at all
 */
public record ClientOptions(Duration timeout, Duration patience) {
  /** 30 s each. */
  public static final ClientOptions DEFAULTS =
      new ClientOptions(Duration.ofSeconds(30), Duration.ofSeconds(30));

  /**
   * Checks both.
   *
   * @param timeout above 0
   * @param patience 0 or more
   */
  public ClientOptions {
    if (timeout.isNegative() || timeout.isZero())
      throw QTasksException.field("timeout", "must be above 0; got " + timeout);
    if (patience.isNegative())
      throw QTasksException.field("patience", "must be 0 or more; got " + patience);
  }

  /**
   * The same with another timeout.
   *
   * @param timeout above 0
   * @return new options
   */
  public ClientOptions withTimeout(Duration timeout) {
    return new ClientOptions(timeout, patience);
  }

  /**
   * The same with another patience.
   *
   * @param patience 0 or more
   * @return new options
   */
  public ClientOptions withPatience(Duration patience) {
    return new ClientOptions(timeout, patience);
  }
}
