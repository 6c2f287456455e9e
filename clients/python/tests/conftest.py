"""A live server for the tests, and processes that end with them."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent import futures
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest

PACKAGE = pathlib.Path(__file__).parents[1]
ROOT = PACKAGE.parents[1]
PROGRAM = PACKAGE / "conformance" / "main.py"
sys.path[:0] = [str(PACKAGE / "conformance"), str(PACKAGE / "conformance" / "gen")]

from qtasks_client import Client, Worker  # noqa: E402

LISTENS = re.compile(r"QTasks serves gRPC on (\S+), HTTP on (\S+)")
OLDEST_NODE = (22, 18)


class Process:
    """A child whose lines can be waited for."""

    def __init__(self, arguments: List[str], cwd: pathlib.Path, env: Optional[Dict[str, str]] = None) -> None:
        self._condition = threading.Condition()
        self.lines: List[str] = []
        self.child = subprocess.Popen(
            arguments,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for_line(self, pattern: re.Pattern[str], timeout: float = 30) -> re.Match[str]:
        """The first line that matches; the output so far where none comes."""
        with self._condition:
            self._condition.wait_for(lambda: self._match(pattern) or self._ended, timeout)
            match = self._match(pattern)
        assert match is not None, f"no line {pattern.pattern!r} in:\n" + "".join(self.lines)
        return match

    def end(self, number: int = signal.SIGKILL, timeout: float = 30) -> int:
        """Sends a signal and gives the exit code."""
        if self.child.poll() is None:
            self.child.send_signal(number)
        code = self.child.wait(timeout)
        self._reader.join(timeout)
        assert self.child.stdout is not None
        self.child.stdout.close()
        return code

    _ended = False

    def _match(self, pattern: re.Pattern[str]) -> Optional[re.Match[str]]:
        return next((match for match in map(pattern.search, self.lines) if match), None)

    def _read(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            with self._condition:
                self.lines.append(line)
                self._condition.notify_all()
        with self._condition:
            self._ended = True
            self._condition.notify_all()


class Server:
    """A `qtasks serve` on an address that it keeps over restarts."""

    def __init__(self, cwd: pathlib.Path, url: str = "memory:", *options: str, start: bool = True) -> None:
        self._cwd = cwd
        self._options = ["--url", url, *options]
        self.address = f"127.0.0.1:{free_port()}"
        if start:
            self.start()

    def start(self) -> None:
        command = [node(), str(ROOT / "bin" / "qtasks.js"), "serve", *self._options]
        listeners = ["--grpc", self.address, "--http", "127.0.0.1:0"]
        self._process = Process([*command, *listeners], self._cwd)
        self._process.wait_for_line(LISTENS)

    def kill(self) -> None:
        self._process.end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it gracefully: it tells those that are connected to go."""
        assert self._process.end(signal.SIGTERM) == 0, "".join(self._process.lines)


def node() -> str:
    """A node that runs the server."""
    path = shutil.which("node")
    assert path is not None, "these tests start a server: node is not in PATH"
    version = subprocess.run([path, "--version"], check=True, capture_output=True, text=True).stdout
    major, minor = (int(part) for part in version.strip().lstrip("v").split(".")[:2])
    assert (major, minor) >= OLDEST_NODE, f"the server needs node 22.18 or later; {path} is {version}"
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_program(address: str, cwd: pathlib.Path, *arguments: str, **env: str) -> Process:
    """Starts the conformance program."""
    return Process([sys.executable, str(PROGRAM), *arguments], cwd, {"QTASKS_ADDRESS": address, **env})


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that leave it as it is."""
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.kill()


@pytest.fixture(scope="session")
def address(server: Server) -> str:
    return server.address


@pytest.fixture(scope="module")
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests of a module that end and start it again; its tasks survive that."""
    folder = tmp_path_factory.mktemp("durable")
    server = Server(folder, f"sqlite:{folder / 'tasks.db'}")
    yield server
    server.kill()


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A task name of the test's own."""
    return "test." + re.sub(r"\W", "-", request.node.nodeid.split("::", 1)[-1])[:120]


Run = Callable[..., Worker]


@pytest.fixture
def run_worker(address: str) -> Iterator[Run]:
    """Starts workers on a queue of their own; stops them in the end."""
    workers: List[Worker] = []

    def run(register: Callable[[Worker], Any], **options: Any) -> Worker:
        worker = Worker(address, **options)
        register(worker)
        worker.start()
        workers.append(worker)
        return worker

    yield run
    for worker in workers:
        worker.stop(1)


@pytest.fixture(scope="session", autouse=True)
def killed_attempt(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Optional[futures.Future[Any]]]:
    """A task whose worker is killed under it, on a server of its own. The server takes some 20 s to notice: it
    begins first, beside the other tests, and is looked at by the last one, if that is to run."""
    if not any(item.name == "test_worker_that_was_killed" for item in request.session.items):
        yield None
        return
    cwd = tmp_path_factory.mktemp("killed")
    with contextlib.ExitStack() as ends, futures.ThreadPoolExecutor(1) as background:
        killed = background.submit(kill_under_way, cwd, ends)
        yield killed
        killed.exception(60)


def kill_under_way(cwd: pathlib.Path, ends: contextlib.ExitStack) -> Any:
    """A task whose worker was killed, and that worker's process id; another worker is there."""
    server = Server(cwd)
    ends.callback(server.kill)
    first = start_program(server.address, cwd, "worker", CONFORMANCE_SLOTS="1")
    ends.callback(first.end)
    first.wait_for_line(re.compile("ready"))
    client = ends.enter_context(Client(server.address))
    handle = client.enqueue("conformance.wait", {"delay_ms": 1_000})
    next(change for change in handle.watch(events=True) if not hasattr(change, "state") and change.HasField("log"))
    first.end(signal.SIGKILL)
    second = start_program(server.address, cwd, "worker", CONFORMANCE_ASYNCIO="1")
    ends.callback(second.end)
    second.wait_for_line(re.compile("ready"))
    return handle, first.child.pid
