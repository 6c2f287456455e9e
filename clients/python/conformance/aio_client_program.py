"""The scenarios of a client with an event loop."""

from __future__ import annotations

import asyncio
import os
from typing import Any, Awaitable, Callable

import grpc
from client_program import (
    FAIL_REQUEST,
    JSON_FAILURE,
    JSON_INPUT,
    METHODS,
    RUNNING,
    SERVICE,
    TIMEOUT,
    Facts,
    call_facts,
    check_failure,
    check_status,
    expect,
    pairs_of,
)
from conformance.v1 import conformance_pb2, conformance_pb2_grpc
from google.rpc import status_pb2

from qtasks_client import AsyncClient, AsyncTaskHandle, TaskFailedError, TaskRequest, durable_channel_aio


def play(address: str, name: str) -> Facts:
    scenario = SCENARIOS.get(name)
    if scenario is None:
        raise ValueError(f"no scenario {name}; there are {', '.join(SCENARIOS)}")
    return asyncio.run(_play(address, name, scenario))


async def _play(address: str, name: str, scenario: Any) -> Facts:
    async with AsyncClient(address) as client, durable_channel_aio(address, SERVICE) as channel:
        stub = conformance_pb2_grpc.ConformanceTasksStub(channel)
        return {"scenario": name, **await scenario(client, stub)}


async def play_json(client: AsyncClient, stub: Any) -> Facts:
    handle = await client.enqueue("conformance.echo", JSON_INPUT)
    expect("the echo", await handle.result(TIMEOUT), JSON_INPUT)
    expect("the sum", await client.run("conformance.sum", {"x": 1, "y": 2}, timeout=TIMEOUT), 3)
    return {"task_id": handle.id}


async def play_typed(client: AsyncClient, stub: Any) -> Facts:
    task_id = (await client.enqueue(METHODS["Echo"], conformance_pb2.EchoRequest(text="hällo"))).id
    answer = await client.handle(task_id).result(TIMEOUT, message_type=conformance_pb2.EchoResponse)
    expect("the text", answer.text, "hällo")
    return {"task_id": task_id}


async def play_call(client: AsyncClient, stub: Any) -> Facts:
    metadata = (("x-conformance", "yes"),)
    call = stub.Echo(conformance_pb2.EchoRequest(text="hällo"), timeout=TIMEOUT, metadata=metadata)
    answer = await call
    headers, trailers = await call.initial_metadata(), await call.trailing_metadata()
    return call_facts(answer, pairs_of(headers), pairs_of(trailers))


async def play_stream(client: AsyncClient, stub: Any) -> Facts:
    answers = stub.Count(conformance_pb2.CountRequest(count=5), timeout=TIMEOUT)
    expect("the answers", [answer.value async for answer in answers], [0, 1, 2, 3, 4])
    handle = await client.enqueue("conformance.count", {"count": 5})
    expect("the outputs", [output async for output in handle.outputs()], [0, 1, 2, 3, 4])
    return {"task_id": handle.id}


async def play_failure(client: AsyncClient, stub: Any) -> Facts:
    try:
        await stub.Fail(FAIL_REQUEST, timeout=TIMEOUT)
        raise AssertionError("Fail answered")
    except grpc.aio.AioRpcError as error:
        details = pairs_of(error.trailing_metadata()).get("grpc-status-details-bin", b"")
        task_id = check_status(error, status_pb2.Status.FromString(details))
    handle = await client.enqueue("conformance.fail", JSON_FAILURE)
    try:
        raise AssertionError(f"conformance.fail gave {await handle.result(TIMEOUT)!r}")
    except TaskFailedError as error:
        check_failure(error)
    return {"task_id": task_id, "json_task_id": handle.id}


async def play_cancel(client: AsyncClient, stub: Any) -> Facts:
    handles = [
        await client.enqueue("conformance.wait", {"delay_ms": 60_000}),
        await client.enqueue(METHODS["Wait"], conformance_pb2.WaitRequest(delay_ms=60_000)),
    ]
    await asyncio.gather(*(cancel_running(handle) for handle in handles))
    return {"task_id": handles[0].id, "typed_task_id": handles[1].id}


async def cancel_running(handle: AsyncTaskHandle) -> None:
    async for change in handle.watch():
        if change.state == RUNNING:
            break
    await handle.cancel("enough")
    try:
        raise AssertionError(f"the task gave {await handle.result(TIMEOUT)!r}")
    except TaskFailedError as error:
        expect("the state", error.state, "canceled")
        expect("the reason", error.task.cancel_reason, "enough")


async def play_gather(client: AsyncClient, stub: Any) -> Facts:
    count = 1_000
    requests = (TaskRequest("conformance.echo", n) for n in range(count))
    handles = await client.enqueue_many(requests)
    # By awaiting each: concurrent awaits are gathered into batches.
    results = await asyncio.gather(*(handle.result(TIMEOUT) for handle in handles))
    expect("the results", results, list(range(count)))
    expect("the results, gathered", await client.gather(handles, timeout=TIMEOUT), results)
    return {"count": count}


async def play_wait(client: AsyncClient, stub: Any) -> Facts:
    request = conformance_pb2.WaitRequest(delay_ms=int(os.environ.get("CONFORMANCE_DELAY_MS", "1000")))
    call = stub.Wait(request, timeout=request.delay_ms / 1000 + 60)
    answer = await call
    task_id = pairs_of(await call.trailing_metadata())["qtasks-task-id"]
    return {"task_id": task_id, "attempt": answer.attempt, "pid": answer.pid}


SCENARIOS: dict[str, Callable[[AsyncClient, Any], Awaitable[Facts]]] = {
    "json": play_json,
    "typed": play_typed,
    "call": play_call,
    "stream": play_stream,
    "failure": play_failure,
    "cancel": play_cancel,
    "gather": play_gather,
    "wait": play_wait,
}
