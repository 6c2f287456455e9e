"""Errors of calls and of tasks, as a caller meets them."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

import grpc

from qtasksapi.v1 import task_pb2

from . import payloads


class QTasksError(Exception):
    """A call failed. A task that failed is a `TaskFailedError` instead."""

    #: The gRPC status code.
    code: grpc.StatusCode
    #: Stable, for programs, such as `TASK_NOT_FOUND`. Each reason has an entry in the list of errors.
    reason: str
    #: For people.
    message: str
    #: Field and description of each part of the request that is wrong.
    fields: Sequence[Tuple[str, str]]
    #: Facts, such as the `task_id` that holds a unique key.
    metadata: Mapping[str, str]
    #: Seconds after which a repeat may help, where the server named them.
    retry_after: Optional[float]

    def __init__(
        self,
        code: grpc.StatusCode,
        reason: str,
        message: str,
        *,
        fields: Sequence[Tuple[str, str]] = (),
        metadata: Optional[Mapping[str, str]] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.code = code
        self.reason = reason
        self.message = message
        self.fields = tuple(fields)
        self.metadata = dict(metadata or {})
        self.retry_after = retry_after


class WaitTimeoutError(QTasksError, TimeoutError):
    """A wait was over before its task: code DEADLINE_EXCEEDED, reason STILL_RUNNING. The task goes on."""

    def __init__(self, task_id: str, timeout: float) -> None:
        waited = f" after {timeout:g} s" if timeout else ""
        message = f"task {task_id} has not ended{waited}; it goes on"
        metadata = {"task_id": task_id} if task_id else {}
        super().__init__(grpc.StatusCode.DEADLINE_EXCEEDED, "STILL_RUNNING", message, metadata=metadata)


class ClientClosedError(QTasksError):
    """The client was closed before the call or during it: code CANCELLED, reason CALL_CANCELED."""

    def __init__(self, message: str = "the client was closed") -> None:
        super().__init__(grpc.StatusCode.CANCELLED, "CALL_CANCELED", message)


class TaskFailedError(Exception):
    """A task ended FAILED, CANCELED or EXPIRED."""

    #: The task as it ended.
    task: task_pb2.Task
    #: Why.
    failure: task_pb2.Failure

    def __init__(self, task: task_pb2.Task) -> None:
        self.task = task
        self.failure = task.failure if task.HasField("failure") else _unexplained(task)
        name = task.spec.name or "task"
        super().__init__(f"{name} {task.task_id} {state_name(task.state)}: {self.failure.message}")

    @property
    def task_id(self) -> str:
        """The id of the task."""
        return str(self.task.task_id)

    @property
    def state(self) -> str:
        """`failed`, `canceled` or `expired`."""
        return state_name(self.task.state)

    @property
    def code(self) -> int:
        """A google.rpc.Code; 0 where the handler chose none."""
        return int(self.failure.code)

    @property
    def type(self) -> str:
        """Stable type of the application, such as `acme.mail.BadAddress`; may be empty."""
        return str(self.failure.type)

    @property
    def message(self) -> str:
        """What the handler said, for people."""
        return str(self.failure.message)

    @property
    def details(self) -> Any:
        """The handler's details: a JSON value, a protobuf message such as google.rpc.Status, or None."""
        if not self.failure.HasField("details"):
            return None
        return payloads.from_payload(self.failure.details)


def state_name(state: int) -> str:
    """The name of a TaskState in lower case: `succeeded`, `failed`, `running` and so on."""
    return str(task_pb2.TaskState.Name(state)).replace("TASK_STATE_", "", 1).lower()


def is_terminal(state: int) -> bool:
    """Whether a task in this state has ended."""
    return state >= task_pb2.TASK_STATE_SUCCEEDED


def field_error(field: str, problem: str) -> QTasksError:
    """The error of an argument: INVALID_ARGUMENT / FIELD_VIOLATION."""
    code = grpc.StatusCode.INVALID_ARGUMENT
    return QTasksError(code, "FIELD_VIOLATION", f"{field}: {problem}", fields=[(field, problem)])


def _unexplained(task: task_pb2.Task) -> task_pb2.Failure:
    kinds: Dict[int, task_pb2.FailureKind] = {
        task_pb2.TASK_STATE_CANCELED: task_pb2.FAILURE_KIND_CANCELED,
        task_pb2.TASK_STATE_EXPIRED: task_pb2.FAILURE_KIND_EXPIRED,
    }
    message = task.cancel_reason or "no reason was given"
    return task_pb2.Failure(kind=kinds.get(task.state, task_pb2.FAILURE_KIND_UNSPECIFIED), message=message)
