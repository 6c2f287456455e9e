"""A worker's registration, and the calls that are made in its name."""

from __future__ import annotations

import threading
import uuid
from typing import Any, Callable, List, Sequence, TypeVar

import grpc

from qtasksapi.v1 import worker_service_pb2

from .._rpc_errors import is_misconfigured
from .._times import duration_of, seconds_of
from ..errors import QTasksError
from .link import Link
from .repeats import logger, until_answered
from .schema import Schema

T = TypeVar("T")

#: What one call may take, in seconds; a call without an answer by then is repeated.
_CALL_TIMEOUT = 10.0
#: How much longer than its wait a poll may take, so that the server answers before the deadline.
_POLL_MARGIN = 10.0
#: Longest wait of a poll; the server may want less.
_POLL_WAIT = 30.0
_SHORTEST_HEARTBEAT = 0.01

#: What the server says of leases, and to the worker, with whatever it answers.
OnWord = Callable[[Any], None]


class Session:
    """Registered once; registered again, under the same id, when the server does not know it. Thread-safe."""

    def __init__(
        self,
        link: Link,
        registration: worker_service_pb2.RegisterWorkerRequest,
        schema: Schema,
        closed: threading.Event,
        on_word: OnWord,
    ) -> None:
        self._link = link
        self._schema = schema
        self._closed = closed
        self._on_word = on_word
        self._request = registration
        self._request.session_id = self.id = str(uuid.uuid4())
        self._lock = threading.Lock()
        self._generation = 0
        self._max_wait = _POLL_WAIT
        #: Seconds between heartbeats, as the server wants it.
        self.heartbeat_interval = 5.0

    def register(self) -> None:
        """Opens or renews the session. Repeated while the server is away; raises when it refuses."""
        self._register_after(self._generation)

    def poll(self, credit: int) -> worker_service_pb2.PollTasksResponse:
        """One long poll, not repeated. It hands its word on."""
        wait = min(_POLL_WAIT, self._max_wait)
        request = worker_service_pb2.PollTasksRequest(session_id=self.id, max_tasks=credit, wait=duration_of(wait))
        response = self._known(lambda: self._link.park(self._link.workers.PollTasks, request, wait + _POLL_MARGIN))
        self._hear(response)
        return response

    def heartbeat(
        self, renewals: Sequence[worker_service_pb2.LeaseRenewal], free_slots: int, draining: bool
    ) -> None:
        """One heartbeat, not repeated: the next one carries the same. It hands its word on."""
        request = worker_service_pb2.HeartbeatRequest(
            session_id=self.id, renewals=renewals, free_slots=free_slots, draining=draining
        )
        self._hear(self._known(lambda: self._call(self._link.workers.Heartbeat, request)))

    def report(self, outcomes: Sequence[worker_service_pb2.Outcome]) -> Sequence[worker_service_pb2.OutcomeResult]:
        """Reports outcomes, repeated until answered or refused as a whole."""
        request = worker_service_pb2.ReportOutcomesRequest(session_id=self.id, outcomes=outcomes)
        response = self._repeated("report outcomes", lambda: self._link.workers.ReportOutcomes, request)
        return list(response.results)

    def record(self, attempts: List[worker_service_pb2.AttemptEvents]) -> None:
        """Records events, repeated until answered or refused as a whole. It hands its word on."""
        request = worker_service_pb2.RecordEventsRequest(session_id=self.id, attempts=attempts)
        self._hear(self._repeated("record events", lambda: self._link.workers.RecordEvents, request))

    def enqueue(self, request: Any) -> Any:
        """Enqueues a child, repeated until answered or refused."""

        def call() -> Any:
            return self._call(self._link.tasks.EnqueueTask, request)

        return until_answered("enqueue a task", call, self._closed)

    def unregister(self, timeout: float) -> int:
        """Ends the session; what is not reported is released: how many. Not repeated."""
        request = worker_service_pb2.UnregisterWorkerRequest(session_id=self.id)
        response = self._link.call(self._link.workers.UnregisterWorker, request, timeout)
        return int(response.released_count)

    def _register_after(self, generation: int) -> None:
        with self._lock:
            # Of the threads that find the session gone, one registers it again.
            if self._generation != generation:
                return
            response = until_answered("register", self._register_once, self._closed, self._refuses_start)
            self._accept(response)
            if response.schema_wanted:
                until_answered("send the schemas", self.apply_definitions, self._closed)
            self._generation += 1

    def _register_once(self) -> Any:
        return self._call(self._link.workers.RegisterWorker, self._request)

    def _refuses_start(self, error: QTasksError) -> bool:
        """A worker that was never registered has the wrong options; later on a token or a certificate may be
        renewed under way."""
        unwelcome = error.code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED)
        return self._generation == 0 and (unwelcome or is_misconfigured(error))

    def apply_definitions(self) -> None:
        """Hands definitions and descriptors to the server. One call, not repeated."""
        request = self._schema.apply_request(self._request.definitions)
        self._call(self._link.system.ApplyTaskDefinitions, request)

    def _accept(self, response: worker_service_pb2.RegisterWorkerResponse) -> None:
        if response.HasField("heartbeat_interval"):
            interval = seconds_of(response.heartbeat_interval)
            self.heartbeat_interval = max(_SHORTEST_HEARTBEAT, interval)
        if response.HasField("max_wait"):
            self._max_wait = seconds_of(response.max_wait)

    def _repeated(self, what: str, method: Callable[[], Any], request: Any) -> Any:
        def call() -> Any:
            return self._known(lambda: self._call(method(), request))

        return until_answered(what, call, self._closed)

    def _known(self, call: Callable[[], T]) -> T:
        """Makes the call and, where the server does not know the session, registers and makes it again."""
        generation = self._generation
        try:
            return call()
        except QTasksError as error:
            if error.reason != "SESSION_NOT_FOUND":
                raise
        logger.info("the server does not know this session: registering again")
        self._register_after(generation)
        return call()

    def _call(self, method: Any, request: Any) -> Any:
        return self._link.call(method, request, _CALL_TIMEOUT)

    def _hear(self, word: Any) -> None:
        # Most answers say nothing.
        if word.lease_statuses or getattr(word, "directives", ()):
            self._on_word(word)
