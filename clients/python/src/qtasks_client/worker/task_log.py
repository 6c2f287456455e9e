"""The log of one attempt."""

from __future__ import annotations

import logging
from typing import Any, Dict

from qtasksapi.v1 import task_pb2

from .attempt import Attempt
from .failures import clip
from .recorder import Recorder

_logger = logging.getLogger("qtasks_client.task")

_LEVELS: Dict[int, task_pb2.LogLevel] = {
    logging.DEBUG: task_pb2.LOG_LEVEL_DEBUG,
    logging.INFO: task_pb2.LOG_LEVEL_INFO,
    logging.WARNING: task_pb2.LOG_LEVEL_WARN,
    logging.ERROR: task_pb2.LOG_LEVEL_ERROR,
}
_MAX_MESSAGE_BYTES = 8 << 10
_MAX_FIELD_BYTES = 1 << 10


class TaskLog:
    """Lines go to the task, and to the logger `qtasks_client.task` with the task's id. The oldest lines of a task
    go first beyond 1000."""

    def __init__(self, attempt: Attempt, recorder: Recorder) -> None:
        self._attempt = attempt
        self._recorder = recorder

    def debug(self, message: str, **fields: Any) -> None:
        """For those who look for a fault."""
        self._add(logging.DEBUG, message, fields)

    def info(self, message: str, **fields: Any) -> None:
        """What is as it should be."""
        self._add(logging.INFO, message, fields)

    def warning(self, message: str, **fields: Any) -> None:
        """What is not, and does no harm yet."""
        self._add(logging.WARNING, message, fields)

    def error(self, message: str, **fields: Any) -> None:
        """What went wrong."""
        self._add(logging.ERROR, message, fields)

    def _add(self, level: int, message: str, fields: Dict[str, Any]) -> None:
        _logger.log(level, "%s", message, extra={"task_id": self._attempt.leased.task_id, "fields": fields})
        entry = task_pb2.LogEntry(level=_LEVELS[level], message=clip(message, _MAX_MESSAGE_BYTES))
        for key, value in fields.items():
            entry.fields[key] = clip(str(value), _MAX_FIELD_BYTES)
        self._recorder.log(self._attempt, entry)
