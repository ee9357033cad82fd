"""Who knows the five words still cannot choose the four: each side is bound first (SPEC §9.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from aluna_protocol.door import (
    DOOR_NONCE_BYTES,
    MAX_CARD_MESSAGE,
    Card,
    commitment,
    door_handshake,
    pack_card,
    pack_inviter,
    parse_card,
    parse_inviter,
    safety_words,
    sign_card,
)
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.handshake import NOISE3_BYTES, Ended
from aluna_protocol.ids import Instant
from aluna_protocol.knocking import DoorFound, NotWelcomed
from aluna_protocol.noise import HandshakeState
from aluna_protocol.pairing import Door, DoorKeeper, Knocked
from aluna_protocol.transport import Transport
from harness.handshaking import NOW, device, only, secret, sent
from harness.knocking import KEEPER, NEWCOMER, NONCE, PERSON, RIGHT, Knocker, open_door

EVIL = device("in the middle")
SHORT_BITS = 4
"""So many bits of the words are compared here, so that trying out is quick."""


def keeper_with(reveal: bytes) -> DoorKeeper:
    return open_door().knock(
        reveal=reveal, ephemeral_secret=secret("e keeper"), silence=9.0, now=NOW
    )


def short(words: Sequence[int]) -> int:
    return words[0] >> 11 - SHORT_BITS


class Middle:
    """Somebody who knows the words, towards the keeper: everything but its card is said."""

    def __init__(self, keeper: DoorKeeper) -> None:
        greeting = sent(keeper.start())
        self.noise = door_handshake(EVIL, RIGHT, greeting, secret("e middle"), initiator=True)
        second = sent(keeper.receive(self.noise.write_message(b"\1"), NOW))
        self.noise.read_message(second)
        self.heard = sent(keeper.receive(self.noise.write_message(b"\1"), NOW))
        self.transport = Transport.after(self.noise, NOW)

    def cards(self, number: int) -> list[Card]:
        return [Card(EVIL.device, EVIL.static, PERSON, "Inês", f"pc {n}") for n in range(number)]

    def known(self) -> bytes:
        """What it believes r to be: read, if the keeper said it so soon, else guessed."""
        for message in self.transport.decrypt(self.heard) if self.heard else []:
            return parse_inviter(message)[1]
        return bytes(32)

    def best(self, wished: int) -> tuple[Card, bytes]:
        """Try cards until the words would be as *wished*, with what is known."""
        known, hash_ = self.known(), self.noise.handshake_hash
        for card in self.cards(400):
            signature = sign_card(EVIL, card, hash_)
            if short(safety_words(hash_, signature, known)) == wished:
                return card, signature
        raise AssertionError("four bits are found in 400 tries")


def shown_to_the_newcomer() -> tuple[int, ...]:
    """Return what the newcomer sees at the false door of who stands in the middle."""
    false = Door(EVIL, nonce=NONCE, secret=RIGHT, inviter="Olga", now=NOW)
    keeper = false.knock(
        reveal=secret("reveal evil"), ephemeral_secret=secret("e evil"), silence=9.0, now=NOW
    )
    knocker = Knocker(NEWCOMER, RIGHT)
    second = keeper.receive(sent(knocker.receive(sent(keeper.start()), NOW)), NOW)
    inviter = keeper.receive(sent(knocker.receive(sent(second), NOW)), NOW)
    found: DoorFound = only(knocker.receive(sent(inviter), NOW), DoorFound)
    return found.safety_words


def test_i4_who_knows_the_words_and_tries_cards_hits_no_more_often_than_by_chance() -> None:
    wished, hits, doors = short(shown_to_the_newcomer()), 0, 32
    for number in range(doors):
        keeper = keeper_with(secret(f"reveal {number}"))
        middle = Middle(keeper)
        card, signature = middle.best(wished)
        message = middle.transport.encrypt(pack_card(card, signature), NOW)
        hits += short(only(keeper.receive(message, NOW), Knocked).safety_words) == wished
    # By chance: 2 of 32. With r known before the card, or words without r: 32.
    assert hits < doors / 4


def test_i4_r_is_not_said_before_the_card_has_been_read_to_its_last_byte() -> None:
    reveal = secret("reveal")
    keeper = keeper_with(reveal)
    middle = Middle(keeper)
    assert middle.heard == b"", "after noise3 the keeper waits for the card"
    card = middle.cards(1)[0]
    signature = sign_card(EVIL, card, middle.noise.handshake_hash)
    message = middle.transport.encrypt(pack_card(card, signature), NOW)
    for byte in message[:-1]:
        assert keeper.receive(bytes([byte]), NOW) == []
    said = keeper.receive(message[-1:], NOW)
    knocked = only(said, Knocked)
    [inviter] = middle.transport.decrypt(sent(said))
    assert parse_inviter(inviter) == ("Olga", reveal)
    assert knocked.safety_words == safety_words(middle.noise.handshake_hash, signature, reveal)


def test_i4_a_card_that_does_not_hold_learns_no_r() -> None:
    keeper = keeper_with(secret("reveal"))
    middle = Middle(keeper)
    card = replace(middle.cards(1)[0], device=NEWCOMER.device)
    message = pack_card(card, sign_card(EVIL, card, middle.noise.handshake_hash))
    with pytest.raises(RemoteProtocolError, match="signature does not match"):
        keeper.receive(middle.transport.encrypt(message, NOW), NOW)
    assert keeper.receive(b"more", NOW) == []


def test_i4_the_card_is_read_also_when_it_comes_together_with_noise3() -> None:
    keeper = keeper_with(secret("reveal"))
    knocker = Knocker(NEWCOMER, RIGHT)
    second = keeper.receive(sent(knocker.receive(sent(keeper.start()), NOW)), NOW)
    third = sent(knocker.receive(sent(second), NOW))
    assert len(third) > NOISE3_BYTES
    said = keeper.receive(third, NOW)
    found = only(knocker.receive(sent(said), NOW), DoorFound)
    assert found.safety_words == only(said, Knocked).safety_words


class FalseKeeper:
    """Keeps a door with the right words, by the letter, and may reveal what it likes."""

    def __init__(self, knocker: Knocker, challenge: bytes) -> None:
        greeting = NONCE + challenge
        self.noise: HandshakeState = door_handshake(
            KEEPER, RIGHT, greeting, secret("e keeper"), initiator=False
        )
        self.noise.read_message(sent(knocker.receive(greeting, NOW)))
        said = sent(knocker.receive(self.noise.write_message(b"\1"), NOW))
        self.noise.read_message(said[:NOISE3_BYTES])
        self.transport = Transport.after(self.noise, NOW, max_message=MAX_CARD_MESSAGE)
        [self.card] = self.transport.decrypt(said[NOISE3_BYTES:])


def test_i4_a_keeper_that_reveals_another_r_than_it_committed_to_is_hung_up_on() -> None:
    reveal = secret("reveal")
    for revealed in (secret("another"), bytes(32), commitment(reveal), reveal[::-1]):
        knocker = Knocker(NEWCOMER, RIGHT)
        false = FalseKeeper(knocker, commitment(reveal))
        message = false.transport.encrypt(pack_inviter("Olga", revealed), NOW)
        with pytest.raises(RemoteProtocolError, match="committed to something else"):
            knocker.receive(message, NOW)
        assert isinstance(knocker._phase, Ended)
        assert knocker.closed() == []


def test_i4_a_keeper_whose_challenge_is_no_commitment_has_nothing_to_reveal() -> None:
    knocker = Knocker(NEWCOMER, RIGHT)
    false = FalseKeeper(knocker, secret("a challenge as in §8"))
    message = false.transport.encrypt(pack_inviter("Olga", secret("a challenge as in §8")), NOW)
    with pytest.raises(RemoteProtocolError, match="committed to something else"):
        knocker.receive(message, NOW)


def test_i4_both_sides_take_the_words_from_the_same_three_things() -> None:
    reveal = secret("reveal")
    knocker = Knocker(NEWCOMER, RIGHT)
    keeper = FalseKeeper(knocker, commitment(reveal))
    card, signature = parse_card(keeper.card, keeper.noise)
    assert card.device == NEWCOMER.device
    inviter = keeper.transport.encrypt(pack_inviter("Olga", reveal), NOW)
    found = only(knocker.receive(inviter, NOW), DoorFound)
    assert found.safety_words == safety_words(keeper.noise.handshake_hash, signature, reveal)


def test_i4_each_knock_has_a_commitment_of_its_own() -> None:
    door = open_door()
    said = {
        sent(
            door.knock(
                reveal=secret(f"r {n}"), ephemeral_secret=secret("e"), silence=9.0, now=NOW
            ).start()
        )[DOOR_NONCE_BYTES:]
        for n in range(20)
    }
    assert said == {commitment(secret(f"r {n}")) for n in range(20)}


def test_i4_a_newcomer_does_not_wait_for_ever_for_what_a_keeper_reveals() -> None:
    knocker = Knocker(NEWCOMER, RIGHT)
    FalseKeeper(knocker, commitment(secret("reveal")))
    assert knocker.deadline == Instant(NOW + 5)
    assert knocker.closed() == [NotWelcomed.INTERRUPTED]
