package io.qtasks.api.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class WorkerServiceGrpc {

  private WorkerServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "qtasksapi.v1.WorkerService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.RegisterWorkerRequest,
      io.qtasks.api.v1.RegisterWorkerResponse> getRegisterWorkerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RegisterWorker",
      requestType = io.qtasks.api.v1.RegisterWorkerRequest.class,
      responseType = io.qtasks.api.v1.RegisterWorkerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.RegisterWorkerRequest,
      io.qtasks.api.v1.RegisterWorkerResponse> getRegisterWorkerMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.RegisterWorkerRequest, io.qtasks.api.v1.RegisterWorkerResponse> getRegisterWorkerMethod;
    if ((getRegisterWorkerMethod = WorkerServiceGrpc.getRegisterWorkerMethod) == null) {
      synchronized (WorkerServiceGrpc.class) {
        if ((getRegisterWorkerMethod = WorkerServiceGrpc.getRegisterWorkerMethod) == null) {
          WorkerServiceGrpc.getRegisterWorkerMethod = getRegisterWorkerMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.RegisterWorkerRequest, io.qtasks.api.v1.RegisterWorkerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RegisterWorker"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RegisterWorkerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RegisterWorkerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new WorkerServiceMethodDescriptorSupplier("RegisterWorker"))
              .build();
        }
      }
    }
    return getRegisterWorkerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.PollTasksRequest,
      io.qtasks.api.v1.PollTasksResponse> getPollTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PollTasks",
      requestType = io.qtasks.api.v1.PollTasksRequest.class,
      responseType = io.qtasks.api.v1.PollTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.PollTasksRequest,
      io.qtasks.api.v1.PollTasksResponse> getPollTasksMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.PollTasksRequest, io.qtasks.api.v1.PollTasksResponse> getPollTasksMethod;
    if ((getPollTasksMethod = WorkerServiceGrpc.getPollTasksMethod) == null) {
      synchronized (WorkerServiceGrpc.class) {
        if ((getPollTasksMethod = WorkerServiceGrpc.getPollTasksMethod) == null) {
          WorkerServiceGrpc.getPollTasksMethod = getPollTasksMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.PollTasksRequest, io.qtasks.api.v1.PollTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PollTasks"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.PollTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.PollTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new WorkerServiceMethodDescriptorSupplier("PollTasks"))
              .build();
        }
      }
    }
    return getPollTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.HeartbeatRequest,
      io.qtasks.api.v1.HeartbeatResponse> getHeartbeatMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Heartbeat",
      requestType = io.qtasks.api.v1.HeartbeatRequest.class,
      responseType = io.qtasks.api.v1.HeartbeatResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.HeartbeatRequest,
      io.qtasks.api.v1.HeartbeatResponse> getHeartbeatMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.HeartbeatRequest, io.qtasks.api.v1.HeartbeatResponse> getHeartbeatMethod;
    if ((getHeartbeatMethod = WorkerServiceGrpc.getHeartbeatMethod) == null) {
      synchronized (WorkerServiceGrpc.class) {
        if ((getHeartbeatMethod = WorkerServiceGrpc.getHeartbeatMethod) == null) {
          WorkerServiceGrpc.getHeartbeatMethod = getHeartbeatMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.HeartbeatRequest, io.qtasks.api.v1.HeartbeatResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Heartbeat"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.HeartbeatRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.HeartbeatResponse.getDefaultInstance()))
              .setSchemaDescriptor(new WorkerServiceMethodDescriptorSupplier("Heartbeat"))
              .build();
        }
      }
    }
    return getHeartbeatMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.ReportOutcomesRequest,
      io.qtasks.api.v1.ReportOutcomesResponse> getReportOutcomesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReportOutcomes",
      requestType = io.qtasks.api.v1.ReportOutcomesRequest.class,
      responseType = io.qtasks.api.v1.ReportOutcomesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.ReportOutcomesRequest,
      io.qtasks.api.v1.ReportOutcomesResponse> getReportOutcomesMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.ReportOutcomesRequest, io.qtasks.api.v1.ReportOutcomesResponse> getReportOutcomesMethod;
    if ((getReportOutcomesMethod = WorkerServiceGrpc.getReportOutcomesMethod) == null) {
      synchronized (WorkerServiceGrpc.class) {
        if ((getReportOutcomesMethod = WorkerServiceGrpc.getReportOutcomesMethod) == null) {
          WorkerServiceGrpc.getReportOutcomesMethod = getReportOutcomesMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.ReportOutcomesRequest, io.qtasks.api.v1.ReportOutcomesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReportOutcomes"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ReportOutcomesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ReportOutcomesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new WorkerServiceMethodDescriptorSupplier("ReportOutcomes"))
              .build();
        }
      }
    }
    return getReportOutcomesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.RecordEventsRequest,
      io.qtasks.api.v1.RecordEventsResponse> getRecordEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RecordEvents",
      requestType = io.qtasks.api.v1.RecordEventsRequest.class,
      responseType = io.qtasks.api.v1.RecordEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.RecordEventsRequest,
      io.qtasks.api.v1.RecordEventsResponse> getRecordEventsMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.RecordEventsRequest, io.qtasks.api.v1.RecordEventsResponse> getRecordEventsMethod;
    if ((getRecordEventsMethod = WorkerServiceGrpc.getRecordEventsMethod) == null) {
      synchronized (WorkerServiceGrpc.class) {
        if ((getRecordEventsMethod = WorkerServiceGrpc.getRecordEventsMethod) == null) {
          WorkerServiceGrpc.getRecordEventsMethod = getRecordEventsMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.RecordEventsRequest, io.qtasks.api.v1.RecordEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RecordEvents"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RecordEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RecordEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new WorkerServiceMethodDescriptorSupplier("RecordEvents"))
              .build();
        }
      }
    }
    return getRecordEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.UnregisterWorkerRequest,
      io.qtasks.api.v1.UnregisterWorkerResponse> getUnregisterWorkerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnregisterWorker",
      requestType = io.qtasks.api.v1.UnregisterWorkerRequest.class,
      responseType = io.qtasks.api.v1.UnregisterWorkerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.UnregisterWorkerRequest,
      io.qtasks.api.v1.UnregisterWorkerResponse> getUnregisterWorkerMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.UnregisterWorkerRequest, io.qtasks.api.v1.UnregisterWorkerResponse> getUnregisterWorkerMethod;
    if ((getUnregisterWorkerMethod = WorkerServiceGrpc.getUnregisterWorkerMethod) == null) {
      synchronized (WorkerServiceGrpc.class) {
        if ((getUnregisterWorkerMethod = WorkerServiceGrpc.getUnregisterWorkerMethod) == null) {
          WorkerServiceGrpc.getUnregisterWorkerMethod = getUnregisterWorkerMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.UnregisterWorkerRequest, io.qtasks.api.v1.UnregisterWorkerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnregisterWorker"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.UnregisterWorkerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.UnregisterWorkerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new WorkerServiceMethodDescriptorSupplier("UnregisterWorker"))
              .build();
        }
      }
    }
    return getUnregisterWorkerMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static WorkerServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<WorkerServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<WorkerServiceStub>() {
        @java.lang.Override
        public WorkerServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new WorkerServiceStub(channel, callOptions);
        }
      };
    return WorkerServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static WorkerServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<WorkerServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<WorkerServiceBlockingV2Stub>() {
        @java.lang.Override
        public WorkerServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new WorkerServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return WorkerServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static WorkerServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<WorkerServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<WorkerServiceBlockingStub>() {
        @java.lang.Override
        public WorkerServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new WorkerServiceBlockingStub(channel, callOptions);
        }
      };
    return WorkerServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static WorkerServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<WorkerServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<WorkerServiceFutureStub>() {
        @java.lang.Override
        public WorkerServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new WorkerServiceFutureStub(channel, callOptions);
        }
      };
    return WorkerServiceFutureStub.newStub(factory, channel);
  }

  /**
   */
  public interface AsyncService {

    /**
     * <pre>
     * Opens or renews a session. Leases are judged by their tokens, not by the session: a worker
     * whose session is gone registers anew and goes on renewing what it holds.
     * </pre>
     */
    default void registerWorker(io.qtasks.api.v1.RegisterWorkerRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RegisterWorkerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRegisterWorkerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Long poll; max_tasks is the credit, and the credits of parked polls add up. With 0 it
     * brings word about leases and directives only.
     * </pre>
     */
    default void pollTasks(io.qtasks.api.v1.PollTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.PollTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPollTasksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Renews the leases that it lists, and by that confirms their delivery. A lease left out is
     * not renewed by this call.
     * </pre>
     */
    default void heartbeat(io.qtasks.api.v1.HeartbeatRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.HeartbeatResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getHeartbeatMethod(), responseObserver);
    }

    /**
     * <pre>
     * A repeated outcome is RECORDED again; one of a superseded lease is STALE.
     * </pre>
     */
    default void reportOutcomes(io.qtasks.api.v1.ReportOutcomesRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ReportOutcomesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReportOutcomesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Progress, outputs and logs of running attempts.
     * </pre>
     */
    default void recordEvents(io.qtasks.api.v1.RecordEventsRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RecordEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRecordEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Ends the session; leases not reported are released at once, uncounted.
     * </pre>
     */
    default void unregisterWorker(io.qtasks.api.v1.UnregisterWorkerRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.UnregisterWorkerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnregisterWorkerMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service WorkerService.
   */
  public static abstract class WorkerServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return WorkerServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service WorkerService.
   */
  public static final class WorkerServiceStub
      extends io.grpc.stub.AbstractAsyncStub<WorkerServiceStub> {
    private WorkerServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected WorkerServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new WorkerServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens or renews a session. Leases are judged by their tokens, not by the session: a worker
     * whose session is gone registers anew and goes on renewing what it holds.
     * </pre>
     */
    public void registerWorker(io.qtasks.api.v1.RegisterWorkerRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RegisterWorkerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRegisterWorkerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Long poll; max_tasks is the credit, and the credits of parked polls add up. With 0 it
     * brings word about leases and directives only.
     * </pre>
     */
    public void pollTasks(io.qtasks.api.v1.PollTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.PollTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPollTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Renews the leases that it lists, and by that confirms their delivery. A lease left out is
     * not renewed by this call.
     * </pre>
     */
    public void heartbeat(io.qtasks.api.v1.HeartbeatRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.HeartbeatResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getHeartbeatMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * A repeated outcome is RECORDED again; one of a superseded lease is STALE.
     * </pre>
     */
    public void reportOutcomes(io.qtasks.api.v1.ReportOutcomesRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ReportOutcomesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getReportOutcomesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Progress, outputs and logs of running attempts.
     * </pre>
     */
    public void recordEvents(io.qtasks.api.v1.RecordEventsRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RecordEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRecordEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Ends the session; leases not reported are released at once, uncounted.
     * </pre>
     */
    public void unregisterWorker(io.qtasks.api.v1.UnregisterWorkerRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.UnregisterWorkerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnregisterWorkerMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service WorkerService.
   */
  public static final class WorkerServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<WorkerServiceBlockingV2Stub> {
    private WorkerServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected WorkerServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new WorkerServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens or renews a session. Leases are judged by their tokens, not by the session: a worker
     * whose session is gone registers anew and goes on renewing what it holds.
     * </pre>
     */
    public io.qtasks.api.v1.RegisterWorkerResponse registerWorker(io.qtasks.api.v1.RegisterWorkerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRegisterWorkerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Long poll; max_tasks is the credit, and the credits of parked polls add up. With 0 it
     * brings word about leases and directives only.
     * </pre>
     */
    public io.qtasks.api.v1.PollTasksResponse pollTasks(io.qtasks.api.v1.PollTasksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPollTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Renews the leases that it lists, and by that confirms their delivery. A lease left out is
     * not renewed by this call.
     * </pre>
     */
    public io.qtasks.api.v1.HeartbeatResponse heartbeat(io.qtasks.api.v1.HeartbeatRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getHeartbeatMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A repeated outcome is RECORDED again; one of a superseded lease is STALE.
     * </pre>
     */
    public io.qtasks.api.v1.ReportOutcomesResponse reportOutcomes(io.qtasks.api.v1.ReportOutcomesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getReportOutcomesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Progress, outputs and logs of running attempts.
     * </pre>
     */
    public io.qtasks.api.v1.RecordEventsResponse recordEvents(io.qtasks.api.v1.RecordEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRecordEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends the session; leases not reported are released at once, uncounted.
     * </pre>
     */
    public io.qtasks.api.v1.UnregisterWorkerResponse unregisterWorker(io.qtasks.api.v1.UnregisterWorkerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnregisterWorkerMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service WorkerService.
   */
  public static final class WorkerServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<WorkerServiceBlockingStub> {
    private WorkerServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected WorkerServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new WorkerServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens or renews a session. Leases are judged by their tokens, not by the session: a worker
     * whose session is gone registers anew and goes on renewing what it holds.
     * </pre>
     */
    public io.qtasks.api.v1.RegisterWorkerResponse registerWorker(io.qtasks.api.v1.RegisterWorkerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRegisterWorkerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Long poll; max_tasks is the credit, and the credits of parked polls add up. With 0 it
     * brings word about leases and directives only.
     * </pre>
     */
    public io.qtasks.api.v1.PollTasksResponse pollTasks(io.qtasks.api.v1.PollTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPollTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Renews the leases that it lists, and by that confirms their delivery. A lease left out is
     * not renewed by this call.
     * </pre>
     */
    public io.qtasks.api.v1.HeartbeatResponse heartbeat(io.qtasks.api.v1.HeartbeatRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getHeartbeatMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A repeated outcome is RECORDED again; one of a superseded lease is STALE.
     * </pre>
     */
    public io.qtasks.api.v1.ReportOutcomesResponse reportOutcomes(io.qtasks.api.v1.ReportOutcomesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getReportOutcomesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Progress, outputs and logs of running attempts.
     * </pre>
     */
    public io.qtasks.api.v1.RecordEventsResponse recordEvents(io.qtasks.api.v1.RecordEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRecordEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends the session; leases not reported are released at once, uncounted.
     * </pre>
     */
    public io.qtasks.api.v1.UnregisterWorkerResponse unregisterWorker(io.qtasks.api.v1.UnregisterWorkerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnregisterWorkerMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service WorkerService.
   */
  public static final class WorkerServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<WorkerServiceFutureStub> {
    private WorkerServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected WorkerServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new WorkerServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens or renews a session. Leases are judged by their tokens, not by the session: a worker
     * whose session is gone registers anew and goes on renewing what it holds.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.RegisterWorkerResponse> registerWorker(
        io.qtasks.api.v1.RegisterWorkerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRegisterWorkerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Long poll; max_tasks is the credit, and the credits of parked polls add up. With 0 it
     * brings word about leases and directives only.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.PollTasksResponse> pollTasks(
        io.qtasks.api.v1.PollTasksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPollTasksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Renews the leases that it lists, and by that confirms their delivery. A lease left out is
     * not renewed by this call.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.HeartbeatResponse> heartbeat(
        io.qtasks.api.v1.HeartbeatRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getHeartbeatMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * A repeated outcome is RECORDED again; one of a superseded lease is STALE.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.ReportOutcomesResponse> reportOutcomes(
        io.qtasks.api.v1.ReportOutcomesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getReportOutcomesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Progress, outputs and logs of running attempts.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.RecordEventsResponse> recordEvents(
        io.qtasks.api.v1.RecordEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRecordEventsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Ends the session; leases not reported are released at once, uncounted.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.UnregisterWorkerResponse> unregisterWorker(
        io.qtasks.api.v1.UnregisterWorkerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnregisterWorkerMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_REGISTER_WORKER = 0;
  private static final int METHODID_POLL_TASKS = 1;
  private static final int METHODID_HEARTBEAT = 2;
  private static final int METHODID_REPORT_OUTCOMES = 3;
  private static final int METHODID_RECORD_EVENTS = 4;
  private static final int METHODID_UNREGISTER_WORKER = 5;

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
        case METHODID_REGISTER_WORKER:
          serviceImpl.registerWorker((io.qtasks.api.v1.RegisterWorkerRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.RegisterWorkerResponse>) responseObserver);
          break;
        case METHODID_POLL_TASKS:
          serviceImpl.pollTasks((io.qtasks.api.v1.PollTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.PollTasksResponse>) responseObserver);
          break;
        case METHODID_HEARTBEAT:
          serviceImpl.heartbeat((io.qtasks.api.v1.HeartbeatRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.HeartbeatResponse>) responseObserver);
          break;
        case METHODID_REPORT_OUTCOMES:
          serviceImpl.reportOutcomes((io.qtasks.api.v1.ReportOutcomesRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.ReportOutcomesResponse>) responseObserver);
          break;
        case METHODID_RECORD_EVENTS:
          serviceImpl.recordEvents((io.qtasks.api.v1.RecordEventsRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.RecordEventsResponse>) responseObserver);
          break;
        case METHODID_UNREGISTER_WORKER:
          serviceImpl.unregisterWorker((io.qtasks.api.v1.UnregisterWorkerRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.UnregisterWorkerResponse>) responseObserver);
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
          getRegisterWorkerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.RegisterWorkerRequest,
              io.qtasks.api.v1.RegisterWorkerResponse>(
                service, METHODID_REGISTER_WORKER)))
        .addMethod(
          getPollTasksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.PollTasksRequest,
              io.qtasks.api.v1.PollTasksResponse>(
                service, METHODID_POLL_TASKS)))
        .addMethod(
          getHeartbeatMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.HeartbeatRequest,
              io.qtasks.api.v1.HeartbeatResponse>(
                service, METHODID_HEARTBEAT)))
        .addMethod(
          getReportOutcomesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.ReportOutcomesRequest,
              io.qtasks.api.v1.ReportOutcomesResponse>(
                service, METHODID_REPORT_OUTCOMES)))
        .addMethod(
          getRecordEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.RecordEventsRequest,
              io.qtasks.api.v1.RecordEventsResponse>(
                service, METHODID_RECORD_EVENTS)))
        .addMethod(
          getUnregisterWorkerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.UnregisterWorkerRequest,
              io.qtasks.api.v1.UnregisterWorkerResponse>(
                service, METHODID_UNREGISTER_WORKER)))
        .build();
  }

  private static abstract class WorkerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    WorkerServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.qtasks.api.v1.WorkerServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("WorkerService");
    }
  }

  private static final class WorkerServiceFileDescriptorSupplier
      extends WorkerServiceBaseDescriptorSupplier {
    WorkerServiceFileDescriptorSupplier() {}
  }

  private static final class WorkerServiceMethodDescriptorSupplier
      extends WorkerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    WorkerServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (WorkerServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new WorkerServiceFileDescriptorSupplier())
              .addMethod(getRegisterWorkerMethod())
              .addMethod(getPollTasksMethod())
              .addMethod(getHeartbeatMethod())
              .addMethod(getReportOutcomesMethod())
              .addMethod(getRecordEventsMethod())
              .addMethod(getUnregisterWorkerMethod())
              .build();
        }
      }
    }
    return result;
  }
}
