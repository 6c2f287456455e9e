"""One task of an `enqueue_many`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

from qtasksapi.v1 import task_service_pb2

from ._requests import TaskName, enqueue_request

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .options import EnqueueOptions


class TaskRequest:
    """What is to be enqueued: the arguments of `Client.enqueue`."""

    __slots__ = ("input", "options", "task")

    def __init__(self, task: TaskName, input: Any = None, **options: Unpack[EnqueueOptions]) -> None:
        self.task = task
        self.input = input
        self.options: Dict[str, Any] = dict(options)

    def to_message(self) -> task_service_pb2.EnqueueTaskRequest:
        """As it is sent, with a task id. FIELD_VIOLATION names what is wrong."""
        return enqueue_request(self.task, self.input, self.options)
