package io.qtasks.client.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.grpc.ServerMethodDefinition;
import io.grpc.StatusRuntimeException;
import io.qtasks.api.v1.Payload;

/** Runs a method of a stock servicer: payload, request, call. The call ends the attempt. */
final class ServiceTask<Q, R> implements Registration.Code {
  private final ServerMethodDefinition<Q, R> method;

  /** Null for lite code. */
  private final MethodDescriptor schema;

  private final JsonFormat.Parser json;

  ServiceTask(ServerMethodDefinition<Q, R> method, MethodDescriptor schema) {
    this.method = method;
    this.schema = schema;
    this.json = schema == null ? null : JsonFormat.parser().usingTypeRegistry(types(schema));
  }

  @Override
  public void run(Attempt attempt, RunParts parts) {
    Q request;
    try {
      request =
          method.getMethodDescriptor().parseRequest(bytes(attempt.spec().getPayload()).newInput());
    } catch (StatusRuntimeException
        | InvalidProtocolBufferException
        | IllegalArgumentException error) {
      attempt.settle(Endings.failure(Failures.rejected(error)));
      return;
    }
    new ServiceCall<>(method, attempt, outputType(), parts).start(request);
  }

  private String outputType() {
    return schema == null ? "" : schema.getOutputType().getFullName();
  }

  /** The request in binary; JSON is turned into it. */
  private ByteString bytes(Payload payload) throws InvalidProtocolBufferException {
    if (payload.getEncodingsCount() > 0)
      throw new IllegalArgumentException("the payload's encodings are unknown here");
    if (!isJson(payload)) return payload.getData();
    if (schema == null)
      throw new IllegalArgumentException("JSON can't be read without descriptors (lite code)");
    DynamicMessage.Builder message = DynamicMessage.newBuilder(schema.getInputType());
    String text = payload.hasText() ? payload.getText() : payload.getData().toStringUtf8();
    // The input null is what callers without any send.
    if (!text.isBlank() && !text.strip().equals("null")) json.merge(text, message);
    return message.build().toByteString();
  }

  private static boolean isJson(Payload payload) {
    return payload.hasText() || payload.getContentType().startsWith("application/json");
  }

  /** For messages within google.protobuf.Any. */
  private static TypeRegistry types(MethodDescriptor schema) {
    var types = TypeRegistry.newBuilder().add(schema.getFile().getMessageTypes());
    schema.getFile().getDependencies().forEach(file -> types.add(file.getMessageTypes()));
    return types.build();
  }
}
