"""What a servicer's context tells of its call, alike for threads and event loops."""

from __future__ import annotations

import time
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from .attempt import Attempt


class Metadatum(NamedTuple):
    """A key and a value, as grpc gives them."""

    key: str
    value: str


class CallFacts:
    """The facts. A task has no connection: its peer is the task itself, and it has no identity."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt

    def invocation_metadata(self) -> Tuple[Metadatum, ...]:
        """The task's headers, then its id, attempt and fencing token."""
        leased = self._attempt.leased
        metadata: List[Metadatum] = [Metadatum(k, v) for k, v in self._attempt.spec.headers.items()]
        metadata.append(Metadatum("qtasks-task-id", leased.task_id))
        metadata.append(Metadatum("qtasks-attempt", str(leased.attempt)))
        metadata.append(Metadatum("qtasks-fencing-token", str(leased.fencing_token)))
        return tuple(metadata)

    def peer(self) -> str:
        """Names the task."""
        return f"qtasks:{self._attempt.leased.task_id}"

    def peer_identities(self) -> Optional[Iterable[bytes]]:
        """None: a task is not authenticated by its worker."""
        return None

    def peer_identity_key(self) -> Optional[str]:
        """None: a task is not authenticated by its worker."""
        return None

    def auth_context(self) -> Dict[str, Iterable[bytes]]:
        """Empty: a task is not authenticated by its worker."""
        return {}

    def time_remaining(self) -> Optional[float]:
        """Seconds until the attempt times out; None without a limit."""
        deadline = self._attempt.deadline
        return None if deadline is None else max(0.0, deadline - time.monotonic())

    # Outcomes are no frames: there is nothing to compress and no metadata to send before them.

    def set_compression(self, compression: Any) -> None:
        """Of no effect."""

    def disable_next_message_compression(self) -> None:
        """Of no effect."""
