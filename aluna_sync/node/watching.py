"""What changed of the network since the last look, and whether the machine slept meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.node import interfaces as network
from aluna_sync.node.interfaces import Interface

ASLEEP_SECONDS: Final = 30.0
"""A look so late means the machine slept: it may be on another network with the same addresses."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at the network; an interface with another address is gone and new."""

    interfaces: tuple[Interface, ...]
    gone: tuple[Interface, ...]
    new: tuple[Interface, ...]
    slept: bool

    @property
    def changed(self) -> bool:
        """Tell whether anything is to be begun again."""
        return bool(self.gone or self.new or self.slept)


class Watch:
    """Looks at the networks a device listening on *listen_host* may meet on; sends nothing."""

    def __init__(
        self,
        listen_host: str,
        every: float,
        look: Callable[[], tuple[Interface, ...]] = network.look,
        clock: Callable[[], float] = lambda: time.time(),
    ) -> None:
        self._listen_host = listen_host
        self._every = every
        self._look = look
        self._clock = clock
        self._last = clock()
        self.interfaces: tuple[Interface, ...] = ()

    def seen(self) -> Seen:
        """Look again. After a sleep every interface is taken for gone and new.

        The clock of the day tells: the other one stands still on some systems while they sleep.
        """
        here = network.chosen(self._look(), self._listen_host)
        now, before = self._clock(), self._last
        self._last = now
        difference = network.change(self.interfaces, here)
        slept = now - before > max(ASLEEP_SECONDS, 3 * self._every)
        if slept:
            difference = network.Change(self.interfaces, here)
        self.interfaces = here
        return Seen(here, difference.gone, difference.new, slept)
