"""The events of one attempt that the server has not recorded yet, in order."""

from __future__ import annotations

import threading
import time
from collections import deque
from itertools import islice
from typing import Callable, Deque, List, NamedTuple, Optional, Tuple

from qtasksapi.v1 import task_pb2, worker_service_pb2

from .._times import duration_of
from ..errors import QTasksError

#: Above either, outputs wait and logs are dropped.
_MAX_EVENTS = 1_000
_MAX_BYTES = 1 << 20


class _Buffered(NamedTuple):
    event: worker_service_pb2.AttemptEvent
    at: float
    size: int


class EventSlice(NamedTuple):
    """What is under way to the server."""

    first_index: int
    events: List[worker_service_pb2.AttemptEvent]
    progress: Optional[task_pb2.Progress]
    size: int


class EventBuffer:
    """Thread-safe. What waits for room, or for all to be recorded, is called back from the recorder's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: Deque[_Buffered] = deque()
        self._size = 0
        self._recorded = 0
        self._progress: Optional[task_pb2.Progress] = None
        self._closed = False
        self._waiting: List[Tuple[Callable[[], bool], Callable[[], object]]] = []
        #: Outputs among the events.
        self.output_count = 0
        #: The server's word that it takes no more outputs of this attempt.
        self.refusal: Optional[QTasksError] = None

    @property
    def count(self) -> int:
        """Events recorded so far, or about to be: Outcome.event_count."""
        return self._recorded + len(self._pending)

    @property
    def is_dirty(self) -> bool:
        """There is something to send."""
        return bool(self._pending) or self._progress is not None

    @property
    def is_full(self) -> bool:
        """Outputs have to wait."""
        return len(self._pending) >= _MAX_EVENTS or self._size >= _MAX_BYTES

    def append(self, event: worker_service_pb2.AttemptEvent) -> None:
        """Adds an output or a log line."""
        size = event.ByteSize() + 16
        with self._lock:
            if self._closed:
                return
            self._pending.append(_Buffered(event, time.monotonic(), size))
            self._size += size
            self.output_count += event.HasField("output")

    def set_progress(self, progress: task_pb2.Progress) -> None:
        """Replaces progress that has not left yet."""
        with self._lock:
            if not self._closed:
                self._progress = progress

    def slice(self, max_events: int, max_bytes: int) -> EventSlice:
        """The oldest events within the limits, one at least, and the latest progress; they stay until
        acknowledged."""
        now = time.monotonic()
        events: List[worker_service_pb2.AttemptEvent] = []
        size = 0
        with self._lock:
            for event, at, event_size in islice(self._pending, max_events):
                if events and size + event_size > max_bytes:
                    break
                event.age.CopyFrom(duration_of(now - at))
                events.append(event)
                size += event_size
            return EventSlice(self._recorded + 1, events, self._progress, size)

    def acknowledge(self, sent: EventSlice) -> None:
        """The slice was recorded."""
        with self._lock:
            if self._closed:
                return
            for _ in range(min(len(sent.events), len(self._pending))):
                self._pending.popleft()
                self._recorded += 1
            self._size -= sent.size
            if self._progress is sent.progress:
                self._progress = None
        self._wake()

    def refuse(self, error: QTasksError) -> None:
        """The server refuses what is pending. Lost log lines are a pity; where outputs are among them, the
        attempt can't succeed any more. What comes next takes the place of what was refused."""
        with self._lock:
            outputs = sum(buffered.event.HasField("output") for buffered in self._pending)
            self.output_count -= outputs
            if outputs:
                self.refusal = error
            self._clear()
        self._wake()

    def close(self) -> None:
        """Drops what is pending and all that comes."""
        with self._lock:
            self._closed = True
            self._clear()
        self._wake()

    def when_room(self, then: Callable[[], object]) -> None:
        """Calls back once there is room for outputs."""
        self._when(lambda: not self.is_full, then)

    def when_clean(self, then: Callable[[], object]) -> None:
        """Calls back once nothing is left to send."""
        self._when(lambda: not self.is_dirty, then)

    def _when(self, is_over: Callable[[], bool], then: Callable[[], object]) -> None:
        with self._lock:
            if not is_over():
                self._waiting.append((is_over, then))
                return
        then()

    def _wake(self) -> None:
        with self._lock:
            over = [then for is_over, then in self._waiting if is_over()]
            self._waiting = [waiting for waiting in self._waiting if not waiting[0]()]
        for then in over:
            then()

    def _clear(self) -> None:
        self._pending.clear()
        self._size = 0
        self._progress = None
