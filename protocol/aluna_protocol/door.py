"""What both sides of a door share: words, the secret made of them, cards, messages (SPEC §9)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, Final

from aluna_protocol import crypto, wire
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import CHALLENGE_BYTES
from aluna_protocol.ids import DeviceId, PersonId, StaticKey
from aluna_protocol.limits import (
    DOOR_ARGON_MEMORY,
    DOOR_ARGON_PASSES,
    DOOR_WORDS,
    MAX_MESSAGE,
)
from aluna_protocol.noise import HandshakeState
from aluna_protocol.operations import JOIN_CONTEXT, Seat, card_bytes

PROLOGUE: Final = b"aluna-door/1"
DOOR_NONCE_BYTES: Final = 16
GREETING_BYTES: Final = DOOR_NONCE_BYTES + CHALLENGE_BYTES
REVEAL_BYTES: Final = 32
WORD_COUNT: Final = 2048
SAFETY_WORDS: Final = 4
"""A second look at 44 bits of the whole knock; the five words are the lock."""
KNOCK_SECONDS: Final = 30.0
"""A keeper waits so long for the card: the slowest laptop derives the secret in a few seconds."""
MAX_CARD_MESSAGE: Final = 1024
"""Three keys, two names of 256 bytes, one signature: 678 bytes at most."""
MAX_WELCOME: Final = MAX_MESSAGE - 16
"""What fits beside the frame of the message that carries it."""
_WELCOME_BEGINS: Final = b"\x92\x02"
"""An array of two items of which the first says WELCOME: no other answer may be long."""


class Kind(enum.IntEnum):
    """First item of every message behind the door."""

    INVITER = 0
    CARD = 1
    WELCOME = 2
    REFUSED = 3
    LINK = 4


def draw_words(random: bytes) -> tuple[int, ...]:
    """Return the indices of five words from ten random bytes, each word equally likely."""
    if len(random) != 2 * DOOR_WORDS:
        raise LocalProtocolError("five words take ten random bytes")
    pairs = (random[at : at + 2] for at in range(0, len(random), 2))
    return tuple(int.from_bytes(pair, "big") % WORD_COUNT for pair in pairs)


def door_secret(words: Sequence[int], nonce: bytes) -> bytes:
    """Return P, the pre-shared key of five *words* at the door *nonce*: 64 MiB and about 0.3 s."""
    if len(words) != DOOR_WORDS or not all(0 <= word < WORD_COUNT for word in words):
        raise LocalProtocolError("a door has five words of 2,048")
    if len(nonce) != DOOR_NONCE_BYTES:
        raise LocalProtocolError("a door nonce has 16 bytes")
    password = b"".join(word.to_bytes(2, "big") for word in words)
    salt = crypto.blake2b(nonce + b"aluna-door-v1", size=16)
    return crypto.argon2id(password, salt, passes=DOOR_ARGON_PASSES, memory=DOOR_ARGON_MEMORY)


def commitment(reveal: bytes) -> bytes:
    """Return ch, the challenge that fixes *reveal* before anybody has said anything."""
    if len(reveal) != REVEAL_BYTES:
        raise LocalProtocolError("a reveal has 32 bytes")
    return crypto.blake2b(reveal, person=b"aluna-reveal-v1")


def safety_words(handshake_hash: bytes, signature: bytes, reveal: bytes) -> tuple[int, ...]:
    """Return the indices of the four words both sides show (SPEC §9.5).

    *signature* is that of the card, *reveal* what the keeper had committed to: each side fixed its
    own before it knew the other's, so nobody can try keys until two pairs of screens agree.
    """
    said = handshake_hash + signature + reveal
    number = int.from_bytes(crypto.blake2b(said, size=8, person=b"aluna-safety-v2"))
    return tuple(number >> shift & (WORD_COUNT - 1) for shift in (53, 42, 31, 20))


@dataclass(frozen=True, slots=True)
class Card:
    """What a newcomer says about itself."""

    device: DeviceId
    static: StaticKey
    person: PersonId
    person_name: str
    device_name: str

    def to_bytes(self) -> bytes:
        """Return the canonical bytes that are signed."""
        return card_bytes(self.device, self.static, self.person, self.person_name, self.device_name)

    def seat(self, proof: bytes) -> Seat:
        """Return the seat this card asks for; *proof* is what its device signed (SPEC §6.2)."""
        return Seat(
            self.device, self.static, self.device_name, self.person, self.person_name, proof
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Card:
        """Parse `to_bytes`; raise `RemoteProtocolError` for any other bytes."""
        value = wire.unpack_canonical(data, MAX_CARD_MESSAGE)
        device, static, person, person_name, device_name = wire.array(value, 5)
        return cls(
            DeviceId(wire.octets(device, 32)),
            StaticKey(wire.octets(static, 32)),
            PersonId(wire.octets(person, 16)),
            wire.name(person_name),
            wire.name(device_name),
        )


def sign_card(keys: crypto.DeviceKeys, card: Card, handshake_hash: bytes) -> bytes:
    """Return the signature that binds *card* to this very knock."""
    return crypto.sign(keys, _signed(card, handshake_hash))


def pack_inviter(name: str, reveal: bytes) -> bytes:
    """Return the message by which a keeper, with the card read, says whose door it is."""
    return wire.pack([int(Kind.INVITER), name, reveal])


def pack_card(card: Card, signature: bytes) -> bytes:
    """Return the message by which a knocker introduces itself."""
    return wire.pack([int(Kind.CARD), card.to_bytes(), signature])


def pack_welcome(payload: bytes) -> bytes:
    """Return the message that lets in; *payload* is at most `MAX_WELCOME` bytes."""
    if len(payload) > MAX_WELCOME:
        raise LocalProtocolError("a welcome must fit one message")
    return wire.pack([int(Kind.WELCOME), payload])


@dataclass(frozen=True, slots=True)
class Link:
    """The keeper's person, to whom the knocker's device is to belong (SPEC §9.8)."""

    person: PersonId
    person_name: str


def pack_link(link: Link) -> bytes:
    """Return the message that makes the knocker another device of the keeper's person."""
    return wire.pack([int(Kind.LINK), link.person, link.person_name])


def pack_refused() -> bytes:
    """Return the message that says no."""
    return wire.pack([int(Kind.REFUSED)])


def parse_inviter(message: bytes) -> tuple[str, bytes]:
    """Return the name of who keeps the door, and what it reveals (not yet compared with ch)."""
    _, name, reveal = wire.array(_message(message, Kind.INVITER, MAX_CARD_MESSAGE), 3)
    return wire.name(name), wire.octets(reveal, REVEAL_BYTES)


def parse_card(message: bytes, noise: HandshakeState) -> tuple[Card, bytes]:
    """Return the card in *message*, and its signature, if its device signed it for this knock.

    Raises `RemoteProtocolError` for any other message, key or signature.
    """
    _, packed, signature = wire.array(_message(message, Kind.CARD, MAX_CARD_MESSAGE), 3)
    card = Card.from_bytes(wire.octets(packed))
    if not crypto.is_valid_signing_key(card.device):
        raise RemoteProtocolError("the device key cannot sign")
    if not crypto.same(card.static, noise.remote_static):
        raise RemoteProtocolError("the card names another static key")
    signature = wire.octets(signature, crypto.SIGNATURE_BYTES)
    crypto.verify(card.device, _signed(card, noise.handshake_hash), signature)
    return card, signature


def parse_answer(message: bytes) -> bytes | Link | None:
    """Return the payload of a welcome, a link to the keeper's person, or None for a refusal."""
    bound = MAX_MESSAGE if message.startswith(_WELCOME_BEGINS) else MAX_CARD_MESSAGE
    answer = _message(message, None, bound)
    match answer:
        case [Kind.WELCOME, bytes(payload)]:
            return payload
        case [Kind.REFUSED]:
            return None
        case [Kind.LINK, person, name]:
            return Link(PersonId(wire.octets(person, 16)), wire.name(name))
        case _:
            raise RemoteProtocolError("neither a welcome nor a refusal")


def _message(message: bytes, kind: Kind | None, max_bytes: int) -> list[Any]:
    parsed = wire.array(wire.unpack_canonical(message, max_bytes))
    if not parsed or not isinstance(parsed[0], int) or isinstance(parsed[0], bool):
        raise RemoteProtocolError("a message of the door starts with its kind")
    if kind is not None and parsed[0] != kind:
        raise RemoteProtocolError("another message was due")
    return parsed


def _signed(card: Card, handshake_hash: bytes) -> bytes:
    return JOIN_CONTEXT + handshake_hash + card.to_bytes()


def door_handshake(
    keys: crypto.DeviceKeys,
    secret: bytes,
    greeting: bytes,
    ephemeral_secret: bytes,
    *,
    initiator: bool,
) -> HandshakeState:
    """Return one side's Noise state; *greeting* is the door's nonce and its challenge."""
    return HandshakeState(
        initiator=initiator,
        prologue=PROLOGUE + greeting,
        ephemeral_secret=ephemeral_secret,
        static_secret=keys.static_secret,
        psks=(secret,),
    )


def refuse_ourselves(keys: crypto.DeviceKeys, noise: HandshakeState) -> None:
    """Raise `RemoteProtocolError` when the key just proved is our own."""
    if crypto.same(keys.static, noise.remote_static):
        raise RemoteProtocolError("our own static key came back")
