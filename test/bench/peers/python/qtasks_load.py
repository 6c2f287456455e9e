"""Enqueues and awaits tasks of QTasks for Python."""

import asyncio
import uuid

import redis

from bench import INPUT, NAME, PORT, RESULT, closed_loop, serve, timed
from qtasks_app import app

PAGE = 1000
PATIENCE = 60

# The id is part of the input, which is as long as that of the others.
DATA = INPUT["data"][: -len(str(uuid.uuid4()))]

storage = redis.Redis(port=int(PORT), decode_responses=True)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
keys = {}
ids = []


async def add(**options):
    task_id = str(uuid.uuid4())
    task = await app.add_task(NAME, task_id, DATA, **options)
    keys[task_id] = f"{app.name}:{task.uuid}"
    ids.append(task_id)
    return task


async def add_many(count):
    for _ in range(count):
        await add()


def run_one():
    task = loop.run_until_complete(add(timeout=PATIENCE))
    if RESULT not in str(task.returning):
        raise ValueError("another result")


def acknowledged():
    taken = ids[:]
    ids.clear()
    return taken


def outcomes(ids):
    found = []
    for at in range(0, len(ids), PAGE):
        page = ids[at : at + PAGE]
        pipeline = storage.pipeline(transaction=False)
        for task_id in page:
            pipeline.hmget(keys[task_id], "status", "returning")
        for task_id, (status, returning) in zip(page, pipeline.execute()):
            if status in ("success", "error", "cancel"):
                right = status == "success" and RESULT in str(returning)
                found.append({"id": task_id, "attempts": 1, "right": right})
    return found


serve(
    {
        "enqueueBulk": lambda count: timed(lambda: loop.run_until_complete(add_many(count))),
        "runClosed": lambda count: closed_loop(count, run_one),
        "acknowledged": acknowledged,
        "outcomes": outcomes,
    }
)
