"""Stock servicers as handlers: the methods of a user's generated service."""

from __future__ import annotations

import inspect
import logging
from typing import Any, Callable, Iterator, Optional

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from qtasksapi.v1 import options_pb2, worker_service_pb2

from ..errors import field_error
from .aio_servicing import run_aio
from .registration import Registration
from .servicing import Method, run_sync

logger = logging.getLogger("qtasks_client.worker")


class _CallDetails(grpc.HandlerCallDetails):
    """What a generic handler is asked by."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.invocation_metadata = ()


def service_registrations(
    service: str, lookup: Callable[[grpc.HandlerCallDetails], Optional[grpc.RpcMethodHandler]]
) -> Iterator[Registration]:
    """A registration for each unary and server-streaming method. Methods that stream requests are left out, since
    no task can do that."""
    descriptor = _service_descriptor(service)
    for method in descriptor.methods:
        handler = lookup(_CallDetails(f"/{service}/{method.name}"))
        if handler is None:
            continue
        if handler.request_streaming:
            logger.info("%s streams requests: it is no task, and left out", method.full_name)
        else:
            yield _registration(method, handler)


def _service_descriptor(service: str) -> ServiceDescriptor:
    try:
        return descriptor_pool.Default().FindServiceByName(service)
    except KeyError:
        problem = "its generated messages are not in the default descriptor pool"
        raise field_error("servicer", f"no descriptor of {service}: {problem}") from None


def _registration(descriptor: MethodDescriptor, handler: grpc.RpcMethodHandler) -> Registration:
    behavior = handler.unary_stream if handler.response_streaming else handler.unary_unary
    method = Method(
        behavior=behavior,
        request_type=message_factory.GetMessageClass(descriptor.input_type),
        deserialize=handler.request_deserializer,
        serialize=handler.response_serializer,
        output_schema=descriptor.output_type.full_name,
        streams=bool(handler.response_streaming),
    )
    is_async = _is_async(behavior)
    run = run_aio(method) if is_async else run_sync(method)
    return Registration(
        _definition(descriptor, method), run, is_async, behavior, descriptor.containing_service.file
    )


def _definition(descriptor: MethodDescriptor, method: Method) -> worker_service_pb2.TaskDefinition:
    definition = worker_service_pb2.TaskDefinition(
        name=f"{descriptor.containing_service.full_name}/{descriptor.name}",
        input_schema=descriptor.input_type.full_name,
        output_schema=method.output_schema,
        streaming=method.streams,
    )
    options = descriptor.GetOptions()
    if options.HasExtension(options_pb2.task):
        definition.options.CopyFrom(options.Extensions[options_pb2.task])
    return definition


def _is_async(behavior: Any) -> bool:
    call = getattr(behavior, "__call__", None)  # noqa: B004
    kinds = (inspect.iscoroutinefunction, inspect.isasyncgenfunction)
    return any(kind(candidate) for kind in kinds for candidate in (behavior, call))
