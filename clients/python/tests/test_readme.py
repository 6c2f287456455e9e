"""The README's example runs as it is printed."""

from __future__ import annotations

import pathlib
import re
import signal
import subprocess
import sys

from conftest import PACKAGE, Process

EXAMPLE = re.compile(r"```python\n# (worker|client)\.py\n(.*?)```", re.DOTALL)


def test_example(address: str, tmp_path: pathlib.Path) -> None:
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")
    programs = dict(EXAMPLE.findall(readme))
    assert sum(program.strip().count("\n") + 1 for program in programs.values()) < 30
    for name, program in programs.items():
        (tmp_path / f"{name}.py").write_text(program.replace("127.0.0.1:50051", address), encoding="utf-8")
    worker = Process([sys.executable, "worker.py"], tmp_path)
    try:
        output = until_defined(tmp_path)
    finally:
        assert worker.end(signal.SIGTERM) == 0, "".join(worker.lines)
    assert output == "{'id': 'a', 'pages': 3}\n"


def until_defined(folder: pathlib.Path) -> str:
    """The client's output, once the worker has told the server of its task."""
    while True:
        client = subprocess.run(
            [sys.executable, "client.py"], cwd=folder, capture_output=True, text=True, timeout=60
        )
        if "DEFINITION_NOT_FOUND" not in client.stderr:
            assert client.returncode == 0, client.stderr
            return client.stdout
