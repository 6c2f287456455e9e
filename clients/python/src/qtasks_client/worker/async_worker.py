"""A worker that runs its handlers in an event loop."""

from __future__ import annotations

import asyncio
import signal
from typing import Callable, Optional

from .context import Parts
from .engine import Engine
from .handlers import HandlerRegistry
from .loop_executor import LoopExecutor
from .repeats import logger
from .runner import Executor
from .thread_executor import ThreadExecutor


class AsyncWorker(HandlerRegistry):
    """Runs coroutines, asynchronous generators and asyncio servicers in the event loop that starts it, and plain
    functions and servicers on threads.

    It talks to the server on threads of its own: leases are renewed while a handler blocks the loop.
    """

    _runs_coroutines = True
    _engine: Optional[Engine] = None

    async def start(self) -> None:
        """Registers and takes tasks, in the background; returns once registered. Waits for the server while it is
        away; raises QTasksError when it refuses the worker. A worker starts once."""
        self._check_open()
        request = self._request()
        self._started = True
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._stopping: Optional[asyncio.Task[None]] = None
        self._engine = Engine(self._target, request, self._registry, self._executor, self._drain)
        try:
            await asyncio.to_thread(self._engine.start)
        except BaseException:
            self._engine.close()
            raise

    async def stop(self, grace: Optional[float] = None) -> None:
        """Takes nothing more, lets handlers finish for `grace` seconds (by default that of the worker), cancels
        those that are left, and gives back what does not end. Harmless when repeated."""
        if self._engine is None:
            return
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(self._engine, grace))
        await asyncio.shield(self._stopping)

    async def wait(self) -> None:
        """Returns when the worker has stopped, as when an operator drained it."""
        if self._engine is not None:
            await self._stopped.wait()

    async def run(self, on_registered: Optional[Callable[[], object]] = None) -> None:
        """Runs until SIGTERM or SIGINT, or until an operator drains it; then stops. For the main thread.
        `on_registered` is called once the worker takes tasks."""
        loop = asyncio.get_running_loop()
        asked = asyncio.Event()
        for number in _SIGNALS:
            loop.add_signal_handler(number, asked.set)
        try:
            await self._run_until(asked, on_registered)
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    def apply_definitions(self) -> None:
        """Tells the server what the worker can run, without running it: a deploy step, so that tasks are taken
        before the first worker is up. Blocks."""
        engine = Engine(self._target, self._request(), self._registry, _no_executor, self._drain)
        engine.apply_definitions()

    async def __aenter__(self) -> AsyncWorker:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _run_until(self, asked: asyncio.Event, on_registered: Optional[Callable[[], object]]) -> None:
        signaled = asyncio.create_task(asked.wait())
        try:
            start = asyncio.create_task(self.start())
            await asyncio.wait([start, signaled], return_when=asyncio.FIRST_COMPLETED)
            if not start.done():
                # Not registered yet: there is nothing to finish.
                start.cancel()
                return
            await start
            if on_registered is not None:
                on_registered()
            stopped = asyncio.create_task(self._stopped.wait())
            await asyncio.wait([stopped, signaled], return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
        finally:
            signaled.cancel()
        await self.stop()

    async def _stop(self, engine: Engine, grace: Optional[float]) -> None:
        await asyncio.to_thread(engine.stop, self._grace if grace is None else grace)
        self._stopped.set()

    def _executor(self, parts: Parts) -> Executor:
        return LoopExecutor(self._loop, ThreadExecutor(self._registration.slots, parts), parts)

    def _drain(self, reason: str) -> None:
        logger.info("the server asks the worker to end: %s", reason)
        asyncio.run_coroutine_threadsafe(self.stop(), self._loop)


def _no_executor(parts: Parts) -> Executor:
    return ThreadExecutor(1, parts)


_SIGNALS = (signal.SIGTERM, signal.SIGINT)
