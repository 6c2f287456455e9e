package io.qtasks.client.worker;

import io.grpc.Metadata;
import io.qtasks.api.v1.LeasedTask;
import java.util.Map;

/**
 * What a servicer's method finds in its call's metadata: the task's headers, and which attempt it
 * is.
 */
final class CallMetadata {
  private CallMetadata() {}

  static Metadata of(Attempt attempt) {
    var metadata = new Metadata();
    LeasedTask leased = attempt.leased;
    for (Map.Entry<String, String> header : attempt.spec().getHeadersMap().entrySet())
      put(metadata, header.getKey(), header.getValue());
    put(metadata, "qtasks-task-id", leased.getTaskId());
    put(metadata, "qtasks-attempt", Integer.toString(leased.getAttempt()));
    put(metadata, "qtasks-fencing-token", Long.toString(leased.getFencingToken()));
    return metadata;
  }

  // Headers of JSON tasks may have names that no metadata can have.
  private static void put(Metadata metadata, String name, String value) {
    try {
      metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    } catch (IllegalArgumentException unfit) {
      Log.info("the header " + name + " can't be handed to a method");
    }
  }
}
