"""Vectors of bundles: receipts, whole files, and what is refused of each (SPEC §18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aluna_protocol import bundle, crypto, limits, wire
from aluna_protocol.bundle import Header, Place, Receipt, SectionWriter
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.ids import EntryHash, Head, LogId, SpaceId
from vectors.make_entry_vectors import FIRST
from vectors.making import (
    ANA,
    BO,
    CLEO,
    CONTENT,
    CONTROL,
    EVE,
    FOUNDING,
    SPACE,
    Json,
    broken,
    shown,
    spoilt,
    stream,
)

HEADER = Header(limits.BUNDLE_BOXES, bytes([0x91]) * bundle.SALT_BYTES)
CIRCLE = SpaceId(bytes([0x92]) * 32)
KEY, CIRCLE_KEY = bytes([0x93]) * 32, bytes([0x94]) * 32
HEADS = (
    (CONTROL, Head(FOUNDING[-1].header.height, FOUNDING[-1].hash)),
    (CONTENT, Head(FIRST.header.height, FIRST.hash)),
)
RECEIPT = Receipt(SPACE, ANA.device, HEADS, (BO.device, CLEO.device))
OTHER = Receipt(
    CIRCLE,
    BO.device,
    ((LogId(CIRCLE, BO.device, 1, CONTENT.lane), Head(2, EntryHash(bytes([1]) * 32))),),
)


def receipt_vectors() -> Json:
    """Return receipts, and what is refused of them."""
    whole = bundle.write_receipt(ANA, RECEIPT)
    said = [SPACE, ANA.device, _rows(RECEIPT), [BO.device, CLEO.device]]
    other = bundle.write_receipt(BO, OTHER)
    return {
        "writer": ANA.sign_seed.hex(),
        "valid": [
            {"name": "receipt", "bytes": whole.hex(), "fields": shown(wire.unpack(whole, 9999))},
            {"name": "another", "bytes": other.hex(), "fields": shown(wire.unpack(other, 9999))},
        ],
        "said": [
            {"name": "said", "bytes": wire.pack(said).hex(), "fields": shown(said)},
            _said_of("said of another", BO, OTHER),
        ],
        "refused": [
            _signed("another kind", [1, wire.pack(said)], "unknown message"),
            _signed("an item more", [0, wire.pack(said), b""], "unknown message"),
            _spoilt_signature(whole),
        ],
        "said_refused": [
            _said("spaces are 32 bytes", said, [0], bytes(31), "bytes of the wrong length"),
            _said("devices are 32 bytes", said, [1], bytes(33), "bytes of the wrong length"),
            _said("rows are arrays", said, [2], b"", "expected an array"),
            _said("a lane too many", said, [2, 0, 2], 2, "expected an integer in range"),
            _said("height 0", said, [2, 0, 3], 0, "expected an integer in range"),
            _said("a short hash", said, [2, 1, 4], bytes(16), "bytes of the wrong length"),
            _said("readers are devices", said, [3, 0], b"", "bytes of the wrong length"),
            _many("too many rows", said, 2, _rows(OTHER)[0], 513),
            _many("too many readers", said, 3, BO.device, 1025),
        ],
    }


def _rows(receipt: Receipt) -> list[list[Any]]:
    return [
        [log.device, log.incarnation, int(log.lane), head.height, head.hash]
        for log, head in receipt.logs
    ]


def _said_of(name: str, keys: DeviceKeys, receipt: Receipt) -> Json:
    said = [receipt.space, keys.device, _rows(receipt), list(receipt.readers)]
    return {"name": name, "bytes": wire.pack(said).hex(), "fields": shown(said)}


def _said(name: str, said: list[Any], at: Sequence[int], value: object, error: str) -> Json:
    """Return what was said with one item replaced."""
    return broken(name, "said", said, at, value, error)


def _many(name: str, said: list[Any], at: int, row: object, count: int) -> Json:
    """Return what was said with one array of too many equal rows."""
    changed = [*said[:at], [row] * count, *said[at + 1 :]]
    whole, packed = wire.pack(changed), wire.pack(row)
    start = whole.index(packed * count)
    return {
        "name": name,
        "of": "said",
        "at": [at],
        "pieces": [
            [whole[:start].hex(), 1],
            [packed.hex(), count],
            [whole[start + count * len(packed) :].hex(), 1],
        ],
        "error": "array too long",
    }


def _signed(name: str, items: list[Any], error: str) -> Json:
    body = items[1]
    assert isinstance(body, bytes)
    signature = crypto.sign(ANA, b"aluna-receipt-v1" + body)
    return spoilt(name, "receipt", wire.pack([*items, signature]), error)


def _spoilt_signature(whole: bytes) -> Json:
    fields = wire.unpack(whole, 9999)
    wrong = crypto.sign(BO, b"aluna-receipt-v1" + fields[1])
    return broken("signed by another", "receipt", fields, [2], wrong, "signature does not match")


# -- files ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class File:
    """A bundle with one section of the space for Bo and Cleo, and one of a circle for Cleo."""

    data: bytes
    offset: int
    circle: int


def section(key: bytes, messages: Sequence[bytes], header: Header = HEADER) -> bytes:
    """Return a section that says *messages*."""
    writer = SectionWriter(header, key)
    return b"".join(writer.say(message) for message in messages) + writer.end()


def said_by_ana() -> list[bytes]:
    """Return what the section of the space says."""
    return [
        bundle.write_receipt(ANA, RECEIPT),
        bundle.batch_of(HEADER, FOUNDING),
        bundle.batch_of(HEADER, [FIRST]),
    ]


def file(
    messages: Sequence[bytes] | None = None,
    *,
    header: bytes | None = None,
    bos: Sequence[Place] | None = None,
    plain: bytes | None = None,
) -> File:
    """Return a bundle, of which one thing may be as it should not be."""
    random_bytes = stream("bundle")
    ours = section(KEY, said_by_ana() if messages is None else messages)
    if plain is not None:
        ours = crypto.seal(KEY, bytes(8) + b"\1" + bytes(15), plain, HEADER.encode())
    circle = section(CIRCLE_KEY, [bundle.write_receipt(BO, OTHER)])
    before, between, end = (b"".join(random_bytes(32) for _ in range(times)) for times in (3, 2, 9))
    offset = HEADER.body + len(before)
    place = Place(offset, len(ours), KEY)
    circle_place = Place(offset + len(ours) + len(between), len(circle), CIRCLE_KEY)
    given = [
        *((BO.static, one) for one in (bos if bos is not None else [place])),
        (CLEO.static, place),
        (CLEO.static, circle_place),
    ]
    table = bundle.write_table(HEADER, given, random_bytes)
    head = HEADER.encode() if header is None else header
    data = head + table + before + ours + between + circle + end
    return File(data, offset, circle_place.offset)


def _header(at: int, value: bytes) -> bytes:
    head = bytearray(HEADER.encode())
    head[at : at + len(value)] = value
    return bytes(head)


def _long(length: int) -> bytes:
    return length.to_bytes(bundle.LENGTH_BYTES, "big")


def file_vectors() -> Json:
    """Return a whole bundle, who reads what in it, and others with one thing wrong."""
    good = file()
    at = good.offset
    receipt, founding, first = said_by_ana()
    foreign = bundle.batch_of(Header(HEADER.boxes, bytes(16)), [FIRST])
    other = bundle.write_receipt(BO, OTHER)
    circle = bundle.write_receipt(BO, OTHER)
    length = len(section(KEY, said_by_ana()))

    def place(offset: int = at, size: int = length) -> Place:
        return Place(offset, size, KEY)

    refused = [
        ("not one of ours", file(header=_header(0, b"\x92")), "not a bundle"),
        ("another version", file(header=_header(8, b"\0\2")), "bundle of an unknown version"),
        ("no boxes", file(header=_header(10, b"\0\0")), "table of the wrong size"),
        ("63 boxes", file(header=_header(10, b"\0\x3f")), "table of the wrong size"),
        ("4,160 boxes", file(header=_header(10, b"\x10\x40")), "table of the wrong size"),
        ("in the table", file(bos=[place(HEADER.body - 1)]), "section in an impossible place"),
        (
            "past the largest file",
            file(bos=[place(limits.MAX_BUNDLE_BYTES)]),
            "section in an impossible place",
        ),
        ("empty", file(bos=[place(at, 0)]), "section in an impossible place"),
        ("an empty chunk", file(bos=[place(at, 16)]), "section in an impossible place"),
        ("one over another", file(bos=[place(), place(at + 1)]), "sections overlap"),
        ("another salt", file(header=_header(12, b"\0")), "sealed part does not open"),
        ("no end", file(plain=_long(len(receipt) + 1) + receipt), "message cut short"),
        ("too long", file(plain=_long(limits.MAX_MESSAGE + 1)), "message too long"),
        ("no receipt", file([founding, first]), "a section begins with a receipt"),
        ("of another bundle", file([receipt, foreign]), "a batch of another bundle"),
        ("of two spaces", file([receipt, other]), "a section is of one space"),
        ("a message of a session", file([receipt, wire.pack([5])]), "unknown message"),
    ]
    return {
        "valid": {
            "name": "bundle",
            "file": good.data.hex(),
            "readers": [
                _reader("Bo", BO, [[receipt, founding, first]]),
                _reader("Cleo", CLEO, [[receipt, founding, first], [circle]]),
                _reader("Eve", EVE, []),
            ],
        },
        "refused": [
            {"name": name, "of": "bundle", "edits": _edits(good.data, one.data), "error": error}
            for name, one, error in refused
        ],
        "cut": [
            {"length": 0, "error": "not a bundle"},
            {"length": bundle.HEADER_BYTES - 1, "error": "not a bundle"},
        ],
    }


def _reader(name: str, keys: DeviceKeys, sections: list[list[bytes]]) -> Json:
    return {
        "name": name,
        "sign_seed": keys.sign_seed.hex(),
        "static_secret": keys.static_secret.hex(),
        "sections": [[message.hex() for message in one] for one in sections],
    }


def _edits(good: bytes, bad: bytes) -> list[list[Any]]:
    """Return what to replace in *good* to get *bad*: where, how much, and by what."""
    start = next(at for at, both in enumerate(zip(good, bad, strict=False)) if both[0] != both[1])
    end = 0
    while (
        good[len(good) - end - 1] == bad[len(bad) - end - 1]
        and end < min(len(good), len(bad)) - start - 1
    ):
        end += 1
    return [[start, len(good) - end - start, bad[start : len(bad) - end].hex()]]


def bundle_vectors() -> Json:
    """Return everything about bundles."""
    return {"receipts": receipt_vectors(), "files": file_vectors()}
