"""What a program with an event loop uses to enqueue, await, watch and cancel tasks."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, AsyncIterator, Iterable, List, Optional, Sequence, Union

from qtasksapi.v1 import task_pb2, task_service_pb2

from .._batches import Enqueued, Verdict, chunks, or_raise, verdicts
from .._channel import DEFAULT_ADDRESS, Target
from .._gather import Gathering
from .._pages import CancelPages, RetryPages, event_pages_async, task_pages_async
from .._patience import with_patience_async
from .._queries import (
    ANSWER_MARGIN,
    LONGEST_WAIT,
    CancelProgress,
    RetryProgress,
    TaskPage,
    await_request,
    cancel_request,
    reschedule_request,
    result_payload,
)
from .._requests import TaskName, enqueue_request
from .._times import Seconds, duration_of
from .._tls import Tls
from .._watching import STREAM_SECONDS, Change, Watching, WatchingMany
from ..errors import QTasksError, WaitTimeoutError
from ..payloads import from_payload
from ..task_request import TaskRequest
from .awaiter import Awaiter
from .calls import AsyncCalls
from .coalescer import AsyncCoalescer
from .handle import AsyncTaskHandle

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..options import EnqueueOptions


class AsyncClient:
    """A client over gRPC for one event loop. Concurrent enqueues and awaits are gathered into batches.

    Calls raise QTasksError. Enqueues, awaits and watches go on for `patience` seconds while no server
    answers; they are safe to repeat, since every enqueue carries a task id.
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        token: Optional[str] = None,
        tls: Union[bool, Tls, None] = None,
        insecure: bool = False,
        timeout: float = 30.0,
        patience: float = 30.0,
    ) -> None:
        """As of `Client`. The connection is made in the event loop of the first call."""
        self._calls = AsyncCalls(Target(address, token, tls, insecure))
        self._timeout = timeout
        self._patience = patience
        self._enqueuer: AsyncCoalescer[task_service_pb2.EnqueueTaskRequest, Enqueued] = AsyncCoalescer(
            self._enqueue
        )
        self._awaiter = Awaiter(self._batch_await)
        self._running = False

    async def enqueue(
        self, task: TaskName, input: Any = None, **options: Unpack[EnqueueOptions]
    ) -> AsyncTaskHandle:
        """Enqueues a task; returns once it is durable. See `Client.enqueue`."""
        enqueued = await self._enqueuer.call(enqueue_request(task, input, options))
        return AsyncTaskHandle(self, enqueued.task_id, enqueued.created)

    async def enqueue_many(self, requests: Iterable[TaskRequest], *, return_exceptions: bool = False) -> List[Any]:
        """Enqueues many in batches of up to 1000; an AsyncTaskHandle for each, in order. See
        `Client.enqueue_many`."""
        results: List[Any] = []
        for chunk in chunks(request.to_message() for request in requests):
            results.extend(self._handle_of(verdict) for verdict in await self._enqueue(chunk))
        return or_raise(results, return_exceptions)

    async def run(
        self,
        task: TaskName,
        input: Any = None,
        *,
        timeout: Optional[float] = None,
        **options: Unpack[EnqueueOptions],
    ) -> Any:
        """Enqueues a task and gives its result, by one call where nothing else is run at the time. Raises as
        AsyncTaskHandle.result."""
        until = None if timeout is None else time.monotonic() + timeout
        if self._running:
            handle = await self.enqueue(task, input, **options)
        else:
            answer = await self._run_alone(enqueue_request(task, input, options), timeout)
            if answer.done:
                return from_payload(result_payload(answer.task))
            handle = self.handle(answer.task.task_id)
        return await handle.result(None if until is None else max(0.0, until - time.monotonic()))

    async def _run_alone(
        self, request: task_service_pb2.EnqueueTaskRequest, timeout: Optional[float]
    ) -> task_service_pb2.RunTaskResponse:
        wait = LONGEST_WAIT if timeout is None else min(timeout, LONGEST_WAIT)
        run = task_service_pb2.RunTaskRequest(enqueue=request, wait=duration_of(wait))
        self._running = True
        try:
            return await self._repeated("RunTask", run, wait + ANSWER_MARGIN)
        finally:
            self._running = False

    def handle(self, task_id: str) -> AsyncTaskHandle:
        """A handle to a task that exists, or may; nothing is asked."""
        return AsyncTaskHandle(self, task_id, False)

    async def gather(
        self,
        handles: Iterable[Union[AsyncTaskHandle, str]],
        *,
        timeout: Optional[float] = None,
        return_exceptions: bool = False,
    ) -> List[Any]:
        """The results of many tasks, in order, by few calls. See `Client.gather`."""
        ids = [handle if isinstance(handle, str) else handle.id for handle in handles]
        gathering = Gathering(ids, timeout)
        while not gathering.done:
            await asyncio.sleep(gathering.accept(await self._ask(gathering)))
        return gathering.results(return_exceptions)

    async def _ask(self, gathering: Gathering) -> Optional[task_service_pb2.BatchAwaitTasksResponse]:
        """None where the call was cut, as by a proxy, which says nothing of the tasks."""
        try:
            return await self._batch_await(gathering.request(), gathering.wait + ANSWER_MARGIN)
        except QTasksError as error:
            if error.reason != "STILL_RUNNING":
                raise
            return None

    async def wait(self, task_id: str, timeout: Optional[float] = None) -> task_pb2.Task:
        """The task once it has ended, however it ended. WaitTimeoutError after `timeout` seconds; 0 asks
        once. The task goes on in any case."""
        if timeout is None or timeout > 0:
            return await self._awaiter.wait(task_id, timeout)
        answer = await self._call("AwaitTask", await_request(task_id, 0.0))
        if not answer.done:
            raise WaitTimeoutError(task_id, 0.0)
        return answer.task

    async def get(self, task_id: str, *, view: task_pb2.TaskView = task_pb2.TASK_VIEW_FULL) -> task_pb2.Task:
        """The task as it is now. TASK_NOT_FOUND."""
        request = task_service_pb2.GetTaskRequest(task_id=task_id, view=view)
        return (await self._call("GetTask", request)).task

    async def watch(
        self,
        task_id: str,
        *,
        events: Union[bool, int] = False,
        view: task_pb2.TaskView = task_pb2.TASK_VIEW_BASIC,
    ) -> AsyncIterator[Change]:
        """The Task as it is, then after each change until it has ended. With `events`, its TaskEvents too:
        True from the first, a number from those after that sequence. Goes on over lost connections."""
        async for change in self._follow("WatchTask", Watching(task_id, events, view, self._patience)):
            yield change

    async def watch_many(
        self, filter: task_pb2.TaskFilter, *, view: task_pb2.TaskView = task_pb2.TASK_VIEW_BASIC
    ) -> AsyncIterator[task_pb2.Task]:
        """Every match as it is, then each after a change, until you stop reading. See `Client.watch_many`."""
        async for task in self._follow("WatchTasks", WatchingMany(filter, view, self._patience)):
            yield task

    async def _follow(self, name: str, watching: Union[Watching, WatchingMany]) -> AsyncIterator[Any]:
        while not watching.ended:
            try:
                async for change in self._follow_stream(name, watching):
                    yield change
            except QTasksError as error:
                watching.check(error)
            if not watching.ended:
                await asyncio.sleep(watching.pause())

    async def _follow_stream(self, name: str, watching: Union[Watching, WatchingMany]) -> AsyncIterator[Any]:
        method = getattr(self._calls.tasks, name)
        messages = self._calls.stream(method, watching.request(), STREAM_SECONDS)
        async for message in messages:
            change = watching.accept(message)
            if change is not None:
                yield change
            if watching.ended or watching.closing:
                return

    def events(self, task_id: str, *, after: int = 0) -> AsyncIterator[task_pb2.TaskEvent]:
        """Outputs and logs that are kept of a task, oldest first; those after a sequence."""
        return event_pages_async(self._call_method, self._calls.tasks, task_id, after)

    def list(
        self,
        filter: Optional[task_pb2.TaskFilter] = None,
        *,
        page_size: int = 0,
        view: task_pb2.TaskView = task_pb2.TASK_VIEW_BASIC,
    ) -> AsyncIterator[task_pb2.Task]:
        """Every match, newest first; pages are fetched as they are read."""
        return task_pages_async(
            lambda token: self.list_page(filter, page_token=token, page_size=page_size, view=view)
        )

    async def list_page(
        self,
        filter: Optional[task_pb2.TaskFilter] = None,
        *,
        page_token: str = "",
        page_size: int = 0,
        view: task_pb2.TaskView = task_pb2.TASK_VIEW_BASIC,
    ) -> TaskPage:
        """One page of matches, newest first, of at most 1000, by default 50. PAGE_TOKEN_INVALID."""
        request = task_service_pb2.ListTasksRequest(
            filter=filter, page_size=page_size, page_token=page_token, view=view
        )
        answer = await self._call("ListTasks", request)
        return TaskPage(tuple(answer.tasks), answer.next_page_token)

    async def count(self, filter: Optional[task_pb2.TaskFilter] = None) -> task_service_pb2.CountTasksResponse:
        """How many match, in all and by state."""
        return await self._call("CountTasks", task_service_pb2.CountTasksRequest(filter=filter))

    async def cancel(
        self, task_id: str, reason: str = "", *, force_after: Optional[Seconds] = None
    ) -> task_pb2.Task:
        """Asks a task to end. See `Client.cancel`."""
        return (await self._call("CancelTask", cancel_request(task_id, reason, force_after))).task

    async def cancel_matching(
        self, filter: task_pb2.TaskFilter, reason: str = "", *, force_after: Optional[Seconds] = None
    ) -> AsyncIterator[CancelProgress]:
        """Cancels all that match, page by page, with the counts so far after each. Stop reading, and the rest is
        left alone. The filter needs a condition."""
        pages = CancelPages(filter, reason, force_after)
        while not pages.progress.done:
            yield pages.accept(await self._call("BatchCancelTasks", pages.request))

    async def retry(self, task_id: str, *, expected_revision: Optional[int] = None) -> task_pb2.Task:
        """Runs an ended task again, with fresh attempts. TASK_NOT_TERMINAL, REVISION_MISMATCH."""
        request = task_service_pb2.RetryTaskRequest(task_id=task_id, expected_revision=expected_revision)
        return (await self._call("RetryTask", request)).task

    async def retry_matching(self, filter: task_pb2.TaskFilter) -> AsyncIterator[RetryProgress]:
        """Retries all ended ones that match, page by page, with the count so far after each. Stop reading, and the
        rest is left alone. The filter needs a condition."""
        pages = RetryPages(filter)
        while not pages.progress.done:
            yield pages.accept(await self._call("BatchRetryTasks", pages.request))

    async def reschedule(
        self,
        task_id: str,
        *,
        delay: Optional[Seconds] = None,
        schedule_at: Optional[datetime] = None,
        priority: Optional[int] = None,
        expected_revision: Optional[int] = None,
    ) -> task_pb2.Task:
        """Changes time or priority of a waiting task. TASK_ALREADY_STARTED, REVISION_MISMATCH."""
        request = reschedule_request(task_id, delay, schedule_at, priority, expected_revision)
        return (await self._call("RescheduleTask", request)).task

    async def delete(self, task_id: str) -> None:
        """Deletes an ended task with its events. TASK_NOT_TERMINAL; one that is gone is no error."""
        await self._call("DeleteTask", task_service_pb2.DeleteTaskRequest(task_id=task_id))

    async def close(self) -> None:
        """Ends the connection, and what waits with ClientClosedError. No task is touched."""
        self._awaiter.close()
        await self._calls.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _handle_of(self, verdict: Verdict[Enqueued]) -> Union[AsyncTaskHandle, Exception]:
        if isinstance(verdict, Exception):
            return verdict
        return AsyncTaskHandle(self, verdict.task_id, verdict.created)

    async def _enqueue(
        self, requests: Sequence[task_service_pb2.EnqueueTaskRequest]
    ) -> Sequence[Verdict[Enqueued]]:
        batch = task_service_pb2.BatchEnqueueTasksRequest(requests=requests)
        return verdicts(await self._repeated("BatchEnqueueTasks", batch, self._timeout))

    async def _batch_await(
        self, request: task_service_pb2.BatchAwaitTasksRequest, timeout: float
    ) -> task_service_pb2.BatchAwaitTasksResponse:
        return await self._repeated("BatchAwaitTasks", request, timeout)

    async def _repeated(self, name: str, request: Any, timeout: float) -> Any:
        def call() -> Any:
            return self._calls.unary(getattr(self._calls.tasks, name), request, timeout)

        return await with_patience_async(self._patience, call, asyncio.sleep)

    async def _call(self, name: str, request: Any) -> Any:
        return await self._call_method(getattr(self._calls.tasks, name), request)

    async def _call_method(self, method: Any, request: Any) -> Any:
        return await self._calls.unary(method, request, self._timeout)
