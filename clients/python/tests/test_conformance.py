"""The conformance program: every scenario of both clients against both workers."""

from __future__ import annotations

import json
import pathlib
import re
import signal
import sys
from typing import Iterator

import pytest
from conftest import start_program

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "conformance"))

import aio_client_program
import client_program

from qtasks_client import Client, RetryPolicy

SCENARIOS = ["json", "typed", "call", "stream", "failure", "cancel", "gather", "wait"]


@pytest.fixture(scope="module", params=["threads", "asyncio"])
def worker(
    request: pytest.FixtureRequest, address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    aio = "1" if request.param == "asyncio" else "0"
    process = start_program(address, tmp_path_factory.mktemp("worker"), "worker", CONFORMANCE_ASYNCIO=aio)
    process.wait_for_line(re.compile("^ready$"))
    yield address
    assert process.end(signal.SIGTERM) == 0, "".join(process.lines)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("program", [client_program, aio_client_program], ids=["Client", "AsyncClient"])
def test_scenario(worker: str, program: object, scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_DELAY_MS", "100")
    assert program.play(worker, scenario)["scenario"] == scenario  # type: ignore[attr-defined]


def test_checkpoint_survives_the_attempt(worker: str) -> None:
    with Client(worker) as client:
        retry = RetryPolicy(initial_backoff=0.01)
        result = client.run("conformance.checkpoint", {"at": 7}, timeout=20, retry=retry)
    assert result == {"checkpoint": {"at": 7}, "attempt": 2}


def test_program(address: str, worker: str, tmp_path: pathlib.Path) -> None:
    process = start_program(address, tmp_path, "client", "json")
    unknown = [start_program(address, tmp_path, *arguments) for arguments in (["client", "nothing"], ["dance"])]
    match = process.wait_for_line(re.compile(r"^\{.*\}$"))
    assert json.loads(match[0])["scenario"] == "json"
    assert process.child.wait(30) == 0
    process.end()
    assert [program.child.wait(30) for program in unknown] == [1, 2]


def test_bench(address: str, tmp_path: pathlib.Path) -> None:
    process = start_program(address, tmp_path, "bench", "2000")
    match = process.wait_for_line(re.compile(r"^\{.*\}$"))
    figures = json.loads(match[0])
    assert figures["batch"] == 500
    assert min(figures["enqueue_per_second"], figures["tasks_per_second"]) > 0
    process.end()
