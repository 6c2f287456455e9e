"""Gathers the concurrent calls of threads into batches."""

from __future__ import annotations

import threading
from collections import deque
from typing import Deque, Generic, List, Optional

from ._batches import BatchCall, R, T, Verdict, take
from .errors import ClientClosedError


class _Ticket(Generic[T, R]):
    """One item that waits for its batch, or for its turn to send one."""

    def __init__(self, item: T) -> None:
        self.item = item
        self.verdict: Optional[Verdict[R]] = None
        self.turn = threading.Event()


class Coalescer(Generic[T, R]):
    """A batch leaves when the one before it has landed, at once when none is under way. It is sent by the
    thread whose item is the oldest, so that there is no thread of its own."""

    def __init__(self, send: BatchCall[T, R]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._waiting: Deque[_Ticket[T, R]] = deque()
        self._sending = False

    def call(self, item: T) -> R:
        """The item's result; raises its error, or that of its whole batch."""
        ticket: _Ticket[T, R] = _Ticket(item)
        with self._lock:
            self._waiting.append(ticket)
            wait, self._sending = self._sending, True
        if wait:
            ticket.turn.wait()
        if ticket.verdict is None:
            self._send_batch()
        verdict = ticket.verdict
        if isinstance(verdict, Exception):
            raise verdict
        return verdict  # type: ignore[return-value]

    def _send_batch(self) -> None:
        batch = self._take()
        # What stays where the sending thread is interrupted.
        verdicts: List[Verdict[R]] = [ClientClosedError("the batch was given up")] * len(batch)
        try:
            verdicts = list(self._send([ticket.item for ticket in batch]))
        except Exception as error:
            verdicts = [error] * len(batch)
        finally:
            self._pass_on()
            for ticket, verdict in zip(batch, verdicts):
                ticket.verdict = verdict
                ticket.turn.set()

    def _take(self) -> List[_Ticket[T, R]]:
        with self._lock:
            return take(self._waiting, lambda ticket: ticket.item)

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting[0].turn.set()
            else:
                self._sending = False
