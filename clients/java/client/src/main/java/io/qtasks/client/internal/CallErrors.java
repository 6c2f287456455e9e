package io.qtasks.client.internal;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.qtasks.api.v1.ItemError;
import io.qtasks.client.QTasksException;
import io.qtasks.client.QTasksException.Facts;
import io.qtasks.client.QTasksException.FieldViolation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A gRPC status, with the details that a QTasks server sends, as an exception. */
public final class CallErrors {
  private static final Metadata.Key<String> REASON =
      Metadata.Key.of("qtasks-reason", Metadata.ASCII_STRING_MARSHALLER);

  /**
   * What a status without a reason is taken for: gRPC itself, a proxy or another server made it.
   */
  private static final Map<Status.Code, String> REASON_OF_CODE =
      Map.of(
          Status.Code.CANCELLED, "CALL_CANCELED",
          Status.Code.INVALID_ARGUMENT, "MESSAGE_MALFORMED",
          Status.Code.DEADLINE_EXCEEDED, "STILL_RUNNING",
          Status.Code.RESOURCE_EXHAUSTED, "PAYLOAD_TOO_LARGE",
          Status.Code.UNIMPLEMENTED, "METHOD_NOT_FOUND",
          Status.Code.UNAVAILABLE, "SERVER_UNREACHABLE",
          Status.Code.UNAUTHENTICATED, "TOKEN_INVALID",
          Status.Code.PERMISSION_DENIED, "SCOPE_MISSING");

  private CallErrors() {}

  /**
   * The error of a call that failed; {@code address} names the server where it could not be
   * reached.
   */
  public static RuntimeException of(Throwable thrown, String address) {
    if (thrown instanceof QTasksException error) return error;
    Metadata trailers = trailersOf(thrown);
    Status status = Status.fromThrowable(thrown);
    Details details = Details.of(status, trailers);
    String sent = details.reason != null ? details.reason : trailers.get(REASON);
    String reason = sent != null ? sent : REASON_OF_CODE.getOrDefault(status.getCode(), "INTERNAL");
    var facts =
        new Facts(status.getCode(), reason, details.fields, details.metadata, details.retryAfter);
    return new QTasksException(facts, message(status, reason, address), thrown);
  }

  /** The error of one item of a batch. */
  public static QTasksException of(ItemError item, Map<String, String> metadata) {
    Status.Code code = Status.fromCodeValue(item.getCode()).getCode();
    String reason =
        item.getReason().isEmpty()
            ? REASON_OF_CODE.getOrDefault(code, "INTERNAL")
            : item.getReason();
    return new QTasksException(
        new Facts(code, reason, List.of(), metadata, null), item.getMessage(), null);
  }

  private static String message(Status status, String reason, String address) {
    String description =
        status.getDescription() == null ? status.getCode().name() : status.getDescription();
    return reason.equals("SERVER_UNREACHABLE")
        ? "no QTasks server answers at " + address + " (" + description + ")"
        : description;
  }

  private static Metadata trailersOf(Throwable thrown) {
    Metadata trailers = null;
    if (thrown instanceof StatusRuntimeException error) trailers = error.getTrailers();
    if (thrown instanceof StatusException error) trailers = error.getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }

  /** What the server says of an error beside its status. */
  private static final class Details {
    private String reason;
    private List<FieldViolation> fields = List.of();
    private final Map<String, String> metadata = new HashMap<>();
    private Duration retryAfter;

    static Details of(Status status, Metadata trailers) {
      var details = new Details();
      com.google.rpc.Status proto = StatusProto.fromStatusAndTrailers(status, trailers);
      for (Any any : proto.getDetailsList()) details.read(any);
      return details;
    }

    // Another server's details may be anything; the status itself still says what happened.
    private void read(Any any) {
      try {
        if (any.is(ErrorInfo.class)) readInfo(any.unpack(ErrorInfo.class));
        if (any.is(BadRequest.class)) fields = violations(any.unpack(BadRequest.class));
        if (any.is(RetryInfo.class))
          retryAfter = Times.of(any.unpack(RetryInfo.class).getRetryDelay());
      } catch (InvalidProtocolBufferException ignored) {
        metadata.put("undecodable_detail", any.getTypeUrl());
      }
    }

    private void readInfo(ErrorInfo info) {
      reason = info.getReason();
      metadata.putAll(info.getMetadataMap());
    }

    private static List<FieldViolation> violations(BadRequest request) {
      return request.getFieldViolationsList().stream()
          .map(violation -> new FieldViolation(violation.getField(), violation.getDescription()))
          .toList();
    }
  }
}
