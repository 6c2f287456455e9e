package io.qtasks.conformance;

import java.util.Objects;

/** What scenarios hold of what they get. */
final class Checks {
  private Checks() {}

  static void equal(Object expected, Object actual, String what) {
    if (!Objects.equals(expected, actual))
      throw new AssertionError(what + ": expected " + expected + ", got " + actual);
  }

  static void that(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }

  /** The exception that the code throws. */
  static <E extends Exception> E thrown(Class<E> type, Runnable code) {
    try {
      code.run();
    } catch (Exception error) {
      if (type.isInstance(error)) return type.cast(error);
      throw error;
    }
    throw new AssertionError("expected " + type.getSimpleName() + ", got no exception");
  }
}
