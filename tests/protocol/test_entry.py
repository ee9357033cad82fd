"""Entries: chain, seal, commitment, padding (SPEC §5)."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol import crypto, entry, epoch, limits, packing
from aluna_protocol.entry import BadPart, Entry, Kind, Part
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG, DocumentId, EntryHash, Head, Lane, PersonId, SpaceId
from vectors.making import (
    ANA,
    BO,
    CONTENT,
    CONTROL,
    DOCUMENT,
    EPOCH,
    PERSONS,
    SALT,
    SPACE,
)

HEADS = (EntryHash(bytes(32)),)
ANAS = PERSONS[ANA.device]
documents = st.binary(min_size=16, max_size=16).map(DocumentId)
parts = st.builds(
    Part, documents, st.lists(st.binary(max_size=200), min_size=1, max_size=8).map(tuple)
)


def sealed(*given_parts: Part, head: Head = EMPTY_LOG) -> Entry:
    return entry.seal_changes(ANA, CONTENT, head, HEADS, EPOCH, given_parts, SALT)


ONE = sealed(Part(DOCUMENT, (b"one",)), Part(DOCUMENT, (b"two", b"three")))


@given(parts)
def test_a_part_is_read_again_and_its_size_says_little(part: Part) -> None:
    plain = packing.encode_changes(part.changes)
    assert packing.decode_changes(plain) == part.changes
    assert len(plain) == packing.padded_length(len(plain))


@given(st.integers(0, 2**24))
def test_padding_grows_by_an_eighth_at_most_and_never_shrinks(size: int) -> None:
    padded = packing.padded_length(size)
    assert size <= padded <= size * 1.12 + 1
    assert packing.padded_length(padded) == padded
    assert padded <= packing.padded_length(size + 1)


def test_padding_of_the_smallest_lengths_is_that_of_the_specification() -> None:
    assert [packing.padded_length(size) for size in range(9)] == list(range(9))
    assert [packing.padded_length(size) for size in (9, 11, 15, 17, 33, 1025)] == [
        *(10, 12, 16, 18, 36, 1088),
    ]


@given(st.binary(max_size=300))
def test_d6_random_plaintexts_only_raise_remote_errors(data: bytes) -> None:
    try:
        packing.decode_changes(data)
    except RemoteProtocolError:
        return


def test_d6_a_deflate_bomb_is_refused_before_it_inflates() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, packing.PRESET)
    body = packer.compress(bytes(100 * limits.MIB)) + packer.flush()
    plain = len(body).to_bytes(3, "big") + body
    plain = plain.ljust(packing.padded_length(len(plain)), b"\0")
    with pytest.raises(RemoteProtocolError, match="inflates beyond its bound"):
        packing.decode_changes(plain)


def test_what_is_said_again_32_kib_later_is_packed_once_and_read_again() -> None:
    """The window of deflate is the whole one on both sides."""
    noise = b"".join(crypto.blake2b(bytes([n]), size=64) for n in range(256))
    between = bytes(14_000)
    part = Part(DOCUMENT, (noise + between + noise,))
    plain = packing.encode_changes(part.changes)
    assert packing.decode_changes(plain) == part.changes
    assert len(plain) < 1.2 * len(noise)


def test_a_plaintext_without_a_body_holds_no_changes() -> None:
    for size, error in ((2, "part of the wrong shape"), (3, "part inflates beyond its bound")):
        with pytest.raises(RemoteProtocolError, match=error):
            packing.decode_changes(bytes(size))


def test_a_part_may_hold_as_many_changes_as_its_bound_and_no_more() -> None:
    full = (b"",) * limits.MAX_CHANGES_PER_PART
    assert packing.decode_changes(packing.encode_changes(full)) == full
    with pytest.raises(RemoteProtocolError, match="array empty or too long"):
        packing.decode_changes(packing.encode_changes((*full, b"")))


def test_an_entry_is_opened_as_it_was_sealed() -> None:
    decoded = entry.decode_entry(ONE.encoded, ONE.signature, ONE.parts)
    assert decoded == ONE
    assert decoded.size == len(ONE.encoded) + sum(named.size for named in ONE.header.parts)
    entry.verify_entry(decoded)
    assert entry.open_parts(decoded, EPOCH.key) == [
        Part(DOCUMENT, (b"one",)),
        Part(DOCUMENT, (b"two", b"three")),
    ]


def test_a_dropped_part_leaves_the_chain_and_the_others_whole() -> None:
    pruned = entry.decode_entry(ONE.encoded, ONE.signature, (None, ONE.parts[1]))
    entry.verify_entry(pruned)
    assert pruned.size < ONE.size
    opened = entry.open_parts(pruned, EPOCH.key)
    assert opened == [None, Part(DOCUMENT, (b"two", b"three"))]


@given(st.data())
def test_k4_a_flipped_bit_anywhere_is_refused(data: st.DataObject) -> None:
    pieces = [ONE.encoded, ONE.signature, *[part for part in ONE.parts if part is not None]]
    which = data.draw(st.integers(0, len(pieces) - 1))
    at = data.draw(st.integers(0, len(pieces[which]) * 8 - 1))
    flipped = bytearray(pieces[which])
    flipped[at // 8] ^= 1 << at % 8
    pieces[which] = bytes(flipped)
    with pytest.raises(RemoteProtocolError):
        entry.verify_entry(entry.decode_entry(pieces[0], pieces[1], pieces[2:]))


def test_k4_a_part_that_does_not_open_leaves_its_neighbour_readable() -> None:
    first, second = ONE.parts
    assert first is not None
    broken = replace(ONE, parts=(first[:-1] + bytes([first[-1] ^ 1]), second))
    assert entry.open_parts(broken, EPOCH.key) == [
        BadPart("part"),
        Part(DOCUMENT, (b"two", b"three")),
    ]


def test_k5_another_key_is_refused_by_the_commitment_alike_for_all_parts() -> None:
    other = epoch.named(bytes(32))
    assert entry.open_parts(ONE, other.key) == [BadPart("commitment")] * 2
    header = replace(ONE.header, epoch=other.id)
    swapped = entry.sign_entry(ANA, header, [part for part in ONE.parts if part is not None])
    assert entry.open_parts(swapped, other.key) == [BadPart("commitment")] * 2


def test_k3_an_entry_moved_to_another_space_or_place_does_not_open() -> None:
    elsewhere = replace(ONE.header, log=replace(CONTENT, space=SpaceId(bytes(32))))
    later = replace(ONE.header, height=2)
    for header in (elsewhere, later, replace(ONE.header, previous=EntryHash(b"\x01" * 32))):
        moved = entry.sign_entry(ANA, header, [part for part in ONE.parts if part is not None])
        assert entry.open_parts(moved, EPOCH.key) == [BadPart("commitment")] * 2


def test_k1_a_signature_by_another_device_is_refused() -> None:
    forged = entry.sign_entry(BO, ONE.header, [])
    for signature in (forged.signature, bytes(64), b""):
        with pytest.raises(RemoteProtocolError, match="signature"):
            entry.verify_entry(replace(ONE, signature=signature))


def test_no_two_parts_have_one_key() -> None:
    keys = {
        entry.entry_keys(EPOCH.key, CONTENT, height, EntryHash(bytes(32)), salt).part_key(index)
        for height in (1, 2)
        for salt in (SALT, bytes(16))
        for index in (0, 1)
    }
    assert len(keys) == 8


@given(st.binary(max_size=400))
def test_random_headers_only_raise_remote_errors(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        entry.decode_header(data)


def test_parts_must_be_those_of_the_header() -> None:
    first, second = ONE.parts
    for given_parts in ([first], [second, first], [first, b""]):
        with pytest.raises(RemoteProtocolError, match="part"):
            entry.decode_entry(ONE.encoded, ONE.signature, given_parts)


def test_bounds_of_a_header_hold() -> None:
    reference = entry.refer(b"a", DOCUMENT)
    many = tuple(EntryHash(bytes([number]) * 32) for number in range(65))
    with pytest.raises(RemoteProtocolError, match="too few or too many parts"):
        entry.check_header(replace(ONE.header, parts=(reference,) * (limits.MAX_PARTS + 1)))
    with pytest.raises(RemoteProtocolError, match="membership heads"):
        entry.check_header(replace(ONE.header, membership_heads=many))
    with pytest.raises(RemoteProtocolError, match="array too long"):
        entry.decode_header(replace(ONE.header, membership_heads=many).encode())
    entry.check_header(replace(ONE.header, parts=(reference,) * limits.MAX_PARTS))


def test_a_control_entry_keeps_its_body() -> None:
    control = entry.control_entry(ANA, Kind.MEMBERSHIP, CONTROL, EMPTY_LOG, (), b"body")
    assert entry.decode_entry(control.encoded, control.signature, (b"body",)) == control
    with pytest.raises(RemoteProtocolError, match="cannot be pruned"):
        entry.decode_entry(control.encoded, control.signature, (None,))


def test_heads_are_put_in_order_by_who_writes() -> None:
    heads = [EntryHash(bytes([number]) * 32) for number in (3, 1, 2)]
    part = Part(DOCUMENT, (b"one",))
    sealed_one = entry.seal_changes(ANA, CONTENT, EMPTY_LOG, heads, EPOCH, [part], SALT)
    control = entry.control_entry(ANA, Kind.EPOCH, CONTROL, EMPTY_LOG, heads, b"body")
    for one in (sealed_one, control):
        assert list(one.header.membership_heads) == sorted(heads)


def test_our_own_mistakes_are_not_blamed_on_others() -> None:
    part = Part(DOCUMENT, (b"one",))
    with pytest.raises(LocalProtocolError):
        entry.control_entry(ANA, Kind.CHANGES, CONTROL, EMPTY_LOG, (), b"")
    with pytest.raises(LocalProtocolError):
        entry.control_entry(ANA, Kind.EPOCH, CONTENT, EMPTY_LOG, (), b"")
    with pytest.raises(LocalProtocolError):
        entry.seal_changes(ANA, CONTROL, EMPTY_LOG, (), EPOCH, [part], SALT)
    with pytest.raises(LocalProtocolError):
        entry.seal_changes(ANA, CONTENT, EMPTY_LOG, (), EPOCH, [part], SALT[1:])
    with pytest.raises(LocalProtocolError):
        entry.document_of(SPACE, ANAS, bytes(7))


eights = st.binary(min_size=8, max_size=8)
persons = st.binary(min_size=16, max_size=16).map(PersonId)
spaces = st.binary(min_size=32, max_size=32).map(SpaceId)


@given(eights, spaces, persons)
def test_k3_a_document_is_of_the_space_and_person_it_was_made_for_alone(
    random: bytes, space: SpaceId, person: PersonId
) -> None:
    document = entry.document_of(SPACE, ANAS, random)
    assert entry.is_of(document, SPACE, ANAS)
    assert entry.is_of(document, space, ANAS) is (space == SPACE)
    assert entry.is_of(document, SPACE, person) is (person == ANAS)
    assert not entry.is_of(DocumentId(document[:-1] + bytes([document[-1] ^ 1])), SPACE, ANAS)


def test_an_entry_follows_only_the_head_it_names() -> None:
    second = sealed(Part(DOCUMENT, (b"later",)), head=Head(1, ONE.hash))
    assert entry.follows(second.header, Head(1, ONE.hash))
    assert not entry.follows(second.header, Head(1, EntryHash(bytes(32))))
    assert not entry.follows(second.header, Head(2, ONE.hash))
    assert not entry.follows(second.header, EMPTY_LOG)


def test_each_kind_has_its_lane() -> None:
    assert [kind.lane for kind in Kind] == [Lane.CONTENT, Lane.CONTROL, Lane.CONTROL]


@pytest.mark.parametrize("at", [0, 1])
def test_every_part_of_a_sealed_entry_names_its_document(at: int) -> None:
    named = list(ONE.header.parts)
    assert len(named) == 2
    named[at] = named[at]._replace(document=DocumentId(b""))
    with pytest.raises(RemoteProtocolError, match="document does not fit"):
        entry.check_header(replace(ONE.header, parts=tuple(named)))
