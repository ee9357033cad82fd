"""The one dishonest device: it holds valid keys, and does what it likes.

It is an honest device underneath, so that it belongs and is believed; on top of that it says and
signs whatever serves it. Every way to misbehave has a name that plans choose from: what it says is
in `lies`, what it signs in `forks` and `poison`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from aluna_protocol.hub_events import HubEffect, LoadEntries, OwnLogBehind, OwnLogForked
from aluna_protocol.ids import Lane, LogId, SpaceId
from aluna_protocol.messages import Message
from aluna_protocol.session import Session
from aluna_sync.errors import AlunaError
from simulator.machine import Machine

Misdeed = Callable[["RogueMachine"], None]
"""Something an honest device never does; it does nothing where it cannot be done."""
BOOK: dict[str, Misdeed] = {}
"""Every way to misbehave, by its name."""


def misdeed(do: Misdeed) -> Misdeed:
    """Enter *do* in the book under its own name."""
    BOOK[do.__name__] = do
    return do


class RogueMachine(Machine):
    """A machine that is honest until it is told to misbehave."""

    honest = False
    withholds = False
    """It takes, and sends nothing it is asked for."""

    def misbehave(self, what: str) -> None:
        """Do something an honest device never does."""
        if self.on:
            self.world.watch.seen[f"rogue {what}"] += 1
            with contextlib.suppress(AlunaError):  # its own program may refuse
                self.guarded(lambda: BOOK[what](self))

    def leave_for_good(self) -> None:
        """It is gone; the others have to find together without it."""
        if self.on:
            self.crash(1.0, silent=False)

    def do(self, effect: HubEffect) -> None:
        """Do what the hub says, as far as that suits it."""
        match effect:
            case OwnLogBehind() | OwnLogForked():
                return  # it goes on writing a log that forked
            case LoadEntries() if self.withholds:
                return
            case _:
                super().do(effect)

    def keep_keys(self) -> None:
        """Mend nothing."""

    def _may_seal(self, space: SpaceId) -> bool:
        return self.running.spaces.can_write(space)

    # -- what misdeeds are made of ---------------------------------------------------------------

    def own_log(self, lane: Lane = Lane.CONTENT) -> LogId:
        """Return the log it writes in the collective."""
        return self.running.spaces.own_log(self.world.collective, lane)

    def victims(self) -> list[Session]:
        """Return its sessions with somebody of the collective."""
        found = [
            one
            for one in self.hub.sessions
            if one.greeted and one.device and self.world.collective in one.shared.values()
        ]
        return sorted(found, key=lambda one: one.connection)

    def victim(self) -> Session | None:
        """Return one of them."""
        victims = self.victims()
        return self.world.rng.choice(victims) if victims else None

    def say(self, session: Session, *said: Message) -> None:
        """Say something in a session that stands."""
        for message in said:
            if session.connection in self.links and self.on:
                self.perform([session.say(message, self.now)])

    def say_bytes(self, session: Session, packed: bytes) -> None:
        """Say bytes that may be no message at all."""
        if session.connection in self.links and self.on:
            sealed = session.transport.encrypt(packed, self.now)
            self.world.wire.send(session.connection, sealed)

    def tag(self, session: Session) -> bytes:
        """Return how it names the collective in a session."""
        return session.our_tag(self.world.collective)
