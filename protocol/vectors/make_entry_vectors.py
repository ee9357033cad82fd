"""Vectors of the encoding, and of entries (SPEC §4, §5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aluna_protocol import crypto, entry, limits, packing, wire
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.ids import EMPTY_LOG, DocumentId, Head
from vectors.making import (
    ANA,
    BO,
    CONTENT,
    DOCUMENT,
    EPOCH,
    FOUNDING,
    INCARNATION,
    PERSONS,
    REPLICA,
    SALT,
    SPACE,
    Json,
    broken,
    shown,
    spoilt,
)

DEFLATED = "0000219b784403e42c2b85f25485dcd41285cc3c85928c540514572924671625e7a40200"
DEFLATED_CHANGE = b"note: we met in the care_practice circle"
"""A part of our own compressor with the preset dictionary; others may write it differently."""

# -- encoding ------------------------------------------------------------------------------------


def encoding_vectors() -> Json:
    """Return canonical bytes, other spellings of them, and names."""
    values: list[Any] = [0, 127, 128, 65536, 2**63 - 1, -1, b"", b"\x01", "ñ", True, None, [1, []]]
    malformed = ("8101", "d40100", "a1ff", "a3eda080", "a2c080", "0000", "", "c1", "ddffffffff")
    other_spellings = ("cc01", "dc000101", "d90161", "c5000161", "d001", "cf" + "00" * 8)
    refused = dict.fromkeys(malformed, "not a well-formed message")
    refused |= dict.fromkeys(other_spellings, "not a canonical message")
    refused["00" * 101] = "message too long"
    invisible = "\n\x7f\x9f\xad\u061c\u180e\u200b\u200d\u2028\u202e\u2060\u2066"
    invisible += "\ufeff\ufffb\U0001d173\U000e0041"
    names = {"": "expected a name", " ": "expected a name", "\u3000\xa0": "expected a name"}
    names["a" * 257] = names["é" * 129] = "name too long"
    names |= {f"a{letter}b": "name with invisible characters" for letter in invisible}
    longest = ["a" * 256, "é" * 128]
    return {
        "bound": 100,
        "canonical": [{"value": shown(one), "bytes": wire.pack(one).hex()} for one in values],
        "refused": [{"bytes": key, "error": error} for key, error in refused.items()],
        "names": ["Ana", "Mª José", "王", "n\u0303", "a\u0605", "\U000105d2\u0307", "😀", *longest],
        "names_refused": [{"name": name, "error": error} for name, error in names.items()],
    }


# -- entries -------------------------------------------------------------------------------------


def plaintext(changes: Sequence[object], *, packed: bytes | None = None) -> bytes:
    """Return a part in the clear, its array in one stored block."""
    data = wire.pack(list(changes)) if packed is None else packed
    size = len(data).to_bytes(2, "little")
    block = b"\x01" + size + bytes(byte ^ 0xFF for byte in size) + data
    return framed(block)


def framed(body: bytes) -> bytes:
    """Return *body* behind its length and padded."""
    plain = len(body).to_bytes(3, "big") + body
    return plain.ljust(packing.padded_length(len(plain)), b"\0")


def part_vectors() -> Json:
    """Return plaintexts of parts, good and bad."""
    good = plaintext([b"one", b"two"])
    used = 3 + int.from_bytes(good[:3], "big")
    refused = [
        ("shorter than its length", bytes(2), "part of the wrong shape"),
        ("longer than what is there", b"\xff" + good[1:], "part of the wrong shape"),
        ("something in the padding", good[:-1] + b"\x01", "part of the wrong shape"),
        ("padding too long", good + b"\0", "part padded wrongly"),
        ("no padding", good[:used], "part padded wrongly"),
        ("not deflated", framed(b"\x07"), "part does not inflate"),
        ("ends early", framed(good[3:14]), "part inflates beyond its bound"),
        ("goes on", framed(good[3:used] + b"\x01"), "part inflates beyond its bound"),
        ("no change", plaintext([]), "array empty or too long"),
        ("a number", plaintext([1]), "expected bytes"),
        ("an array", plaintext([[1]]), "not a well-formed message"),
        ("a map", plaintext([], packed=b"\x80"), "not a well-formed message"),
        ("rest", plaintext([], packed=b"\x91\xc4\x00\0"), "not a well-formed message"),
    ]
    return {
        "padded_length": [
            [size, packing.padded_length(size)]
            for size in (0, 1, 2, 9, 100, 255, 256, 257, 1000, 4097, 65_537, 1_000_000, 2**20)
        ],
        "preset": packing.PRESET.hex(),
        "valid": [
            {"changes": shown(changes), "plaintext": plaintext(changes).hex()}
            for changes in ([b""], [b"one", b"two"], [bytes(300)])
        ],
        "refused": [{"name": n, "plaintext": p.hex(), "error": e} for n, p, e in refused],
    }


def fields_of(one: Entry) -> list[Any]:
    """Return the header of *one* as the array it is."""
    fields: list[Any] = wire.unpack(one.encoded, limits.MAX_CONTROL_MESSAGE)
    return fields


OTHER_DOCUMENT = entry.document_of(SPACE, PERSONS[BO.device], bytes([1]) * 8)


def sealed(
    parts: Sequence[bytes],
    head: Head = EMPTY_LOG,
    documents: Sequence[DocumentId] = (DOCUMENT, OTHER_DOCUMENT),
) -> Entry:
    """Seal plaintexts by the letter of the specification."""
    secret = entry.entry_keys(EPOCH.key, CONTENT, head.height + 1, head.hash, SALT)
    nonce = SALT + bytes(8)
    ciphertexts = [crypto.seal(secret.part_key(i), nonce, part) for i, part in enumerate(parts)]
    references = tuple(map(entry.refer, ciphertexts, documents))
    header = entry.Header(
        Kind.CHANGES,
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


FIRST = sealed([plaintext([b"one", b"two"])])
SECOND = sealed([plaintext([b"three"]), plaintext([b"four"])], Head(1, FIRST.hash))


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
                "person": person.hex(),
                "random": bytes([n] * 8).hex(),
                "document": entry.document_of(SPACE, person, bytes([n] * 8)).hex(),
            }
            for n in (0, 255)
            for person in (PERSONS[ANA.device], PERSONS[BO.device])
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
        "valid_headers": valid_headers(),
        "refused": refused_headers(),
    }


def valid_headers() -> list[Json]:
    """Return headers at their limits, which are read though no parts are here."""
    good, control = fields_of(FIRST), fields_of(FOUNDING[0])
    heads = [bytes([n]) * 32 for n in range(1, limits.MAX_MEMBERSHIP_HEADS + 1)]
    reference = [bytes(32), 1, bytes(16)]
    largest = [[bytes(32), 2**19, bytes(16)]] * 2
    made = {
        "no head": [*good[:7], [], *good[8:]],
        "the most heads": [*good[:7], heads, *good[8:]],
        "the greatest height": [*good[:5], 2**32, *good[6:]],
        "the greatest incarnation": [*good[:4], 2**32 - 1, *good[5:]],
        "the largest entry": [*good[:11], largest],
        "the largest body": [*control[:11], [[bytes(32), limits.MAX_CONTROL_BODY, b""]]],
        "other fields": [
            1,
            0,
            *([bytes([7]) * 32] * 2),
            0,
            9,
            bytes(32),
            heads[:2],
            bytes([8]) * 32,
            bytes([9]) * 16,
            bytes([10]) * 32,
            [reference],
        ],
    }
    cases = [{"name": name, "bytes": wire.pack(fields).hex()} for name, fields in made.items()]
    return [*cases, many_parts("the most parts", limits.MAX_PARTS, None)]


EPOCH_FIELDS = "epoch fields do not fit the kind"
FEW_OR_MANY = "too few or too many parts"
NUMBER, LENGTH = "expected an integer in range", "bytes of the wrong length"
NO_DOCUMENT = "document does not fit the kind"

Breach = tuple[str, list[int], object, str]
"""A name, the place in the header, what stands there instead, and the error."""


def refused_headers() -> list[Json]:
    """Return headers that break one rule each, with the error."""
    good, control = fields_of(FIRST), fields_of(FOUNDING[0])
    return [
        *(broken(name, "changes", good, *rest) for name, *rest in _of_changes(good)),  # type: ignore[arg-type]
        *(broken(name, "genesis", control, *rest) for name, *rest in _of_genesis(control)),  # type: ignore[arg-type]
        *_spoilt_headers(good),
        {
            "name": "T8 longer than any header",
            "of": "changes",
            "at": None,
            "pieces": [[FIRST.encoded.hex(), 1], ["00", limits.MAX_CONTROL_MESSAGE]],
            "error": "message too long",
        },
        many_parts("too many parts", limits.MAX_PARTS + 1, FEW_OR_MANY),
    ]


def _of_changes(good: list[Any]) -> list[Breach]:
    part = good[11][0]
    heads = [bytes([n]) * 32 for n in range(1, limits.MAX_MEMBERSHIP_HEADS + 2)]
    unsorted = "membership heads not sorted or too many"
    return [
        ("T6 another version", [0], 2, "entry of an unknown version"),
        ("version 0", [0], 0, "entry of an unknown version"),
        ("an unknown kind", [1], 3, NUMBER),
        ("a boolean for a number", [1], False, NUMBER),
        ("a space too short", [2], bytes(31), LENGTH),
        ("text for a device", [3], "a" * 32, "expected bytes"),
        ("a device too short", [3], bytes(31), LENGTH),
        ("incarnation too large", [4], 2**32, NUMBER),
        ("a negative incarnation", [4], -1, NUMBER),
        ("height 0", [5], 0, NUMBER),
        ("D4 height too large", [5], 2**32 + 1, NUMBER),
        ("previous too long", [6], bytes(33), LENGTH),
        ("heads not in order", [7], heads[1::-1], unsorted),
        ("a head twice", [7], [heads[0]] * 2, unsorted),
        ("M4 too many heads", [7], heads, "array too long"),
        ("a head too short", [7, 0], bytes(31), LENGTH),
        ("heads in no array", [7], bytes(32), "expected an array"),
        ("changes without epoch", [8], b"", EPOCH_FIELDS),
        ("short epoch", [8], bytes(31), EPOCH_FIELDS),
        ("long epoch", [8], bytes(33), "bytes too long"),
        ("changes without salt", [9], b"", EPOCH_FIELDS),
        ("long salt", [9], bytes(17), "bytes too long"),
        ("changes without commitment", [10], b"", EPOCH_FIELDS),
        ("long commitment", [10], bytes(33), "bytes too long"),
        ("no parts", [11], [], FEW_OR_MANY),
        ("too large", [11], [[part[0], 2**20, part[2]], part], FEW_OR_MANY),
        ("part too large", [11, 0, 1], 2**20 + 1, NUMBER),
        ("empty part", [11, 0, 1], 0, NUMBER),
        ("part of four", [11, 0], [*part, 0], "array of the wrong length"),
        ("a part hash too short", [11, 0, 0], bytes(31), LENGTH),
        ("a part of no document", [11, 0, 2], b"", NO_DOCUMENT),
        ("half a document", [11, 0, 2], part[2][:8], NO_DOCUMENT),
        ("document too long", [11, 0, 2], bytes(17), "bytes too long"),
    ]


def _of_genesis(control: list[Any]) -> list[Breach]:
    one_body = "a control entry has one body"
    return [
        ("membership with epoch", [8], EPOCH.id, EPOCH_FIELDS),
        ("membership with salt", [9], SALT, EPOCH_FIELDS),
        ("membership with commitment", [10], bytes(32), EPOCH_FIELDS),
        ("membership with changes' kind", [1], 0, EPOCH_FIELDS),
        ("a body of a document", [11, 0, 2], DOCUMENT, NO_DOCUMENT),
        ("two bodies", [11], control[11] * 2, one_body),
        ("large body", [11, 0, 1], limits.MAX_CONTROL_BODY + 1, one_body),
        ("M4 a long log", [5], limits.MAX_CONTROL_HEIGHT + 1, "control log too long"),
    ]


def _spoilt_headers(good: list[Any]) -> list[Json]:
    encoded = FIRST.encoded
    return [
        spoilt(name, "changes", data, error)
        for name, data, error in (
            ("eleven fields", wire.pack(good[:11]), "array of the wrong length"),
            ("thirteen fields", wire.pack([*good, 0]), "array of the wrong length"),
            ("no array", wire.pack(encoded), "expected an array"),
            ("not canonical", b"\x9c\xcc\x01" + encoded[2:], "not a canonical message"),
            ("something after", encoded + b"\0", "not a well-formed message"),
            ("T7 cut short", encoded[:-1], "not a well-formed message"),
        )
    ]


def many_parts(name: str, count: int, error: str | None) -> Json:
    """Return a header of *count* equal parts, as pieces to be repeated."""
    start = b"\x9c" + b"".join(wire.pack(field) for field in fields_of(FIRST)[:11])
    start += b"\xdc" + count.to_bytes(2, "big")
    pieces = [[start.hex(), 1], [wire.pack([bytes(32), 1, bytes(16)]).hex(), count]]
    case: Json = {"name": name, "pieces": pieces}
    return case if error is None else case | {"of": "the most parts", "at": None, "error": error}
