"""Functions as handlers of tasks with JSON inputs.

The input becomes the function's arguments:

- a parameter named `context` gets the attempt's context;
- a function whose only other parameter is positional-only, or is named `input`, gets the whole value in it;
- any other function gets the members of a JSON object as keyword arguments; `null` stands for no member.

An input that does not fit ends the task as REJECTED. A generator's items are the task's outputs.
"""

from __future__ import annotations

import inspect
from typing import Any, Callable, FrozenSet, Mapping, NamedTuple, Optional

from qtasksapi.v1 import worker_service_pb2

from ..errors import field_error
from ..handler_errors import InputRejected
from ..payloads import PayloadError, from_payload
from .attempt import Attempt
from .context import AsyncContext, Context, Parts
from .endings import ending_of, success
from .registration import Registration

Handler = Callable[..., Any]


class Call(NamedTuple):
    """How a function is called with an input."""

    function: Handler
    takes_context: bool
    #: The parameter that gets the whole input; None: its members are keyword arguments.
    whole: Optional[inspect.Parameter]
    required: FrozenSet[str]
    #: None: any.
    accepted: Optional[FrozenSet[str]]

    def __call__(self, attempt: Attempt, context: Any) -> Any:
        value = _input_of(attempt)
        named = {"context": context} if self.takes_context else {}
        if self.whole is not None:
            if self.whole.kind is inspect.Parameter.POSITIONAL_ONLY:
                return self.function(value, **named)
            return self.function(**{self.whole.name: value}, **named)
        arguments = {} if value is None else value
        self._check(arguments)
        return self.function(**arguments, **named)

    def _check(self, arguments: Any) -> None:
        if not isinstance(arguments, dict):
            raise _mismatch(f"expected a JSON object with the arguments; got {type(arguments).__name__}")
        missing = self.required - arguments.keys()
        if missing:
            raise _mismatch(f"missing: {', '.join(sorted(missing))}")
        unknown = set() if self.accepted is None else arguments.keys() - self.accepted
        if unknown:
            raise _mismatch(f"unknown: {', '.join(sorted(unknown))}")


def function_registration(definition: worker_service_pb2.TaskDefinition, function: Handler) -> Registration:
    """The registration of a function, by its kind: plain, coroutine, generator or asynchronous generator."""
    call = call_of(function)
    if inspect.isasyncgenfunction(function):
        definition.streaming = True
        return Registration(definition, _run_async_generator(call), True, function)
    if inspect.iscoroutinefunction(function):
        return Registration(definition, _run_coroutine(call), True, function)
    if inspect.isgeneratorfunction(function):
        definition.streaming = True
        return Registration(definition, _run_generator(call), False, function)
    return Registration(definition, _run_plain(call), False, function)


def call_of(function: Handler) -> Call:
    """How the function is called; FIELD_VIOLATION for parameters that no input can fill."""
    parameters = dict(inspect.signature(function).parameters)
    takes_context = parameters.pop("context", None) is not None
    whole = _whole_of(parameters)
    if whole is not None:
        return Call(function, takes_context, whole, frozenset(), None)
    _refuse_positional(function, parameters)
    kinds = {parameter.kind for parameter in parameters.values()}
    named = {n: p for n, p in parameters.items() if p.kind is not inspect.Parameter.VAR_KEYWORD}
    required = frozenset(n for n, p in named.items() if p.default is inspect.Parameter.empty)
    accepted = None if inspect.Parameter.VAR_KEYWORD in kinds else frozenset(named)
    return Call(function, takes_context, None, required, accepted)


def _whole_of(parameters: Mapping[str, inspect.Parameter]) -> Optional[inspect.Parameter]:
    if len(parameters) != 1:
        return None
    (parameter,) = parameters.values()
    takes_it = parameter.name == "input" or parameter.kind is inspect.Parameter.POSITIONAL_ONLY
    return parameter if takes_it else None


def _refuse_positional(function: Handler, parameters: Mapping[str, inspect.Parameter]) -> None:
    refused = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL)
    for name, parameter in parameters.items():
        if parameter.kind in refused:
            where = getattr(function, "__qualname__", "the handler")
            raise field_error("handler", f"{where}: the parameter {name} can't be given by keyword")


def _input_of(attempt: Attempt) -> Any:
    spec = attempt.spec
    try:
        return from_payload(spec.payload) if spec.HasField("payload") else None
    except PayloadError as error:
        raise InputRejected("qtasks.PayloadUndecodable", f"payload: {error}") from error


def _mismatch(message: str) -> InputRejected:
    return InputRejected("qtasks.InputInvalid", f"input: {message}")


def _run_plain(call: Call) -> Callable[[Attempt, Parts], Any]:
    def run(attempt: Attempt, parts: Parts) -> worker_service_pb2.Outcome:
        try:
            return success(call(attempt, Context(attempt, parts) if call.takes_context else None))
        except BaseException as error:
            return ending_of(error, attempt)

    return run


def _run_generator(call: Call) -> Callable[[Attempt, Parts], Any]:
    def run(attempt: Attempt, parts: Parts) -> worker_service_pb2.Outcome:
        context = Context(attempt, parts)
        try:
            return success(_drain(call(attempt, context), context))
        except BaseException as error:
            return ending_of(error, attempt)

    return run


def _drain(generator: Any, context: Context) -> Any:
    """Sends what a generator yields; what it returns is the result."""
    try:
        while True:
            context.output(next(generator))
    except StopIteration as end:
        return end.value
    finally:
        generator.close()


def _run_coroutine(call: Call) -> Callable[[Attempt, Parts], Any]:
    async def run(attempt: Attempt, parts: Parts) -> worker_service_pb2.Outcome:
        try:
            return success(await call(attempt, AsyncContext(attempt, parts) if call.takes_context else None))
        except BaseException as error:
            return ending_of(error, attempt)

    return run


def _run_async_generator(call: Call) -> Callable[[Attempt, Parts], Any]:
    async def run(attempt: Attempt, parts: Parts) -> worker_service_pb2.Outcome:
        context = AsyncContext(attempt, parts)
        try:
            generator = call(attempt, context)
            try:
                async for value in generator:
                    await context.output(value)
            finally:
                await generator.aclose()
            return success(None)
        except BaseException as error:
            return ending_of(error, attempt)

    return run
