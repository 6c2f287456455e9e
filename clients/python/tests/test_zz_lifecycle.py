"""Workers and clients over ends and restarts of real processes."""

from __future__ import annotations

import pathlib
import re
import signal
import threading
from typing import Any

import grpc
import pytest
from conformance.v1 import conformance_pb2, conformance_pb2_grpc
from conftest import Server, start_program

from qtasks_client import Client, Context, TaskRequest, Worker, durable_channel
from qtasksapi.v1 import admin_service_pb2, admin_service_pb2_grpc, task_pb2

READY = re.compile("^ready$")
SERVICE = "conformance.v1.ConformanceTasks"


def wait_until_logged(handle: Any) -> None:
    next(change for change in handle.watch(events=True) if isinstance(change, task_pb2.TaskEvent))


@pytest.mark.parametrize("aio", ["0", "1"], ids=["threads", "asyncio"])
def test_sigterm_drains(durable: Server, tmp_path: pathlib.Path, aio: str) -> None:
    process = start_program(durable.address, tmp_path, "worker", CONFORMANCE_ASYNCIO=aio, CONFORMANCE_SLOTS="2")
    process.wait_for_line(READY)
    with Client(durable.address) as client:
        handles = client.enqueue_many(TaskRequest("conformance.wait", {"delay_ms": 2_000}) for _ in range(3))
        for handle in handles[:2]:
            wait_until_logged(handle)
        assert process.end(signal.SIGTERM) == 0, "".join(process.lines)
        states = [handle.get().state for handle in handles]
        handles[2].cancel()
    assert states == [
        task_pb2.TASK_STATE_SUCCEEDED,
        task_pb2.TASK_STATE_SUCCEEDED,
        task_pb2.TASK_STATE_PENDING,
    ]


def test_server_restart(durable: Server) -> None:
    """A handler runs over the restart; its outcome is reported to the new server, under the same lease."""
    started, finish = threading.Event(), threading.Event()
    worker = Worker(durable.address)

    @worker.task("test.restart")
    def restart(context: Context) -> int:
        started.set()
        finish.wait(60)
        return context.attempt

    with worker, Client(durable.address) as client:
        handle = client.enqueue("test.restart")
        assert started.wait(20)
        durable.kill()
        finish.set()
        results = []
        awaiting = threading.Thread(target=lambda: results.append(handle.result(30)))
        awaiting.start()
        durable.start()
        awaiting.join(40)
        assert results == [1]
        # The worker is registered again and takes what comes next.
        assert client.run("test.restart", timeout=30) == 1


def test_durable_call_over_a_restart(durable: Server) -> None:
    """A stub's call with an id survives the server that it was made to; it is one task."""
    worker = Worker(durable.address)
    running, finish = threading.Event(), threading.Event()

    class Servicer(conformance_pb2_grpc.ConformanceTasksServicer):
        def Wait(self, request: Any, context: Any) -> Any:
            running.set()
            finish.wait(60)
            return conformance_pb2.WaitResponse(attempt=1)

    conformance_pb2_grpc.add_ConformanceTasksServicer_to_server(Servicer(), worker)
    with worker, durable_channel(durable.address, SERVICE) as channel:
        stub = conformance_pb2_grpc.ConformanceTasksStub(channel)
        call = stub.Wait.future(conformance_pb2.WaitRequest(), timeout=60)
        assert running.wait(20)
        durable.kill()
        durable.start()
        finish.set()
        assert call.result(60).attempt == 1
        with Client(durable.address) as client:
            assert client.count(task_pb2.TaskFilter(names=[f"{SERVICE}/Wait"])).count == 1


def test_worker_waits_for_its_server(tmp_path: pathlib.Path) -> None:
    server = Server(tmp_path, start=False)
    process = start_program(server.address, tmp_path, "worker")
    process.wait_for_line(re.compile("could not register; trying again|SERVER_UNREACHABLE"))
    server.start()
    try:
        process.wait_for_line(READY)
        assert process.end(signal.SIGTERM) == 0
    finally:
        server.kill()


def test_operator_drains(durable: Server) -> None:
    worker = Worker(durable.address, worker_id="test-drained")
    worker.task("test.drain")(lambda input: input)
    worker.start()
    with grpc.insecure_channel(durable.address) as channel:
        admin = admin_service_pb2_grpc.AdminServiceStub(channel)
        workers = admin.ListWorkers(admin_service_pb2.ListWorkersRequest()).workers
        (info,) = [info for info in workers if info.worker_id == "test-drained"]
        assert info.runtime.language == "python"
        admin.DrainWorker(admin_service_pb2.DrainWorkerRequest(session_id=info.session_id))
    assert worker.wait(20)


def test_worker_that_was_killed(killed_attempt: Any) -> None:
    handle, pid = killed_attempt.result(60)
    result = handle.result(45)
    assert result["attempt"] == 2
    assert result["pid"] != pid
    assert handle.get().attempts[0].state == task_pb2.ATTEMPT_STATE_LOST
