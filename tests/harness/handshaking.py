"""Two parties of a handshake joined by a wire that a test may cut, swap or repeat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from aluna_protocol import crypto
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.handshake import (
    Candidate,
    Ended,
    Established,
    InitiatorHandshake,
    PairCandidate,
    ResponderHandshake,
    Send,
    pair_key,
)
from aluna_protocol.ids import Instant, SpaceId

NOW = Instant(1000.0)
SPACE = SpaceId(crypto.blake2b(b"a collective"))
OTHER_SPACE = SpaceId(crypto.blake2b(b"another collective"))
CHALLENGE = crypto.blake2b(b"challenge")
Tamper = Callable[[int, bytes], bytes]


class Machine(Protocol):
    """What every handshake and every knock looks like from its connection."""

    def receive(self, data: bytes, now: Instant) -> Sequence[Any]: ...


def device(name: str) -> DeviceKeys:
    """Return the keys of a made-up device, always the same for one *name*."""
    return DeviceKeys(crypto.blake2b(f"sign {name}".encode()), secret(f"static {name}"))


def secret(name: str) -> bytes:
    """Return 32 bytes, always the same for one *name*."""
    return crypto.blake2b(name.encode())


def candidate(keys: DeviceKeys, peer: DeviceKeys, space: SpaceId = SPACE) -> PairCandidate:
    """Return what *keys* knows of *peer*."""
    return PairCandidate(space, peer.device, peer.static, pair_key(keys, peer.static, space))


def dial(keys: DeviceKeys, to: Candidate, *, ephemeral: str = "e initiator") -> InitiatorHandshake:
    """Return an initiator that wants to reach *to*."""
    return InitiatorHandshake(keys, to, ephemeral_secret=secret(ephemeral), now=NOW)


def accept(
    keys: DeviceKeys,
    candidates: Sequence[Candidate],
    *,
    challenge: bytes = CHALLENGE,
    ephemeral: str = "e responder",
) -> ResponderHandshake:
    """Return a responder that just accepted a connection."""
    return ResponderHandshake(
        keys,
        candidates,
        challenge=challenge,
        ephemeral_secret=secret(ephemeral),
        silence=7.5,
        now=NOW,
    )


def sent(effects: Sequence[Any]) -> bytes:
    """Return the bytes *effects* put on the connection."""
    return b"".join(effect.data for effect in effects if isinstance(effect, Send))


def only(effects: Sequence[Any], kind: type[Any]) -> Any:
    """Return the one effect of *kind*."""
    (one,) = [effect for effect in effects if isinstance(effect, kind)]
    return one


def converse(
    caller: Machine,
    callee: Machine,
    greeting: Sequence[Any],
    *,
    tamper: Tamper = lambda number, data: data,
    now: Instant = NOW,
) -> tuple[list[Any], list[Any]]:
    """Carry bytes both ways until nobody says anything; return all effects of both.

    *tamper* may change each transmission; they are numbered from 0, the greeting's.
    """
    sides = (caller, callee)
    effects: tuple[list[Any], list[Any]] = ([], list(greeting))
    under_way, to, number = sent(greeting), 0, 0
    while under_way:
        came = list(sides[to].receive(tamper(number, under_way), now))
        effects[to].extend(came)
        under_way, to, number = sent(came), 1 - to, number + 1
    return effects


def meet(tamper: Tamper = lambda turn, data: data) -> tuple[list[Any], list[Any], list[str]]:
    """Let Ana dial Rui over a hostile line; return what both came to, and their complaints."""
    ana, rui = device("ana"), device("rui")
    initiator, responder = dial(ana, candidate(ana, rui)), accept(rui, [candidate(rui, ana)])
    ours, theirs, errors = list[Any](), list[Any](responder.start()), list[str]()
    machines: tuple[Any, Any] = (initiator, responder)
    under_way, to, number = sent(theirs), 0, 0
    while under_way:
        try:
            came = machines[to].receive(tamper(number, under_way), NOW)
        except RemoteProtocolError as error:
            errors.append(str(error))
            assert isinstance(machines[to].phase, Ended)
            break
        (ours, theirs)[to].extend(came)
        under_way, to, number = sent(came), 1 - to, number + 1
    return ours, theirs, errors


def stands(effects: Sequence[Any]) -> bool:
    """Tell whether a session came out of it."""
    return any(isinstance(one, Established) for one in effects)


def session(one: str = "ana", other: str = "rui") -> tuple[Established, Established]:
    """Return both ends of an established session."""
    a, b = device(one), device(other)
    responder = accept(b, [candidate(b, a)])
    ours, theirs = converse(dial(a, candidate(a, b)), responder, responder.start())
    return only(ours, Established), only(theirs, Established)
