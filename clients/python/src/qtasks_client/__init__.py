"""Client and worker for QTasks: durable tasks over gRPC.

`Client` and `AsyncClient` enqueue, await, watch and cancel tasks; `durable_channel` is for generated stubs.
`Worker` and `AsyncWorker` run handlers: functions, and the servicers of your own protobuf services.
"""

from ._channel import DEFAULT_ADDRESS
from ._queries import CancelProgress, RetryProgress, TaskPage
from ._tls import Tls
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
from .handler_errors import AttemptAborted, InputRejected, RetryLater, Snooze, TaskError, TerminalError
from .options import EnqueueOptions, RetryPolicy, TaskSettings, UniqueKey
from .payloads import PayloadError, from_payload, message_of, message_payload, to_payload
from .task_request import TaskRequest
from .worker.async_worker import AsyncWorker
from .worker.children import ChildTask
from .worker.context import AsyncContext, BaseContext, Context
from .worker.sync_worker import Worker
from .worker.task_log import TaskLog

__all__ = [
    "AsyncClient",
    "AsyncContext",
    "AsyncTaskHandle",
    "AsyncWorker",
    "AttemptAborted",
    "BaseContext",
    "CancelProgress",
    "Change",
    "ChildTask",
    "Client",
    "ClientClosedError",
    "Context",
    "DEFAULT_ADDRESS",
    "DurableCallInterceptor",
    "EnqueueOptions",
    "InputRejected",
    "PayloadError",
    "QTasksError",
    "RetryLater",
    "RetryPolicy",
    "RetryProgress",
    "Snooze",
    "TaskError",
    "TaskFailedError",
    "TaskHandle",
    "TaskLog",
    "TaskPage",
    "TaskRequest",
    "TaskSettings",
    "TerminalError",
    "Tls",
    "UniqueKey",
    "WaitTimeoutError",
    "Worker",
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
