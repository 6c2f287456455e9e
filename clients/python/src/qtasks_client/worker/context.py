"""What a handler is told of its attempt, and what it can say."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, NamedTuple, Optional

from qtasksapi.v1 import task_pb2

from ..errors import field_error
from ..handler_errors import AttemptAborted
from ..payloads import from_payload, to_payload
from .attempt import Attempt
from .children import Children, ChildTask
from .failures import clip
from .recorder import Recorder
from .session import Session
from .task_log import TaskLog

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..options import EnqueueOptions

_MAX_CHECKPOINT_BYTES = 64 << 10
_MAX_PROGRESS_BYTES = 1_000


class Parts(NamedTuple):
    """What all contexts of a worker share."""

    session: Session
    recorder: Recorder


class BaseContext:
    """What both kinds of handlers have. Thread-safe."""

    def __init__(self, attempt: Attempt, parts: Parts) -> None:
        self._attempt = attempt
        self._parts = parts
        self._children: Optional[Children] = None
        leased = attempt.leased
        #: The task's id.
        self.task_id: str = leased.task_id
        #: Which lease of the task this is, from 1.
        self.attempt: int = leased.attempt
        #: Grows with each lease of the task: hand it to stores that can refuse older writers.
        self.fencing_token: int = leased.fencing_token

    @property
    def name(self) -> str:
        """The task's name."""
        return str(self._attempt.spec.name)

    @property
    def queue(self) -> str:
        """The task's queue."""
        return str(self._attempt.spec.options.queue)

    @property
    def headers(self) -> Mapping[str, str]:
        """As the caller gave them."""
        return dict(self._attempt.spec.headers)

    @property
    def parent_task_id(self) -> Optional[str]:
        """The task from whose handler this one was enqueued."""
        return self._attempt.spec.parent_task_id or None

    @property
    def previous_failure(self) -> Optional[task_pb2.Failure]:
        """Why the attempt before failed."""
        leased = self._attempt.leased
        return leased.previous_failure if leased.HasField("previous_failure") else None

    @property
    def output_count(self) -> int:
        """Outputs recorded so far, for handlers that can resume."""
        return int(self._attempt.leased.output_count)

    @property
    def aborted(self) -> Optional[AttemptAborted]:
        """Why the handler is to stop, or None."""
        return self._attempt.aborted

    @property
    def log(self) -> TaskLog:
        """A log that is kept with the task, and goes to the logger `qtasks_client.task` as well."""
        return TaskLog(self._attempt, self._parts.recorder)

    def time_remaining(self) -> Optional[float]:
        """Seconds until the attempt times out; None without a limit."""
        deadline = self._attempt.deadline
        return None if deadline is None else max(0.0, deadline - time.monotonic())

    def on_abort(self, callback: Callable[[], object]) -> None:
        """Calls back once, from any thread, when the handler is to stop."""
        self._attempt.on_abort(callback)

    def check(self) -> None:
        """Raises AttemptAborted when the handler is to stop: call it now and then."""
        if self._attempt.aborted is not None:
            raise self._attempt.aborted

    def progress(self, completed: float, total: float = 0.0, message: str = "") -> None:
        """What `watch` shows: completed of total units, 0 for unknown. Sent at most ten times a second; the
        latest counts."""
        for field, value in (("completed", completed), ("total", total)):
            if not math.isfinite(value) or value < 0:
                raise field_error(field, f"must be 0 or more; got {value!r}")
        text = clip(message, _MAX_PROGRESS_BYTES)
        progress = task_pb2.Progress(completed=completed, total=total, message=text)
        self._parts.recorder.progress(self._attempt, progress)

    def checkpoint(self) -> Any:
        """What `save_checkpoint` was given last, here or in an earlier attempt; None for nothing."""
        leased = self._attempt.leased
        saved = self._attempt.checkpoint or (leased.checkpoint if leased.HasField("checkpoint") else None)
        return from_payload(saved)

    def save_checkpoint(self, value: Any) -> None:
        """Leaves a value of at most 64 KiB to the next attempt, should there be one."""
        payload = to_payload(value)
        size = len(payload.data) + len(payload.text.encode())
        if size > _MAX_CHECKPOINT_BYTES:
            limit = f"at most {_MAX_CHECKPOINT_BYTES} bytes"
            raise field_error("checkpoint", f"must be {limit}; this one has {size}")
        self._attempt.checkpoint = payload

    def _enqueue(self, name: str, input: Any, options: Dict[str, Any]) -> ChildTask:
        if self._children is None:
            self._children = Children(self._attempt, self._parts.session)
        return self._children.enqueue(name, input, options)


class Context(BaseContext):
    """The context of a plain function."""

    @property
    def canceled(self) -> bool:
        """The handler is to stop, for whatever reason: see `aborted`."""
        return self._attempt.aborted is not None

    def sleep(self, seconds: float) -> None:
        """Sleeps; raises AttemptAborted as soon as the handler is to stop."""
        ended = threading.Event()
        self._attempt.on_abort(ended.set)
        ended.wait(seconds)
        self.check()

    def output(self, value: Any) -> None:
        """Sends one item of a stream; waits while the server can't keep up."""
        ready = threading.Event()
        self._parts.recorder.output(self._attempt, to_payload(value), ready.set)
        ready.wait()
        self._parts.recorder.check_open(self._attempt)

    def enqueue(self, name: str, input: Any = None, **options: Unpack[EnqueueOptions]) -> ChildTask:
        """Enqueues a child task. A retried parent finds the children that it has enqueued before, unless
        `task_id` says otherwise."""
        return self._enqueue(name, input, dict(options))


class AsyncContext(BaseContext):
    """The context of a coroutine or an asynchronous generator. A handler that is to stop is canceled."""

    async def output(self, value: Any) -> None:
        """Sends one item of a stream; waits while the server can't keep up."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        self._parts.recorder.output(
            self._attempt, to_payload(value), lambda: loop.call_soon_threadsafe(_finish, ready)
        )
        await ready
        self._parts.recorder.check_open(self._attempt)

    async def enqueue(self, name: str, input: Any = None, **options: Unpack[EnqueueOptions]) -> ChildTask:
        """Enqueues a child task. A retried parent finds the children that it has enqueued before, unless
        `task_id` says otherwise."""
        return await asyncio.to_thread(self._enqueue, name, input, dict(options))


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
