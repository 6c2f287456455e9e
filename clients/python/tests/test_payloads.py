"""Values to payloads and back."""

from __future__ import annotations

import uuid

import pytest
from conformance.v1 import conformance_pb2

from qtasks_client import PayloadError, QTasksError, RetryPolicy, UniqueKey, from_payload, message_of, to_payload
from qtasks_client._ids import uuid7
from qtasks_client._requests import enqueue_request
from qtasksapi.v1 import task_pb2


@pytest.mark.parametrize(
    "value", [None, True, 0, 1.5, "hällo", "", [1, [2]], {"a": {"b": None}}, b"\x00\xff", b""]
)
def test_value_survives(value: object) -> None:
    assert from_payload(to_payload(value)) == value


def test_message_survives_with_its_type() -> None:
    message = conformance_pb2.EchoRequest(text="hällo")
    payload = to_payload(message)
    assert (payload.content_type, payload.schema) == ("application/protobuf", "conformance.v1.EchoRequest")
    assert from_payload(payload) == message
    assert message_of(conformance_pb2.EchoRequest, payload) == message


def test_message_of_unknown_type_stays_bytes() -> None:
    payload = task_pb2.Payload(data=b"\x08\x01", content_type="application/protobuf", schema="no.such.Type")
    assert from_payload(payload) == b"\x08\x01"


def test_message_is_read_from_json() -> None:
    payload = task_pb2.Payload(text='{"text": "x"}')
    assert message_of(conformance_pb2.EchoRequest, payload).text == "x"


@pytest.mark.parametrize(
    "payload",
    [
        task_pb2.Payload(text="{"),
        task_pb2.Payload(data=b"\xff", content_type="application/json"),
        task_pb2.Payload(data=b"x", encodings=["gzip"]),
        task_pb2.Payload(data=b"\xff", content_type="application/protobuf", schema="conformance.v1.EchoRequest"),
    ],
)
def test_unreadable_payload_is_refused(payload: task_pb2.Payload) -> None:
    with pytest.raises(PayloadError):
        from_payload(payload)


def test_another_type_is_named() -> None:
    payload = to_payload(conformance_pb2.FailRequest())
    with pytest.raises(
        PayloadError, match=r"expected a conformance.v1.EchoRequest, found conformance.v1.FailRequest"
    ):
        message_of(conformance_pb2.EchoRequest, payload)


@pytest.mark.parametrize("value", [float("nan"), object(), {1j}, {"x": b""}])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(QTasksError, match="FIELD_VIOLATION: input: can't be JSON"):
        enqueue_request("x", value, {})


def test_ids_are_uuids_in_order() -> None:
    ids = [uuid7() for _ in range(100)]
    assert len(set(ids)) == 100
    assert {(uuid.UUID(value).version, uuid.UUID(value).variant) for value in ids} == {(7, uuid.RFC_4122)}
    # The clock may stand still between two of them, but never goes back.
    assert [value[:18] for value in ids] == sorted(value[:18] for value in ids)


def test_options_reach_the_request() -> None:
    options = {
        "queue": "q",
        "priority": 3,
        "retry": RetryPolicy(max_attempts=2, initial_backoff=0.5),
        "attempt_timeout": 1.5,
        "labels": {"a": "b"},
        "headers": {"h": "v"},
        "unique": UniqueKey("k", on_conflict="reject"),
        "delay": 2,
        "output_retry": "skip",
    }
    request = enqueue_request("/acme.Mail/Send", None, options)
    spec = request.spec
    assert spec.name == "acme.Mail/Send"
    assert (spec.options.queue, spec.options.priority) == ("q", 3)
    assert spec.options.retry_policy.max_attempts == 2
    assert spec.options.retry_policy.initial_backoff.nanos == 500_000_000
    assert (spec.options.attempt_timeout.seconds, spec.options.attempt_timeout.nanos) == (1, 500_000_000)
    assert (dict(spec.options.labels), dict(spec.headers)) == ({"a": "b"}, {"h": "v"})
    assert spec.unique.on_conflict == task_pb2.CONFLICT_POLICY_REJECT
    assert request.delay.seconds == 2


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"delay": -1}, "delay"),
        ({"delay": True}, "delay"),
        ({"retention": float("inf")}, "retention"),
        ({"schedule_at": "now"}, "schedule_at"),
        ({"output_retry": "often"}, "output_retry"),
        ({"retry": 3}, "retry"),
        ({"unique": UniqueKey("k", on_conflict="no")}, "unique.on_conflict"),
    ],
)
def test_bad_option_is_named(options: dict, field: str) -> None:
    with pytest.raises(QTasksError) as caught:
        enqueue_request("x", None, options)
    assert caught.value.reason == "FIELD_VIOLATION"
    assert caught.value.fields[0][0] == field


def test_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError, match="unknown options: prio"):
        enqueue_request("x", None, {"prio": 1})


def test_method_descriptor_checks_its_request() -> None:
    method = conformance_pb2.DESCRIPTOR.services_by_name["ConformanceTasks"].methods_by_name["Echo"]
    with pytest.raises(QTasksError, match=r"takes a conformance.v1.EchoRequest"):
        enqueue_request(method, conformance_pb2.WaitRequest(), {})
