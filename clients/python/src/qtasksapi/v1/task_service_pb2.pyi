from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from qtasksapi.v1 import task_pb2 as _task_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EnqueueTaskRequest(_message.Message):
    __slots__ = ("spec", "task_id", "schedule_time", "delay")
    SPEC_FIELD_NUMBER: _ClassVar[int]
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_TIME_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    spec: _task_pb2.TaskSpec
    task_id: str
    schedule_time: _timestamp_pb2.Timestamp
    delay: _duration_pb2.Duration
    def __init__(self, spec: _Optional[_Union[_task_pb2.TaskSpec, _Mapping]] = ..., task_id: _Optional[str] = ..., schedule_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., delay: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class EnqueueTaskResponse(_message.Message):
    __slots__ = ("task", "created")
    TASK_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    created: bool
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ..., created: bool = ...) -> None: ...

class BatchEnqueueTasksRequest(_message.Message):
    __slots__ = ("requests",)
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    requests: _containers.RepeatedCompositeFieldContainer[EnqueueTaskRequest]
    def __init__(self, requests: _Optional[_Iterable[_Union[EnqueueTaskRequest, _Mapping]]] = ...) -> None: ...

class BatchEnqueueTasksResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchEnqueueResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchEnqueueResult, _Mapping]]] = ...) -> None: ...

class BatchEnqueueResult(_message.Message):
    __slots__ = ("task_id", "created", "error")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    created: bool
    error: _task_pb2.ItemError
    def __init__(self, task_id: _Optional[str] = ..., created: bool = ..., error: _Optional[_Union[_task_pb2.ItemError, _Mapping]] = ...) -> None: ...

class RunTaskRequest(_message.Message):
    __slots__ = ("enqueue", "wait", "view")
    ENQUEUE_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    enqueue: EnqueueTaskRequest
    wait: _duration_pb2.Duration
    view: _task_pb2.TaskView
    def __init__(self, enqueue: _Optional[_Union[EnqueueTaskRequest, _Mapping]] = ..., wait: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., view: _Optional[_Union[_task_pb2.TaskView, str]] = ...) -> None: ...

class RunTaskResponse(_message.Message):
    __slots__ = ("task", "created", "done")
    TASK_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    created: bool
    done: bool
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ..., created: bool = ..., done: bool = ...) -> None: ...

class GetTaskRequest(_message.Message):
    __slots__ = ("task_id", "view")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    view: _task_pb2.TaskView
    def __init__(self, task_id: _Optional[str] = ..., view: _Optional[_Union[_task_pb2.TaskView, str]] = ...) -> None: ...

class GetTaskResponse(_message.Message):
    __slots__ = ("task",)
    TASK_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ...) -> None: ...

class BatchGetTasksRequest(_message.Message):
    __slots__ = ("task_ids", "view")
    TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    task_ids: _containers.RepeatedScalarFieldContainer[str]
    view: _task_pb2.TaskView
    def __init__(self, task_ids: _Optional[_Iterable[str]] = ..., view: _Optional[_Union[_task_pb2.TaskView, str]] = ...) -> None: ...

class BatchGetTasksResponse(_message.Message):
    __slots__ = ("tasks", "missing_task_ids", "deferred_task_ids")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    MISSING_TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    DEFERRED_TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[_task_pb2.Task]
    missing_task_ids: _containers.RepeatedScalarFieldContainer[str]
    deferred_task_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tasks: _Optional[_Iterable[_Union[_task_pb2.Task, _Mapping]]] = ..., missing_task_ids: _Optional[_Iterable[str]] = ..., deferred_task_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ListTasksRequest(_message.Message):
    __slots__ = ("filter", "page_size", "page_token", "view")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    filter: _task_pb2.TaskFilter
    page_size: int
    page_token: str
    view: _task_pb2.TaskView
    def __init__(self, filter: _Optional[_Union[_task_pb2.TaskFilter, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., view: _Optional[_Union[_task_pb2.TaskView, str]] = ...) -> None: ...

class ListTasksResponse(_message.Message):
    __slots__ = ("tasks", "next_page_token")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[_task_pb2.Task]
    next_page_token: str
    def __init__(self, tasks: _Optional[_Iterable[_Union[_task_pb2.Task, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CountTasksRequest(_message.Message):
    __slots__ = ("filter",)
    FILTER_FIELD_NUMBER: _ClassVar[int]
    filter: _task_pb2.TaskFilter
    def __init__(self, filter: _Optional[_Union[_task_pb2.TaskFilter, _Mapping]] = ...) -> None: ...

class CountTasksResponse(_message.Message):
    __slots__ = ("count", "approximate", "states")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    APPROXIMATE_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    count: int
    approximate: bool
    states: _containers.RepeatedCompositeFieldContainer[StateCount]
    def __init__(self, count: _Optional[int] = ..., approximate: bool = ..., states: _Optional[_Iterable[_Union[StateCount, _Mapping]]] = ...) -> None: ...

class StateCount(_message.Message):
    __slots__ = ("state", "count")
    STATE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    state: _task_pb2.TaskState
    count: int
    def __init__(self, state: _Optional[_Union[_task_pb2.TaskState, str]] = ..., count: _Optional[int] = ...) -> None: ...

class AwaitTaskRequest(_message.Message):
    __slots__ = ("task_id", "wait", "view", "after_revision")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    AFTER_REVISION_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    wait: _duration_pb2.Duration
    view: _task_pb2.TaskView
    after_revision: int
    def __init__(self, task_id: _Optional[str] = ..., wait: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., view: _Optional[_Union[_task_pb2.TaskView, str]] = ..., after_revision: _Optional[int] = ...) -> None: ...

class AwaitTaskResponse(_message.Message):
    __slots__ = ("task", "done")
    TASK_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    done: bool
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ..., done: bool = ...) -> None: ...

class BatchAwaitTasksRequest(_message.Message):
    __slots__ = ("task_ids", "wait", "min_count", "view")
    TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    MIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    task_ids: _containers.RepeatedScalarFieldContainer[str]
    wait: _duration_pb2.Duration
    min_count: int
    view: _task_pb2.TaskView
    def __init__(self, task_ids: _Optional[_Iterable[str]] = ..., wait: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., min_count: _Optional[int] = ..., view: _Optional[_Union[_task_pb2.TaskView, str]] = ...) -> None: ...

class BatchAwaitTasksResponse(_message.Message):
    __slots__ = ("tasks", "missing_task_ids")
    TASKS_FIELD_NUMBER: _ClassVar[int]
    MISSING_TASK_IDS_FIELD_NUMBER: _ClassVar[int]
    tasks: _containers.RepeatedCompositeFieldContainer[_task_pb2.Task]
    missing_task_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tasks: _Optional[_Iterable[_Union[_task_pb2.Task, _Mapping]]] = ..., missing_task_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class WatchTaskRequest(_message.Message):
    __slots__ = ("task_id", "after_revision", "after_sequence", "view")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_REVISION_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    after_revision: int
    after_sequence: int
    view: _task_pb2.TaskView
    def __init__(self, task_id: _Optional[str] = ..., after_revision: _Optional[int] = ..., after_sequence: _Optional[int] = ..., view: _Optional[_Union[_task_pb2.TaskView, str]] = ...) -> None: ...

class WatchTaskResponse(_message.Message):
    __slots__ = ("task", "task_event", "heartbeat", "closing")
    TASK_FIELD_NUMBER: _ClassVar[int]
    TASK_EVENT_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    CLOSING_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    task_event: _task_pb2.TaskEvent
    heartbeat: StreamHeartbeat
    closing: StreamClosing
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ..., task_event: _Optional[_Union[_task_pb2.TaskEvent, _Mapping]] = ..., heartbeat: _Optional[_Union[StreamHeartbeat, _Mapping]] = ..., closing: _Optional[_Union[StreamClosing, _Mapping]] = ...) -> None: ...

class WatchTasksRequest(_message.Message):
    __slots__ = ("filter", "view")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    filter: _task_pb2.TaskFilter
    view: _task_pb2.TaskView
    def __init__(self, filter: _Optional[_Union[_task_pb2.TaskFilter, _Mapping]] = ..., view: _Optional[_Union[_task_pb2.TaskView, str]] = ...) -> None: ...

class WatchTasksResponse(_message.Message):
    __slots__ = ("task", "snapshot_end", "heartbeat", "closing")
    TASK_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_END_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    CLOSING_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    snapshot_end: StreamHeartbeat
    heartbeat: StreamHeartbeat
    closing: StreamClosing
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ..., snapshot_end: _Optional[_Union[StreamHeartbeat, _Mapping]] = ..., heartbeat: _Optional[_Union[StreamHeartbeat, _Mapping]] = ..., closing: _Optional[_Union[StreamClosing, _Mapping]] = ...) -> None: ...

class StreamHeartbeat(_message.Message):
    __slots__ = ("server_time",)
    SERVER_TIME_FIELD_NUMBER: _ClassVar[int]
    server_time: _timestamp_pb2.Timestamp
    def __init__(self, server_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class StreamClosing(_message.Message):
    __slots__ = ("reason", "reconnect_delay")
    REASON_FIELD_NUMBER: _ClassVar[int]
    RECONNECT_DELAY_FIELD_NUMBER: _ClassVar[int]
    reason: str
    reconnect_delay: _duration_pb2.Duration
    def __init__(self, reason: _Optional[str] = ..., reconnect_delay: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ListTaskEventsRequest(_message.Message):
    __slots__ = ("task_id", "after_sequence", "page_size")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    after_sequence: int
    page_size: int
    def __init__(self, task_id: _Optional[str] = ..., after_sequence: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class ListTaskEventsResponse(_message.Message):
    __slots__ = ("events", "more")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_task_pb2.TaskEvent]
    more: bool
    def __init__(self, events: _Optional[_Iterable[_Union[_task_pb2.TaskEvent, _Mapping]]] = ..., more: bool = ...) -> None: ...

class CancelTaskRequest(_message.Message):
    __slots__ = ("task_id", "reason", "force_after")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FORCE_AFTER_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    reason: str
    force_after: _duration_pb2.Duration
    def __init__(self, task_id: _Optional[str] = ..., reason: _Optional[str] = ..., force_after: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class CancelTaskResponse(_message.Message):
    __slots__ = ("task",)
    TASK_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ...) -> None: ...

class BatchCancelTasksRequest(_message.Message):
    __slots__ = ("filter", "reason", "force_after", "page_token")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FORCE_AFTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    filter: _task_pb2.TaskFilter
    reason: str
    force_after: _duration_pb2.Duration
    page_token: str
    def __init__(self, filter: _Optional[_Union[_task_pb2.TaskFilter, _Mapping]] = ..., reason: _Optional[str] = ..., force_after: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., page_token: _Optional[str] = ...) -> None: ...

class BatchCancelTasksResponse(_message.Message):
    __slots__ = ("canceled_count", "canceling_count", "next_page_token")
    CANCELED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CANCELING_COUNT_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    canceled_count: int
    canceling_count: int
    next_page_token: str
    def __init__(self, canceled_count: _Optional[int] = ..., canceling_count: _Optional[int] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RetryTaskRequest(_message.Message):
    __slots__ = ("task_id", "expected_revision")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_REVISION_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    expected_revision: int
    def __init__(self, task_id: _Optional[str] = ..., expected_revision: _Optional[int] = ...) -> None: ...

class RetryTaskResponse(_message.Message):
    __slots__ = ("task",)
    TASK_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ...) -> None: ...

class BatchRetryTasksRequest(_message.Message):
    __slots__ = ("filter", "page_token")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    filter: _task_pb2.TaskFilter
    page_token: str
    def __init__(self, filter: _Optional[_Union[_task_pb2.TaskFilter, _Mapping]] = ..., page_token: _Optional[str] = ...) -> None: ...

class BatchRetryTasksResponse(_message.Message):
    __slots__ = ("retried_count", "next_page_token")
    RETRIED_COUNT_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    retried_count: int
    next_page_token: str
    def __init__(self, retried_count: _Optional[int] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RescheduleTaskRequest(_message.Message):
    __slots__ = ("task_id", "schedule_time", "delay", "priority", "expected_revision")
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_TIME_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_REVISION_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    schedule_time: _timestamp_pb2.Timestamp
    delay: _duration_pb2.Duration
    priority: int
    expected_revision: int
    def __init__(self, task_id: _Optional[str] = ..., schedule_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., delay: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., priority: _Optional[int] = ..., expected_revision: _Optional[int] = ...) -> None: ...

class RescheduleTaskResponse(_message.Message):
    __slots__ = ("task",)
    TASK_FIELD_NUMBER: _ClassVar[int]
    task: _task_pb2.Task
    def __init__(self, task: _Optional[_Union[_task_pb2.Task, _Mapping]] = ...) -> None: ...

class DeleteTaskRequest(_message.Message):
    __slots__ = ("task_id",)
    TASK_ID_FIELD_NUMBER: _ClassVar[int]
    task_id: str
    def __init__(self, task_id: _Optional[str] = ...) -> None: ...

class DeleteTaskResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
