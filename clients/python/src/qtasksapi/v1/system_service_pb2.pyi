from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from qtasksapi.v1 import worker_service_pb2 as _worker_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ServerCapability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SERVER_CAPABILITY_UNSPECIFIED: _ClassVar[ServerCapability]
    SERVER_CAPABILITY_DURABLE: _ClassVar[ServerCapability]
    SERVER_CAPABILITY_DISTRIBUTED: _ClassVar[ServerCapability]
SERVER_CAPABILITY_UNSPECIFIED: ServerCapability
SERVER_CAPABILITY_DURABLE: ServerCapability
SERVER_CAPABILITY_DISTRIBUTED: ServerCapability

class GetSystemInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSystemInfoResponse(_message.Message):
    __slots__ = ("server_version", "capabilities", "limits")
    SERVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    server_version: str
    capabilities: _containers.RepeatedScalarFieldContainer[ServerCapability]
    limits: SystemLimits
    def __init__(self, server_version: _Optional[str] = ..., capabilities: _Optional[_Iterable[_Union[ServerCapability, str]]] = ..., limits: _Optional[_Union[SystemLimits, _Mapping]] = ...) -> None: ...

class SystemLimits(_message.Message):
    __slots__ = ("max_payload_bytes", "max_message_bytes", "max_batch", "max_attempt_history", "max_logs_per_task", "max_outputs_per_task", "max_output_bytes_per_task", "max_wait", "stream_heartbeat", "max_stream_age")
    MAX_PAYLOAD_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_BATCH_FIELD_NUMBER: _ClassVar[int]
    MAX_ATTEMPT_HISTORY_FIELD_NUMBER: _ClassVar[int]
    MAX_LOGS_PER_TASK_FIELD_NUMBER: _ClassVar[int]
    MAX_OUTPUTS_PER_TASK_FIELD_NUMBER: _ClassVar[int]
    MAX_OUTPUT_BYTES_PER_TASK_FIELD_NUMBER: _ClassVar[int]
    MAX_WAIT_FIELD_NUMBER: _ClassVar[int]
    STREAM_HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    MAX_STREAM_AGE_FIELD_NUMBER: _ClassVar[int]
    max_payload_bytes: int
    max_message_bytes: int
    max_batch: int
    max_attempt_history: int
    max_logs_per_task: int
    max_outputs_per_task: int
    max_output_bytes_per_task: int
    max_wait: _duration_pb2.Duration
    stream_heartbeat: _duration_pb2.Duration
    max_stream_age: _duration_pb2.Duration
    def __init__(self, max_payload_bytes: _Optional[int] = ..., max_message_bytes: _Optional[int] = ..., max_batch: _Optional[int] = ..., max_attempt_history: _Optional[int] = ..., max_logs_per_task: _Optional[int] = ..., max_outputs_per_task: _Optional[int] = ..., max_output_bytes_per_task: _Optional[int] = ..., max_wait: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., stream_heartbeat: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., max_stream_age: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class TaskDefinitionInfo(_message.Message):
    __slots__ = ("definition", "worker_count", "last_seen_time", "build_ids", "conflicts")
    DEFINITION_FIELD_NUMBER: _ClassVar[int]
    WORKER_COUNT_FIELD_NUMBER: _ClassVar[int]
    LAST_SEEN_TIME_FIELD_NUMBER: _ClassVar[int]
    BUILD_IDS_FIELD_NUMBER: _ClassVar[int]
    CONFLICTS_FIELD_NUMBER: _ClassVar[int]
    definition: _worker_service_pb2.TaskDefinition
    worker_count: int
    last_seen_time: _timestamp_pb2.Timestamp
    build_ids: _containers.RepeatedScalarFieldContainer[str]
    conflicts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, definition: _Optional[_Union[_worker_service_pb2.TaskDefinition, _Mapping]] = ..., worker_count: _Optional[int] = ..., last_seen_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., build_ids: _Optional[_Iterable[str]] = ..., conflicts: _Optional[_Iterable[str]] = ...) -> None: ...

class ListTaskDefinitionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTaskDefinitionsResponse(_message.Message):
    __slots__ = ("definitions", "next_page_token")
    DEFINITIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    definitions: _containers.RepeatedCompositeFieldContainer[TaskDefinitionInfo]
    next_page_token: str
    def __init__(self, definitions: _Optional[_Iterable[_Union[TaskDefinitionInfo, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ApplyTaskDefinitionsRequest(_message.Message):
    __slots__ = ("definitions", "file_descriptor_set")
    DEFINITIONS_FIELD_NUMBER: _ClassVar[int]
    FILE_DESCRIPTOR_SET_FIELD_NUMBER: _ClassVar[int]
    definitions: _containers.RepeatedCompositeFieldContainer[_worker_service_pb2.TaskDefinition]
    file_descriptor_set: bytes
    def __init__(self, definitions: _Optional[_Iterable[_Union[_worker_service_pb2.TaskDefinition, _Mapping]]] = ..., file_descriptor_set: _Optional[bytes] = ...) -> None: ...

class ApplyTaskDefinitionsResponse(_message.Message):
    __slots__ = ("definitions",)
    DEFINITIONS_FIELD_NUMBER: _ClassVar[int]
    definitions: _containers.RepeatedCompositeFieldContainer[TaskDefinitionInfo]
    def __init__(self, definitions: _Optional[_Iterable[_Union[TaskDefinitionInfo, _Mapping]]] = ...) -> None: ...

class DeleteTaskDefinitionRequest(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class DeleteTaskDefinitionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
