"""Vectors of epochs: boxes, bodies, and which key to write under (SPEC §7)."""

from __future__ import annotations

from typing import Any

from aluna_protocol import epoch, limits, wire
from aluna_protocol.entry import EpochKey
from aluna_protocol.ids import EntryHash, EpochId, SpaceId
from vectors.make_membership_vectors import LONG, SPELLING, UNTAGGED, WRONG_ARRAY
from vectors.making import (
    ANA,
    BO,
    EPOCH,
    EVE,
    SPACE,
    Json,
    broken,
    shown,
    spoilt,
)


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
        "complaint": epoch.Complaint(EPOCH.id, EntryHash(bytes([1]) * 32)),
        "another complaint": epoch.Complaint(another.epoch, EntryHash(bytes([2]) * 32)),
    }
    bodies = {name: epoch.encode_operation(one) for name, one in operations.items()}
    arrays: dict[str, list[Any]] = {n: wire.unpack(body, 10_000) for n, body in bodies.items()}
    rekey, share, length = "rekey", "share", "bytes of the wrong length"
    cases: list[tuple[str, str, list[int], object, str]] = [
        ("unknown kind", rekey, [0], 3, "unknown epoch operation"),
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
        ("short epoch complained of", "complaint", [1], bytes(31), length),
        ("short entry complained of", "complaint", [2], bytes(31), length),
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
    (
        "K6 a member's own is used where no keeper made one",
        "ab/a",
        [("1", "", "b", "mint 5", "ab"), ("2", "1", "b", "mint 9", "ab")],
        "9",
    ),
    (
        "K6 a keeper's before a member's, however deep",
        "ab/a",
        [
            ("1", "", "a", "mint 9", "ab"),
            ("2", "1", "b", "mint 5", "ab"),
            ("3", "2", "b", "mint 4", "ab"),
        ],
        "9",
    ),
    (
        "K6 a member's where the keeper's was given away",
        "ab/a",
        [
            ("1", "", "a", "mint 9", "ab"),
            ("2", "1", "b", "mint 5", "ab"),
            ("3", "2", "b", "share 9", "e"),
        ],
        "5",
    ),
    (
        "K6 minted by both, it is the keeper's",
        "ab/a",
        [
            ("1", "", "b", "mint 5", "ab"),
            ("2", "1", "b", "mint 4", "ab"),
            ("3", "", "a", "mint 5", "ab"),
        ],
        "5",
    ),
    (
        "K6 complained of",
        "ab",
        [
            ("1", "", "a", "mint 5", "ab"),
            ("2", "1", "a", "mint 9", "ab"),
            ("3", "2", "b", "complain 9", ""),
        ],
        "5",
    ),
    (
        "K6 the only one is bad",
        "ab",
        [("1", "", "a", "mint 5", "ab"), ("2", "1", "b", "complain 5", "")],
        None,
    ),
    (
        "K6 boxed again it stays bad",
        "ab",
        [
            ("1", "", "a", "mint 5", "ab"),
            ("2", "1", "b", "complain 5", ""),
            ("3", "2", "a", "share 5", "b"),
        ],
        None,
    ),
    (
        "K6 a complaint of somebody outside",
        "ab",
        [("1", "", "a", "mint 5", "ab"), ("2", "1", "e", "complain 5", "")],
        "5",
    ),
    (
        "K6 a device's second complaint marks nothing",
        "ab",
        [
            ("1", "", "a", "mint 5", "ab"),
            ("2", "1", "b", "complain 5", ""),
            ("3", "2", "a", "mint 9", "ab"),
            ("4", "3", "b", "complain 9", ""),
        ],
        "9",
    ),
    (
        "K6 of two apart that with fewer rekeys before it, whatever its hash",
        "ab",
        [
            ("1", "", "a", "mint 5", "ab"),
            ("2", "1", "a", "mint 9", "ab"),
            ("3", "2", "b", "complain 9", ""),
            ("4", "1", "b", "complain 5", ""),
        ],
        "9",
    ),
    (
        "K6 of two at one depth the lower hash",
        "ab",
        [
            ("1", "", "a", "mint 5", "ab"),
            ("2", "", "a", "mint 9", "ab"),
            ("4", "12", "b", "complain 5", ""),
            ("3", "12", "b", "complain 9", ""),
        ],
        "5",
    ),
    (
        "K6 two devices each mark one",
        "abc",
        [
            ("1", "", "a", "mint 5", "abc"),
            ("2", "1", "a", "mint 9", "abc"),
            ("3", "2", "b", "complain 9", ""),
            ("4", "2", "c", "complain 5", ""),
        ],
        None,
    ),
]
"""Who belongs, after a stroke who keeps the door, where not all; acts as (id, parents, signer, what
and which epoch, devices); the active epoch."""


def active_case(
    name: str, members: str, given: list[tuple[str, str, str, str, str]], active: str | None
) -> Json:
    """Return a case of §7.5 with devices, acts and epochs as 32 equal bytes."""

    def hashed(letter: str) -> str:
        return letter.encode().hex() * 32

    belong, _, keep = members.partition("/")
    return {
        "name": name,
        "members": [hashed(device) for device in belong],
        "keepers": [hashed(device) for device in keep or belong],
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
