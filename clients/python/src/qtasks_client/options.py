"""What can be said about a task: how it runs and when it starts. What is unset is the definition's or the
server's default. Durations are seconds or timedeltas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Dict, Mapping, Optional, Sequence, TypedDict, TypeVar, Union

from qtasksapi.v1 import task_pb2

from ._times import Seconds, to_duration, to_timestamp
from .errors import field_error

_ON_CONFLICT = {
    "return-existing": task_pb2.CONFLICT_POLICY_RETURN_EXISTING,
    "reject": task_pb2.CONFLICT_POLICY_REJECT,
    "replace-pending": task_pb2.CONFLICT_POLICY_REPLACE_PENDING,
}
_OUTPUT_RETRY = {
    "never": task_pb2.OUTPUT_RETRY_NEVER,
    "skip": task_pb2.OUTPUT_RETRY_SKIP,
    "restart": task_pb2.OUTPUT_RETRY_RESTART,
}


@dataclass(frozen=True)
class RetryPolicy:
    """When another attempt follows a failed one."""

    #: Attempts in all, the first included; 1: no retries, -1: no limit. Default 3.
    max_attempts: Optional[int] = None
    #: Default 1 s.
    initial_backoff: Optional[Seconds] = None
    #: Default 5 min.
    max_backoff: Optional[Seconds] = None
    #: Default 2.
    backoff_multiplier: Optional[float] = None
    #: Share of the delay that is random, 0 to 1. Default 0.2.
    jitter: Optional[float] = None
    #: Failures of these types are final.
    non_retryable_types: Sequence[str] = ()
    #: Lost leases until the task fails; they have a cap of their own. Default 5.
    max_lost_leases: Optional[int] = None

    def to_message(self) -> task_pb2.RetryPolicy:
        """As it is sent."""
        return task_pb2.RetryPolicy(
            max_attempts=self.max_attempts,
            initial_backoff=to_duration("retry.initial_backoff", self.initial_backoff),
            max_backoff=to_duration("retry.max_backoff", self.max_backoff),
            backoff_multiplier=self.backoff_multiplier,
            jitter=self.jitter,
            non_retryable_types=self.non_retryable_types,
            max_lost_leases=self.max_lost_leases,
        )


@dataclass(frozen=True)
class UniqueKey:
    """At most one task of a name with this key at a time."""

    #: At most 255 characters of printable ASCII.
    key: str
    #: How long from creation the key is held; unset: until the task has ended.
    window: Optional[Seconds] = None
    #: What a second task meets: `return-existing` (default), `reject` (UNIQUE_KEY_HELD) or `replace-pending`.
    on_conflict: str = "return-existing"

    def to_message(self) -> task_pb2.UniqueKey:
        """As it is sent."""
        policy = _choice("unique.on_conflict", self.on_conflict, _ON_CONFLICT)
        window = to_duration("unique.window", self.window)
        return task_pb2.UniqueKey(key=self.key, window=window, on_conflict=policy)


class TaskSettings(TypedDict, total=False):
    """How every run of a task goes."""

    #: At most 100 characters. Default `default`.
    queue: str
    #: -1000 to 1000; higher runs first. Default 0.
    priority: int
    retry: RetryPolicy
    #: Limit of one attempt.
    attempt_timeout: Seconds
    #: Limit over all attempts and backoffs.
    total_timeout: Seconds
    #: EXPIRED if not started this long after it is due.
    pending_timeout: Seconds
    #: How long the ended task is kept. Default 24 h.
    retention: Seconds
    #: What another attempt of a streaming handler does: `never` (default), `skip` or `restart`.
    output_retry: str
    #: At most 32; indexed and filterable.
    labels: Mapping[str, str]


class EnqueueOptions(TypedDict, total=False):
    """Options of one enqueued task: those of TaskSettings, its start and what belongs to it alone."""

    #: At most 100 characters. Default: the definition's, else `default`.
    queue: str
    #: -1000 to 1000; higher runs first.
    priority: int
    retry: RetryPolicy
    #: Limit of one attempt.
    attempt_timeout: Seconds
    #: Limit over all attempts and backoffs.
    total_timeout: Seconds
    #: EXPIRED if not started this long after it is due.
    pending_timeout: Seconds
    #: How long the ended task is kept.
    retention: Seconds
    #: What another attempt of a streaming handler does: `never`, `skip` or `restart`.
    output_retry: str
    #: At most 32; indexed and filterable.
    labels: Mapping[str, str]
    #: For repeats across processes, at most 128 characters. Default: a new UUIDv7.
    task_id: str
    #: Seconds from now, by the server's clock.
    delay: Seconds
    #: No sooner than then; not together with `delay`. Needs a time zone.
    schedule_at: datetime
    #: Handed to the handler; at most 64, 8 KiB in all.
    headers: Mapping[str, str]
    #: A key alone, or with what comes of a second task.
    unique: Union[str, UniqueKey]
    #: The task from whose handler this one is enqueued.
    parent_task_id: str


def task_options(settings: Mapping[str, object]) -> Optional[task_pb2.TaskOptions]:
    """The settings among these as they are sent, or None where there are none."""
    given: Dict[str, Any] = {name: settings[name] for name in _SETTINGS if settings.get(name) is not None}
    if not given:
        return None
    retry = given.pop("retry", None)
    if isinstance(retry, RetryPolicy):
        given["retry_policy"] = retry.to_message()
    elif retry is not None:
        raise field_error("retry", f"must be a RetryPolicy; got {retry!r}")
    for name in _DURATIONS & given.keys():
        given[name] = to_duration(name, given[name])
    if "output_retry" in given:
        given["output_retry"] = _choice("output_retry", given["output_retry"], _OUTPUT_RETRY)
    try:
        return task_pb2.TaskOptions(**given)
    except (TypeError, ValueError) as error:
        raise field_error("options", str(error)) from error


def start_of(delay: Optional[Seconds], schedule_at: Optional[datetime]) -> Mapping[str, object]:
    """The start of a request: `delay`, `schedule_time` or nothing."""
    if delay is not None and schedule_at is not None:
        raise field_error("schedule_at", "can't be set together with delay")
    if delay is not None:
        return {"delay": to_duration("delay", delay)}
    if schedule_at is not None:
        return {"schedule_time": to_timestamp("schedule_at", schedule_at)}
    return {}


E = TypeVar("E")

_DURATIONS = {"attempt_timeout", "total_timeout", "pending_timeout", "retention"}
_SETTINGS = (*_DURATIONS, "queue", "priority", "retry", "output_retry", "labels")


def _choice(field: str, value: object, choices: Mapping[str, E]) -> E:
    if value in choices:
        return choices[value]  # type: ignore[index]
    raise field_error(field, f"must be one of {', '.join(choices)}; got {value!r}")
