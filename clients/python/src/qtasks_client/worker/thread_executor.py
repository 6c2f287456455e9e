"""Runs handlers on threads.

A thread works through what waits. Another one is woken only when the first falls behind: handlers that return at
once are all run by one thread, without a switch of threads for each, and those that wait get a thread each.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any, Deque, Sequence

from .endings import ending_of
from .repeats import logger
from .runner import Job

#: Every moment, in seconds, it is seen how many jobs were taken; as many threads again join those at work when
#: what is left would take them longer than so many moments.
_MOMENT = 0.002
_MOMENTS = 10


class ThreadExecutor:
    """At most `max_threads` threads, started when they are needed; each lives as long as the worker."""

    def __init__(self, max_threads: int, parts: Any) -> None:
        self._max_threads = max_threads
        self._parts = parts
        self._jobs: Deque[Job] = deque()
        self._condition = threading.Condition()
        self._threads = 0
        self._idle = 0
        self._taken = 0
        self._busy = threading.Event()
        self._closed = False

    def submit(self, jobs: Sequence[Job]) -> None:
        """Queues the jobs and sees to it that a thread is at work."""
        self._jobs.extend(jobs)
        with self._condition:
            if self._threads == 0:
                threading.Thread(target=self._watch, name="qtasks-handler-watch", daemon=True).start()
            if self._threads == self._idle:
                self._add_threads(1)
        self._busy.set()

    def close(self) -> None:
        """No job follows. Threads end when their handlers have."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        self._busy.set()

    def _add_threads(self, count: int) -> None:
        """Wakes idle threads, then starts new ones. With the lock held."""
        woken = min(count, self._idle)
        self._condition.notify(woken)
        for _ in range(min(count - woken, self._max_threads - self._threads)):
            self._threads += 1
            name = f"qtasks-handler-{self._threads}"
            threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while not self._closed:
            self._work_off()
            with self._condition:
                self._idle += 1
                self._condition.wait_for(lambda: self._jobs or self._closed)
                self._idle -= 1

    def _work_off(self) -> None:
        parts, jobs = self._parts, self._jobs
        while True:
            try:
                attempt, registration = jobs.popleft()
            except IndexError:
                return
            # Threads may lose each other's counts: it only has to tell fast from slow.
            self._taken += 1
            try:
                aborted = attempt.aborted
                attempt.settle(ending_of(aborted, attempt) if aborted else registration.run(attempt, parts))
            except Exception:
                logger.exception("the attempt of task %s could not be ended", attempt.leased.task_id)

    def _watch(self) -> None:
        """Adds threads while jobs wait that those at work don't get to soon."""
        while not self._closed:
            if not self._jobs:
                self._busy.clear()
                if not self._jobs:
                    self._busy.wait()
            taken = self._taken
            time.sleep(_MOMENT)
            left = len(self._jobs)
            if left > _MOMENTS * (self._taken - taken):
                with self._condition:
                    self._add_threads(min(left, self._threads))
