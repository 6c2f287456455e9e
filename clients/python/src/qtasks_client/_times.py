"""Durations and times, between Python and protobuf. Durations are seconds or timedeltas."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Optional, Union

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from .errors import field_error

#: Seconds as a number, or a timedelta.
Seconds = Union[int, float, timedelta]

#: The longest duration that a request may name: ten years.
MAX_SECONDS = 10 * 365 * 86_400


def to_duration(field: str, value: Optional[Seconds]) -> Optional[Duration]:
    """The protobuf form; FIELD_VIOLATION names the field and its limits."""
    if value is None:
        return None
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    is_number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    if not is_number or not math.isfinite(seconds) or not 0 <= seconds <= MAX_SECONDS:
        raise field_error(field, f"must be 0 to {MAX_SECONDS} seconds (10 years); got {value!r}")
    return duration_of(seconds)


def duration_of(seconds: float) -> Duration:
    """The protobuf form of a known number."""
    nanos = round(seconds * 1e9)
    return Duration(seconds=nanos // 1_000_000_000, nanos=nanos % 1_000_000_000)


def seconds_of(duration: Duration) -> float:
    """A protobuf duration in seconds."""
    return float(duration.seconds + duration.nanos / 1e9)


def to_timestamp(field: str, value: datetime) -> Timestamp:
    """The protobuf form; FIELD_VIOLATION for a datetime without a time zone."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise field_error(field, f"must be a datetime with a time zone; got {value!r}")
    timestamp = Timestamp()
    timestamp.FromDatetime(value)
    return timestamp
