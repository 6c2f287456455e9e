"""The connection of a worker, which can be replaced while calls are under way."""

from __future__ import annotations

import threading
from typing import Any, Set

import grpc

from qtasksapi.v1.system_service_pb2_grpc import SystemServiceStub
from qtasksapi.v1.task_service_pb2_grpc import TaskServiceStub
from qtasksapi.v1.worker_service_pb2_grpc import WorkerServiceStub

from .._channel import Target
from .._rpc_errors import rpc_error
from ..errors import ClientClosedError


class Link:
    """Channel and stubs. Calls that are under way when it reconnects end on the connection that they have."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._parked: Set[grpc.Future] = set()
        self._closed = False
        self.reconnect()

    def reconnect(self) -> None:
        """Opens a new connection for all calls from now on; the old one is dropped with its last call. Not once
        the worker stops."""
        if self._closed:
            return
        self._channel = self._target.open()
        self.workers = WorkerServiceStub(self._channel)
        self.tasks = TaskServiceStub(self._channel)
        self.system = SystemServiceStub(self._channel)

    def call(self, method: Any, request: Any, timeout: float) -> Any:
        """One call, within `timeout` seconds."""
        try:
            return method(request, timeout=timeout, metadata=self._target.metadata)
        except grpc.RpcError as error:
            raise rpc_error(error, self._target.address) from error
        except ValueError as error:
            raise ClientClosedError from error

    def park(self, method: Any, request: Any, timeout: float) -> Any:
        """As `call`, for a long poll: `cancel_parked` ends it."""
        try:
            future = method.future(request, timeout=timeout, metadata=self._target.metadata)
        except ValueError as error:
            raise ClientClosedError from error
        with self._lock:
            self._parked.add(future)
        if self._closed:
            future.cancel()
        try:
            return future.result()
        except grpc.FutureCancelledError as error:
            raise ClientClosedError("the worker stopped") from error
        except grpc.RpcError as error:
            raise rpc_error(error, self._target.address) from error
        finally:
            with self._lock:
                self._parked.discard(future)

    def cancel_parked(self) -> None:
        """Ends long polls, and those to come. What the server hands out at this moment comes back undelivered."""
        self._closed = True
        with self._lock:
            parked = list(self._parked)
        for future in parked:
            future.cancel()

    def close(self) -> None:
        """Ends the connection; calls under way fail."""
        self.cancel_parked()
        self._channel.close()
