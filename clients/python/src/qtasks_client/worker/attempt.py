"""One attempt in this worker, from its arrival to the server's word that it is over."""

from __future__ import annotations

import threading
import time
from typing import Callable, List, Optional

from qtasksapi.v1 import task_pb2, worker_service_pb2

from .._times import seconds_of
from ..handler_errors import AttemptAborted
from .endings import release, timed_out
from .event_buffer import EventBuffer

#: Told once how an attempt ends: with an outcome, or with nothing when its lease is lost.
OnEnd = Callable[["Attempt", Optional[worker_service_pb2.Outcome]], None]


class Attempt:
    """How it ends is decided once, by whatever comes first: its handler's end, its time, the loss of its lease,
    or its worker giving up. A handler may go on after that; what comes of it no longer counts. Thread-safe."""

    __slots__ = (
        "_events",
        "_listeners",
        "_lock",
        "_on_end",
        "aborted",
        "checkpoint",
        "confirmed_checkpoint",
        "deadline",
        "key",
        "leased",
        "over",
        "settled",
        "spec",
        "ttl",
    )

    def __init__(self, leased: worker_service_pb2.LeasedTask, on_end: OnEnd) -> None:
        self.leased = leased
        self.spec: task_pb2.TaskSpec = leased.spec
        #: The lease token: the name of the attempt in this process.
        self.key: bytes = leased.lease_token
        #: Seconds that it may take, or None.
        self.ttl = seconds_of(leased.attempt_ttl) if leased.HasField("attempt_ttl") else None
        #: When its time is up, by time.monotonic.
        self.deadline = None if self.ttl is None else time.monotonic() + self.ttl
        #: Why the handler was told to stop, if it was.
        self.aborted: Optional[AttemptAborted] = None
        #: Its outcome is decided: nothing that the handler still does counts.
        self.over = False
        #: Its handler has ended, or is never run.
        self.settled = False
        #: The latest checkpoint of this attempt, and the one that the server has.
        self.checkpoint: Optional[task_pb2.Payload] = None
        self.confirmed_checkpoint: Optional[task_pb2.Payload] = None
        self._lock = threading.Lock()
        self._on_end = on_end
        self._events: Optional[EventBuffer] = None
        self._listeners: Optional[List[Callable[[], object]]] = None

    @property
    def events(self) -> EventBuffer:
        """What is to be recorded of it before its outcome."""
        with self._lock:
            if self._events is None:
                self._events = EventBuffer()
                if self.over:
                    self._events.close()
            return self._events

    @property
    def events_if_any(self) -> Optional[EventBuffer]:
        """The same, or None while there was nothing to record."""
        return self._events

    def on_abort(self, listener: Callable[[], object]) -> None:
        """Calls the listener once, from any thread, when the handler is to stop; at once if it is already."""
        with self._lock:
            if self.aborted is None:
                self._listeners = [*(self._listeners or ()), listener]
                return
        listener()

    def cancel(self, reason: str) -> None:
        """Tells the handler that its task is being canceled; how it ends is up to it."""
        self._abort("canceled", reason or "the task was canceled")

    def stop(self) -> None:
        """Tells the handler that its worker ends; `give_up` decides for those that don't listen."""
        self._abort("stopping", "the worker is stopping")

    def lose(self) -> None:
        """The lease is gone: the handler is told to stop, and nothing is reported."""
        if self._decide():
            self._abort("lost", "the lease of this attempt was lost")
            self.events.close()
            self._on_end(self, None)

    def time_out(self) -> None:
        """Its time is up."""
        message = f"the attempt took longer than its {self.ttl:g} s"
        # Decided before the handler is told: what it makes of that must not come first.
        if self._decide():
            self._abort("timeout", message)
            self._on_end(self, timed_out(message))

    def give_up(self) -> None:
        """Gives the task back, whatever its handler does."""
        if self._decide():
            self._on_end(self, release("the worker is stopping"))

    def settle(self, ending: worker_service_pb2.Outcome) -> None:
        """Its handler has ended like this, or is not run for this reason."""
        self.settled = True
        self._listeners = None
        if self._decide():
            self._on_end(self, ending)

    def _decide(self) -> bool:
        """Whether this is what ends the attempt; there is one such."""
        with self._lock:
            decides, self.over = not self.over, True
            return decides

    def _abort(self, cause: str, message: str) -> None:
        with self._lock:
            if self.aborted is not None:
                return
            self.aborted = AttemptAborted(cause, message)
            listeners, self._listeners = self._listeners or [], None
        for listener in listeners:
            listener()
