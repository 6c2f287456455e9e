"""The context that an asyncio servicer gets."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, List, NoReturn, Union

import grpc

from .attempt import Attempt
from .call_facts import CallFacts
from .call_status import CallStatus, Trailers, trailers_of
from .context import Parts
from .servicing import Method


class AioTaskServicerContext(CallFacts, grpc.aio.ServicerContext):
    """A grpc.aio.ServicerContext over an attempt. A method that is to stop is canceled."""

    def __init__(self, attempt: Attempt, status: CallStatus, method: Method, parts: Parts) -> None:
        super().__init__(attempt)
        self.status = status
        #: The request, once it is decoded.
        self.request: Any = None
        self._method = method
        self._parts = parts
        self._read = False
        self._callbacks: List[Callable[[Any], None]] = []
        self._ended = False

    async def read(self) -> Any:
        """The one request, then EOF."""
        if self._read:
            return grpc.aio.EOF
        self._read = True
        return self.request

    async def write(self, message: Any) -> None:
        """Sends one message of the stream; waits while the server can't keep up."""
        if not self._method.streams:
            raise grpc.aio.UsageError("a method that does not stream returns its response")
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()

        def finish() -> None:
            if not ready.done():
                ready.set_result(None)

        payload = self._method.payload_of(message)
        self._parts.recorder.output(self._attempt, payload, lambda: loop.call_soon_threadsafe(finish))
        await ready
        self._parts.recorder.check_open(self._attempt)

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Of no effect: an outcome has no headers."""

    async def abort(
        self, code: grpc.StatusCode, details: Union[str, bytes] = "", trailing_metadata: Any = ()
    ) -> NoReturn:
        """Ends the call with this status: raises."""
        if trailing_metadata:
            self.set_trailing_metadata(trailing_metadata)
        self.status.abort(code, details)
        raise AssertionError("abort raises")

    async def abort_with_status(self, status: grpc.Status) -> NoReturn:
        """Ends the call with a status as grpc_status makes them, its details included: raises."""
        await self.abort(status.code, status.details, status.trailing_metadata)

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        """Of these, grpc-status-details-bin goes with a failure."""
        self.status.trailers = trailers_of(trailing_metadata)

    def trailing_metadata(self) -> Trailers:
        """As it was set."""
        return self.status.trailers

    def set_code(self, code: grpc.StatusCode) -> None:
        """The status when the method ends, whether it raises or not."""
        self.status.code = code

    def set_details(self, details: Union[str, bytes]) -> None:
        """The status message."""
        self.status.set_details(details)

    def code(self) -> Any:
        """As it was set."""
        return self.status.code

    def details(self) -> Any:
        """As it was set."""
        return self.status.details

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Calls back with this context when the method has ended."""
        self._callbacks.append(callback)

    def cancelled(self) -> bool:
        """The method is to stop."""
        return self._attempt.aborted is not None

    def done(self) -> bool:
        """The method has ended."""
        return self._ended

    def end(self) -> None:
        """The method has ended."""
        self._ended = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)
