"""The scenarios of a client with threads."""

from __future__ import annotations

import os
from typing import Any, Callable

import grpc
from conformance.v1 import conformance_pb2, conformance_pb2_grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from qtasks_client import Client, TaskFailedError, TaskHandle, TaskRequest, durable_channel

SERVICE = "conformance.v1.ConformanceTasks"
METHODS = conformance_pb2.DESCRIPTOR.services_by_name["ConformanceTasks"].methods_by_name
JSON_INPUT = {"text": "hällo", "n": 1.5, "none": None}
JSON_FAILURE = {
    "code": 5,
    "type": "conformance.Gone",
    "message": "no such thing",
    "details": {"id": 7},
}
FAIL_REQUEST = conformance_pb2.FailRequest(code=5, message="no such thing", reason="GONE")
RUNNING = 3
TIMEOUT = 30.0

Facts = dict[str, Any]


def play(address: str, name: str) -> Facts:
    scenario = SCENARIOS.get(name)
    if scenario is None:
        raise ValueError(f"no scenario {name}; there are {', '.join(SCENARIOS)}")
    with Client(address) as client, durable_channel(address, SERVICE) as channel:
        stub = conformance_pb2_grpc.ConformanceTasksStub(channel)
        return {"scenario": name, **scenario(client, stub)}


def expect(what: str, got: Any, wanted: Any) -> None:
    if got != wanted:
        raise AssertionError(f"{what}: expected {wanted!r}, got {got!r}")


def pairs_of(metadata: Any) -> dict[str, Any]:
    """Metadata by key. Older versions of grpc.aio give one that `dict` can't read."""
    return {key: value for key, value in metadata}


def play_json(client: Client, stub: Any) -> Facts:
    handle = client.enqueue("conformance.echo", JSON_INPUT)
    expect("the echo", handle.result(TIMEOUT), JSON_INPUT)
    expect("the sum", client.run("conformance.sum", {"x": 1, "y": 2}, timeout=TIMEOUT), 3)
    return {"task_id": handle.id}


def play_typed(client: Client, stub: Any) -> Facts:
    request = conformance_pb2.EchoRequest(text="hällo")
    task_id = client.enqueue(METHODS["Echo"], request).id
    answer = client.handle(task_id).result(TIMEOUT, message_type=conformance_pb2.EchoResponse)
    expect("the text", answer.text, "hällo")
    expect("the id that the handler saw", answer.metadata["qtasks-task-id"], task_id)
    return {"task_id": task_id}


def play_call(client: Client, stub: Any) -> Facts:
    request = conformance_pb2.EchoRequest(text="hällo")
    metadata = (("x-conformance", "yes"),)
    answer, call = stub.Echo.with_call(request, timeout=TIMEOUT, metadata=metadata)
    headers, trailers = pairs_of(call.initial_metadata()), pairs_of(call.trailing_metadata())
    return call_facts(answer, headers, trailers)


def call_facts(answer: conformance_pb2.EchoResponse, headers: dict[str, Any], trailers: dict[str, Any]) -> Facts:
    expect("the text", answer.text, "hällo")
    expect("the caller's metadata", answer.metadata["x-conformance"], "yes")
    task_id = trailers.get("qtasks-task-id") or headers.get("qtasks-task-id")
    expect("the id that the handler saw", answer.metadata["qtasks-task-id"], task_id)
    expect("the state", trailers.get("qtasks-task-state"), "succeeded")
    return {"task_id": task_id, "state": trailers["qtasks-task-state"]}


def play_stream(client: Client, stub: Any) -> Facts:
    answers = stub.Count(conformance_pb2.CountRequest(count=5), timeout=TIMEOUT)
    expect("the answers", [answer.value for answer in answers], [0, 1, 2, 3, 4])
    handle = client.enqueue("conformance.count", {"count": 5})
    expect("the outputs", list(handle.outputs()), [0, 1, 2, 3, 4])
    return {"task_id": handle.id}


def play_failure(client: Client, stub: Any) -> Facts:
    try:
        stub.Fail(FAIL_REQUEST, timeout=TIMEOUT)
        raise AssertionError("Fail answered")
    except grpc.RpcError as error:
        task_id = check_status(error, rpc_status.from_call(error))
    handle = client.enqueue("conformance.fail", JSON_FAILURE)
    try:
        raise AssertionError(f"conformance.fail gave {handle.result(TIMEOUT)!r}")
    except TaskFailedError as error:
        check_failure(error)
    return {"task_id": task_id, "json_task_id": handle.id}


def check_status(error: Any, status: Any) -> str:
    expect("the code", error.code(), grpc.StatusCode.NOT_FOUND)
    expect("the message", error.details(), "no such thing")
    info = error_details_pb2.ErrorInfo()
    if status is None or not any(detail.Unpack(info) for detail in status.details):
        raise AssertionError("the status has no ErrorInfo")
    expect("the reason", info.reason, "GONE")
    return str(pairs_of(error.trailing_metadata())["qtasks-task-id"])


def check_failure(error: TaskFailedError) -> None:
    expect("the state", error.state, "failed")
    expect("the code", error.code, 5)
    expect("the type", error.type, "conformance.Gone")
    expect("the message", error.message, "no such thing")
    expect("the details", error.details, {"id": 7})


def play_cancel(client: Client, stub: Any) -> Facts:
    handles = [
        client.enqueue("conformance.wait", {"delay_ms": 60_000}),
        client.enqueue(METHODS["Wait"], conformance_pb2.WaitRequest(delay_ms=60_000)),
    ]
    for handle in handles:
        cancel_running(handle)
    return {"task_id": handles[0].id, "typed_task_id": handles[1].id}


def cancel_running(handle: TaskHandle) -> None:
    next(change for change in handle.watch() if change.state == RUNNING)
    handle.cancel("enough")
    try:
        raise AssertionError(f"the task gave {handle.result(TIMEOUT)!r}")
    except TaskFailedError as error:
        expect("the state", error.state, "canceled")
        expect("the reason", error.task.cancel_reason, "enough")


def play_gather(client: Client, stub: Any) -> Facts:
    count = 1_000
    handles = client.enqueue_many(TaskRequest("conformance.echo", n) for n in range(count))
    expect("the results", client.gather(handles, timeout=TIMEOUT), list(range(count)))
    return {"count": count}


def play_wait(client: Client, stub: Any) -> Facts:
    request = conformance_pb2.WaitRequest(delay_ms=int(os.environ.get("CONFORMANCE_DELAY_MS", "1000")))
    timeout = request.delay_ms / 1000 + 60
    answer, call = stub.Wait.with_call(request, timeout=timeout)
    task_id = pairs_of(call.trailing_metadata())["qtasks-task-id"]
    return {"task_id": task_id, "attempt": answer.attempt, "pid": answer.pid}


SCENARIOS: dict[str, Callable[[Client, Any], Facts]] = {
    "json": play_json,
    "typed": play_typed,
    "call": play_call,
    "stream": play_stream,
    "failure": play_failure,
    "cancel": play_cancel,
    "gather": play_gather,
    "wait": play_wait,
}
