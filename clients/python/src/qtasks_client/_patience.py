"""Repeats what may be repeated while no server answers, as when one restarts."""

from __future__ import annotations

import random
import time
from typing import Awaitable, Callable, Optional, TypeVar

import grpc

from ._rpc_errors import is_misconfigured
from .errors import QTasksError

T = TypeVar("T")


class Backoff:
    """Seconds between repeats: growing, with jitter, so that clients of a restarted server don't come at once."""

    def __init__(self, first: float = 0.1, longest: float = 2.0) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def reset(self) -> None:
        """An answer came: the next pause is short again."""
        self._next = self._first

    def pause(self, at_least: Optional[float] = None) -> float:
        """The pause before the next repeat, at least as long as the server asked for."""
        seconds = self._next * (0.5 + random.random())
        self._next = min(self._longest, self._next * 2)
        return max(at_least or 0.0, seconds)


class Patience:
    """How long one call is repeated."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._backoff = Backoff()

    def pause_after(self, error: QTasksError) -> float:
        """The pause before the call is repeated. Raises the error when it is not, or no more."""
        final = error.code is not grpc.StatusCode.UNAVAILABLE or is_misconfigured(error)
        if final or time.monotonic() >= self._until:
            raise error
        return self._backoff.pause(error.retry_after)


def with_patience(seconds: float, call: Callable[[], T], sleep: Callable[[float], object]) -> T:
    """The call's answer; it is made again on UNAVAILABLE until the patience ends."""
    patience = Patience(seconds)
    while True:
        try:
            return call()
        except QTasksError as error:
            pause = patience.pause_after(error)
        sleep(pause)


async def with_patience_async(
    seconds: float, call: Callable[[], Awaitable[T]], sleep: Callable[[float], Awaitable[object]]
) -> T:
    """As `with_patience`, for coroutines."""
    patience = Patience(seconds)
    while True:
        try:
            return await call()
        except QTasksError as error:
            pause = patience.pause_after(error)
        await sleep(pause)
