from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from qtasksapi.v1 import task_pb2 as _task_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LeaseVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LEASE_VERDICT_UNSPECIFIED: _ClassVar[LeaseVerdict]
    LEASE_VERDICT_HELD: _ClassVar[LeaseVerdict]
    LEASE_VERDICT_CANCEL_REQUESTED: _ClassVar[LeaseVerdict]
    LEASE_VERDICT_LOST: _ClassVar[LeaseVerdict]

class OutcomeVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_VERDICT_UNSPECIFIED: _ClassVar[OutcomeVerdict]
    OUTCOME_VERDICT_RECORDED: _ClassVar[OutcomeVerdict]
    OUTCOME_VERDICT_STALE: _ClassVar[OutcomeVerdict]
    OUTCOME_VERDICT_REFUSED: _ClassVar[OutcomeVerdict]

class DirectiveKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIRECTIVE_KIND_UNSPECIFIED: _ClassVar[DirectiveKind]
    DIRECTIVE_KIND_DRAIN: _ClassVar[DirectiveKind]
    DIRECTIVE_KIND_REGISTER: _ClassVar[DirectiveKind]
    DIRECTIVE_KIND_RECONNECT: _ClassVar[DirectiveKind]
LEASE_VERDICT_UNSPECIFIED: LeaseVerdict
LEASE_VERDICT_HELD: LeaseVerdict
LEASE_VERDICT_CANCEL_REQUESTED: LeaseVerdict
LEASE_VERDICT_LOST: LeaseVerdict
OUTCOME_VERDICT_UNSPECIFIED: OutcomeVerdict
OUTCOME_VERDICT_RECORDED: OutcomeVerdict
OUTCOME_VERDICT_STALE: OutcomeVerdict
OUTCOME_VERDICT_REFUSED: OutcomeVerdict
DIRECTIVE_KIND_UNSPECIFIED: DirectiveKind
DIRECTIVE_KIND_DRAIN: DirectiveKind
DIRECTIVE_KIND_REGISTER: DirectiveKind
DIRECTIVE_KIND_RECONNECT: DirectiveKind

class RegisterWorkerRequest(_message.Message):
    __slots__ = ("session_id", "worker_id", "definitions", "queues", "slots", "labels", "runtime", "build_id", "schema_digest")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    WORKER_ID_FIELD_NUMBER: _ClassVar[int]
    DEFINITIONS_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    RUNTIME_FIELD_NUMBER: _ClassVar[int]
    BUILD_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_DIGEST_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    worker_id: str
    definitions: _containers.RepeatedCompositeFieldContainer[TaskDefinition]
    queues: _containers.RepeatedScalarFieldContainer[str]
    slots: int
    labels: _containers.ScalarMap[str, str]
    runtime: RuntimeInfo
    build_id: str
    schema_digest: bytes
    def __init__(self, session_id: _Optional[str] = ..., worker_id: _Optional[str] = ..., definitions: _Optional[_Iterable[_Union[TaskDefinition, _Mapping]]] = ..., queues: _Optional[_Iterable[str]] = ..., slots: _Optional[int] = ..., labels: _Optional[_Mapping[str, str]] = ..., runtime: _Optional[_Union[RuntimeInfo, _Mapping]] = ..., build_id: _Optional[str] = ..., schema_digest: _Optional[bytes] = ...) -> None: ...

class TaskDefinition(_message.Message):
    __slots__ = ("name", "description", "input_schema", "output_schema", "streaming", "options")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    INPUT_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    STREAMING_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    input_schema: str
    output_schema: str
    streaming: bool
    options: _task_pb2.TaskOptions
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., input_schema: _Optional[str] = ..., output_schema: _Optional[str] = ..., streaming: bool = ..., options: _Optional[_Union[_task_pb2.TaskOptions, _Mapping]] = ...) -> None: ...

class RuntimeInfo(_message.Message):
    __slots__ = ("language", "language_version", "sdk_name", "sdk_version", "host", "pid")
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_VERSION_FIELD_NUMBER: _ClassVar[int]
    SDK_NAME_FIELD_NUMBER: _ClassVar[int]
    SDK_VERSION_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    language: str
    language_version: str
    sdk_name: str
    sdk_version: str
    host: str
    pid: int
    def __init__(self, language: _Optional[str] = ..., language_version: _Optional[str] = ..., sdk_name: _Optional[str] = ..., sdk_version: _Optional[str] = ..., host: _Optional[str] = ..., pid: _Optional[int] = ...) -> None: ...

class RegisterWorkerResponse(_message.Message):
    __slots__ = ("heartbeat_interval", "session_ttl", "delivery_timeout", "lease_duration", "max_wait", "schema_wanted")
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    SESSION_TTL_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    LEASE_DURATION_FIELD_NUMBER: _ClassVar[int]
    MAX_WAIT_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_WANTED_FIELD_NUMBER: _ClassVar[int]
    heartbeat_interval: _duration_pb2.Duration
    session_ttl: _duration_pb2.Duration
    delivery_timeout: _duration_pb2.Duration
    lease_duration: _duration_pb2.Duration
    max_wait: _duration_pb2.Duration
    schema_wanted: bool
    def __init__(self, heartbeat_interval: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., session_ttl: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., delivery_timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., lease_duration: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., max_wait: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., schema_wanted: bool = ...) -> None: ...

class PollTasksRequest(_message.Message):
    __slots__ = ("session_id", "max_tasks", "max_bytes", "wait", "queues")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_TASKS_FIELD_NUMBER: _ClassVar[int]
    MAX_BYTES_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    QUEUES_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    max_tasks: int
    max_bytes: int
    wait: _duration_pb2.Duration
    queues: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, session_id: _Optional[str] = ..., max_tasks: _Optional[int] = ..., max_bytes: _Optional[int] = ..., wait: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., queues: _Optional[_Iterable[str]] = ...) -> None: ...

class PollTasksResponse(_message.Message):
    __slots__ = ("tasks", "lease_statuses", "directives")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    LEASE_STATUSES_FIELD_NUMBER: _ClassVar[int]
    DIRECTIVES_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[LeasedTask]
    lease_statuses: _containers.RepeatedCompositeFieldContainer[LeaseStatus]
    directives: _containers.RepeatedCompositeFieldContainer[Directive]
    def __init__(self, tasks: _Optional[_Iterable[_Union[LeasedTask, _Mapping]]] = ..., lease_statuses: _Optional[_Iterable[_Union[LeaseStatus, _Mapping]]] = ..., directives: _Optional[_Iterable[_Union[Directive, _Mapping]]] = ...) -> None: ...

class LeasedTask(_message.Message):
    __slots__ = ("lease_token", "fencing_token", "task_id", "spec", "attempt", "create_time", "lease_ttl", "attempt_ttl", "checkpoint", "previous_failure", "output_count")
    LEASE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FENCING_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    LEASE_TTL_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_TTL_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_FAILURE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    lease_token: bytes
    fencing_token: int
    task_id: str
    spec: _task_pb2.TaskSpec
    attempt: int
    create_time: _timestamp_pb2.Timestamp
    lease_ttl: _duration_pb2.Duration
    attempt_ttl: _duration_pb2.Duration
    checkpoint: _task_pb2.Payload
    previous_failure: _task_pb2.Failure
    output_count: int
    def __init__(self, lease_token: _Optional[bytes] = ..., fencing_token: _Optional[int] = ..., task_id: _Optional[str] = ..., spec: _Optional[_Union[_task_pb2.TaskSpec, _Mapping]] = ..., attempt: _Optional[int] = ..., create_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., lease_ttl: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., attempt_ttl: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., checkpoint: _Optional[_Union[_task_pb2.Payload, _Mapping]] = ..., previous_failure: _Optional[_Union[_task_pb2.Failure, _Mapping]] = ..., output_count: _Optional[int] = ...) -> None: ...

class HeartbeatRequest(_message.Message):
    __slots__ = ("session_id", "renewals", "free_slots", "draining")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    RENEWALS_FIELD_NUMBER: _ClassVar[int]
    FREE_SLOTS_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    renewals: _containers.RepeatedCompositeFieldContainer[LeaseRenewal]
    free_slots: int
    draining: bool
    def __init__(self, session_id: _Optional[str] = ..., renewals: _Optional[_Iterable[_Union[LeaseRenewal, _Mapping]]] = ..., free_slots: _Optional[int] = ..., draining: bool = ...) -> None: ...

class LeaseRenewal(_message.Message):
    __slots__ = ("lease_token", "checkpoint")
    LEASE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    lease_token: bytes
    checkpoint: _task_pb2.Payload
    def __init__(self, lease_token: _Optional[bytes] = ..., checkpoint: _Optional[_Union[_task_pb2.Payload, _Mapping]] = ...) -> None: ...

class HeartbeatResponse(_message.Message):
    __slots__ = ("lease_statuses", "directives")
    LEASE_STATUSES_FIELD_NUMBER: _ClassVar[int]
    DIRECTIVES_FIELD_NUMBER: _ClassVar[int]
    lease_statuses: _containers.RepeatedCompositeFieldContainer[LeaseStatus]
    directives: _containers.RepeatedCompositeFieldContainer[Directive]
    def __init__(self, lease_statuses: _Optional[_Iterable[_Union[LeaseStatus, _Mapping]]] = ..., directives: _Optional[_Iterable[_Union[Directive, _Mapping]]] = ...) -> None: ...

class LeaseStatus(_message.Message):
    __slots__ = ("lease_token", "verdict", "lease_ttl", "cancel_reason")
    LEASE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    LEASE_TTL_FIELD_NUMBER: _ClassVar[int]
    CANCEL_REASON_FIELD_NUMBER: _ClassVar[int]
    lease_token: bytes
    verdict: LeaseVerdict
    lease_ttl: _duration_pb2.Duration
    cancel_reason: str
    def __init__(self, lease_token: _Optional[bytes] = ..., verdict: _Optional[_Union[LeaseVerdict, str]] = ..., lease_ttl: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., cancel_reason: _Optional[str] = ...) -> None: ...

class ReportOutcomesRequest(_message.Message):
    __slots__ = ("session_id", "outcomes")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    outcomes: _containers.RepeatedCompositeFieldContainer[Outcome]
    def __init__(self, session_id: _Optional[str] = ..., outcomes: _Optional[_Iterable[_Union[Outcome, _Mapping]]] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("lease_token", "success", "failure", "canceled", "release", "checkpoint", "event_count")
    LEASE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SUCCESS_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    CANCELED_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    EVENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    lease_token: bytes
    success: Success
    failure: _task_pb2.Failure
    canceled: Canceled
    release: Release
    checkpoint: _task_pb2.Payload
    event_count: int
    def __init__(self, lease_token: _Optional[bytes] = ..., success: _Optional[_Union[Success, _Mapping]] = ..., failure: _Optional[_Union[_task_pb2.Failure, _Mapping]] = ..., canceled: _Optional[_Union[Canceled, _Mapping]] = ..., release: _Optional[_Union[Release, _Mapping]] = ..., checkpoint: _Optional[_Union[_task_pb2.Payload, _Mapping]] = ..., event_count: _Optional[int] = ...) -> None: ...

class Success(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _task_pb2.Payload
    def __init__(self, result: _Optional[_Union[_task_pb2.Payload, _Mapping]] = ...) -> None: ...

class Canceled(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class Release(_message.Message):
    __slots__ = ("reason", "delay")
    REASON_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    reason: str
    delay: _duration_pb2.Duration
    def __init__(self, reason: _Optional[str] = ..., delay: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ReportOutcomesResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[OutcomeResult]
    def __init__(self, results: _Optional[_Iterable[_Union[OutcomeResult, _Mapping]]] = ...) -> None: ...

class OutcomeResult(_message.Message):
    __slots__ = ("verdict", "error", "task_state")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    TASK_STATE_FIELD_NUMBER: _ClassVar[int]
    verdict: OutcomeVerdict
    error: _task_pb2.ItemError
    task_state: _task_pb2.TaskState
    def __init__(self, verdict: _Optional[_Union[OutcomeVerdict, str]] = ..., error: _Optional[_Union[_task_pb2.ItemError, _Mapping]] = ..., task_state: _Optional[_Union[_task_pb2.TaskState, str]] = ...) -> None: ...

class RecordEventsRequest(_message.Message):
    __slots__ = ("session_id", "attempts")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    attempts: _containers.RepeatedCompositeFieldContainer[AttemptEvents]
    def __init__(self, session_id: _Optional[str] = ..., attempts: _Optional[_Iterable[_Union[AttemptEvents, _Mapping]]] = ...) -> None: ...

class AttemptEvents(_message.Message):
    __slots__ = ("lease_token", "first_index", "events", "progress")
    LEASE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FIRST_INDEX_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    lease_token: bytes
    first_index: int
    events: _containers.RepeatedCompositeFieldContainer[AttemptEvent]
    progress: _task_pb2.Progress
    def __init__(self, lease_token: _Optional[bytes] = ..., first_index: _Optional[int] = ..., events: _Optional[_Iterable[_Union[AttemptEvent, _Mapping]]] = ..., progress: _Optional[_Union[_task_pb2.Progress, _Mapping]] = ...) -> None: ...

class AttemptEvent(_message.Message):
    __slots__ = ("age", "output", "log")
    AGE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    LOG_FIELD_NUMBER: _ClassVar[int]
    age: _duration_pb2.Duration
    output: _task_pb2.Payload
    log: _task_pb2.LogEntry
    def __init__(self, age: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., output: _Optional[_Union[_task_pb2.Payload, _Mapping]] = ..., log: _Optional[_Union[_task_pb2.LogEntry, _Mapping]] = ...) -> None: ...

class RecordEventsResponse(_message.Message):
    __slots__ = ("lease_statuses",)
    LEASE_STATUSES_FIELD_NUMBER: _ClassVar[int]
    lease_statuses: _containers.RepeatedCompositeFieldContainer[LeaseStatus]
    def __init__(self, lease_statuses: _Optional[_Iterable[_Union[LeaseStatus, _Mapping]]] = ...) -> None: ...

class Directive(_message.Message):
    __slots__ = ("kind", "reason", "delay")
    KIND_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    kind: DirectiveKind
    reason: str
    delay: _duration_pb2.Duration
    def __init__(self, kind: _Optional[_Union[DirectiveKind, str]] = ..., reason: _Optional[str] = ..., delay: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class UnregisterWorkerRequest(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class UnregisterWorkerResponse(_message.Message):
    __slots__ = ("released_count",)
    RELEASED_COUNT_FIELD_NUMBER: _ClassVar[int]
    released_count: int
    def __init__(self, released_count: _Optional[int] = ...) -> None: ...
