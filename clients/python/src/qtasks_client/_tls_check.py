"""Tells the first durable call over TLS what is wrong with its certificates.

Such calls wait for a connection, which is right while a server restarts; but certificates that don't fit would
look like a server that never comes, until the call's deadline.
"""

from __future__ import annotations

import asyncio
from typing import Any, Callable, List

import grpc

from ._channel import Target
from ._rpc_errors import is_misconfigured, rpc_error

# Any method: only whether the connection is made counts.
_METHOD = "/grpc.health.v1.Health/Check"
_TIMEOUT = 5.0


def check_tls(target: Target) -> bool:
    """Whether a connection was made. Raises QTasksError where its TLS can't be agreed on."""
    with target.open() as channel:
        try:
            channel.unary_unary(_METHOD)(b"", timeout=_TIMEOUT, wait_for_ready=False)
        except grpc.RpcError as failure:
            error = rpc_error(failure, target.address)
            if is_misconfigured(error):
                raise error from failure
            return error.code is not grpc.StatusCode.UNAVAILABLE
    return True


class TlsCheck(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Checks before each call until a connection was made once."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._passed = False

    def intercept_unary_unary(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """For gRPC."""
        self._check()
        return continuation(details, request)

    def intercept_unary_stream(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """For gRPC."""
        self._check()
        return continuation(details, request)

    def _check(self) -> None:
        self._passed = self._passed or check_tls(self._target)


def aio_tls_checks(target: Target) -> List[Any]:
    """As TlsCheck, for the channels of an event loop: an interceptor for each kind of call."""
    check = _AioCheck(target)
    return [_AioUnary(check), _AioStream(check)]


class _AioCheck:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._passed = False

    async def __call__(self) -> None:
        self._passed = self._passed or await asyncio.to_thread(check_tls, self._target)


class _AioUnary(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, check: _AioCheck) -> None:
        self._check = check

    async def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        await self._check()
        return await continuation(details, request)


class _AioStream(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, check: _AioCheck) -> None:
        self._check = check

    async def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        await self._check()
        return await continuation(details, request)
