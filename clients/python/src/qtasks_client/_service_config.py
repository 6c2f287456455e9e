"""Which calls gRPC repeats by itself when the server was not reached: those that may be repeated."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from qtasksapi.v1 import admin_service_pb2, system_service_pb2, task_service_pb2, worker_service_pb2

_FILES = (task_service_pb2, worker_service_pb2, admin_service_pb2, system_service_pb2)

# Clients send a task id with each of them, which makes a repeat harmless.
_SAFE_BY_TASK_ID = ("EnqueueTask", "BatchEnqueueTasks", "RunTask")

_RETRY_POLICY = {
    "maxAttempts": 4,
    "initialBackoff": "0.1s",
    "maxBackoff": "1s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}


def service_config() -> str:
    """Repeats idempotent unary calls, and enqueues, on UNAVAILABLE: four attempts within about a second.
    Streams are left out, since a call that may be repeated keeps all its messages."""
    names = [_name_of(method) for method in _methods() if _is_repeatable(method)]
    return json.dumps({"methodConfig": [{"name": names, "retryPolicy": _RETRY_POLICY}]})


def _methods() -> Iterator[MethodDescriptor]:
    for file in _FILES:
        for service in file.DESCRIPTOR.services_by_name.values():
            yield from service.methods


def _name_of(method: MethodDescriptor) -> Dict[str, Any]:
    return {"service": method.containing_service.full_name, "method": method.name}


def _is_repeatable(method: MethodDescriptor) -> bool:
    if method.server_streaming or method.client_streaming:
        return False
    idempotent = method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
    return bool(idempotent or method.name in _SAFE_BY_TASK_ID)
