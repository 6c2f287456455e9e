"""The tutorials' servicer gives the same by a grpc server and by a worker."""

from __future__ import annotations

from concurrent import futures
from typing import Any, Iterator, List

import grpc
import pytest
from route_guide_server import RouteGuideServicer
from routeguide import route_guide_pb2, route_guide_pb2_grpc

from qtasks_client import Client, Worker, durable_channel

AREA = route_guide_pb2.Rectangle(
    lo=route_guide_pb2.Point(latitude=543_200_000, longitude=101_200_000),
    hi=route_guide_pb2.Point(latitude=543_450_000, longitude=101_700_000),
)
POINTS = [
    route_guide_pb2.Point(latitude=543_210_000, longitude=101_300_000),
    route_guide_pb2.Point(latitude=1, longitude=2),
]


@pytest.fixture(scope="module")
def by_server() -> Iterator[Any]:
    server = grpc.server(futures.ThreadPoolExecutor(2))
    route_guide_pb2_grpc.add_RouteGuideServicer_to_server(RouteGuideServicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield route_guide_pb2_grpc.RouteGuideStub(channel)
    server.stop(None)


@pytest.fixture(scope="module")
def by_worker(address: str) -> Iterator[Any]:
    worker = Worker(address)
    route_guide_pb2_grpc.add_RouteGuideServicer_to_server(RouteGuideServicer(), worker)
    with worker, durable_channel(address, "routeguide.RouteGuide") as channel:
        yield route_guide_pb2_grpc.RouteGuideStub(channel)


def test_same_features(by_server: Any, by_worker: Any) -> None:
    for point in POINTS:
        assert by_worker.GetFeature(point, timeout=20) == by_server.GetFeature(point, timeout=20)


def test_same_lists(by_server: Any, by_worker: Any) -> None:
    def names(stub: Any) -> List[str]:
        return [feature.name for feature in stub.ListFeatures(AREA, timeout=20)]

    listed = names(by_worker)
    assert listed == names(by_server)
    assert {"Harbour lighthouse", "Old mill", "Ferry landing"} <= set(listed)
    assert "Hill with a view" not in listed


def test_streamed_requests_are_refused(by_server: Any, by_worker: Any) -> None:
    assert by_server.RecordRoute(iter(POINTS), timeout=20).point_count == 2
    with pytest.raises(grpc.RpcError) as caught:
        by_worker.RecordRoute(iter(POINTS), timeout=20)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_tasks_by_name(by_worker: Any, client: Client) -> None:
    feature = client.run("routeguide.RouteGuide/GetFeature", POINTS[0], timeout=20)
    assert feature.name == "Harbour lighthouse"
