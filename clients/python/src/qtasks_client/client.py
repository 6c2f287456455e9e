"""What a program with threads uses to enqueue, await, watch and cancel tasks."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Optional, Sequence, Union

from qtasksapi.v1 import task_pb2, task_service_pb2

from ._batches import Enqueued, Verdict, chunks, or_raise, verdicts
from ._calls import Calls
from ._channel import DEFAULT_ADDRESS, Target
from ._coalescer import Coalescer
from ._gather import gather_tasks
from ._pages import CancelPages, RetryPages, event_pages, task_pages
from ._patience import with_patience
from ._queries import (
    ANSWER_MARGIN,
    EMPTY_REST,
    LONGEST_WAIT,
    CancelProgress,
    RetryProgress,
    TaskPage,
    await_request,
    cancel_request,
    reschedule_request,
    result_payload,
)
from ._requests import TaskName, enqueue_request
from ._times import Seconds, duration_of
from ._tls import Tls
from ._watching import STREAM_SECONDS, Change, Watching, WatchingMany
from .errors import QTasksError, WaitTimeoutError
from .handle import TaskHandle
from .payloads import from_payload
from .task_request import TaskRequest

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .options import EnqueueOptions


class Client:
    """A client over gRPC. Thread-safe: share one. Concurrent enqueues are gathered into batches.

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
        """`address` is HOST:PORT. `token` is sent as bearer token; beyond this machine it needs `tls`, or
        `insecure`. `tls` is True for the system's authorities. `timeout` is the deadline of a call that does
        not wait for tasks, `patience` how long a call is repeated while no server answers, in seconds."""
        self._calls = Calls(Target(address, token, tls, insecure))
        self._tasks = self._calls.tasks
        self._timeout = timeout
        self._patience = patience
        self._enqueuer: Coalescer[task_service_pb2.EnqueueTaskRequest, Enqueued] = Coalescer(self._enqueue)

    def enqueue(self, task: TaskName, input: Any = None, **options: Unpack[EnqueueOptions]) -> TaskHandle:
        """Enqueues a task; returns once it is durable. `task` is a name or a method descriptor; `input` any
        JSON value, a protobuf message (a typed task), or a Payload."""
        enqueued = self._enqueuer.call(enqueue_request(task, input, options))
        return TaskHandle(self, enqueued.task_id, enqueued.created)

    def enqueue_many(self, requests: Iterable[TaskRequest], *, return_exceptions: bool = False) -> List[Any]:
        """Enqueues many in batches of up to 1000; a TaskHandle for each, in order. Each item stands for
        itself: with `return_exceptions` its error is in its place, else the first error is raised after all
        were sent."""
        results: List[Any] = []
        for chunk in chunks(request.to_message() for request in requests):
            results.extend(self._handle_of(verdict) for verdict in self._enqueue(chunk))
        return or_raise(results, return_exceptions)

    def run(
        self,
        task: TaskName,
        input: Any = None,
        *,
        timeout: Optional[float] = None,
        **options: Unpack[EnqueueOptions],
    ) -> Any:
        """Enqueues a task and gives its result, by one call where it ends soon. Raises as TaskHandle.result."""
        request = enqueue_request(task, input, options)
        until = None if timeout is None else time.monotonic() + timeout
        wait = LONGEST_WAIT if timeout is None else min(timeout, LONGEST_WAIT)
        run = task_service_pb2.RunTaskRequest(enqueue=request, wait=duration_of(wait))
        answer = self._repeated(self._tasks.RunTask, run, wait + ANSWER_MARGIN)
        if answer.done:
            return from_payload(result_payload(answer.task))
        left = None if until is None else max(0.0, until - time.monotonic())
        return self.handle(answer.task.task_id).result(left)

    def handle(self, task_id: str) -> TaskHandle:
        """A handle to a task that exists, or may; nothing is asked."""
        return TaskHandle(self, task_id, False)

    def gather(
        self,
        handles: Iterable[Union[TaskHandle, str]],
        *,
        timeout: Optional[float] = None,
        return_exceptions: bool = False,
    ) -> List[Any]:
        """The results of many tasks, in order, by few calls. Without `return_exceptions` the first
        TaskFailedError is raised. WaitTimeoutError after `timeout` seconds; the tasks go on."""
        ids = [handle if isinstance(handle, str) else handle.id for handle in handles]
        return gather_tasks(self._long_poll, self._tasks, ids, timeout, return_exceptions)

    def wait(self, task_id: str, timeout: Optional[float] = None) -> task_pb2.Task:
        """The task once it has ended, however it ended. WaitTimeoutError after `timeout` seconds; 0 asks
        once. The task goes on in any case."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            left = LONGEST_WAIT if until is None else max(0.0, until - time.monotonic())
            wait = min(left, LONGEST_WAIT)
            asked_at = time.monotonic()
            request = await_request(task_id, wait)
            answer = self._long_poll(self._tasks.AwaitTask, request, wait + ANSWER_MARGIN)
            if answer is not None and answer.done:
                return answer.task
            if until is not None and time.monotonic() >= until:
                raise WaitTimeoutError(task_id, timeout or 0.0)
            if time.monotonic() - asked_at < wait / 2:
                time.sleep(min(EMPTY_REST, wait))

    def get(self, task_id: str, *, view: task_pb2.TaskView = task_pb2.TASK_VIEW_FULL) -> task_pb2.Task:
        """The task as it is now. TASK_NOT_FOUND."""
        request = task_service_pb2.GetTaskRequest(task_id=task_id, view=view)
        return self._call(self._tasks.GetTask, request).task

    def watch(
        self,
        task_id: str,
        *,
        events: Union[bool, int] = False,
        view: task_pb2.TaskView = task_pb2.TASK_VIEW_BASIC,
    ) -> Iterator[Change]:
        """The Task as it is, then after each change until it has ended. With `events`, its TaskEvents too:
        True from the first, a number from those after that sequence. Goes on over lost connections."""
        return self._follow(self._tasks.WatchTask, Watching(task_id, events, view, self._patience))

    def watch_many(
        self, filter: task_pb2.TaskFilter, *, view: task_pb2.TaskView = task_pb2.TASK_VIEW_BASIC
    ) -> Iterator[task_pb2.Task]:
        """Every match as it is, then each after a change, until you stop reading. One stream for all: at most 1000
        may match at first, else RESOURCE_EXHAUSTED. The filter needs a condition. Goes on over lost connections;
        what was seen before is not given again."""
        return self._follow(self._tasks.WatchTasks, WatchingMany(filter, view, self._patience))

    def _follow(self, method: Any, watching: Union[Watching, WatchingMany]) -> Iterator[Any]:
        while not watching.ended:
            try:
                yield from self._follow_stream(method, watching)
            except QTasksError as error:
                watching.check(error)
            if not watching.ended:
                time.sleep(watching.pause())

    def _follow_stream(self, method: Any, watching: Union[Watching, WatchingMany]) -> Iterator[Any]:
        messages = self._calls.stream(method, watching.request(), STREAM_SECONDS)
        for message in messages:
            change = watching.accept(message)
            if change is not None:
                yield change
            if watching.ended or watching.closing:
                return

    def events(self, task_id: str, *, after: int = 0) -> Iterator[task_pb2.TaskEvent]:
        """Outputs and logs that are kept of a task, oldest first; those after a sequence."""
        return event_pages(self._call, self._tasks, task_id, after)

    def list(
        self,
        filter: Optional[task_pb2.TaskFilter] = None,
        *,
        page_size: int = 0,
        view: task_pb2.TaskView = task_pb2.TASK_VIEW_BASIC,
    ) -> Iterator[task_pb2.Task]:
        """Every match, newest first; pages are fetched as they are read."""
        return task_pages(lambda token: self.list_page(filter, page_token=token, page_size=page_size, view=view))

    def list_page(
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
        answer = self._call(self._tasks.ListTasks, request)
        return TaskPage(list(answer.tasks), answer.next_page_token)

    def count(self, filter: Optional[task_pb2.TaskFilter] = None) -> task_service_pb2.CountTasksResponse:
        """How many match, in all and by state."""
        return self._call(self._tasks.CountTasks, task_service_pb2.CountTasksRequest(filter=filter))

    def cancel(self, task_id: str, reason: str = "", *, force_after: Optional[Seconds] = None) -> task_pb2.Task:
        """Asks a task to end. A waiting one is CANCELED; of a running one the handler decides. After
        `force_after` it is CANCELED whatever the handler does; 0: at once."""
        request = cancel_request(task_id, reason, force_after)
        return self._call(self._tasks.CancelTask, request).task

    def cancel_matching(
        self, filter: task_pb2.TaskFilter, reason: str = "", *, force_after: Optional[Seconds] = None
    ) -> Iterator[CancelProgress]:
        """Cancels all that match, page by page, with the counts so far after each. Stop reading, and the rest is
        left alone. The filter needs a condition."""
        pages = CancelPages(filter, reason, force_after)
        while not pages.progress.done:
            yield pages.accept(self._call(self._tasks.BatchCancelTasks, pages.request))

    def retry(self, task_id: str, *, expected_revision: Optional[int] = None) -> task_pb2.Task:
        """Runs an ended task again, with fresh attempts. TASK_NOT_TERMINAL, REVISION_MISMATCH."""
        request = task_service_pb2.RetryTaskRequest(task_id=task_id, expected_revision=expected_revision)
        return self._call(self._tasks.RetryTask, request).task

    def retry_matching(self, filter: task_pb2.TaskFilter) -> Iterator[RetryProgress]:
        """Retries all ended ones that match, page by page, with the count so far after each. Stop reading, and the
        rest is left alone. The filter needs a condition."""
        pages = RetryPages(filter)
        while not pages.progress.done:
            yield pages.accept(self._call(self._tasks.BatchRetryTasks, pages.request))

    def reschedule(
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
        return self._call(self._tasks.RescheduleTask, request).task

    def delete(self, task_id: str) -> None:
        """Deletes an ended task with its events. TASK_NOT_TERMINAL; one that is gone is no error."""
        self._call(self._tasks.DeleteTask, task_service_pb2.DeleteTaskRequest(task_id=task_id))

    def close(self) -> None:
        """Ends the connection; calls under way fail. No task is touched."""
        self._calls.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _handle_of(self, verdict: Verdict[Enqueued]) -> Union[TaskHandle, Exception]:
        if isinstance(verdict, Exception):
            return verdict
        return TaskHandle(self, verdict.task_id, verdict.created)

    def _enqueue(self, requests: Sequence[task_service_pb2.EnqueueTaskRequest]) -> Sequence[Verdict[Enqueued]]:
        batch = task_service_pb2.BatchEnqueueTasksRequest(requests=requests)
        return verdicts(self._repeated(self._tasks.BatchEnqueueTasks, batch, self._timeout))

    def _repeated(self, method: Any, request: Any, timeout: float) -> Any:
        return with_patience(self._patience, lambda: self._calls.unary(method, request, timeout), time.sleep)

    def _long_poll(self, method: Any, request: Any, timeout: float) -> Any:
        """As `_repeated`; None where the call was cut, as by a proxy, which says nothing of the task."""
        try:
            return self._repeated(method, request, timeout)
        except QTasksError as error:
            if error.reason != "STILL_RUNNING":
                raise
            return None

    def _call(self, method: Any, request: Any) -> Any:
        return self._calls.unary(method, request, self._timeout)
