"""Messages after the handshake: padded, cut, sealed, renewed, and dead at the first fault."""

from __future__ import annotations

import contextlib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol import crypto
from aluna_protocol import transport as transport_module
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import Instant
from aluna_protocol.limits import MAX_MESSAGE, MAX_NOISE_MESSAGE, REKEY_SECONDS, SESSION_SECONDS
from aluna_protocol.noise import MAX_NONCE, CipherState
from aluna_protocol.transport import (
    CHUNK_BYTES,
    HEADER_BYTES,
    MIN_RECORD,
    MessageReader,
    Transport,
    frame_bytes,
    padded_size,
)
from harness.handshaking import NOW

ONE, OTHER = bytes(32), bytes([1]) * 32


def pair() -> tuple[Transport, Transport]:
    return (
        Transport(CipherState(ONE), CipherState(OTHER), NOW),
        Transport(CipherState(OTHER), CipherState(ONE), NOW),
    )


def test_padding_is_padme_with_a_floor_of_256() -> None:
    assert [padded_size(size) for size in (1, 256, 257, 272, 273, 1000, 65_536, 65_541)] == [
        256,
        256,
        272,
        272,
        288,
        1024,
        65_536,
        67_584,
    ]


@given(st.integers(min_value=1, max_value=MAX_MESSAGE))
def test_padding_never_costs_more_than_an_eighth_and_is_stable(size: int) -> None:
    padded = padded_size(size)
    assert padded >= max(size, 256)
    assert padded == padded_size(padded)
    if size > 256:
        assert padded - size < size / 8


@given(
    st.sampled_from([1, 250, 251, 252, 65_514, 65_515, 131_000, 1_048_576, MAX_MESSAGE]),
    st.integers(min_value=1, max_value=70_000),
)
def test_a_message_of_any_size_arrives_however_it_is_cut(size: int, cut: int) -> None:
    here, there = pair()
    message = bytes([size % 251]) * size
    data = here.encrypt(message, NOW) + here.encrypt(b"next", NOW)
    cut = max(cut, len(data) // 50)
    came = [one for at in range(0, len(data), cut) for one in there.decrypt(data[at : at + cut])]
    assert came == [message, b"next"]


def test_p2_what_shows_on_the_wire_is_only_the_padded_size() -> None:
    here, _ = pair()
    for size in (1, 100, 251):
        (record,) = here.encrypt_message(bytes(size), NOW)
        assert len(record) == 2 + MIN_RECORD
    records = here.encrypt_message(bytes(65_536), NOW)
    plain = padded_size(HEADER_BYTES + 65_536)
    assert [len(record) for record in records] == [
        2 + MAX_NOISE_MESSAGE,
        2 + plain - CHUNK_BYTES + 16,
    ]


@pytest.mark.parametrize("size", [0, MAX_MESSAGE + 1])
def test_we_never_send_an_empty_or_oversized_message(size: int) -> None:
    with pytest.raises(LocalProtocolError):
        pair()[0].encrypt(bytes(size), NOW)


def test_t4_replay_reorder_drop_and_duplication_kill_the_session() -> None:
    here, _ = pair()
    first, second, third = (here.encrypt(bytes([n]), NOW) for n in (1, 2, 3))
    for stream in ([first, first], [second], [first, third], [second, first]):
        _, there = pair()
        with pytest.raises(RemoteProtocolError):
            there.decrypt(b"".join(stream))
        with pytest.raises(RemoteProtocolError, match="dead"):
            there.decrypt(first)
        with pytest.raises(LocalProtocolError, match="dead"):
            there.encrypt(b"x", NOW)


def test_t12_a_transport_that_failed_to_read_writes_nothing_more() -> None:
    here, there = pair()
    data = bytearray(here.encrypt(b"hello", NOW))
    data[50] ^= 1
    with pytest.raises(RemoteProtocolError):
        there.decrypt(bytes(data))
    with pytest.raises(LocalProtocolError):
        there.encrypt(b"hello", NOW)


@pytest.mark.parametrize("size", [0, 1, 16, MIN_RECORD - 1])
def test_t8_a_record_shorter_than_any_frame_is_refused_at_its_length(size: int) -> None:
    _, there = pair()
    with pytest.raises(RemoteProtocolError):
        there.decrypt(size.to_bytes(2, "big"))


def lying(header: bytes, size: int) -> bytes:
    """Return a sealed record whose plaintext starts with *header*."""
    sealed = CipherState(ONE).encrypt_with_ad(b"", header.ljust(size, b"\0"))
    return len(sealed).to_bytes(2, "big") + sealed


@pytest.mark.parametrize(
    ("header", "size"),
    [
        (b"\0" + (0).to_bytes(4, "big"), 256),
        (b"\0" + (MAX_MESSAGE + 1).to_bytes(4, "big"), CHUNK_BYTES),
        (b"\0" + (2**32 - 1).to_bytes(4, "big"), CHUNK_BYTES),
        (b"\0" + (2**24 + 1).to_bytes(4, "big"), 256),
        (b"\2" + (1).to_bytes(4, "big"), 256),
        (b"\0" + (1).to_bytes(4, "big"), 272),
        (b"\0" + (300).to_bytes(4, "big"), 256),
        (b"\0" + (70_000).to_bytes(4, "big"), 256),
        (b"\0" + (1).to_bytes(4, "big") + b"ab", 256),
    ],
    ids=[
        "empty",
        "too-long",
        "4-GiB",
        "16-MiB",
        "flags",
        "overpadded",
        "cut",
        "underfull",
        "padding",
    ],
)
def test_t8_a_lie_about_lengths_is_refused(header: bytes, size: int) -> None:
    _, there = pair()
    with pytest.raises(RemoteProtocolError):
        there.decrypt(lying(header, size))


def test_t8_a_continuation_of_another_size_is_refused_at_its_length() -> None:
    here, there = pair()
    first, second = here.encrypt_message(bytes(70_000), NOW)
    assert there.decrypt(first) == []
    wrong = (len(second) - 2 - 1).to_bytes(2, "big")
    with pytest.raises(RemoteProtocolError):
        there.decrypt(wrong)


def test_t8_a_claimed_length_reserves_no_memory() -> None:
    _, there = pair()
    header = b"\0" + MAX_MESSAGE.to_bytes(4, "big")
    record = lying(header, CHUNK_BYTES)
    tracemalloc.start()
    try:
        assert there.decrypt(record) == []
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_what_is_read_is_not_in_what_is_printed() -> None:
    reader, words = MessageReader(MAX_MESSAGE), b"what nobody else may read" * 4000
    whole = frame_bytes(words, rekey=False)
    assert reader.read(whole[:CHUNK_BYTES]) is None
    assert words[:25].decode() not in repr(vars(reader))
    frame = reader.read(whole[CHUNK_BYTES:])
    assert frame is not None
    assert frame.message == words
    assert words[:25].decode() not in repr(frame)


@pytest.mark.parametrize("bound", [1, 1024, 70_000])
def test_t8_a_message_as_long_as_the_bound_is_read_and_one_byte_more_is_not(bound: int) -> None:
    def reader() -> Transport:
        return Transport(CipherState(OTHER), CipherState(ONE), NOW, max_message=bound)

    assert reader().decrypt(pair()[0].encrypt(bytes(bound), NOW)) == [bytes(bound)]
    with pytest.raises(RemoteProtocolError, match="message empty or too long"):
        reader().decrypt(pair()[0].encrypt(bytes(bound + 1), NOW))


def test_keys_are_renewed_by_count_in_the_middle_of_a_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport_module, "REKEY_MESSAGES", 3)
    here, there = pair()
    keys = {here._send._cipher.k}
    for number in range(4):
        message = bytes([number]) * 100_000
        assert there.decrypt(here.encrypt(message, NOW)) == [message]
        keys.add(here._send._cipher.k)
    assert here._send._cipher.n == 8
    assert here._send.used == 8 % 3
    assert len(keys) == 3


def test_keys_are_renewed_by_time_when_the_sender_says_so() -> None:
    here, there = pair()
    before = here._send._cipher.k
    assert there.decrypt(here.encrypt(b"early", Instant(NOW + REKEY_SECONDS - 1))) == [b"early"]
    assert here._send._cipher.k == before
    assert there.decrypt(here.encrypt(b"late", Instant(NOW + REKEY_SECONDS))) == [b"late"]
    assert here._send._cipher.k != before
    assert here._send._cipher.k == there._receive._cipher.k
    assert there.decrypt(here.encrypt(b"after", Instant(NOW + REKEY_SECONDS + 1))) == [b"after"]
    assert here.decrypt(there.encrypt(b"other way", NOW)) == [b"other way"]


SENDS = st.tuples(st.booleans(), st.sampled_from([1, 70_000]), st.floats(0, 700))


@given(st.lists(SENDS, max_size=12), st.integers(1, 5))
def test_t12_no_key_and_nonce_ever_seal_twice(
    sends: list[tuple[bool, int, float]], renew_after: int
) -> None:
    used: set[tuple[bytes, bytes]] = set()
    sealed = crypto.noise_encrypt

    def watched(key: bytes, nonce: bytes, plaintext: bytes, ad: bytes) -> bytes:
        assert (key, nonce) not in used
        used.add((key, nonce))
        return sealed(key, nonce, plaintext, ad)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transport_module, "REKEY_MESSAGES", renew_after)
        # One party seals; the other only opens, and renews its copy of a key with an equal call.
        here, there = pair()
        back, forth = pair()
        now = float(NOW)
        for forward, size, pause in sends:
            now += pause
            writer, reader = (here, there) if forward else (forth, back)
            patch.setattr(crypto, "noise_encrypt", watched)
            said = writer.encrypt(bytes(size), Instant(now))
            patch.setattr(crypto, "noise_encrypt", sealed)
            assert reader.decrypt(said) == [bytes(size)]
    assert len(used) >= len(sends)


def test_t12_a_transport_ends_before_its_last_nonce() -> None:
    here, there = pair()
    here._send._cipher.n = there._receive._cipher.n = MAX_NONCE - 1
    last = here.encrypt(b"last", NOW)
    assert there.decrypt(last) == [b"last"]
    with pytest.raises(LocalProtocolError, match="no nonces left"):
        here.encrypt(b"one too many", NOW)
    with pytest.raises(RemoteProtocolError, match="no nonces left"):
        there.decrypt(last)
    with pytest.raises(RemoteProtocolError, match="dead"):
        there.decrypt(last)


def test_t12_what_did_not_open_is_never_tried_again() -> None:
    here, there = pair()
    good = here.encrypt(b"hello", NOW)
    with pytest.raises(RemoteProtocolError, match="does not open"):
        there.decrypt(good[:-1] + bytes([good[-1] ^ 1]))
    for _ in range(2):
        with pytest.raises(RemoteProtocolError, match="dead"):
            there.decrypt(good)
    assert pair()[1].decrypt(good) == [b"hello"]


def test_a_session_ends_after_twelve_hours() -> None:
    here, _ = pair()
    assert not here.expired(Instant(NOW + SESSION_SECONDS - 1))
    assert here.expired(Instant(NOW + SESSION_SECONDS))


@given(st.binary(max_size=2000))
def test_random_bytes_raise_nothing_but_a_remote_error(data: bytes) -> None:
    _, there = pair()
    with contextlib.suppress(RemoteProtocolError):
        assert there.decrypt(data) == []


@given(st.binary(min_size=256, max_size=600))
def test_random_plaintext_of_a_hostile_peer_raises_nothing_but_a_remote_error(data: bytes) -> None:
    reader = MessageReader(MAX_MESSAGE)
    try:
        frame = reader.read(data)
    except RemoteProtocolError:
        return
    if frame is not None:
        assert data == frame_bytes(frame.message, rekey=frame.rekey)
