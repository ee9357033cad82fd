"""Messages after the handshake: padded, cut, sealed, renewed, and dead at the first fault."""

from __future__ import annotations

import contextlib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol import transport as transport_module
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import Instant
from aluna_protocol.limits import MAX_MESSAGE, MAX_NOISE_MESSAGE, REKEY_SECONDS, SESSION_SECONDS
from aluna_protocol.noise import CipherState
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


def test_what_shows_on_the_wire_is_only_the_padded_size() -> None:
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


def test_replay_reorder_drop_and_duplication_kill_the_session() -> None:
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


def test_a_transport_that_failed_to_read_writes_nothing_more() -> None:
    here, there = pair()
    data = bytearray(here.encrypt(b"hello", NOW))
    data[50] ^= 1
    with pytest.raises(RemoteProtocolError):
        there.decrypt(bytes(data))
    with pytest.raises(LocalProtocolError):
        there.encrypt(b"hello", NOW)


@pytest.mark.parametrize("size", [0, 1, 16, MIN_RECORD - 1])
def test_a_record_shorter_than_any_frame_is_refused_at_its_length(size: int) -> None:
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
        (b"\2" + (1).to_bytes(4, "big"), 256),
        (b"\0" + (1).to_bytes(4, "big"), 272),
        (b"\0" + (300).to_bytes(4, "big"), 256),
        (b"\0" + (70_000).to_bytes(4, "big"), 256),
        (b"\0" + (1).to_bytes(4, "big") + b"ab", 256),
    ],
    ids=["empty", "too-long", "4-GiB", "flags", "overpadded", "cut", "underfull", "padding"],
)
def test_a_lie_about_lengths_is_refused(header: bytes, size: int) -> None:
    _, there = pair()
    with pytest.raises(RemoteProtocolError):
        there.decrypt(lying(header, size))


def test_a_continuation_of_another_size_is_refused_at_its_length() -> None:
    here, there = pair()
    first, second = here.encrypt_message(bytes(70_000), NOW)
    assert there.decrypt(first) == []
    wrong = (len(second) - 2 - 1).to_bytes(2, "big")
    with pytest.raises(RemoteProtocolError):
        there.decrypt(wrong)


def test_a_claimed_length_reserves_no_memory() -> None:
    _, there = pair()
    header = b"\0" + MAX_MESSAGE.to_bytes(4, "big")
    record = lying(header, CHUNK_BYTES)
    tracemalloc.start()
    try:
        assert there.decrypt(record) == []
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_the_bound_of_a_transport_may_be_lower_and_be_raised() -> None:
    here, there = pair()
    there.max_message = 1024
    assert there.decrypt(here.encrypt(bytes(1024), NOW)) == [bytes(1024)]
    there.max_message = 2048
    assert there.decrypt(here.encrypt(bytes(2048), NOW)) == [bytes(2048)]
    with pytest.raises(RemoteProtocolError):
        there.decrypt(here.encrypt(bytes(2049), NOW))


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


@given(st.lists(st.tuples(st.sampled_from([1, 70_000]), st.floats(0, 700)), max_size=12))
def test_no_key_and_nonce_ever_seal_twice(sends: list[tuple[int, float]]) -> None:
    used: set[tuple[bytes | None, int]] = set()

    class Watched(CipherState):
        def encrypt_with_ad(self, ad: bytes, plaintext: bytes) -> bytes:
            assert (self.k, self.n) not in used
            used.add((self.k, self.n))
            return super().encrypt_with_ad(ad, plaintext)

    here, there = Transport(Watched(ONE), CipherState(OTHER), NOW), pair()[1]
    now = float(NOW)
    for size, pause in sends:
        now += pause
        assert there.decrypt(here.encrypt(bytes(size), Instant(now))) == [bytes(size)]


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
