"""Between the values of a program and the payloads of tasks."""

from __future__ import annotations

import json
import re
from typing import Any, Optional, Type, TypeVar

from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.message import DecodeError, Message

from qtasksapi.v1 import task_pb2

PROTOBUF = "application/protobuf"

M = TypeVar("M", bound=Message)

_JSON_TYPE = re.compile(r"application/(?:[\w.-]+\+)?json\b", re.IGNORECASE)
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class PayloadError(ValueError):
    """A value can't be a payload, or a payload can't be read. The message never quotes the payload."""


def to_payload(value: Any) -> task_pb2.Payload:
    """A value as a payload: a Payload as it is, a protobuf message as its bytes and type, bytes as bytes,
    anything else as JSON. Raises PayloadError for what JSON can't hold."""
    if isinstance(value, Message):
        return value if isinstance(value, task_pb2.Payload) else message_payload(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return task_pb2.Payload(data=bytes(value), content_type="application/octet-stream")
    try:
        return task_pb2.Payload(text=_encode(value))
    except (TypeError, ValueError, RecursionError) as error:
        raise PayloadError(f"can't be JSON: {error}") from error


def message_payload(message: Message) -> task_pb2.Payload:
    """A protobuf message as the payload of a typed task."""
    schema = message.DESCRIPTOR.full_name
    return task_pb2.Payload(data=message.SerializeToString(), content_type=PROTOBUF, schema=schema)


def from_payload(payload: Optional[task_pb2.Payload]) -> Any:
    """The value of a payload: of JSON the value, of other text a str, of protobuf the message where its
    type is in the default descriptor pool, of other bytes bytes; no payload is None."""
    body = None if payload is None else payload.WhichOneof("body")
    if payload is None or body is None:
        return None
    _refuse_encodings(payload)
    is_json = _JSON_TYPE.match(payload.content_type) is not None
    if body == "text":
        return _parse(payload.text) if is_json or not payload.content_type else payload.text
    if is_json:
        return _parse(payload.data)
    message_type = _known_type(payload.schema) if payload.content_type == PROTOBUF else None
    return payload.data if message_type is None else _decode(message_type, payload.data)


def message_of(message_type: Type[M], payload: Optional[task_pb2.Payload]) -> M:
    """The message of a typed task's payload, from its bytes or from JSON. Raises PayloadError where it is
    another one."""
    body = None if payload is None else payload.WhichOneof("body")
    name = message_type.DESCRIPTOR.full_name
    if payload is None or body is None:
        raise PayloadError(f"expected a {name}, found nothing")
    _refuse_encodings(payload)
    if payload.schema == name and body == "data":
        return _decode(message_type, payload.data)
    if payload.schema == "" and _holds_json(payload, body):
        return _from_json(message_type, payload.text if body == "text" else payload.data)
    found = payload.schema or payload.content_type or body
    raise PayloadError(f"expected a {name}, found {found}")


def payload_bytes(payload: task_pb2.Payload) -> int:
    """About the bytes that a payload takes; rather too many than too few."""
    return len(payload.data) + 3 * len(payload.text) + 64


def _holds_json(payload: task_pb2.Payload, body: str) -> bool:
    if _JSON_TYPE.match(payload.content_type):
        return True
    return body == "text" and payload.content_type == ""


def _known_type(schema: str) -> Optional[Type[Message]]:
    try:
        descriptor = descriptor_pool.Default().FindMessageTypeByName(schema)
    except KeyError:
        return None
    return message_factory.GetMessageClass(descriptor)


def _decode(message_type: Type[M], data: bytes) -> M:
    try:
        return message_type.FromString(data)
    except DecodeError as error:
        raise PayloadError(f"the bytes are no {message_type.DESCRIPTOR.full_name}") from error


def _from_json(message_type: Type[M], text: Any) -> M:
    try:
        return json_format.Parse(text, message_type())
    except (json_format.ParseError, UnicodeDecodeError):
        # The parser's message may quote the payload, which has no place in logs.
        raise PayloadError(f"the JSON is no {message_type.DESCRIPTOR.full_name}") from None


def _parse(text: Any) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise PayloadError("not the JSON that it says it is") from None


def _refuse_encodings(payload: task_pb2.Payload) -> None:
    if payload.encodings:
        # A codec's parameters may name a key, and begin after the semicolon.
        names = ", ".join(encoding.split(";")[0] for encoding in payload.encodings)
        raise PayloadError(f"no codec for the encoding {names}")
