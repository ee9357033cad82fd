"""When `aluna sync` may end: everybody there is in sync and nobody is about to appear. Pure."""

from __future__ import annotations

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId

SETTLE_SECONDS = 1.5
"""So long after the newest arrival somebody else may still appear."""
LAN_PATIENCE_SECONDS = 4.0
"""And so long anybody at all is waited for when the network is looked at."""


@dataclass(frozen=True, slots=True)
class Settling:
    """How things stand between the devices; times in seconds."""

    elapsed: float
    others: frozenset[DeviceId]
    """Devices that belong to a collective of ours."""
    visited: frozenset[DeviceId]
    """Those met since the beginning."""
    newest: float
    """Since the newest of them arrived."""
    pending: bool
    """Own edits are not sealed yet."""
    opened: bool
    """Everything stored is readable."""
    complete: bool
    """Every session holds the same on both sides, and each peer said that nothing waits there."""
    looking: bool
    """The local network is browsed."""
    dialling: bool
    """An address is still being tried."""
    searching: bool = False
    """A person has the network searched: somebody else may begin to just now."""

    @property
    def settled(self) -> bool:
        """Tell whether waiting longer would bring nothing."""
        if not self.others:
            return True
        if not self.visited:
            if self.searching:
                return False
            patience = LAN_PATIENCE_SECONDS if self.looking else SETTLE_SECONDS
            return self.elapsed >= patience and not self.dialling
        if self.pending or not self.opened or not self.complete:
            return False
        if self.others <= self.visited:
            return True
        waiting = self.looking and self.newest < SETTLE_SECONDS
        return not waiting and not self.dialling
