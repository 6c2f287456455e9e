"""What a worker can run: a definition for the server, a handler for this process."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional

import grpc
from google.protobuf.descriptor import FileDescriptor

from qtasksapi.v1 import worker_service_pb2

from ..errors import QTasksError


class Registration(NamedTuple):
    """A handler under its task's name."""

    #: Sent to the server when the worker registers.
    definition: worker_service_pb2.TaskDefinition
    #: Runs an attempt with the parts of its worker; gives an Outcome, or a coroutine of one. Never raises.
    run: Callable[[Any, Any], Any]
    #: `run` gives a coroutine, for the event loop; else it is for a thread.
    is_async: bool
    #: What the user registered, to know it again.
    handler: Any
    #: Where a typed task's messages are described.
    file: Optional[FileDescriptor] = None


class Registry:
    """Registrations by task name."""

    def __init__(self) -> None:
        self._by_name: Dict[str, Registration] = {}

    def add(self, registration: Registration) -> None:
        """Adds a handler. The same one again is harmless, since generated code registers twice;
        DEFINITION_CONFLICT where another has the name."""
        name = registration.definition.name
        known = self._by_name.get(name)
        if known is not None and known.handler is not registration.handler:
            code = grpc.StatusCode.FAILED_PRECONDITION
            raise QTasksError(code, "DEFINITION_CONFLICT", f"two handlers for the task {name}")
        self._by_name.setdefault(name, registration)

    def get(self, name: str) -> Optional[Registration]:
        """The handler of a task, if there is one."""
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[Registration]:
        return iter(self._by_name.values())

    @property
    def definitions(self) -> List[worker_service_pb2.TaskDefinition]:
        """What the server is told."""
        return [registration.definition for registration in self]

    @property
    def files(self) -> List[FileDescriptor]:
        """Where the messages of typed tasks are described."""
        files = {r.file.name: r.file for r in self if r.file is not None}
        return list(files.values())
