"""Client and worker for QTasks: durable tasks over gRPC.

`Client` and `AsyncClient` enqueue, await, watch and cancel tasks; `durable_channel` is for generated stubs.
"""

from ._channel import DEFAULT_ADDRESS, Tls
from ._queries import TaskPage
from ._version import __version__
from ._watching import Change
from .aio.client import AsyncClient
from .aio.handle import AsyncTaskHandle
from .client import Client
from .durable_calls import (
    DurableCallInterceptor,
    aio_interceptors,
    durable_channel,
    durable_channel_aio,
    durable_service_config,
)
from .errors import ClientClosedError, QTasksError, TaskFailedError, WaitTimeoutError
from .handle import TaskHandle
from .options import EnqueueOptions, RetryPolicy, TaskSettings, UniqueKey
from .payloads import PayloadError, from_payload, message_of, message_payload, to_payload
from .task_request import TaskRequest

__all__ = [
    "AsyncClient",
    "AsyncTaskHandle",
    "Change",
    "Client",
    "ClientClosedError",
    "DEFAULT_ADDRESS",
    "DurableCallInterceptor",
    "EnqueueOptions",
    "PayloadError",
    "QTasksError",
    "RetryPolicy",
    "TaskFailedError",
    "TaskHandle",
    "TaskPage",
    "TaskRequest",
    "TaskSettings",
    "Tls",
    "UniqueKey",
    "WaitTimeoutError",
    "__version__",
    "aio_interceptors",
    "durable_channel",
    "durable_channel_aio",
    "durable_service_config",
    "from_payload",
    "message_of",
    "message_payload",
    "to_payload",
]
