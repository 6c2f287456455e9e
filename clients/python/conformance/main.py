"""The conformance program of the Python package: `worker`, `client NAME`, `bench COUNT`, `route-guide`.

With CONFORMANCE_ASYNCIO=1, `worker` and `client` use the asyncio half of the package.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "gen"))

import aio_client_program
import aio_worker_program
import bench_program
import client_program
import route_guide_program
import worker_program

USAGE = "usage: main.py worker | client NAME | bench COUNT | route-guide (QTASKS_ADDRESS=HOST:PORT)"


def main(arguments: list[str]) -> int:
    address = os.environ.get("QTASKS_ADDRESS", "127.0.0.1:50051")
    aio = os.environ.get("CONFORMANCE_ASYNCIO", "") == "1"
    try:
        if arguments == ["worker"]:
            (aio_worker_program if aio else worker_program).run(address)
        elif arguments == ["route-guide"]:
            route_guide_program.run(address)
        elif len(arguments) == 2 and arguments[0] == "client":
            program = aio_client_program if aio else client_program
            print(json.dumps(program.play(address, arguments[1])), flush=True)
        elif len(arguments) == 2 and arguments[0] == "bench":
            print(json.dumps(bench_program.run(address, int(arguments[1]))), flush=True)
        else:
            print(USAGE, file=sys.stderr)
            return 2
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        if os.environ.get("CONFORMANCE_TRACE"):
            raise
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
