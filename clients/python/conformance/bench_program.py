"""Throughput of one process: enqueues in batches, then a worker of its own."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from worker_program import slots

from qtasks_client import Client, TaskRequest, Worker

BATCH = 500


def run(address: str, count: int) -> dict[str, Any]:
    left = Countdown(count)
    # A queue of its own: the tasks are run in this process, whatever other workers there are.
    queue = f"conformance-bench-{os.getpid()}"
    worker = Worker(address, slots=slots(1_000), queues=[queue])

    @worker.task("conformance.bench")
    def bench(input: Any) -> None:
        left.pass_one()

    worker.apply_definitions()
    with Client(address) as client:
        seconds = enqueue_all(client, count, queue)
        started_at = time.perf_counter()
        with worker:
            left.reached.wait()
        # The worker has stopped: its last outcomes are recorded.
        worked = time.perf_counter() - started_at
    return {
        "batch": BATCH,
        "enqueue_per_second": round(count / seconds),
        "tasks_per_second": round(count / worked),
    }


def enqueue_all(client: Client, count: int, queue: str) -> float:
    started_at = time.perf_counter()
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        client.enqueue_many(TaskRequest("conformance.bench", n, queue=queue) for n in numbers)
    return time.perf_counter() - started_at


class Countdown:
    """Tells when all attempts have run."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._lock = threading.Lock()
        self.reached = threading.Event()

    def pass_one(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self.reached.set()
