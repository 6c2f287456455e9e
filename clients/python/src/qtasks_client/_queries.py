"""The requests about existing tasks, for the client of threads and that of coroutines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Optional, Sequence

from qtasksapi.v1 import task_pb2, task_service_pb2

from ._times import Seconds, duration_of, to_duration
from .errors import TaskFailedError
from .options import start_of

#: Longest wait of one long poll, in seconds; what takes longer is asked for again.
LONGEST_WAIT = 20.0
#: The answer to a long poll comes this long after the wait at the latest, in seconds.
ANSWER_MARGIN = 10.0
#: After an answer that came too early and says nothing, as from a server that drains.
EMPTY_REST = 0.2


@dataclass(frozen=True)
class TaskPage:
    """Tasks, newest first."""

    tasks: Sequence[task_pb2.Task]
    #: Empty after the last page.
    next_page_token: str


@dataclass(frozen=True)
class CancelProgress:
    """How far a cancel by filter has come."""

    #: Ended by it: they were waiting.
    canceled: int
    #: Asked to end: they were running.
    canceling: int
    #: No page is left.
    done: bool


@dataclass(frozen=True)
class RetryProgress:
    """How far a retry by filter has come."""

    #: Run again.
    retried: int
    #: No page is left.
    done: bool


def cancel_request(
    task_id: str, reason: str, force_after: Optional[Seconds]
) -> task_service_pb2.CancelTaskRequest:
    """Asks a task to end."""
    return task_service_pb2.CancelTaskRequest(
        task_id=task_id, reason=reason, force_after=to_duration("force_after", force_after)
    )


def reschedule_request(
    task_id: str,
    delay: Optional[Seconds],
    schedule_at: Optional[datetime],
    priority: Optional[int],
    expected_revision: Optional[int],
) -> task_service_pb2.RescheduleTaskRequest:
    """Moves a waiting task."""
    return task_service_pb2.RescheduleTaskRequest(
        task_id=task_id,
        priority=priority,
        expected_revision=expected_revision,
        **start_of(delay, schedule_at),
    )


def await_request(task_id: str, wait: float) -> task_service_pb2.AwaitTaskRequest:
    """A long poll for one task."""
    return task_service_pb2.AwaitTaskRequest(task_id=task_id, wait=duration_of(wait))


def result_payload(task: task_pb2.Task) -> Optional[task_pb2.Payload]:
    """The result of a task that has ended. Raises TaskFailedError where it ended otherwise than well."""
    if task.state != task_pb2.TASK_STATE_SUCCEEDED:
        raise TaskFailedError(task)
    return task.result if task.HasField("result") else None
