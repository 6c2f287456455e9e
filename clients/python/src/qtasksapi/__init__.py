"""The generated protobuf and gRPC code of the QTasks API, as `qtasksapi.v1.task_pb2` and so on."""
