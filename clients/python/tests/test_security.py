"""TLS and tokens against a server that asks for both."""

from __future__ import annotations

import asyncio
import pathlib
import subprocess
import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Union

import grpc
import pytest
from aio_servicer import AioConformanceServicer
from conformance.v1 import conformance_pb2, conformance_pb2_grpc
from conftest import Server
from servicer import ConformanceServicer

from qtasks_client import (
    AsyncClient,
    AsyncWorker,
    Client,
    QTasksError,
    Tls,
    Worker,
    durable_channel,
    durable_channel_aio,
)

SERVICE = "conformance.v1.ConformanceTasks"
REQUEST = conformance_pb2.EchoRequest(text="secured")
ADD = conformance_pb2_grpc.add_ConformanceTasksServicer_to_server

#: An address, and how to connect to it.
Options = Dict[str, Any]


@dataclass
class Secured:
    """A server with TLS and a token, and authorities."""

    address: str
    #: That which signed the server's certificate: itself.
    ca: bytes
    #: One that did not.
    other_ca: bytes

    def options(self, token: Union[str, None] = "secret", **tls: Any) -> Options:
        """Those that fit, unless told otherwise."""
        return {"address": self.address, "token": token, "tls": Tls(**{"ca": self.ca, **tls})}


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    make_certificate(folder, "own")
    make_certificate(folder, "other")
    tls = ["--tls-cert", str(folder / "own.pem"), "--tls-key", str(folder / "own.key")]
    server = Server(folder, "memory:", *tls, "--token", "secret")
    yield Secured(server.address, (folder / "own.pem").read_bytes(), (folder / "other.pem").read_bytes())
    server.kill()


def make_certificate(folder: pathlib.Path, name: str) -> None:
    """One of this machine, signed by itself."""
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=test"]
    files = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", "req", "-x509", *kind, *files], cwd=folder, check=True, capture_output=True)


def enqueue(options: Options) -> None:
    with Client(**options) as client:
        client.enqueue("test.secured")


def enqueue_async(options: Options) -> None:
    async def main() -> None:
        async with AsyncClient(**options) as client:
            await client.enqueue("test.secured")

    asyncio.run(main())


def start_worker(options: Options) -> None:
    worker = Worker(**options)
    worker.task("test.secured")(lambda input: None)
    with worker:
        pass


def start_worker_async(options: Options) -> None:
    async def main() -> None:
        worker = AsyncWorker(**options)
        worker.task("test.secured")(lambda input: None)
        async with worker:
            pass

    asyncio.run(main())


def call(options: Options) -> None:
    with durable_channel(options.pop("address"), SERVICE, **options) as channel:
        conformance_pb2_grpc.ConformanceTasksStub(channel).Echo(REQUEST, timeout=60)


def stream(options: Options) -> None:
    with durable_channel(options.pop("address"), SERVICE, **options) as channel:
        list(conformance_pb2_grpc.ConformanceTasksStub(channel).Count(conformance_pb2.CountRequest(), timeout=60))


def call_async(options: Options) -> None:
    async def main() -> None:
        async with durable_channel_aio(options.pop("address"), SERVICE, **options) as channel:
            await conformance_pb2_grpc.ConformanceTasksStub(channel).Echo(REQUEST, timeout=60)

    asyncio.run(main())


def stream_async(options: Options) -> None:
    async def main() -> None:
        async with durable_channel_aio(options.pop("address"), SERVICE, **options) as channel:
            request = conformance_pb2.CountRequest()
            async for _ in conformance_pb2_grpc.ConformanceTasksStub(channel).Count(request, timeout=60):
                pass

    asyncio.run(main())


OWN_CALLS = [enqueue, enqueue_async, start_worker, start_worker_async]
STUB_CALLS = [call, stream, call_async, stream_async]


def test_threads(secured: Secured, name: str) -> None:
    options = secured.options()
    worker = Worker(**options)
    worker.task(name)(lambda input: input)
    ADD(ConformanceServicer(), worker)
    with worker, Client(**options) as client:
        assert client.run(name, 1, timeout=20) == 1
        assert client.enqueue(name, 2).result(20) == 2
        with durable_channel(options["address"], token="secret", tls=options["tls"]) as channel:
            stub = conformance_pb2_grpc.ConformanceTasksStub(channel)
            assert stub.Echo(REQUEST, timeout=20).text == "secured"
            assert len(list(stub.Count(conformance_pb2.CountRequest(count=2), timeout=20))) == 2


def test_asyncio(secured: Secured, name: str) -> None:
    async def main() -> None:
        options = secured.options()
        worker = AsyncWorker(**options)
        worker.task(name)(lambda input: input)
        ADD(AioConformanceServicer(), worker)
        async with worker, AsyncClient(**options) as client:
            assert await client.run(name, 1, timeout=20) == 1
            assert await (await client.enqueue(name, 2)).result(20) == 2
            async with durable_channel_aio(options["address"], token="secret", tls=options["tls"]) as channel:
                stub = conformance_pb2_grpc.ConformanceTasksStub(channel)
                assert (await stub.Echo(REQUEST, timeout=20)).text == "secured"
                counted = [
                    answer async for answer in stub.Count(conformance_pb2.CountRequest(count=2), timeout=20)
                ]
                assert len(counted) == 2

    asyncio.run(main())


@pytest.mark.parametrize("play", OWN_CALLS)
@pytest.mark.parametrize("token", ["other", None])
def test_wrong_token(secured: Secured, play: Callable[[Options], None], token: str) -> None:
    with pytest.raises(QTasksError, match="asks for a token") as caught:
        play(secured.options(token))
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID")
    assert "set token=" in caught.value.message


@pytest.mark.parametrize("play", STUB_CALLS)
def test_wrong_token_of_a_stub(secured: Secured, play: Callable[[Options], None]) -> None:
    worker = Worker(**secured.options())
    ADD(ConformanceServicer(), worker)
    worker.apply_definitions()
    with pytest.raises(grpc.RpcError) as caught:
        play(secured.options("other"))
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert "it is not this server's token" in caught.value.details()


@pytest.mark.parametrize("play", [*OWN_CALLS, *STUB_CALLS])
def test_wrong_authority(secured: Secured, play: Callable[[Options], None]) -> None:
    """It is said at once, not when the patience or the deadline ends."""
    started_at = time.monotonic()
    with pytest.raises(QTasksError) as caught:
        play(secured.options(ca=secured.other_ca))
    assert time.monotonic() - started_at < 15
    assert caught.value.reason == "SERVER_UNREACHABLE"
    assert "not trusted: set tls=Tls(ca=…)" in caught.value.message
    assert secured.address in caught.value.message


def test_system_authorities(secured: Secured) -> None:
    with pytest.raises(QTasksError, match="not trusted"):
        enqueue({**secured.options(), "tls": True})


def test_other_host(secured: Secured) -> None:
    with pytest.raises(QTasksError, match=r"set tls=Tls\(server_name=…\)"):
        enqueue(secured.options(server_name="other.example"))


def test_client_without_tls(secured: Secured) -> None:
    with pytest.raises(QTasksError, match="if it serves TLS, set tls"):
        enqueue({"address": secured.address, "token": "secret", "patience": 0})


def test_server_without_tls(address: str, secured: Secured) -> None:
    with pytest.raises(QTasksError, match="does not speak TLS"):
        enqueue({**secured.options(), "address": address})


def test_watch(secured: Secured) -> None:
    with Client(**secured.options(ca=secured.other_ca)) as client, pytest.raises(QTasksError, match="not trusted"):
        next(client.watch("x"))


def test_bad_pem_is_refused(secured: Secured) -> None:
    for field, tls in {
        "tls.ca: must be PEM": {"ca": b"no PEM"},
        "tls.ca: must be the bytes": {"ca": "own.pem"},
        "tls.key: must be set together with tls.cert": {"cert": secured.ca},
        "tls.key: must be PEM with a private key": {"cert": secured.ca, "key": secured.ca},
    }.items():
        with pytest.raises(QTasksError, match=field):
            Tls(**tls)  # type: ignore[arg-type]
