package io.qtasks.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A call that could not be done. What a task failed with is a {@link TaskFailedException} instead.
 *
 * <p>Programs look at the {@link #reason}, which is stable; messages are for people.
 */
public class QTasksException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The reason, the code and the facts. */
  private final transient Facts facts;

  /**
   * A field of the request that is wrong.
   *
   * @param field its path, such as {@code spec.name}
   * @param description what is expected
   */
  public record FieldViolation(String field, String description) {}

  /**
   * What is known of an error beside its message.
   *
   * @param code gRPC's status code
   * @param reason stable, such as {@code TASK_NOT_FOUND}
   * @param fields those that are wrong
   * @param metadata facts by name
   * @param retryAfter how long the server asks to wait before a repeat; null where it does not
   */
  public record Facts(
      Status.Code code,
      String reason,
      List<FieldViolation> fields,
      Map<String, String> metadata,
      Duration retryAfter) {
    /**
     * Copies what could change.
     *
     * @param code gRPC's status code
     * @param reason stable, such as {@code TASK_NOT_FOUND}
     * @param fields those that are wrong
     * @param metadata facts by name
     * @param retryAfter null where the server does not ask to wait
     */
    public Facts {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(reason, "reason");
      fields = List.copyOf(fields);
      metadata = Map.copyOf(metadata);
    }

    /**
     * An error without further facts.
     *
     * @param code gRPC's status code
     * @param reason stable, such as {@code TASK_NOT_FOUND}
     * @return the facts
     */
    public static Facts of(Status.Code code, String reason) {
      return new Facts(code, reason, List.of(), Map.of(), null);
    }
  }

  /**
   * An error with its facts.
   *
   * @param facts code, reason and the like
   * @param message for people
   * @param cause what it came from; may be null
   */
  public QTasksException(Facts facts, String message, Throwable cause) {
    super(message, cause);
    this.facts = facts;
  }

  static QTasksException field(String field, String description) {
    var violation = new FieldViolation(field, description);
    var facts =
        new Facts(
            Status.Code.INVALID_ARGUMENT, "FIELD_VIOLATION", List.of(violation), Map.of(), null);
    return new QTasksException(facts, field + ": " + description, null);
  }

  /**
   * gRPC's status code.
   *
   * @return the code
   */
  public Status.Code code() {
    return facts.code();
  }

  /**
   * Why, for programs: {@code TASK_NOT_FOUND}, {@code PAYLOAD_TOO_LARGE} and so on. {@code
   * SERVER_UNREACHABLE} is made by this client.
   *
   * @return the stable reason
   */
  public String reason() {
    return facts.reason();
  }

  /**
   * The fields of the request that are wrong.
   *
   * @return empty where the error is not about fields
   */
  public List<FieldViolation> fields() {
    return facts.fields();
  }

  /**
   * Facts by name, such as {@code task_id}.
   *
   * @return may be empty
   */
  public Map<String, String> metadata() {
    return facts.metadata();
  }

  /**
   * How long the server asks to wait before a repeat.
   *
   * @return empty where it does not
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(facts.retryAfter());
  }
}
