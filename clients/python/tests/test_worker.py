"""A running worker: cancel, timeouts, checkpoints, events, children."""

from __future__ import annotations

import threading
import time
from typing import Any, List

import pytest

from qtasks_client import (
    AttemptAborted,
    Client,
    Context,
    RetryLater,
    RetryPolicy,
    Snooze,
    TaskFailedError,
    TaskRequest,
)
from qtasksapi.v1 import task_pb2

QUICK = RetryPolicy(max_attempts=2, initial_backoff=0.01)


def wait_until_running(handle: Any) -> None:
    next(change for change in handle.watch() if change.state == task_pb2.TASK_STATE_RUNNING)


def test_cancel_stops_a_handler(client: Client, run_worker: Any, name: str) -> None:
    seen: List[str] = []

    def wait(context: Context) -> None:
        try:
            context.sleep(60)
        except AttemptAborted as aborted:
            seen.append(aborted.cause)
            raise

    run_worker(lambda worker: worker.task(name)(wait))
    handle = client.enqueue(name)
    wait_until_running(handle)
    handle.cancel("enough")
    with pytest.raises(TaskFailedError) as caught:
        handle.result(20)
    assert (caught.value.state, seen) == ("canceled", ["canceled"])


def test_value_of_a_canceled_handler_counts(client: Client, run_worker: Any, name: str) -> None:
    def wait(context: Context) -> str:
        stopped = threading.Event()
        context.on_abort(stopped.set)
        stopped.wait(60)
        return "all the same"

    run_worker(lambda worker: worker.task(name)(wait))
    handle = client.enqueue(name)
    wait_until_running(handle)
    handle.cancel()
    assert handle.result(20) == "all the same"


def test_attempt_times_out(client: Client, run_worker: Any, name: str) -> None:
    ended = threading.Event()

    def wait(context: Context) -> None:
        assert 0 < (context.time_remaining() or 0) <= 0.1
        try:
            context.sleep(60)
        finally:
            ended.set()

    run_worker(lambda worker: worker.task(name, attempt_timeout=0.1, retry=RetryPolicy(max_attempts=1))(wait))
    with pytest.raises(TaskFailedError) as caught:
        client.run(name, timeout=20)
    assert caught.value.failure.kind == task_pb2.FAILURE_KIND_ATTEMPT_TIMEOUT
    assert ended.wait(10)


def test_checkpoint_reaches_the_next_attempt(client: Client, run_worker: Any, name: str) -> None:
    def step(context: Context) -> Any:
        if context.attempt == 1:
            assert context.checkpoint() is None
            context.save_checkpoint({"at": 7})
            assert context.checkpoint() == {"at": 7}
            raise RuntimeError("again")
        assert context.previous_failure is not None
        return [context.checkpoint(), context.previous_failure.message]

    run_worker(lambda worker: worker.task(name, retry=QUICK)(step))
    assert client.run(name, timeout=20) == [{"at": 7}, "again"]


def test_checkpoint_has_a_limit(client: Client, run_worker: Any, name: str) -> None:
    def save(context: Context) -> None:
        context.save_checkpoint("x" * 70_000)

    run_worker(lambda worker: worker.task(name, retry=RetryPolicy(max_attempts=1))(save))
    with pytest.raises(TaskFailedError, match="checkpoint: must be at most 65536 bytes"):
        client.run(name, timeout=20)


def test_snooze_is_not_counted(client: Client, run_worker: Any, name: str) -> None:
    calls: List[float] = []

    def snooze(input: Any) -> str:
        calls.append(time.monotonic())
        if len(calls) == 1:
            raise Snooze(0.2)
        return "awake"

    run_worker(lambda worker: worker.task(name)(snooze))
    handle = client.enqueue(name)
    assert handle.result(20) == "awake"
    assert handle.get().attempt_count == 1
    assert calls[1] - calls[0] >= 0.19


def test_retry_later_sets_the_delay(client: Client, run_worker: Any, name: str) -> None:
    calls: List[float] = []

    def later(input: Any) -> str:
        calls.append(time.monotonic())
        if len(calls) == 1:
            raise RetryLater(0.2)
        return "done"

    run_worker(lambda worker: worker.task(name, retry=RetryPolicy(initial_backoff=30))(later))
    handle = client.enqueue(name)
    assert handle.result(20) == "done"
    assert handle.get().attempt_count == 2
    assert calls[1] - calls[0] >= 0.19


def test_logs_and_progress(client: Client, run_worker: Any, name: str) -> None:
    shown = threading.Event()

    def work(context: Context) -> None:
        context.log.warning("half way", page=3)
        context.progress(1, 2, "half")
        shown.wait(20)

    run_worker(lambda worker: worker.task(name)(work))
    handle = client.enqueue(name)
    for change in handle.watch():
        if change.progress.message == "half":
            assert (change.progress.completed, change.progress.total) == (1, 2)
            shown.set()
    (event,) = handle.events()
    assert (event.log.message, dict(event.log.fields)) == ("half way", {"page": "3"})
    assert event.log.level == task_pb2.LOG_LEVEL_WARN


def test_children_are_found_again(client: Client, run_worker: Any, name: str) -> None:
    def parent(context: Context) -> Any:
        children = [context.enqueue(f"{name}.child", n) for n in (1, 1, 2)]
        if context.attempt == 1:
            raise RuntimeError("again")
        return [[child.task_id, child.created] for child in children]

    def register(worker: Any) -> None:
        worker.task(name, retry=QUICK)(parent)
        worker.task(f"{name}.child")(lambda input: input)

    run_worker(register)
    handle = client.enqueue(name)
    children = handle.result(20)
    assert [created for _, created in children] == [False, False, False]
    assert len({task_id for task_id, _ in children}) == 3
    mine = task_pb2.TaskFilter(parent_task_ids=[handle.id])
    assert {task.task_id for task in client.list(mine)} == {task_id for task_id, _ in children}


def test_handlers_that_wait_run_side_by_side(client: Client, run_worker: Any, name: str) -> None:
    together = threading.Barrier(30)
    run_worker(lambda worker: worker.task(name)(lambda input: together.wait(20) >= 0), slots=30)
    handles = client.enqueue_many(TaskRequest(name) for _ in range(30))
    assert client.gather(handles, timeout=30) == [True] * 30


def test_quick_handlers_share_threads(client: Client, run_worker: Any, name: str) -> None:
    threads = set()
    run_worker(lambda worker: worker.task(name)(lambda input: threads.add(threading.get_ident())), slots=200)
    handles = client.enqueue_many(TaskRequest(name) for _ in range(1_000))
    client.gather(handles, timeout=30)
    assert len(threads) < 50


def test_headers_and_queue(client: Client, run_worker: Any, name: str) -> None:
    def tell(context: Context) -> Any:
        return [context.queue, dict(context.headers), context.fencing_token > 0, context.task_id]

    run_worker(lambda worker: worker.task(name, queue=f"{name}-q"[:100])(tell))
    handle = client.enqueue(name, headers={"h": "v"})
    assert handle.result(20) == [f"{name}-q"[:100], {"h": "v"}, True, handle.id]


def test_stop_gives_back_what_does_not_end(client: Client, run_worker: Any, name: str) -> None:
    started, release = threading.Event(), threading.Event()

    def stubborn(input: Any) -> None:
        started.set()
        release.wait(60)

    worker = run_worker(lambda worker: worker.task(name)(stubborn))
    handle = client.enqueue(name)
    assert started.wait(20)
    worker.stop(grace=0)
    release.set()
    assert handle.get().state == task_pb2.TASK_STATE_PENDING
    worker.stop()
