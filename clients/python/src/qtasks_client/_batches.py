"""Batches of enqueues: how they are cut, and what the answer says of each item."""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque, Iterable, List, NamedTuple, Sequence, TypeVar, Union

from qtasksapi.v1 import task_service_pb2

from ._rpc_errors import item_error
from .errors import QTasksError

T = TypeVar("T")
R = TypeVar("R")

#: A result, or the error of that item alone.
Verdict = Union[R, Exception]
#: Sends a batch; a verdict for each item, in order.
BatchCall = Callable[[Sequence[T]], Sequence[Verdict[R]]]

#: What servers take in one batch by default.
MAX_ITEMS = 1_000
#: Half of what a message may have: one item of 1 MiB always fits.
MAX_BYTES = 2 << 20


class Enqueued(NamedTuple):
    """What became of an enqueue."""

    #: The new task, or the one that the task id or the unique key found.
    task_id: str
    created: bool


def take(waiting: Deque[Any], item_of: Callable[[Any], Any] = lambda item: item) -> List[Any]:
    """Removes from the front what fits into one batch, one item at least."""
    batch: List[Any] = []
    size = 0
    while waiting and len(batch) < MAX_ITEMS:
        size += item_of(waiting[0]).ByteSize() + 8
        if batch and size > MAX_BYTES:
            break
        batch.append(waiting.popleft())
    return batch


def chunks(items: Iterable[T]) -> Iterable[List[T]]:
    """All items, in batches."""
    waiting = deque(items)
    while waiting:
        yield take(waiting)


def verdicts(response: task_service_pb2.BatchEnqueueTasksResponse) -> List[Verdict[Enqueued]]:
    """One for each item of the batch, in order."""
    return [_verdict(result) for result in response.results]


def or_raise(results: List[Any], return_exceptions: bool) -> List[Any]:
    """The results; the first error among them is raised unless errors are wanted in their places."""
    if not return_exceptions:
        for result in results:
            if isinstance(result, Exception):
                raise result
    return results


def _verdict(result: task_service_pb2.BatchEnqueueResult) -> Union[Enqueued, QTasksError]:
    if not result.HasField("error"):
        return Enqueued(result.task_id, result.created)
    return item_error(result.error, {"task_id": result.task_id} if result.task_id else {})
