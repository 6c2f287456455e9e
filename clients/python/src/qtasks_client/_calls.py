"""Calls to a QTasks server over one channel, with QTasksErrors."""

from __future__ import annotations

from typing import Any, Iterator, Optional

import grpc

from qtasksapi.v1.task_service_pb2_grpc import TaskServiceStub

from ._channel import Target
from ._rpc_errors import rpc_error
from .errors import ClientClosedError


class Calls:
    """The TaskService over a channel of its own. Thread-safe."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._channel = target.open()
        self.tasks = TaskServiceStub(self._channel)

    def unary(self, method: Any, request: Any, timeout: float) -> Any:
        """One call, within `timeout` seconds."""
        try:
            return method(request, timeout=timeout, metadata=self._target.metadata)
        except grpc.RpcError as error:
            raise rpc_error(error, self._target.address) from error
        except ValueError as error:
            raise ClientClosedError() from error

    def stream(self, method: Any, request: Any, timeout: Optional[float] = None) -> Iterator[Any]:
        """The messages of a server stream; it is canceled when the iterator is closed."""
        try:
            call = method(request, timeout=timeout, metadata=self._target.metadata)
        except ValueError as error:
            raise ClientClosedError() from error
        try:
            yield from call
        except grpc.RpcError as error:
            raise rpc_error(error, self._target.address) from error
        finally:
            call.cancel()

    def close(self) -> None:
        """Ends the connection; calls under way fail. Harmless when repeated."""
        self._channel.close()
