"""Ends attempts whose time is up."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import List, Tuple

from .attempt import Attempt


class Timekeeper:
    """One thread for all deadlines; it starts with the first."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._heap: List[Tuple[float, int, Attempt]] = []
        self._order = itertools.count()
        self._started = False
        self._closed = False

    def watch(self, attempt: Attempt) -> None:
        """Times the attempt out at its deadline."""
        if attempt.deadline is None:
            return
        with self._condition:
            heapq.heappush(self._heap, (attempt.deadline, next(self._order), attempt))
            if not self._started:
                self._started = True
                threading.Thread(target=self._run, name="qtasks-timekeeper", daemon=True).start()
            elif self._heap[0][2] is attempt:
                self._condition.notify()

    def close(self) -> None:
        """No attempt is timed out any more."""
        with self._condition:
            self._closed = True
            self._condition.notify()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._wait()
                if self._closed:
                    return
                _, _, attempt = heapq.heappop(self._heap)
            attempt.time_out()

    def _wait(self) -> None:
        """Until the first deadline, or the end. Attempts that ended in time are forgotten on the way."""
        while not self._closed:
            while self._heap and self._heap[0][2].over:
                heapq.heappop(self._heap)
            seconds = self._heap[0][0] - time.monotonic() if self._heap else None
            if seconds is not None and seconds <= 0:
                return
            self._condition.wait(seconds)
