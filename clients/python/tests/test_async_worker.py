"""The worker of an event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, AsyncIterator, Awaitable, Callable, List

import pytest

from qtasks_client import AsyncClient, AsyncContext, AsyncWorker, Context, RetryPolicy, TaskFailedError


@pytest.fixture
def play(address: str) -> Callable[..., Any]:
    """Runs a coroutine function with a client, beside a worker."""

    def play(register: Callable[[AsyncWorker], Any], scene: Callable[[AsyncClient], Awaitable[Any]]) -> Any:
        async def main() -> Any:
            worker = AsyncWorker(address, grace=1)
            register(worker)
            async with worker, AsyncClient(address) as client:
                return await scene(client)

        return asyncio.run(main())

    return play


def test_coroutines_run_side_by_side_in_the_loop(play: Any, name: str) -> None:
    threads = set()

    async def work(x: int) -> int:
        threads.add(threading.get_ident())
        await asyncio.sleep(0.01)
        return x * 2

    async def scene(client: AsyncClient) -> Any:
        return await asyncio.gather(*(client.run(name, {"x": n}, timeout=20) for n in range(50)))

    assert play(lambda worker: worker.task(name)(work), scene) == [n * 2 for n in range(50)]
    assert threads == {threading.get_ident()}


def test_plain_function_runs_on_a_thread(play: Any, name: str) -> None:
    def work(context: Context) -> bool:
        return threading.current_thread() is threading.main_thread()

    async def scene(client: AsyncClient) -> Any:
        return await client.run(name, timeout=20)

    assert play(lambda worker: worker.task(name)(work), scene) is False


def test_cancel_cancels_the_coroutine(play: Any, name: str) -> None:
    seen: List[str] = []

    async def wait(context: AsyncContext) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            assert context.aborted is not None
            seen.append(context.aborted.cause)
            raise

    async def scene(client: AsyncClient) -> str:
        handle = await client.enqueue(name)
        async for change in handle.watch():
            if change.state == 3:
                await handle.cancel("enough")
        with pytest.raises(TaskFailedError) as caught:
            await handle.result(20)
        return caught.value.state

    assert play(lambda worker: worker.task(name)(wait), scene) == "canceled"
    assert seen == ["canceled"]


def test_attempt_times_out(play: Any, name: str) -> None:
    async def wait(input: Any) -> None:
        await asyncio.sleep(60)

    def register(worker: AsyncWorker) -> None:
        worker.task(name, attempt_timeout=0.1, retry=RetryPolicy(max_attempts=1))(wait)

    async def scene(client: AsyncClient) -> None:
        with pytest.raises(TaskFailedError, match="took longer"):
            await client.run(name, timeout=20)

    play(register, scene)


def test_asynchronous_generator_streams(play: Any, name: str) -> None:
    async def count(count: int) -> AsyncIterator[int]:
        for value in range(count):
            yield value

    async def scene(client: AsyncClient) -> Any:
        handle = await client.enqueue(name, {"count": 1_500})
        return [output async for output in handle.outputs()]

    assert play(lambda worker: worker.task(name)(count), scene) == list(range(1_500))


def test_children_logs_and_checkpoints(play: Any, name: str) -> None:
    async def parent(context: AsyncContext) -> Any:
        context.log.info("here")
        child = await context.enqueue(f"{name}.child", 1)
        if context.attempt == 1:
            context.save_checkpoint(child.task_id)
            raise RuntimeError("again")
        return [context.checkpoint() == child.task_id, child.created]

    async def child(input: Any) -> Any:
        return input

    def register(worker: AsyncWorker) -> None:
        worker.task(name, retry=RetryPolicy(initial_backoff=0.01))(parent)
        worker.task(f"{name}.child")(child)

    async def scene(client: AsyncClient) -> Any:
        return await client.run(name, timeout=20)

    assert play(register, scene) == [True, False]


def test_blocked_loop_does_not_stop_the_heart(play: Any, name: str) -> None:
    async def block(input: Any) -> int:
        beats = sum(thread.name == "qtasks-heart" for thread in threading.enumerate())
        threading.Event().wait(0.2)
        return beats

    async def scene(client: AsyncClient) -> Any:
        return await client.run(name, timeout=20)

    assert play(lambda worker: worker.task(name)(block), scene) == 1


def test_stop_cancels_what_does_not_end(address: str, name: str) -> None:
    async def main() -> None:
        started, ended = asyncio.Event(), asyncio.Event()

        async def wait(input: Any) -> None:
            started.set()
            try:
                await asyncio.sleep(60)
            finally:
                ended.set()

        worker = AsyncWorker(address)
        worker.task(name)(wait)
        await worker.start()
        async with AsyncClient(address) as client:
            handle = await client.enqueue(name)
            await asyncio.wait_for(started.wait(), 20)
            await worker.stop(grace=0)
            assert ended.is_set()
            assert (await handle.get()).state == 2

    asyncio.run(main())
