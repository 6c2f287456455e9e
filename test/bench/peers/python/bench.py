"""What the Python programs share: the task, the note of its ids, and the calls of the benchmark."""

import json
import os
import sys
import time

PORT = os.environ["BENCH_REDIS_PORT"]
FOLDER = os.environ["BENCH_HANDLED"]
NAME = "bench.noop"
INPUT = {"data": "x" * (200 - len('{"data":""}'))}
RESULT = "r" * 18

_files = {}


def note(task_id):
    """Appends an id to the file of this process, which may have been forked since the last one."""
    pid = os.getpid()
    if pid not in _files:
        flags = os.O_APPEND | os.O_CREAT | os.O_WRONLY
        _files[pid] = os.open(os.path.join(FOLDER, str(pid)), flags)
    os.write(_files[pid], f"{task_id}\n".encode())


def serve(functions):
    """Answers calls, one line of JSON each, until stdin ends."""
    for line in sys.stdin:
        call = json.loads(line)
        answer = {"id": call["id"]}
        try:
            answer["result"] = functions[call["name"]](**call["params"])
        except Exception as error:  # Told to the caller, who knows what it means.
            answer["error"] = repr(error)
        print(json.dumps(answer), flush=True)


def closed_loop(count, run):
    """Runs one at a time; the times in ms."""
    times = []
    began = time.perf_counter()
    for _ in range(count):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    return {"timesMs": times, "elapsedMs": (time.perf_counter() - began) * 1000}


def timed(body):
    """How long something takes, in ms."""
    started = time.perf_counter()
    body()
    return (time.perf_counter() - started) * 1000
