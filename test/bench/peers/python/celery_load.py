"""Enqueues and awaits Celery's tasks."""

import json

import redis

from bench import INPUT, NAME, PORT, RESULT, closed_loop, serve, timed
from celery_app import noop, producer

PAGE = 1000

results = redis.Redis(port=int(PORT), db=1)
ids = []


def enqueue_bulk(count):
    def body():
        with producer.producer_or_acquire() as connection:
            for _ in range(count):
                ids.append(producer.send_task(NAME, (INPUT,), producer=connection).id)

    return timed(body)


def run_one():
    result = noop.apply_async((INPUT,))
    if result.get(interval=0.001) != RESULT:
        raise ValueError("another result")
    ids.append(result.id)


def acknowledged():
    taken = ids[:]
    ids.clear()
    return taken


def outcomes(ids):
    found = []
    for at in range(0, len(ids), PAGE):
        page = ids[at : at + PAGE]
        for task_id, text in zip(page, results.mget([f"celery-task-meta-{i}" for i in page])):
            if text is not None:
                meta = json.loads(text)
                right = meta["status"] == "SUCCESS" and meta["result"] == RESULT
                found.append({"id": task_id, "attempts": 1, "right": right})
    return found


serve(
    {
        "enqueueBulk": enqueue_bulk,
        "runClosed": lambda count: closed_loop(count, run_one),
        "acknowledged": acknowledged,
        "outcomes": outcomes,
    }
)
