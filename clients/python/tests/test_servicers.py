"""Stock servicers as workers: every style in which a servicer can be written."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from typing import Any, Iterator

import grpc
import pytest
from aio_servicer import AioConformanceServicer
from conformance.v1 import conformance_pb2, conformance_pb2_grpc
from google.rpc import status_pb2
from servicer import ConformanceServicer, status_of

from qtasks_client import AsyncWorker, Client, QTasksError, RetryPolicy, TaskFailedError, TaskHandle, Worker
from qtasks_client.worker.aio_servicer_context import AioTaskServicerContext
from qtasks_client.worker.servicer_context import TaskServicerContext
from qtasksapi.v1 import task_pb2

METHODS = conformance_pb2.DESCRIPTOR.services_by_name["ConformanceTasks"].methods_by_name
ADD = conformance_pb2_grpc.add_ConformanceTasksServicer_to_server


class Sync(ConformanceServicer):
    """Echo does what its text says."""

    def Echo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return getattr(self, request.text)(request, context)

    def abort(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.abort(grpc.StatusCode.NOT_FOUND, "aborted")

    def abort_with_ok(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.abort(grpc.StatusCode.OK, "aborted")

    def set_code(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.set_code(grpc.StatusCode.NOT_FOUND)
        context.set_details("set")
        assert (context.code(), context.details()) == (grpc.StatusCode.NOT_FOUND, "set")
        return conformance_pb2.EchoResponse()

    def set_code_and_raise(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.set_code(grpc.StatusCode.NOT_FOUND)
        context.set_details("set")
        raise KeyError("raised")

    def raises(self, request: Any, context: grpc.ServicerContext) -> Any:
        raise KeyError("raised")

    def details(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.abort_with_status(status_of(conformance_pb2.FailRequest(code=5, message="gone", reason="GONE")))

    def trailers(self, request: Any, context: grpc.ServicerContext) -> Any:
        status = status_of(conformance_pb2.FailRequest(code=5, message="gone", reason="GONE"))
        context.set_trailing_metadata(status.trailing_metadata)
        assert context.trailing_metadata() == tuple(status.trailing_metadata)
        context.abort(status.code, status.details)

    def not_a_message(self, request: Any, context: grpc.ServicerContext) -> Any:
        return "no message"

    def facts(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.set_compression(grpc.Compression.Gzip)
        context.disable_next_message_compression()
        context.send_initial_metadata((("a", "b"),))
        assert context.is_active()
        assert context.peer().startswith("qtasks:")
        assert (context.peer_identities(), context.peer_identity_key()) == (None, None)
        assert dict(context.auth_context()) == {}
        assert all(item.key == item[0] for item in context.invocation_metadata())
        return conformance_pb2.EchoResponse(text="facts", metadata=dict(context.invocation_metadata()))


class Aio(AioConformanceServicer):
    """As Sync."""

    async def Echo(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        return await getattr(self, request.text)(request, context)

    async def abort(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        await context.abort(grpc.StatusCode.NOT_FOUND, "aborted")

    async def abort_with_ok(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        await context.abort(grpc.StatusCode.OK, "aborted")

    async def set_code(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        context.set_code(grpc.StatusCode.NOT_FOUND)
        context.set_details("set")
        assert (context.code(), context.details()) == (grpc.StatusCode.NOT_FOUND, "set")
        return conformance_pb2.EchoResponse()

    async def set_code_and_raise(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        context.set_code(grpc.StatusCode.NOT_FOUND)
        context.set_details("set")
        raise KeyError("raised")

    async def raises(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        raise KeyError("raised")

    async def details(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        status = status_of(conformance_pb2.FailRequest(code=5, message="gone", reason="GONE"))
        await context.abort_with_status(status)

    async def trailers(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        status = status_of(conformance_pb2.FailRequest(code=5, message="gone", reason="GONE"))
        context.set_trailing_metadata(grpc.aio.Metadata(*status.trailing_metadata))
        await context.abort(status.code, status.details)

    async def not_a_message(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        return "no message"

    async def facts(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        context.set_compression(grpc.Compression.Gzip)
        context.disable_next_message_compression()
        await context.send_initial_metadata((("a", "b"),))
        assert await context.read() == request
        assert await context.read() is grpc.aio.EOF
        with pytest.raises(grpc.aio.UsageError):
            await context.write(conformance_pb2.EchoResponse())
        assert not context.cancelled()
        assert not context.done()
        return conformance_pb2.EchoResponse(text="facts", metadata=dict(context.invocation_metadata()))


class SyncGenerator(Sync):
    def Count(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        for value in range(request.count):
            yield conformance_pb2.CountResponse(value=value)
        if request.delay_ms:
            context.abort(grpc.StatusCode.DATA_LOSS, "cut")


class AioGenerator(Aio):
    async def Count(self, request: Any, context: grpc.aio.ServicerContext) -> Any:
        for value in range(request.count):
            yield conformance_pb2.CountResponse(value=value)
        if request.delay_ms:
            await context.abort(grpc.StatusCode.DATA_LOSS, "cut")


class Caller:
    """Enqueues a method of the servicer as a typed task, on a queue of the test's own."""

    def __init__(self, client: Client, queue: str) -> None:
        self.client = client
        self.queue = queue

    def __call__(self, method: str, input: Any, **options: Any) -> TaskHandle:
        return self.client.enqueue(METHODS[method], input, queue=self.queue, **options)


@pytest.fixture(params=["sync", "aio", "sync-by-aio"])
def call(request: pytest.FixtureRequest, address: str, name: str) -> Iterator[Caller]:
    servicer = AioGenerator() if request.param == "aio" else SyncGenerator()
    queue = f"{name[:60]}-{request.param}"
    run = _beside_threads if request.param == "sync" else _beside_loop
    with Client(address) as client, run(address, queue, servicer):
        yield Caller(client, queue)


@contextlib.contextmanager
def _beside_threads(address: str, queue: str, servicer: Any) -> Iterator[None]:
    worker = Worker(address, queues=[queue])
    ADD(servicer, worker)
    with worker:
        yield


@contextlib.contextmanager
def _beside_loop(address: str, queue: str, servicer: Any) -> Iterator[None]:
    """An AsyncWorker in a loop of its own, on a thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    worker = AsyncWorker(address, queues=[queue], grace=1)
    ADD(servicer, worker)
    asyncio.run_coroutine_threadsafe(worker.start(), loop).result(20)
    yield
    asyncio.run_coroutine_threadsafe(worker.stop(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)
    loop.close()


def echo(call: Caller, text: str) -> TaskFailedError:
    """The failure of Echo, of one attempt."""
    request = conformance_pb2.EchoRequest(text=text)
    with pytest.raises(TaskFailedError) as caught:
        call("Echo", request, retry=RetryPolicy(max_attempts=1)).result(20)
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "type", "message"),
    [
        ("abort", 5, "grpc.NOT_FOUND", "aborted"),
        ("abort_with_ok", 2, "grpc.UNKNOWN", "aborted"),
        ("set_code", 5, "grpc.NOT_FOUND", "set"),
        ("set_code_and_raise", 5, "grpc.NOT_FOUND", "set"),
        ("raises", 2, "grpc.UNKNOWN", "Exception calling application: 'raised'"),
    ],
)
def test_status(call: Caller, text: str, code: int, type: str, message: str) -> None:
    error = echo(call, text)
    assert (error.code, error.type, error.message) == (code, type, message)
    assert error.failure.kind == task_pb2.FAILURE_KIND_APPLICATION
    assert error.failure.source.startswith("python/3.")


@pytest.mark.parametrize("text", ["details", "trailers"])
def test_status_details_go_with_the_failure(call: Caller, text: str) -> None:
    error = echo(call, text)
    assert (error.code, error.message) == (5, "gone")
    assert isinstance(error.details, status_pb2.Status)
    assert error.failure.details.schema == "google.rpc.Status"
    assert b"GONE" in error.details.details[0].value


def test_response_that_is_no_message(call: Caller) -> None:
    assert echo(call, "not_a_message").code == 2


def test_facts_of_the_call(call: Caller) -> None:
    request = conformance_pb2.EchoRequest(text="facts")
    handle = call("Echo", request, headers={"x-mine": "1"}, attempt_timeout=20)
    answer = handle.result(20, message_type=conformance_pb2.EchoResponse)
    assert answer.text == "facts"
    assert answer.metadata["x-mine"] == "1"
    assert answer.metadata["qtasks-task-id"] == handle.id
    assert answer.metadata["qtasks-attempt"] == "1"
    assert int(answer.metadata["qtasks-fencing-token"]) > 0


def test_stream(call: Caller) -> None:
    handle = call("Count", conformance_pb2.CountRequest(count=1_200))
    assert [output.value for output in handle.outputs()] == list(range(1_200))
    assert handle.result(20) is None


def test_stream_that_fails_keeps_what_it_sent(call: Caller) -> None:
    handle = call("Count", conformance_pb2.CountRequest(count=3, delay_ms=1))
    outputs = []
    with pytest.raises(TaskFailedError) as caught:
        for output in handle.outputs():
            outputs.append(output.value)
    assert outputs == [0, 1, 2]
    assert (caught.value.code, caught.value.message) == (15, "cut")


def test_json_is_read(call: Caller) -> None:
    answer = call("Echo", {"text": "facts"}).result(20)
    assert isinstance(answer, conformance_pb2.EchoResponse)


@pytest.mark.parametrize(
    "payload",
    [
        task_pb2.Payload(
            data=b"\xff\xff", content_type="application/protobuf", schema="conformance.v1.EchoRequest"
        ),
        conformance_pb2.FailRequest(),
    ],
)
def test_undecodable_payload_is_rejected(call: Caller, payload: Any) -> None:
    # By its name, since a descriptor would refuse another type before it is sent.
    name = "conformance.v1.ConformanceTasks/Echo"
    try:
        handle = call.client.enqueue(name, payload, queue=call.queue)
    except QTasksError as error:
        # A server that knows the type may say so itself.
        assert error.code is grpc.StatusCode.INVALID_ARGUMENT
        return
    with pytest.raises(TaskFailedError) as caught:
        handle.result(20)
    assert caught.value.failure.kind == task_pb2.FAILURE_KIND_REJECTED


def test_left_out_method_is_unimplemented(address: str, name: str) -> None:
    worker = Worker(address, queues=[f"{name}-q"])
    ADD(ConformanceServicer(), worker)
    with worker, Client(address) as client:
        missing = client.enqueue(METHODS["Missing"], conformance_pb2.MissingRequest(), queue=f"{name}-q")
        echo = client.enqueue(METHODS["Echo"], conformance_pb2.EchoRequest(text="x"), queue=f"{name}-q")
        assert echo.result(20, message_type=conformance_pb2.EchoResponse).text == "x"
        # No session is left that takes it: it fails, or waits for one that does.
        task = missing.get()
        assert task.state in (task_pb2.TASK_STATE_PENDING, task_pb2.TASK_STATE_RUNNING, task_pb2.TASK_STATE_FAILED)
        missing.cancel(force_after=0)


def test_definitions_of_a_servicer() -> None:
    worker = Worker()
    ADD(ConformanceServicer(), worker)
    definitions = {definition.name: definition for definition in worker._request().definitions}
    service = "conformance.v1.ConformanceTasks"
    assert sorted(definitions) == [f"{service}/{m}" for m in ("Count", "Echo", "Fail", "Missing", "Wait")]
    fail, count = definitions[f"{service}/Fail"], definitions[f"{service}/Count"]
    assert fail.options.retry_policy.max_attempts == 2
    assert dict(fail.options.labels) == {"suite": "conformance"}
    assert (count.streaming, count.input_schema) == (True, "conformance.v1.CountRequest")
    assert count.output_schema == "conformance.v1.CountResponse"


def test_asyncio_servicer_needs_a_loop() -> None:
    with pytest.raises(QTasksError, match="run it by an AsyncWorker"):
        ADD(AioConformanceServicer(), Worker())


def test_service_without_descriptor_is_refused() -> None:
    handlers = {"M": grpc.unary_unary_rpc_method_handler(lambda request, context: None)}
    with pytest.raises(QTasksError, match=r"no descriptor of no\.such\.Service"):
        Worker().add_generic_rpc_handlers([grpc.method_handlers_generic_handler("no.such.Service", handlers)])


@pytest.mark.parametrize(
    ("context", "base"),
    [(TaskServicerContext, grpc.ServicerContext), (AioTaskServicerContext, grpc.aio.ServicerContext)],
)
def test_context_has_all_that_grpc_names(context: type, base: type) -> None:
    """What a newer grpc adds without making it abstract raises NotImplementedError in its base."""
    names = [name for name, _ in inspect.getmembers(base, inspect.isfunction) if not name.startswith("_")]
    inherited = [name for name in names if getattr(context, name) is getattr(base, name)]
    assert inherited == []
