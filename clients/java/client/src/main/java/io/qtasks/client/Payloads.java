package io.qtasks.client;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.ToNumberPolicy;
import com.google.protobuf.ByteString;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import io.qtasks.api.v1.Payload;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;

/** Between the payloads of the contracts and Java values: JSON by Gson, messages by protobuf. */
public final class Payloads {
  /** The content type of protobuf messages in payloads. */
  public static final String PROTOBUF = "application/protobuf";

  private static final Gson GSON =
      new GsonBuilder()
          .serializeNulls()
          .disableHtmlEscaping()
          .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
          .create();

  private Payloads() {}

  /**
   * A payload of any value: a {@link Payload} as it is, a message in binary with its name, anything
   * else as JSON. Null is JSON's null.
   *
   * @param value records, maps, lists, plain objects, messages, payloads
   * @return the payload
   * @throws QTasksException FIELD_VIOLATION where it can't be JSON, such as NaN
   */
  public static Payload of(Object value) {
    if (value instanceof Payload payload) return payload;
    if (value instanceof Message message) return message(message);
    return json(value);
  }

  /**
   * A payload of JSON.
   *
   * @param value anything that Gson takes
   * @return the payload
   * @throws QTasksException FIELD_VIOLATION where it can't be JSON
   */
  public static Payload json(Object value) {
    try {
      return Payload.newBuilder().setText(GSON.toJson(value)).build();
    } catch (RuntimeException | StackOverflowError error) {
      throw QTasksException.field("input", "can't be written as JSON: " + error.getMessage());
    }
  }

  /**
   * A payload of a message: its bytes, with its full name.
   *
   * @param message any message
   * @return the payload
   */
  public static Payload message(Message message) {
    return message(message.toByteString(), message.getDescriptorForType().getFullName());
  }

  /**
   * A payload of a message that is encoded already.
   *
   * @param bytes the message in binary
   * @param fullName its type, such as {@code acme.mail.v1.SendEmail}
   * @return the payload
   */
  public static Payload message(ByteString bytes, String fullName) {
    return Payload.newBuilder().setData(bytes).setContentType(PROTOBUF).setSchema(fullName).build();
  }

  /**
   * The payload's value. A payload without a body is null.
   *
   * @param payload of JSON or of a message
   * @param as {@link Payload} for itself, {@link ByteString} or {@code byte[]} for its bytes,
   *     {@link JsonElement}, a message's class, or any class that Gson reads
   * @param <T> the same
   * @return null for JSON's null, save as JsonElement
   * @throws QTasksException PAYLOAD_UNDECODABLE where it is something else
   */
  public static <T> T decode(Payload payload, Class<T> as) {
    try {
      return wrapper(as).cast(decoded(payload, wrapper(as)));
    } catch (InvalidProtocolBufferException
        | JsonParseException
        | ClassCastException
        | IllegalStateException error) {
      throw undecodable(payload, as, error);
    }
  }

  private static Object decoded(Payload payload, Class<?> as)
      throws InvalidProtocolBufferException {
    if (as == Payload.class) return payload;
    if (payload.getEncodingsCount() > 0)
      throw new JsonParseException("its encodings are unknown here");
    if (as == ByteString.class) return bytes(payload);
    if (as == byte[].class) return bytes(payload).toByteArray();
    if (Message.class.isAssignableFrom(as)) return message(payload, as.asSubclass(Message.class));
    if (as == JsonElement.class)
      return isNull(payload) ? JsonNull.INSTANCE : JsonParser.parseString(json(payload));
    return isNull(payload) ? null : GSON.fromJson(json(payload), as);
  }

  private static Message message(Payload payload, Class<? extends Message> as)
      throws InvalidProtocolBufferException {
    MessageLite zero = Internal.getDefaultInstance(as);
    if (payload.hasData() && !isJson(payload))
      return (Message) zero.getParserForType().parseFrom(payload.getData());
    Message.Builder builder = ((Message) zero).newBuilderForType();
    if (!isNull(payload)) JsonFormat.parser().merge(json(payload), builder);
    return builder.build();
  }

  private static boolean isNull(Payload payload) {
    return payload.getBodyCase() == Payload.BodyCase.BODY_NOT_SET;
  }

  private static boolean isJson(Payload payload) {
    return payload.getContentType().startsWith("application/json");
  }

  private static String json(Payload payload) {
    if (payload.hasText()) return payload.getText();
    if (isJson(payload)) return payload.getData().toString(StandardCharsets.UTF_8);
    throw new JsonParseException(
        "it is " + (payload.getSchema().isEmpty() ? "binary" : payload.getSchema()));
  }

  private static ByteString bytes(Payload payload) {
    return payload.hasText() ? payload.getTextBytes() : payload.getData();
  }

  @SuppressWarnings("unchecked")
  private static <T> Class<T> wrapper(Class<T> type) {
    return (Class<T>) MethodType.methodType(type).wrap().returnType();
  }

  private static QTasksException undecodable(Payload payload, Class<?> as, Exception error) {
    var facts = QTasksException.Facts.of(Status.Code.INVALID_ARGUMENT, "PAYLOAD_UNDECODABLE");
    return new QTasksException(
        facts, "the payload can't be read as " + as.getName() + ": " + error.getMessage(), error);
  }
}
