"""What an event is: a frozen fact, its bytes, and the registry of all kinds.

An event class states a *topic* (``outcome.posted``: stable, not the Python path), a *form*
(the number of its JSON form) and its fields. The stored bytes are canonical JSON: one flat
object, keys sorted, no spaces, no nulls, UTF-8, amounts as integer öre. To the event's own
fields come those of the envelope::

    v              number of the event's form
    recorded_at    when Utfall knew it: UTC, microseconds, one for a whole batch
    actor, user    who, and the operating-system or database user behind it
    source         the command, or the name of the file; source_digest: the file's SHA-256;
                   source_line: its line

Fields marked `Private` can name a person. The event holds a commitment to them,
SHA-256(32 random bytes ‖ UTF-8 value) in hex; salt and value lie in the only erasable table.

A new kind of event is one class in one module of ``ledger.families``.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict

from ledger.errors import BeyondSixtyFourBits, Tampered
from ledger.money import fits

PRIVATE = "private"

#: Text that can name a person: clear in a draft, a commitment in a recorded event.
Private = Annotated[str | None, PRIVATE]

ENVELOPE = ("v", "recorded_at", "actor", "user", "source", "source_digest", "source_line")

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

#: Every kind of event by its topic, filled by the classes themselves.
EVENTS: dict[str, type[Event]] = {}


class Event(BaseModel):
    """A fact, without its envelope. Subclasses are frozen and refuse unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    topic: ClassVar[str]
    form: ClassVar[int] = 1
    #: upcasters[n] turns the JSON object of form n into that of form n + 1
    upcasters: ClassVar[Mapping[int, Upcaster]] = {}
    #: many of these are read as columns and never folded into the write-side state one by one
    bulk: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        topic = cls.__dict__.get("topic")
        if topic is not None:
            if topic in EVENTS:
                raise TypeError(f"two events share the topic {topic}")
            EVENTS[topic] = cls

    @classmethod
    def family(cls) -> str:
        """The topic's first word."""
        return cls.topic.partition(".")[0]


@cache
def fields_of(kind: type[Event]) -> dict[str, type]:
    """Plain Python type (str, int or bool) of each of the event's own fields."""
    plain: dict[str, type] = {}
    for name, hint in get_type_hints(kind, include_extras=False).items():
        if name in kind.model_fields:
            choices = [t for t in get_args(hint) if t is not type(None)] or [hint]
            first = choices[0]
            plain[name] = first if first in (str, int, bool) else str
    return plain


@cache
def private_fields(kind: type[Event]) -> tuple[str, ...]:
    """Names of the event's `Private` fields, sorted."""
    return tuple(
        sorted(name for name, field in kind.model_fields.items() if PRIVATE in field.metadata)
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that a command decided on, not yet stamped: private fields are still clear.

    ``stream`` names a stream other than the batch's own; ``line`` is the line of the source.
    """

    event: Event
    line: int | None = None
    stream: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who, when and from where; the same for a whole batch but for the line."""

    recorded_at: str
    actor: str
    user: str
    source: str
    source_digest: str | None = None
    source_line: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log holds it: position (zero-based), stream, version within it."""

    position: int
    stream: str
    stream_version: int
    event: Event
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class PrivateValue:
    """A value to keep in the erasable table beside its salt."""

    field: str
    salt: bytes
    value: str


def commitment(salt: bytes, value: str) -> str:
    """SHA-256(salt ‖ UTF-8 value) in hex."""
    return hashlib.sha256(salt + value.encode()).hexdigest()


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """The one form in which an object is stored and hashed."""
    kept = {key: value for key, value in content.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def seal_private(event: Event) -> tuple[dict[str, Any], list[PrivateValue]]:
    """The event's fields with commitments in place of private values, and those values.

    Raises `BeyondSixtyFourBits`: what is recorded must be readable as a column.
    """
    content = dict(event.__dict__)
    for name, value in content.items():
        if isinstance(value, int) and not fits(value):
            raise BeyondSixtyFourBits(
                f"{event.topic}: {name} is {value}, which does not fit in 64 bits.",
                "Look for an amount in the wrong unit of money.",
            )
    kept: list[PrivateValue] = []
    for name in private_fields(type(event)):
        value = content[name]
        if value is not None:
            salt = secrets.token_bytes(32)
            content[name] = commitment(salt, value)
            kept.append(PrivateValue(name, salt, value))
    return content, kept


def encode(content: Mapping[str, Any], form: int, envelope: Envelope) -> bytes:
    """The stored bytes of an event whose private fields are sealed."""
    return canonical_json(
        {
            **content,
            "v": form,
            "recorded_at": envelope.recorded_at,
            "actor": envelope.actor,
            "user": envelope.user,
            "source": envelope.source,
            "source_digest": envelope.source_digest,
            "source_line": envelope.source_line,
        }
    )


def decode(topic: str, stored: bytes) -> tuple[Event, Envelope]:
    """An event and its envelope from stored bytes of any form ever written.

    Raises `KeyError` for a topic that no class has, `ValueError` for bytes that are not the
    canonical form of that topic.
    """
    kind = EVENTS[topic]
    content = json.loads(stored)
    if not isinstance(content, dict) or canonical_json(content) != stored:
        raise ValueError("not canonical JSON")
    head = {name: content.pop(name, None) for name in ENVELOPE}
    written = head.pop("v")
    if not isinstance(written, int) or not 1 <= written <= kind.form:
        raise ValueError(f"form {written} is not known")
    if any(not isinstance(head[name], str) for name in ("recorded_at", "actor", "user", "source")):
        raise ValueError("the envelope is not complete")
    for form in range(written, kind.form):
        content = kind.upcasters[form](content)
    return kind.model_validate(content), Envelope(**head)


def loaded(position: int, stream: str, version: int, topic: str, stored: bytes) -> Recorded:
    """An event as the log holds it; `Tampered` where its bytes do not decode."""
    try:
        event, envelope = decode(topic, stored)
    except (KeyError, ValueError, TypeError) as error:
        raise Tampered(f"Event {position} ({topic}) does not decode.") from error
    return Recorded(position, stream, version, event, envelope)
