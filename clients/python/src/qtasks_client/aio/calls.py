"""Calls to a QTasks server over one channel of an event loop, with QTasksErrors."""

from __future__ import annotations

from typing import Any, AsyncIterator, Optional

import grpc

from qtasksapi.v1.task_service_pb2_grpc import TaskServiceStub

from .._channel import Target
from .._rpc_errors import rpc_error
from ..errors import ClientClosedError


class AsyncCalls:
    """The TaskService over a channel of its own, opened in the event loop of the first call."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._channel: Optional[grpc.aio.Channel] = None
        self._stub: Any = None
        self.closed = False

    @property
    def tasks(self) -> Any:
        """The stub; ClientClosedError after `close`."""
        if self.closed:
            raise ClientClosedError
        if self._channel is None:
            self._channel = self._target.open_aio()
            self._stub = TaskServiceStub(self._channel)
        return self._stub

    async def unary(self, method: Any, request: Any, timeout: float) -> Any:
        """One call, within `timeout` seconds."""
        try:
            return await method(request, timeout=timeout, metadata=self._target.metadata)
        except grpc.aio.AioRpcError as error:
            raise self._error(error) from error
        except grpc.aio.UsageError as error:
            raise ClientClosedError from error

    async def stream(self, method: Any, request: Any, timeout: Optional[float] = None) -> AsyncIterator[Any]:
        """The messages of a server stream; it is canceled when the iterator is closed."""
        call = method(request, timeout=timeout, metadata=self._target.metadata)
        try:
            async for message in call:
                yield message
        except grpc.aio.AioRpcError as error:
            raise self._error(error) from error
        finally:
            call.cancel()

    async def close(self) -> None:
        """Ends the connection; calls under way fail. Harmless when repeated."""
        self.closed = True
        if self._channel is not None:
            await self._channel.close()

    def _error(self, error: grpc.aio.AioRpcError) -> Exception:
        return ClientClosedError() if self.closed else rpc_error(error, self._target.address)
