"""How the input of a task becomes the arguments of a function, and what it gives becomes the outcome."""

from __future__ import annotations

from typing import Any, Callable, Iterator

import pytest

from qtasks_client import (
    Client,
    Context,
    QTasksError,
    RetryPolicy,
    TaskError,
    TaskFailedError,
    TerminalError,
    Worker,
)
from qtasksapi.v1 import task_pb2

ONCE = RetryPolicy(max_attempts=1)


@pytest.fixture
def run(client: Client, run_worker: Any, name: str) -> Callable[..., Any]:
    """Runs one input by one function."""

    def run(function: Callable[..., Any], input: Any, **settings: Any) -> Any:
        run_worker(lambda worker: worker.task(name, **settings)(function))
        return client.run(name, input, timeout=20)

    return run


def keywords(x: int, y: int = 10) -> int:
    return x + y


def keyword_only(*, x: int, **rest: int) -> Any:
    return [x, rest]


def positional(value: Any, /) -> Any:
    return value


def whole(context: Context, input: Any) -> Any:
    return [context.attempt, input]


def nothing(context: Context) -> str:
    return context.name


@pytest.mark.parametrize(
    ("function", "input", "result"),
    [
        (keywords, {"x": 1, "y": 2}, 3),
        (keywords, {"x": 1}, 11),
        (keyword_only, {"x": 1, "z": 3}, [1, {"z": 3}]),
        (positional, [1, 2], [1, 2]),
        (positional, None, None),
        (positional, b"\x00", b"\x00"),
        (whole, {"a": 1}, [1, {"a": 1}]),
    ],
)
def test_input_fits(run: Any, function: Any, input: Any, result: Any) -> None:
    assert run(function, input) == result


def test_no_input(run: Any, name: str) -> None:
    assert run(nothing, None) == name


@pytest.mark.parametrize(
    ("function", "input", "why"),
    [
        (keywords, {"y": 1}, "missing: x"),
        (keywords, {"x": 1, "z": 1}, "unknown: z"),
        (keywords, [1], "expected a JSON object"),
        (nothing, {"x": 1}, "unknown: x"),
        (positional, task_pb2.Payload(text="{"), "not the JSON"),
    ],
)
def test_input_does_not_fit(run: Any, function: Any, input: Any, why: str) -> None:
    with pytest.raises(TaskFailedError, match=why) as caught:
        run(function, input)
    assert caught.value.failure.kind == task_pb2.FAILURE_KIND_REJECTED
    assert caught.value.task.attempt_count == 1


def test_exception_is_a_failure(run: Any) -> None:
    def fail(input: Any) -> None:
        try:
            raise KeyError("deep")
        except KeyError as error:
            raise ValueError("wrong") from error

    with pytest.raises(TaskFailedError) as caught:
        run(fail, None, retry=ONCE)
    failure = caught.value.failure
    assert (failure.type, failure.message, failure.cause.type) == ("ValueError", "wrong", "KeyError")
    assert failure.source.startswith("python/3.")


def test_stack_trace_is_kept(client: Client, run_worker: Any, name: str) -> None:
    def fail(input: Any) -> None:
        raise ValueError("wrong")

    run_worker(lambda worker: worker.task(name, retry=ONCE)(fail))
    handle = client.enqueue(name)
    handle.wait(20)
    attempts = handle.get().attempts
    assert "in fail" in attempts[0].failure.stack_trace


def test_task_error_has_code_type_and_details(run: Any) -> None:
    def fail(input: Any) -> None:
        raise TaskError("no such thing", code="NOT_FOUND", type="acme.Gone", details={"id": 7})

    with pytest.raises(TaskFailedError) as caught:
        run(fail, None)
    error = caught.value
    assert (error.code, error.type, error.message, error.details) == (5, "acme.Gone", "no such thing", {"id": 7})
    assert error.task.attempt_count == 1


def test_terminal_error_is_final(run: Any) -> None:
    def fail(input: Any) -> None:
        raise TerminalError("never")

    with pytest.raises(TaskFailedError, match="never") as caught:
        run(fail, None)
    assert caught.value.task.attempt_count == 1


def test_result_that_is_no_json(run: Any) -> None:
    with pytest.raises(TaskFailedError, match="can't be JSON") as caught:
        run(lambda input: object(), None)
    assert caught.value.type == "qtasks.ResultNotEncodable"


def test_result_that_is_too_large(run: Any) -> None:
    with pytest.raises(TaskFailedError) as caught:
        run(lambda input: "x" * (2 << 20), None)
    assert caught.value.type == "qtasks.ResultTooLarge"


def test_generator_streams(client: Client, run_worker: Any, name: str) -> None:
    def count(count: int) -> Iterator[int]:
        yield from range(count)
        return "done"

    run_worker(lambda worker: worker.task(name)(count))
    handle = client.enqueue(name, {"count": 2_500})
    assert list(handle.outputs()) == list(range(2_500))
    assert handle.result(10) == "done"
    assert sum(1 for _ in handle.events()) == 2_500


def test_function_no_input_can_fill_is_refused() -> None:
    with pytest.raises(QTasksError, match="can't be given by keyword"):
        Worker().task("x")(lambda a, b, /: None)


def test_coroutine_is_refused_by_a_worker_of_threads() -> None:
    async def coroutine(input: Any) -> None:
        return None

    with pytest.raises(QTasksError, match="run it by an AsyncWorker"):
        Worker().task("x")(coroutine)


def test_two_handlers_of_one_name_are_refused() -> None:
    worker = Worker()
    worker.task("x")(lambda: None)
    with pytest.raises(QTasksError, match="DEFINITION_CONFLICT: two handlers for the task x"):
        worker.task("x")(lambda: None)


@pytest.mark.parametrize("slots", [0, 10_001, 1.5])
def test_bad_slots_are_refused(slots: Any) -> None:
    with pytest.raises(QTasksError, match="slots: must be a whole number from 1 to 10000"):
        Worker(slots=slots)


def test_worker_without_handlers_does_not_start() -> None:
    with pytest.raises(QTasksError, match="the worker has no handlers"):
        Worker().start()
