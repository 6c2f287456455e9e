"""The worker of plain functions and of a plain servicer."""

from __future__ import annotations

import os
from typing import Any, Iterator, Optional

from conformance.v1 import conformance_pb2_grpc
from servicer import ConformanceServicer

from qtasks_client import Context, TaskError, Worker


def run(address: str) -> None:
    worker = Worker(address, slots=slots())
    register(worker)
    conformance_pb2_grpc.add_ConformanceTasksServicer_to_server(ConformanceServicer(), worker)
    worker.run(on_registered=print_ready)


def print_ready() -> None:
    print("ready", flush=True)


def slots(default: int = 100) -> int:
    return int(os.environ.get("CONFORMANCE_SLOTS", default))


def register(worker: Worker) -> None:
    @worker.task("conformance.echo")
    def echo(input: Any) -> Any:
        return input

    @worker.task("conformance.sum")
    def add(x: float, y: float) -> float:
        return x + y

    @worker.task("conformance.count")
    def count(context: Context, count: int, delay_ms: int = 0) -> Iterator[int]:
        for value in range(count):
            if value and delay_ms:
                context.sleep(delay_ms / 1000)
            yield value

    @worker.task("conformance.fail")
    def fail(code: int, type: str = "", message: str = "", details: Any = None) -> None:
        raise TaskError(message, code=code, type=type or None, details=details)

    @worker.task("conformance.wait")
    def wait(context: Context, delay_ms: int) -> dict[str, int]:
        context.log.info("started")
        for passed in range(0, delay_ms, 20):
            context.progress(passed, delay_ms)
            context.sleep(min(20, delay_ms - passed) / 1000)
        return {"attempt": context.attempt, "pid": os.getpid()}

    @worker.task("conformance.checkpoint")
    def checkpoint(input: Any, context: Context) -> dict[str, Any]:
        if context.attempt == 1:
            context.save_checkpoint(input)
            raise RuntimeError("the first attempt fails")
        return {"checkpoint": context.checkpoint(), "attempt": context.attempt}

    @worker.task("conformance.bench")
    def bench(input: Any) -> Optional[Any]:
        return None
