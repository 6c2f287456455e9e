package io.qtasks.client.internal;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/** Task ids: UUIDv7 (RFC 9562), so that they sort by the time they were made at. */
public final class TaskIds {
  private static final int LONGS = 256;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long[] BUFFER = new long[LONGS];
  private static int next = LONGS;

  private TaskIds() {}

  /** A new id, unlike any other. */
  public static String next() {
    long a;
    long b;
    synchronized (BUFFER) {
      if (next >= LONGS) refill();
      a = BUFFER[next++];
      b = BUFFER[next++];
    }
    long high = System.currentTimeMillis() << 16 | 0x7000 | a & 0x0fff;
    long low = b >>> 2 | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  // One draw from the system's source costs more than the rest of an id: many are drawn at once.
  private static void refill() {
    byte[] bytes = new byte[LONGS * Long.BYTES];
    RANDOM.nextBytes(bytes);
    ByteBuffer.wrap(bytes).asLongBuffer().get(BUFFER);
    next = 0;
  }
}
