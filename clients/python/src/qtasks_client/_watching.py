"""How far a watch has come, over as many streams as it takes."""

from __future__ import annotations

import time
from typing import Any, Dict, Optional, Set, Union

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
#: Tasks whose revisions a watch of many keeps, those that changed last; ten times what a snapshot may have.
_MAX_REMEMBERED = 10_000

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


class _Reopening:
    """When a stream is opened again, and when not."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._backoff = Backoff()
        self._heard_at = time.monotonic()
        self._rest: Optional[float] = None

    @property
    def closing(self) -> bool:
        """The server is about to end the stream."""
        return self._rest is not None

    def check(self, error: QTasksError) -> None:
        """Raises an error that says something of what is watched, and one that comes for too long."""
        tired = time.monotonic() - self._heard_at > self._patience
        final = error.reason not in _REOPEN or is_misconfigured(error) or isinstance(error, ClientClosedError)
        if tired or final:
            raise error
        self._rest = error.retry_after

    def pause(self) -> float:
        """Seconds until the next stream is opened."""
        return self._backoff.pause(_RECONNECT_SECONDS if self._rest is None else self._rest)

    def _open(self) -> None:
        self._rest = None

    def _hear(self, message: Any) -> Any:
        """The kind of a message, if it has one."""
        self._heard_at = time.monotonic()
        self._backoff.reset()
        kind = message.WhichOneof("event")
        if kind == "closing":
            self._rest = seconds_of(message.closing.reconnect_delay)
        return kind


class WatchingMany(_Reopening):
    """As Watching, for all tasks that match a filter. It never ends by itself."""

    ended = False

    def __init__(self, filter: task_pb2.TaskFilter, view: task_pb2.TaskView, patience: float) -> None:
        super().__init__(patience)
        self._request = task_service_pb2.WatchTasksRequest(filter=filter, view=view)
        self._revisions: Dict[str, int] = {}
        self._snapshot: Optional[Set[str]] = None

    def request(self) -> task_service_pb2.WatchTasksRequest:
        """Opens a stream; it begins with a snapshot."""
        self._open()
        self._snapshot = set()
        return self._request

    def accept(self, message: task_service_pb2.WatchTasksResponse) -> Optional[task_pb2.Task]:
        """The task in a message, unless this state of it was seen on a stream before."""
        kind = self._hear(message)
        if kind == "snapshot_end":
            self._forget_others()
        return self._accept_task(message.task) if kind == "task" else None

    def _accept_task(self, task: task_pb2.Task) -> Optional[task_pb2.Task]:
        if self._snapshot is not None:
            self._snapshot.add(task.task_id)
        seen = self._revisions.pop(task.task_id, -1)
        self._revisions[task.task_id] = max(seen, task.revision)
        if len(self._revisions) > _MAX_REMEMBERED:
            del self._revisions[next(iter(self._revisions))]
        return task if task.revision > seen else None

    def _forget_others(self) -> None:
        """Only tasks that still match can come again in a snapshot: the others are no longer remembered."""
        kept = self._snapshot or set()
        self._revisions = {key: value for key, value in self._revisions.items() if key in kept}
        self._snapshot = None


class Watching(_Reopening):
    """Gives the request of the next stream, takes its messages, and says when to open another."""

    def __init__(self, task_id: str, events: Union[bool, int], view: task_pb2.TaskView, patience: float) -> None:
        super().__init__(patience)
        self._task_id = task_id
        self._view = view
        self._revision: Optional[int] = None
        # True is an int: the first sequence that is wanted is past 0.
        self._sequence: Optional[int] = None if events is False else 0 if events is True else events
        #: The terminal task has come.
        self.ended = False

    def request(self) -> task_service_pb2.WatchTaskRequest:
        """Opens a stream from where the last one ended."""
        self._open()
        return task_service_pb2.WatchTaskRequest(
            task_id=self._task_id,
            view=self._view,
            after_revision=self._revision,
            after_sequence=self._sequence,
        )

    def accept(self, message: task_service_pb2.WatchTaskResponse) -> Optional[Change]:
        """The change in a message, unless it was seen on a stream before."""
        kind = self._hear(message)
        if kind == "task":
            return self._accept_task(message.task)
        if kind == "task_event":
            return self._accept_event(message.task_event)
        return None

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
