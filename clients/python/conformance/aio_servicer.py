"""ConformanceTasks as a stock asyncio servicer: nothing in it knows of tasks."""

from __future__ import annotations

import asyncio
import os

import grpc
from conformance.v1 import conformance_pb2, conformance_pb2_grpc
from servicer import attempt_of, shown_metadata, status_of


class AioConformanceServicer(conformance_pb2_grpc.ConformanceTasksServicer):
    async def Echo(
        self, request: conformance_pb2.EchoRequest, context: grpc.aio.ServicerContext
    ) -> conformance_pb2.EchoResponse:
        return conformance_pb2.EchoResponse(
            text=request.text,
            metadata=shown_metadata(context),
            has_deadline=context.time_remaining() is not None,
        )

    async def Count(self, request: conformance_pb2.CountRequest, context: grpc.aio.ServicerContext) -> None:
        for value in range(request.count):
            if value and request.delay_ms:
                await asyncio.sleep(request.delay_ms / 1000)
            await context.write(conformance_pb2.CountResponse(value=value))

    async def Fail(
        self, request: conformance_pb2.FailRequest, context: grpc.aio.ServicerContext
    ) -> conformance_pb2.FailResponse:
        status = status_of(request)
        await context.abort(status.code, status.details, status.trailing_metadata)

    async def Wait(
        self, request: conformance_pb2.WaitRequest, context: grpc.aio.ServicerContext
    ) -> conformance_pb2.WaitResponse:
        await asyncio.sleep(request.delay_ms / 1000)
        return conformance_pb2.WaitResponse(attempt=attempt_of(context), pid=os.getpid())
