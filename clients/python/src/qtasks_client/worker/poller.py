"""Keeps polls parked at the server while there are free slots."""

from __future__ import annotations

import threading
import time
from typing import Optional

from ..errors import QTasksError
from .repeats import logger, pause_seconds
from .runner import Runner
from .session import Session

#: Polls parked at once. One brings word of leases even while no slot is free; slots that become free meanwhile
#: are offered by the others.
_MAX_PARKED = 3
#: One poll offers half of the slots at most, or so many where half is fewer: the server hands out to one half
#: while it records the outcomes of the other.
_MIN_SHARE = 200
#: An empty answer sooner than this, in seconds, counts as a failure, so that no server is asked in a tight loop.
_HASTY = 0.025


class Poller:
    """A thread for each parked poll."""

    def __init__(self, session: Session, runner: Runner) -> None:
        self._session = session
        self._runner = runner
        self._share = max(_MIN_SHARE, -(-runner.slots // 2))
        self._condition = threading.Condition()
        self._parked = 0
        self._offered = 0
        self._draining = False
        self._failures = 0
        self._pause_until = 0.0

    def start(self) -> None:
        """Opens the first poll."""
        for number in range(_MAX_PARKED):
            threading.Thread(target=self._run, name=f"qtasks-poller-{number}", daemon=True).start()

    def wake(self) -> None:
        """Slots became free."""
        with self._condition:
            self._condition.notify_all()

    def pause(self, seconds: float) -> None:
        """No new poll for so long: the server is going away."""
        with self._condition:
            self._pause_until = max(self._pause_until, time.monotonic() + seconds)

    def drain(self) -> None:
        """No new polls."""
        with self._condition:
            self._draining = True
            self._condition.notify_all()

    def wait_until_answered(self, timeout: float) -> None:
        """Until the polls that are parked have answered."""
        with self._condition:
            self._condition.wait_for(lambda: self._parked == 0, timeout)

    def _run(self) -> None:
        while True:
            credit = self._offer()
            if credit is None:
                return
            try:
                self._take(credit)
            finally:
                self._withdraw(credit)

    def _offer(self) -> Optional[int]:
        """Waits until there is something to offer; None when no poll is to follow."""
        with self._condition:
            while not self._draining:
                credit = min(self._share, self._runner.free_slots - self._offered)
                rest = self._pause_until - time.monotonic()
                if rest <= 0 and (credit > 0 or self._parked == 0):
                    credit = max(0, credit)
                    self._parked += 1
                    self._offered += credit
                    return credit
                self._condition.wait(rest if rest > 0 else None)
            return None

    def _withdraw(self, credit: int) -> None:
        with self._condition:
            self._parked -= 1
            self._offered -= credit
            self._condition.notify_all()

    def _take(self, credit: int) -> None:
        asked_at = time.monotonic()
        try:
            response = self._session.poll(credit)
        except QTasksError as error:
            return self._failed(error)
        if response.tasks:
            self._runner.take(response.tasks)
        elif not response.lease_statuses and time.monotonic() - asked_at < _HASTY:
            self._failures += 1
            return self.pause(pause_seconds(self._failures))
        self._failures = 0
        return None

    def _failed(self, error: QTasksError) -> None:
        if self._draining:
            return
        self._failures += 1
        if self._failures == 1:
            logger.warning("a poll failed; trying again: %s", error)
        self.pause(error.retry_after or pause_seconds(self._failures))
