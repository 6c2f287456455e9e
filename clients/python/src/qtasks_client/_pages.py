"""Walks through what a server gives in pages."""

from __future__ import annotations

from typing import Any, AsyncIterator, Awaitable, Callable, Iterator

from qtasksapi.v1 import task_pb2, task_service_pb2

from ._queries import TaskPage

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


def _events_request(task_id: str, after: int) -> task_service_pb2.ListTaskEventsRequest:
    return task_service_pb2.ListTaskEventsRequest(task_id=task_id, after_sequence=after, page_size=_EVENT_PAGE)
