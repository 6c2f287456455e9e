"""The worker of coroutines and of an asyncio servicer."""

from __future__ import annotations

import asyncio
import os
from typing import Any, AsyncIterator

from aio_servicer import AioConformanceServicer
from conformance.v1 import conformance_pb2_grpc
from worker_program import print_ready, slots

from qtasks_client import AsyncContext, AsyncWorker, TaskError


def run(address: str) -> None:
    asyncio.run(_run(address))


async def _run(address: str) -> None:
    worker = AsyncWorker(address, slots=slots())
    register(worker)
    conformance_pb2_grpc.add_ConformanceTasksServicer_to_server(AioConformanceServicer(), worker)
    await worker.run(on_registered=print_ready)


def register(worker: AsyncWorker) -> None:
    @worker.task("conformance.echo")
    async def echo(input: Any) -> Any:
        return input

    @worker.task("conformance.sum")
    async def add(x: float, y: float) -> float:
        return x + y

    @worker.task("conformance.count")
    async def count(count: int, delay_ms: int = 0) -> AsyncIterator[int]:
        for value in range(count):
            if value and delay_ms:
                await asyncio.sleep(delay_ms / 1000)
            yield value

    @worker.task("conformance.fail")
    async def fail(code: int, type: str = "", message: str = "", details: Any = None) -> None:
        raise TaskError(message, code=code, type=type or None, details=details)

    @worker.task("conformance.wait")
    async def wait(context: AsyncContext, delay_ms: int) -> dict[str, int]:
        context.log.info("started")
        for passed in range(0, delay_ms, 20):
            context.progress(passed, delay_ms)
            await asyncio.sleep(min(20, delay_ms - passed) / 1000)
        return {"attempt": context.attempt, "pid": os.getpid()}

    @worker.task("conformance.checkpoint")
    async def checkpoint(input: Any, context: AsyncContext) -> dict[str, Any]:
        if context.attempt == 1:
            context.save_checkpoint(input)
            raise RuntimeError("the first attempt fails")
        return {"checkpoint": context.checkpoint(), "attempt": context.attempt}

    @worker.task("conformance.bench")
    async def bench(input: Any) -> None:
        return None
