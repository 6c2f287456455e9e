"""Durable calls: the methods of a user's own service, called by its generated stub on the task service.

Each call carries a task id, so that it may be repeated and still is one task; and it is repeated while the server
can't be reached, so that it survives both the worker and the connection.
"""

from __future__ import annotations

import json
from typing import Any, Callable, List, NamedTuple, Optional, Tuple, Union

import grpc

from ._channel import DEFAULT_ADDRESS, Target
from ._ids import uuid7
from ._tls import Tls
from ._tls_check import TlsCheck, aio_tls_checks

#: The request's metadata that names the task.
TASK_ID_KEY = "qtasks-task-id"


class _Details(NamedTuple):
    """What interceptors hand on; grpc has no public class for it."""

    method: Any
    timeout: Optional[float]
    metadata: Any
    credentials: Any
    wait_for_ready: Optional[bool]
    compression: Any


class _AioDetails(NamedTuple):
    method: Any
    timeout: Optional[float]
    metadata: Any
    credentials: Any
    wait_for_ready: Optional[bool]


class DurableCallInterceptor(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Sets the metadata `qtasks-task-id`, a new UUIDv7, on every call that has none."""

    def __init__(self, token: Optional[str] = None) -> None:
        """`token` is sent as bearer token."""
        self._token = token

    def intercept_unary_unary(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """For gRPC."""
        return continuation(self._with_id(details), request)

    def intercept_unary_stream(self, continuation: Callable[..., Any], details: Any, request: Any) -> Any:
        """For gRPC."""
        return continuation(self._with_id(details), request)

    def _with_id(self, details: Any) -> _Details:
        return _Details(
            details.method,
            details.timeout,
            call_metadata(details.metadata, self._token),
            details.credentials,
            getattr(details, "wait_for_ready", None),
            getattr(details, "compression", None),
        )


class _AioUnary(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, token: Optional[str]) -> None:
        self._token = token

    async def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        return await continuation(_aio_with_id(details, self._token), request)


class _AioStream(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, token: Optional[str]) -> None:
        self._token = token

    async def intercept_unary_stream(self, continuation: Any, details: Any, request: Any) -> Any:
        return await continuation(_aio_with_id(details, self._token), request)


def durable_channel(
    address: str = DEFAULT_ADDRESS,
    *services: str,
    token: Optional[str] = None,
    tls: Union[bool, Tls, None] = None,
    insecure: bool = False,
) -> grpc.Channel:
    """A channel for generated stubs of the named services (`acme.mail.v1.MailTasks`), or of any where none is
    named. Calls wait while the server is away: give them a timeout. They raise QTasksError where the certificates
    of `tls` don't fit the server's."""
    target = Target(address, token, tls, insecure)
    channel = target.open(durable_service_config(*services))
    checks = [TlsCheck(target)] if tls else []
    return grpc.intercept_channel(channel, *checks, DurableCallInterceptor(token))


def durable_channel_aio(
    address: str = DEFAULT_ADDRESS,
    *services: str,
    token: Optional[str] = None,
    tls: Union[bool, Tls, None] = None,
    insecure: bool = False,
) -> grpc.aio.Channel:
    """As `durable_channel`, for stubs in the running event loop."""
    target = Target(address, token, tls, insecure)
    checks = aio_tls_checks(target) if tls else []
    return target.open_aio(durable_service_config(*services), [*checks, *aio_interceptors(token)])


def aio_interceptors(token: Optional[str] = None) -> List[Any]:
    """As DurableCallInterceptor, for the channels of an event loop."""
    return [_AioUnary(token), _AioStream(token)]


def durable_service_config(*services: str) -> str:
    """The service config of a channel whose calls carry task ids: five attempts within about 15 s on
    UNAVAILABLE, each of which waits for a connection. For the channel option `grpc.service_config`."""
    policy = {
        "maxAttempts": 5,
        "initialBackoff": "1s",
        "maxBackoff": "10s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    names = [{"service": service} for service in services] or [{}]
    return json.dumps({"methodConfig": [{"name": names, "waitForReady": True, "retryPolicy": policy}]})


def call_metadata(metadata: Any, token: Optional[str] = None) -> Tuple[Tuple[str, Any], ...]:
    """The metadata with a task id, and with the bearer token where there is one."""
    given = tuple((key, value) for key, value in metadata or ())
    keys = {key.lower() for key, _ in given}
    if TASK_ID_KEY not in keys:
        given += ((TASK_ID_KEY, uuid7()),)
    if token is not None and "authorization" not in keys:
        given += (("authorization", f"Bearer {token}"),)
    return given


def _aio_with_id(details: Any, token: Optional[str]) -> _AioDetails:
    metadata = grpc.aio.Metadata(*call_metadata(details.metadata, token))
    return _AioDetails(details.method, details.timeout, metadata, details.credentials, details.wait_for_ready)
