"""Errors by which handlers steer what becomes of their attempt, and those that abort them."""

from __future__ import annotations

from typing import Any, Optional, Union

import grpc

from ._times import Seconds, to_duration


class TaskError(Exception):
    """A failure with a stable type, a code and details; the retry policy decides whether it is final."""

    def __init__(
        self,
        message: str,
        *,
        code: Union[grpc.StatusCode, str, int] = grpc.StatusCode.UNKNOWN,
        type: Optional[str] = None,
        details: Any = None,
    ) -> None:
        """`code` is a gRPC code, its name or its number; INVALID_ARGUMENT, NOT_FOUND and their like end the
        task without a retry. `type` is stable, such as `acme.mail.BadAddress`, by default the class's name;
        retry policies match it. `details` are for the caller: a JSON value or a protobuf message."""
        super().__init__(message)
        self.message = message
        self.code = code_number(code)
        self.type = type
        self.details = details


class TerminalError(TaskError):
    """Fails the task for good: no more attempts, whatever its retry policy says."""


class RetryLater(TaskError):
    """Fails the attempt and asks for the next one after a delay instead of the policy's backoff. It counts."""

    def __init__(self, delay: Seconds, message: str = "retry later", **options: Any) -> None:
        """`delay` in seconds. The options are those of TaskError."""
        super().__init__(message, **options)
        self.delay = to_duration("delay", delay)


class Snooze(Exception):
    """Puts the task back for a while; no failure, and not counted as an attempt."""

    def __init__(self, delay: Seconds, reason: str = "snoozed by its handler") -> None:
        """`delay` in seconds."""
        super().__init__(reason)
        self.reason = reason
        self.delay = to_duration("delay", delay)


class AttemptAborted(Exception):
    """The attempt is to end: raised by what waits in a handler, and by `context.check`. `cause` is `canceled`
    (someone asked for it), `timeout` (out of its time), `lost` (its lease went to another) or `stopping`
    (the worker ends and its grace is over)."""

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message


class InputRejected(Exception):
    """The handler can't be given this input: the task ends as REJECTED, without a retry."""

    def __init__(self, type: str, message: str) -> None:
        super().__init__(message)
        self.type = type
        self.message = message


def code_number(code: Union[grpc.StatusCode, str, int]) -> int:
    """The google.rpc.Code of a gRPC code, its name or its number; UNKNOWN for what is none."""
    if isinstance(code, str):
        code = getattr(grpc.StatusCode, code.upper(), grpc.StatusCode.UNKNOWN)
    if isinstance(code, grpc.StatusCode):
        return int(code.value[0])
    return code if isinstance(code, int) and 0 <= code <= 16 else 2
