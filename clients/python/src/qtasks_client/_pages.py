"""Walks through what a server gives in pages."""

from __future__ import annotations

from typing import Any, AsyncIterator, Awaitable, Callable, Iterator, Optional

from qtasksapi.v1 import task_pb2, task_service_pb2

from ._queries import CancelProgress, RetryProgress, TaskPage
from ._times import Seconds, to_duration

_EVENT_PAGE = 1_000


def task_pages(page: Callable[[str], TaskPage]) -> Iterator[task_pb2.Task]:
    """Every task; the next page is asked for when the one before was read."""
    token = ""
    while True:
        answer = page(token)
        yield from answer.tasks
        token = answer.next_page_token
        if not token:
            return


async def task_pages_async(page: Callable[[str], Awaitable[TaskPage]]) -> AsyncIterator[task_pb2.Task]:
    """As `task_pages`."""
    token = ""
    while True:
        answer = await page(token)
        for task in answer.tasks:
            yield task
        token = answer.next_page_token
        if not token:
            return


def event_pages(
    call: Callable[[Any, Any], Any], tasks: Any, task_id: str, after: int
) -> Iterator[task_pb2.TaskEvent]:
    """Kept outputs and logs after a sequence."""
    while True:
        answer = call(tasks.ListTaskEvents, _events_request(task_id, after))
        yield from answer.events
        if not answer.more:
            return
        after = answer.events[-1].sequence


async def event_pages_async(
    call: Callable[[Any, Any], Awaitable[Any]], tasks: Any, task_id: str, after: int
) -> AsyncIterator[task_pb2.TaskEvent]:
    """As `event_pages`."""
    while True:
        answer = await call(tasks.ListTaskEvents, _events_request(task_id, after))
        for event in answer.events:
            yield event
        if not answer.more:
            return
        after = answer.events[-1].sequence


class CancelPages:
    """The requests of a cancel by filter, page by page, and what has come of them."""

    def __init__(self, filter: task_pb2.TaskFilter, reason: str, force_after: Optional[Seconds]) -> None:
        force = to_duration("force_after", force_after)
        #: Of the next page.
        self.request = task_service_pb2.BatchCancelTasksRequest(filter=filter, reason=reason, force_after=force)
        self.progress = CancelProgress(0, 0, False)

    def accept(self, answer: task_service_pb2.BatchCancelTasksResponse) -> CancelProgress:
        """The counts so far."""
        before = self.progress
        self.request.page_token = answer.next_page_token
        self.progress = CancelProgress(
            before.canceled + answer.canceled_count,
            before.canceling + answer.canceling_count,
            not answer.next_page_token,
        )
        return self.progress


class RetryPages:
    """As CancelPages, of a retry."""

    def __init__(self, filter: task_pb2.TaskFilter) -> None:
        #: Of the next page.
        self.request = task_service_pb2.BatchRetryTasksRequest(filter=filter)
        self.progress = RetryProgress(0, False)

    def accept(self, answer: task_service_pb2.BatchRetryTasksResponse) -> RetryProgress:
        """The count so far."""
        self.request.page_token = answer.next_page_token
        self.progress = RetryProgress(self.progress.retried + answer.retried_count, not answer.next_page_token)
        return self.progress


def _events_request(task_id: str, after: int) -> task_service_pb2.ListTaskEventsRequest:
    return task_service_pb2.ListTaskEventsRequest(task_id=task_id, after_sequence=after, page_size=_EVENT_PAGE)
