"""Long polls that a proxy cuts: they say nothing of the task, and are asked again."""

from __future__ import annotations

import asyncio
from concurrent import futures
from typing import Any, Iterator

import grpc
import pytest

from qtasks_client import AsyncClient, Client
from qtasksapi.v1 import task_pb2, task_service_pb2, task_service_pb2_grpc

DONE = task_pb2.Task(task_id="t", state=task_pb2.TASK_STATE_SUCCEEDED, result=task_pb2.Payload(text='"done"'))


class CutOnce(task_service_pb2_grpc.TaskServiceServicer):
    """Cuts the first call of each method, answers the second."""

    def __init__(self) -> None:
        self.calls = 0

    def _cut_first(self, context: grpc.ServicerContext) -> None:
        self.calls += 1
        if self.calls == 1:
            context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "upstream timeout")

    def AwaitTask(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._cut_first(context)
        return task_service_pb2.AwaitTaskResponse(task=DONE, done=True)

    def BatchAwaitTasks(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._cut_first(context)
        return task_service_pb2.BatchAwaitTasksResponse(tasks=[DONE])


@pytest.fixture
def cutting() -> Iterator[str]:
    server = grpc.server(futures.ThreadPoolExecutor(2))
    task_service_pb2_grpc.add_TaskServiceServicer_to_server(CutOnce(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def test_wait(cutting: str) -> None:
    with Client(cutting) as client:
        assert client.handle("t").result(20) == "done"


def test_gather(cutting: str) -> None:
    with Client(cutting) as client:
        assert client.gather(["t"], timeout=20) == ["done"]


@pytest.mark.parametrize("gather", [False, True])
def test_async(cutting: str, gather: bool) -> None:
    async def main() -> Any:
        async with AsyncClient(cutting) as client:
            if gather:
                return (await client.gather(["t"], timeout=20))[0]
            return await client.handle("t").result(20)

    assert asyncio.run(main()) == "done"
