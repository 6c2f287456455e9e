package io.qtasks.conformance.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ConformanceTasksGrpc {

  private ConformanceTasksGrpc() {}

  public static final java.lang.String SERVICE_NAME = "conformance.v1.ConformanceTasks";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.qtasks.conformance.v1.EchoRequest,
      io.qtasks.conformance.v1.EchoResponse> getEchoMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Echo",
      requestType = io.qtasks.conformance.v1.EchoRequest.class,
      responseType = io.qtasks.conformance.v1.EchoResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.conformance.v1.EchoRequest,
      io.qtasks.conformance.v1.EchoResponse> getEchoMethod() {
    io.grpc.MethodDescriptor<io.qtasks.conformance.v1.EchoRequest, io.qtasks.conformance.v1.EchoResponse> getEchoMethod;
    if ((getEchoMethod = ConformanceTasksGrpc.getEchoMethod) == null) {
      synchronized (ConformanceTasksGrpc.class) {
        if ((getEchoMethod = ConformanceTasksGrpc.getEchoMethod) == null) {
          ConformanceTasksGrpc.getEchoMethod = getEchoMethod =
              io.grpc.MethodDescriptor.<io.qtasks.conformance.v1.EchoRequest, io.qtasks.conformance.v1.EchoResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Echo"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.EchoRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.EchoResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConformanceTasksMethodDescriptorSupplier("Echo"))
              .build();
        }
      }
    }
    return getEchoMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.conformance.v1.CountRequest,
      io.qtasks.conformance.v1.CountResponse> getCountMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Count",
      requestType = io.qtasks.conformance.v1.CountRequest.class,
      responseType = io.qtasks.conformance.v1.CountResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.qtasks.conformance.v1.CountRequest,
      io.qtasks.conformance.v1.CountResponse> getCountMethod() {
    io.grpc.MethodDescriptor<io.qtasks.conformance.v1.CountRequest, io.qtasks.conformance.v1.CountResponse> getCountMethod;
    if ((getCountMethod = ConformanceTasksGrpc.getCountMethod) == null) {
      synchronized (ConformanceTasksGrpc.class) {
        if ((getCountMethod = ConformanceTasksGrpc.getCountMethod) == null) {
          ConformanceTasksGrpc.getCountMethod = getCountMethod =
              io.grpc.MethodDescriptor.<io.qtasks.conformance.v1.CountRequest, io.qtasks.conformance.v1.CountResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Count"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.CountRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.CountResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConformanceTasksMethodDescriptorSupplier("Count"))
              .build();
        }
      }
    }
    return getCountMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.conformance.v1.FailRequest,
      io.qtasks.conformance.v1.FailResponse> getFailMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Fail",
      requestType = io.qtasks.conformance.v1.FailRequest.class,
      responseType = io.qtasks.conformance.v1.FailResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.conformance.v1.FailRequest,
      io.qtasks.conformance.v1.FailResponse> getFailMethod() {
    io.grpc.MethodDescriptor<io.qtasks.conformance.v1.FailRequest, io.qtasks.conformance.v1.FailResponse> getFailMethod;
    if ((getFailMethod = ConformanceTasksGrpc.getFailMethod) == null) {
      synchronized (ConformanceTasksGrpc.class) {
        if ((getFailMethod = ConformanceTasksGrpc.getFailMethod) == null) {
          ConformanceTasksGrpc.getFailMethod = getFailMethod =
              io.grpc.MethodDescriptor.<io.qtasks.conformance.v1.FailRequest, io.qtasks.conformance.v1.FailResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Fail"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.FailRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.FailResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConformanceTasksMethodDescriptorSupplier("Fail"))
              .build();
        }
      }
    }
    return getFailMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.conformance.v1.WaitRequest,
      io.qtasks.conformance.v1.WaitResponse> getWaitMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Wait",
      requestType = io.qtasks.conformance.v1.WaitRequest.class,
      responseType = io.qtasks.conformance.v1.WaitResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.conformance.v1.WaitRequest,
      io.qtasks.conformance.v1.WaitResponse> getWaitMethod() {
    io.grpc.MethodDescriptor<io.qtasks.conformance.v1.WaitRequest, io.qtasks.conformance.v1.WaitResponse> getWaitMethod;
    if ((getWaitMethod = ConformanceTasksGrpc.getWaitMethod) == null) {
      synchronized (ConformanceTasksGrpc.class) {
        if ((getWaitMethod = ConformanceTasksGrpc.getWaitMethod) == null) {
          ConformanceTasksGrpc.getWaitMethod = getWaitMethod =
              io.grpc.MethodDescriptor.<io.qtasks.conformance.v1.WaitRequest, io.qtasks.conformance.v1.WaitResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Wait"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.WaitRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.WaitResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConformanceTasksMethodDescriptorSupplier("Wait"))
              .build();
        }
      }
    }
    return getWaitMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.conformance.v1.MissingRequest,
      io.qtasks.conformance.v1.MissingResponse> getMissingMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Missing",
      requestType = io.qtasks.conformance.v1.MissingRequest.class,
      responseType = io.qtasks.conformance.v1.MissingResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.conformance.v1.MissingRequest,
      io.qtasks.conformance.v1.MissingResponse> getMissingMethod() {
    io.grpc.MethodDescriptor<io.qtasks.conformance.v1.MissingRequest, io.qtasks.conformance.v1.MissingResponse> getMissingMethod;
    if ((getMissingMethod = ConformanceTasksGrpc.getMissingMethod) == null) {
      synchronized (ConformanceTasksGrpc.class) {
        if ((getMissingMethod = ConformanceTasksGrpc.getMissingMethod) == null) {
          ConformanceTasksGrpc.getMissingMethod = getMissingMethod =
              io.grpc.MethodDescriptor.<io.qtasks.conformance.v1.MissingRequest, io.qtasks.conformance.v1.MissingResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Missing"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.MissingRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.MissingResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConformanceTasksMethodDescriptorSupplier("Missing"))
              .build();
        }
      }
    }
    return getMissingMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.conformance.v1.UploadRequest,
      io.qtasks.conformance.v1.UploadResponse> getUploadMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Upload",
      requestType = io.qtasks.conformance.v1.UploadRequest.class,
      responseType = io.qtasks.conformance.v1.UploadResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<io.qtasks.conformance.v1.UploadRequest,
      io.qtasks.conformance.v1.UploadResponse> getUploadMethod() {
    io.grpc.MethodDescriptor<io.qtasks.conformance.v1.UploadRequest, io.qtasks.conformance.v1.UploadResponse> getUploadMethod;
    if ((getUploadMethod = ConformanceTasksGrpc.getUploadMethod) == null) {
      synchronized (ConformanceTasksGrpc.class) {
        if ((getUploadMethod = ConformanceTasksGrpc.getUploadMethod) == null) {
          ConformanceTasksGrpc.getUploadMethod = getUploadMethod =
              io.grpc.MethodDescriptor.<io.qtasks.conformance.v1.UploadRequest, io.qtasks.conformance.v1.UploadResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Upload"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.UploadRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.conformance.v1.UploadResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ConformanceTasksMethodDescriptorSupplier("Upload"))
              .build();
        }
      }
    }
    return getUploadMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ConformanceTasksStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConformanceTasksStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConformanceTasksStub>() {
        @java.lang.Override
        public ConformanceTasksStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConformanceTasksStub(channel, callOptions);
        }
      };
    return ConformanceTasksStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ConformanceTasksBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConformanceTasksBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConformanceTasksBlockingV2Stub>() {
        @java.lang.Override
        public ConformanceTasksBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConformanceTasksBlockingV2Stub(channel, callOptions);
        }
      };
    return ConformanceTasksBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ConformanceTasksBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConformanceTasksBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConformanceTasksBlockingStub>() {
        @java.lang.Override
        public ConformanceTasksBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConformanceTasksBlockingStub(channel, callOptions);
        }
      };
    return ConformanceTasksBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ConformanceTasksFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ConformanceTasksFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ConformanceTasksFutureStub>() {
        @java.lang.Override
        public ConformanceTasksFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ConformanceTasksFutureStub(channel, callOptions);
        }
      };
    return ConformanceTasksFutureStub.newStub(factory, channel);
  }

  /**
   */
  public interface AsyncService {

    /**
     * <pre>
     * Answers with the text, and with what the handler was told of its attempt.
     * </pre>
     */
    default void echo(io.qtasks.conformance.v1.EchoRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.EchoResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEchoMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams 0, 1, … count - 1.
     * </pre>
     */
    default void count(io.qtasks.conformance.v1.CountRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.CountResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCountMethod(), responseObserver);
    }

    /**
     * <pre>
     * Ends with the status that the request asks for.
     * </pre>
     */
    default void fail(io.qtasks.conformance.v1.FailRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.FailResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getFailMethod(), responseObserver);
    }

    /**
     * <pre>
     * Answers after a while, or stops when the task is canceled.
     * </pre>
     */
    default void wait(io.qtasks.conformance.v1.WaitRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.WaitResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWaitMethod(), responseObserver);
    }

    /**
     * <pre>
     * Left out by every worker: the generated base answers UNIMPLEMENTED.
     * </pre>
     */
    default void missing(io.qtasks.conformance.v1.MissingRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.MissingResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getMissingMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams requests, which no task can do: calls are refused.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.UploadRequest> upload(
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.UploadResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getUploadMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ConformanceTasks.
   */
  public static abstract class ConformanceTasksImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ConformanceTasksGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ConformanceTasks.
   */
  public static final class ConformanceTasksStub
      extends io.grpc.stub.AbstractAsyncStub<ConformanceTasksStub> {
    private ConformanceTasksStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConformanceTasksStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConformanceTasksStub(channel, callOptions);
    }

    /**
     * <pre>
     * Answers with the text, and with what the handler was told of its attempt.
     * </pre>
     */
    public void echo(io.qtasks.conformance.v1.EchoRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.EchoResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEchoMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams 0, 1, … count - 1.
     * </pre>
     */
    public void count(io.qtasks.conformance.v1.CountRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.CountResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getCountMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Ends with the status that the request asks for.
     * </pre>
     */
    public void fail(io.qtasks.conformance.v1.FailRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.FailResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getFailMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Answers after a while, or stops when the task is canceled.
     * </pre>
     */
    public void wait(io.qtasks.conformance.v1.WaitRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.WaitResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getWaitMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Left out by every worker: the generated base answers UNIMPLEMENTED.
     * </pre>
     */
    public void missing(io.qtasks.conformance.v1.MissingRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.MissingResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getMissingMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams requests, which no task can do: calls are refused.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.UploadRequest> upload(
        io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.UploadResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getUploadMethod(), getCallOptions()), responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ConformanceTasks.
   */
  public static final class ConformanceTasksBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ConformanceTasksBlockingV2Stub> {
    private ConformanceTasksBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConformanceTasksBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConformanceTasksBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Answers with the text, and with what the handler was told of its attempt.
     * </pre>
     */
    public io.qtasks.conformance.v1.EchoResponse echo(io.qtasks.conformance.v1.EchoRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEchoMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams 0, 1, … count - 1.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.qtasks.conformance.v1.CountResponse>
        count(io.qtasks.conformance.v1.CountRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getCountMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends with the status that the request asks for.
     * </pre>
     */
    public io.qtasks.conformance.v1.FailResponse fail(io.qtasks.conformance.v1.FailRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getFailMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Answers after a while, or stops when the task is canceled.
     * </pre>
     */
    public io.qtasks.conformance.v1.WaitResponse wait(io.qtasks.conformance.v1.WaitRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getWaitMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Left out by every worker: the generated base answers UNIMPLEMENTED.
     * </pre>
     */
    public io.qtasks.conformance.v1.MissingResponse missing(io.qtasks.conformance.v1.MissingRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getMissingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams requests, which no task can do: calls are refused.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.qtasks.conformance.v1.UploadRequest, io.qtasks.conformance.v1.UploadResponse>
        upload() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getUploadMethod(), getCallOptions());
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ConformanceTasks.
   */
  public static final class ConformanceTasksBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ConformanceTasksBlockingStub> {
    private ConformanceTasksBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConformanceTasksBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConformanceTasksBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Answers with the text, and with what the handler was told of its attempt.
     * </pre>
     */
    public io.qtasks.conformance.v1.EchoResponse echo(io.qtasks.conformance.v1.EchoRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEchoMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams 0, 1, … count - 1.
     * </pre>
     */
    public java.util.Iterator<io.qtasks.conformance.v1.CountResponse> count(
        io.qtasks.conformance.v1.CountRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getCountMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends with the status that the request asks for.
     * </pre>
     */
    public io.qtasks.conformance.v1.FailResponse fail(io.qtasks.conformance.v1.FailRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getFailMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Answers after a while, or stops when the task is canceled.
     * </pre>
     */
    public io.qtasks.conformance.v1.WaitResponse wait(io.qtasks.conformance.v1.WaitRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getWaitMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Left out by every worker: the generated base answers UNIMPLEMENTED.
     * </pre>
     */
    public io.qtasks.conformance.v1.MissingResponse missing(io.qtasks.conformance.v1.MissingRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getMissingMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ConformanceTasks.
   */
  public static final class ConformanceTasksFutureStub
      extends io.grpc.stub.AbstractFutureStub<ConformanceTasksFutureStub> {
    private ConformanceTasksFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ConformanceTasksFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ConformanceTasksFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Answers with the text, and with what the handler was told of its attempt.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.conformance.v1.EchoResponse> echo(
        io.qtasks.conformance.v1.EchoRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEchoMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Ends with the status that the request asks for.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.conformance.v1.FailResponse> fail(
        io.qtasks.conformance.v1.FailRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getFailMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Answers after a while, or stops when the task is canceled.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.conformance.v1.WaitResponse> wait(
        io.qtasks.conformance.v1.WaitRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getWaitMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Left out by every worker: the generated base answers UNIMPLEMENTED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.conformance.v1.MissingResponse> missing(
        io.qtasks.conformance.v1.MissingRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getMissingMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_ECHO = 0;
  private static final int METHODID_COUNT = 1;
  private static final int METHODID_FAIL = 2;
  private static final int METHODID_WAIT = 3;
  private static final int METHODID_MISSING = 4;
  private static final int METHODID_UPLOAD = 5;

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
        case METHODID_ECHO:
          serviceImpl.echo((io.qtasks.conformance.v1.EchoRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.EchoResponse>) responseObserver);
          break;
        case METHODID_COUNT:
          serviceImpl.count((io.qtasks.conformance.v1.CountRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.CountResponse>) responseObserver);
          break;
        case METHODID_FAIL:
          serviceImpl.fail((io.qtasks.conformance.v1.FailRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.FailResponse>) responseObserver);
          break;
        case METHODID_WAIT:
          serviceImpl.wait((io.qtasks.conformance.v1.WaitRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.WaitResponse>) responseObserver);
          break;
        case METHODID_MISSING:
          serviceImpl.missing((io.qtasks.conformance.v1.MissingRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.MissingResponse>) responseObserver);
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
        case METHODID_UPLOAD:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.upload(
              (io.grpc.stub.StreamObserver<io.qtasks.conformance.v1.UploadResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getEchoMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.conformance.v1.EchoRequest,
              io.qtasks.conformance.v1.EchoResponse>(
                service, METHODID_ECHO)))
        .addMethod(
          getCountMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.qtasks.conformance.v1.CountRequest,
              io.qtasks.conformance.v1.CountResponse>(
                service, METHODID_COUNT)))
        .addMethod(
          getFailMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.conformance.v1.FailRequest,
              io.qtasks.conformance.v1.FailResponse>(
                service, METHODID_FAIL)))
        .addMethod(
          getWaitMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.conformance.v1.WaitRequest,
              io.qtasks.conformance.v1.WaitResponse>(
                service, METHODID_WAIT)))
        .addMethod(
          getMissingMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.conformance.v1.MissingRequest,
              io.qtasks.conformance.v1.MissingResponse>(
                service, METHODID_MISSING)))
        .addMethod(
          getUploadMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              io.qtasks.conformance.v1.UploadRequest,
              io.qtasks.conformance.v1.UploadResponse>(
                service, METHODID_UPLOAD)))
        .build();
  }

  private static abstract class ConformanceTasksBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ConformanceTasksBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.qtasks.conformance.v1.ConformanceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ConformanceTasks");
    }
  }

  private static final class ConformanceTasksFileDescriptorSupplier
      extends ConformanceTasksBaseDescriptorSupplier {
    ConformanceTasksFileDescriptorSupplier() {}
  }

  private static final class ConformanceTasksMethodDescriptorSupplier
      extends ConformanceTasksBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ConformanceTasksMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ConformanceTasksGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ConformanceTasksFileDescriptorSupplier())
              .addMethod(getEchoMethod())
              .addMethod(getCountMethod())
              .addMethod(getFailMethod())
              .addMethod(getWaitMethod())
              .addMethod(getMissingMethod())
              .addMethod(getUploadMethod())
              .build();
        }
      }
    }
    return result;
  }
}
