"""Vectors of membership and epochs (SPEC §6, §7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aluna_protocol import crypto, epoch, membership, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import EpochKey
from aluna_protocol.ids import EpochId, SpaceId
from aluna_protocol.membership import Admit, Genesis, Seat, SpaceKind
from vectors.making import ANA, BO, CLEO, EPOCH, EVE, GENESIS, SPACE, Json, seat_of, shown

# -- membership ----------------------------------------------------------------------------------


def body_vectors() -> Json:
    """Return bodies of membership entries, good and bad."""
    admit = Admit(seat_of(BO), bytes(32), bytes(16))
    genesis = wire.unpack(membership.encode_operation(GENESIS), 10_000)
    admitted = wire.unpack(membership.encode_operation(admit), 10_000)
    refused = refused_bodies(genesis, admitted)
    return {
        "valid": [
            {"type": "Genesis", "fields": shown(genesis), "body": wire.pack(genesis).hex()},
            {"type": "Admit", "fields": shown(admitted), "body": wire.pack(admitted).hex()},
        ],
        "space": SPACE.hex(),
        "refused": [
            {"name": name, "body": wire.pack(value).hex(), "error": error}
            for name, value, error in refused
        ],
    }


def refused_bodies(genesis: list[Any], admitted: list[Any]) -> list[tuple[str, object, str]]:
    """Return bodies that break one rule each."""
    seat, rest = admitted[1], admitted[2:]
    untagged = "expected an array that starts with its kind"
    other_spelling = (2**255 - 10).to_bytes(32, "little")
    return [
        ("unknown kind", [2, seat], "unknown membership operation"),
        ("a boolean for a kind", [False, *genesis[1:]], untagged),
        ("K2 a device of small order", [1, [bytes(32), *seat[1:]], *rest], "not a signing key"),
        ("T11 low order", [1, [seat[0], bytes(32), *seat[2:]], *rest], "not a static key"),
        ("T11 spelling", [1, [seat[0], other_spelling, *seat[2:]], *rest], "not a static key"),
        ("a new line", [1, [*seat[:4], "a\n"], *rest], "name with invisible characters"),
        ("a short card hash", [1, seat, bytes(31), b""], "bytes of the wrong length"),
        ("half a door", [1, seat, bytes(32), bytes(8)], "bytes of the wrong length"),
        ("an unknown kind of space", [0, 3, *genesis[2:]], "expected an integer in range"),
        ("no nonce", [*genesis[:5], b""], "bytes of the wrong length"),
    ]


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
    rekey = wire.unpack(epoch.encode_operation(epoch.Rekey(EPOCH.id, (box,))), 10_000)
    share = wire.unpack(epoch.encode_operation(epoch.Share((box,))), 10_000)
    swapped = EpochKey(EpochId(bytes(32)), EPOCH.key)
    wrong = epoch.seal_key(swapped, SPACE, ANA.device, BO.device, BO.static, bytes([0x81]) * 32)
    elsewhere = epoch.seal_key(
        EPOCH, SpaceId(bytes(32)), ANA.device, BO.device, BO.static, bytes([0x81]) * 32
    )
    flipped = box.box[:-1] + bytes([box.box[-1] ^ 1])
    boxes = [
        ("K5 another key", EpochId(bytes(32)), wrong.box, "box holds another key than it names"),
        ("K3 made for another space", EPOCH.id, elsewhere.box, "epoch key boxed for another place"),
        ("K4 one bit", EPOCH.id, flipped, "sealed part does not open"),
        ("T11 low order", EPOCH.id, bytes(32) + box.box[32:], "public key of low order"),
    ]
    untagged = "expected an array that starts with its kind"
    bodies: list[tuple[str, object, str]] = [
        ("unknown kind", [2, []], "unknown epoch operation"),
        ("a boolean for a kind", [False, *rekey[1:]], untagged),
        ("short box", [0, EPOCH.id, [[BO.device, box.box[1:]]]], "bytes of the wrong length"),
        ("short epoch", [0, EPOCH.id[1:], []], "bytes of the wrong length"),
        ("a pair for a triple", [1, [[BO.device, box.box]]], "array of the wrong length"),
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
        "bodies": [
            {"type": "Rekey", "fields": shown(rekey), "body": wire.pack(rekey).hex()},
            {"type": "Share", "fields": shown(share), "body": wire.pack(share).hex()},
        ],
        "bodies_refused": [
            {"name": name, "body": wire.pack(value).hex(), "error": error}
            for name, value, error in bodies
        ],
        "active": [active_case(*case) for case in ACTIVE_CASES],
    }


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
