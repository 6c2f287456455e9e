"""Celery's app: the worker runs it by `celery -A celery_app worker`."""

from celery import Celery

from bench import NAME, PORT, RESULT, note

URL = f"redis://127.0.0.1:{PORT}"

app = Celery("bench", broker=f"{URL}/0", backend=f"{URL}/1")
app.conf.update(
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)

# Without a result backend, so that enqueuing does not subscribe to each result.
producer = Celery("bench-producer", broker=f"{URL}/0")


@app.task(name=NAME, bind=True)
def noop(self, _input):
    note(self.request.id)
    return RESULT
