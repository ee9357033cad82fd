"""Vectors of membership and epochs (SPEC §6, §7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aluna_protocol import crypto, epoch, limits, membership, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import EpochKey
from aluna_protocol.ids import EpochId, SpaceId
from aluna_protocol.membership import Admit, Genesis, Seat, SpaceKind
from vectors import curve
from vectors.making import (
    ANA,
    BO,
    CLEO,
    EPOCH,
    EVE,
    GENESIS,
    SPACE,
    Json,
    broken,
    seat_of,
    shown,
    spoilt,
)

# -- membership ----------------------------------------------------------------------------------


def body_vectors() -> Json:
    """Return bodies of membership entries, good and bad."""
    circle = Genesis(SpaceKind.CIRCLE, "Círculo", SPACE, seat_of(BO, "phone"), bytes(16))
    private = Genesis(SpaceKind.PRIVATE, "n\u0303", b"", seat_of(CLEO), bytes([1]) * 16)
    operations: dict[str, membership.Operation] = {
        "collective": GENESIS,
        "circle": circle,
        "private": private,
        "admitted at a door": Admit(seat_of(BO), bytes(32), bytes(16)),
        "admitted another way": Admit(seat_of(CLEO, "phone", BO), bytes([1]) * 32, b""),
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
    }


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
        ("unknown kind", admitted, [0], 2, "unknown membership operation"),
        ("a boolean for a kind", founded, [0], False, UNTAGGED),
        ("a kind of space that is none", founded, [1], 3, "expected an integer in range"),
        ("a name of spaces", founded, [2], " ", "expected a name"),
        ("a name too long", founded, [2], "a" * 257, "name too long"),
        ("half a collective", founded, [3], bytes(16), length),
        ("a seat of four", founded, [4], seat[:4], "array of the wrong length"),
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
        ("a short card hash", admitted, [2], bytes(31), length),
        ("half a door", admitted, [3], bytes(8), length),
    ]
    return [
        *(broken(n, of, arrays[of], at, value, error) for n, of, at, value, error in cases),
        spoilt("one item more", admitted, wire.pack([*arrays[admitted], 0]), cases[0][-1]),
        spoilt("not canonical", admitted, b"\xdc\0\x04" + bodies[admitted][1:], SPELLING),
        spoilt("something after", admitted, bodies[admitted] + b"\0", "not a well-formed message"),
    ]


UNTAGGED = "expected an array that starts with its kind"
SPELLING = "not a canonical message"
MIXED_ORDER = curve.encoded(curve.add(curve.BASE, curve.SMALL))
"""The sum of the base point and a point of order 8: it may sign, and devices would disagree."""


def act(name: str, signer: DeviceKeys, parents: Sequence[str], operation: object) -> Json:
    """Return an act under a hash made of its name."""
    body = membership.encode_operation(operation) if operation is not None else None  # type: ignore[arg-type]
    return {
        "name": name,
        "id": crypto.blake2b(name.encode()).hex(),
        "signer": signer.device.hex(),
        "parents": [crypto.blake2b(parent.encode()).hex() for parent in parents],
        "body": None if body is None else body.hex(),
    }


def admit_act(name: str, signer: DeviceKeys, parents: Sequence[str], seat: Seat) -> Json:
    """Return an admission."""
    return act(name, signer, parents, Admit(seat, bytes(32), b""))


def outcome_vectors() -> list[Json]:
    """Return sets of acts, and who belongs."""
    return [
        {
            "name": name,
            "acts": given,
            "seats": sorted(keys.device.hex() for keys in seats),
            "void": sorted(crypto.blake2b(one.encode()).hex() for one in void),
        }
        for name, given, seats, void in [*outcomes_of_one_branch(), *outcomes_of_several()]
    ]


Outcome = tuple[str, list[Json], list[DeviceKeys], list[str]]
FOUNDED = act("genesis", ANA, [], GENESIS)
WITH_BO = admit_act("bo", ANA, ["genesis"], seat_of(BO))
BY_EVE = admit_act("e", EVE, ["genesis"], seat_of(EVE))
PHONE_OF_BO = seat_of(CLEO, "phone", BO)


def outcomes_of_one_branch() -> list[Outcome]:
    """Return acts each of which has seen the one before."""
    orphan = admit_act("c", BO, ["bo"], seat_of(CLEO))
    unseen = admit_act("b", ANA, [], seat_of(BO))
    again = admit_act("b2", BO, ["bo"], seat_of(BO, "phone"))
    own_phone = admit_act("b2", BO, ["bo"], PHONE_OF_BO)
    her_phone = admit_act("b2", ANA, ["bo"], PHONE_OF_BO)
    by_void = admit_act("c", EVE, ["e"], seat_of(CLEO))
    minted = act("rekey", ANA, ["genesis"], None)
    after_minted = admit_act("b", ANA, ["rekey"], seat_of(BO))
    return [
        ("nothing", [], [], []),
        ("founded", [FOUNDED], [ANA], []),
        ("one admitted", [FOUNDED, WITH_BO], [ANA, BO], []),
        ("M4 the past is missing", [FOUNDED, orphan], [ANA], []),
        ("an admission without past", [FOUNDED, unseen], [ANA], ["b"]),
        ("by an outsider", [FOUNDED, BY_EVE], [ANA], ["e"]),
        ("I7 admitted again", [FOUNDED, WITH_BO, again], [ANA, BO], []),
        ("a second device of one's own", [FOUNDED, WITH_BO, own_phone], [ANA, BO, CLEO], []),
        ("a second device of another", [FOUNDED, WITH_BO, her_phone], [ANA, BO], ["b2"]),
        ("through a void admission", [FOUNDED, BY_EVE, by_void], [ANA], ["c", "e"]),
        ("an epoch entry between", [FOUNDED, minted, after_minted], [ANA, BO], []),
    ]


def outcomes_of_several() -> list[Outcome]:
    """Return acts that had not seen each other."""
    twice = [admit_act(f"c{n}", by, ["bo"], seat_of(CLEO)) for n, by in enumerate((ANA, BO))]
    apart = admit_act("b2", ANA, ["genesis"], PHONE_OF_BO)
    other = Genesis(SpaceKind.COLLECTIVE, "Semilla", b"", seat_of(ANA), bytes(16))
    again = act("again", ANA, [], GENESIS)
    after_again = admit_act("c", ANA, ["again"], seat_of(CLEO))
    everybody = [ANA, BO, CLEO]
    return [
        ("admitted by two at once", [FOUNDED, WITH_BO, *twice], everybody, []),
        ("the same person admitted apart", [FOUNDED, WITH_BO, apart], everybody, []),
        ("another founding", [FOUNDED, act("other", ANA, [], other)], [ANA], ["other"]),
        ("founded by another", [FOUNDED, act("stolen", EVE, [], GENESIS)], [ANA], ["stolen"]),
        ("M2 founded again", [FOUNDED, WITH_BO, again, after_again], everybody, []),
    ]


# -- epochs --------------------------------------------------------------------------------------


def epoch_vectors() -> Json:
    """Return boxes, bodies, and which epoch is active."""
    box = epoch.seal_key(EPOCH, SPACE, ANA.device, BO.device, BO.static, bytes([0x81]) * 32)
    place = {"space": SPACE.hex(), "author": ANA.device.hex(), "recipient": BO.device.hex()}
    second = epoch.named(bytes([0x53]) * 32)
    another = epoch.seal_key(second, SPACE, ANA.device, ANA.device, ANA.static, bytes([0x82]) * 32)
    swapped = EpochKey(EpochId(bytes(32)), EPOCH.key)
    wrong = epoch.seal_key(swapped, SPACE, ANA.device, BO.device, BO.static, bytes([0x81]) * 32)
    elsewhere, by_eve, for_eve = (
        epoch.seal_key(EPOCH, space, author, recipient, BO.static, bytes([0x81]) * 32)
        for space, author, recipient in (
            (SpaceId(bytes(32)), ANA.device, BO.device),
            (SPACE, EVE.device, BO.device),
            (SPACE, ANA.device, EVE.device),
        )
    )
    flipped = box.box[:-1] + bytes([box.box[-1] ^ 1])
    boxes = [
        ("K5 another key", EpochId(bytes(32)), wrong.box, "box holds another key than it names"),
        ("K3 made for another space", EPOCH.id, elsewhere.box, "epoch key boxed for another place"),
        ("K3 made by another", EPOCH.id, by_eve.box, "epoch key boxed for another place"),
        ("K3 made for another device", EPOCH.id, for_eve.box, "epoch key boxed for another place"),
        ("K4 one bit", EPOCH.id, flipped, "sealed part does not open"),
        ("T7 cut short", EPOCH.id, box.box[:47], "box too short"),
        ("T11 low order", EPOCH.id, bytes(32) + box.box[32:], "public key of low order"),
    ]
    return {
        "keys": {"static_secret": BO.static_secret.hex(), "sign_seed": BO.sign_seed.hex()},
        "epoch_key": EPOCH.key.hex(),
        "epoch": EPOCH.id.hex(),
        **place,
        "ephemeral_secret": (bytes([0x81]) * 32).hex(),
        "box": box.box.hex(),
        "boxes_refused": [
            {"name": name, "epoch": named.hex(), "box": bad.hex(), "error": error}
            for name, named, bad, error in boxes
        ],
        **epoch_bodies(box, another),
        "active": [active_case(*case) for case in ACTIVE_CASES],
    }


def epoch_bodies(box: epoch.SealedKey, another: epoch.SealedKey) -> Json:
    """Return bodies of epoch entries, good and bad."""
    operations: dict[str, epoch.EpochOperation] = {
        "rekey": epoch.Rekey(EPOCH.id, (box,)),
        "rekey of nobody": epoch.Rekey(another.epoch, ()),
        "rekey of two": epoch.Rekey(
            another.epoch, tuple(epoch.SealedKey(another.epoch, d, another.box) for d in DEVICES)
        ),
        "share": epoch.Share((box,)),
        "share of two": epoch.Share((another, box)),
    }
    bodies = {name: epoch.encode_operation(one) for name, one in operations.items()}
    arrays: dict[str, list[Any]] = {n: wire.unpack(body, 10_000) for n, body in bodies.items()}
    rekey, share, length = "rekey", "share", "bytes of the wrong length"
    cases: list[tuple[str, str, list[int], object, str]] = [
        ("unknown kind", rekey, [0], 2, "unknown epoch operation"),
        ("a boolean for a kind", rekey, [0], False, UNTAGGED),
        ("short epoch", rekey, [1], EPOCH.id[1:], length),
        ("boxes in no array", rekey, [2], b"", "expected an array"),
        ("three for two", rekey, [2, 0], [EPOCH.id, BO.device, box.box], WRONG_ARRAY),
        ("short device", rekey, [2, 0, 0], BO.device[1:], length),
        ("short box", rekey, [2, 0, 1], box.box[1:], length),
        ("a pair for a triple", share, [1, 0], [BO.device, box.box], WRONG_ARRAY),
        ("short epoch shared", share, [1, 0, 0], bytes(31), length),
        ("short device shared", share, [1, 0, 1], bytes(31), length),
        ("long box shared", share, [1, 0, 2], bytes(113), length),
    ]
    many = limits.MAX_DEVICES + 1
    start = b"\x93\0" + wire.pack(EPOCH.id) + b"\xdc" + many.to_bytes(2, "big")
    too_many = [[start.hex(), 1], [wire.pack([BO.device, box.box]).hex(), many]]
    long = [[bodies[share].hex(), 1], ["00", limits.MAX_CONTROL_BODY]]
    return {
        "bodies": [
            {
                "name": name,
                "type": type(operation).__name__,
                "fields": shown(arrays[name]),
                "bytes": bodies[name].hex(),
            }
            for name, operation in operations.items()
        ],
        "bodies_refused": [
            *(broken(n, of, arrays[of], at, value, error) for n, of, at, value, error in cases),
            spoilt("one item more", rekey, wire.pack([*arrays[rekey], 0]), cases[0][-1]),
            spoilt("not canonical", share, b"\xdc\0\x02" + bodies[share][1:], SPELLING),
            {"name": "M4 too many", "of": rekey, "at": None, "pieces": too_many, "error": LONG},
            {
                "name": "T8 longer than any body",
                "of": share,
                "at": None,
                "pieces": long,
                "error": "message too long",
            },
        ],
    }


WRONG_ARRAY = "array of the wrong length"
LONG = "array too long"
DEVICES = sorted((ANA.device, BO.device))


ACTIVE_CASES: list[tuple[str, str, list[tuple[str, str, str, str, str]], str | None]] = [
    ("none minted", "ab", [], None),
    ("one", "ab", [("1", "", "a", "mint 5", "ab")], "5"),
    ("the deeper", "ab", [("1", "", "a", "mint 5", "ab"), ("2", "1", "b", "mint 9", "ab")], "9"),
    (
        "of equals the lower id",
        "ab",
        [("1", "", "a", "mint 9", "ab"), ("2", "", "b", "mint 5", "ab")],
        "5",
    ),
    (
        "K7 exposed to somebody outside",
        "ab",
        [("1", "", "a", "mint 5", "ab"), ("2", "1", "a", "mint 9", "abe")],
        "5",
    ),
    (
        "K7 shared with somebody outside",
        "ab",
        [("1", "", "a", "mint 5", "ab"), ("2", "1", "b", "share 5", "e")],
        None,
    ),
    (
        "K6 minted by an outsider",
        "ab",
        [("1", "", "a", "mint 5", "ab"), ("2", "1", "e", "mint 9", "ab")],
        "5",
    ),
    ("one is left out", "abc", [("1", "", "a", "mint 5", "ab")], "5"),
    ("K8 the only one is exposed", "a", [("1", "", "a", "mint 5", "ab")], None),
    (
        "minted twice",
        "ab",
        [
            ("1", "", "a", "mint 5", "a"),
            ("2", "1", "a", "mint 4", "ab"),
            ("3", "2", "b", "mint 5", "b"),
        ],
        "5",
    ),
]
"""Who belongs; acts as (id, parents, signer, what and which epoch, devices); the active epoch."""


def active_case(
    name: str, members: str, given: list[tuple[str, str, str, str, str]], active: str | None
) -> Json:
    """Return a case of §7.4 with devices, acts and epochs as 32 equal bytes."""

    def hashed(letter: str) -> str:
        return letter.encode().hex() * 32

    return {
        "name": name,
        "members": [hashed(device) for device in members],
        "acts": [
            {
                "id": hashed(act_id),
                "parents": [hashed(parent) for parent in parents],
                "signer": hashed(signer),
                "operation": what.split()[0],
                "epoch": hashed(what.split()[1]),
                "devices": [hashed(device) for device in devices],
            }
            for act_id, parents, signer, what, devices in given
        ],
        "active": None if active is None else hashed(active),
    }
