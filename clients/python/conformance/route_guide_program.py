"""Runs the route guide's servicer, as it is, as a worker."""

from __future__ import annotations

from route_guide_server import RouteGuideServicer
from routeguide import route_guide_pb2_grpc
from worker_program import print_ready, slots

from qtasks_client import Worker


def run(address: str) -> None:
    worker = Worker(address, slots=slots())
    route_guide_pb2_grpc.add_RouteGuideServicer_to_server(RouteGuideServicer(), worker)
    worker.run(on_registered=print_ready)
