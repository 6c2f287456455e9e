"""The request for one task, from what a caller says about it."""

from __future__ import annotations

from typing import Any, Mapping, Union

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from qtasksapi.v1 import task_pb2, task_service_pb2

from ._ids import uuid7
from .errors import field_error
from .options import EnqueueOptions, UniqueKey, start_of, task_options
from .payloads import PayloadError, to_payload

#: The name of a task, or the method of a protobuf service that is one.
TaskName = Union[str, MethodDescriptor]

_OPTIONS = frozenset(EnqueueOptions.__annotations__)


def enqueue_request(task: TaskName, value: Any, options: Mapping[str, Any]) -> task_service_pb2.EnqueueTaskRequest:
    """The request; it always has a task id, so that repeating it is harmless."""
    spec = task_pb2.TaskSpec(name=task_name(task, value), payload=_payload(value))
    request = task_service_pb2.EnqueueTaskRequest(task_id=options.get("task_id") or uuid7(), spec=spec)
    if options:
        _apply(request, options)
    return request


def task_name(task: TaskName, value: Any = None) -> str:
    """The name of a task; of a method descriptor, with the type of its request checked."""
    if isinstance(task, str):
        return task[1:] if task.startswith("/") else task
    expected = task.input_type.full_name
    if isinstance(value, Message) and value.DESCRIPTOR.full_name != expected:
        raise field_error("input", f"{task.full_name} takes a {expected}, not {value.DESCRIPTOR.full_name}")
    return f"{task.containing_service.full_name}/{task.name}"


def _payload(value: Any) -> task_pb2.Payload:
    try:
        return to_payload(value)
    except PayloadError as error:
        raise field_error("input", str(error)) from error


def _apply(request: task_service_pb2.EnqueueTaskRequest, options: Mapping[str, Any]) -> None:
    unknown = options.keys() - _OPTIONS
    if unknown:
        raise TypeError(f"unknown options: {', '.join(sorted(unknown))}")
    settings = task_options(options)
    if settings is not None:
        request.spec.options.CopyFrom(settings)
    for name, value in (options.get("headers") or {}).items():
        request.spec.headers[name] = value
    unique = options.get("unique")
    if unique is not None:
        key = unique if isinstance(unique, UniqueKey) else UniqueKey(unique)
        request.spec.unique.CopyFrom(key.to_message())
    if options.get("parent_task_id"):
        request.spec.parent_task_id = options["parent_task_id"]
    start = start_of(options.get("delay"), options.get("schedule_at"))
    for name, value in start.items():
        getattr(request, name).CopyFrom(value)
