package io.qtasks.client.worker;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Delays that handlers ask for, and those before repeats. */
final class Delays {
  private static final long FIRST_MS = 100;
  private static final long MAX_MS = 5_000;

  private Delays() {}

  static Duration check(Duration delay) {
    if (delay.isNegative())
      throw new IllegalArgumentException("delay must be 0 or more; got " + delay);
    return delay;
  }

  /** Doubling from 100 ms to 5 s, half of it random, so that workers don't come back in step. */
  static long beforeRepeat(int failures) {
    long whole = Math.min(MAX_MS, FIRST_MS << Math.min(failures - 1, 10));
    return (long) (whole * (0.5 + ThreadLocalRandom.current().nextDouble() / 2));
  }
}
