"""Calls that are repeated until the server has answered."""

from __future__ import annotations

import logging
import random
import threading
from typing import Callable, TypeVar

import grpc

from ..errors import ClientClosedError, QTasksError

T = TypeVar("T")

logger = logging.getLogger("qtasks_client.worker")

_FIRST = 0.1
_LONGEST = 5.0
_FINAL = (
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.UNIMPLEMENTED,
)


def pause_seconds(failures: int) -> float:
    """The pause before a repeat: doubling from 100 ms to 5 s, half of it random, so that workers don't come
    back in step."""
    return min(_LONGEST, _FIRST * 2.0 ** min(failures - 1, 10)) * (0.5 + random.random() / 2)


def is_refusal(error: QTasksError) -> bool:
    """The server will never accept this request, however often it is repeated."""
    if error.code in _FINAL:
        return True
    if error.code is grpc.StatusCode.NOT_FOUND:
        return error.reason != "SESSION_NOT_FOUND"
    exhausted = error.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    return exhausted and error.reason not in ("RATE_LIMITED", "QUEUE_FULL")


def until_answered(
    what: str,
    call: Callable[[], T],
    closed: threading.Event,
    is_final: Callable[[QTasksError], bool] = lambda error: False,
) -> T:
    """Repeats a call until it is answered or refused, or the worker has closed (ClientClosedError). `is_final`
    tells what counts as a refusal beside the usual."""
    failures = 0
    while True:
        if closed.is_set():
            raise ClientClosedError("the worker stopped")
        try:
            return call()
        except QTasksError as error:
            if is_refusal(error) or is_final(error):
                raise
            failures += 1
            level = logging.WARNING if failures == 1 else logging.DEBUG
            if not closed.is_set():
                logger.log(level, "could not %s; trying again: %s", what, error)
            pause = error.retry_after or pause_seconds(failures)
        closed.wait(pause)
