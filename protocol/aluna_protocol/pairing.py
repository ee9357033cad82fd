"""The door: how someone with five words becomes a device of a space (SPEC §9).

Rule of this file: everything that moves a knock, seen from inside, lives here. The words become the
pre-shared key of the same Noise pattern members use; the person behind the door looks at a name and
four safety words and says yes or no. What the welcome contains is the caller's business.
"""

from __future__ import annotations

from typing import TypeAlias

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.door import (
    DOOR_NONCE_BYTES,
    KNOCK_SECONDS,
    MAX_CARD_MESSAGE,
    Card,
    Link,
    commitment,
    door_handshake,
    pack_inviter,
    pack_link,
    pack_refused,
    pack_welcome,
    parse_card,
    refuse_ourselves,
    safety_words,
)
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import (
    NOISE1_BYTES,
    NOISE3_BYTES,
    VERSION,
    AwaitingNoise1,
    Ended,
    Incompatible,
    Send,
    Silent,
    cut,
)
from aluna_protocol.ids import Instant
from aluna_protocol.limits import DOOR_FAILURES, DOOR_SECONDS
from aluna_protocol.noise import HandshakeState
from aluna_protocol.transport import Transport


@dataclass(frozen=True, slots=True)
class Knocked:
    """Someone knew the words; show the card and the safety words and ask the person."""

    card: Card
    safety_words: tuple[int, ...]
    proof: bytes
    """What the card's device signed, as its seat carries it (SPEC §6.2)."""


@dataclass(frozen=True, slots=True)
class WrongWordsTried:
    """A knock did not open; how many did not so far."""

    failures: int


@dataclass(frozen=True, slots=True)
class Linked:
    """Who was told our person took it: its card once more, for the same device."""

    card: Card
    proof: bytes
    """What the card's device signed, as its seat carries it (SPEC §6.2)."""


KeeperEffect: TypeAlias = Send | Incompatible | WrongWordsTried | Knocked | Linked


@dataclass(frozen=True, slots=True)
class AwaitingNoise3:
    """Someone who knows the words was answered."""

    noise: HandshakeState


@dataclass(frozen=True, slots=True)
class AwaitingCard:
    """The channel is up."""

    noise: HandshakeState
    transport: Transport


@dataclass(frozen=True, slots=True)
class AwaitingAnswer:
    """Someone knocked with *card* and a person is deciding."""

    noise: HandshakeState
    transport: Transport
    card: Card


@dataclass(frozen=True, slots=True)
class AwaitingLinked:
    """The one with *card* was told to be another device of our *person*."""

    noise: HandshakeState
    transport: Transport
    card: Card
    link: Link


class Door:
    """One open door of a keeper: its secret, how often it failed, when it closes.

    Opened with *nonce* (16 random bytes, announced) and *secret* = `door_secret(words, nonce)`;
    *inviter* is the keeper's own name. Every knock shares the failures; one success closes it.
    """

    def __init__(
        self, keys: crypto.DeviceKeys, *, nonce: bytes, secret: bytes, inviter: str, now: Instant
    ) -> None:
        if len(nonce) != DOOR_NONCE_BYTES:
            raise LocalProtocolError("a door nonce has 16 bytes")
        self.keys = keys
        self.nonce = nonce
        self.inviter = inviter
        self.closes = Instant(now + DOOR_SECONDS)
        self.failures = 0
        self._secret = secret

    def is_open(self, now: Instant) -> bool:
        """Tell whether someone may still try words."""
        return self.admits(now) and self.failures < DOOR_FAILURES

    def admits(self, now: Instant) -> bool:
        """Tell whether who already proved the words may come in, whatever others guess."""
        return bool(self._secret) and now < self.closes

    def close(self) -> None:
        """Forget the secret; knocks under way fail."""
        self._secret = b""

    def knock(
        self, *, reveal: bytes, ephemeral_secret: bytes, silence: float, now: Instant
    ) -> DoorKeeper:
        """Return the machine for a connection just accepted.

        *reveal* is r, 32 random bytes for this knock alone; the rest as in §8.
        """
        return DoorKeeper(self, reveal, ephemeral_secret, silence, now)

    def begin(self, challenge: bytes, ephemeral_secret: bytes) -> HandshakeState:
        """Return a handshake under this door's secret, for its keepers."""
        return door_handshake(
            self.keys, self._secret, self.nonce + challenge, ephemeral_secret, initiator=False
        )


class DoorKeeper:
    """One knock, seen from inside."""

    def __init__(
        self, door: Door, reveal: bytes, ephemeral_secret: bytes, silence: float, now: Instant
    ) -> None:
        self._door = door
        self._reveal = reveal
        self._challenge = commitment(reveal)
        self._ephemeral_secret = ephemeral_secret
        self._incoming = b""
        self._silent_until = Instant(now + silence)
        self._phase: (
            AwaitingNoise1
            | AwaitingNoise3
            | AwaitingCard
            | AwaitingAnswer
            | AwaitingLinked
            | Silent
            | Ended
        ) = AwaitingNoise1()
        self.deadline = Instant(now + KNOCK_SECONDS)

    def start(self) -> list[KeeperEffect]:
        """Return what is said on accepting a connection."""
        return [Send(self._door.nonce + self._challenge)]

    def receive(self, data: bytes, now: Instant) -> list[KeeperEffect]:
        """Take bytes of the stream, cut anywhere; raise `RemoteProtocolError` to hang up.

        Whatever still comes after the end is dropped.
        """
        if isinstance(self._phase, Ended):
            return []
        self._incoming += data
        effects: list[KeeperEffect] = []
        try:
            while step := self._step(now):
                effects += step
        except RemoteProtocolError:
            self._phase = Ended()
            raise
        return effects

    def may_welcome(self, now: Instant) -> bool:
        """Tell whether the person may still say yes: ask before an admission is signed."""
        return isinstance(self._phase, AwaitingAnswer) and self._door.admits(now)

    def welcome(self, payload: bytes, now: Instant) -> list[KeeperEffect]:
        """Say yes: hand over *payload* (at most `MAX_WELCOME` bytes) and close the door."""
        if not isinstance(self._phase, AwaitingAnswer) or not self._door.admits(now):
            raise LocalProtocolError("nobody at an open door")
        message = pack_welcome(payload)
        self._door.close()
        return self._answer(self._phase.transport, message, now)

    def link(self, link: Link, now: Instant) -> list[KeeperEffect]:
        """Say yes to another device of our own person: it has to take the person first."""
        if not self.may_welcome(now) or not isinstance(self._phase, AwaitingAnswer):
            raise LocalProtocolError("nobody at an open door")
        phase = self._phase
        self._phase = AwaitingLinked(phase.noise, phase.transport, phase.card, link)
        return [Send(phase.transport.encrypt(pack_link(link), now))]

    def refuse(self, now: Instant) -> list[KeeperEffect]:
        """Say no to who knocked; the door stays open for others."""
        if not isinstance(self._phase, AwaitingAnswer):
            raise LocalProtocolError("nobody at the door")
        return self._answer(self._phase.transport, pack_refused(), now)

    def _answer(self, transport: Transport, message: bytes, now: Instant) -> list[KeeperEffect]:
        self._phase = Ended()
        return [Send(transport.encrypt(message, now))]

    def _step(self, now: Instant) -> list[KeeperEffect]:
        match self._phase:
            case AwaitingNoise1() if len(self._incoming) >= NOISE1_BYTES:
                return self._second_message(self._take(NOISE1_BYTES), now)
            case AwaitingNoise3(noise) if len(self._incoming) >= NOISE3_BYTES:
                return self._open_channel(noise, self._take(NOISE3_BYTES), now)
            case AwaitingCard(noise, transport) if self._incoming:
                messages = transport.decrypt(self._take(None))
                return self._read_card(noise, transport, messages, now)
            case AwaitingLinked(transport=transport) as phase if self._incoming:
                return self._read_linked(phase, transport.decrypt(self._take(None)))
            case AwaitingAnswer(transport=transport) if self._incoming:
                if transport.decrypt(self._take(None)):
                    raise RemoteProtocolError("a knocker waits for the answer")
                return []
            case Silent():
                self._take(None)
                return []
            case (
                AwaitingNoise1()
                | AwaitingNoise3()
                | AwaitingCard()
                | AwaitingAnswer()
                | AwaitingLinked()
                | Ended()
            ):
                return []

    def _second_message(self, message: bytes, now: Instant) -> list[KeeperEffect]:
        if not self._door.is_open(now):
            return self._fall_silent([])
        noise = self._door.begin(self._challenge, self._ephemeral_secret)
        try:
            version = noise.read_message(message)[0]
            second = noise.write_message(bytes([VERSION]))
        except RemoteProtocolError:
            self._door.failures += 1
            return self._fall_silent([WrongWordsTried(self._door.failures)])
        if version != VERSION:
            self._phase = Ended()
            return [Send(second), Incompatible(version)]
        self._phase = AwaitingNoise3(noise)
        return [Send(second)]

    def _open_channel(
        self, noise: HandshakeState, message: bytes, now: Instant
    ) -> list[KeeperEffect]:
        if not self._door.admits(now):
            raise RemoteProtocolError("the door closed")
        if noise.read_message(message) != bytes([VERSION]):
            raise RemoteProtocolError("version changed within a handshake")
        refuse_ourselves(self._door.keys, noise)
        transport = Transport.after(noise, now, max_message=MAX_CARD_MESSAGE)
        self._phase = AwaitingCard(noise, transport)
        # We say nothing yet, and the card mostly came in the same breath.
        return self._step(now)

    def _read_card(
        self, noise: HandshakeState, transport: Transport, messages: list[bytes], now: Instant
    ) -> list[KeeperEffect]:
        if not messages:
            return []
        if len(messages) > 1:
            raise RemoteProtocolError("a knocker says one thing")
        card, signature = parse_card(messages[0], noise)
        if card.device == self._door.keys.device:
            raise RemoteProtocolError("our own device key came back")
        self._phase = AwaitingAnswer(noise, transport, card)
        self.deadline = self._door.closes
        # Only now: who had r before its card was fixed could choose the words (SPEC §9.5).
        inviter = pack_inviter(self._door.inviter, self._reveal)
        proof = noise.handshake_hash + signature
        words = safety_words(noise.handshake_hash, signature, self._reveal)
        return [Send(transport.encrypt(inviter, now)), Knocked(card, words, proof)]

    def _read_linked(self, phase: AwaitingLinked, messages: list[bytes]) -> list[KeeperEffect]:
        if not messages:
            return []
        if len(messages) > 1:
            raise RemoteProtocolError("a knocker says one thing")
        card, signature = parse_card(messages[0], phase.noise)
        named = (card.device, card.static, card.person, card.person_name)
        link = phase.link
        if named != (phase.card.device, phase.card.static, link.person, link.person_name):
            raise RemoteProtocolError("the card does not take the person it was given")
        self._phase = AwaitingAnswer(phase.noise, phase.transport, card)
        return [Linked(card, phase.noise.handshake_hash + signature)]

    def _fall_silent(self, effects: list[KeeperEffect]) -> list[KeeperEffect]:
        self._phase = Silent()
        self.deadline = self._silent_until
        self._take(None)
        return effects

    def _take(self, size: int | None) -> bytes:
        taken, self._incoming = cut(self._incoming, size)
        return taken
