"""One task, seen from the program that enqueued it or that knows its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Optional, Type, Union, overload

from qtasksapi.v1 import task_pb2

from ._queries import result_payload
from ._times import Seconds
from ._watching import Change
from .errors import TaskFailedError, is_terminal
from .payloads import M, from_payload, message_of

if TYPE_CHECKING:
    from .client import Client


class TaskHandle:
    """A task by its id. Made by a Client; holds no connection and nothing to close."""

    __slots__ = ("_client", "created", "id")

    #: The task's id.
    id: str
    #: False when the task id or the unique key found an earlier task.
    created: bool

    def __init__(self, client: Client, task_id: str, created: bool) -> None:
        self._client = client
        self.id = task_id
        self.created = created

    @overload
    def result(self, timeout: Optional[float] = None) -> Any: ...

    @overload
    def result(self, timeout: Optional[float] = None, *, message_type: Type[M]) -> M: ...

    def result(self, timeout: Optional[float] = None, *, message_type: Optional[Type[M]] = None) -> Any:
        """The task's result: a JSON value, None where it has none; of a typed task the message, where its
        generated code is imported. With `message_type`, a message of that type, or PayloadError.
        TaskFailedError when it ended otherwise; WaitTimeoutError after `timeout` seconds: it goes on."""
        payload = result_payload(self.wait(timeout))
        return from_payload(payload) if message_type is None else message_of(message_type, payload)

    def wait(self, timeout: Optional[float] = None) -> task_pb2.Task:
        """The task once it has ended, however it ended. WaitTimeoutError after `timeout` seconds."""
        return self._client.wait(self.id, timeout)

    def get(self) -> task_pb2.Task:
        """The task as it is now, in full."""
        return self._client.get(self.id)

    def watch(
        self, *, events: Union[bool, int] = False, view: task_pb2.TaskView = task_pb2.TASK_VIEW_BASIC
    ) -> Iterator[Change]:
        """The task as it is, then after each change until it has ended; see `Client.watch`."""
        return self._client.watch(self.id, events=events, view=view)

    def events(self, *, after: int = 0) -> Iterator[task_pb2.TaskEvent]:
        """Outputs and logs that are kept, oldest first."""
        return self._client.events(self.id, after=after)

    def outputs(self, *, after: int = 0) -> Iterator[Any]:
        """The outputs of a streaming handler as they come. TaskFailedError after the last one when the task
        did not succeed."""
        for change in self.watch(events=after):
            if isinstance(change, task_pb2.TaskEvent):
                if change.HasField("output"):
                    yield from_payload(change.output)
            elif is_terminal(change.state) and change.state != task_pb2.TASK_STATE_SUCCEEDED:
                raise TaskFailedError(change)

    def cancel(self, reason: str = "", *, force_after: Optional[Seconds] = None) -> task_pb2.Task:
        """Asks the task to end; see `Client.cancel`."""
        return self._client.cancel(self.id, reason, force_after=force_after)

    def retry(self) -> task_pb2.Task:
        """Runs the task again after its end; see `Client.retry`."""
        return self._client.retry(self.id)

    def __repr__(self) -> str:
        return f"TaskHandle({self.id!r})"
