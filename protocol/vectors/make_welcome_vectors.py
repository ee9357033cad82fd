"""Vectors of what a keeper hands over in a welcome, good and refused (SPEC §9.6)."""

from __future__ import annotations

from typing import Any

from aluna_protocol import acts, entry, membership, wire
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.ids import EMPTY_LOG, Lane, LogId, SpaceId
from aluna_protocol.membership import Admit, Genesis, SpaceKind
from vectors.make_entry_vectors import FIRST
from vectors.making import (
    ANA,
    BO,
    EVE,
    GENESIS,
    INCARNATION,
    SPACE,
    Json,
    seat_of,
    shown,
    stream,
)

LENGTH = "bytes of the wrong length"


def control_of(genesis: Genesis, *, admitted: bool = True) -> tuple[SpaceId, list[Entry]]:
    """Return the control entries of a space Ana founded and Bo was admitted to."""
    replica, written, key = acts.found(ANA, INCARNATION, genesis, stream("welcome"))
    if admitted:
        admission = Admit(seat_of(BO), bytes(16))
        written += acts.admit(ANA, INCARNATION, replica, admission, [key], stream("admission"))
    return membership.space_id(genesis), written


def rows_of(control: list[Entry]) -> list[list[Any]]:
    """Return the entries as a welcome holds them."""
    return [[one.encoded, one.signature, one.parts[0]] for one in control]


def welcome_vectors() -> Json:
    """Return payloads of a welcome for Bo at Ana's door."""
    space, control = control_of(GENESIS)
    good = [space, rows_of(control)]
    _, alone = control_of(GENESIS, admitted=False)
    circle = Genesis(SpaceKind.CIRCLE, "Círculo", bytes(32), seat_of(ANA), bytes(16))
    circle_space, circle_control = control_of(circle)
    other_log = LogId(circle_space, ANA.device, INCARNATION, Lane.CONTROL)
    body = control[0].parts[0] or b""
    foreign = entry.control_entry(ANA, Kind.MEMBERSHIP, other_log, EMPTY_LOG, [], body)
    unsigned = [control[-1].encoded, bytes(64), control[-1].parts[0]]
    rows = rows_of(control)
    kind = "an entry of another space or kind"
    inviter = ANA.static
    cases: list[tuple[str, list[Any], bytes, str]] = [
        ("an entry of changes", [space, [*rows, *rows_of([FIRST])]], inviter, kind),
        ("K3 an entry of another space", [space, [*rows, *rows_of([foreign])]], inviter, kind),
        ("I6 no founding", [space, rows[1:]], inviter, "the founding is missing"),
        ("I6 the founding of a circle", [circle_space, rows_of(circle_control)], inviter,
         "not the founding of a collective"),
        ("nobody admitted us", [space, rows_of(alone)], inviter, "the admission is not ours"),
        ("I4 an inviter without a seat", good, EVE.static, "the inviter does not belong"),
        ("D4 a gap", [space, [rows[0], *rows[2:]]], inviter, "entry does not follow its log"),
        ("K1 unsigned", [space, [*rows[:-1], unsigned]], inviter, "signature does not match"),
        ("K4 another body", [space, [[*rows[0][:2], body + b"\0"], *rows[1:]]], inviter,
         "part does not match its header"),
        ("a short signature", [space, [[rows[0][0], bytes(63), body], *rows[1:]]], inviter, LENGTH),
        ("a short space", [space[1:], rows], inviter, LENGTH),
        ("rows of two", [space, [rows[0][:2]]], inviter, "array of the wrong length"),
    ]  # fmt: skip
    valid_cases = [("of a collective", good), ("of another", [SPACE, rows_of(again_control())])]
    return {
        "newcomer": BO.device.hex(),
        "inviter": inviter.hex(),
        "valid": [
            {"name": name, "fields": shown(fields), "bytes": wire.pack(fields).hex()}
            for name, fields in valid_cases
        ],
        "refused": [
            {"name": name, "bytes": wire.pack(fields).hex(), "inviter": by.hex(), "error": error}
            for name, fields, by, error in cases
        ],
    }  # fmt: skip


def again_control() -> list[Entry]:
    """Return the same space as another incarnation of its founder tells it, Bo's phone too."""
    replica, written, key = acts.found(ANA, 7, GENESIS, stream("again"))
    admission = Admit(seat_of(BO, "phone"), b"")
    return written + acts.admit(ANA, 7, replica, admission, [key], stream("phone"))
