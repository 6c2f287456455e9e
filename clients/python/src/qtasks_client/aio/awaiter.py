"""Gathers concurrent awaits into few long polls, so that ten thousand awaited tasks are ten calls.

A task joins the next call; a call that has its answer gives back the tasks that have not ended, and they join
the next call with whatever came meanwhile. Calls leave at once while few are parked. When `_MAX_LONG_CALLS` are,
further ones are short and paced, so that they end and merge by themselves: canceling them instead would reset
streams, which servers count as an attack.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Awaitable, Callable, Dict, List, Optional, Set

import grpc

from qtasksapi.v1 import task_pb2, task_service_pb2

from .._batches import MAX_ITEMS
from .._queries import ANSWER_MARGIN, EMPTY_REST, LONGEST_WAIT
from .._times import duration_of
from ..errors import ClientClosedError, QTasksError, WaitTimeoutError

_MAX_LONG_CALLS = 16
_SHORT_WAIT = 0.5
_PACE = 0.03
#: A large group is asked again no sooner than this long after its answer, for each of its ids, in seconds.
_REST_PER_ID = 0.00001

#: Makes a BatchAwaitTasks with a timeout, repeated while the server is away.
BatchAwait = Callable[[task_service_pb2.BatchAwaitTasksRequest, float], Awaitable[Any]]


class _Wait:
    """All those in this process who wait for one task."""

    def __init__(self, task_id: str) -> None:
        self.task_id = task_id
        self.future: asyncio.Future[task_pb2.Task] = asyncio.get_running_loop().create_future()
        # An error that comes when all have left is nobody's.
        self.future.add_done_callback(lambda future: future.cancelled() or future.exception())
        self.waiters: Dict[object, float] = {}

    def remaining(self) -> float:
        """Seconds until the last waiter's timeout."""
        return max(0.0, max(self.waiters.values(), default=0.0) - time.monotonic())


class Awaiter:
    """Awaits tasks by BatchAwaitTasks; each caller gets its own task, timeout or error."""

    def __init__(self, call: BatchAwait) -> None:
        self._call = call
        self._waits: Dict[str, _Wait] = {}
        self._due: List[_Wait] = []
        self._partial_calls = 0
        self._departure: Optional[asyncio.Handle] = None
        self._asking: Set[asyncio.Task[None]] = set()

    async def wait(self, task_id: str, timeout: Optional[float]) -> task_pb2.Task:
        """The terminal task. WaitTimeoutError after `timeout` seconds, or TASK_NOT_FOUND."""
        wait = self._waits.get(task_id)
        if wait is None:
            wait = self._waits[task_id] = _Wait(task_id)
            self._enter([wait])
        waiter = object()
        wait.waiters[waiter] = float("inf") if timeout is None else time.monotonic() + timeout
        try:
            return await asyncio.wait_for(asyncio.shield(wait.future), timeout)
        except asyncio.TimeoutError:
            raise WaitTimeoutError(task_id, timeout or 0.0) from None
        finally:
            del wait.waiters[waiter]

    def close(self) -> None:
        """Ends all waiting with ClientClosedError."""
        if self._departure is not None:
            self._departure.cancel()
        for task in self._asking:
            task.cancel()
        for wait in self._waits.values():
            if not wait.future.done():
                wait.future.set_exception(ClientClosedError())
        self._waits.clear()

    def _enter(self, waits: List[_Wait]) -> None:
        self._due.extend(waits)
        if not self._due or self._departure is not None:
            return
        loop = asyncio.get_running_loop()
        full = self._partial_calls >= _MAX_LONG_CALLS
        self._departure = loop.call_later(_PACE, self._leave) if full else loop.call_soon(self._leave)

    def _leave(self) -> None:
        self._departure = None
        due, self._due = [wait for wait in self._due if self._is_wanted(wait)], []
        for start in range(0, len(due), MAX_ITEMS):
            task = asyncio.create_task(self._ask(due[start : start + MAX_ITEMS]))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask(self, group: List[_Wait]) -> None:
        partial = len(group) < MAX_ITEMS
        short = partial and self._partial_calls >= _MAX_LONG_CALLS
        self._partial_calls += partial
        try:
            rest = await self._ask_once(group, _SHORT_WAIT if short else LONGEST_WAIT)
        except QTasksError as error:
            rest = self._fail(group, error)
        finally:
            self._partial_calls -= partial
        if any(self._is_wanted(wait) for wait in group):
            await asyncio.sleep(rest)
            self._enter([wait for wait in group if self._is_wanted(wait)])

    async def _ask_once(self, group: List[_Wait], longest: float) -> float:
        """Seconds to rest before those that are left are asked for again."""
        seconds = min(longest, max(wait.remaining() for wait in group))
        asked_at = time.monotonic()
        ids = [wait.task_id for wait in group]
        request = task_service_pb2.BatchAwaitTasksRequest(task_ids=ids, wait=duration_of(seconds), min_count=1)
        ended = self._settle(await self._call(request, seconds + ANSWER_MARGIN))
        early = time.monotonic() - asked_at < seconds / 2
        return EMPTY_REST if ended == 0 and early else len(group) * _REST_PER_ID

    def _settle(self, answer: task_service_pb2.BatchAwaitTasksResponse) -> int:
        for task in answer.tasks:
            wait = self._waits.pop(task.task_id, None)
            if wait is not None and not wait.future.done():
                wait.future.set_result(task)
        for task_id in answer.missing_task_ids:
            message = f"no task has the id {task_id}"
            self._reject(task_id, QTasksError(grpc.StatusCode.NOT_FOUND, "TASK_NOT_FOUND", message))
        return len(answer.tasks) + len(answer.missing_task_ids)

    def _fail(self, group: List[_Wait], error: QTasksError) -> float:
        # A cut by a proxy says nothing about the tasks.
        if error.reason == "STILL_RUNNING":
            return EMPTY_REST
        # One malformed id must not fail the others of its call: each goes again in a call of its own.
        if error.reason == "FIELD_VIOLATION" and len(group) > 1:
            for wait in group:
                task = asyncio.create_task(self._ask([wait]))
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)
            group.clear()
            return 0.0
        for wait in group:
            self._reject(wait.task_id, error)
        return 0.0

    def _reject(self, task_id: str, error: QTasksError) -> None:
        wait = self._waits.pop(task_id, None)
        if wait is not None and not wait.future.done():
            wait.future.set_exception(error)

    def _is_wanted(self, wait: _Wait) -> bool:
        """Someone still waits; one that all have left is forgotten, and a later await starts anew."""
        if self._waits.get(wait.task_id) is not wait:
            return False
        if not wait.waiters:
            del self._waits[wait.task_id]
            return False
        return True
