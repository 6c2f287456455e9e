"""A worker that runs its handlers on threads."""

from __future__ import annotations

import signal
import threading
from typing import Callable, Optional

from .context import Parts
from .engine import Engine
from .handlers import HandlerRegistry
from .repeats import logger
from .runner import Executor
from .thread_executor import ThreadExecutor


class Worker(HandlerRegistry):
    """Runs plain functions, generators and stock servicers on up to `slots` threads.

    `run` is for programs that are nothing but a worker; `start` and `stop`, or `with`, for others.
    """

    _engine: Optional[Engine] = None

    def start(self) -> None:
        """Registers and takes tasks, in the background; returns once registered. Waits for the server while it is
        away; raises QTasksError when it refuses the worker. A worker starts once."""
        self._check_open()
        request = self._request()
        self._started = True
        self._stopped = threading.Event()
        self._stopping = threading.Lock()
        self._engine = Engine(self._target, request, self._registry, self._executor, self._drain)
        try:
            self._engine.start()
        except BaseException:
            self._engine.close()
            self._stopped.set()
            raise

    def stop(self, grace: Optional[float] = None) -> None:
        """Takes nothing more, lets handlers finish for `grace` seconds (by default that of the worker), tells
        those that are left to stop, and gives back what does not. Harmless when repeated."""
        if self._engine is None:
            return
        with self._stopping:
            if not self._stopped.is_set():
                self._engine.stop(self._grace if grace is None else grace)
                self._stopped.set()

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Whether the worker has stopped within `timeout` seconds, as when an operator drained it."""
        return self._engine is None or self._stopped.wait(timeout)

    def run(self, on_registered: Optional[Callable[[], object]] = None) -> None:
        """Runs until SIGTERM or SIGINT, or until an operator drains it; then stops. For the main thread.
        `on_registered` is called once the worker takes tasks."""
        asked = threading.Event()
        handlers = {number: signal.signal(number, lambda *_: asked.set()) for number in _SIGNALS}
        try:
            self._run_until(asked, on_registered)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def apply_definitions(self) -> None:
        """Tells the server what the worker can run, without running it: a deploy step, so that tasks are taken
        before the first worker is up."""
        Engine(self._target, self._request(), self._registry, self._executor, self._drain).apply_definitions()

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run_until(self, asked: threading.Event, on_registered: Optional[Callable[[], object]]) -> None:
        self._failure: Optional[BaseException] = None
        target = self._start_in_background
        starter = threading.Thread(target=target, args=[on_registered], name="qtasks-start", daemon=True)
        starter.start()
        # Waiting in slices: signal handlers run between them on every platform.
        while not asked.wait(0.5):
            if self._failure is not None:
                raise self._failure
            if self._engine is not None and self._stopped.is_set():
                return
        if starter.is_alive():
            # Not registered yet: there is nothing to finish.
            if self._engine is not None:
                self._engine.close()
            return
        logger.info("the worker stops")
        self.stop()

    def _start_in_background(self, on_registered: Optional[Callable[[], object]]) -> None:
        try:
            self.start()
            if on_registered is not None:
                on_registered()
        except BaseException as error:
            self._failure = error

    def _executor(self, parts: Parts) -> Executor:
        return ThreadExecutor(self._registration.slots, parts)

    def _drain(self, reason: str) -> None:
        logger.info("the server asks the worker to end: %s", reason)
        threading.Thread(target=self.stop, name="qtasks-drain", daemon=True).start()


_SIGNALS = (signal.SIGTERM, signal.SIGINT)
