"""How two devices of a space become sure of each other (SPEC §8).

Rule of this file: everything that moves a handshake lives here. Bytes of a stream go in, effects
come out; the caller owns the connection, the clock and the randomness, and closes the connection at
`deadline` or after a `RemoteProtocolError`. Who is unknown gets the challenge and then silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Final, TypeAlias

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import DeviceId, EpochId, Instant, SpaceId, StaticKey
from aluna_protocol.limits import HANDSHAKE_SECONDS, MAX_CANDIDATES
from aluna_protocol.noise import HandshakeState
from aluna_protocol.transport import Transport

VERSION: Final = 1
"""The payload of every handshake message, in one byte."""
PROLOGUE: Final = b"aluna-sync/1"
CHALLENGE_BYTES: Final = 32
HINT_BYTES: Final = 16
NOISE1_BYTES: Final = 49
"""Ephemeral key (32), sealed version (1 + 16)."""
NOISE2_BYTES: Final = 97
"""Ephemeral key (32), sealed static key (32 + 16), sealed version (1 + 16)."""
NOISE3_BYTES: Final = 65
"""Sealed static key (32 + 16), sealed version (1 + 16)."""


def pair_key(keys: crypto.DeviceKeys, peer_static: StaticKey, space: SpaceId) -> bytes:
    """Return K_ab, the 32-byte secret two devices of *space* have in common (SPEC §8.2).

    Raises `RemoteProtocolError` when *peer_static* is our own or of low order.
    """
    own = keys.static
    if crypto.same(own, peer_static):
        raise RemoteProtocolError("our own static key came back")
    shared = crypto.agree(keys.static_secret, peer_static)
    first, second = sorted((own, peer_static))
    return crypto.blake2b(shared + first + second, key=space, person=b"aluna-pair-v1")


def group_key(epoch_key: bytes, space: SpaceId, epoch: EpochId) -> bytes:
    """Return K_group, what everyone who holds an epoch key has in common (SPEC §8.4)."""
    return crypto.blake2b(space + epoch, key=epoch_key, person=b"aluna-group-v1")


def hint(key: bytes, challenge: bytes, ephemeral: bytes) -> bytes:
    """Return the 16 bytes that name K_ab or K_group to who holds it, and to nobody else."""
    return crypto.blake2b(b"hint" + challenge + ephemeral, size=HINT_BYTES, key=key)


def session_psk(key: bytes, challenge: bytes) -> bytes:
    """Return the pre-shared key of one handshake."""
    return crypto.blake2b(b"psk" + challenge, key=key)


@dataclass(frozen=True, slots=True)
class PairCandidate:
    """A current peer of a space and the secret we have with it."""

    space: SpaceId
    device: DeviceId
    static: StaticKey
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class GroupCandidate:
    """Whoever holds an epoch key of a space: a newcomer for us, or we for them."""

    space: SpaceId
    key: bytes = field(repr=False)


Candidate: TypeAlias = PairCandidate | GroupCandidate


@dataclass(frozen=True, slots=True)
class Send:
    """Put *data* on the connection."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Established:
    """The handshake is done; *remainder* are bytes of the stream that belong to *transport*.

    *device* is None in an introduction: only the static key was proved, and until membership says
    whose it is, nothing but membership may be exchanged.
    """

    candidate: Candidate
    static: StaticKey
    handshake_hash: bytes
    transport: Transport = field(repr=False)
    remainder: bytes = field(repr=False)

    @property
    def introduction(self) -> bool:
        """Tell whether the peer proved an epoch key instead of being a peer we know."""
        return isinstance(self.candidate, GroupCandidate)

    @property
    def device(self) -> DeviceId | None:
        """The peer, when we know it."""
        match self.candidate:
            case PairCandidate(device=device):
                return device
            case GroupCandidate():
                return None


@dataclass(frozen=True, slots=True)
class Incompatible:
    """The peer holds the right keys but speaks another version: close, and tell people."""

    version: int


Effect: TypeAlias = Send | Established | Incompatible


@dataclass(frozen=True, slots=True)
class AwaitingChallenge:
    """Initiator: connected, nothing said."""


@dataclass(frozen=True, slots=True)
class AwaitingNoise1:
    """Responder: the challenge is out."""


@dataclass(frozen=True, slots=True)
class AwaitingNoise2:
    """Initiator: hint and first message are out."""

    noise: HandshakeState


@dataclass(frozen=True, slots=True)
class AwaitingNoise3:
    """Responder: someone who holds the candidate's secret was answered."""

    noise: HandshakeState
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Silent:
    """Responder: whatever comes is read and dropped until the deadline."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Established, incompatible or failed; nothing more goes through here."""


class InitiatorHandshake:
    """The side that dialled, knowing whom it wants to reach."""

    def __init__(
        self,
        keys: crypto.DeviceKeys,
        candidate: Candidate,
        *,
        ephemeral_secret: bytes,
        now: Instant,
    ) -> None:
        self._keys = keys
        self._candidate = candidate
        self._ephemeral_secret = ephemeral_secret
        self._incoming = b""
        self._phase: AwaitingChallenge | AwaitingNoise2 | Ended = AwaitingChallenge()
        self.deadline = Instant(now + HANDSHAKE_SECONDS)

    @property
    def phase(self) -> AwaitingChallenge | AwaitingNoise2 | Ended:
        """Where the handshake stands."""
        return self._phase

    def receive(self, data: bytes, now: Instant) -> list[Effect]:
        """Take bytes of the stream, cut anywhere; raise `RemoteProtocolError` to hang up.

        Once established, bytes go to the transport: giving them here is a `LocalProtocolError`.
        """
        if isinstance(self._phase, Ended):
            raise LocalProtocolError("the handshake ended")
        self._incoming += data
        effects: list[Effect] = []
        try:
            while step := self._step(now):
                effects += step
        except RemoteProtocolError:
            self._phase = Ended()
            raise
        return effects

    def _step(self, now: Instant) -> list[Effect]:
        match self._phase:
            case AwaitingChallenge() if len(self._incoming) >= CHALLENGE_BYTES:
                return self._first_message(self._take(CHALLENGE_BYTES))
            case AwaitingNoise2(noise) if len(self._incoming) >= NOISE2_BYTES:
                return self._third_message(noise, self._take(NOISE2_BYTES), now)
            case AwaitingChallenge() | AwaitingNoise2() | Ended():
                return []

    def _first_message(self, challenge: bytes) -> list[Effect]:
        key = self._candidate.key
        our_hint = hint(key, challenge, crypto.public_of(self._ephemeral_secret))
        noise = HandshakeState(
            initiator=True,
            prologue=PROLOGUE + challenge + our_hint,
            ephemeral_secret=self._ephemeral_secret,
            static_secret=self._keys.static_secret,
            psks=(session_psk(key, challenge),),
        )
        self._phase = AwaitingNoise2(noise)
        return [Send(our_hint + noise.write_message(bytes([VERSION])))]

    def _third_message(self, noise: HandshakeState, message: bytes, now: Instant) -> list[Effect]:
        version = noise.read_message(message)[0]
        check_static(self._keys, self._candidate, noise.remote_static)
        self._phase = Ended()
        if version != VERSION:
            return [Incompatible(version)]
        third = noise.write_message(bytes([VERSION]))
        return [Send(third), established(self._candidate, noise, self._take(None), now)]

    def _take(self, size: int | None) -> bytes:
        taken, self._incoming = cut(self._incoming, size)
        return taken


class ResponderHandshake:
    """The side that accepted, not knowing who comes.

    *silence* is a random number of seconds within `SILENCE_SECONDS`, after which an unknown peer is
    closed; *candidates* are the current peers and the groups that may introduce, of which the first
    `MAX_CANDIDATES` count.
    """

    def __init__(
        self,
        keys: crypto.DeviceKeys,
        candidates: Sequence[Candidate],
        *,
        challenge: bytes,
        ephemeral_secret: bytes,
        silence: float,
        now: Instant,
    ) -> None:
        if len(challenge) != CHALLENGE_BYTES:
            raise LocalProtocolError("a challenge has 32 bytes")
        self._keys = keys
        self._candidates = candidates[:MAX_CANDIDATES]
        self._challenge = challenge
        self._ephemeral_secret = ephemeral_secret
        self._incoming = b""
        self._silent_until = Instant(now + silence)
        self._phase: AwaitingNoise1 | AwaitingNoise3 | Silent | Ended = AwaitingNoise1()
        self.deadline = Instant(now + HANDSHAKE_SECONDS)

    @property
    def phase(self) -> AwaitingNoise1 | AwaitingNoise3 | Silent | Ended:
        """Where the handshake stands."""
        return self._phase

    def start(self) -> list[Effect]:
        """Return what is said on accepting a connection: the challenge and nothing else."""
        return [Send(self._challenge)]

    def receive(self, data: bytes, now: Instant) -> list[Effect]:
        """Take bytes of the stream, cut anywhere; raise `RemoteProtocolError` to hang up.

        Once established, bytes go to the transport: giving them here is a `LocalProtocolError`.
        """
        if isinstance(self._phase, Ended):
            raise LocalProtocolError("the handshake ended")
        self._incoming += data
        effects: list[Effect] = []
        try:
            while step := self._step(now):
                effects += step
        except RemoteProtocolError:
            self._phase = Ended()
            raise
        return effects

    def _step(self, now: Instant) -> list[Effect]:
        match self._phase:
            case AwaitingNoise1() if len(self._incoming) >= HINT_BYTES + NOISE1_BYTES:
                named = self._take(HINT_BYTES)
                return self._second_message(named, self._take(NOISE1_BYTES))
            case AwaitingNoise3(noise, candidate) if len(self._incoming) >= NOISE3_BYTES:
                return self._finish(noise, candidate, self._take(NOISE3_BYTES), now)
            case Silent():
                self._take(None)
                return []
            case AwaitingNoise1() | AwaitingNoise3() | Ended():
                return []

    def _second_message(self, named: bytes, message: bytes) -> list[Effect]:
        candidate = self._candidate_named(named, message[:32])
        if candidate is None:
            return self._fall_silent()
        noise = HandshakeState(
            initiator=False,
            prologue=PROLOGUE + self._challenge + named,
            ephemeral_secret=self._ephemeral_secret,
            static_secret=self._keys.static_secret,
            psks=(session_psk(candidate.key, self._challenge),),
        )
        try:
            version = noise.read_message(message)[0]
            second = noise.write_message(bytes([VERSION]))
        except RemoteProtocolError:
            # A right hint over a wrong message must look like a wrong hint.
            return self._fall_silent()
        if version != VERSION:
            self._phase = Ended()
            return [Send(second), Incompatible(version)]
        self._phase = AwaitingNoise3(noise, candidate)
        return [Send(second)]

    def _finish(
        self, noise: HandshakeState, candidate: Candidate, message: bytes, now: Instant
    ) -> list[Effect]:
        if noise.read_message(message) != bytes([VERSION]):
            raise RemoteProtocolError("version changed within a handshake")
        check_static(self._keys, candidate, noise.remote_static)
        self._phase = Ended()
        return [established(candidate, noise, self._take(None), now)]

    def _candidate_named(self, named: bytes, ephemeral: bytes) -> Candidate | None:
        """Compare with every candidate, so that time does not tell which one it was."""
        matching = [
            candidate
            for candidate in self._candidates
            if crypto.same(hint(candidate.key, self._challenge, ephemeral), named)
        ]
        return matching[0] if matching else None

    def _fall_silent(self) -> list[Effect]:
        self._phase = Silent()
        self.deadline = self._silent_until
        self._take(None)
        return []

    def _take(self, size: int | None) -> bytes:
        taken, self._incoming = cut(self._incoming, size)
        return taken


def cut(data: bytes, size: int | None) -> tuple[bytes, bytes]:
    """Return the first *size* bytes (all for None) and what is left."""
    end = len(data) if size is None else size
    return data[:end], data[end:]


def check_static(keys: crypto.DeviceKeys, candidate: Candidate, proved: bytes) -> None:
    """Raise `RemoteProtocolError` unless *proved* may be the static key of *candidate*."""
    if crypto.same(keys.static, proved):
        raise RemoteProtocolError("our own static key came back")
    match candidate:
        case PairCandidate(static=static) if not crypto.same(static, proved):
            raise RemoteProtocolError("the peer proved another static key")
        case PairCandidate() | GroupCandidate():
            return


def established(
    candidate: Candidate, noise: HandshakeState, remainder: bytes, now: Instant
) -> Established:
    """Return the result of a finished handshake."""
    return Established(
        candidate=candidate,
        static=StaticKey(noise.remote_static),
        handshake_hash=noise.handshake_hash,
        transport=Transport.after(noise, now),
        remainder=remainder,
    )
