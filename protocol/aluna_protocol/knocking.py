"""The other side of a door: a newcomer who knows five words (SPEC §9).

Rule of this file: everything that moves a knock, seen from outside, lives here. Deriving the secret
takes 64 MiB and a third of a second, so the caller does it when asked, away from its loop.
"""

from __future__ import annotations

import enum
from dataclasses import field, replace
from typing import TypeAlias

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.door import (
    DOOR_NONCE_BYTES,
    GREETING_BYTES,
    Card,
    Link,
    commitment,
    door_handshake,
    pack_card,
    parse_answer,
    parse_inviter,
    refuse_ourselves,
    safety_words,
    sign_card,
)
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import (
    NOISE2_BYTES,
    VERSION,
    AwaitingNoise2,
    Ended,
    Incompatible,
    Send,
    cut,
)
from aluna_protocol.ids import Instant, StaticKey
from aluna_protocol.limits import DOOR_SECONDS, HANDSHAKE_SECONDS
from aluna_protocol.noise import HandshakeState
from aluna_protocol.transport import Transport


@dataclass(frozen=True, slots=True)
class DeriveSecret:
    """Compute `door_secret(words, nonce)`, then call `secret_derived`."""

    nonce: bytes


@dataclass(frozen=True, slots=True)
class DoorFound:
    """The words were right; show the same safety words and who keeps this door."""

    inviter: str
    safety_words: tuple[int, ...]
    static: StaticKey


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The person said yes; *payload* is what the keeper gave, to be verified."""

    payload: bytes = field(repr=False)


class NotWelcomed(enum.Enum):
    """Why it ended without a welcome."""

    WRONG_WORDS = "wrong-words"
    """Silence after our first message: other words, or a door no longer open."""
    REFUSED = "refused"
    """The person said no, or the door closed meanwhile."""
    INTERRUPTED = "interrupted"
    """The connection ended before an answer."""


@dataclass(frozen=True, slots=True)
class LinkedTo:
    """Become another device of the keeper's person, and keep that before anything else."""

    link: Link


KnockerEffect: TypeAlias = (
    Send | Incompatible | DeriveSecret | DoorFound | Welcomed | NotWelcomed | LinkedTo
)


@dataclass(frozen=True, slots=True)
class AwaitingGreeting:
    """Connected, nothing said."""


@dataclass(frozen=True, slots=True)
class AwaitingSecret:
    """The words are being hashed."""

    greeting: bytes


@dataclass(frozen=True, slots=True)
class AwaitingInviter:
    """The channel is up, our card is out with its *signature*."""

    noise: HandshakeState
    transport: Transport
    signature: bytes


@dataclass(frozen=True, slots=True)
class AwaitingAnswer:
    """The person behind the door is deciding."""

    noise: HandshakeState
    transport: Transport
    may_link: bool


class DoorKnocker:
    """One knock, seen from outside: *card* names this device, its static key and its person."""

    def __init__(
        self,
        keys: crypto.DeviceKeys,
        card: Card,
        *,
        ephemeral_secret: bytes,
        now: Instant,
        links: bool = False,
    ) -> None:
        """*links*: it asks to become another device of the keeper's person."""
        if card.device != keys.device or card.static != keys.static:
            raise LocalProtocolError("the card must name our own keys")
        self._keys = keys
        self._card = card
        self._links = links
        self._ephemeral_secret = ephemeral_secret
        self._incoming = b""
        self._challenge = b""
        self._phase: (
            AwaitingGreeting
            | AwaitingSecret
            | AwaitingNoise2
            | AwaitingInviter
            | AwaitingAnswer
            | Ended
        ) = AwaitingGreeting()
        self.deadline = Instant(now + HANDSHAKE_SECONDS)

    def receive(self, data: bytes, now: Instant) -> list[KnockerEffect]:
        """Take bytes of the stream, cut anywhere; raise `RemoteProtocolError` to hang up.

        Whatever still comes after the end is dropped.
        """
        if isinstance(self._phase, Ended):
            return []
        self._incoming += data
        effects: list[KnockerEffect] = []
        try:
            while step := self._step(now):
                effects += step
        except RemoteProtocolError:
            self._phase = Ended()
            raise
        return effects

    def secret_derived(self, secret: bytes, now: Instant) -> list[KnockerEffect]:
        """Go on with `door_secret(words, nonce)` for the nonce that `DeriveSecret` named."""
        if not isinstance(self._phase, AwaitingSecret):
            raise LocalProtocolError("no secret was asked for")
        noise = door_handshake(
            self._keys, secret, self._phase.greeting, self._ephemeral_secret, initiator=True
        )
        self._phase = AwaitingNoise2(noise)
        self.deadline = Instant(now + HANDSHAKE_SECONDS)
        return [Send(noise.write_message(bytes([VERSION])))]

    def closed(self) -> list[KnockerEffect]:
        """Say what it means that the connection ended, or that the deadline passed, now."""
        phase, self._phase = self._phase, Ended()
        match phase:
            case AwaitingNoise2():
                return [NotWelcomed.WRONG_WORDS]
            case AwaitingGreeting() | AwaitingSecret() | AwaitingInviter() | AwaitingAnswer():
                return [NotWelcomed.INTERRUPTED]
            case Ended():
                return []

    def _step(self, now: Instant) -> list[KnockerEffect]:
        match self._phase:
            case AwaitingGreeting() if len(self._incoming) >= GREETING_BYTES:
                greeting = self._take(GREETING_BYTES)
                self._challenge = greeting[DOOR_NONCE_BYTES:]
                self._phase = AwaitingSecret(greeting)
                return [DeriveSecret(greeting[:DOOR_NONCE_BYTES])]
            case AwaitingSecret() if self._incoming:
                raise RemoteProtocolError("a keeper says nothing before the knock")
            case AwaitingNoise2(noise) if len(self._incoming) >= NOISE2_BYTES:
                return self._third_message(noise, self._take(NOISE2_BYTES), now)
            case AwaitingInviter(transport=transport) as phase if self._incoming:
                return self._meet(phase, transport.decrypt(self._take(None)), now)
            case AwaitingAnswer(transport=transport) as phase if self._incoming:
                return self._hear(phase, transport.decrypt(self._take(None)), now)
            case (
                AwaitingGreeting()
                | AwaitingSecret()
                | AwaitingNoise2()
                | AwaitingInviter()
                | AwaitingAnswer()
                | Ended()
            ):
                return []

    def _third_message(
        self, noise: HandshakeState, message: bytes, now: Instant
    ) -> list[KnockerEffect]:
        version = noise.read_message(message)[0]
        refuse_ourselves(self._keys, noise)
        if version != VERSION:
            self._phase = Ended()
            return [Incompatible(version)]
        third = noise.write_message(bytes([VERSION]))
        # A quick yes brings the welcome together with the name: both must fit.
        transport = Transport.after(noise, now)
        signature = sign_card(self._keys, self._card, noise.handshake_hash)
        self._phase = AwaitingInviter(noise, transport, signature)
        return [Send(third + transport.encrypt(pack_card(self._card, signature), now))]

    def _meet(
        self, phase: AwaitingInviter, messages: list[bytes], now: Instant
    ) -> list[KnockerEffect]:
        if not messages:
            return []
        inviter, reveal = parse_inviter(messages[0])
        if not crypto.same(commitment(reveal), self._challenge):
            raise RemoteProtocolError("the keeper had committed to something else")
        answer = AwaitingAnswer(phase.noise, phase.transport, self._links)
        self._phase = answer
        self.deadline = Instant(now + DOOR_SECONDS)
        words = safety_words(phase.noise.handshake_hash, phase.signature, reveal)
        found = DoorFound(inviter, words, StaticKey(phase.noise.remote_static))
        return [found, *self._hear(answer, messages[1:], now)]

    def _hear(
        self, phase: AwaitingAnswer, messages: list[bytes], now: Instant
    ) -> list[KnockerEffect]:
        if not messages:
            return []
        if len(messages) > 1:
            raise RemoteProtocolError("a keeper answers once")
        answer = parse_answer(messages[0])
        if isinstance(answer, Link):
            return self._take_person(phase, answer, now)
        self._phase = Ended()
        return [NotWelcomed.REFUSED if answer is None else Welcomed(answer)]

    def _take_person(self, phase: AwaitingAnswer, link: Link, now: Instant) -> list[KnockerEffect]:
        if not phase.may_link:
            raise RemoteProtocolError("a person was given to who did not ask for one")
        self._card = replace(self._card, person=link.person, person_name=link.person_name)
        self._phase = AwaitingAnswer(phase.noise, phase.transport, may_link=False)
        signature = sign_card(self._keys, self._card, phase.noise.handshake_hash)
        message = phase.transport.encrypt(pack_card(self._card, signature), now)
        return [LinkedTo(link), Send(message)]

    def _take(self, size: int | None) -> bytes:
        taken, self._incoming = cut(self._incoming, size)
        return taken
