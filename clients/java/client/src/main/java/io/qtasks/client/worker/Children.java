package io.qtasks.client.worker;

import io.qtasks.api.v1.Payload;
import io.qtasks.client.EnqueueOptions;
import io.qtasks.client.Payloads;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Enqueues children of one attempt, under ids that another attempt of the parent makes again. */
final class Children {
  private final Attempt attempt;
  private final Session session;

  /** How often the same child was enqueued; made with the first one, as most handlers have none. */
  private Map<String, Integer> counts;

  Children(Attempt attempt, Session session) {
    this.attempt = attempt;
    this.session = session;
  }

  String enqueue(String name, Object input, EnqueueOptions options) {
    Payload payload = Payloads.of(input);
    String parent = attempt.leased.getTaskId();
    return session.enqueue(
        options.parentTaskId(parent).request(name, payload, () -> idOf(parent, name, payload)),
        attempt);
  }

  /** A UUIDv8 (RFC 9562, 5.8): bits of a hash. */
  private String idOf(String parent, String name, Payload payload) {
    String child = name + '\n' + payload.toByteString().toStringUtf8();
    byte[] hash =
        Schema.sha256((parent + '\n' + child + '\n' + nth(child)).getBytes(StandardCharsets.UTF_8));
    ByteBuffer bits = ByteBuffer.wrap(hash);
    long high = bits.getLong() & ~0xf000L | 0x8000L;
    long low = bits.getLong() >>> 2 | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  private synchronized int nth(String child) {
    if (counts == null) counts = new HashMap<>();
    return counts.merge(child, 1, Integer::sum);
  }
}
