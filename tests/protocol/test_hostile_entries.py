"""Entries somebody forged, bent or moved (SPEC §5, rows K1 to K4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from aluna_protocol import crypto, door, entry, epoch, limits, membership
from aluna_protocol.door import Card
from aluna_protocol.entry import BadPart, Entry, Kind, Part
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG, DeviceId, EntryHash, Head, SpaceId
from aluna_protocol.membership import Admit
from vectors.making import (
    ANA,
    BO,
    CONTENT,
    CONTROL,
    DOCUMENT,
    EPOCH,
    HANDSHAKE_HASH,
    PERSONS,
    SALT,
    SPACE,
    seat_of,
)

L = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
"""All points of order 1, 2, 4 and 8, in every spelling."""


def sealed(words: bytes, head: Head = EMPTY_LOG, *others: bytes) -> Entry:
    parts = [Part(DOCUMENT, (one,)) for one in (words, *others)]
    heads = (EntryHash(bytes([1]) * 32), EntryHash(bytes([2]) * 32))
    return entry.seal_changes(ANA, CONTENT, head, heads, EPOCH, parts, SALT)


FIRST = sealed(b"first")
SECOND = sealed(b"second", Head(1, FIRST.hash), b"beside it")
THIRD = sealed(b"third", Head(2, SECOND.hash))


def whole(one: Entry) -> list[bytes]:
    return [part for part in one.parts if part is not None]


def flips(data: bytes) -> Iterator[bytes]:
    for at in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[at // 8] ^= 1 << at % 8
        yield bytes(flipped)


def taken(encoded: bytes, signature: bytes, parts: list[bytes]) -> Entry | None:
    """What the gate does with the bytes of one entry; None when it refuses."""
    try:
        one = entry.decode_entry(encoded, signature, parts)
        entry.verify_entry(one)
    except RemoteProtocolError:
        return None
    return one


# -- K1, K2: who signed --------------------------------------------------------------------------


def test_k1_an_entry_says_who_wrote_it_and_nobody_else_can_sign_it() -> None:
    as_bo = replace(SECOND.header, log=replace(CONTENT, device=BO.device))
    by_ana = entry.sign_entry(ANA, as_bo, whole(SECOND))
    by_bo = entry.sign_entry(BO, SECOND.header, whole(SECOND))
    for forged in (by_ana, by_bo):
        assert taken(forged.encoded, forged.signature, whole(forged)) is None
    assert taken(SECOND.encoded, b"", whole(SECOND)) is None
    assert taken(SECOND.encoded, FIRST.signature, whole(SECOND)) is None
    assert taken(SECOND.encoded, SECOND.signature, whole(SECOND)) == SECOND


def test_k2_a_signature_has_one_spelling() -> None:
    r, s = SECOND.signature[:32], int.from_bytes(SECOND.signature[32:], "little")
    for times in range(1, 16):
        other = s + times * L
        if other < 2**256:
            spelled = r + other.to_bytes(32, "little")
            assert taken(SECOND.encoded, spelled, whole(SECOND)) is None
    negated = r + ((L - s) % L).to_bytes(32, "little")
    assert taken(SECOND.encoded, negated, whole(SECOND)) is None
    for longer in (SECOND.signature + b"\0", SECOND.signature[:-1]):
        assert taken(SECOND.encoded, longer, whole(SECOND)) is None


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_k2_a_key_of_small_order_signs_nothing_and_gets_no_seat(point: str) -> None:
    """Under such a key (R, S) = (point, 0) would be a signature of any text."""
    key = DeviceId(bytes.fromhex(point))
    header = replace(SECOND.header, log=replace(CONTENT, device=key))
    for r in SMALL_ORDER:
        signature = bytes.fromhex(r) + bytes(32)
        assert taken(header.encode(), signature, whole(SECOND)) is None
        assert taken(SECOND.encoded, signature, whole(SECOND)) is None
    seat = replace(seat_of(BO), device=key)
    body = membership.encode_operation(Admit(seat, b""))
    with pytest.raises(RemoteProtocolError, match="not a signing key"):
        membership.decode_operation(body)


def test_k2_a_key_outside_the_group_of_prime_order_gets_no_seat() -> None:
    """A key with a part of small order has signatures some verifiers take and others refuse."""
    not_on_the_curve = bytes([2]) + bytes(31)
    not_canonical = (2**255 - 19 + 3).to_bytes(32, "little")
    for key in (not_on_the_curve, not_canonical):
        seat = replace(seat_of(BO), device=DeviceId(key))
        with pytest.raises(RemoteProtocolError, match="not a signing key"):
            membership.decode_operation(membership.encode_operation(Admit(seat, b"")))


# -- K3: the same bytes in another place ---------------------------------------------------------


def test_k3_a_signature_is_for_an_entry_or_for_a_card_never_for_both() -> None:
    card = Card(ANA.device, ANA.static, PERSONS[ANA.device], "Ana", "laptop")
    of_card = door.sign_card(ANA, card, HANDSHAKE_HASH)
    assert taken(SECOND.encoded, of_card, whole(SECOND)) is None
    # Even when somebody had the card's very bytes signed as if they were the hash of an entry.
    for text in (SECOND.hash, b"aluna-join" + SECOND.hash, b"aluna-entry-sig-v2" + SECOND.hash):
        assert taken(SECOND.encoded, crypto.sign(ANA, text), whole(SECOND)) is None
    signed = b"aluna-entry-sig-v1" + SECOND.hash
    crypto.verify(ANA.device, signed, SECOND.signature)
    with pytest.raises(RemoteProtocolError, match="signature"):
        crypto.verify(ANA.device, b"aluna-join" + signed, SECOND.signature)


def test_k3_an_entry_of_one_collective_says_nothing_in_another() -> None:
    """The space is in what is signed, hashed and sealed: none of the three holds elsewhere."""
    other = SpaceId(bytes([7]) * 32)
    moved = replace(SECOND.header, log=replace(CONTENT, space=other))
    assert taken(moved.encode(), SECOND.signature, whole(SECOND)) is None
    own = entry.sign_entry(ANA, moved, whole(SECOND))
    assert entry.open_parts(own, EPOCH.key) == [BadPart("commitment")] * 2
    assert entry.is_of(DOCUMENT, CONTENT.space, PERSONS[ANA.device])
    assert not entry.is_of(DOCUMENT, other, PERSONS[ANA.device])


def test_k3_a_box_for_one_collective_epoch_author_or_device_opens_for_no_other() -> None:
    box = epoch.seal_key(EPOCH, SPACE, ANA.device, BO.device, BO.static, bytes([7]) * 32)
    assert epoch.open_key(BO, SPACE, ANA.device, box) == EPOCH
    other = epoch.named(bytes(32))
    for space, author, sealed_key in (
        (SpaceId(bytes(32)), ANA.device, box),
        (SPACE, BO.device, box),
        (SPACE, ANA.device, replace(box, device=ANA.device)),
        (SPACE, ANA.device, replace(box, epoch=other.id)),
    ):
        with pytest.raises(RemoteProtocolError, match="another place"):
            epoch.open_key(BO, space, author, sealed_key)


def test_k3_a_body_is_not_taken_for_one_of_another_kind() -> None:
    bodies = {
        Kind.MEMBERSHIP: membership.encode_operation(Admit(seat_of(BO), b"")),
        Kind.EPOCH: epoch.encode_operation(epoch.Share(())),
    }
    with pytest.raises(RemoteProtocolError):
        epoch.decode_operation(bodies[Kind.MEMBERSHIP])
    with pytest.raises(RemoteProtocolError):
        membership.decode_operation(bodies[Kind.EPOCH])
    one = entry.control_entry(ANA, Kind.EPOCH, CONTROL, EMPTY_LOG, (), bodies[Kind.EPOCH])
    as_other = replace(one.header, kind=Kind.MEMBERSHIP).encode()
    assert taken(as_other, one.signature, whole(one)) is None


# -- K4: every bit -------------------------------------------------------------------------------


def test_k4_no_bit_of_header_signature_or_part_can_be_flipped() -> None:
    assert taken(SECOND.encoded, SECOND.signature, whole(SECOND)) == SECOND
    first, second = whole(SECOND)
    for encoded in flips(SECOND.encoded):
        assert taken(encoded, SECOND.signature, [first, second]) is None
    for signature in flips(SECOND.signature):
        assert taken(SECOND.encoded, signature, [first, second]) is None
    for part in flips(first):
        assert taken(SECOND.encoded, SECOND.signature, [part, second]) is None


def test_k4_no_bit_of_a_control_entry_can_be_flipped() -> None:
    body = membership.encode_operation(Admit(seat_of(BO), b""))
    one = entry.control_entry(ANA, Kind.MEMBERSHIP, CONTROL, Head(1, FIRST.hash), (), body)
    assert taken(one.encoded, one.signature, [body]) == one
    for encoded in flips(one.encoded):
        assert taken(encoded, one.signature, [body]) is None
    for bent in flips(body):
        assert taken(one.encoded, one.signature, [bent]) is None


def test_k4_an_author_who_signs_a_bent_place_nonce_or_commitment_is_read_by_nobody() -> None:
    """Salt (the nonce), commitment and predecessor, each bit, signed as if it were meant so."""
    header = SECOND.header
    bent = [
        *(replace(header, salt=salt) for salt in flips(header.salt)),
        *(replace(header, commitment=commitment) for commitment in flips(header.commitment)),
        *(replace(header, previous=EntryHash(previous)) for previous in flips(header.previous)),
        *(replace(header, height=height) for height in (1, 3, limits.MAX_HEIGHT)),
        *(replace(header, log=replace(CONTENT, incarnation=number)) for number in (0, 2**32 - 1)),
    ]
    for one in bent:
        signed = entry.sign_entry(ANA, one, whole(SECOND))
        assert taken(signed.encoded, signed.signature, whole(signed)) == signed
        assert entry.open_parts(signed, EPOCH.key) == [BadPart("commitment")] * 2
        assert not entry.follows(THIRD.header, Head(one.height, signed.hash))


def test_k4_a_flipped_bit_of_a_part_spoils_that_part_alone() -> None:
    """Signed by its author over the bent bytes, so that only the cipher can notice."""
    first, second = whole(SECOND)
    for part in flips(first):
        references = (entry.refer(part, DOCUMENT), SECOND.header.parts[1])
        signed = entry.sign_entry(ANA, replace(SECOND.header, parts=references), [part, second])
        assert taken(signed.encoded, signed.signature, [part, second]) == signed
        assert entry.open_parts(signed, EPOCH.key) == [
            BadPart("part"),
            Part(DOCUMENT, (b"beside it",)),
        ]
    for neighbour, words in ((FIRST, b"first"), (THIRD, b"third")):
        assert entry.open_parts(neighbour, EPOCH.key) == [Part(DOCUMENT, (words,))]


def test_k4_parts_cannot_change_places() -> None:
    first, second = whole(SECOND)
    references = SECOND.header.parts[::-1]
    signed = entry.sign_entry(ANA, replace(SECOND.header, parts=references), [second, first])
    assert entry.open_parts(signed, EPOCH.key) == [BadPart("part")] * 2


# -- our own side --------------------------------------------------------------------------------


def noise(size: int) -> bytes:
    """Bytes that nothing packs."""
    pieces = [crypto.blake2b(at.to_bytes(4, "big"), size=64) for at in range(size // 64 + 1)]
    return b"".join(pieces)[:size]


def test_the_largest_change_our_own_engine_writes_fits_an_entry() -> None:
    """Its values take 512 KiB, its 20,000 operations ten bytes each at most."""
    change = noise(512 * limits.KIB + 200_000)
    written = entry.seal_changes(
        ANA, CONTENT, EMPTY_LOG, (), EPOCH, [Part(DOCUMENT, (change,))], SALT
    )
    assert entry.open_parts(written, EPOCH.key) == [Part(DOCUMENT, (change,))]


def test_what_no_entry_holds_is_our_own_mistake() -> None:
    large = Part(DOCUMENT, (noise(limits.MAX_ENTRY_BYTES),))
    many = [Part(DOCUMENT, (b"",))] * (limits.MAX_PARTS + 1)
    heads = [EntryHash(bytes([number]) * 32) for number in range(limits.MAX_MEMBERSHIP_HEADS + 1)]
    small = [Part(DOCUMENT, (b"",))]
    for parts, named, reason in (
        ([large], [], "too few or too many parts"),
        (many, [], "too few or too many parts"),
        ([], [], "too few or too many parts"),
        (small, heads, "membership heads not sorted or too many"),
        (small, heads[:1] * 2, "membership heads not sorted or too many"),
    ):
        with pytest.raises(LocalProtocolError, match=reason):
            entry.seal_changes(ANA, CONTENT, EMPTY_LOG, named, EPOCH, parts, SALT)
    full, body = Head(limits.MAX_CONTROL_HEIGHT, FIRST.hash), bytes(limits.MAX_CONTROL_BODY + 1)
    with pytest.raises(LocalProtocolError, match="a control entry has one body"):
        entry.control_entry(ANA, Kind.EPOCH, CONTROL, EMPTY_LOG, (), body)
    with pytest.raises(LocalProtocolError, match="control log too long"):
        entry.control_entry(ANA, Kind.EPOCH, CONTROL, full, (), b"body")
