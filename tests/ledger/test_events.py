"""The bytes of events: canonical, complete, and readable for ever."""

import json
from pathlib import Path

import pytest

import ledger.families  # noqa: F401
from ledger.events import (
    ENVELOPE,
    EVENTS,
    Envelope,
    commitment,
    decode,
    encode,
    private_fields,
    seal_private,
)
from ledger.families.outcome import OutcomePosted

HISTORY = Path(__file__).parents[1] / "history" / "events.jsonl"


def history() -> list[tuple[str, bytes]]:
    """Every form of every event ever written, as its bytes."""
    kept = [json.loads(line) for line in HISTORY.read_text().splitlines()]
    return [(entry["topic"], entry["stored"].encode()) for entry in kept]


def test_every_kind_and_form_is_kept_in_history() -> None:
    kept = {(topic, json.loads(stored)["v"]) for topic, stored in history()}
    written = {(topic, form) for topic, kind in EVENTS.items() for form in range(1, kind.form + 1)}
    assert kept == written


@pytest.mark.parametrize(("topic", "stored"), history(), ids=[t for t, _ in history()])
def test_old_bytes_load_and_today_s_form_writes_the_same(topic: str, stored: bytes) -> None:
    event, envelope = decode(topic, stored)
    assert type(event) is EVENTS[topic]
    if json.loads(stored)["v"] == event.form:
        assert encode(event.__dict__, event.form, envelope) == stored


def test_bytes_are_canonical() -> None:
    event = OutcomePosted(
        period="2020-08", unit="10", account="4010", amount=-1, date="2020-08-17", voucher=1
    )
    stored = encode(event.__dict__, 1, Envelope("2020-09-01T00:00:00.000000Z", "a", "b", "åäö.csv"))
    assert (
        stored
        == (
            '{"account":"4010","actor":"a","amount":-1,"date":"2020-08-17","period":"2020-08",'
            '"recorded_at":"2020-09-01T00:00:00.000000Z","source":"åäö.csv","unit":"10","user":"b",'
            '"v":1,"voucher":1}'
        ).encode()
    )


def test_no_event_has_a_field_of_the_envelope() -> None:
    for kind in EVENTS.values():
        assert not set(ENVELOPE) & set(kind.model_fields), kind


def test_private_values_are_committed_to_and_kept_aside() -> None:
    event = OutcomePosted(
        period="2020-08",
        unit="10",
        account="4010",
        amount=-1,
        date="2020-08-17",
        voucher=1,
        text="Resa Namn Namnsson",
        registered_by="namnam",
    )
    content, values = seal_private(event)
    again, _ = seal_private(event)
    assert "Namn" not in json.dumps(content)
    assert {v.field: v.value for v in values} == {
        "text": "Resa Namn Namnsson",
        "registered_by": "namnam",
    }
    for value in values:
        assert len(value.salt) == 32
        assert content[value.field] == commitment(value.salt, value.value)
        assert again[value.field] != content[value.field], "the salt must be new each time"


def test_fields_that_can_name_a_person_are_private() -> None:
    # DESIGN 2.10: free text, counterparties, signatures. A new field of such a name must follow.
    naming = {
        "text", "comment", "reason", "counterparty", "document", "registered_by",
        "authorised_by", "approved_by", "key", "responsible", "ordered_by",
        "recipient", "risk_text", "result", "because", "vouched_by", "assessor", "cause",
        "consequence_text", "remedy", "owner", "facts",
    }  # fmt: skip
    for kind in EVENTS.values():
        assert naming & set(kind.model_fields) == set(private_fields(kind)), kind


@pytest.mark.parametrize(
    "stored",
    [
        b"{}",
        b"not json",
        b'{"v":1,"recorded_at":"x","actor":"a","user":"u","source":"s","setting":"a"}',
        b'{"v":1,"recorded_at":"x","actor":"a","user":"u","source":"s","setting":"a","value":1}',
        b'{"v":1,"recorded_at":"x","actor":"a","user":"u","source":"s","setting":"a","value":"b",'
        b'"more":1}',
    ],
)
def test_bytes_of_another_shape_do_not_decode(stored: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode("organisation.setting_changed", stored)
