"""How attempts end: outcomes without their lease tokens, which the reporter adds."""

from __future__ import annotations

from typing import Any, Optional

from google.protobuf.duration_pb2 import Duration

from qtasksapi.v1 import task_pb2, worker_service_pb2

from ..handler_errors import Snooze
from ..payloads import PayloadError, to_payload
from .failures import clip, failure_of, worker_failure

#: What the server takes as the reason of a release, in bytes.
_MAX_REASON_BYTES = 1_000


def success(value: Any) -> worker_service_pb2.Outcome:
    """The handler gave this value."""
    try:
        return success_payload(to_payload(value))
    except PayloadError as error:
        message = f"the handler's result can't be sent: {error}"
        return worker_service_pb2.Outcome(failure=worker_failure("qtasks.ResultNotEncodable", message))


def success_payload(payload: Optional[task_pb2.Payload]) -> worker_service_pb2.Outcome:
    """The handler gave this payload; a streaming one gives none."""
    return worker_service_pb2.Outcome(success=worker_service_pb2.Success(result=payload))


def failed(failure: task_pb2.Failure) -> worker_service_pb2.Outcome:
    """The attempt failed."""
    return worker_service_pb2.Outcome(failure=failure)


def canceled(reason: str) -> worker_service_pb2.Outcome:
    """The handler stopped since its task was canceled."""
    return worker_service_pb2.Outcome(canceled=worker_service_pb2.Canceled(reason=reason))


def release(reason: str, delay: Optional[Duration] = None) -> worker_service_pb2.Outcome:
    """Gives the task back, uncounted."""
    body = worker_service_pb2.Release(reason=clip(reason, _MAX_REASON_BYTES), delay=delay)
    return worker_service_pb2.Outcome(release=body)


def timed_out(message: str) -> worker_service_pb2.Outcome:
    """The attempt's time is up."""
    kind = task_pb2.FAILURE_KIND_ATTEMPT_TIMEOUT
    failure = worker_failure("qtasks.AttemptTimeout", message, kind)
    failure.non_retryable = False
    return failed(failure)


def ending_of(thrown: BaseException, attempt: Any) -> worker_service_pb2.Outcome:
    """A value that a canceled handler returns counts; whatever it raises means that it stopped."""
    aborted = attempt.aborted
    if aborted is not None and aborted.cause == "canceled":
        return canceled(aborted.message)
    if aborted is not None and aborted.cause == "stopping":
        return release("the worker is stopping")
    if isinstance(thrown, Snooze):
        return release(thrown.reason, thrown.delay)
    return failed(failure_of(thrown))
