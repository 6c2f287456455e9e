"""Sends heartbeats: they renew every lease that is held and carry its new checkpoint."""

from __future__ import annotations

import threading
from typing import Iterator, List, Optional, Sequence

from qtasksapi.v1 import task_pb2, worker_service_pb2

from ..errors import QTasksError
from .attempt import Attempt
from .repeats import logger, pause_seconds
from .runner import Runner
from .session import Session

_MAX_RENEWALS = 1_000
_MAX_BYTES = 1 << 20


class Heart:
    """A thread of its own, so that leases are renewed whatever handlers do."""

    def __init__(self, session: Session, runner: Runner) -> None:
        self._session = session
        self._runner = runner
        self._condition = threading.Condition()
        self._wanted = 0
        self._beaten = 0
        self._stopped = False
        self._draining = False
        self._failures = 0

    def start(self) -> None:
        """The first heartbeat follows after an interval."""
        threading.Thread(target=self._run, name="qtasks-heart", daemon=True).start()

    def stop(self) -> None:
        """No heartbeat follows."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()

    def drain(self, timeout: float) -> None:
        """Tells the server, at once and from then on, that this worker takes no more; waits for its answer."""
        self._draining = True
        self.beat()
        with self._condition:
            wanted = self._wanted
            self._condition.wait_for(lambda: self._beaten >= wanted or self._stopped, timeout)

    def beat(self) -> None:
        """Asks for a heartbeat at once; when one is under way, for another right after it."""
        with self._condition:
            self._wanted += 1
            self._condition.notify_all()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._stopped or self._wanted > self._beaten, self._pause())
                wanted = self._wanted
            if self._stopped:
                return
            self._beat_once()
            with self._condition:
                self._beaten = wanted
                self._condition.notify_all()

    def _pause(self) -> float:
        # A failed renewal is repeated sooner than the next one is due, while the lease lasts.
        interval = self._session.heartbeat_interval
        return interval if self._failures == 0 else min(interval, pause_seconds(self._failures))

    def _beat_once(self) -> None:
        try:
            for attempts in _chunks(self._runner.held()):
                self._send(attempts)
            self._failures = 0
        except QTasksError as error:
            self._failures += 1
            if self._failures == 1 and not self._stopped:
                logger.warning("a heartbeat failed; trying again: %s", error)
        except Exception:
            self._failures += 1
            logger.exception("a heartbeat failed; trying again")

    def _send(self, attempts: Sequence[Attempt]) -> None:
        sent = [(attempt, attempt.checkpoint) for attempt in attempts]
        renewals = [
            worker_service_pb2.LeaseRenewal(lease_token=attempt.key, checkpoint=_new_checkpoint(attempt))
            for attempt in attempts
        ]
        self._session.heartbeat(renewals, self._runner.free_slots, self._draining)
        for attempt, checkpoint in sent:
            attempt.confirmed_checkpoint = checkpoint


def _new_checkpoint(attempt: Attempt) -> Optional[task_pb2.Payload]:
    checkpoint = attempt.checkpoint
    return None if checkpoint is attempt.confirmed_checkpoint else checkpoint


def _chunks(attempts: Sequence[Attempt]) -> Iterator[Sequence[Attempt]]:
    """At least one chunk, so that a heartbeat is sent while nothing is held."""
    chunk: List[Attempt] = []
    size = 0
    for attempt in attempts:
        checkpoint = attempt.checkpoint
        added = 64 if checkpoint is None else checkpoint.ByteSize() + 64
        if len(chunk) >= _MAX_RENEWALS or (chunk and size + added > _MAX_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(attempt)
        size += added
    yield chunk
