"""One task, seen from the coroutine that enqueued it or that knows its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, AsyncIterator, Optional, Type, Union, overload

from qtasksapi.v1 import task_pb2

from .._queries import result_payload
from .._times import Seconds
from .._watching import Change
from ..errors import TaskFailedError, is_terminal
from ..payloads import M, from_payload, message_of

if TYPE_CHECKING:
    from .client import AsyncClient


class AsyncTaskHandle:
    """A task by its id. Made by an AsyncClient; holds no connection and nothing to close."""

    __slots__ = ("_client", "created", "id")

    #: The task's id.
    id: str
    #: False when the task id or the unique key found an earlier task.
    created: bool

    def __init__(self, client: AsyncClient, task_id: str, created: bool) -> None:
        self._client = client
        self.id = task_id
        self.created = created

    @overload
    async def result(self, timeout: Optional[float] = None) -> Any: ...

    @overload
    async def result(self, timeout: Optional[float] = None, *, message_type: Type[M]) -> M: ...

    async def result(self, timeout: Optional[float] = None, *, message_type: Optional[Type[M]] = None) -> Any:
        """The task's result; see `TaskHandle.result`."""
        payload = result_payload(await self.wait(timeout))
        return from_payload(payload) if message_type is None else message_of(message_type, payload)

    async def wait(self, timeout: Optional[float] = None) -> task_pb2.Task:
        """The task once it has ended, however it ended. WaitTimeoutError after `timeout` seconds."""
        return await self._client.wait(self.id, timeout)

    async def get(self) -> task_pb2.Task:
        """The task as it is now, in full."""
        return await self._client.get(self.id)

    def watch(
        self, *, events: Union[bool, int] = False, view: task_pb2.TaskView = task_pb2.TASK_VIEW_BASIC
    ) -> AsyncIterator[Change]:
        """The task as it is, then after each change until it has ended; see `AsyncClient.watch`."""
        return self._client.watch(self.id, events=events, view=view)

    def events(self, *, after: int = 0) -> AsyncIterator[task_pb2.TaskEvent]:
        """Outputs and logs that are kept, oldest first."""
        return self._client.events(self.id, after=after)

    async def outputs(self, *, after: int = 0) -> AsyncIterator[Any]:
        """The outputs of a streaming handler as they come. TaskFailedError after the last one when the task
        did not succeed."""
        async for change in self.watch(events=after):
            if isinstance(change, task_pb2.TaskEvent):
                if change.HasField("output"):
                    yield from_payload(change.output)
            elif is_terminal(change.state) and change.state != task_pb2.TASK_STATE_SUCCEEDED:
                raise TaskFailedError(change)

    async def cancel(self, reason: str = "", *, force_after: Optional[Seconds] = None) -> task_pb2.Task:
        """Asks the task to end; see `Client.cancel`."""
        return await self._client.cancel(self.id, reason, force_after=force_after)

    async def retry(self) -> task_pb2.Task:
        """Runs the task again after its end; see `Client.retry`."""
        return await self._client.retry(self.id)

    def __repr__(self) -> str:
        return f"AsyncTaskHandle({self.id!r})"
