"""QTasks for Python: its app, tuned as its documentation says. Run as a program, it is the worker."""

import logging

from qtasks.asyncio import QueueTasks
from qtasks.configs import QueueConfig

from bench import NAME, PORT, RESULT, note

# Seconds between two looks for a result; the default is one second.
RESULT_INTERVAL = 0.01
CONCURRENCY = 100

config = QueueConfig(
    max_tasks_process=CONCURRENCY,
    result_time_interval=RESULT_INTERVAL,
    logs_default_level_server=logging.ERROR,
    logs_default_level_client=logging.ERROR,
)
app = QueueTasks("bench", broker_url=f"redis://127.0.0.1:{PORT}/0", config=config)


# The id comes with the input: the context is shared by all attempts that run at once.
@app.task(name=NAME)
async def noop(task_id: str, _data: str):
    note(task_id)
    return RESULT


if __name__ == "__main__":
    app.run_forever(num_workers=CONCURRENCY)
