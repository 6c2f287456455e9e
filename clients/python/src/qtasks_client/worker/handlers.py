"""What every worker is made with, and the registration of its handlers."""

from __future__ import annotations

import os
import platform
import secrets
import socket
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional, Sequence, TypeVar, Union

import grpc

from qtasksapi.v1 import worker_service_pb2

from .._channel import DEFAULT_ADDRESS, Target
from .._tls import Tls
from .._version import __version__
from ..errors import QTasksError, field_error
from ..options import task_options
from .functions import function_registration
from .registration import Registry
from .servicers import service_registrations

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..options import TaskSettings

F = TypeVar("F", bound=Callable[..., Any])

MAX_SLOTS = 10_000


class HandlerRegistry:
    """The part of a worker that takes handlers, before it starts. It stands in for a grpc server where generated
    code adds a servicer: `add_XServicer_to_server(Impl(), worker)`."""

    #: Coroutine handlers can be run.
    _runs_coroutines = False

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        token: Optional[str] = None,
        tls: Union[bool, Tls, None] = None,
        insecure: bool = False,
        slots: int = 100,
        queues: Sequence[str] = (),
        labels: Optional[Mapping[str, str]] = None,
        build_id: str = "",
        worker_id: Optional[str] = None,
        grace: float = 25.0,
    ) -> None:
        """`address`, `token`, `tls` and `insecure` as of Client. `slots` attempts run at once, 1 to 10,000.
        `queues`: by default those of the tasks. `labels`, `build_id` (the version of your code) and `worker_id`
        (by default host:pid:random) are for people. `grace`: how long a stop lets handlers finish, in seconds."""
        if not isinstance(slots, int) or not 1 <= slots <= MAX_SLOTS:
            raise field_error("slots", f"must be a whole number from 1 to {MAX_SLOTS}; got {slots!r}")
        if grace < 0:
            raise field_error("grace", f"must be 0 or more seconds; got {grace!r}")
        self._target = Target(address, token, tls, insecure)
        self._grace = grace
        self._registry = Registry()
        self._started = False
        self._registration = worker_service_pb2.RegisterWorkerRequest(
            worker_id=worker_id or _new_worker_id(),
            queues=queues,
            slots=slots,
            labels=labels or {},
            build_id=build_id,
            runtime=_runtime(),
        )

    def task(
        self, name: Optional[str] = None, *, description: str = "", **settings: Unpack[TaskSettings]
    ) -> Callable[[F], F]:
        """Registers the decorated function as the handler of a task, by default under the function's name. How
        the input becomes its arguments: a parameter `context` gets the context; one only parameter that is named
        `input` or is positional-only gets the whole value; else the members of a JSON object are keyword
        arguments. What it returns is the result; a generator streams."""
        self._check_open()

        def register(function: F) -> F:
            definition = worker_service_pb2.TaskDefinition(
                name=name or function.__name__, description=description, options=task_options(dict(settings))
            )
            registration = function_registration(definition, function)
            self._check_kind(registration.is_async, definition.name)
            self._registry.add(registration)
            return function

        return register

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """For generated code: adds the methods of servicers. Their descriptors are looked up in the default
        descriptor pool, where generated code puts them."""
        self._check_open()
        for handler in generic_rpc_handlers:
            service = getattr(handler, "service_name", lambda: None)()
            if service is None:
                raise field_error("generic_rpc_handlers", "expected handlers of generated services")
            self._add_service(service, handler.service)

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Dict[str, grpc.RpcMethodHandler]
    ) -> None:
        """For generated code of newer versions, which adds the methods of a servicer by this as well."""
        self._check_open()
        by_path = {f"/{service_name}/{method}": handler for method, handler in method_handlers.items()}
        self._add_service(service_name, lambda details: by_path.get(details.method))

    def _add_service(self, service: str, lookup: Callable[[Any], Optional[grpc.RpcMethodHandler]]) -> None:
        for registration in service_registrations(service, lookup):
            self._check_kind(registration.is_async, registration.definition.name)
            self._registry.add(registration)

    def _check_kind(self, is_async: bool, name: str) -> None:
        if is_async and not self._runs_coroutines:
            raise field_error("handler", f"{name} is a coroutine function: run it by an AsyncWorker")

    def _check_open(self) -> None:
        if self._started:
            raise _misuse("handlers are added before the worker starts")

    def _request(self) -> worker_service_pb2.RegisterWorkerRequest:
        """What the worker registers with."""
        definitions = self._registry.definitions
        if not definitions:
            raise _misuse("the worker has no handlers")
        request = worker_service_pb2.RegisterWorkerRequest(definitions=definitions)
        request.MergeFrom(self._registration)
        return request


def _misuse(message: str) -> QTasksError:
    return QTasksError(grpc.StatusCode.FAILED_PRECONDITION, "CONFIG_INVALID", message)


def _new_worker_id() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def _runtime() -> worker_service_pb2.RuntimeInfo:
    return worker_service_pb2.RuntimeInfo(
        language="python",
        language_version=f"{platform.python_implementation()} {platform.python_version()}",
        sdk_name="qtasks-client",
        sdk_version=__version__,
        host=socket.gethostname(),
        pid=os.getpid(),
    )
