"""A worker from its start to its stop: the parts, wired."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable

from qtasksapi.v1 import worker_service_pb2

from .._channel import Target
from .._times import seconds_of
from ..errors import QTasksError
from .context import Parts
from .heart import Heart
from .link import Link
from .poller import Poller
from .recorder import Recorder
from .registration import Registry
from .repeats import logger
from .reporter import Reporter
from .runner import Executor, Runner
from .schema import Schema
from .session import Session
from .timekeeper import Timekeeper

#: How long parked polls have to answer once the server knows that this worker drains, in seconds. What is handed
#: out to one that is cut off goes back with the end of the session.
_POLLS = 0.5
#: How long handlers have to end after they were told to stop, in seconds.
_ABORT = 1.0
#: How long the last outcomes have to reach the server; what does not is released with the session.
_REPORT = 5.0
_UNREGISTER = 2.0


class Engine:
    """Threads that talk to the server; handlers run where the executor has them run."""

    def __init__(
        self,
        target: Target,
        registration: worker_service_pb2.RegisterWorkerRequest,
        registry: Registry,
        executor_of: Callable[[Parts], Executor],
        on_drain: Callable[[str], None],
    ) -> None:
        self._on_drain = on_drain
        self._closed = threading.Event()
        self._reconnected_until = 0.0
        self._link = Link(target)
        schema = Schema(registry.files)
        registration.schema_digest = schema.digest
        self.session = Session(self._link, registration, schema, self._closed, self._hear)
        self._recorder = Recorder(self.session)
        self._timekeeper = Timekeeper()
        self._executor = executor_of(Parts(self.session, self._recorder))
        self._runner = Runner(registration.slots, registry, self._executor, self._timekeeper)
        self._reporter = Reporter(self.session, self._recorder, self._runner.free)
        self._poller = Poller(self.session, self._runner)
        self._heart = Heart(self.session, self._runner)
        self._runner.report = self._reporter.report
        self._runner.on_free = self._poller.wake

    def start(self) -> None:
        """Registers, then takes tasks. Raises when the server refuses the worker, or `close` comes first."""
        self.session.register()
        self._reporter.start()
        self._heart.start()
        self._poller.start()

    def stop(self, grace: float) -> None:
        """Takes nothing more; lets handlers finish within the grace, then tells them to stop and gives back what
        is left; ends the session."""
        # Senders before receivers: the poller first, the reporter and the heart last.
        self._runner.drain()
        self._poller.drain()
        self._heart.drain(_POLLS)
        self._poller.wait_until_answered(_POLLS)
        self._link.cancel_parked()
        if not self._runner.wait_until_empty(grace):
            self._end_handlers()
        self._heart.stop()
        self._unregister()
        self.close()

    def close(self) -> None:
        """Ends everything at once; nothing is reported."""
        self._closed.set()
        self._poller.drain()
        self._heart.stop()
        self._reporter.close()
        self._recorder.close()
        self._timekeeper.close()
        self._executor.close()
        self._link.close()

    def apply_definitions(self) -> None:
        """Hands the definitions to the server, without a session. Closes the connection."""
        try:
            self.session.apply_definitions()
        finally:
            self.close()

    def _end_handlers(self) -> None:
        self._runner.stop_all()
        self._runner.wait_until_empty(_ABORT)
        self._runner.give_up_all()
        self._runner.wait_until_empty(_REPORT)

    def _unregister(self) -> None:
        try:
            released = self.session.unregister(_UNREGISTER)
            if released:
                logger.warning("the server released %d attempts that were not reported", released)
        except QTasksError as error:
            # The server ends the session by itself when it hears no more of it.
            logger.info("the session could not be ended: %s", error)

    def _hear(self, word: Any) -> None:
        self._runner.apply(word.lease_statuses)
        for directive in getattr(word, "directives", ()):
            self._obey(directive)

    def _obey(self, directive: worker_service_pb2.Directive) -> None:
        if directive.kind == worker_service_pb2.DIRECTIVE_KIND_DRAIN:
            self._on_drain(directive.reason)
        elif directive.kind == worker_service_pb2.DIRECTIVE_KIND_REGISTER:
            threading.Thread(target=self._reopen, name="qtasks-register", daemon=True).start()
        elif directive.kind == worker_service_pb2.DIRECTIVE_KIND_RECONNECT:
            self._reconnect(seconds_of(directive.delay))

    def _reopen(self) -> None:
        """Leases are judged by their tokens: they go on in the new session."""
        try:
            self.session.register()
            self._heart.beat()
        except QTasksError as error:
            if not self._closed.is_set():
                logger.error("the server refuses to register this worker: %s", error)

    def _reconnect(self, delay: float) -> None:
        """New calls get a connection of their own at once; polls wait as long as the server asks for."""
        # Both parked polls say so: one new connection is enough.
        now = time.monotonic()
        if now >= self._reconnected_until:
            logger.info("the server goes away: reconnecting after %g s", delay)
            self._link.reconnect()
        self._reconnected_until = now + delay
        self._poller.pause(delay)
