"""Vectors of the messages of a session, and of the state of a space (SPEC §11, §14)."""

from __future__ import annotations

from typing import Any

from aluna_protocol import crypto, messages, wire
from aluna_protocol.entry import Entry
from aluna_protocol.ids import EMPTY_LOG, DocumentId, Head, Lane
from aluna_protocol.messages import (
    Batch,
    Bye,
    Done,
    Goodbye,
    Have,
    Hello,
    Message,
    Ping,
    Presence,
    Want,
)
from vectors.make_entry_vectors import FIRST, SECOND
from vectors.making import ANA, BO, FOUNDING, INCARNATION, SPACE, Json, shown

HANDSHAKE_HASH = bytes(range(64))
TAG = messages.space_tag(SPACE, HANDSHAKE_HASH, by_initiator=True)
TAGS = tuple(bytes([number]) * 16 for number in range(16))
DOCUMENT = DocumentId(bytes([0x91]) * 16)


def batch_of(run: tuple[Entry, ...], lane: Lane) -> Batch:
    """Return *run* in short form."""
    first = run[0].header.height
    return Batch(TAG, ANA.device, INCARNATION, lane, first, messages.shorten(run))


def message_vectors() -> Json:
    """Return each message as bytes, what is refused and why, and batches with their entries."""
    head = Head(2, FOUNDING[1].hash)
    valid: list[Message] = [
        Hello("automerge-0.7.2", TAGS),
        Have(TAG, ((ANA.device, INCARNATION, Lane.CONTROL, head),), last=False),
        Have(TAG, (), last=True),
        Want(TAG, ((BO.device, 2**32 - 1, Lane.CONTENT, 0),)),
        batch_of((FIRST, SECOND), Lane.CONTENT),
        batch_of(tuple(FOUNDING), Lane.CONTROL),
        Presence(TAG, DOCUMENT),
        Presence(TAG, None),
        Ping(),
        *(Goodbye(reason) for reason in Bye),
        Done(),
    ]
    return {
        "tags": [
            {
                "space": SPACE.hex(),
                "handshake_hash": HANDSHAKE_HASH.hex(),
                "by_initiator": by_initiator,
                "tag": messages.space_tag(SPACE, HANDSHAKE_HASH, by_initiator=by_initiator).hex(),
            }
            for by_initiator in (True, False)
        ],
        "valid": [
            {"type": type(one).__name__, "fields": shown(fields_of(one)), "bytes": encoded.hex()}
            for one in valid
            for encoded in (messages.encode(one),)
        ],
        "refused": refused_messages(),
        "batches": batch_vectors(),
        "batches_refused": refused_batches(),
    }


def fields_of(message: Message) -> list[Any]:
    """Return *message* as the array it is."""
    fields: list[Any] = wire.unpack(messages.encode(message), 2**20)
    return fields


def refused_messages() -> list[Json]:
    """Return messages that break one rule each."""
    row = [ANA.device, INCARNATION, 0, 2, bytes(32)]
    untagged = "expected an array that starts with its kind"
    range_error = "expected an integer in range"
    broken: list[tuple[str, object, str]] = [
        ("unknown", [8], "unknown message"),
        ("one item too many", [5, 0], "unknown message"),
        ("a number", 5, "expected an array"),
        ("empty", [], untagged),
        ("a boolean for a kind", [True, TAG, [], True], untagged),
        ("T6 another version", [0, 2, "engine", list(TAGS)], "unknown session version"),
        ("no engine", [0, 1, "", list(TAGS)], "expected a name"),
        ("17 tags", [0, 1, "engine", [*TAGS, TAG]], "tags not padded"),
        ("a short tag", [0, 1, "engine", [*TAGS[:-1], TAG[1:]]], "bytes of the wrong length"),
        ("last is a number", [1, TAG, [], 1], "expected a boolean"),
        ("height 0", [1, TAG, [[*row[:3], 0, row[4]]], True], range_error),
        ("D4 a height no log has", [1, TAG, [[*row[:3], 2**32 + 1, row[4]]], True], range_error),
        ("an unknown lane", [1, TAG, [[*row[:2], 2, *row[3:]]], True], range_error),
        ("four items wanted", [2, TAG, [row]], "array of the wrong length"),
        ("after less than nothing", [2, TAG, [[*row[:3], -1]]], range_error),
        ("first height 0", [3, TAG, *row[:3], 0, []], range_error),
        ("half a document", [4, TAG, bytes(8)], "bytes of the wrong length"),
        ("an unknown reason", [6, 3], range_error),
    ]
    refused = [
        {"name": name, "bytes": wire.pack(value).hex(), "error": error}
        for name, value, error in broken
    ]
    for name, data, error in (
        ("nothing", b"", "not a well-formed message"),
        ("cut short", b"\x92\x06", "not a well-formed message"),
        ("a map", b"\x81\x05\x00", "not a well-formed message"),
    ):
        refused.append({"name": name, "bytes": data.hex(), "error": error})
    return refused


def batch_vectors() -> list[Json]:
    """Return short forms with the headers they stand for."""
    dropped = SECOND.parts[0], None
    pruned = Entry(SECOND.header, SECOND.encoded, SECOND.hash, SECOND.signature, dropped)
    cases = [
        ("a run", EMPTY_LOG, (FIRST, SECOND), Lane.CONTENT),
        ("going on", Head(1, FIRST.hash), (SECOND,), Lane.CONTENT),
        ("a part dropped", Head(1, FIRST.hash), (pruned,), Lane.CONTENT),
        ("control", EMPTY_LOG, tuple(FOUNDING), Lane.CONTROL),
    ]
    return [
        {
            "name": name,
            "space": SPACE.hex(),
            "before": [head.height, head.hash.hex()],
            "bytes": messages.encode(batch_of(run, lane)).hex(),
            "headers": [one.encoded.hex() for one in run],
            "parts": [shown(one.parts) for one in run],
        }
        for name, head, run, lane in cases
    ]


def refused_batches() -> list[Json]:
    """Return short forms that parse as a message and cannot be a run."""
    start = fields_of(batch_of((FIRST, SECOND), Lane.CONTENT))
    link = start[6][0]

    def with_link(position: int, value: object) -> list[Any]:
        changed = [*link]
        changed[position] = value
        return [*start[:6], [changed]]

    broken = [
        ("no links", [*start[:6], []], "batch does not go on from what we have"),
        ("a gap", [*start[:5], 2, start[6]], "batch does not go on from what we have"),
        ("no heads", with_link(1, None), "a batch begins with its heads and epoch"),
        ("no epoch", with_link(2, None), "a batch begins with its heads and epoch"),
        ("the wrong lane", [*start[:4], 0, *start[5:]], "entry in the wrong lane"),
        ("an empty part", with_link(6, [b""]), "part empty or too long"),
        ("an empty reference", with_link(6, [[bytes(32), 0]]), "expected an integer in range"),
        ("six items", [*start[:6], [link[:6]]], "array of the wrong length"),
        ("a short signature", with_link(5, bytes(63)), "bytes of the wrong length"),
        ("no salt", with_link(3, b""), "epoch fields do not fit the kind"),
    ]
    return [
        {"name": name, "bytes": wire.pack(value).hex(), "error": error}
        for name, value, error in broken
    ]


def state_vectors() -> list[Json]:
    """Return states by the letter of §14."""
    one, two = bytes([1]) * 32, bytes([2]) * 32
    documents = [(bytes([n]) * 16, [two, one][: n + 1]) for n in range(2)]
    cases: list[tuple[list[bytes], list[tuple[bytes, list[bytes]]]]] = [
        ([], []),
        ([two, one], []),
        ([one], documents),
    ]
    found = []
    for heads, held in cases:
        data = b"aluna-state-v1" + len(heads).to_bytes(4, "big") + b"".join(sorted(heads))
        for document, changes in held:
            data += document + len(changes).to_bytes(4, "big") + b"".join(sorted(changes))
        found.append(
            {"heads": shown(heads), "documents": shown(held), "state": crypto.blake2b(data).hex()}
        )
    return found
