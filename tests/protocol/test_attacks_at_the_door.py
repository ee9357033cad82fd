"""Somebody at a door who is not who it says, cuts in, or comes again (SPEC §9)."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from aluna_protocol import crypto, limits
from aluna_protocol.door import (
    DOOR_NONCE_BYTES,
    REVEAL_BYTES,
    WORD_COUNT,
    Card,
    door_handshake,
    door_secret,
    pack_card,
    pack_inviter,
    pack_refused,
    pack_welcome,
    sign_card,
)
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import AwaitingNoise2, Ended, Silent
from aluna_protocol.ids import DeviceId, Instant
from aluna_protocol.knocking import (
    AwaitingAnswer,
    AwaitingInviter,
    DoorFound,
    DoorKnocker,
    NotWelcomed,
    Welcomed,
)
from aluna_protocol.pairing import AwaitingCard, Door, DoorKeeper, Knocked, WrongWordsTried
from aluna_protocol.transport import Transport
from harness.handshaking import CHALLENGE, NOW, only, secret, sent
from harness.knocking import (
    KEEPER,
    NEWCOMER,
    NONCE,
    OTHER,
    RIGHT,
    WRONG,
    Knocker,
    at_the_door,
    card_of,
    knock,
    open_door,
)


def at_the_card() -> tuple[Knocker, DoorKeeper, Transport]:
    """Return both sides once the channel is up, and the knocker's transport: any card may come."""
    door = open_door()
    knocker, keeper = Knocker(NEWCOMER, RIGHT), at_the_door(door)
    second = keeper.receive(sent(knocker.receive(sent(keeper.start()), NOW)), NOW)
    assert isinstance(knocker._phase, AwaitingNoise2)
    noise = knocker._phase.noise
    noise.read_message(sent(second))
    keeper.receive(noise.write_message(b"\1"), NOW)
    return knocker, keeper, Transport.after(noise, NOW)


def before_the_name() -> tuple[Knocker, Transport]:
    """Return a knocker that has said its card, and the transport of who may answer anything."""
    knocker, _, _, _ = knock(open_door(), tamper=lambda turn, data: data if turn < 4 else b"")
    assert isinstance(knocker._phase, AwaitingInviter)
    ours = copy.deepcopy(knocker._phase.transport)
    return knocker, Transport(ours._receive._cipher, ours._send._cipher, NOW)


def hash_of(keeper: DoorKeeper) -> bytes:
    assert isinstance(keeper._phase, AwaitingCard)
    return keeper._phase.noise.handshake_hash


# -- I1, I2, I3: guessing, and too late -----------------------------------------------------------


def test_i1_the_twentieth_wrong_knock_closes_the_door_and_the_nineteenth_does_not() -> None:
    door = open_door()
    for number in range(19):
        knock(door, WRONG, number=number)
    assert door.is_open(NOW)
    _, _, _, theirs = knock(door, WRONG, number=19)
    assert only(theirs, WrongWordsTried).failures == limits.DOOR_FAILURES == 20
    assert not door.is_open(NOW)


def test_i1_wrong_words_teach_nothing_about_right_ones() -> None:
    """Whatever words are tried, the same is heard: the greeting."""
    door = open_door()
    heard = {sent(knock(door, secret(f"words {n}"))[3]) for n in range(10)}
    assert heard == {sent(at_the_door(door).start())}


def test_i1_a_second_newcomer_comes_in_while_somebody_guesses() -> None:
    door = open_door()
    for number in range(10):
        knock(door, WRONG, number=number)
    _, keeper, ours, theirs = knock(door, keys=OTHER, number=10)
    only(ours, DoorFound)
    assert only(theirs, Knocked).card.device == OTHER.device
    assert keeper.may_welcome(NOW)


def test_i2_a_guess_costs_sixty_four_mebibytes_and_there_are_two_to_the_fifty_five(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, Any]] = []

    def derive(password: bytes, salt: bytes, **cost: int) -> bytes:
        asked.append({"password": password, "salt": salt, **cost})
        return bytes(32)

    monkeypatch.setattr(crypto, "argon2id", derive)
    door_secret((0, 1, 2, 2046, 2047), NONCE)
    door_secret((0, 1, 2, 2046, 2047), bytes(16))
    assert asked[0]["passes"] == 3
    assert asked[0]["memory"] == 64 * 1024 * 1024
    assert asked[0]["password"].hex() == "00000001000207fe07ff"
    assert asked[0]["salt"] != asked[1]["salt"], "guesses serve for one door only"
    assert WORD_COUNT**limits.DOOR_WORDS == 2**55
    with pytest.raises(LocalProtocolError, match="16 bytes"):
        door_secret((0, 1, 2, 3, 4), bytes(15))


def test_i3_a_door_is_open_for_ten_minutes_and_not_a_moment_longer() -> None:
    door = open_door()
    before = Instant(NOW + limits.DOOR_SECONDS - 0.001)
    only(knock(door, now=before)[3], Knocked)
    at = Instant(NOW + limits.DOOR_SECONDS)
    _, keeper, _, theirs = knock(door, number=1, now=at)
    assert isinstance(keeper._phase, Silent)
    assert not [one for one in theirs if isinstance(one, WrongWordsTried)]


def test_i3_after_a_restart_the_same_words_open_nothing() -> None:
    """A new door has another nonce: what the words were worth went with the old one."""
    door = open_door()
    first = sent(Knocker(NEWCOMER, RIGHT).receive(sent(at_the_door(door).start()), NOW))
    door.nonce = bytes(16)
    keeper = at_the_door(door)
    assert keeper.receive(first, NOW) == [WrongWordsTried(1)]


# -- I4: somebody else's door ---------------------------------------------------------------------


@pytest.mark.parametrize("answer", [bytes(97), bytes(range(97)), b"\xff" * 97])
def test_i4_whatever_a_fake_door_answers_the_newcomer_hangs_up(answer: bytes) -> None:
    knocker = Knocker(NEWCOMER, RIGHT)
    knocker.receive(NONCE + CHALLENGE, NOW)
    with pytest.raises(RemoteProtocolError):
        knocker.receive(answer, NOW)
    assert isinstance(knocker._phase, Ended)
    assert knocker.receive(answer, NOW) == [], "whatever still comes is dropped"


def test_i4_a_fake_door_between_the_two_cannot_pass_the_knock_on() -> None:
    """It relays every byte but says its own nonce or challenge, as it must to be the door."""
    for greeting in (bytes(16) + CHALLENGE, NONCE + bytes(32)):
        real = at_the_door(open_door())
        first = sent(Knocker(NEWCOMER, RIGHT).receive(greeting, NOW))
        assert real.receive(first, NOW) == [WrongWordsTried(1)]


def test_i4_a_keeper_that_names_no_one_is_hung_up_on() -> None:
    right = pack_inviter("Olga", secret("reveal 0"))
    for said in (b"\xc0", pack_welcome(b""), right + b"\0", b"\x93\x00\xc4" + right[3:]):
        knocker, transport = before_the_name()
        with pytest.raises(RemoteProtocolError):
            knocker.receive(transport.encrypt(said, NOW), NOW)
        assert isinstance(knocker._phase, Ended)
    knocker, transport = before_the_name()
    only(knocker.receive(transport.encrypt(right, NOW), NOW), DoorFound)


# -- I5: cards ------------------------------------------------------------------------------------


def cards(hash_: bytes) -> dict[str, bytes]:
    """Return cards a hostile newcomer may show in a knock whose hash is *hash_*."""
    own = card_of(NEWCOMER)
    others_key = replace(own, device=OTHER.device)
    others_static = replace(own, static=OTHER.static)
    weak = replace(own, device=DeviceId(b"\1" + bytes(31)))
    keepers = Card(KEEPER.device, NEWCOMER.static, own.person, "Olga", "laptop")
    return {
        "of an earlier knock": pack_card(own, sign_card(NEWCOMER, own, bytes(64))),
        "with another's key": pack_card(others_key, sign_card(NEWCOMER, others_key, hash_)),
        "of another": pack_card(card_of(OTHER), sign_card(OTHER, card_of(OTHER), hash_)),
        "with another's static": pack_card(
            others_static, sign_card(NEWCOMER, others_static, hash_)
        ),
        "with a weak key": pack_card(weak, bytes(64)),
        "of the keeper": pack_card(keepers, sign_card(KEEPER, keepers, hash_)),
        "without a signature": pack_card(own, bytes(64)),
        "not a card": pack_welcome(b""),
    }


def test_its_own_card_is_taken() -> None:
    _, keeper, transport = at_the_card()
    card = card_of(NEWCOMER)
    message = pack_card(card, sign_card(NEWCOMER, card, hash_of(keeper)))
    assert only(keeper.receive(transport.encrypt(message, NOW), NOW), Knocked).card == card


@pytest.mark.parametrize("which", cards(bytes(64)))
def test_i5_a_card_that_is_not_ones_own_for_this_knock_is_hung_up_on(which: str) -> None:
    _, keeper, transport = at_the_card()
    message = cards(hash_of(keeper))[which]
    with pytest.raises(RemoteProtocolError):
        keeper.receive(transport.encrypt(message, NOW), NOW)
    assert isinstance(keeper._phase, Ended)
    assert not keeper.may_welcome(NOW)


def test_t5_a_keeper_that_is_proved_its_own_static_hangs_up() -> None:
    """Whoever copied a keeper's keys knocks at its door."""
    keeper = at_the_door(open_door())
    greeting = sent(keeper.start())
    copy = door_handshake(KEEPER, RIGHT, greeting, secret("e copy"), initiator=True)
    copy.read_message(sent(keeper.receive(copy.write_message(b"\1"), NOW)))
    with pytest.raises(RemoteProtocolError, match="own static"):
        keeper.receive(copy.write_message(b"\1"), NOW)


def test_i5_a_card_said_twice_is_hung_up_on() -> None:
    _, keeper, transport = at_the_card()
    card = card_of(NEWCOMER)
    message = pack_card(card, sign_card(NEWCOMER, card, hash_of(keeper)))
    twice = transport.encrypt(message, NOW) + transport.encrypt(message, NOW)
    with pytest.raises(RemoteProtocolError, match="says one thing"):
        keeper.receive(twice, NOW)


# -- T6, T7, T8 behind the door -------------------------------------------------------------------


def test_t6_a_knock_whose_version_changes_on_the_way_is_hung_up_on() -> None:
    knocker, keeper = Knocker(NEWCOMER, RIGHT), at_the_door(open_door())
    second = keeper.receive(sent(knocker.receive(sent(keeper.start()), NOW)), NOW)
    assert isinstance(knocker._phase, AwaitingNoise2)
    noise = knocker._phase.noise
    noise.read_message(sent(second))
    with pytest.raises(RemoteProtocolError, match="version changed"):
        keeper.receive(noise.write_message(b"\2"), NOW)


def test_t7_what_a_keeper_says_cut_at_any_byte_is_waited_for() -> None:
    knocker, keeper, ours, theirs = knock(
        open_door(), tamper=lambda turn, data: data if turn < 4 else b""
    )
    inviter = sent(theirs)[-274:]
    assert not [one for one in ours if isinstance(one, DoorFound)]
    assert drip(knocker, inviter[:-1]) == []
    only(knocker.receive(inviter[-1:], NOW), DoorFound)
    welcome = sent(keeper.welcome(b"log and keys", NOW))
    assert drip(knocker, welcome[:-1]) == []
    assert knocker.receive(welcome[-1:], NOW) == [Welcomed(b"log and keys")]


def test_a_quick_yes_may_come_together_with_the_name() -> None:
    knocker, keeper, _, theirs = knock(
        open_door(), tamper=lambda turn, data: data if turn < 4 else b""
    )
    both = sent(theirs)[-274:] + sent(keeper.welcome(b"log and keys", NOW))
    found, welcomed = knocker.receive(both, Instant(NOW + 1))
    assert isinstance(found, DoorFound)
    assert welcomed == Welcomed(b"log and keys")
    assert knocker.deadline == NOW + 1 + limits.DOOR_SECONDS


def drip(knocker: Knocker, data: bytes) -> list[Any]:
    return [one for at in range(len(data)) for one in knocker.receive(data[at : at + 1], NOW)]


def test_t7_a_line_that_breaks_before_the_answer_is_no_answer() -> None:
    knocker, _, ours, _ = knock(open_door())
    only(ours, DoorFound)
    assert isinstance(knocker._phase, AwaitingAnswer)
    assert knocker.closed() == [NotWelcomed.INTERRUPTED]
    assert knocker.closed() == []


def test_the_messages_of_a_door_start_with_their_kinds() -> None:
    own = card_of(NEWCOMER)
    inviter = pack_inviter("Olga", bytes(32))
    said = (inviter, pack_card(own, bytes(64)), pack_welcome(b""), pack_refused())
    assert [message[:2] for message in said] == [b"\x93\0", b"\x93\1", b"\x92\2", b"\x91\3"]


def test_t8_a_card_longer_than_any_is_refused_before_it_is_held() -> None:
    _, keeper, transport = at_the_card()
    records = transport.encrypt_message(bytes(limits.MAX_MESSAGE), NOW)
    with pytest.raises(RemoteProtocolError, match="message empty or too long"):
        keeper.receive(records[0], NOW)
    for length, refused in ((1024, "not a well-formed message"), (1025, "empty or too long")):
        _, keeper, transport = at_the_card()
        with pytest.raises(RemoteProtocolError, match=refused):
            keeper.receive(transport.encrypt(bytes(length), NOW), NOW)


def test_an_answer_that_comes_with_more_behind_it_is_hung_up_on() -> None:
    knocker, keeper, _, _ = knock(open_door())
    phase = keeper._phase
    answer = sent(keeper.refuse(NOW))
    again = phase.transport.encrypt(b"\x91\x03", NOW)  # type: ignore[union-attr]
    with pytest.raises(RemoteProtocolError, match="answers once"):
        knocker.receive(answer + again, NOW)


# -- our own mistakes -----------------------------------------------------------------------------


def test_a_door_takes_randomness_of_the_right_size() -> None:
    for length in (DOOR_NONCE_BYTES - 1, DOOR_NONCE_BYTES + 1):
        with pytest.raises(LocalProtocolError, match="16 bytes"):
            Door(KEEPER, nonce=bytes(length), secret=RIGHT, inviter="Olga", now=NOW)
    for length in (REVEAL_BYTES - 1, REVEAL_BYTES + 1):
        with pytest.raises(LocalProtocolError, match="32 bytes"):
            open_door().knock(
                reveal=bytes(length), ephemeral_secret=secret("e"), silence=9.0, now=NOW
            )


def test_a_secret_is_taken_only_when_it_was_asked_for() -> None:
    knocker = DoorKnocker(NEWCOMER, card_of(NEWCOMER), ephemeral_secret=secret("e"), now=NOW)
    with pytest.raises(LocalProtocolError, match="no secret"):
        knocker.secret_derived(RIGHT, NOW)
    knocker.receive(NONCE + CHALLENGE, NOW)
    later = Instant(NOW + 7)
    assert len(sent(knocker.secret_derived(RIGHT, later))) == 49
    assert knocker.deadline == later + 5
    with pytest.raises(LocalProtocolError, match="no secret"):
        knocker.secret_derived(RIGHT, NOW)


def test_a_keeper_says_nothing_to_nobody() -> None:
    keeper = at_the_door(open_door())
    assert not keeper.may_welcome(NOW)
    with pytest.raises(LocalProtocolError, match="nobody"):
        keeper.welcome(b"x", NOW)
    with pytest.raises(LocalProtocolError, match="nobody"):
        keeper.refuse(NOW)


def test_a_door_handshake_is_bound_to_its_greeting() -> None:
    def first(greeting: bytes) -> bytes:
        noise = door_handshake(NEWCOMER, RIGHT, greeting, secret("e"), initiator=True)
        return noise.write_message(b"\1")

    greetings: Sequence[bytes] = (NONCE + CHALLENGE, bytes(16) + CHALLENGE, NONCE + bytes(32))
    assert len({first(greeting) for greeting in greetings}) == 3
