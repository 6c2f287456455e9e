"""Whatever a handler raises, as a Failure."""

from __future__ import annotations

import platform
import traceback
from typing import Any, Optional

from qtasksapi.v1 import task_pb2

from ..handler_errors import InputRejected, RetryLater, TaskError, TerminalError
from ..payloads import to_payload

#: The runtime, as failures name it.
SOURCE = f"python/{platform.python_version()}"

_MAX_CAUSES = 5
_MAX_MESSAGE_BYTES = 8 << 10
_MAX_STACK_BYTES = 16 << 10
_MAX_TYPE_BYTES = 255
_MAX_DETAILS_BYTES = 16 << 10


def worker_failure(
    type: str, message: str, kind: task_pb2.FailureKind = task_pb2.FAILURE_KIND_APPLICATION
) -> task_pb2.Failure:
    """A failure that the worker itself decided on, without a stack; it is final."""
    text = clip(message, _MAX_MESSAGE_BYTES)
    return task_pb2.Failure(kind=kind, type=type, message=text, source=SOURCE, non_retryable=True)


def failure_of(thrown: BaseException) -> task_pb2.Failure:
    """The failure of an attempt whose handler raised this."""
    failure = _describe(thrown, 0)
    if isinstance(thrown, TerminalError):
        failure.non_retryable = True
    if isinstance(thrown, RetryLater) and thrown.delay is not None:
        failure.retry_delay.CopyFrom(thrown.delay)
    if isinstance(thrown, InputRejected):
        failure.kind = task_pb2.FAILURE_KIND_REJECTED
        failure.non_retryable = True
    return failure


def stack_of(thrown: BaseException) -> str:
    """The stack trace of this exception alone; its end is kept, where it was raised."""
    lines = traceback.format_exception(type(thrown), thrown, thrown.__traceback__, chain=False)
    data = "".join(lines).encode("utf-8", "replace")
    return data[-_MAX_STACK_BYTES:].decode("utf-8", "ignore")


def message_of(thrown: BaseException) -> str:
    """What the exception says; `str` of an exception may itself raise."""
    try:
        return clip(str(thrown), _MAX_MESSAGE_BYTES)
    except Exception:
        return "what the handler raised can't be read"


def clip(text: str, max_bytes: int) -> str:
    """The beginning of a text."""
    if len(text) * 4 <= max_bytes:
        return text
    return text.encode("utf-8", "replace")[:max_bytes].decode("utf-8", "ignore")


def _describe(thrown: BaseException, depth: int) -> task_pb2.Failure:
    failure = task_pb2.Failure(
        kind=task_pb2.FAILURE_KIND_APPLICATION,
        type=clip(_type_of(thrown), _MAX_TYPE_BYTES),
        message=message_of(thrown),
        source=SOURCE,
        stack_trace=stack_of(thrown),
    )
    if isinstance(thrown, TaskError):
        failure.code = thrown.code
        details = _details_of(thrown.details)
        if details is not None:
            failure.details.CopyFrom(details)
    cause = thrown.__cause__ or (None if thrown.__suppress_context__ else thrown.__context__)
    if cause is not None and depth < _MAX_CAUSES:
        failure.cause.CopyFrom(_describe(cause, depth + 1))
    return failure


def _type_of(thrown: BaseException) -> str:
    named = getattr(thrown, "type", None)
    if isinstance(thrown, (TaskError, InputRejected)) and named:
        return str(named)
    cls = type(thrown)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def _details_of(details: Any) -> Optional[task_pb2.Payload]:
    if details is None:
        return None
    try:
        payload = to_payload(details)
    except ValueError:
        return to_payload("the details can't be encoded as JSON")
    if payload.ByteSize() > _MAX_DETAILS_BYTES:
        return to_payload(f"the details were dropped: they are larger than {_MAX_DETAILS_BYTES} bytes")
    return payload
