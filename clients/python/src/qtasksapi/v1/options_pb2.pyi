from google.protobuf import descriptor_pb2 as _descriptor_pb2
from qtasksapi.v1 import task_pb2 as _task_pb2
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor
TASK_FIELD_NUMBER: _ClassVar[int]
task: _descriptor.FieldDescriptor
