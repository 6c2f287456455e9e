"""A gRPC status, with the details that a QTasks server sends, as a QTasksError."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

from qtasksapi.v1 import task_pb2

from ._times import seconds_of
from ._tls import tls_problem
from .errors import QTasksError

#: What a status without a reason is taken for: gRPC itself, a proxy or a newer server made it.
_REASON_OF_CODE = {
    grpc.StatusCode.CANCELLED: "CALL_CANCELED",
    grpc.StatusCode.INVALID_ARGUMENT: "MESSAGE_MALFORMED",
    grpc.StatusCode.DEADLINE_EXCEEDED: "STILL_RUNNING",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "PAYLOAD_TOO_LARGE",
    grpc.StatusCode.UNIMPLEMENTED: "METHOD_NOT_FOUND",
    grpc.StatusCode.UNAVAILABLE: "SERVER_UNREACHABLE",
    grpc.StatusCode.UNAUTHENTICATED: "TOKEN_INVALID",
    grpc.StatusCode.PERMISSION_DENIED: "SCOPE_MISSING",
}
_CODES = {code.value[0]: code for code in grpc.StatusCode}


def rpc_error(error: Any, address: str) -> QTasksError:
    """The error of a call that failed with a status; `address` names the server that did not answer."""
    code = error.code() or grpc.StatusCode.UNKNOWN
    trailers = {key: value for key, value in error.trailing_metadata() or ()}
    facts = _facts_of(trailers.get("grpc-status-details-bin"))
    reason = facts.pop("reason", None) or trailers.get("qtasks-reason")
    message = error.details() or ""
    if reason is None:
        reason = _REASON_OF_CODE.get(code, "INTERNAL")
        if reason == "SERVER_UNREACHABLE":
            message, facts["metadata"] = _unreachable(message, address)
    elif reason == "TOKEN_INVALID":
        message = f"{message} (set token=…)"
    return QTasksError(code, str(reason), message, **facts)


def is_misconfigured(error: QTasksError) -> bool:
    """Whether this client can't connect until its options, or the server's, are changed."""
    return error.reason == "SERVER_UNREACHABLE" and "advice" in error.metadata


def _unreachable(details: str, address: str) -> Tuple[str, Dict[str, str]]:
    advice = tls_problem(details)
    if advice is not None:
        return f"no secure connection to {address}: {advice} ({details})", {"address": address, "advice": advice}
    # A server with TLS hangs up on a client without; so may any other.
    hint = "; if it serves TLS, set tls" if details.endswith("Socket closed") else ""
    return f"no QTasks server answers at {address} ({details}){hint}", {"address": address}


def item_error(item: task_pb2.ItemError, metadata: Optional[Mapping[str, str]] = None) -> QTasksError:
    """The error that an item of a batch carries."""
    code = status_code(item.code)
    reason = item.reason or _REASON_OF_CODE.get(code, "INTERNAL")
    return QTasksError(code, reason, item.message, metadata=metadata)


def status_code(number: int) -> grpc.StatusCode:
    """The gRPC code of a google.rpc.Code."""
    return _CODES.get(number, grpc.StatusCode.UNKNOWN)


def _facts_of(details: Optional[bytes]) -> Dict[str, Any]:
    facts: Dict[str, Any] = {}
    info = error_details_pb2.ErrorInfo()
    request = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    for detail in _details_of(details):
        if _unpack(detail, info):
            facts.update(reason=info.reason, metadata=dict(info.metadata))
        elif _unpack(detail, request):
            facts["fields"] = [(item.field, item.description) for item in request.field_violations]
        elif _unpack(detail, retry):
            facts["retry_after"] = seconds_of(retry.retry_delay)
    return facts


def _details_of(details: Optional[bytes]) -> Any:
    # Another server's details may be anything; the status itself still says what happened.
    try:
        return status_pb2.Status.FromString(details or b"").details
    except DecodeError:
        return ()


def _unpack(detail: Any, message: Message) -> bool:
    try:
        return bool(detail.Unpack(message))
    except DecodeError:
        return False
