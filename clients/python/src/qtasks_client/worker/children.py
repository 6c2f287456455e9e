"""Tasks that a handler enqueues, with its own as their parent."""

from __future__ import annotations

import hashlib
import threading
import uuid
from typing import Any, Counter, Dict, NamedTuple

from .._requests import enqueue_request
from .attempt import Attempt
from .session import Session


class ChildTask(NamedTuple):
    """A child, durable from now on."""

    task_id: str
    #: False where an earlier attempt had enqueued it.
    created: bool


class Children:
    """A child's id follows from its parent's id, its own name and input, and how often this attempt has enqueued
    the same before: a retried parent finds the children of its earlier attempts, in whatever order it comes by
    them, and enqueues only those that are missing."""

    def __init__(self, attempt: Attempt, session: Session) -> None:
        self._attempt = attempt
        self._session = session
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def enqueue(self, name: str, input: Any, options: Dict[str, Any]) -> ChildTask:
        """Repeated while the server is away. A canceled handler may still enqueue what cleans up after it."""
        parent = self._attempt.leased.task_id
        request = enqueue_request(name, input, {**options, "parent_task_id": parent})
        if not options.get("task_id"):
            request.task_id = self._child_id(parent, name, request.spec.payload)
        answer = self._session.enqueue(request)
        return ChildTask(answer.task.task_id, answer.created)

    def _child_id(self, parent: str, name: str, payload: Any) -> str:
        body = payload.data or payload.text.encode()
        digest = hashlib.sha256(f"{name}\n".encode() + body).hexdigest()
        with self._lock:
            self._counts[digest] += 1
            nth = self._counts[digest]
        bits = hashlib.sha256(f"{parent}\n{digest}\n{nth}".encode()).digest()[:16]
        value = int.from_bytes(bits, "big")
        # A UUIDv8 (RFC 9562, 5.8): bits of a hash.
        value = value & ~(0xF << 76) | 0x8 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        return str(uuid.UUID(int=value))
