package io.qtasks.client.worker;

import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.qtasks.api.v1.OptionsProto;
import io.qtasks.api.v1.TaskDefinition;
import io.qtasks.api.v1.TaskOptions;

/**
 * The methods of a stock servicer as registrations: unary and server-streaming ones; no task can
 * stream requests.
 */
final class ServiceRegistrations {
  private static final ExtensionRegistry OPTIONS = ExtensionRegistry.newInstance();

  static {
    OptionsProto.registerAllExtensions(OPTIONS);
  }

  private ServiceRegistrations() {}

  static void add(ServerServiceDefinition service, Registry registry) {
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      var descriptor = method.getMethodDescriptor();
      if (descriptor.getType().clientSendsOneMessage()) add(method, registry);
      else
        Log.info(
            descriptor.getFullMethodName()
                + " streams requests, which no task can do: it is left out");
    }
  }

  private static void add(ServerMethodDefinition<?, ?> method, Registry registry) {
    MethodDescriptor schema = schemaOf(method);
    registry.add(new Registration(definition(method, schema), new ServiceTask<>(method, schema)));
    if (schema != null) registry.addSchema(schema.getFile());
  }

  private static TaskDefinition definition(
      ServerMethodDefinition<?, ?> method, MethodDescriptor schema) {
    var descriptor = method.getMethodDescriptor();
    var definition =
        TaskDefinition.newBuilder()
            .setName(descriptor.getFullMethodName())
            .setStreaming(!descriptor.getType().serverSendsOneMessage());
    if (schema == null) {
      Log.info(
          descriptor.getFullMethodName()
              + " has no descriptor (lite code): it is registered without its schema");
      return definition.build();
    }
    return definition
        .setInputSchema(schema.getInputType().getFullName())
        .setOutputSchema(schema.getOutputType().getFullName())
        .setOptions(taskOptions(schema))
        .build();
  }

  /** Null for lite code, which has no descriptors. */
  private static MethodDescriptor schemaOf(ServerMethodDefinition<?, ?> method) {
    Object schema = method.getMethodDescriptor().getSchemaDescriptor();
    return schema instanceof ProtoMethodDescriptorSupplier supplier
        ? supplier.getMethodDescriptor()
        : null;
  }

  // Read anew from the bytes: whether the user's own code knows the extension depends on how it was
  // generated.
  private static TaskOptions taskOptions(MethodDescriptor schema) {
    try {
      return MethodOptions.parseFrom(schema.getOptions().toByteString(), OPTIONS)
          .getExtension(OptionsProto.task);
    } catch (InvalidProtocolBufferException error) {
      throw new IllegalArgumentException(
          "the options of " + schema.getFullName() + " can't be read", error);
    }
  }
}
