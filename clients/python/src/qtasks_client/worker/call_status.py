"""The status that a servicer gives its call: code, details and trailers, and the Failure that they make."""

from __future__ import annotations

from typing import Any, Optional, Tuple, Union

import grpc

from qtasksapi.v1 import task_pb2

from ..handler_errors import InputRejected, Snooze, TaskError, code_number
from ..payloads import PROTOBUF
from .failures import SOURCE, message_of, stack_of

#: The trailer in which a google.rpc.Status travels.
STATUS_DETAILS = "grpc-status-details-bin"

Trailers = Tuple[Tuple[str, Union[str, bytes]], ...]


class CallAborted(Exception):
    """Raised by `context.abort`, to leave the servicer."""


class CallStatus:
    """Set by a servicer through its context."""

    def __init__(self) -> None:
        #: None: not set, which is OK for a method that returns.
        self.code: Any = None
        self.details: Optional[str] = None
        self.trailers: Trailers = ()
        self.aborted = False

    @property
    def is_ok(self) -> bool:
        """Nothing else than OK was set."""
        return not self.aborted and (self.code is None or code_number(self.code) == 0)

    def set_details(self, details: Union[str, bytes, None]) -> None:
        """The status message; servers take bytes as well."""
        self.details = details.decode("utf-8", "replace") if isinstance(details, bytes) else details

    def abort(self, code: Any, details: Union[str, bytes, None]) -> None:
        """Sets both and leaves. OK is no reason to abort: it is taken for UNKNOWN."""
        self.code = grpc.StatusCode.UNKNOWN if code_number(code) == 0 else code
        self.set_details(details)
        self.aborted = True
        raise CallAborted(f"{_name_of(self.code)}: {self.details or ''}")

    def is_steered(self, error: BaseException) -> bool:
        """The method raised what says by itself how the attempt ends, and set no status."""
        return self.code is None and isinstance(error, (TaskError, Snooze, InputRejected))

    def failure(self) -> task_pb2.Failure:
        """The status as a failure."""
        code = code_number(self.code if self.code is not None else grpc.StatusCode.UNKNOWN)
        failure = task_pb2.Failure(
            kind=task_pb2.FAILURE_KIND_APPLICATION,
            code=code,
            type=f"grpc.{_name_of(code)}",
            message=self.details or "",
            source=SOURCE,
        )
        details = dict(self.trailers).get(STATUS_DETAILS)
        if isinstance(details, bytes):
            failure.details.CopyFrom(
                task_pb2.Payload(data=details, content_type=PROTOBUF, schema="google.rpc.Status")
            )
        return failure

    def failure_of(self, error: BaseException) -> task_pb2.Failure:
        """What a server answers when the method raised: a status that was set before counts, without one it is
        UNKNOWN."""
        failure = self.failure()
        if self.aborted or isinstance(error, CallAborted):
            return failure
        failure.stack_trace = stack_of(error)
        if self.details is None:
            failure.message = f"Exception calling application: {message_of(error)}"
        return failure


def trailers_of(metadata: Any) -> Trailers:
    """Metadata as servicers give it: pairs in a sequence, or grpc.aio.Metadata."""
    return tuple((str(key), value) for key, value in metadata or ())


def _name_of(code: Any) -> str:
    number = code_number(code)
    return next(code.name for code in grpc.StatusCode if code.value[0] == number)
