"""Words, secrets, cards and messages of a door, each by itself (SPEC §9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol import crypto, wire
from aluna_protocol.door import (
    WORD_COUNT,
    Card,
    Kind,
    commitment,
    door_handshake,
    door_secret,
    draw_words,
    pack_card,
    parse_answer,
    parse_card,
    parse_inviter,
    safety_words,
    sign_card,
)
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import DeviceId, PersonId
from aluna_protocol.noise import HandshakeState
from aluna_protocol.operations import Admit, check_seat
from harness.handshaking import device, secret

KEEPER, NEWCOMER, OTHER = device("keeper"), device("newcomer"), device("other newcomer")
NONCE = bytes(range(16))
RIGHT = secret("the words")
PERSON = PersonId(bytes(16))


def card_of(keys: crypto.DeviceKeys, name: str = "Inês") -> Card:
    return Card(keys.device, keys.static, PERSON, name, "laptop")


def proved(static: bytes, handshake_hash: bytes) -> HandshakeState:
    """Return a Noise state that looks finished with *static* and *handshake_hash*."""
    state = door_handshake(KEEPER, RIGHT, bytes(48), secret("e"), initiator=False)
    state._rs = static
    state._symmetric.h = handshake_hash
    return state


def test_i5_a_card_counts_only_with_its_own_keys_and_for_its_own_knock() -> None:
    hash_, card = bytes(64), card_of(NEWCOMER)
    good = pack_card(card, sign_card(NEWCOMER, card, hash_))
    signature = sign_card(NEWCOMER, card, hash_)
    assert parse_card(good, proved(NEWCOMER.static, hash_)) == (card, signature)
    stolen = replace(card, device=OTHER.device)
    strangers = replace(card, static=OTHER.static)
    weak = replace(card, device=DeviceId(bytes(32)))
    for message, static, heard in (
        (good, NEWCOMER.static, bytes([1]) * 64),
        (good, OTHER.static, hash_),
        (pack_card(stolen, sign_card(NEWCOMER, stolen, hash_)), NEWCOMER.static, hash_),
        (pack_card(strangers, sign_card(NEWCOMER, strangers, hash_)), NEWCOMER.static, hash_),
        (pack_card(weak, bytes(64)), NEWCOMER.static, hash_),
        (pack_card(card, crypto.sign(NEWCOMER, card.to_bytes())), NEWCOMER.static, hash_),
        (pack_card(card, b"short"), NEWCOMER.static, hash_),
    ):
        with pytest.raises(RemoteProtocolError):
            parse_card(message, proved(static, heard))


def test_i5_what_a_device_signed_at_the_door_proves_the_seat_it_asks_for_and_no_other() -> None:
    hash_, card = bytes(range(64)), card_of(NEWCOMER)
    proof = hash_ + sign_card(NEWCOMER, card, hash_)
    seat = card.seat(proof)
    assert (seat.device, seat.static, seat.device_name) == (card.device, card.static, "laptop")
    assert (seat.person, seat.person_name) == (PERSON, "Inês")
    check_seat(Admit(seat, b""))
    renamed = replace(card, person_name="Olga")
    for other in (renamed.seat(proof), card.seat(bytes(64) + proof[64:])):
        with pytest.raises(RemoteProtocolError):
            check_seat(Admit(other, b""))


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 257, "a\x1b[2J", "rui\u202e", "rui\u200b", "\u3000"]
)
def test_i4_names_that_could_fool_a_screen_are_refused(name: str) -> None:
    card = card_of(NEWCOMER, name)
    message = pack_card(card, sign_card(NEWCOMER, card, bytes(64)))
    with pytest.raises(RemoteProtocolError):
        parse_card(message, proved(NEWCOMER.static, bytes(64)))
    with pytest.raises(RemoteProtocolError):
        parse_inviter(wire.pack([int(Kind.INVITER), name, bytes(32)]))


def test_the_longest_names_fit_a_card() -> None:
    card = Card(NEWCOMER.device, NEWCOMER.static, PERSON, "é" * 128, "ñ" * 128)
    message = pack_card(card, sign_card(NEWCOMER, card, bytes(64)))
    assert parse_card(message, proved(NEWCOMER.static, bytes(64)))[0] == card


@pytest.mark.parametrize(
    "answer", [[], [0], [2], [2, "text"], [2, b"x", 1], [3, 1], [True], [9], "no", 7]
)
def test_an_answer_of_another_shape_is_refused(answer: Sequence[Any]) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_answer(wire.pack(answer))


@pytest.mark.parametrize("said", [[], [True], ["0"], [None], [[0]]])
def test_t8_a_message_of_the_door_starts_with_its_kind(said: Sequence[Any]) -> None:
    for parse in (parse_answer, parse_inviter):
        with pytest.raises(RemoteProtocolError, match="starts with its kind"):
            parse(wire.pack(said))


def test_i2_five_words_come_evenly_from_ten_random_bytes() -> None:
    assert draw_words(bytes.fromhex("0000 07ff 0800 ffff 1234")) == (0, 2047, 0, 2047, 0x234)
    counts = [0] * WORD_COUNT
    for number in range(2**16):
        counts[draw_words(number.to_bytes(2, "big") * 5)[0]] += 1
    assert set(counts) == {2**16 // WORD_COUNT}
    with pytest.raises(LocalProtocolError):
        draw_words(bytes(9))


@pytest.mark.parametrize("words", [(1, 2, 3, 4), (1, 2, 3, 4, 2048), (1, 2, 3, 4, -1)])
def test_a_secret_takes_five_words_of_the_list(words: tuple[int, ...]) -> None:
    with pytest.raises(LocalProtocolError):
        door_secret(words, NONCE)


def test_i4_safety_words_change_with_the_handshake_the_signature_and_what_was_revealed() -> None:
    parts = (bytes(64), bytes(64), bytes(32))
    words = {safety_words(*parts)}
    for place in range(3):
        for number in range(1, 100):
            other = bytes([number]) * len(parts[place])
            changed = [*parts[:place], other, *parts[place + 1 :]]
            words.add(safety_words(changed[0], changed[1], changed[2]))
    assert len(words) == 1 + 3 * 99
    assert all(0 <= index < WORD_COUNT for four in words for index in four)


def test_i4_a_commitment_fits_one_reveal_of_thirty_two_bytes() -> None:
    assert len({commitment(bytes([number]) * 32) for number in range(200)}) == 200
    assert all(len(commitment(bytes([number]) * 32)) == 32 for number in range(3))
    assert commitment(bytes(32)) != crypto.blake2b(bytes(32)), "it names its use"
    for length in (31, 33):
        with pytest.raises(LocalProtocolError, match="32 bytes"):
            commitment(bytes(length))


@pytest.mark.parametrize("said", [[0, "Olga"], [0, "Olga", bytes(31)], [0, "Olga", bytes(33)]])
def test_i4_an_inviter_that_reveals_too_little_or_too_much_is_refused(said: Sequence[Any]) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_inviter(wire.pack(said))
    assert parse_inviter(wire.pack([0, "Olga", bytes(32)])) == ("Olga", bytes(32))


@given(st.binary(max_size=300))
def test_t8_random_messages_in_the_channel_raise_nothing_but_a_remote_error(
    data: bytes,
) -> None:
    for parse in (
        parse_answer,
        parse_inviter,
        lambda message: parse_card(message, proved(NEWCOMER.static, bytes(64))),
    ):
        try:
            parse(data)
        except RemoteProtocolError:
            continue


@pytest.mark.parametrize("key", [bytes(32), b"\1" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"])
def test_k2_a_device_key_of_small_order_is_refused_whatever_its_signature(
    key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto, "verify", lambda device, message, signature: None)
    card = replace(card_of(NEWCOMER), device=DeviceId(key))
    with pytest.raises(RemoteProtocolError, match="cannot sign"):
        parse_card(pack_card(card, bytes(64)), proved(NEWCOMER.static, bytes(64)))
