"""ConformanceTasks as a stock servicer, on threads: nothing in it knows of tasks."""

from __future__ import annotations

import os
import threading
from typing import Any, Iterator

import grpc
from conformance.v1 import conformance_pb2, conformance_pb2_grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status


def shown_metadata(context: Any) -> dict[str, str]:
    """What Echo gives back of the metadata that it got."""
    named = ("qtasks-task-id", "qtasks-attempt", "qtasks-fencing-token")
    metadata = context.invocation_metadata()
    return {key: value for key, value in metadata if key in named or key.startswith("x-conformance")}


def status_of(request: conformance_pb2.FailRequest) -> grpc.Status:
    """The status that Fail is to end with."""
    status = status_pb2.Status(code=request.code, message=request.message)
    if request.reason:
        info = error_details_pb2.ErrorInfo(reason=request.reason, domain="conformance")
        detail = any_pb2.Any()
        detail.Pack(info)
        status.details.append(detail)
    return rpc_status.to_status(status)


def attempt_of(context: Any) -> int:
    return int(dict(context.invocation_metadata()).get("qtasks-attempt", 0))


class ConformanceServicer(conformance_pb2_grpc.ConformanceTasksServicer):
    def Echo(
        self, request: conformance_pb2.EchoRequest, context: grpc.ServicerContext
    ) -> conformance_pb2.EchoResponse:
        return conformance_pb2.EchoResponse(
            text=request.text,
            metadata=shown_metadata(context),
            has_deadline=context.time_remaining() is not None,
        )

    def Count(
        self, request: conformance_pb2.CountRequest, context: grpc.ServicerContext
    ) -> Iterator[conformance_pb2.CountResponse]:
        stopped = threading.Event()
        context.add_callback(stopped.set)
        for value in range(request.count):
            if value and request.delay_ms and stopped.wait(request.delay_ms / 1000):
                return
            yield conformance_pb2.CountResponse(value=value)

    def Fail(
        self, request: conformance_pb2.FailRequest, context: grpc.ServicerContext
    ) -> conformance_pb2.FailResponse:
        context.abort_with_status(status_of(request))
        raise AssertionError("abort raises")

    def Wait(
        self, request: conformance_pb2.WaitRequest, context: grpc.ServicerContext
    ) -> conformance_pb2.WaitResponse:
        stopped = threading.Event()
        context.add_callback(stopped.set)
        if stopped.wait(request.delay_ms / 1000):
            context.abort(grpc.StatusCode.CANCELLED, "the caller is gone")
        return conformance_pb2.WaitResponse(attempt=attempt_of(context), pid=os.getpid())
