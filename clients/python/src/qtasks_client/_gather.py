"""Awaits many tasks by few calls."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, Optional, Sequence

import grpc

from qtasksapi.v1 import task_service_pb2

from ._batches import MAX_ITEMS, or_raise
from ._queries import ANSWER_MARGIN, EMPTY_REST, LONGEST_WAIT, result_payload
from ._times import duration_of
from .errors import QTasksError, TaskFailedError, WaitTimeoutError
from .payloads import from_payload


class Gathering:
    """What has come of a group of awaited tasks: asks for the rest until all have ended."""

    def __init__(self, ids: Sequence[str], timeout: Optional[float]) -> None:
        self._ids = ids
        self._left = list(dict.fromkeys(ids))
        self._results: Dict[str, Any] = {}
        self._timeout = timeout
        self._until = None if timeout is None else time.monotonic() + timeout
        self._asked_at = 0.0
        #: The wait of the last request, in seconds.
        self.wait = 0.0

    @property
    def done(self) -> bool:
        """Every task has ended, or is missing."""
        return not self._left

    def request(self) -> task_service_pb2.BatchAwaitTasksRequest:
        """Asks for the next of those that are left; answered when all of these have ended."""
        self._asked_at = time.monotonic()
        left = LONGEST_WAIT if self._until is None else max(0.0, self._until - self._asked_at)
        self.wait = min(left, LONGEST_WAIT)
        ids = self._left[:MAX_ITEMS]
        return task_service_pb2.BatchAwaitTasksRequest(
            task_ids=ids, wait=duration_of(self.wait), min_count=len(ids)
        )

    def accept(self, answer: Optional[task_service_pb2.BatchAwaitTasksResponse]) -> float:
        """Takes what has ended, None for nothing; seconds to rest before the next request. WaitTimeoutError when
        the time is over."""
        if answer is not None:
            self._take(answer)
        before = len(self._left)
        self._left = [task_id for task_id in self._left if task_id not in self._results]
        if not self._left:
            return 0.0
        now = time.monotonic()
        if self._until is not None and now >= self._until:
            raise WaitTimeoutError(self._left[0], self._timeout or 0.0)
        early = len(self._left) == before and now - self._asked_at < self.wait / 2
        return EMPTY_REST if early else 0.0

    def _take(self, answer: task_service_pb2.BatchAwaitTasksResponse) -> None:
        for task in answer.tasks:
            self._results[task.task_id] = _outcome(task)
        for task_id in answer.missing_task_ids:
            message = f"no task has the id {task_id}"
            self._results[task_id] = QTasksError(grpc.StatusCode.NOT_FOUND, "TASK_NOT_FOUND", message)

    def results(self, return_exceptions: bool) -> List[Any]:
        """In the order of the ids."""
        return or_raise([self._results[task_id] for task_id in self._ids], return_exceptions)


def gather_tasks(
    call: Callable[[Any, Any, float], Any],
    tasks: Any,
    ids: Sequence[str],
    timeout: Optional[float],
    return_exceptions: bool,
) -> List[Any]:
    """The results of all, in order."""
    gathering = Gathering(ids, timeout)
    while not gathering.done:
        request = gathering.request()
        answer = call(tasks.BatchAwaitTasks, request, gathering.wait + ANSWER_MARGIN)
        time.sleep(gathering.accept(answer))
    return gathering.results(return_exceptions)


def _outcome(task: Any) -> Any:
    try:
        return from_payload(result_payload(task))
    except (TaskFailedError, ValueError) as error:
        return error
