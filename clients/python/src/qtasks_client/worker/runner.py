"""The attempts that this worker holds, and what becomes of each."""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Iterable, List, Optional, Protocol, Sequence, Tuple

from qtasksapi.v1 import worker_service_pb2

from .._times import duration_of
from .attempt import Attempt
from .endings import release
from .registration import Registration, Registry
from .repeats import logger
from .timekeeper import Timekeeper

#: A task whose handler this worker lacks goes back for this long, in seconds, for others to take.
_UNKNOWN_DELAY = 1.0

#: What an executor runs.
Job = Tuple[Attempt, Registration]


class Executor(Protocol):
    """Runs handlers and settles their attempts."""

    def submit(self, jobs: Sequence[Job]) -> None:
        """Starts the jobs, soon and elsewhere."""

    def close(self) -> None:
        """No job follows."""


class Runner:
    """Thread-safe."""

    def __init__(self, slots: int, registry: Registry, executor: Executor, timekeeper: Timekeeper) -> None:
        #: Attempts that it runs at once.
        self.slots = slots
        #: Where endings go.
        self.report: Callable[[Attempt, worker_service_pb2.Outcome], None] = lambda attempt, ending: None
        #: Told when slots became free.
        self.on_free: Callable[[], None] = lambda: None
        self._registry = registry
        self._executor = executor
        self._timekeeper = timekeeper
        self._condition = threading.Condition()
        self._held: Dict[bytes, Attempt] = {}
        self._draining = False

    @property
    def free_slots(self) -> int:
        """Slots that hold no attempt."""
        return max(0, self.slots - len(self._held))

    def held(self) -> List[Attempt]:
        """Attempts whose leases must be renewed: those that run and those whose outcome is not recorded yet."""
        with self._condition:
            return list(self._held.values())

    def take(self, tasks: Iterable[worker_service_pb2.LeasedTask]) -> None:
        """Starts attempts; while draining, gives them back."""
        jobs: List[Job] = []
        for leased in tasks:
            attempt = Attempt(leased, self._end)
            with self._condition:
                # An answer that was sent twice must not run a task twice.
                if attempt.key in self._held:
                    continue
                self._held[attempt.key] = attempt
            registration = self._registration_of(attempt)
            if registration is not None:
                self._timekeeper.watch(attempt)
                jobs.append((attempt, registration))
        if jobs:
            self._executor.submit(jobs)

    def apply(self, statuses: Iterable[worker_service_pb2.LeaseStatus]) -> None:
        """Tells attempts what the server said of their leases."""
        for status in statuses:
            attempt = self._held.get(status.lease_token)
            if attempt is None:
                continue
            if status.verdict == worker_service_pb2.LEASE_VERDICT_LOST:
                attempt.lose()
            elif status.verdict == worker_service_pb2.LEASE_VERDICT_CANCEL_REQUESTED:
                attempt.cancel(status.cancel_reason)

    def drain(self) -> None:
        """What comes from now on is given back."""
        self._draining = True

    def stop_all(self) -> None:
        """Tells all handlers to stop."""
        for attempt in self.held():
            attempt.stop()

    def give_up_all(self) -> None:
        """Gives back all that is still held."""
        for attempt in self.held():
            attempt.give_up()

    def free(self, attempts: Sequence[Attempt]) -> None:
        """Frees the slots of attempts whose outcomes are recorded, or never will be."""
        with self._condition:
            for attempt in attempts:
                self._held.pop(attempt.key, None)
                if not attempt.settled:
                    # The slot is freed all the same, or one bad handler after the other would take all.
                    logger.warning(
                        "the handler of task %s goes on although its attempt is over", attempt.leased.task_id
                    )
            if not self._held:
                self._condition.notify_all()
        self.on_free()

    def wait_until_empty(self, timeout: float) -> bool:
        """Whether nothing is held within the time."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._held, timeout)

    def _registration_of(self, attempt: Attempt) -> Optional[Registration]:
        """The handler; without one the attempt is given back."""
        if self._draining:
            attempt.settle(release("the worker is stopping"))
            return None
        registration = self._registry.get(attempt.spec.name)
        if registration is None:
            logger.warning("no handler for the task %s: it goes back", attempt.spec.name)
            attempt.settle(release("no handler for the task", duration_of(_UNKNOWN_DELAY)))
        return registration

    def _end(self, attempt: Attempt, ending: Any) -> None:
        if ending is not None:
            return self.report(attempt, ending)
        logger.warning("the lease of task %s was lost", attempt.leased.task_id)
        return self.free([attempt])
