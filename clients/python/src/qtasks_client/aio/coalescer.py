"""Gathers the concurrent calls of coroutines into batches."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Awaitable, Callable, Deque, Generic, List, Optional, Sequence, Tuple

from .._batches import R, T, Verdict, take

Waiting = Tuple[T, "asyncio.Future[R]"]


class AsyncCoalescer(Generic[T, R]):
    """A batch leaves when the one before it has landed; what comes in one turn of the loop leaves together."""

    def __init__(self, send: Callable[[Sequence[T]], Awaitable[Sequence[Verdict[R]]]]) -> None:
        self._send = send
        self._waiting: Deque[Any] = deque()
        self._sending: Optional[asyncio.Task[None]] = None

    async def call(self, item: T) -> R:
        """The item's result; raises its error, or that of its whole batch."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_all())
        return await future

    async def _send_all(self) -> None:
        try:
            while self._waiting:
                await self._send_batch(take(self._waiting, lambda waiting: waiting[0]))
        finally:
            self._sending = None

    async def _send_batch(self, batch: List[Waiting[T, R]]) -> None:
        # A caller that has been canceled meanwhile no longer waits; its task may be enqueued all the same.
        verdicts: Sequence[Verdict[R]]
        try:
            verdicts = await self._send([item for item, _ in batch])
        except Exception as error:
            verdicts = [error] * len(batch)
        for (_, future), verdict in zip(batch, verdicts):
            if future.done():
                continue
            if isinstance(verdict, Exception):
                future.set_exception(verdict)
            else:
                future.set_result(verdict)
