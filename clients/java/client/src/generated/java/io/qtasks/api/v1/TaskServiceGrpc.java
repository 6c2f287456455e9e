package io.qtasks.api.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class TaskServiceGrpc {

  private TaskServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "qtasksapi.v1.TaskService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.EnqueueTaskRequest,
      io.qtasks.api.v1.EnqueueTaskResponse> getEnqueueTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EnqueueTask",
      requestType = io.qtasks.api.v1.EnqueueTaskRequest.class,
      responseType = io.qtasks.api.v1.EnqueueTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.EnqueueTaskRequest,
      io.qtasks.api.v1.EnqueueTaskResponse> getEnqueueTaskMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.EnqueueTaskRequest, io.qtasks.api.v1.EnqueueTaskResponse> getEnqueueTaskMethod;
    if ((getEnqueueTaskMethod = TaskServiceGrpc.getEnqueueTaskMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getEnqueueTaskMethod = TaskServiceGrpc.getEnqueueTaskMethod) == null) {
          TaskServiceGrpc.getEnqueueTaskMethod = getEnqueueTaskMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.EnqueueTaskRequest, io.qtasks.api.v1.EnqueueTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EnqueueTask"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.EnqueueTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.EnqueueTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("EnqueueTask"))
              .build();
        }
      }
    }
    return getEnqueueTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchEnqueueTasksRequest,
      io.qtasks.api.v1.BatchEnqueueTasksResponse> getBatchEnqueueTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchEnqueueTasks",
      requestType = io.qtasks.api.v1.BatchEnqueueTasksRequest.class,
      responseType = io.qtasks.api.v1.BatchEnqueueTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchEnqueueTasksRequest,
      io.qtasks.api.v1.BatchEnqueueTasksResponse> getBatchEnqueueTasksMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchEnqueueTasksRequest, io.qtasks.api.v1.BatchEnqueueTasksResponse> getBatchEnqueueTasksMethod;
    if ((getBatchEnqueueTasksMethod = TaskServiceGrpc.getBatchEnqueueTasksMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getBatchEnqueueTasksMethod = TaskServiceGrpc.getBatchEnqueueTasksMethod) == null) {
          TaskServiceGrpc.getBatchEnqueueTasksMethod = getBatchEnqueueTasksMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.BatchEnqueueTasksRequest, io.qtasks.api.v1.BatchEnqueueTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchEnqueueTasks"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchEnqueueTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchEnqueueTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("BatchEnqueueTasks"))
              .build();
        }
      }
    }
    return getBatchEnqueueTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.RunTaskRequest,
      io.qtasks.api.v1.RunTaskResponse> getRunTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RunTask",
      requestType = io.qtasks.api.v1.RunTaskRequest.class,
      responseType = io.qtasks.api.v1.RunTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.RunTaskRequest,
      io.qtasks.api.v1.RunTaskResponse> getRunTaskMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.RunTaskRequest, io.qtasks.api.v1.RunTaskResponse> getRunTaskMethod;
    if ((getRunTaskMethod = TaskServiceGrpc.getRunTaskMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getRunTaskMethod = TaskServiceGrpc.getRunTaskMethod) == null) {
          TaskServiceGrpc.getRunTaskMethod = getRunTaskMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.RunTaskRequest, io.qtasks.api.v1.RunTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RunTask"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RunTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RunTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("RunTask"))
              .build();
        }
      }
    }
    return getRunTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.GetTaskRequest,
      io.qtasks.api.v1.GetTaskResponse> getGetTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetTask",
      requestType = io.qtasks.api.v1.GetTaskRequest.class,
      responseType = io.qtasks.api.v1.GetTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.GetTaskRequest,
      io.qtasks.api.v1.GetTaskResponse> getGetTaskMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.GetTaskRequest, io.qtasks.api.v1.GetTaskResponse> getGetTaskMethod;
    if ((getGetTaskMethod = TaskServiceGrpc.getGetTaskMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getGetTaskMethod = TaskServiceGrpc.getGetTaskMethod) == null) {
          TaskServiceGrpc.getGetTaskMethod = getGetTaskMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.GetTaskRequest, io.qtasks.api.v1.GetTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetTask"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.GetTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.GetTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("GetTask"))
              .build();
        }
      }
    }
    return getGetTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchGetTasksRequest,
      io.qtasks.api.v1.BatchGetTasksResponse> getBatchGetTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchGetTasks",
      requestType = io.qtasks.api.v1.BatchGetTasksRequest.class,
      responseType = io.qtasks.api.v1.BatchGetTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchGetTasksRequest,
      io.qtasks.api.v1.BatchGetTasksResponse> getBatchGetTasksMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchGetTasksRequest, io.qtasks.api.v1.BatchGetTasksResponse> getBatchGetTasksMethod;
    if ((getBatchGetTasksMethod = TaskServiceGrpc.getBatchGetTasksMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getBatchGetTasksMethod = TaskServiceGrpc.getBatchGetTasksMethod) == null) {
          TaskServiceGrpc.getBatchGetTasksMethod = getBatchGetTasksMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.BatchGetTasksRequest, io.qtasks.api.v1.BatchGetTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchGetTasks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchGetTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchGetTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("BatchGetTasks"))
              .build();
        }
      }
    }
    return getBatchGetTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.ListTasksRequest,
      io.qtasks.api.v1.ListTasksResponse> getListTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTasks",
      requestType = io.qtasks.api.v1.ListTasksRequest.class,
      responseType = io.qtasks.api.v1.ListTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.ListTasksRequest,
      io.qtasks.api.v1.ListTasksResponse> getListTasksMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.ListTasksRequest, io.qtasks.api.v1.ListTasksResponse> getListTasksMethod;
    if ((getListTasksMethod = TaskServiceGrpc.getListTasksMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getListTasksMethod = TaskServiceGrpc.getListTasksMethod) == null) {
          TaskServiceGrpc.getListTasksMethod = getListTasksMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.ListTasksRequest, io.qtasks.api.v1.ListTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTasks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ListTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ListTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("ListTasks"))
              .build();
        }
      }
    }
    return getListTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.CountTasksRequest,
      io.qtasks.api.v1.CountTasksResponse> getCountTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CountTasks",
      requestType = io.qtasks.api.v1.CountTasksRequest.class,
      responseType = io.qtasks.api.v1.CountTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.CountTasksRequest,
      io.qtasks.api.v1.CountTasksResponse> getCountTasksMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.CountTasksRequest, io.qtasks.api.v1.CountTasksResponse> getCountTasksMethod;
    if ((getCountTasksMethod = TaskServiceGrpc.getCountTasksMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getCountTasksMethod = TaskServiceGrpc.getCountTasksMethod) == null) {
          TaskServiceGrpc.getCountTasksMethod = getCountTasksMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.CountTasksRequest, io.qtasks.api.v1.CountTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CountTasks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.CountTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.CountTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("CountTasks"))
              .build();
        }
      }
    }
    return getCountTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.AwaitTaskRequest,
      io.qtasks.api.v1.AwaitTaskResponse> getAwaitTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AwaitTask",
      requestType = io.qtasks.api.v1.AwaitTaskRequest.class,
      responseType = io.qtasks.api.v1.AwaitTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.AwaitTaskRequest,
      io.qtasks.api.v1.AwaitTaskResponse> getAwaitTaskMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.AwaitTaskRequest, io.qtasks.api.v1.AwaitTaskResponse> getAwaitTaskMethod;
    if ((getAwaitTaskMethod = TaskServiceGrpc.getAwaitTaskMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getAwaitTaskMethod = TaskServiceGrpc.getAwaitTaskMethod) == null) {
          TaskServiceGrpc.getAwaitTaskMethod = getAwaitTaskMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.AwaitTaskRequest, io.qtasks.api.v1.AwaitTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AwaitTask"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.AwaitTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.AwaitTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("AwaitTask"))
              .build();
        }
      }
    }
    return getAwaitTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchAwaitTasksRequest,
      io.qtasks.api.v1.BatchAwaitTasksResponse> getBatchAwaitTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchAwaitTasks",
      requestType = io.qtasks.api.v1.BatchAwaitTasksRequest.class,
      responseType = io.qtasks.api.v1.BatchAwaitTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchAwaitTasksRequest,
      io.qtasks.api.v1.BatchAwaitTasksResponse> getBatchAwaitTasksMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchAwaitTasksRequest, io.qtasks.api.v1.BatchAwaitTasksResponse> getBatchAwaitTasksMethod;
    if ((getBatchAwaitTasksMethod = TaskServiceGrpc.getBatchAwaitTasksMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getBatchAwaitTasksMethod = TaskServiceGrpc.getBatchAwaitTasksMethod) == null) {
          TaskServiceGrpc.getBatchAwaitTasksMethod = getBatchAwaitTasksMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.BatchAwaitTasksRequest, io.qtasks.api.v1.BatchAwaitTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchAwaitTasks"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchAwaitTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchAwaitTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("BatchAwaitTasks"))
              .build();
        }
      }
    }
    return getBatchAwaitTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.WatchTaskRequest,
      io.qtasks.api.v1.WatchTaskResponse> getWatchTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchTask",
      requestType = io.qtasks.api.v1.WatchTaskRequest.class,
      responseType = io.qtasks.api.v1.WatchTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.WatchTaskRequest,
      io.qtasks.api.v1.WatchTaskResponse> getWatchTaskMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.WatchTaskRequest, io.qtasks.api.v1.WatchTaskResponse> getWatchTaskMethod;
    if ((getWatchTaskMethod = TaskServiceGrpc.getWatchTaskMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getWatchTaskMethod = TaskServiceGrpc.getWatchTaskMethod) == null) {
          TaskServiceGrpc.getWatchTaskMethod = getWatchTaskMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.WatchTaskRequest, io.qtasks.api.v1.WatchTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchTask"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.WatchTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.WatchTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("WatchTask"))
              .build();
        }
      }
    }
    return getWatchTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.WatchTasksRequest,
      io.qtasks.api.v1.WatchTasksResponse> getWatchTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchTasks",
      requestType = io.qtasks.api.v1.WatchTasksRequest.class,
      responseType = io.qtasks.api.v1.WatchTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.WatchTasksRequest,
      io.qtasks.api.v1.WatchTasksResponse> getWatchTasksMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.WatchTasksRequest, io.qtasks.api.v1.WatchTasksResponse> getWatchTasksMethod;
    if ((getWatchTasksMethod = TaskServiceGrpc.getWatchTasksMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getWatchTasksMethod = TaskServiceGrpc.getWatchTasksMethod) == null) {
          TaskServiceGrpc.getWatchTasksMethod = getWatchTasksMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.WatchTasksRequest, io.qtasks.api.v1.WatchTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchTasks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.WatchTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.WatchTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("WatchTasks"))
              .build();
        }
      }
    }
    return getWatchTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.ListTaskEventsRequest,
      io.qtasks.api.v1.ListTaskEventsResponse> getListTaskEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTaskEvents",
      requestType = io.qtasks.api.v1.ListTaskEventsRequest.class,
      responseType = io.qtasks.api.v1.ListTaskEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.ListTaskEventsRequest,
      io.qtasks.api.v1.ListTaskEventsResponse> getListTaskEventsMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.ListTaskEventsRequest, io.qtasks.api.v1.ListTaskEventsResponse> getListTaskEventsMethod;
    if ((getListTaskEventsMethod = TaskServiceGrpc.getListTaskEventsMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getListTaskEventsMethod = TaskServiceGrpc.getListTaskEventsMethod) == null) {
          TaskServiceGrpc.getListTaskEventsMethod = getListTaskEventsMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.ListTaskEventsRequest, io.qtasks.api.v1.ListTaskEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTaskEvents"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ListTaskEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.ListTaskEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("ListTaskEvents"))
              .build();
        }
      }
    }
    return getListTaskEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.CancelTaskRequest,
      io.qtasks.api.v1.CancelTaskResponse> getCancelTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelTask",
      requestType = io.qtasks.api.v1.CancelTaskRequest.class,
      responseType = io.qtasks.api.v1.CancelTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.CancelTaskRequest,
      io.qtasks.api.v1.CancelTaskResponse> getCancelTaskMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.CancelTaskRequest, io.qtasks.api.v1.CancelTaskResponse> getCancelTaskMethod;
    if ((getCancelTaskMethod = TaskServiceGrpc.getCancelTaskMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getCancelTaskMethod = TaskServiceGrpc.getCancelTaskMethod) == null) {
          TaskServiceGrpc.getCancelTaskMethod = getCancelTaskMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.CancelTaskRequest, io.qtasks.api.v1.CancelTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelTask"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.CancelTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.CancelTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("CancelTask"))
              .build();
        }
      }
    }
    return getCancelTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchCancelTasksRequest,
      io.qtasks.api.v1.BatchCancelTasksResponse> getBatchCancelTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchCancelTasks",
      requestType = io.qtasks.api.v1.BatchCancelTasksRequest.class,
      responseType = io.qtasks.api.v1.BatchCancelTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchCancelTasksRequest,
      io.qtasks.api.v1.BatchCancelTasksResponse> getBatchCancelTasksMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchCancelTasksRequest, io.qtasks.api.v1.BatchCancelTasksResponse> getBatchCancelTasksMethod;
    if ((getBatchCancelTasksMethod = TaskServiceGrpc.getBatchCancelTasksMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getBatchCancelTasksMethod = TaskServiceGrpc.getBatchCancelTasksMethod) == null) {
          TaskServiceGrpc.getBatchCancelTasksMethod = getBatchCancelTasksMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.BatchCancelTasksRequest, io.qtasks.api.v1.BatchCancelTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchCancelTasks"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchCancelTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchCancelTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("BatchCancelTasks"))
              .build();
        }
      }
    }
    return getBatchCancelTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.RetryTaskRequest,
      io.qtasks.api.v1.RetryTaskResponse> getRetryTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RetryTask",
      requestType = io.qtasks.api.v1.RetryTaskRequest.class,
      responseType = io.qtasks.api.v1.RetryTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.RetryTaskRequest,
      io.qtasks.api.v1.RetryTaskResponse> getRetryTaskMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.RetryTaskRequest, io.qtasks.api.v1.RetryTaskResponse> getRetryTaskMethod;
    if ((getRetryTaskMethod = TaskServiceGrpc.getRetryTaskMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getRetryTaskMethod = TaskServiceGrpc.getRetryTaskMethod) == null) {
          TaskServiceGrpc.getRetryTaskMethod = getRetryTaskMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.RetryTaskRequest, io.qtasks.api.v1.RetryTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RetryTask"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RetryTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RetryTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("RetryTask"))
              .build();
        }
      }
    }
    return getRetryTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchRetryTasksRequest,
      io.qtasks.api.v1.BatchRetryTasksResponse> getBatchRetryTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BatchRetryTasks",
      requestType = io.qtasks.api.v1.BatchRetryTasksRequest.class,
      responseType = io.qtasks.api.v1.BatchRetryTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchRetryTasksRequest,
      io.qtasks.api.v1.BatchRetryTasksResponse> getBatchRetryTasksMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.BatchRetryTasksRequest, io.qtasks.api.v1.BatchRetryTasksResponse> getBatchRetryTasksMethod;
    if ((getBatchRetryTasksMethod = TaskServiceGrpc.getBatchRetryTasksMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getBatchRetryTasksMethod = TaskServiceGrpc.getBatchRetryTasksMethod) == null) {
          TaskServiceGrpc.getBatchRetryTasksMethod = getBatchRetryTasksMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.BatchRetryTasksRequest, io.qtasks.api.v1.BatchRetryTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BatchRetryTasks"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchRetryTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.BatchRetryTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("BatchRetryTasks"))
              .build();
        }
      }
    }
    return getBatchRetryTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.RescheduleTaskRequest,
      io.qtasks.api.v1.RescheduleTaskResponse> getRescheduleTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RescheduleTask",
      requestType = io.qtasks.api.v1.RescheduleTaskRequest.class,
      responseType = io.qtasks.api.v1.RescheduleTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.RescheduleTaskRequest,
      io.qtasks.api.v1.RescheduleTaskResponse> getRescheduleTaskMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.RescheduleTaskRequest, io.qtasks.api.v1.RescheduleTaskResponse> getRescheduleTaskMethod;
    if ((getRescheduleTaskMethod = TaskServiceGrpc.getRescheduleTaskMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getRescheduleTaskMethod = TaskServiceGrpc.getRescheduleTaskMethod) == null) {
          TaskServiceGrpc.getRescheduleTaskMethod = getRescheduleTaskMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.RescheduleTaskRequest, io.qtasks.api.v1.RescheduleTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RescheduleTask"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RescheduleTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.RescheduleTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("RescheduleTask"))
              .build();
        }
      }
    }
    return getRescheduleTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.qtasks.api.v1.DeleteTaskRequest,
      io.qtasks.api.v1.DeleteTaskResponse> getDeleteTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteTask",
      requestType = io.qtasks.api.v1.DeleteTaskRequest.class,
      responseType = io.qtasks.api.v1.DeleteTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.qtasks.api.v1.DeleteTaskRequest,
      io.qtasks.api.v1.DeleteTaskResponse> getDeleteTaskMethod() {
    io.grpc.MethodDescriptor<io.qtasks.api.v1.DeleteTaskRequest, io.qtasks.api.v1.DeleteTaskResponse> getDeleteTaskMethod;
    if ((getDeleteTaskMethod = TaskServiceGrpc.getDeleteTaskMethod) == null) {
      synchronized (TaskServiceGrpc.class) {
        if ((getDeleteTaskMethod = TaskServiceGrpc.getDeleteTaskMethod) == null) {
          TaskServiceGrpc.getDeleteTaskMethod = getDeleteTaskMethod =
              io.grpc.MethodDescriptor.<io.qtasks.api.v1.DeleteTaskRequest, io.qtasks.api.v1.DeleteTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteTask"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.DeleteTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.qtasks.api.v1.DeleteTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new TaskServiceMethodDescriptorSupplier("DeleteTask"))
              .build();
        }
      }
    }
    return getDeleteTaskMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static TaskServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TaskServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TaskServiceStub>() {
        @java.lang.Override
        public TaskServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TaskServiceStub(channel, callOptions);
        }
      };
    return TaskServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static TaskServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TaskServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TaskServiceBlockingV2Stub>() {
        @java.lang.Override
        public TaskServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TaskServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return TaskServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static TaskServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TaskServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TaskServiceBlockingStub>() {
        @java.lang.Override
        public TaskServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TaskServiceBlockingStub(channel, callOptions);
        }
      };
    return TaskServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static TaskServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<TaskServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<TaskServiceFutureStub>() {
        @java.lang.Override
        public TaskServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new TaskServiceFutureStub(channel, callOptions);
        }
      };
    return TaskServiceFutureStub.newStub(factory, channel);
  }

  /**
   */
  public interface AsyncService {

    /**
     * <pre>
     * Answers once the task is durable. Safe to repeat when task_id is set.
     * </pre>
     */
    default void enqueueTask(io.qtasks.api.v1.EnqueueTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.EnqueueTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEnqueueTaskMethod(), responseObserver);
    }

    /**
     * <pre>
     * Each item stands for itself. Safe to repeat when the items carry task ids.
     * </pre>
     */
    default void batchEnqueueTasks(io.qtasks.api.v1.BatchEnqueueTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchEnqueueTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchEnqueueTasksMethod(), responseObserver);
    }

    /**
     * <pre>
     * EnqueueTask and AwaitTask in one.
     * </pre>
     */
    default void runTask(io.qtasks.api.v1.RunTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RunTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRunTaskMethod(), responseObserver);
    }

    /**
     */
    default void getTask(io.qtasks.api.v1.GetTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.GetTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetTaskMethod(), responseObserver);
    }

    /**
     */
    default void batchGetTasks(io.qtasks.api.v1.BatchGetTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchGetTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchGetTasksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Newest first.
     * </pre>
     */
    default void listTasks(io.qtasks.api.v1.ListTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ListTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTasksMethod(), responseObserver);
    }

    /**
     */
    default void countTasks(io.qtasks.api.v1.CountTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.CountTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCountTasksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Long poll: answers as soon as the task is terminal, else after `wait` with the state so
     * far. Never DEADLINE_EXCEEDED, and the task goes on.
     * </pre>
     */
    default void awaitTask(io.qtasks.api.v1.AwaitTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.AwaitTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAwaitTaskMethod(), responseObserver);
    }

    /**
     * <pre>
     * Answers as soon as min_count of the tasks are terminal, with those that are. To gather
     * many, ask again for the rest.
     * </pre>
     */
    default void batchAwaitTasks(io.qtasks.api.v1.BatchAwaitTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchAwaitTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchAwaitTasksMethod(), responseObserver);
    }

    /**
     * <pre>
     * A snapshot at once, then every change; the last message is the terminal task.
     * </pre>
     */
    default void watchTask(io.qtasks.api.v1.WatchTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.WatchTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchTaskMethod(), responseObserver);
    }

    /**
     * <pre>
     * First every match as it is (at most 1000, else RESOURCE_EXHAUSTED), then changes. After a
     * reconnect the snapshot comes again.
     * </pre>
     */
    default void watchTasks(io.qtasks.api.v1.WatchTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.WatchTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchTasksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Outputs and logs kept for a task.
     * </pre>
     */
    default void listTaskEvents(io.qtasks.api.v1.ListTaskEventsRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ListTaskEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTaskEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * A terminal task is returned unchanged.
     * </pre>
     */
    default void cancelTask(io.qtasks.api.v1.CancelTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.CancelTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelTaskMethod(), responseObserver);
    }

    /**
     */
    default void batchCancelTasks(io.qtasks.api.v1.BatchCancelTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchCancelTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchCancelTasksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Terminal tasks only. Back to PENDING with a fresh budget of attempts and of time; result and
     * failure are cleared, history goes on. A unique key is taken again, or UNIQUE_KEY_HELD.
     * </pre>
     */
    default void retryTask(io.qtasks.api.v1.RetryTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RetryTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRetryTaskMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replay of what failed.
     * </pre>
     */
    default void batchRetryTasks(io.qtasks.api.v1.BatchRetryTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchRetryTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBatchRetryTasksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes priority or time of a task that is SCHEDULED, PENDING or RETRYING.
     * </pre>
     */
    default void rescheduleTask(io.qtasks.api.v1.RescheduleTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RescheduleTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRescheduleTaskMethod(), responseObserver);
    }

    /**
     * <pre>
     * Terminal tasks only. A task that is gone is no error.
     * </pre>
     */
    default void deleteTask(io.qtasks.api.v1.DeleteTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.DeleteTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteTaskMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service TaskService.
   */
  public static abstract class TaskServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return TaskServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service TaskService.
   */
  public static final class TaskServiceStub
      extends io.grpc.stub.AbstractAsyncStub<TaskServiceStub> {
    private TaskServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TaskServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TaskServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Answers once the task is durable. Safe to repeat when task_id is set.
     * </pre>
     */
    public void enqueueTask(io.qtasks.api.v1.EnqueueTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.EnqueueTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEnqueueTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Each item stands for itself. Safe to repeat when the items carry task ids.
     * </pre>
     */
    public void batchEnqueueTasks(io.qtasks.api.v1.BatchEnqueueTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchEnqueueTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchEnqueueTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * EnqueueTask and AwaitTask in one.
     * </pre>
     */
    public void runTask(io.qtasks.api.v1.RunTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RunTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRunTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void getTask(io.qtasks.api.v1.GetTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.GetTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void batchGetTasks(io.qtasks.api.v1.BatchGetTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchGetTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchGetTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Newest first.
     * </pre>
     */
    public void listTasks(io.qtasks.api.v1.ListTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ListTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void countTasks(io.qtasks.api.v1.CountTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.CountTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCountTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Long poll: answers as soon as the task is terminal, else after `wait` with the state so
     * far. Never DEADLINE_EXCEEDED, and the task goes on.
     * </pre>
     */
    public void awaitTask(io.qtasks.api.v1.AwaitTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.AwaitTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAwaitTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Answers as soon as min_count of the tasks are terminal, with those that are. To gather
     * many, ask again for the rest.
     * </pre>
     */
    public void batchAwaitTasks(io.qtasks.api.v1.BatchAwaitTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchAwaitTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchAwaitTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * A snapshot at once, then every change; the last message is the terminal task.
     * </pre>
     */
    public void watchTask(io.qtasks.api.v1.WatchTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.WatchTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * First every match as it is (at most 1000, else RESOURCE_EXHAUSTED), then changes. After a
     * reconnect the snapshot comes again.
     * </pre>
     */
    public void watchTasks(io.qtasks.api.v1.WatchTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.WatchTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Outputs and logs kept for a task.
     * </pre>
     */
    public void listTaskEvents(io.qtasks.api.v1.ListTaskEventsRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.ListTaskEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTaskEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * A terminal task is returned unchanged.
     * </pre>
     */
    public void cancelTask(io.qtasks.api.v1.CancelTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.CancelTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     */
    public void batchCancelTasks(io.qtasks.api.v1.BatchCancelTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchCancelTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchCancelTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Terminal tasks only. Back to PENDING with a fresh budget of attempts and of time; result and
     * failure are cleared, history goes on. A unique key is taken again, or UNIQUE_KEY_HELD.
     * </pre>
     */
    public void retryTask(io.qtasks.api.v1.RetryTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RetryTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRetryTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replay of what failed.
     * </pre>
     */
    public void batchRetryTasks(io.qtasks.api.v1.BatchRetryTasksRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchRetryTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBatchRetryTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes priority or time of a task that is SCHEDULED, PENDING or RETRYING.
     * </pre>
     */
    public void rescheduleTask(io.qtasks.api.v1.RescheduleTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.RescheduleTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRescheduleTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Terminal tasks only. A task that is gone is no error.
     * </pre>
     */
    public void deleteTask(io.qtasks.api.v1.DeleteTaskRequest request,
        io.grpc.stub.StreamObserver<io.qtasks.api.v1.DeleteTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteTaskMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service TaskService.
   */
  public static final class TaskServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<TaskServiceBlockingV2Stub> {
    private TaskServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TaskServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TaskServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Answers once the task is durable. Safe to repeat when task_id is set.
     * </pre>
     */
    public io.qtasks.api.v1.EnqueueTaskResponse enqueueTask(io.qtasks.api.v1.EnqueueTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEnqueueTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Each item stands for itself. Safe to repeat when the items carry task ids.
     * </pre>
     */
    public io.qtasks.api.v1.BatchEnqueueTasksResponse batchEnqueueTasks(io.qtasks.api.v1.BatchEnqueueTasksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchEnqueueTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * EnqueueTask and AwaitTask in one.
     * </pre>
     */
    public io.qtasks.api.v1.RunTaskResponse runTask(io.qtasks.api.v1.RunTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRunTaskMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.GetTaskResponse getTask(io.qtasks.api.v1.GetTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetTaskMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.BatchGetTasksResponse batchGetTasks(io.qtasks.api.v1.BatchGetTasksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchGetTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Newest first.
     * </pre>
     */
    public io.qtasks.api.v1.ListTasksResponse listTasks(io.qtasks.api.v1.ListTasksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTasksMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.CountTasksResponse countTasks(io.qtasks.api.v1.CountTasksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCountTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Long poll: answers as soon as the task is terminal, else after `wait` with the state so
     * far. Never DEADLINE_EXCEEDED, and the task goes on.
     * </pre>
     */
    public io.qtasks.api.v1.AwaitTaskResponse awaitTask(io.qtasks.api.v1.AwaitTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAwaitTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Answers as soon as min_count of the tasks are terminal, with those that are. To gather
     * many, ask again for the rest.
     * </pre>
     */
    public io.qtasks.api.v1.BatchAwaitTasksResponse batchAwaitTasks(io.qtasks.api.v1.BatchAwaitTasksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchAwaitTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A snapshot at once, then every change; the last message is the terminal task.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.qtasks.api.v1.WatchTaskResponse>
        watchTask(io.qtasks.api.v1.WatchTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * First every match as it is (at most 1000, else RESOURCE_EXHAUSTED), then changes. After a
     * reconnect the snapshot comes again.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.qtasks.api.v1.WatchTasksResponse>
        watchTasks(io.qtasks.api.v1.WatchTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Outputs and logs kept for a task.
     * </pre>
     */
    public io.qtasks.api.v1.ListTaskEventsResponse listTaskEvents(io.qtasks.api.v1.ListTaskEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTaskEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A terminal task is returned unchanged.
     * </pre>
     */
    public io.qtasks.api.v1.CancelTaskResponse cancelTask(io.qtasks.api.v1.CancelTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelTaskMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.BatchCancelTasksResponse batchCancelTasks(io.qtasks.api.v1.BatchCancelTasksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchCancelTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Terminal tasks only. Back to PENDING with a fresh budget of attempts and of time; result and
     * failure are cleared, history goes on. A unique key is taken again, or UNIQUE_KEY_HELD.
     * </pre>
     */
    public io.qtasks.api.v1.RetryTaskResponse retryTask(io.qtasks.api.v1.RetryTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRetryTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replay of what failed.
     * </pre>
     */
    public io.qtasks.api.v1.BatchRetryTasksResponse batchRetryTasks(io.qtasks.api.v1.BatchRetryTasksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBatchRetryTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes priority or time of a task that is SCHEDULED, PENDING or RETRYING.
     * </pre>
     */
    public io.qtasks.api.v1.RescheduleTaskResponse rescheduleTask(io.qtasks.api.v1.RescheduleTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRescheduleTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Terminal tasks only. A task that is gone is no error.
     * </pre>
     */
    public io.qtasks.api.v1.DeleteTaskResponse deleteTask(io.qtasks.api.v1.DeleteTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteTaskMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service TaskService.
   */
  public static final class TaskServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<TaskServiceBlockingStub> {
    private TaskServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TaskServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TaskServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Answers once the task is durable. Safe to repeat when task_id is set.
     * </pre>
     */
    public io.qtasks.api.v1.EnqueueTaskResponse enqueueTask(io.qtasks.api.v1.EnqueueTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEnqueueTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Each item stands for itself. Safe to repeat when the items carry task ids.
     * </pre>
     */
    public io.qtasks.api.v1.BatchEnqueueTasksResponse batchEnqueueTasks(io.qtasks.api.v1.BatchEnqueueTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchEnqueueTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * EnqueueTask and AwaitTask in one.
     * </pre>
     */
    public io.qtasks.api.v1.RunTaskResponse runTask(io.qtasks.api.v1.RunTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRunTaskMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.GetTaskResponse getTask(io.qtasks.api.v1.GetTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetTaskMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.BatchGetTasksResponse batchGetTasks(io.qtasks.api.v1.BatchGetTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchGetTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Newest first.
     * </pre>
     */
    public io.qtasks.api.v1.ListTasksResponse listTasks(io.qtasks.api.v1.ListTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTasksMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.CountTasksResponse countTasks(io.qtasks.api.v1.CountTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCountTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Long poll: answers as soon as the task is terminal, else after `wait` with the state so
     * far. Never DEADLINE_EXCEEDED, and the task goes on.
     * </pre>
     */
    public io.qtasks.api.v1.AwaitTaskResponse awaitTask(io.qtasks.api.v1.AwaitTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAwaitTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Answers as soon as min_count of the tasks are terminal, with those that are. To gather
     * many, ask again for the rest.
     * </pre>
     */
    public io.qtasks.api.v1.BatchAwaitTasksResponse batchAwaitTasks(io.qtasks.api.v1.BatchAwaitTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchAwaitTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A snapshot at once, then every change; the last message is the terminal task.
     * </pre>
     */
    public java.util.Iterator<io.qtasks.api.v1.WatchTaskResponse> watchTask(
        io.qtasks.api.v1.WatchTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * First every match as it is (at most 1000, else RESOURCE_EXHAUSTED), then changes. After a
     * reconnect the snapshot comes again.
     * </pre>
     */
    public java.util.Iterator<io.qtasks.api.v1.WatchTasksResponse> watchTasks(
        io.qtasks.api.v1.WatchTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Outputs and logs kept for a task.
     * </pre>
     */
    public io.qtasks.api.v1.ListTaskEventsResponse listTaskEvents(io.qtasks.api.v1.ListTaskEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTaskEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * A terminal task is returned unchanged.
     * </pre>
     */
    public io.qtasks.api.v1.CancelTaskResponse cancelTask(io.qtasks.api.v1.CancelTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelTaskMethod(), getCallOptions(), request);
    }

    /**
     */
    public io.qtasks.api.v1.BatchCancelTasksResponse batchCancelTasks(io.qtasks.api.v1.BatchCancelTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchCancelTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Terminal tasks only. Back to PENDING with a fresh budget of attempts and of time; result and
     * failure are cleared, history goes on. A unique key is taken again, or UNIQUE_KEY_HELD.
     * </pre>
     */
    public io.qtasks.api.v1.RetryTaskResponse retryTask(io.qtasks.api.v1.RetryTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRetryTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replay of what failed.
     * </pre>
     */
    public io.qtasks.api.v1.BatchRetryTasksResponse batchRetryTasks(io.qtasks.api.v1.BatchRetryTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBatchRetryTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes priority or time of a task that is SCHEDULED, PENDING or RETRYING.
     * </pre>
     */
    public io.qtasks.api.v1.RescheduleTaskResponse rescheduleTask(io.qtasks.api.v1.RescheduleTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRescheduleTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Terminal tasks only. A task that is gone is no error.
     * </pre>
     */
    public io.qtasks.api.v1.DeleteTaskResponse deleteTask(io.qtasks.api.v1.DeleteTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteTaskMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service TaskService.
   */
  public static final class TaskServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<TaskServiceFutureStub> {
    private TaskServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected TaskServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new TaskServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Answers once the task is durable. Safe to repeat when task_id is set.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.EnqueueTaskResponse> enqueueTask(
        io.qtasks.api.v1.EnqueueTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEnqueueTaskMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Each item stands for itself. Safe to repeat when the items carry task ids.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.BatchEnqueueTasksResponse> batchEnqueueTasks(
        io.qtasks.api.v1.BatchEnqueueTasksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchEnqueueTasksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * EnqueueTask and AwaitTask in one.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.RunTaskResponse> runTask(
        io.qtasks.api.v1.RunTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRunTaskMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.GetTaskResponse> getTask(
        io.qtasks.api.v1.GetTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetTaskMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.BatchGetTasksResponse> batchGetTasks(
        io.qtasks.api.v1.BatchGetTasksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchGetTasksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.ListTasksResponse> listTasks(
        io.qtasks.api.v1.ListTasksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTasksMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.CountTasksResponse> countTasks(
        io.qtasks.api.v1.CountTasksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCountTasksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Long poll: answers as soon as the task is terminal, else after `wait` with the state so
     * far. Never DEADLINE_EXCEEDED, and the task goes on.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.AwaitTaskResponse> awaitTask(
        io.qtasks.api.v1.AwaitTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAwaitTaskMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Answers as soon as min_count of the tasks are terminal, with those that are. To gather
     * many, ask again for the rest.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.BatchAwaitTasksResponse> batchAwaitTasks(
        io.qtasks.api.v1.BatchAwaitTasksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchAwaitTasksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Outputs and logs kept for a task.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.ListTaskEventsResponse> listTaskEvents(
        io.qtasks.api.v1.ListTaskEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTaskEventsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * A terminal task is returned unchanged.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.CancelTaskResponse> cancelTask(
        io.qtasks.api.v1.CancelTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelTaskMethod(), getCallOptions()), request);
    }

    /**
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.BatchCancelTasksResponse> batchCancelTasks(
        io.qtasks.api.v1.BatchCancelTasksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchCancelTasksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Terminal tasks only. Back to PENDING with a fresh budget of attempts and of time; result and
     * failure are cleared, history goes on. A unique key is taken again, or UNIQUE_KEY_HELD.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.RetryTaskResponse> retryTask(
        io.qtasks.api.v1.RetryTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRetryTaskMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replay of what failed.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.BatchRetryTasksResponse> batchRetryTasks(
        io.qtasks.api.v1.BatchRetryTasksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBatchRetryTasksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes priority or time of a task that is SCHEDULED, PENDING or RETRYING.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.RescheduleTaskResponse> rescheduleTask(
        io.qtasks.api.v1.RescheduleTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRescheduleTaskMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Terminal tasks only. A task that is gone is no error.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.qtasks.api.v1.DeleteTaskResponse> deleteTask(
        io.qtasks.api.v1.DeleteTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteTaskMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_ENQUEUE_TASK = 0;
  private static final int METHODID_BATCH_ENQUEUE_TASKS = 1;
  private static final int METHODID_RUN_TASK = 2;
  private static final int METHODID_GET_TASK = 3;
  private static final int METHODID_BATCH_GET_TASKS = 4;
  private static final int METHODID_LIST_TASKS = 5;
  private static final int METHODID_COUNT_TASKS = 6;
  private static final int METHODID_AWAIT_TASK = 7;
  private static final int METHODID_BATCH_AWAIT_TASKS = 8;
  private static final int METHODID_WATCH_TASK = 9;
  private static final int METHODID_WATCH_TASKS = 10;
  private static final int METHODID_LIST_TASK_EVENTS = 11;
  private static final int METHODID_CANCEL_TASK = 12;
  private static final int METHODID_BATCH_CANCEL_TASKS = 13;
  private static final int METHODID_RETRY_TASK = 14;
  private static final int METHODID_BATCH_RETRY_TASKS = 15;
  private static final int METHODID_RESCHEDULE_TASK = 16;
  private static final int METHODID_DELETE_TASK = 17;

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
        case METHODID_ENQUEUE_TASK:
          serviceImpl.enqueueTask((io.qtasks.api.v1.EnqueueTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.EnqueueTaskResponse>) responseObserver);
          break;
        case METHODID_BATCH_ENQUEUE_TASKS:
          serviceImpl.batchEnqueueTasks((io.qtasks.api.v1.BatchEnqueueTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchEnqueueTasksResponse>) responseObserver);
          break;
        case METHODID_RUN_TASK:
          serviceImpl.runTask((io.qtasks.api.v1.RunTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.RunTaskResponse>) responseObserver);
          break;
        case METHODID_GET_TASK:
          serviceImpl.getTask((io.qtasks.api.v1.GetTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.GetTaskResponse>) responseObserver);
          break;
        case METHODID_BATCH_GET_TASKS:
          serviceImpl.batchGetTasks((io.qtasks.api.v1.BatchGetTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchGetTasksResponse>) responseObserver);
          break;
        case METHODID_LIST_TASKS:
          serviceImpl.listTasks((io.qtasks.api.v1.ListTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.ListTasksResponse>) responseObserver);
          break;
        case METHODID_COUNT_TASKS:
          serviceImpl.countTasks((io.qtasks.api.v1.CountTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.CountTasksResponse>) responseObserver);
          break;
        case METHODID_AWAIT_TASK:
          serviceImpl.awaitTask((io.qtasks.api.v1.AwaitTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.AwaitTaskResponse>) responseObserver);
          break;
        case METHODID_BATCH_AWAIT_TASKS:
          serviceImpl.batchAwaitTasks((io.qtasks.api.v1.BatchAwaitTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchAwaitTasksResponse>) responseObserver);
          break;
        case METHODID_WATCH_TASK:
          serviceImpl.watchTask((io.qtasks.api.v1.WatchTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.WatchTaskResponse>) responseObserver);
          break;
        case METHODID_WATCH_TASKS:
          serviceImpl.watchTasks((io.qtasks.api.v1.WatchTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.WatchTasksResponse>) responseObserver);
          break;
        case METHODID_LIST_TASK_EVENTS:
          serviceImpl.listTaskEvents((io.qtasks.api.v1.ListTaskEventsRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.ListTaskEventsResponse>) responseObserver);
          break;
        case METHODID_CANCEL_TASK:
          serviceImpl.cancelTask((io.qtasks.api.v1.CancelTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.CancelTaskResponse>) responseObserver);
          break;
        case METHODID_BATCH_CANCEL_TASKS:
          serviceImpl.batchCancelTasks((io.qtasks.api.v1.BatchCancelTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchCancelTasksResponse>) responseObserver);
          break;
        case METHODID_RETRY_TASK:
          serviceImpl.retryTask((io.qtasks.api.v1.RetryTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.RetryTaskResponse>) responseObserver);
          break;
        case METHODID_BATCH_RETRY_TASKS:
          serviceImpl.batchRetryTasks((io.qtasks.api.v1.BatchRetryTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.BatchRetryTasksResponse>) responseObserver);
          break;
        case METHODID_RESCHEDULE_TASK:
          serviceImpl.rescheduleTask((io.qtasks.api.v1.RescheduleTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.RescheduleTaskResponse>) responseObserver);
          break;
        case METHODID_DELETE_TASK:
          serviceImpl.deleteTask((io.qtasks.api.v1.DeleteTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.qtasks.api.v1.DeleteTaskResponse>) responseObserver);
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
          getEnqueueTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.EnqueueTaskRequest,
              io.qtasks.api.v1.EnqueueTaskResponse>(
                service, METHODID_ENQUEUE_TASK)))
        .addMethod(
          getBatchEnqueueTasksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.BatchEnqueueTasksRequest,
              io.qtasks.api.v1.BatchEnqueueTasksResponse>(
                service, METHODID_BATCH_ENQUEUE_TASKS)))
        .addMethod(
          getRunTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.RunTaskRequest,
              io.qtasks.api.v1.RunTaskResponse>(
                service, METHODID_RUN_TASK)))
        .addMethod(
          getGetTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.GetTaskRequest,
              io.qtasks.api.v1.GetTaskResponse>(
                service, METHODID_GET_TASK)))
        .addMethod(
          getBatchGetTasksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.BatchGetTasksRequest,
              io.qtasks.api.v1.BatchGetTasksResponse>(
                service, METHODID_BATCH_GET_TASKS)))
        .addMethod(
          getListTasksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.ListTasksRequest,
              io.qtasks.api.v1.ListTasksResponse>(
                service, METHODID_LIST_TASKS)))
        .addMethod(
          getCountTasksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.CountTasksRequest,
              io.qtasks.api.v1.CountTasksResponse>(
                service, METHODID_COUNT_TASKS)))
        .addMethod(
          getAwaitTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.AwaitTaskRequest,
              io.qtasks.api.v1.AwaitTaskResponse>(
                service, METHODID_AWAIT_TASK)))
        .addMethod(
          getBatchAwaitTasksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.BatchAwaitTasksRequest,
              io.qtasks.api.v1.BatchAwaitTasksResponse>(
                service, METHODID_BATCH_AWAIT_TASKS)))
        .addMethod(
          getWatchTaskMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.qtasks.api.v1.WatchTaskRequest,
              io.qtasks.api.v1.WatchTaskResponse>(
                service, METHODID_WATCH_TASK)))
        .addMethod(
          getWatchTasksMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.qtasks.api.v1.WatchTasksRequest,
              io.qtasks.api.v1.WatchTasksResponse>(
                service, METHODID_WATCH_TASKS)))
        .addMethod(
          getListTaskEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.ListTaskEventsRequest,
              io.qtasks.api.v1.ListTaskEventsResponse>(
                service, METHODID_LIST_TASK_EVENTS)))
        .addMethod(
          getCancelTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.CancelTaskRequest,
              io.qtasks.api.v1.CancelTaskResponse>(
                service, METHODID_CANCEL_TASK)))
        .addMethod(
          getBatchCancelTasksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.BatchCancelTasksRequest,
              io.qtasks.api.v1.BatchCancelTasksResponse>(
                service, METHODID_BATCH_CANCEL_TASKS)))
        .addMethod(
          getRetryTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.RetryTaskRequest,
              io.qtasks.api.v1.RetryTaskResponse>(
                service, METHODID_RETRY_TASK)))
        .addMethod(
          getBatchRetryTasksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.BatchRetryTasksRequest,
              io.qtasks.api.v1.BatchRetryTasksResponse>(
                service, METHODID_BATCH_RETRY_TASKS)))
        .addMethod(
          getRescheduleTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.RescheduleTaskRequest,
              io.qtasks.api.v1.RescheduleTaskResponse>(
                service, METHODID_RESCHEDULE_TASK)))
        .addMethod(
          getDeleteTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.qtasks.api.v1.DeleteTaskRequest,
              io.qtasks.api.v1.DeleteTaskResponse>(
                service, METHODID_DELETE_TASK)))
        .build();
  }

  private static abstract class TaskServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    TaskServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.qtasks.api.v1.TaskServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("TaskService");
    }
  }

  private static final class TaskServiceFileDescriptorSupplier
      extends TaskServiceBaseDescriptorSupplier {
    TaskServiceFileDescriptorSupplier() {}
  }

  private static final class TaskServiceMethodDescriptorSupplier
      extends TaskServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    TaskServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (TaskServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new TaskServiceFileDescriptorSupplier())
              .addMethod(getEnqueueTaskMethod())
              .addMethod(getBatchEnqueueTasksMethod())
              .addMethod(getRunTaskMethod())
              .addMethod(getGetTaskMethod())
              .addMethod(getBatchGetTasksMethod())
              .addMethod(getListTasksMethod())
              .addMethod(getCountTasksMethod())
              .addMethod(getAwaitTaskMethod())
              .addMethod(getBatchAwaitTasksMethod())
              .addMethod(getWatchTaskMethod())
              .addMethod(getWatchTasksMethod())
              .addMethod(getListTaskEventsMethod())
              .addMethod(getCancelTaskMethod())
              .addMethod(getBatchCancelTasksMethod())
              .addMethod(getRetryTaskMethod())
              .addMethod(getBatchRetryTasksMethod())
              .addMethod(getRescheduleTaskMethod())
              .addMethod(getDeleteTaskMethod())
              .build();
        }
      }
    }
    return result;
  }
}
