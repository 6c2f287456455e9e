"""The context that a plain servicer gets."""

from __future__ import annotations

from typing import Any, Callable, List, NoReturn, Union

import grpc

from .attempt import Attempt
from .call_facts import CallFacts
from .call_status import CallStatus, Trailers, trailers_of


class TaskServicerContext(CallFacts, grpc.ServicerContext):
    """A grpc.ServicerContext over an attempt. A method that is to stop finds `is_active` False, and its callbacks
    called."""

    def __init__(self, attempt: Attempt, status: CallStatus) -> None:
        super().__init__(attempt)
        self.status = status
        self._callbacks: List[Callable[[], None]] = []
        self._ended = False

    def is_active(self) -> bool:
        """The method has not ended and is not to stop."""
        return not self._ended and self._attempt.aborted is None and not self._attempt.over

    def cancel(self) -> None:
        """Ends the call as CANCELLED, as soon as the method returns."""
        self.status.code = grpc.StatusCode.CANCELLED
        self.status.aborted = True

    def add_callback(self, callback: Callable[[], None]) -> bool:
        """Calls back once, when the method is to stop or has ended; False when it has already."""
        if not self.is_active():
            return False
        if not self._callbacks:
            self._attempt.on_abort(self._call_back)
        self._callbacks.append(callback)
        return True

    def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Of no effect: an outcome has no headers."""

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        """Of these, grpc-status-details-bin goes with a failure."""
        self.status.trailers = trailers_of(trailing_metadata)

    def trailing_metadata(self) -> Trailers:
        """As it was set."""
        return self.status.trailers

    def abort(self, code: grpc.StatusCode, details: Union[str, bytes]) -> NoReturn:
        """Ends the call with this status: raises."""
        self.status.abort(code, details)
        raise AssertionError("abort raises")

    def abort_with_status(self, status: grpc.Status) -> NoReturn:
        """Ends the call with a status as grpc_status makes them, its details included: raises."""
        self.set_trailing_metadata(status.trailing_metadata)
        self.abort(status.code, status.details)

    def set_code(self, code: grpc.StatusCode) -> None:
        """The status when the method ends, whether it raises or not."""
        self.status.code = code

    def set_details(self, details: Union[str, bytes]) -> None:
        """The status message."""
        self.status.set_details(details)

    def code(self) -> Any:
        """As it was set."""
        return self.status.code

    def details(self) -> Any:
        """As it was set."""
        return self.status.details

    def end(self) -> None:
        """The method has ended."""
        self._ended = True
        if self._callbacks:
            self._call_back()

    def _call_back(self) -> None:
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()
