"""Sends outputs, logs and progress of running attempts, in order, many attempts in one call."""

from __future__ import annotations

import threading
import time
from typing import Callable, Dict, List, Sequence, Tuple

from qtasksapi.v1 import task_pb2, worker_service_pb2

from ..errors import ClientClosedError, QTasksError
from .attempt import Attempt
from .event_buffer import EventSlice
from .repeats import is_refusal, logger
from .session import Session

#: Logs and progress wait this long for company, in seconds; outputs leave at once.
_LAZY = 0.1
_MAX_ATTEMPTS = 1_000
_MAX_EVENTS = 1_000
_MAX_BYTES = 1 << 20

_Part = Tuple[Attempt, EventSlice]


class Recorder:
    """A thread of its own, which starts with the first event."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._condition = threading.Condition()
        self._dirty: Dict[Attempt, None] = {}
        self._due = 0.0
        self._started = False
        self._closed = False

    def output(self, attempt: Attempt, value: task_pb2.Payload, then: Callable[[], object]) -> None:
        """Adds an output; calls back when there is room for the next."""
        self.check_open(attempt)
        attempt.events.append(worker_service_pb2.AttemptEvent(output=value))
        self._touch(attempt, 0.0)
        attempt.events.when_room(then)

    def log(self, attempt: Attempt, entry: task_pb2.LogEntry) -> None:
        """Adds a log line, or drops it where the server can't keep up: logs never hold a handler back."""
        if attempt.over or attempt.events.is_full:
            return
        attempt.events.append(worker_service_pb2.AttemptEvent(log=entry))
        self._touch(attempt, _LAZY)

    def progress(self, attempt: Attempt, progress: task_pb2.Progress) -> None:
        """Sets the progress, sent at most ten times a second; the latest wins."""
        if attempt.over:
            return
        attempt.events.set_progress(progress)
        self._touch(attempt, _LAZY)

    def flush(self, attempt: Attempt, then: Callable[[], object]) -> None:
        """Calls back when all events of the attempt are recorded, refused or void."""
        if attempt.events.is_dirty:
            self._touch(attempt, 0.0)
        attempt.events.when_clean(then)

    def check_open(self, attempt: Attempt) -> None:
        """Raises what ends an attempt that sends outputs: the server's refusal, or its own end."""
        events = attempt.events_if_any
        if events is not None and events.refusal is not None:
            raise events.refusal
        if attempt.over or self._closed:
            raise attempt.aborted or ClientClosedError("the attempt is over")

    def close(self) -> None:
        """Nothing is sent any more."""
        with self._condition:
            self._closed = True
            dirty = list(self._dirty)
            self._condition.notify()
        for attempt in dirty:
            attempt.events.close()

    def _touch(self, attempt: Attempt, delay: float) -> None:
        due = time.monotonic() + delay
        with self._condition:
            if self._closed:
                return
            self._due = min(self._due, due) if self._dirty else due
            self._dirty[attempt] = None
            if not self._started:
                self._started = True
                threading.Thread(target=self._run, name="qtasks-recorder", daemon=True).start()
            self._condition.notify()

    def _run(self) -> None:
        while self._wait():
            parts = self._gather()
            try:
                self._record(parts)
            except QTasksError as error:
                # Only the end of the session gets here: nobody is left to send to.
                logger.debug("events were not sent: %s", error)
                self.close()

    def _wait(self) -> bool:
        """Until something is due; False at the end."""
        with self._condition:
            while not self._closed:
                rest = self._due - time.monotonic()
                if self._dirty and rest <= 0:
                    return True
                self._condition.wait(rest if self._dirty else None)
            return False

    def _gather(self) -> List[_Part]:
        """What fits into one call. What stays behind is due at once."""
        parts: List[_Part] = []
        events = size = 0
        with self._condition:
            while self._dirty and len(parts) < _MAX_ATTEMPTS and events < _MAX_EVENTS and size < _MAX_BYTES:
                attempt = next(iter(self._dirty))
                del self._dirty[attempt]
                piece = attempt.events.slice(_MAX_EVENTS - events, _MAX_BYTES - size)
                events += len(piece.events)
                size += piece.size
                parts.append((attempt, piece))
            self._due = time.monotonic()
        return parts

    def _record(self, parts: Sequence[_Part]) -> None:
        """Repeats until recorded. A refusal is narrowed down to the attempt that it is meant for."""
        try:
            self._session.record([_message(attempt, piece) for attempt, piece in parts])
        except QTasksError as error:
            if not is_refusal(error):
                raise
            if len(parts) == 1:
                return self._refuse(parts[0][0], error)
            for part in parts:
                self._record([part])
            return None
        for attempt, piece in parts:
            attempt.events.acknowledge(piece)
            if attempt.events.is_dirty:
                self._touch(attempt, 0.0)
        return None

    def _refuse(self, attempt: Attempt, error: QTasksError) -> None:
        attempt.events.refuse(error)
        logger.warning("the server refuses events of task %s: %s", attempt.leased.task_id, error)


def _message(attempt: Attempt, piece: EventSlice) -> worker_service_pb2.AttemptEvents:
    return worker_service_pb2.AttemptEvents(
        lease_token=attempt.key,
        first_index=piece.first_index,
        events=piece.events,
        progress=piece.progress,
    )
