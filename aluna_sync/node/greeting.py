"""Greeting an address that says nothing about who is there: everybody it may be, one after another.

A greeting names one secret, and who does not hold it says nothing for seconds (SPEC §8.3). So the
next is tried before the last has failed; the first to be answered ends the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Final

from aluna_protocol.directory import Directory
from aluna_protocol.handshake import Candidate, PairCandidate
from aluna_protocol.ids import DeviceId, Instant
from aluna_protocol.limits import HANDSHAKE_SECONDS
from aluna_sync.node.connections import now
from aluna_sync.node.transport import Connection

AT_ONCE: Final = 6
"""Fewer than a listener lets wait from one source (T9): others may come from where we do."""
NEXT_AFTER_SECONDS: Final = 0.5
"""Who is greeted by the right secret has answered by then, unless the machine is very busy."""
ENOUGH_SECONDS: Final = 2.0
"""A greeting may stay so long unanswered where others wait for their turn."""


def in_turn(
    directory: Directory, known: Candidate | None, met: Collection[DeviceId]
) -> list[Candidate]:
    """Return how to greet an address, the likeliest first.

    *known* answered there before; *met* are the devices that were met there. Then come whoever
    holds an active epoch, every device we know, and whoever holds an older epoch: where keys just
    changed, the other side may not know the new one, and the old one introduces nobody (SPEC §8.4).
    """
    active = [one for space in directory.replicas for one in directory.groups(space)[:1]]
    everybody = directory.candidates()
    pairs = [one for one in everybody if isinstance(one, PairCandidate)]
    first = [one for one in everybody if one == known]
    met_there = [one for one in pairs if one.device in met]
    newest = [one for one in everybody if one in active]
    return list(dict.fromkeys([*first, *met_there, *newest, *pairs, *everybody]))


class Round:
    """The greetings at one address that are under way; ends when one is answered or all fail."""

    def __init__(self, drop: Callable[[Connection], None]) -> None:
        self.answered = False
        self._drop = drop
        self._open: dict[Connection, Instant] = {}
        self._changed = asyncio.Event()

    async def room(self) -> bool:
        """Return when somebody else may be greeted; False: there is no need to."""
        if self._open:
            await self._wait(NEXT_AFTER_SECONDS)
        while not self.answered and len(self._open) >= AT_ONCE:
            oldest, since = next(iter(self._open.items()))
            left = since + ENOUGH_SECONDS - now()
            if left > 0:
                await self._wait(left)
            else:
                self._end(oldest)
        return not self.answered

    def greet(self, connection: Connection) -> None:
        """Take a connection on which somebody is greeted."""
        self._open[connection] = now()

    def failed(self, connection: Connection) -> None:
        """Nobody we know answered on *connection*: it is gone."""
        self._open.pop(connection, None)
        self._changed.set()

    def met(self, connection: Connection | None) -> None:
        """A session stands on *connection* (None: another way): the other greetings end."""
        self.answered = True
        for other in [one for one in self._open if one is not connection]:
            self._end(other)
        self._changed.set()

    async def over(self) -> None:
        """Return when somebody answered, or nobody will."""
        while self._open and not self.answered:
            await self._wait(HANDSHAKE_SECONDS)

    def _end(self, connection: Connection) -> None:
        self._open.pop(connection, None)
        self._drop(connection)

    async def _wait(self, seconds: float) -> None:
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()
