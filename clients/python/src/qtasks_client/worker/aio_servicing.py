"""Runs a method of an asyncio servicer for an attempt, as a grpc.aio server would run it for a call."""

from __future__ import annotations

import inspect
from typing import Any, Callable

from qtasksapi.v1 import worker_service_pb2

from .aio_servicer_context import AioTaskServicerContext
from .attempt import Attempt
from .call_status import CallStatus
from .context import Parts
from .servicing import Method, call_ending, stream_ending, unary_ending


def run_aio(method: Method) -> Callable[[Attempt, Parts], Any]:
    """The method as the `run` of a registration. Streams are asynchronous generators, or coroutines that call
    `context.write`."""

    async def run(attempt: Attempt, parts: Parts) -> worker_service_pb2.Outcome:
        status = CallStatus()
        context = AioTaskServicerContext(attempt, status, method, parts)
        try:
            context.request = method.request_of(attempt)
            if method.streams:
                return await _stream(method, context, attempt, parts)
            response = await method.behavior(context.request, context)
            return unary_ending(method, response, status, attempt)
        except BaseException as error:
            return call_ending(error, status, attempt)
        finally:
            context.end()

    return run


async def _stream(
    method: Method, context: AioTaskServicerContext, attempt: Attempt, parts: Parts
) -> worker_service_pb2.Outcome:
    responses = method.behavior(context.request, context)
    if inspect.isasyncgen(responses):
        try:
            async for response in responses:
                await context.write(response)
        finally:
            await responses.aclose()
    else:
        await responses
    parts.recorder.check_open(attempt)
    return stream_ending(context.status, attempt)
