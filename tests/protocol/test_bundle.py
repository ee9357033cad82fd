"""Bundles: what a file of sealed sections may be, and what is refused of it (SPEC §18)."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import bundle, crypto, limits, messages, wire
from aluna_protocol.bundle import Header, Place, Receipt, SectionReader, SectionWriter
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry
from aluna_protocol.errors import (
    IncompatibleVersionError,
    LocalProtocolError,
    RemoteProtocolError,
)
from aluna_protocol.ids import DeviceId
from aluna_protocol.messages import Batch
from aluna_protocol.packing import padded_length
from independent import bundles as independent
from independent.encoding import Refused
from vectors import make_vectors
from vectors.make_bundle_vectors import HEADER, KEY, RECEIPT, section
from vectors.make_entry_vectors import FIRST
from vectors.making import ANA, BO, CLEO, EVE, FOUNDING, SPACE, shown, stream

Json = dict[str, Any]
unhex = bytes.fromhex
VECTORS = json.loads(
    (Path(make_vectors.__file__).parent / "bundles.json").read_text(encoding="utf-8")
)
RECEIPTS, FILES = VECTORS["receipts"], VECTORS["files"]
WHOLE = unhex(FILES["valid"]["file"])
ERRORS = (RemoteProtocolError, Refused)


def named(cases: list[Json]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def bytes_of(case: Json) -> bytes:
    if "pieces" in case:
        return b"".join(unhex(piece) * times for piece, times in case["pieces"])
    return unhex(case["bytes"])


def keys_of(reader: Json) -> DeviceKeys:
    return DeviceKeys(unhex(reader["sign_seed"]), unhex(reader["static_secret"]))


def table_of(data: bytes) -> bytes:
    header = bundle.read_header(data)
    return data[bundle.HEADER_BYTES : header.body]


def read(keys: DeviceKeys, data: bytes) -> list[list[bytes]]:
    """Return the messages of each section of *data* for *keys*."""
    header = bundle.read_header(data)
    found = []
    for place in bundle.read_table(keys, header, table_of(data)):
        reader = SectionReader(header, place)
        said = list(reader.feed(data[place.offset : place.end]))
        assert reader.ended
        found.append([again(one) for one in said])
    return found


def again(message: Receipt | Batch) -> bytes:
    """Return the bytes of a message that was read."""
    if isinstance(message, Batch):
        return messages.encode(message)
    by = ANA if message.writer == ANA.device else BO
    return bundle.write_receipt(by, message)


def read_independently(keys: DeviceKeys, data: bytes) -> list[list[bytes]]:
    return [
        list(independent.messages(data, place))
        for place in independent.places(data, keys.static_secret)
    ]


READERS = pytest.mark.parametrize(
    "reading", [read, read_independently], ids=["ours", "independent"]
)


# -- vectors -------------------------------------------------------------------------------------


@READERS
@named(FILES["valid"]["readers"])
def test_a_bundle_says_to_each_device_what_is_for_it(case: Json, reading: Any) -> None:
    assert [shown(one) for one in reading(keys_of(case), WHOLE)] == case["sections"]


@READERS
@named(FILES["refused"])
def test_a_bundle_is_refused(case: Json, reading: Any) -> None:
    data = WHOLE
    for at, length, new in case["edits"]:
        data = data[:at] + unhex(new) + data[at + length :]
    with pytest.raises(ERRORS, match=f"^{case['error']}$"):
        reading(BO, data)


@pytest.mark.parametrize("case", FILES["cut"], ids=lambda case: str(case["length"]))
def test_t7_a_file_cut_in_its_header_is_no_bundle(case: Json) -> None:
    with pytest.raises(RemoteProtocolError, match=f"^{case['error']}$"):
        bundle.read_header(WHOLE[: case["length"]])


READ_RECEIPT = pytest.mark.parametrize(
    "reading", [bundle.read_receipt, independent.read_receipt], ids=["ours", "independent"]
)


@READ_RECEIPT
@named(RECEIPTS["valid"])
def test_a_receipt_is_read(case: Json, reading: Any) -> None:
    reading(bytes_of(case))
    receipt = bundle.read_receipt(bytes_of(case))
    assert again(receipt) == bytes_of(case)


@READ_RECEIPT
@named(RECEIPTS["refused"])
def test_a_receipt_is_refused(case: Json, reading: Any) -> None:
    with pytest.raises(ERRORS, match=f"^{case['error']}$"):
        reading(bytes_of(case))


@READ_RECEIPT
@named(RECEIPTS["said_refused"])
def test_what_a_receipt_says_is_refused(case: Json, reading: Any) -> None:
    body = bytes_of(case)
    writer = DeviceKeys(unhex(RECEIPTS["writer"]), bytes(32))
    signature = crypto.sign(writer, b"aluna-receipt-v1" + body)
    with pytest.raises(ERRORS, match=f"^{case['error']}$"):
        reading(wire.pack([0, body, signature]))


def test_what_a_receipt_says_has_one_spelling() -> None:
    body = wire.pack([SPACE, ANA.device, [], []])[:-1] + b"\xdc\0\0"
    signature = crypto.sign(ANA, b"aluna-receipt-v1" + body)
    with pytest.raises(RemoteProtocolError, match=r"^not a canonical message$"):
        bundle.read_receipt(wire.pack([0, body, signature]))


def test_a_newer_bundle_is_told_apart_from_something_else() -> None:
    newer = WHOLE[:8] + b"\0\2" + WHOLE[10:]
    with pytest.raises(IncompatibleVersionError):
        bundle.read_header(newer)


# -- cutting, moving, splicing -------------------------------------------------------------------


def long_section(key: bytes = KEY, header: Header = HEADER) -> tuple[bytes, list[bytes]]:
    """Return a section of several chunks and what it says."""
    said = [bundle.write_receipt(ANA, RECEIPT)]
    said += [bundle.batch_of(header, FOUNDING)] * 200 + [bundle.batch_of(header, [FIRST])] * 200
    return section(key, said, header), said


def whole_messages(sealed: bytes, length: int, header: Header = HEADER) -> list[bytes]:
    """Return what can be read of a section of *length*, and be sure nothing else is raised."""
    reader = SectionReader(header, Place(header.body, length, KEY))
    found = []
    try:
        for at in range(0, len(sealed), 10_000):
            found += [again(one) for one in reader.feed(sealed[at : at + 10_000])]
    except RemoteProtocolError:
        pass
    return found


def test_t7_a_section_cut_at_any_place_gives_the_messages_that_came_whole() -> None:
    sealed, said = long_section()
    chunks = -(-len(sealed) // bundle.SEALED_CHUNK)
    assert chunks > 2
    bounds = [number * bundle.SEALED_CHUNK for number in range(1, chunks)]
    cuts = {0, 1, 15, 16, 17, len(sealed) - 1, len(sealed) - 16, len(sealed) - 17}
    cuts |= {bound + step for bound in bounds for step in (-17, -16, -1, 0, 1, 16, 17)}
    for cut in sorted(cuts):
        read = whole_messages(sealed[:cut], len(sealed))
        opened = cut // bundle.SEALED_CHUNK * limits.BUNDLE_CHUNK_BYTES
        ends = itertools.accumulate(bundle.LENGTH_BYTES + len(message) for message in said)
        assert read == said[: sum(end <= opened for end in ends)], cut


def test_s3_a_section_whose_last_flag_was_removed_does_not_end() -> None:
    sealed, said = long_section()
    shorter = sealed[: bundle.SEALED_CHUNK]
    # The box is sealed: who cuts the file cannot say that the first chunk was the last.
    reader = SectionReader(HEADER, Place(HEADER.body, len(sealed), KEY))
    first = [again(one) for one in reader.feed(shorter)]
    assert first == said[: len(first)]
    assert first
    assert not reader.ended
    with pytest.raises(RemoteProtocolError, match="does not open"):
        list(SectionReader(HEADER, Place(HEADER.body, len(shorter), KEY)).feed(shorter))


def test_s3_chunks_out_of_order_do_not_open() -> None:
    sealed, _ = long_section()
    size = bundle.SEALED_CHUNK
    swapped = sealed[size : 2 * size] + sealed[:size] + sealed[2 * size :]
    assert whole_messages(swapped, len(sealed)) == []
    twice = sealed[:size] + sealed[:size] + sealed[2 * size :]
    assert whole_messages(twice, len(sealed)) == whole_messages(sealed[:size], len(sealed))


def test_s3_two_bundles_spliced_give_only_what_came_whole_of_the_first() -> None:
    other = Header(HEADER.boxes, bytes([0x55]) * bundle.SALT_BYTES)
    ours, _ = long_section()
    # The same key in both: the chunks are bound to the header of their file all the same.
    theirs, _ = long_section(KEY, other)
    size = bundle.SEALED_CHUNK
    spliced = ours[:size] + theirs[size:]
    assert whole_messages(spliced, len(ours)) == whole_messages(ours[:size], len(ours))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_s3_a_flipped_byte_anywhere_never_says_anything_else(at: int, flip: int) -> None:
    data = WHOLE[:at] + bytes([WHOLE[at] ^ flip]) + WHOLE[at + 1 :]
    honest = FILES["valid"]["readers"][1]["sections"]
    try:
        found = [shown(one) for one in read(CLEO, data)]
    except RemoteProtocolError:
        return
    assert all(one in honest for one in found)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_s2_any_bytes_are_refused_by_the_header_or_open_for_nobody(data: bytes) -> None:
    for start in (b"", bundle.MAGIC, HEADER.encode()):
        try:
            header = bundle.read_header(start + data)
        except RemoteProtocolError:
            continue
        assert bundle.read_table(BO, header, data[: header.table_bytes]) == []


# -- any messages, any cuts ----------------------------------------------------------------------

SIZES = st.lists(st.integers(0, 3), min_size=0, max_size=12)


def of_size(kind: int) -> list[Entry]:
    return [FOUNDING, FOUNDING[:1], [FIRST], FOUNDING[:2]][kind]


@settings(max_examples=60, deadline=None)
@given(kinds=SIZES, repeat=st.integers(1, 60), step=st.integers(1, 70_000))
def test_what_a_section_says_is_read_however_it_is_cut(
    kinds: list[int], repeat: int, step: int
) -> None:
    said = [bundle.write_receipt(ANA, RECEIPT)]
    said += [bundle.batch_of(HEADER, of_size(kind)) for kind in kinds] * repeat
    sealed = section(KEY, said)
    reader = SectionReader(HEADER, Place(HEADER.body, len(sealed), KEY))
    read = [
        again(one)
        for at in range(0, len(sealed), step)
        for one in reader.feed(sealed[at : at + step])
    ]
    assert read == said
    assert reader.ended
    assert reader.space == SPACE


def test_a_section_of_whole_chunks_ends_with_a_whole_chunk() -> None:
    writer = SectionWriter(HEADER, KEY)
    sealed = writer.say(bytes(limits.BUNDLE_CHUNK_BYTES - bundle.LENGTH_BYTES))
    assert sealed == b""
    sealed = writer.end()
    assert len(sealed) == writer.length == bundle.SEALED_CHUNK


def test_a_section_says_something() -> None:
    with pytest.raises(LocalProtocolError):
        SectionWriter(HEADER, KEY).end()


def test_a_receipt_is_signed_by_its_writer() -> None:
    with pytest.raises(LocalProtocolError):
        bundle.write_receipt(BO, RECEIPT)


# -- what is in clear ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readers", "boxes"), [(0, 64), (1, 64), (12, 64), (64, 64), (65, 128), (4096, 4096)]
)
def test_the_table_does_not_tell_how_many_may_read(readers: int, boxes: int) -> None:
    assert bundle.boxes_for(readers) == boxes


def test_there_is_a_most_of_boxes() -> None:
    with pytest.raises(LocalProtocolError):
        bundle.boxes_for(limits.MAX_BUNDLE_BOXES + 1)
    given = [(BO.static, Place(HEADER.body, 100, KEY))] * 65
    with pytest.raises(LocalProtocolError):
        bundle.write_table(HEADER, given, stream("most"))


def test_boxes_for_nobody_look_like_all_others() -> None:
    random_bytes = stream("table")
    place = Place(HEADER.body, 100, KEY)
    table = bundle.write_table(HEADER, [(BO.static, place), (CLEO.static, place)], random_bytes)
    boxes = [table[at : at + bundle.BOX_BYTES] for at in range(0, len(table), bundle.BOX_BYTES)]
    assert len(boxes) == len(set(boxes)) == 64
    assert boxes == sorted(boxes)
    # A random string is a point with the highest bit set half of the time; a key never is.
    assert not any(box[31] & 0x80 for box in boxes)
    assert all(crypto.is_valid_static_key(box[:32]) for box in boxes)
    assert bundle.read_table(BO, HEADER, table) == [place]
    assert bundle.read_table(EVE, HEADER, table) == []


def test_a_table_cut_short_is_looked_through_as_far_as_it_goes() -> None:
    place = Place(HEADER.body, 100, KEY)
    table = bundle.write_table(HEADER, [(BO.static, place)], stream("cut table"))
    at = next(
        at
        for at in range(0, len(table), bundle.BOX_BYTES)
        if bundle.read_table(BO, HEADER, table[at : at + bundle.BOX_BYTES])
    )
    assert bundle.read_table(BO, HEADER, table[:at]) == []
    assert bundle.read_table(BO, HEADER, table[: at + bundle.BOX_BYTES - 1]) == []
    assert bundle.read_table(BO, HEADER, table[: at + bundle.BOX_BYTES]) == [place]


@settings(max_examples=100, deadline=None)
@given(st.integers(6_000, 2**28), st.binary(min_size=8, max_size=8))
def test_a_file_has_one_of_few_sizes_and_some_filler(size: int, drawn: bytes) -> None:
    filler = bundle.filler(size, lambda count: drawn[:count])
    assert padded_length(size + filler) == size + filler
    most = max(limits.BUNDLE_FILLER_BYTES, size // 4)
    assert 0 <= filler < most + (size + most) // 8 + 1


def test_a_gap_is_short() -> None:
    assert 0 <= bundle.gap(lambda size: bytes([255]) * size) < limits.BUNDLE_GAP_BYTES


def test_receipts_keep_their_readers_and_rows() -> None:
    readers = tuple(DeviceId(bytes([number, 1]) * 16) for number in range(3))
    receipt = Receipt(SPACE, ANA.device, RECEIPT.logs, readers)
    assert bundle.read_receipt(bundle.write_receipt(ANA, receipt)) == receipt
