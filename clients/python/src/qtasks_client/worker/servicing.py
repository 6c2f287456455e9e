"""Runs a method of a plain servicer for an attempt, as a grpc server would run it for a call."""

from __future__ import annotations

import threading
from typing import Any, Callable, NamedTuple, Type

from google.protobuf.message import Message

from qtasksapi.v1 import task_pb2, worker_service_pb2

from ..handler_errors import InputRejected
from ..payloads import PROTOBUF, PayloadError, message_of
from .attempt import Attempt
from .call_status import CallStatus
from .context import Parts
from .endings import canceled, ending_of, success_payload
from .servicer_context import TaskServicerContext


class Method(NamedTuple):
    """A method of a servicer."""

    behavior: Callable[..., Any]
    request_type: Type[Message]
    deserialize: Callable[[bytes], Any]
    serialize: Callable[[Any], bytes]
    output_schema: str
    #: It gives a stream of messages.
    streams: bool

    def request_of(self, attempt: Attempt) -> Any:
        """The attempt's payload as the request. JSON is read where there are no bytes of the message."""
        spec = attempt.spec
        payload = spec.payload if spec.HasField("payload") else None
        name = self.request_type.DESCRIPTOR.full_name
        try:
            if payload is not None and payload.schema == name and not payload.encodings:
                return self.deserialize(payload.data)
            return message_of(self.request_type, payload)
        except PayloadError as error:
            raise InputRejected("qtasks.PayloadUndecodable", f"payload: {error}") from error
        except Exception as error:
            raise InputRejected("qtasks.PayloadUndecodable", f"payload: the bytes are no {name}") from error

    def payload_of(self, response: Any) -> task_pb2.Payload:
        """A response as a payload."""
        data = self.serialize(response)
        return task_pb2.Payload(data=data, content_type=PROTOBUF, schema=self.output_schema)


def run_sync(method: Method) -> Callable[[Attempt, Parts], worker_service_pb2.Outcome]:
    """The method as the `run` of a registration."""

    def run(attempt: Attempt, parts: Parts) -> worker_service_pb2.Outcome:
        status = CallStatus()
        context = TaskServicerContext(attempt, status)
        try:
            request = method.request_of(attempt)
            if method.streams:
                return _stream(method, request, context, attempt, parts)
            response = method.behavior(request, context)
            return unary_ending(method, response, status, attempt)
        except BaseException as error:
            return call_ending(error, status, attempt)
        finally:
            context.end()

    return run


def unary_ending(
    method: Method, response: Any, status: CallStatus, attempt: Attempt
) -> worker_service_pb2.Outcome:
    """A status that was set without raising counts, and the response with it is dropped."""
    if not status.is_ok:
        return ending_of_status(status, attempt)
    return success_payload(method.payload_of(response))


def call_ending(error: BaseException, status: CallStatus, attempt: Attempt) -> worker_service_pb2.Outcome:
    """How the attempt ends whose method raised."""
    if attempt.aborted is not None or status.is_steered(error):
        return ending_of(error, attempt)
    return worker_service_pb2.Outcome(failure=status.failure_of(error))


def ending_of_status(status: CallStatus, attempt: Attempt) -> worker_service_pb2.Outcome:
    """How the attempt ends whose method set a status other than OK. One that was told to stop has stopped."""
    if attempt.aborted is not None:
        return ending_of(attempt.aborted, attempt)
    return worker_service_pb2.Outcome(failure=status.failure())


def stream_ending(status: CallStatus, attempt: Attempt) -> worker_service_pb2.Outcome:
    """How the attempt ends whose stream came to its end. One that was told to stop may have been cut short."""
    if attempt.aborted is not None and attempt.aborted.cause == "canceled":
        return canceled(attempt.aborted.message)
    return success_payload(None) if status.is_ok else ending_of_status(status, attempt)


def _stream(
    method: Method, request: Any, context: TaskServicerContext, attempt: Attempt, parts: Parts
) -> worker_service_pb2.Outcome:
    responses = iter(method.behavior(request, context))
    try:
        for response in responses:
            if attempt.aborted is not None:
                raise attempt.aborted
            ready = threading.Event()
            parts.recorder.output(attempt, method.payload_of(response), ready.set)
            ready.wait()
    finally:
        close = getattr(responses, "close", None)
        if close is not None:
            close()
    parts.recorder.check_open(attempt)
    return stream_ending(context.status, attempt)
