"""The client of threads, against a live server."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, List

import grpc
import pytest

from qtasks_client import (
    Client,
    ClientClosedError,
    QTasksError,
    TaskFailedError,
    TaskRequest,
    TerminalError,
    UniqueKey,
    WaitTimeoutError,
    Worker,
)
from qtasksapi.v1 import task_pb2


@pytest.fixture
def defined(address: str, name: str) -> str:
    """A task that no worker runs."""
    worker = Worker(address)
    worker.task(name)(lambda input: None)
    worker.apply_definitions()
    return name


def test_result(client: Client, run_worker: Any, name: str) -> None:
    run_worker(lambda worker: worker.task(name)(lambda x, y: x + y))
    handle = client.enqueue(name, {"x": 1, "y": 2})
    assert handle.created
    assert handle.result(10) == 3
    assert handle.get().spec.name == name
    assert client.run(name, {"x": "a", "y": "b"}, timeout=10) == "ab"


def test_repeat_with_an_id_finds_the_task(client: Client, defined: str) -> None:
    first = client.enqueue(defined, 1, task_id=f"{defined}-id")
    second = client.enqueue(defined, 2, task_id=f"{defined}-id")
    assert (first.created, second.created, second.id) == (True, False, first.id)


def test_threads_share_batches(client: Client, defined: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        handles = list(pool.map(lambda n: client.enqueue(defined, n), range(200)))
    assert len({handle.id for handle in handles}) == 200
    inputs = sorted(handle.get().spec.payload.text for handle in handles[:20])
    assert inputs == sorted(str(n) for n in range(20))


def test_each_item_of_a_batch_stands_for_itself(client: Client, defined: str) -> None:
    requests = [TaskRequest(defined), TaskRequest("test.unknown-to-all"), TaskRequest(defined)]
    first, second, third = client.enqueue_many(requests, return_exceptions=True)
    assert isinstance(second, QTasksError)
    assert second.reason == "DEFINITION_NOT_FOUND"
    assert (first.created, third.created) == (True, True)
    with pytest.raises(QTasksError, match="DEFINITION_NOT_FOUND"):
        client.enqueue_many(requests)


def test_large_batches_are_cut(client: Client, defined: str) -> None:
    text = "x" * 500_000
    handles = client.enqueue_many(TaskRequest(defined, text) for _ in range(12))
    assert len(handles) == 12
    assert len(client.enqueue_many(TaskRequest(defined) for _ in range(1_500))) == 1_500


def test_wait_ends_and_the_task_goes_on(client: Client, defined: str) -> None:
    handle = client.enqueue(defined)
    with pytest.raises(WaitTimeoutError) as caught:
        handle.result(0.05)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.reason == "STILL_RUNNING"
    with pytest.raises(WaitTimeoutError):
        client.run(defined, timeout=0.05)
    with pytest.raises(WaitTimeoutError):
        client.gather([handle], timeout=0.05)
    assert handle.get().state == task_pb2.TASK_STATE_PENDING


def test_canceled_task_is_a_failure(client: Client, defined: str) -> None:
    handle = client.enqueue(defined)
    handle.cancel("enough")
    with pytest.raises(TaskFailedError) as caught:
        handle.result(10)
    assert caught.value.state == "canceled"
    assert caught.value.task_id == handle.id
    assert caught.value.task.cancel_reason == "enough"


def test_gather_keeps_order_and_errors(client: Client, run_worker: Any, name: str) -> None:
    run_worker(lambda worker: worker.task(name)(_odd_ones_fail), slots=50)
    handles = client.enqueue_many(TaskRequest(name, n) for n in range(20))
    results = client.gather([*handles, handles[0]], timeout=20, return_exceptions=True)
    assert [results[n] for n in range(0, 20, 2)] == list(range(0, 20, 2))
    assert all(isinstance(results[n], TaskFailedError) for n in range(1, 20, 2))
    assert results[20] == 0
    with pytest.raises(TaskFailedError):
        client.gather(handles, timeout=20)


def _odd_ones_fail(input: int) -> int:
    if input % 2:
        raise TerminalError("odd")
    return input


def test_missing_task(client: Client) -> None:
    for call in (client.get, client.wait, client.cancel, lambda task_id: client.gather([task_id])):
        with pytest.raises(QTasksError) as caught:
            call("no-such-task")
        assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.NOT_FOUND, "TASK_NOT_FOUND")


def test_watch_shows_changes_and_ends(client: Client, run_worker: Any, name: str) -> None:
    go = threading.Event()
    run_worker(lambda worker: worker.task(name)(lambda input: go.wait(20)))
    states: List[int] = []
    for change in client.enqueue(name).watch():
        states.append(change.state)
        if change.state == task_pb2.TASK_STATE_RUNNING:
            go.set()
    assert states[-2:] == [task_pb2.TASK_STATE_RUNNING, task_pb2.TASK_STATE_SUCCEEDED]


def test_list_count_and_pages(client: Client, defined: str) -> None:
    handles = client.enqueue_many(TaskRequest(defined, n) for n in range(25))
    mine = task_pb2.TaskFilter(names=[defined])
    listed = [task.task_id for task in client.list(mine, page_size=10)]
    assert sorted(listed) == sorted(handle.id for handle in handles)
    assert client.count(mine).count == 25
    page = client.list_page(mine, page_size=10)
    assert len(page.tasks) == 10
    assert page.next_page_token


def test_retry_reschedule_delete(client: Client, defined: str) -> None:
    handle = client.enqueue(defined, delay=1_000)
    moved = client.reschedule(handle.id, priority=5)
    assert moved.spec.options.priority == 5
    handle.cancel(force_after=0)
    assert handle.retry().state == task_pb2.TASK_STATE_PENDING
    with pytest.raises(QTasksError, match="TASK_NOT_TERMINAL"):
        client.delete(handle.id)
    handle.cancel()
    client.delete(handle.id)
    client.delete(handle.id)


def test_unique_key_is_held(client: Client, defined: str) -> None:
    first = client.enqueue(defined, unique="k")
    assert client.enqueue(defined, unique="k").id == first.id
    with pytest.raises(QTasksError) as caught:
        client.enqueue(defined, unique=UniqueKey("k", on_conflict="reject"))
    assert caught.value.reason == "UNIQUE_KEY_HELD"
    assert caught.value.metadata["task_id"] == first.id


def test_no_server_is_named() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
        with Client(address, patience=0.1) as client, pytest.raises(QTasksError) as caught:
            client.enqueue("x")
    assert caught.value.reason == "SERVER_UNREACHABLE"
    assert address in caught.value.message


@pytest.mark.parametrize("bad", ["", "nowhere", "host:0", "host:99999", "http://host:1"])
def test_bad_address_is_refused(bad: str) -> None:
    with pytest.raises(QTasksError, match="expected HOST:PORT"):
        Client(bad)


def test_token_needs_tls_beyond_this_machine() -> None:
    with pytest.raises(QTasksError, match="token: can't be sent"):
        Client("example.com:50051", token="t")
    Client("example.com:50051", token="t", insecure=True).close()


def test_closed_client_says_so(address: str) -> None:
    client = Client(address)
    client.close()
    client.close()
    for call in (client.enqueue, client.get, lambda name: list(client.watch(name))):
        with pytest.raises(ClientClosedError):
            call("x")


def test_cancel_and_retry_by_filter(client: Client, defined: str) -> None:
    """1,100 tasks are more than a page."""
    handles = client.enqueue_many(TaskRequest(defined, n) for n in range(1_100))
    mine = task_pb2.TaskFilter(names=[defined])
    steps = list(client.cancel_matching(mine, "enough"))
    assert len(steps) > 1
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
    assert (steps[-1].canceled, steps[-1].canceling) == (1_100, 0)
    assert handles[7].get().cancel_reason == "enough"
    assert [step.retried for step in client.retry_matching(mine)][-1] == 1_100
    assert client.count(task_pb2.TaskFilter(names=[defined], states=[task_pb2.TASK_STATE_PENDING])).count == 1_100
    assert list(client.cancel_matching(mine, force_after=0))[-1].canceled == 1_100


def test_cancel_by_filter_needs_a_condition(client: Client) -> None:
    for call in (client.cancel_matching, client.retry_matching, client.watch_many):
        with pytest.raises(QTasksError, match="filter"):
            next(call(task_pb2.TaskFilter()))


def test_watch_many(client: Client, defined: str) -> None:
    first, second = client.enqueue_many(TaskRequest(defined, n) for n in range(2))
    tasks = client.watch_many(task_pb2.TaskFilter(names=[defined]))
    assert {next(tasks).task_id, next(tasks).task_id} == {first.id, second.id}
    second.cancel()
    changed = next(tasks)
    assert (changed.task_id, changed.state) == (second.id, task_pb2.TASK_STATE_CANCELED)
    third = client.enqueue(defined)
    assert next(tasks).task_id == third.id
    tasks.close()
