"""The client of an event loop, against a live server."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable

import pytest

from qtasks_client import (
    AsyncClient,
    ClientClosedError,
    QTasksError,
    TaskFailedError,
    TaskRequest,
    WaitTimeoutError,
    Worker,
)
from qtasksapi.v1 import task_pb2


@pytest.fixture
def play(address: str) -> Callable[[Callable[[AsyncClient], Awaitable[Any]]], Any]:
    """Runs a coroutine function with a client."""

    def play(scene: Callable[[AsyncClient], Awaitable[Any]]) -> Any:
        async def main() -> Any:
            async with AsyncClient(address) as client:
                return await scene(client)

        return asyncio.run(main())

    return play


@pytest.fixture
def defined(address: str, name: str) -> str:
    """A task that no worker runs."""
    worker = Worker(address)
    worker.task(name)(lambda input: None)
    worker.apply_definitions()
    return name


def test_concurrent_enqueues_and_awaits(play: Any, run_worker: Any, name: str) -> None:
    run_worker(lambda worker: worker.task(name)(lambda input: input * 2), slots=200)

    async def scene(client: AsyncClient) -> Any:
        handles = await asyncio.gather(*(client.enqueue(name, n) for n in range(500)))
        return await asyncio.gather(*(handle.result(20) for handle in handles))

    assert play(scene) == [n * 2 for n in range(500)]


def test_concurrent_runs(play: Any, run_worker: Any, name: str) -> None:
    run_worker(lambda worker: worker.task(name)(lambda input: input))

    async def scene(client: AsyncClient) -> Any:
        return await asyncio.gather(*(client.run(name, n, timeout=20) for n in range(20)))

    assert play(scene) == list(range(20))


def test_gather(play: Any, run_worker: Any, name: str) -> None:
    run_worker(lambda worker: worker.task(name)(lambda input: input), slots=200)

    async def scene(client: AsyncClient) -> Any:
        handles = await client.enqueue_many(TaskRequest(name, n) for n in range(1_200))
        return await client.gather(handles, timeout=20)

    assert play(scene) == list(range(1_200))


def test_each_awaiter_has_its_own_timeout(play: Any, defined: str) -> None:
    async def scene(client: AsyncClient) -> None:
        handle = await client.enqueue(defined)
        patient = asyncio.create_task(handle.wait(20))
        with pytest.raises(WaitTimeoutError):
            await handle.wait(0.05)
        with pytest.raises(WaitTimeoutError):
            await handle.wait(0)
        await handle.cancel("enough")
        task = await patient
        assert task.state == task_pb2.TASK_STATE_CANCELED

    play(scene)


def test_malformed_and_missing_ids_fail_alone(play: Any, defined: str) -> None:
    async def scene(client: AsyncClient) -> Any:
        handle = await client.enqueue(defined)
        waits = [client.wait(task_id, 20) for task_id in (handle.id, "no-such-task", "not an id")]
        together = asyncio.gather(*waits, return_exceptions=True)
        await handle.cancel()
        return await together

    task, missing, malformed = play(scene)
    assert task.state == task_pb2.TASK_STATE_CANCELED
    assert isinstance(missing, QTasksError)
    assert missing.reason == "TASK_NOT_FOUND"
    assert isinstance(malformed, QTasksError)
    assert malformed.reason == "FIELD_VIOLATION"


def test_canceled_waiter_leaves(play: Any, defined: str) -> None:
    async def scene(client: AsyncClient) -> None:
        handle = await client.enqueue(defined)
        waiter = asyncio.create_task(handle.result())
        await asyncio.sleep(0)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        await handle.cancel()
        with pytest.raises(TaskFailedError, match="canceled"):
            await handle.result(20)

    play(scene)


def test_watch_and_list(play: Any, defined: str) -> None:
    async def scene(client: AsyncClient) -> None:
        handle = await client.enqueue(defined)
        states = []
        async for change in handle.watch():
            states.append(change.state)
            if len(states) == 1:
                await handle.cancel()
        assert states == [task_pb2.TASK_STATE_PENDING, task_pb2.TASK_STATE_CANCELED]
        listed = [task.task_id async for task in client.list(task_pb2.TaskFilter(names=[defined]))]
        assert listed == [handle.id]
        assert (await client.count(task_pb2.TaskFilter(names=[defined]))).count == 1
        assert (await handle.retry()).state == task_pb2.TASK_STATE_PENDING
        assert (await client.reschedule(handle.id, delay=100)).state == task_pb2.TASK_STATE_SCHEDULED
        await handle.cancel()
        await client.delete(handle.id)

    play(scene)


def test_close_ends_what_waits(address: str, defined: str) -> None:
    async def main() -> None:
        client = AsyncClient(address)
        handle = await client.enqueue(defined)
        waiter = asyncio.create_task(handle.wait())
        await asyncio.sleep(0.05)
        await client.close()
        with pytest.raises(ClientClosedError):
            await waiter
        with pytest.raises(ClientClosedError):
            await client.enqueue(defined)

    asyncio.run(main())


def test_cancel_retry_and_watch_by_filter(play: Any, defined: str) -> None:
    async def scene(client: AsyncClient) -> None:
        mine = task_pb2.TaskFilter(names=[defined])
        handles = await client.enqueue_many(TaskRequest(defined, n) for n in range(3))
        tasks = client.watch_many(mine)
        assert {(await tasks.__anext__()).task_id for _ in handles} == {handle.id for handle in handles}
        assert [step.canceled async for step in client.cancel_matching(mine, "enough")][-1] == 3
        assert {(await tasks.__anext__()).state for _ in handles} == {task_pb2.TASK_STATE_CANCELED}
        assert [step.retried async for step in client.retry_matching(mine)][-1] == 3
        assert {(await tasks.__anext__()).state for _ in handles} == {task_pb2.TASK_STATE_PENDING}
        await tasks.aclose()

    play(scene)
