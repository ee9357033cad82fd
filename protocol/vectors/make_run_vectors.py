"""Vectors of whole entries: their signatures, runs of them, and what opens (SPEC §5.2-§5.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aluna_protocol import crypto, entry
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, Header, Kind
from aluna_protocol.ids import EMPTY_LOG, DeviceId, EntryHash, Head, Lane, LogId, SpaceId
from vectors import curve
from vectors.make_entry_vectors import FIRST, SECOND, plaintext
from vectors.making import (
    ANA,
    BO,
    CONTENT,
    DOCUMENT,
    EPOCH,
    EVE,
    FOUNDING,
    INCARNATION,
    REPLICA,
    SALT,
    SPACE,
    Json,
    shown,
)

HEADS = REPLICA.control_heads


def whole(one: Entry) -> Json:
    """Return an entry as a reader gets it."""
    return {
        "header": one.encoded.hex(),
        "signature": one.signature.hex(),
        "parts": shown(one.parts),
    }


def header_of(
    log: LogId, head: Head, parts: Sequence[bytes], heads: Sequence[EntryHash] = HEADS
) -> Header:
    """Return the header of a content entry after *head* that carries *parts*."""
    secret = entry.entry_keys(EPOCH.key, log, head.height + 1, head.hash, SALT)
    references = tuple(entry.refer(part, DOCUMENT) for part in parts)
    fields = (log, head.height + 1, head.hash, tuple(heads), EPOCH.id, SALT, secret.commitment)
    return Header(Kind.CHANGES, *fields, references)


def content(
    keys: DeviceKeys,
    head: Head = EMPTY_LOG,
    *,
    space: SpaceId = SPACE,
    heads: Sequence[EntryHash] = HEADS,
) -> Entry:
    """Return a sealed entry of one part."""
    log = LogId(space, keys.device, INCARNATION, Lane.CONTENT)
    secret = entry.entry_keys(EPOCH.key, log, head.height + 1, head.hash, SALT)
    plain = plaintext([b"written"])
    part = crypto.seal(secret.part_key(0), SALT + bytes(8), plain)
    return entry.sign_entry(keys, header_of(log, head, [part], heads), [part])


def refused_entries() -> list[Json]:
    """Return entries whose header is well and that are refused all the same."""
    signature = FIRST.signature
    part = FIRST.parts[0]
    assert part is not None
    flipped = bytes([part[0] ^ 1]) + part[1:]
    larger = int.from_bytes(signature[32:], "little") + curve.ORDER
    over_hash = crypto.sign(ANA, FIRST.hash)
    over_header = crypto.sign(ANA, b"aluna-entry-sig-v1" + FIRST.encoded)
    by_another = crypto.sign(BO, b"aluna-entry-sig-v1" + FIRST.hash)
    lax = b"\1" + bytes(63)
    off = curve.signature_off_by_a_small_point(ANA.sign_seed, b"aluna-entry-sig-v1" + FIRST.hash)
    signatures = [
        ("K4 one bit of the signature", signature[:-1] + bytes([signature[-1] ^ 1])),
        ("K1 signed by another device", by_another),
        ("K2 S + L", signature[:32] + larger.to_bytes(32, "little")),
        ("K3 signed without its prefix", over_hash),
        ("K3 the header signed instead of its hash", over_header),
        ("K1 unsigned", bytes(64)),
        ("K2 off by a point of small order", off),
    ]
    first = whole(FIRST)
    wrong = "part does not match its header"
    cases: list[tuple[str, str, Json, str]] = [
        *((n, "changes", first | {"signature": s.hex()}, MISMATCH) for n, s in signatures),
        ("short signature", "changes", first | {"signature": "00" * 63}, WRONG_LENGTH),
        ("no part", "changes", first | {"parts": []}, "parts missing"),
        ("a part too many", "changes", first | {"parts": [part.hex()] * 2}, "parts missing"),
        ("K4 one bit of a part", "changes", first | {"parts": [flipped.hex()]}, wrong),
        ("T7 a part cut short", "changes", first | {"parts": [part[:-1].hex()]}, wrong),
        (
            "a body dropped",
            "genesis",
            whole(FOUNDING[0]) | {"parts": [None]},
            "a control entry cannot be pruned",
        ),
    ]
    found = [{"name": n, "of": of, **one, "error": error} for n, of, one, error in cases]
    for name, key in (("K2 the neutral point", 1), ("K2 its other spelling", 2**255 - 18)):
        device = DeviceId(key.to_bytes(32, "little"))
        log = LogId(SPACE, device, INCARNATION, Lane.CONTENT)
        header = header_of(log, EMPTY_LOG, [part])
        encoded = header.encode()
        one = Entry(header, encoded, entry.hash_header(encoded), lax, (part,))
        found.append({"name": name, "of": None, **whole(one), "error": MISMATCH})
    return found


MISMATCH = "signature does not match"
WRONG_LENGTH = "signature or key of the wrong length"


Accepted = tuple[str, list[Entry], list[Entry]]
"""A name, what is held before, and the run."""


def run_vectors() -> Json:
    """Return runs in a space of one device, accepted whole or refused whole (§5.3, §5.7)."""
    first = FOUNDING[0]
    middle = Entry(first.header, first.encoded, first.hash, bytes(64), first.parts)
    refused_control = [
        ("K1 control unsigned in the middle", [middle, FOUNDING[1]], MISMATCH),
        *((name, [one], error) for name, one, error in bad_bodies()),
    ]
    return {
        "space": SPACE.hex(),
        "control": [whole(one) for one in FOUNDING],
        "valid": [
            {"name": name, "held": [whole(one) for one in held], "run": [whole(one) for one in run]}
            for name, held, run in _accepted()
        ],
        "refused": [
            {
                "name": name,
                "held": [whole(one) for one in held],
                "run": [whole(one) for one in run],
                "error": error,
            }
            for name, held, run, error in _refused()
        ],
        "refused_into_an_empty_space": [
            {"name": name, "held": [], "run": [whole(one) for one in run], "error": error}
            for name, run, error in refused_control
        ],
    }


def _unsigned() -> Entry:
    return Entry(FIRST.header, FIRST.encoded, FIRST.hash, bytes(64), FIRST.parts)


def _accepted() -> list[Accepted]:
    after, unsigned = Head(1, FIRST.hash), _unsigned()
    return [
        ("one", [], [FIRST]),
        ("two", [], [FIRST, SECOND]),
        ("going on", [FIRST], [SECOND]),
        ("what is here already is passed over", [FIRST], [FIRST, SECOND]),
        ("the last signature vouches for those before", [], [unsigned, SECOND]),
        ("control, said again", [], list(FOUNDING)),
        ("D1 another first entry begins a branch", [FIRST, SECOND], [content(ANA)]),
        ("D1 from the middle", [FIRST, SECOND], [FIRST, content(ANA, after)]),
    ]


def _refused() -> list[tuple[str, list[Entry], list[Entry], str]]:
    elsewhere = content(ANA, space=SpaceId(bytes(32)))
    unknown = content(ANA, heads=[EntryHash(bytes(32))])
    gap = content(ANA, Head(2, FIRST.hash))
    other = content(ANA, Head(1, EntryHash(bytes(32))))
    follow, outside = "entry does not follow its log", "author did not belong in what it had seen"
    return [
        ("K3 of another space", [], [elsewhere], "entry of another space"),
        ("D4 a gap", [FIRST], [gap], follow),
        ("D4 another predecessor", [FIRST], [other], follow),
        ("T4 out of order", [], [SECOND], follow),
        ("two logs in a run", [], [FIRST, content(BO, Head(1, FIRST.hash))], follow),
        ("K1 the last unsigned", [], [_unsigned()], MISMATCH),
        ("M4 heads nobody has", [], [unknown], "control entries missing"),
        ("K1 by a stranger", [], [content(EVE)], outside),
        ("before anybody belonged", [], [content(ANA, heads=[])], outside),
    ]


def bad_bodies() -> list[tuple[str, Entry, str]]:
    """Return control entries whose bodies have the wrong shape: each in a log of its own."""
    log = LogId(SPACE, EVE.device, INCARNATION, Lane.CONTROL)
    cases = [
        ("a body of no known operation", Kind.MEMBERSHIP, b"\x91\x05"),
        ("a membership body in an epoch entry", Kind.EPOCH, FOUNDING[0].parts[0]),
    ]
    errors = ["unknown membership operation", "unknown epoch operation"]
    return [
        (name, entry.control_entry(EVE, kind, log, EMPTY_LOG, [], body or b""), error)
        for (name, kind, body), error in zip(cases, errors, strict=True)
    ]


# -- opening -------------------------------------------------------------------------------------


def opened_vectors() -> Json:
    """Return entries and what their parts say to who holds the epoch key, nil where nothing."""
    other = entry.entry_keys(bytes([0x52]) * 32, CONTENT, 1, EMPTY_LOG.hash, SALT)
    keys = entry.entry_keys(EPOCH.key, CONTENT, 1, EMPTY_LOG.hash, SALT)
    good, nonce = plaintext([b"one"]), SALT + bytes(8)
    sealed = [crypto.seal(keys.part_key(number), nonce, good) for number in range(2)]
    read = [DOCUMENT.hex(), [b"one".hex()]]
    moved = crypto.seal(keys.part_key(0), bytes(24), good)
    bomb = crypto.seal(keys.part_key(0), nonce, plaintext([]))
    salamander = header_of(CONTENT, EMPTY_LOG, sealed)
    by_other = Header(
        Kind.CHANGES, CONTENT, 1, EMPTY_LOG.hash, HEADS, EPOCH.id, SALT, other.commitment,
        salamander.parts,
    )  # fmt: skip
    cases: list[tuple[str, Header, list[bytes], list[Any]]] = [
        ("both", salamander, sealed, [read, read]),
        ("K5 committed to another key", by_other, sealed, [None, None]),
        ("exchanged", header_of(CONTENT, EMPTY_LOG, sealed[::-1]), sealed[::-1], [None, None]),
        (
            "another nonce",
            header_of(CONTENT, EMPTY_LOG, [moved, sealed[1]]),
            [moved, sealed[1]],
            [None, read],
        ),
        (
            "D12 an empty array",
            header_of(CONTENT, EMPTY_LOG, [bomb, sealed[1]]),
            [bomb, sealed[1]],
            [None, read],
        ),
    ]
    return {
        "epoch_key": EPOCH.key.hex(),
        "cases": [
            {"name": name, **whole(entry.sign_entry(ANA, header, parts)), "opened": opened}
            for name, header, parts, opened in cases
        ],
    }


def whole_entry_vectors() -> Json:
    """Return everything of this file."""
    return {"refused": refused_entries(), "runs": run_vectors(), "opened": opened_vectors()}
