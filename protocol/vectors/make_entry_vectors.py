"""Vectors of the encoding, and of entries (SPEC §4, §5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aluna_protocol import crypto, entry, limits, wire
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.ids import EMPTY_LOG, Head
from vectors.making import (
    ANA,
    BO,
    CONTENT,
    DOCUMENT,
    EPOCH,
    FOUNDING,
    INCARNATION,
    REPLICA,
    SALT,
    SPACE,
    Json,
    shown,
)

DEFLATED = (
    "00003100000000000000001190752bc38a0f679b784403e42c2b85f25485dcd41285cc3c85928c5405145729"
    "24671625e7a40200"
)
DEFLATED_CHANGE = b"note: we met in the care_practice circle"
"""A part of our own compressor with the preset dictionary; others may write it differently."""

# -- encoding ------------------------------------------------------------------------------------


def encoding_vectors() -> Json:
    """Return canonical bytes, other spellings of them, and names."""
    values: list[Any] = [0, 127, 128, 65536, 2**63 - 1, -1, b"", b"\x01", "ñ", True, None, [1, []]]
    refused = {
        "8101": "not a well-formed message",
        "d40100": "not a well-formed message",
        "a1ff": "not a well-formed message",
        "0000": "not a well-formed message",
        "": "not a well-formed message",
        "cc01": "not a canonical message",
        "dc000101": "not a canonical message",
        "d90161": "not a canonical message",
    }
    names = {
        "": "expected a name",
        " ": "expected a name",
        "a" * 257: "name too long",
        "n\u0303": "name not normalised",
        "a\u202eb": "name with invisible characters",
        "a\nb": "name with invisible characters",
    }
    return {
        "canonical": [{"value": shown(one), "bytes": wire.pack(one).hex()} for one in values],
        "refused": [{"bytes": key, "error": error} for key, error in refused.items()],
        "names": ["Ana", "Mª José", "王", "a" * 256],
        "names_refused": [{"name": name, "error": error} for name, error in names.items()],
    }


# -- entries -------------------------------------------------------------------------------------


def plaintext(document: bytes, changes: Sequence[object], *, packed: bytes | None = None) -> bytes:
    """Return a part in the clear, its array in one stored block."""
    data = wire.pack(list(changes)) if packed is None else packed
    size = len(data).to_bytes(2, "little")
    block = b"\x01" + size + bytes(byte ^ 0xFF for byte in size) + data
    return framed(document + block)


def framed(body: bytes) -> bytes:
    """Return *body* behind its length and padded."""
    plain = len(body).to_bytes(3, "big") + body
    return plain.ljust(entry.padded_length(len(plain)), b"\0")


def part_vectors() -> Json:
    """Return plaintexts of parts, good and bad."""
    good = plaintext(DOCUMENT, [b"one", b"two"])
    used = 3 + int.from_bytes(good[:3], "big")
    refused = [
        ("shorter than a document", framed(bytes(15)), "part of the wrong shape"),
        ("longer than what is there", b"\xff" + good[1:], "part of the wrong shape"),
        ("something in the padding", good[:-1] + b"\x01", "part of the wrong shape"),
        ("padding too long", good + b"\0", "part padded wrongly"),
        ("no padding", good[:used], "part padded wrongly"),
        ("not deflated", framed(DOCUMENT + b"\x07"), "part does not inflate"),
        ("ends early", framed(DOCUMENT + good[19:30]), "part inflates beyond its bound"),
        ("goes on", framed(good[3:used] + b"\x01"), "part inflates beyond its bound"),
        ("no change", plaintext(DOCUMENT, []), "array empty or too long"),
        ("a number", plaintext(DOCUMENT, [1]), "expected bytes"),
        ("an array", plaintext(DOCUMENT, [[1]]), "not a well-formed message"),
        ("a map", plaintext(DOCUMENT, [], packed=b"\x80"), "not a well-formed message"),
        ("rest", plaintext(DOCUMENT, [], packed=b"\x91\xc4\x00\0"), "not a well-formed message"),
    ]
    return {
        "padded_length": [
            [size, entry.padded_length(size)]
            for size in (0, 1, 2, 9, 100, 255, 256, 257, 1000, 4097, 65_537, 1_000_000, 2**20)
        ],
        "preset": entry.PRESET.hex(),
        "valid": [
            {"document": DOCUMENT.hex(), "changes": shown(changes), "plaintext": made.hex()}
            for changes in ([b""], [b"one", b"two"], [bytes(300)])
            for made in (plaintext(DOCUMENT, changes),)
        ],
        "refused": [{"name": n, "plaintext": p.hex(), "error": e} for n, p, e in refused],
    }


def fields_of(one: Entry) -> list[Any]:
    """Return the header of *one* as the array it is."""
    fields: list[Any] = wire.unpack(one.encoded, limits.MAX_CONTROL_MESSAGE)
    return fields


def sealed(parts: Sequence[bytes], head: Head = EMPTY_LOG, kind: int = 0) -> Entry:
    """Seal plaintexts by the letter of the specification."""
    secret = entry.entry_keys(EPOCH.key, CONTENT, head.height + 1, head.hash, SALT)
    nonce = SALT + bytes(8)
    ciphertexts = [crypto.seal(secret.part_key(i), nonce, part) for i, part in enumerate(parts)]
    references = tuple((entry.hash_part(part), len(part)) for part in ciphertexts)
    header = entry.Header(
        Kind(kind),
        CONTENT,
        head.height + 1,
        head.hash,
        REPLICA.control_heads,
        EPOCH.id,
        SALT,
        secret.commitment,
        references,
    )
    return entry.sign_entry(ANA, header, ciphertexts)


FIRST = sealed([plaintext(DOCUMENT, [b"one", b"two"])])
SECOND = sealed(
    [plaintext(DOCUMENT, [b"three"]), plaintext(DOCUMENT, [b"four"])], Head(1, FIRST.hash)
)


def entry_vectors() -> Json:
    """Return entries of each kind, headers that break one rule each, keys and ids."""
    secret = entry.entry_keys(EPOCH.key, CONTENT, 2, FIRST.hash, SALT)
    valid = {"genesis": FOUNDING[0], "rekey": FOUNDING[1], "changes": FIRST, "two parts": SECOND}
    return {
        "keys": {"sign_seed": ANA.sign_seed.hex(), "device": ANA.device.hex()},
        "space": SPACE.hex(),
        "incarnation": INCARNATION,
        "entry_keys": {
            "epoch_key": EPOCH.key.hex(),
            "height": 2,
            "previous": FIRST.hash.hex(),
            "salt": SALT.hex(),
            "key": secret.key.hex(),
            "commitment": secret.commitment.hex(),
            "part_keys": [secret.part_key(index).hex() for index in (0, 1, 511)],
        },
        "actors": [
            {
                "device": keys.device.hex(),
                "document": DOCUMENT.hex(),
                "incarnation": number,
                "actor": entry.actor_of(keys.device, DOCUMENT, number).hex(),
            }
            for keys, number in ((ANA, 0), (ANA, 1), (BO, 2**32 - 1))
        ],
        "documents": [
            {
                "random": bytes([n] * 8).hex(),
                "document": entry.document_in(SPACE, bytes([n] * 8)).hex(),
            }
            for n in (0, 255)
        ],
        "deflated": {"plaintext": DEFLATED, "changes": [DEFLATED_CHANGE.hex()]},
        "parts": part_vectors(),
        "valid": [
            {
                "name": name,
                "fields": shown(fields_of(one)),
                "header": one.encoded.hex(),
                "hash": one.hash.hex(),
                "signature": one.signature.hex(),
                "parts": shown(one.parts),
            }
            for name, one in valid.items()
        ],
        "refused": refused_headers(),
    }


def refused_headers() -> list[Json]:
    """Return headers that break one rule each, with the error."""
    good, control = fields_of(FIRST), fields_of(FOUNDING[0])
    part = good[11][0]
    heads = [bytes([n]) * 32 for n in (1, 2)]
    epoch_fields = "epoch fields do not fit the kind"
    broken: list[tuple[str, list[Any], int, Any, str]] = [
        ("another version", good, 0, 2, "entry of an unknown version"),
        ("an unknown kind", good, 1, 3, "expected an integer in range"),
        ("a boolean for a number", good, 1, False, "expected an integer in range"),
        ("a space too short", good, 2, bytes(31), "bytes of the wrong length"),
        ("text for a device", good, 3, "a" * 32, "expected bytes"),
        ("incarnation too large", good, 4, 2**32, "expected an integer in range"),
        ("height 0", good, 5, 0, "expected an integer in range"),
        ("D4 height too large", good, 5, 2**32 + 1, "expected an integer in range"),
        ("previous too long", good, 6, bytes(33), "bytes of the wrong length"),
        ("heads not in order", good, 7, heads[::-1], "membership heads not sorted or too many"),
        ("a head twice", good, 7, [heads[0]] * 2, "membership heads not sorted or too many"),
        ("changes without epoch", good, 8, b"", epoch_fields),
        ("short epoch", good, 8, bytes(31), epoch_fields),
        ("long epoch", good, 8, bytes(33), "bytes too long"),
        ("changes without salt", good, 9, b"", epoch_fields),
        ("changes without commitment", good, 10, b"", epoch_fields),
        ("membership with epoch", control, 8, EPOCH.id, epoch_fields),
        ("membership with salt", control, 9, SALT, epoch_fields),
        ("no parts", good, 11, [], "too few or too many parts"),
        ("too large", good, 11, [[part[0], 2**20], part], "too few or too many parts"),
        ("part too large", good, 11, [[part[0], 2**20 + 1]], "expected an integer in range"),
        ("empty part", good, 11, [[part[0], 0]], "expected an integer in range"),
        ("part of three", good, 11, [[*part, 0]], "array of the wrong length"),
        ("two bodies", control, 11, control[11] * 2, "a control entry has one body"),
        ("large body", control, 11, [[part[0], 2**18 + 1]], "a control entry has one body"),
    ]
    refused = []
    for name, fields, position, value, error in broken:
        changed = [*fields]
        changed[position] = value
        refused.append({"name": name, "header": wire.pack(changed).hex(), "error": error})
    long_way = FIRST.encoded.replace(b"\x9c\x01\x00", b"\x9c\xcc\x01\x00", 1)
    for name, encoded, error in (
        ("eleven fields", wire.pack(good[:11]), "array of the wrong length"),
        ("not canonical", long_way, "not a canonical message"),
        ("something after", FIRST.encoded + b"\0", "not a well-formed message"),
    ):
        refused.append({"name": name, "header": encoded.hex(), "error": error})
    return refused
