"""Vectors of the bodies of membership entries (SPEC §6.2, §6.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aluna_protocol import crypto, limits, membership, wire
from aluna_protocol.ids import DocumentId, EntryHash, Head
from aluna_protocol.operations import (
    JOIN_CONTEXT,
    Admit,
    CutMark,
    Genesis,
    Lift,
    Remove,
    Rest,
    Rules,
    Second,
    SpaceKind,
    Suspend,
    Withdraw,
    sign_seat,
)
from vectors import curve
from vectors.making import (
    ANA,
    BO,
    CLEO,
    DOCUMENT,
    EVE,
    GENESIS,
    PERSONS,
    SPACE,
    Json,
    broken,
    seat_of,
    shown,
    spoilt,
)


def body_vectors() -> Json:
    """Return bodies of membership entries, good and bad."""
    circle = Genesis(SpaceKind.CIRCLE, "Círculo", SPACE, seat_of(BO, "phone"), bytes(16))
    private = Genesis(SpaceKind.PRIVATE, "n\u0303", b"", seat_of(CLEO), bytes([1]) * 16)
    operations: dict[str, membership.Operation] = {
        "collective": GENESIS,
        "circle": circle,
        "private": private,
        "admitted at a door": Admit(seat_of(BO), bytes(16)),
        "admitted another way": Admit(seat_of(CLEO, "phone", BO), b""),
        "removed": Remove(PERSONS[BO.device], None, (MARK,)),
        "one device removed": Remove(PERSONS[CLEO.device], CLEO.device, ()),
        "suspended": Suspend(BO.device, (MARK, OTHER_MARK)),
        "another suspended": Suspend(EVE.device, ()),
        "lifted": Lift(EntryHash(bytes([1]) * 32)),
        "another lifted": Lift(EntryHash(bytes([2]) * 32)),
        "rules": Rules((PERSONS[ANA.device], PERSONS[BO.device]), 3, 2, gives_past=False),
        "rules for everybody": Rules(()),
        "rests": Rest(resting=True),
        "is back": Rest(resting=False),
        "seconded": Second(EntryHash(bytes([1]) * 32)),
        "another seconded": Second(EntryHash(bytes([2]) * 32)),
        "taken back": Withdraw(DOCUMENT),
        "another taken back": Withdraw(DocumentId(bytes(16))),
    }
    return {
        "valid": [
            {
                "name": name,
                "type": type(operation).__name__,
                "fields": shown(wire.unpack(body, 10_000)),
                "bytes": body.hex(),
                "space": membership.space_id(operation).hex()
                if isinstance(operation, Genesis)
                else None,
            }
            for name, operation in operations.items()
            for body in (membership.encode_operation(operation),)
        ],
        "space": SPACE.hex(),
        "refused": refused_bodies(operations),
        "unproven": unproven_bodies(),
    }


def unproven_bodies() -> list[Json]:
    """Return bodies with a seat its device did not sign like that."""
    seat = seat_of(BO)
    by_another = sign_seat(EVE, seat.device_name, seat.person, seat.person_name).proof
    of_the_door = crypto.sign(BO, JOIN_CONTEXT + bytes([1]) * 64 + seat.card)
    seats = [
        ("another device name", replace(seat, device_name="phone")),
        ("another static key", replace(seat, static=EVE.static)),
        ("I5 under another person", replace(seat, person=PERSONS[EVE.device])),
        ("D11 another name", replace(seat, person_name="Ana")),
        ("another door", replace(seat, proof=bytes([2]) * 64 + of_the_door)),
        ("signed by another", replace(seat, proof=by_another)),
        ("K4 one bit", replace(seat, proof=seat.proof[:-1] + bytes([seat.proof[-1] ^ 1]))),
        ("no signature", replace(seat, proof=bytes(128))),
    ]
    bodies: list[tuple[str, membership.Operation]] = [
        *((name, Admit(one, b"")) for name, one in seats),
        ("a founder", Genesis(SpaceKind.COLLECTIVE, "Semilla", b"", seats[2][1], bytes(16))),
    ]
    return [
        {
            "name": name,
            "body": membership.encode_operation(one).hex(),
            "error": "seat not signed by its device",
        }
        for name, one in bodies
    ]


def refused_bodies(operations: dict[str, membership.Operation]) -> list[Json]:
    """Return bodies that break one rule each."""
    founded, admitted = "collective", "admitted at a door"
    bodies = {name: membership.encode_operation(one) for name, one in operations.items()}
    arrays: dict[str, list[Any]] = {
        name: wire.unpack(body, 10_000) for name, body in bodies.items()
    }
    seat = arrays[admitted][1]
    length, name_error = "bytes of the wrong length", "name with invisible characters"
    other_spelling = (2**255 - 10).to_bytes(32, "little")
    cases: list[tuple[str, str, list[int], object, str]] = [
        ("unknown kind", admitted, [0], 9, "unknown membership operation"),
        ("a boolean for a kind", founded, [0], False, UNTAGGED),
        ("a kind of space that is none", founded, [1], 3, "expected an integer in range"),
        ("a name of spaces", founded, [2], " ", "expected a name"),
        ("a name too long", founded, [2], "a" * 257, "name too long"),
        ("half a collective", founded, [3], bytes(16), length),
        ("a seat of five", founded, [4], seat[:5], WRONG_ARRAY),
        ("no seat", founded, [4], 0, "expected an array"),
        ("no nonce", founded, [5], b"", length),
        ("K2 a device of small order", admitted, [1, 0], bytes(32), "not a signing key"),
        ("K2 a device of mixed order", admitted, [1, 0], MIXED_ORDER, "not a signing key"),
        ("K2 a device that is no point", admitted, [1, 0], b"\2" + bytes(31), "not a signing key"),
        ("a device too short", admitted, [1, 0], seat[0][1:], length),
        ("T11 low order", admitted, [1, 1], bytes(32), "not a static key"),
        ("T11 spelling", admitted, [1, 1], other_spelling, "not a static key"),
        ("a number for a name", admitted, [1, 2], 1, "expected a name"),
        ("a short person", admitted, [1, 3], bytes(15), length),
        ("a new line", admitted, [1, 4], "a\n", name_error),
        ("D11 a name turned around", admitted, [1, 4], "a\u202eb", name_error),
        ("a proof without a handshake", admitted, [1, 5], seat[5][64:], length),
        ("half a door", admitted, [2], bytes(8), length),
        *refused_later(),
    ]
    return [
        *(broken(n, of, arrays[of], at, value, error) for n, of, at, value, error in cases),
        spoilt("one item more", admitted, wire.pack([*arrays[admitted], 0]), cases[0][-1]),
        spoilt("not canonical", admitted, b"\xdc\0\x03" + bodies[admitted][1:], SPELLING),
        spoilt("something after", admitted, bodies[admitted] + b"\0", "not a well-formed message"),
        {"name": "M4 too many marks", "of": "removed", "at": None, "pieces": cut_too_long(),
         "error": LONG},
    ]  # fmt: skip


def refused_later() -> list[tuple[str, str, list[int], object, str]]:
    """Return what may be wrong in operations 2 to 8."""
    removed, rules, length = "removed", "rules", "bytes of the wrong length"
    person, other = PERSONS[ANA.device], PERSONS[BO.device]
    out_of_range = "expected an integer in range"
    return [
        ("a person too short", removed, [1], person[1:], length),
        ("half a device", removed, [2], bytes(16), length),
        ("no cut", removed, [3], b"", "expected an array"),
        ("a mark without its hash", removed, [3, 0], [BO.device, 7, 3], WRONG_ARRAY),
        ("a mark of no device", removed, [3, 0, 0], b"", length),
        ("an incarnation too large", removed, [3, 0, 1], 2**32, out_of_range),
        ("D4 a mark at height 0", removed, [3, 0, 2], 0, out_of_range),
        ("D4 a mark beyond every log", removed, [3, 0, 2], limits.MAX_HEIGHT + 1, out_of_range),
        ("a mark with half a hash", removed, [3, 0, 3], bytes(16), length),
        ("nobody suspended", "suspended", [1], b"", length),
        ("suspended without a cut", "suspended", [2], 0, "expected an array"),
        ("nothing lifted", "lifted", [1], b"", length),
        ("a keeper too short", rules, [1, 0], person[1:], length),
        ("keepers in no array", rules, [1], person, "expected an array"),
        ("keepers twice", rules, [1], [person, person], "keepers not sorted"),
        ("keepers in another order", rules, [1], [other, person], "keepers not sorted"),
        ("more keepers than devices", rules, [1], [number.to_bytes(16, "big") for number in
            range(limits.MAX_DEVICES + 1)], LONG),
        ("M2 one removes a keeper", rules, [2], 1, out_of_range),
        ("more than all", rules, [2], limits.MAX_DEVICES + 1, out_of_range),
        ("nobody lets in", rules, [3], 0, out_of_range),
        ("more than all let in", rules, [3], limits.MAX_DEVICES + 1, out_of_range),
        ("a number for a boolean", rules, [4], 1, "expected a boolean"),
        ("neither rests nor is back", "rests", [1], 1, "expected a boolean"),
        ("half an act", "seconded", [1], bytes(16), length),
        ("half a document", "taken back", [1], bytes(8), length),
    ]  # fmt: skip


def cut_too_long() -> list[list[Any]]:
    """Return the pieces of a removal with one mark too many."""
    many = limits.MAX_CUT_MARKS + 1
    start = b"\x94\2" + wire.pack(PERSONS[BO.device]) + wire.pack(b"")
    mark = wire.pack([MARK.device, 1, 1, MARK.head.hash])
    return [[(start + b"\xdc" + many.to_bytes(2, "big")).hex(), 1], [mark.hex(), many]]


MARK = CutMark(BO.device, 7, Head(3, EntryHash(bytes([3]) * 32)))
OTHER_MARK = CutMark(BO.device, 2**32 - 1, Head(limits.MAX_HEIGHT, EntryHash(bytes(32))))
UNTAGGED = "expected an array that starts with its kind"
SPELLING = "not a canonical message"
WRONG_ARRAY = "array of the wrong length"
LONG = "array too long"
MIXED_ORDER = curve.encoded(curve.add(curve.BASE, curve.SMALL))
"""The sum of the base point and a point of order 8: it may sign, and devices would disagree."""
