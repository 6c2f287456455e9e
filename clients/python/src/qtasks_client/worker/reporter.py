"""Reports how attempts ended, many in one call, until the server has answered for each."""

from __future__ import annotations

import threading
from collections import deque
from typing import Callable, Deque, List, Sequence

import grpc

from qtasksapi.v1 import task_pb2, worker_service_pb2

from ..errors import QTasksError
from ..handler_errors import code_number
from .attempt import Attempt
from .failures import worker_failure
from .recorder import Recorder
from .repeats import is_refusal, logger
from .session import Session

_MAX_OUTCOMES = 1_000
#: Half of what a message may have, in bytes: a result of 1 MiB always fits.
_MAX_BYTES = 2 << 20
#: An outcome, what replaces it when it is refused, and what replaces that.
_MAX_REFUSALS = 4

#: The server has answered for these, or never will: the session has ended.
OnDone = Callable[[Sequence[Attempt]], None]


class _Report:
    """An outcome on its way to the server; replaced when it is refused."""

    __slots__ = ("attempt", "outcome", "refusals")

    def __init__(self, attempt: Attempt, outcome: worker_service_pb2.Outcome) -> None:
        self.attempt = attempt
        self.outcome = outcome
        self.refusals = 0


class Reporter:
    """A thread of its own. One call is under way at a time; outcomes that come meanwhile leave together."""

    def __init__(self, session: Session, recorder: Recorder, on_done: OnDone) -> None:
        self._session = session
        self._recorder = recorder
        self._on_done = on_done
        self._condition = threading.Condition()
        self._waiting: Deque[_Report] = deque()
        self._idle = True
        self._closed = False

    def start(self) -> None:
        """Outcomes are sent from now on."""
        threading.Thread(target=self._run, name="qtasks-reporter", daemon=True).start()

    def close(self) -> None:
        """Nothing is sent any more."""
        with self._condition:
            self._closed = True
            self._condition.notify()

    def report(self, attempt: Attempt, ending: worker_service_pb2.Outcome) -> None:
        """Reports the ending, after the attempt's events."""
        ending.lease_token = attempt.key
        report = _Report(attempt, ending)
        if attempt.events_if_any is None:
            self._add(report)
        else:
            self._recorder.flush(attempt, lambda: self._complete(report))

    def _complete(self, report: _Report) -> None:
        """The attempt's events are recorded. Without an output that was refused there is no success."""
        events = report.attempt.events
        if events.refusal is not None and report.outcome.HasField("success"):
            message = f"an output was refused: {events.refusal.message}"
            report.outcome.failure.CopyFrom(worker_failure("qtasks.OutputRefused", message))
        report.outcome.event_count = events.count
        self._add(report)

    def _add(self, report: _Report) -> None:
        checkpoint = report.attempt.checkpoint
        if checkpoint is not None and not report.outcome.HasField("success"):
            report.outcome.checkpoint.CopyFrom(checkpoint)
        with self._condition:
            self._waiting.append(report)
            if self._idle:
                self._condition.notify()

    def _run(self) -> None:
        while True:
            reports = self._next()
            if not reports:
                return
            self._send_some(reports)

    def _next(self) -> List[_Report]:
        """What fits into one call, one outcome at least; nothing at the end."""
        reports: List[_Report] = []
        size = 0
        with self._condition:
            self._idle = True
            self._condition.wait_for(lambda: self._waiting or self._closed)
            self._idle = False
            while self._waiting and len(reports) < _MAX_OUTCOMES and not self._closed:
                size += self._waiting[0].outcome.ByteSize()
                if reports and size > _MAX_BYTES:
                    break
                reports.append(self._waiting.popleft())
        return reports

    def _send_some(self, reports: List[_Report]) -> None:
        over: Sequence[_Report] = reports
        try:
            results = self._send([report.outcome for report in reports])
            if len(results) != len(reports):
                raise _miscounted(len(reports), len(results))
            over = [report for report, result in zip(reports, results) if self._is_over(report, result)]
        except QTasksError as error:
            # The end of the session, or an answer that can't be told apart.
            logger.warning("%d outcomes could not be reported: %s", len(reports), error)
        self._on_done([report.attempt for report in over])

    def _send(self, outcomes: Sequence[worker_service_pb2.Outcome]) -> Sequence[worker_service_pb2.OutcomeResult]:
        """A refusal of the whole call is narrowed down to the outcome that it is meant for."""
        try:
            return self._session.report(outcomes)
        except QTasksError as error:
            if not is_refusal(error):
                raise
            if len(outcomes) == 1:
                return [_refused(error)]
        return [result for outcome in outcomes for result in self._send([outcome])]

    def _is_over(self, report: _Report, result: worker_service_pb2.OutcomeResult) -> bool:
        """Whether the server has said its last word of it; what was refused is replaced and goes again."""
        if result.verdict == worker_service_pb2.OUTCOME_VERDICT_RECORDED:
            return True
        task_id = report.attempt.leased.task_id
        if result.verdict == worker_service_pb2.OUTCOME_VERDICT_STALE:
            logger.warning("an outcome of task %s came too late: the lease had gone to another", task_id)
            return True
        logger.warning("an outcome of task %s was refused: %s", task_id, result.error.message)
        report.refusals += 1
        if report.refusals >= _MAX_REFUSALS:
            logger.error("an outcome of task %s was refused for good: its lease will run out", task_id)
            return True
        self._replace(report, result.error)
        return False

    def _replace(self, report: _Report, error: task_pb2.ItemError) -> None:
        if error.reason != "EVENTS_MISSING":
            report.outcome = _instead_of_refused(report.outcome, error)
            with self._condition:
                self._waiting.append(report)
        elif report.attempt.events.is_dirty:
            self._recorder.flush(report.attempt, lambda: self._complete(report))
        else:
            _without_events(report)
            self._add(report)


def _instead_of_refused(
    outcome: worker_service_pb2.Outcome, error: task_pb2.ItemError
) -> worker_service_pb2.Outcome:
    """The failure that is reported instead of a refused outcome."""
    why = error.message or "no reason given"
    failure = worker_failure("qtasks.OutcomeRefused", f"the outcome was refused: {why}")
    if outcome.HasField("success") and error.reason == "PAYLOAD_TOO_LARGE":
        failure = worker_failure("qtasks.ResultTooLarge", why)
    return worker_service_pb2.Outcome(
        lease_token=outcome.lease_token, event_count=outcome.event_count, failure=failure
    )


def _without_events(report: _Report) -> None:
    """The server lost events for good: lost log lines are let go, lost outputs fail the attempt."""
    if report.attempt.events.output_count and report.outcome.HasField("success"):
        failure = worker_failure("qtasks.EventsLost", "the server lost outputs of this attempt")
        failure.non_retryable = False
        report.outcome.failure.CopyFrom(failure)
    report.outcome.event_count = 0


def _refused(error: QTasksError) -> worker_service_pb2.OutcomeResult:
    item = task_pb2.ItemError(code=code_number(error.code), reason=error.reason, message=error.message)
    return worker_service_pb2.OutcomeResult(verdict=worker_service_pb2.OUTCOME_VERDICT_REFUSED, error=item)


def _miscounted(expected: int, got: int) -> QTasksError:
    message = f"{expected} outcomes were reported, {got} answered"
    return QTasksError(grpc.StatusCode.INTERNAL, "INTERNAL", message)
