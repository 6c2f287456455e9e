"""Runs coroutine handlers as tasks of an event loop, and plain ones on threads."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Deque, List, Sequence, Set

from .attempt import Attempt
from .endings import ending_of
from .registration import Registration
from .repeats import logger
from .runner import Job
from .thread_executor import ThreadExecutor


class LoopExecutor:
    """Jobs come from other threads; all that come in one go are started in one turn of the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, threads: ThreadExecutor, parts: Any) -> None:
        self._loop = loop
        self._threads = threads
        self._parts = parts
        self._jobs: Deque[Job] = deque()
        self._tasks: Set[asyncio.Task[None]] = set()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Hands the jobs to the loop."""
        plain: List[Job] = [job for job in jobs if not job[1].is_async]
        if plain:
            self._threads.submit(plain)
        if len(plain) < len(jobs):
            self._jobs.extend(job for job in jobs if job[1].is_async)
            self._loop.call_soon_threadsafe(self._start)

    def close(self) -> None:
        """No job follows."""
        self._threads.close()

    def _start(self) -> None:
        while self._jobs:
            attempt, registration = self._jobs.popleft()
            task = self._loop.create_task(self._run(attempt, registration))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            attempt.on_abort(self._canceler(task))

    async def _run(self, attempt: Attempt, registration: Registration) -> None:
        try:
            attempt.settle(await registration.run(attempt, self._parts))
        except asyncio.CancelledError as error:
            # Canceled before its first step.
            attempt.settle(ending_of(attempt.aborted or error, attempt))
        except Exception:
            logger.exception("the attempt of task %s could not be ended", attempt.leased.task_id)

    def _canceler(self, task: asyncio.Task[None]) -> Any:
        def cancel() -> None:
            # The loop may have ended, and its tasks with it.
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(task.cancel)

        return cancel
