package io.qtasks.api.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SystemServiceGrpc {

  private SystemServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "qtasksapi.v1.SystemService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.GetSystemInfoRequest,
      io.qtasks.api.v1.GetSystemInfoResponse> getGetSystemInfoMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSystemInfo",
      requestType = io.qtasks.api.v1.GetSystemInfoRequest.class,
      responseType = io.qtasks.api.v1.GetSystemInfoResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.GetSystemInfoRequest,
      io.qtasks.api.v1.GetSystemInfoResponse> getGetSystemInfoMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.GetSystemInfoRequest, io.qtasks.api.v1.GetSystemInfoResponse> getGetSystemInfoMethod;
    if ((getGetSystemInfoMethod = SystemServiceGrpc.getGetSystemInfoMethod) == null) {
      synchronized (SystemServiceGrpc.class) {
        if ((getGetSystemInfoMethod = SystemServiceGrpc.getGetSystemInfoMethod) == null) {
          SystemServiceGrpc.getGetSystemInfoMethod = getGetSystemInfoMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.GetSystemInfoRequest, io.qtasks.api.v1.GetSystemInfoResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSystemInfo"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.GetSystemInfoRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.GetSystemInfoResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SystemServiceMethodDescriptorSupplier("GetSystemInfo"))
              .build();
        }
      }
    }
    return getGetSystemInfoMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.ListTaskDefinitionsRequest,
      io.qtasks.api.v1.ListTaskDefinitionsResponse> getListTaskDefinitionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTaskDefinitions",
      requestType = io.qtasks.api.v1.ListTaskDefinitionsRequest.class,
      responseType = io.qtasks.api.v1.ListTaskDefinitionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.ListTaskDefinitionsRequest,
      io.qtasks.api.v1.ListTaskDefinitionsResponse> getListTaskDefinitionsMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.ListTaskDefinitionsRequest, io.qtasks.api.v1.ListTaskDefinitionsResponse> getListTaskDefinitionsMethod;
    if ((getListTaskDefinitionsMethod = SystemServiceGrpc.getListTaskDefinitionsMethod) == null) {
      synchronized (SystemServiceGrpc.class) {
        if ((getListTaskDefinitionsMethod = SystemServiceGrpc.getListTaskDefinitionsMethod) == null) {
          SystemServiceGrpc.getListTaskDefinitionsMethod = getListTaskDefinitionsMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.ListTaskDefinitionsRequest, io.qtasks.api.v1.ListTaskDefinitionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTaskDefinitions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ListTaskDefinitionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ListTaskDefinitionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SystemServiceMethodDescriptorSupplier("ListTaskDefinitions"))
              .build();
        }
      }
    }
    return getListTaskDefinitionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.ApplyTaskDefinitionsRequest,
      io.qtasks.api.v1.ApplyTaskDefinitionsResponse> getApplyTaskDefinitionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ApplyTaskDefinitions",
      requestType = io.qtasks.api.v1.ApplyTaskDefinitionsRequest.class,
      responseType = io.qtasks.api.v1.ApplyTaskDefinitionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.ApplyTaskDefinitionsRequest,
      io.qtasks.api.v1.ApplyTaskDefinitionsResponse> getApplyTaskDefinitionsMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.ApplyTaskDefinitionsRequest, io.qtasks.api.v1.ApplyTaskDefinitionsResponse> getApplyTaskDefinitionsMethod;
    if ((getApplyTaskDefinitionsMethod = SystemServiceGrpc.getApplyTaskDefinitionsMethod) == null) {
      synchronized (SystemServiceGrpc.class) {
        if ((getApplyTaskDefinitionsMethod = SystemServiceGrpc.getApplyTaskDefinitionsMethod) == null) {
          SystemServiceGrpc.getApplyTaskDefinitionsMethod = getApplyTaskDefinitionsMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.ApplyTaskDefinitionsRequest, io.qtasks.api.v1.ApplyTaskDefinitionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ApplyTaskDefinitions"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ApplyTaskDefinitionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ApplyTaskDefinitionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SystemServiceMethodDescriptorSupplier("ApplyTaskDefinitions"))
              .build();
        }
      }
    }
    return getApplyTaskDefinitionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.DeleteTaskDefinitionRequest,
      io.qtasks.api.v1.DeleteTaskDefinitionResponse> getDeleteTaskDefinitionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteTaskDefinition",
      requestType = io.qtasks.api.v1.DeleteTaskDefinitionRequest.class,
      responseType = io.qtasks.api.v1.DeleteTaskDefinitionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.DeleteTaskDefinitionRequest,
      io.qtasks.api.v1.DeleteTaskDefinitionResponse> getDeleteTaskDefinitionMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.DeleteTaskDefinitionRequest, io.qtasks.api.v1.DeleteTaskDefinitionResponse> getDeleteTaskDefinitionMethod;
    if ((getDeleteTaskDefinitionMethod = SystemServiceGrpc.getDeleteTaskDefinitionMethod) == null) {
      synchronized (SystemServiceGrpc.class) {
        if ((getDeleteTaskDefinitionMethod = SystemServiceGrpc.getDeleteTaskDefinitionMethod) == null) {
          SystemServiceGrpc.getDeleteTaskDefinitionMethod = getDeleteTaskDefinitionMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.DeleteTaskDefinitionRequest, io.qtasks.api.v1.DeleteTaskDefinitionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteTaskDefinition"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.DeleteTaskDefinitionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.DeleteTaskDefinitionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SystemServiceMethodDescriptorSupplier("DeleteTaskDefinition"))
              .build();
        }
      }
    }
    return getDeleteTaskDefinitionMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SystemServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SystemServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SystemServiceStub>() {
        @java.lang.Override
        public SystemServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SystemServiceStub(channel, callOptions);
        }
      };
    return SystemServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SystemServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SystemServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SystemServiceBlockingV2Stub>() {
        @java.lang.Override
        public SystemServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SystemServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SystemServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SystemServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SystemServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SystemServiceBlockingStub>() {
        @java.lang.Override
        public SystemServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SystemServiceBlockingStub(channel, callOptions);
        }
      };
    return SystemServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SystemServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SystemServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SystemServiceFutureStub>() {
        @java.lang.Override
        public SystemServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SystemServiceFutureStub(channel, callOptions);
        }
      };
    return SystemServiceFutureStub.newStub(factory, channel);
  }

  /**
   */
  public interface AsyncService {

    /**
     * <pre>
     * Call it first; it needs no more than a valid identity.
     * </pre>
     */
    default void getSystemInfo(io.qtasks.api.v1.GetSystemInfoRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.GetSystemInfoResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSystemInfoMethod(), responseObserver);
    }

    /**
     */
    default void listTaskDefinitions(io.qtasks.api.v1.ListTaskDefinitionsRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ListTaskDefinitionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTaskDefinitionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Definitions are durable: calls to a task are accepted while none of its workers is up.
     * Workers apply theirs when they register; a deploy step may do it before.
     * </pre>
     */
    default void applyTaskDefinitions(io.qtasks.api.v1.ApplyTaskDefinitionsRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ApplyTaskDefinitionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getApplyTaskDefinitionsMethod(), responseObserver);
    }

    /**
     */
    default void deleteTaskDefinition(io.qtasks.api.v1.DeleteTaskDefinitionRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.DeleteTaskDefinitionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteTaskDefinitionMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SystemService.
   */
  public static abstract class SystemServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SystemServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SystemService.
   */
  public static final class SystemServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SystemServiceStub> {
    private SystemServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SystemServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SystemServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Call it first; it needs no more than a valid identity.
     * </pre>
     */
    public void getSystemInfo(io.qtasks.api.v1.GetSystemInfoRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.GetSystemInfoResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSystemInfoMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void listTaskDefinitions(io.qtasks.api.v1.ListTaskDefinitionsRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ListTaskDefinitionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTaskDefinitionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Definitions are durable: calls to a task are accepted while none of its workers is up.
     * Workers apply theirs when they register; a deploy step may do it before.
     * </pre>
     */
    public void applyTaskDefinitions(io.qtasks.api.v1.ApplyTaskDefinitionsRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ApplyTaskDefinitionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getApplyTaskDefinitionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void deleteTaskDefinition(io.qtasks.api.v1.DeleteTaskDefinitionRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.DeleteTaskDefinitionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteTaskDefinitionMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SystemService.
   */
  public static final class SystemServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SystemServiceBlockingV2Stub> {
    private SystemServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SystemServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SystemServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Call it first; it needs no more than a valid identity.
     * </pre>
     */
    public io.qtasks.api.v1.GetSystemInfoResponse getSystemInfo(io.qtasks.api.v1.GetSystemInfoRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSystemInfoMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.ListTaskDefinitionsResponse listTaskDefinitions(io.qtasks.api.v1.ListTaskDefinitionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTaskDefinitionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Definitions are durable: calls to a task are accepted while none of its workers is up.
     * Workers apply theirs when they register; a deploy step may do it before.
     * </pre>
     */
    public io.qtasks.api.v1.ApplyTaskDefinitionsResponse applyTaskDefinitions(io.qtasks.api.v1.ApplyTaskDefinitionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getApplyTaskDefinitionsMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.DeleteTaskDefinitionResponse deleteTaskDefinition(io.qtasks.api.v1.DeleteTaskDefinitionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteTaskDefinitionMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SystemService.
   */
  public static final class SystemServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SystemServiceBlockingStub> {
    private SystemServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SystemServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SystemServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Call it first; it needs no more than a valid identity.
     * </pre>
     */
    public io.qtasks.api.v1.GetSystemInfoResponse getSystemInfo(io.qtasks.api.v1.GetSystemInfoRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSystemInfoMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.ListTaskDefinitionsResponse listTaskDefinitions(io.qtasks.api.v1.ListTaskDefinitionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTaskDefinitionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Definitions are durable: calls to a task are accepted while none of its workers is up.
     * Workers apply theirs when they register; a deploy step may do it before.
     * </pre>
     */
    public io.qtasks.api.v1.ApplyTaskDefinitionsResponse applyTaskDefinitions(io.qtasks.api.v1.ApplyTaskDefinitionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getApplyTaskDefinitionsMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.DeleteTaskDefinitionResponse deleteTaskDefinition(io.qtasks.api.v1.DeleteTaskDefinitionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteTaskDefinitionMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SystemService.
   */
  public static final class SystemServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SystemServiceFutureStub> {
    private SystemServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SystemServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SystemServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Call it first; it needs no more than a valid identity.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.GetSystemInfoResponse> getSystemInfo(
        io.qtasks.api.v1.GetSystemInfoRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSystemInfoMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.ListTaskDefinitionsResponse> listTaskDefinitions(
        io.qtasks.api.v1.ListTaskDefinitionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTaskDefinitionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Definitions are durable: calls to a task are accepted while none of its workers is up.
     * Workers apply theirs when they register; a deploy step may do it before.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.ApplyTaskDefinitionsResponse> applyTaskDefinitions(
        io.qtasks.api.v1.ApplyTaskDefinitionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getApplyTaskDefinitionsMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.DeleteTaskDefinitionResponse> deleteTaskDefinition(
        io.qtasks.api.v1.DeleteTaskDefinitionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteTaskDefinitionMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_SYSTEM_INFO = 0;
  private static final int METHODID_LIST_TASK_DEFINITIONS = 1;
  private static final int METHODID_APPLY_TASK_DEFINITIONS = 2;
  private static final int METHODID_DELETE_TASK_DEFINITION = 3;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_GET_SYSTEM_INFO:
          serviceImpl.getSystemInfo((io.qtasks.api.v1.GetSystemInfoRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.GetSystemInfoResponse>) responseObserver);
          break;
        case METHODID_LIST_TASK_DEFINITIONS:
          serviceImpl.listTaskDefinitions((io.qtasks.api.v1.ListTaskDefinitionsRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.ListTaskDefinitionsResponse>) responseObserver);
          break;
        case METHODID_APPLY_TASK_DEFINITIONS:
          serviceImpl.applyTaskDefinitions((io.qtasks.api.v1.ApplyTaskDefinitionsRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.ApplyTaskDefinitionsResponse>) responseObserver);
          break;
        case METHODID_DELETE_TASK_DEFINITION:
          serviceImpl.deleteTaskDefinition((io.qtasks.api.v1.DeleteTaskDefinitionRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.DeleteTaskDefinitionResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getGetSystemInfoMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.GetSystemInfoRequest,
              io.qtasks.api.v1.GetSystemInfoResponse>(
                service, METHODID_GET_SYSTEM_INFO)))
        .addMethod(
          getListTaskDefinitionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.ListTaskDefinitionsRequest,
              io.qtasks.api.v1.ListTaskDefinitionsResponse>(
                service, METHODID_LIST_TASK_DEFINITIONS)))
        .addMethod(
          getApplyTaskDefinitionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.ApplyTaskDefinitionsRequest,
              io.qtasks.api.v1.ApplyTaskDefinitionsResponse>(
                service, METHODID_APPLY_TASK_DEFINITIONS)))
        .addMethod(
          getDeleteTaskDefinitionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.DeleteTaskDefinitionRequest,
              io.qtasks.api.v1.DeleteTaskDefinitionResponse>(
                service, METHODID_DELETE_TASK_DEFINITION)))
        .build();
  }

  private static abstract class SystemServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SystemServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.qtasks.api.v1.SystemServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SystemService");
    }
  }

  private static final class SystemServiceFileDescriptorSupplier
      extends SystemServiceBaseDescriptorSupplier {
    SystemServiceFileDescriptorSupplier() {}
  }

  private static final class SystemServiceMethodDescriptorSupplier
      extends SystemServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SystemServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (SystemServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SystemServiceFileDescriptorSupplier())
              .addMethod(getGetSystemInfoMethod())
              .addMethod(getListTaskDefinitionsMethod())
              .addMethod(getApplyTaskDefinitionsMethod())
              .addMethod(getDeleteTaskDefinitionMethod())
              .build();
        }
      }
    }
    return result;
  }
}
