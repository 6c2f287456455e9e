"""How far the watch of a task has come, over as many streams as it takes."""

from __future__ import annotations

import time
from typing import Optional, Union

from qtasksapi.v1 import task_pb2, task_service_pb2

from ._patience import Backoff
from ._rpc_errors import is_misconfigured
from ._times import seconds_of
from .errors import ClientClosedError, QTasksError, is_terminal

#: A task as it is after a change, or an output or log line of it.
Change = Union[task_pb2.Task, task_pb2.TaskEvent]

#: Servers end a stream by themselves after 10 min, in seconds.
STREAM_SECONDS = 900.0
_RECONNECT_SECONDS = 0.05

#: What an ended stream says of the connection, not of the task: open it again.
_REOPEN = frozenset(
    (
        "CALL_CANCELED",
        "STILL_RUNNING",
        "SHUTTING_DOWN",
        "STORAGE_UNAVAILABLE",
        "BROKER_UNAVAILABLE",
        "SERVER_UNREACHABLE",
        "INTERNAL",
    )
)


class Watching:
    """Gives the request of the next stream, takes its messages, and says when to open another."""

    def __init__(self, task_id: str, events: Union[bool, int], view: task_pb2.TaskView, patience: float) -> None:
        self._task_id = task_id
        self._view = view
        self._patience = patience
        self._revision: Optional[int] = None
        # True is an int: the first sequence that is wanted is past 0.
        self._sequence: Optional[int] = None if events is False else 0 if events is True else events
        self._backoff = Backoff()
        self._heard_at = time.monotonic()
        self._rest: Optional[float] = None
        #: The terminal task has come.
        self.ended = False

    def request(self) -> task_service_pb2.WatchTaskRequest:
        """Opens a stream from where the last one ended."""
        self._rest = None
        return task_service_pb2.WatchTaskRequest(
            task_id=self._task_id,
            view=self._view,
            after_revision=self._revision,
            after_sequence=self._sequence,
        )

    def accept(self, message: task_service_pb2.WatchTaskResponse) -> Optional[Change]:
        """The change in a message, unless it was seen on a stream before."""
        self._heard_at = time.monotonic()
        self._backoff.reset()
        kind = message.WhichOneof("event")
        if kind == "task":
            return self._accept_task(message.task)
        if kind == "task_event":
            return self._accept_event(message.task_event)
        if kind == "closing":
            self._rest = seconds_of(message.closing.reconnect_delay)
        return None

    @property
    def closing(self) -> bool:
        """The server is about to end the stream."""
        return self._rest is not None

    def check(self, error: QTasksError) -> None:
        """Raises an error that says something of the task, and one that comes for too long."""
        tired = time.monotonic() - self._heard_at > self._patience
        final = error.reason not in _REOPEN or is_misconfigured(error) or isinstance(error, ClientClosedError)
        if tired or final:
            raise error
        self._rest = error.retry_after

    def pause(self) -> float:
        """Seconds until the next stream is opened."""
        return self._backoff.pause(_RECONNECT_SECONDS if self._rest is None else self._rest)

    def _accept_task(self, task: task_pb2.Task) -> Optional[task_pb2.Task]:
        if self._revision is not None and task.revision <= self._revision:
            return None
        self._revision = task.revision
        self.ended = is_terminal(task.state)
        return task

    def _accept_event(self, event: task_pb2.TaskEvent) -> Optional[task_pb2.TaskEvent]:
        if self._sequence is None or event.sequence <= self._sequence:
            return None
        self._sequence = event.sequence
        return event
