package io.qtasks.client.worker;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.qtasks.api.v1.Failure;
import io.qtasks.api.v1.FailureKind;
import io.qtasks.client.Payloads;

/**
 * The gRPC status that a servicer's method ended with, as a Failure. The server decides whether
 * another attempt follows.
 */
final class StatusFailures {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private StatusFailures() {}

  /** A status that the method closed its call with. */
  static Failure of(Status status, Metadata trailers) {
    Failure.Builder failure = base(status);
    byte[] details = trailers == null ? null : trailers.get(DETAILS);
    if (details != null)
      failure.setDetails(Payloads.message(ByteString.copyFrom(details), "google.rpc.Status"));
    if (status.getCause() != null) failure.setStackTrace(Failures.stackOf(status.getCause()));
    return failure.build();
  }

  /** What left the method by an exception: a status as it says, anything else UNKNOWN. */
  static Failure of(Throwable thrown) {
    if (thrown instanceof StatusRuntimeException error)
      return of(error.getStatus(), error.getTrailers());
    if (thrown instanceof StatusException error) return of(error.getStatus(), error.getTrailers());
    String message = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
    return base(Status.UNKNOWN.withDescription(message))
        .setStackTrace(Failures.stackOf(thrown))
        .build();
  }

  private static Failure.Builder base(Status status) {
    String message = status.getDescription() == null ? "" : status.getDescription();
    return Failure.newBuilder()
        .setKind(FailureKind.FAILURE_KIND_APPLICATION)
        .setCode(status.getCode().value())
        .setType("grpc." + status.getCode().name())
        .setMessage(Failures.clip(message, 8 << 10))
        .setSource(Failures.SOURCE);
  }
}
