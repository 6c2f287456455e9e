"""What servers tell workers to do: connect anew, register again."""

from __future__ import annotations

import pathlib
import queue
import threading
import time
from collections import Counter
from concurrent import futures
from typing import Any, Dict, Iterator, List

import grpc
import pytest
from conftest import Server
from google.protobuf.duration_pb2 import Duration

from qtasks_client import Client, Context, TaskRequest, Worker
from qtasksapi.v1 import task_pb2, worker_service_pb2, worker_service_pb2_grpc

TASK = worker_service_pb2.LeasedTask(
    lease_token=b"held", task_id="t", attempt=1, spec=task_pb2.TaskSpec(name="test.directive")
)


class Directing(worker_service_pb2_grpc.WorkerServiceServicer):
    """Answers polls with what the test puts into `answers`, and keeps what it is asked."""

    def __init__(self) -> None:
        self.answers: queue.Queue[worker_service_pb2.PollTasksResponse] = queue.Queue()
        #: Requests, and those who made them, by method.
        self.requests: Dict[str, queue.Queue[Any]] = {}
        self.peers: Dict[str, List[str]] = {}
        self._lock = threading.Lock()

    def RegisterWorker(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._note("register", request, context)
        return worker_service_pb2.RegisterWorkerResponse(heartbeat_interval=Duration(seconds=60))

    def PollTasks(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._note("poll", request, context)
        return self.answers.get(timeout=60)

    def Heartbeat(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._note("heartbeat", request, context)
        return worker_service_pb2.HeartbeatResponse()

    def ReportOutcomes(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._note("report", request, context)
        recorded = worker_service_pb2.OutcomeResult(verdict=worker_service_pb2.OUTCOME_VERDICT_RECORDED)
        return worker_service_pb2.ReportOutcomesResponse(results=[recorded] * len(request.outcomes))

    def UnregisterWorker(self, request: Any, context: grpc.ServicerContext) -> Any:
        return worker_service_pb2.UnregisterWorkerResponse()

    def next(self, method: str) -> Any:
        """The next request of a method."""
        return self._queue(method).get(timeout=20)

    def direct(self, kind: worker_service_pb2.DirectiveKind, delay: Duration, polls: int = 1) -> None:
        """The answer to so many polls."""
        directive = worker_service_pb2.Directive(kind=kind, reason="the test wants it", delay=delay)
        for _ in range(polls):
            self.answers.put(worker_service_pb2.PollTasksResponse(directives=[directive]))

    def _note(self, method: str, request: Any, context: grpc.ServicerContext) -> None:
        with self._lock:
            self.peers.setdefault(method, []).append(context.peer())
        self._queue(method).put(request)

    def _queue(self, method: str) -> queue.Queue[Any]:
        with self._lock:
            return self.requests.setdefault(method, queue.Queue())


@pytest.fixture
def directing() -> Iterator[Any]:
    """A server that directs, with its address."""
    servicer = Directing()
    server = grpc.server(futures.ThreadPoolExecutor(8))
    worker_service_pb2_grpc.add_WorkerServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield servicer, f"127.0.0.1:{port}"
    for _ in range(8):
        servicer.answers.put(worker_service_pb2.PollTasksResponse())
    server.stop(None).wait()


def test_reconnect_opens_one_connection_after_the_delay(directing: Any) -> None:
    servicer, address = directing
    worker = Worker(address)
    worker.task("test.directive")(lambda input: None)
    with worker:
        # It offers all slots, so that no second poll is parked.
        servicer.next("poll")
        told_at = time.monotonic()
        servicer.direct(worker_service_pb2.DIRECTIVE_KIND_RECONNECT, Duration(nanos=300_000_000))
        servicer.next("poll")
        assert time.monotonic() - told_at >= 0.3
        assert len(set(servicer.peers["poll"])) == 2
        servicer.answers.put(worker_service_pb2.PollTasksResponse(tasks=[TASK]))
        assert servicer.next("report").outcomes[0].HasField("success")
    assert servicer.peers["report"] == [servicer.peers["poll"][-1]]
    assert len(servicer.peers["register"]) == 1


def test_register_renews_what_is_held(directing: Any) -> None:
    servicer, address = directing
    finish = threading.Event()
    worker = Worker(address, slots=2)
    worker.task("test.directive")(lambda input: finish.wait(60))
    with worker:
        first = servicer.next("register")
        servicer.answers.put(worker_service_pb2.PollTasksResponse(tasks=[TASK]))
        servicer.direct(worker_service_pb2.DIRECTIVE_KIND_REGISTER, Duration())
        assert servicer.next("register") == first
        renewals = servicer.next("heartbeat").renewals
        assert [renewal.lease_token for renewal in renewals] == [b"held"]
        finish.set()
        assert servicer.next("report").outcomes[0].lease_token == b"held"


def test_new_server_that_knows_nothing(tmp_path: pathlib.Path) -> None:
    """A server that lost its memory has the worker register again."""
    server = Server(tmp_path)
    try:
        worker = Worker(server.address)
        worker.task("test.forgotten")(lambda input: input)
        with worker, Client(server.address) as client:
            assert client.run("test.forgotten", 1, timeout=20) == 1
            server.stop()
            server.start()
            assert worker_is_back(client, "test.forgotten") == 2
    finally:
        server.kill()


def worker_is_back(client: Client, name: str) -> Any:
    """The result of a task, once the worker has told the server of it."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        (handle,) = client.enqueue_many([TaskRequest(name, 2)], return_exceptions=True)
        if not isinstance(handle, Exception):
            return handle.result(20)
        assert handle.reason == "DEFINITION_NOT_FOUND"
        time.sleep(0.05)
    raise AssertionError("the worker did not register again")


def test_graceful_restart_loses_nothing(durable: Server) -> None:
    """Tasks are under way and waiting when the server goes; the next one on its port has them all run, once."""
    runs: Counter[int] = Counter()
    under_way = threading.Event()
    worker = Worker(durable.address, slots=10)

    @worker.task("test.kept")
    def keep(context: Context, number: int) -> int:
        runs[number] += 1
        if len(runs) >= 100:
            under_way.set()
        context.sleep(0.01)
        return context.attempt

    worker.apply_definitions()
    with Client(durable.address) as client:
        handles = client.enqueue_many(TaskRequest("test.kept", {"number": number}) for number in range(500))
        with worker:
            assert under_way.wait(20)
            durable.stop()
            durable.start()
            assert client.gather(handles, timeout=40) == [1] * 500
    assert runs == Counter(range(500))


def test_idle_worker_goes_on_with_the_next_server(durable: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "qtasks_client.worker")
    worker = Worker(durable.address)
    worker.task("test.idle")(lambda input: input)
    with worker, Client(durable.address) as client:
        assert client.run("test.idle", 1, timeout=20) == 1
        durable.stop()
        assert "the server goes away: reconnecting" in caplog.text
        durable.start()
        assert client.run("test.idle", 2, timeout=20) == 2


def test_watch_of_many_goes_on_with_the_next_server(durable: Server) -> None:
    """What was seen is not given again by the next snapshot."""
    worker = Worker(durable.address)
    worker.task("test.watched")(lambda input: input)
    worker.apply_definitions()
    with Client(durable.address) as client:
        first = client.enqueue("test.watched")
        tasks = client.watch_many(task_pb2.TaskFilter(names=["test.watched"]))
        assert next(tasks).task_id == first.id
        durable.stop()
        durable.start()
        second = client.enqueue("test.watched")
        assert next(tasks).task_id == second.id
        tasks.close()
