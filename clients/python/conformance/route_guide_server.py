"""The server of the gRPC tutorials' route guide. Run it to serve on port 50061."""

from __future__ import annotations

import json
import math
import pathlib
import sys
import time
from concurrent import futures
from typing import Iterable, Iterator, Optional

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parent / "gen"))

import grpc
from routeguide import route_guide_pb2, route_guide_pb2_grpc

FEATURES_FILE = pathlib.Path(__file__).parents[2] / "conformance" / "routes.json"
EARTH_RADIUS_METRES = 6_371_000
E7 = 10_000_000


def read_features() -> list[route_guide_pb2.Feature]:
    features = json.loads(FEATURES_FILE.read_text(encoding="utf-8"))
    return [
        route_guide_pb2.Feature(name=feature["name"], location=route_guide_pb2.Point(**feature["location"]))
        for feature in features
    ]


def is_within(point: route_guide_pb2.Point, area: route_guide_pb2.Rectangle) -> bool:
    south, north = sorted((area.lo.latitude, area.hi.latitude))
    west, east = sorted((area.lo.longitude, area.hi.longitude))
    return south <= point.latitude <= north and west <= point.longitude <= east


def distance(start: route_guide_pb2.Point, end: route_guide_pb2.Point) -> float:
    """Along the great circle, in metres."""
    latitudes = [math.radians(point.latitude / E7) for point in (start, end)]
    turn = math.radians((end.longitude - start.longitude) / E7)
    rise = latitudes[1] - latitudes[0]
    half = math.sin(rise / 2) ** 2 + math.cos(latitudes[0]) * math.cos(latitudes[1]) * math.sin(turn / 2) ** 2
    return 2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(half))


class RouteGuideServicer(route_guide_pb2_grpc.RouteGuideServicer):
    def __init__(self) -> None:
        self._features = read_features()

    def GetFeature(self, request: route_guide_pb2.Point, context: grpc.ServicerContext) -> route_guide_pb2.Feature:
        return self._feature_at(request) or route_guide_pb2.Feature(location=request)

    def ListFeatures(
        self, request: route_guide_pb2.Rectangle, context: grpc.ServicerContext
    ) -> Iterator[route_guide_pb2.Feature]:
        for feature in self._features:
            if is_within(feature.location, request):
                yield feature

    def RecordRoute(
        self, request_iterator: Iterable[route_guide_pb2.Point], context: grpc.ServicerContext
    ) -> route_guide_pb2.RouteSummary:
        started_at = time.monotonic()
        points = list(request_iterator)
        passed = [feature for feature in map(self._feature_at, points) if feature and feature.name]
        return route_guide_pb2.RouteSummary(
            point_count=len(points),
            feature_count=len(passed),
            distance=int(sum(map(distance, points, points[1:]))),
            elapsed_time=int(time.monotonic() - started_at),
        )

    def RouteChat(
        self, request_iterator: Iterable[route_guide_pb2.RouteNote], context: grpc.ServicerContext
    ) -> Iterator[route_guide_pb2.RouteNote]:
        notes: list[route_guide_pb2.RouteNote] = []
        for note in request_iterator:
            yield from (earlier for earlier in notes if earlier.location == note.location)
            notes.append(note)

    def _feature_at(self, point: route_guide_pb2.Point) -> Optional[route_guide_pb2.Feature]:
        return next((feature for feature in self._features if feature.location == point), None)


def serve() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
    route_guide_pb2_grpc.add_RouteGuideServicer_to_server(RouteGuideServicer(), server)
    server.add_insecure_port("127.0.0.1:50061")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    serve()
