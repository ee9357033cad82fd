"""What devices can be shown to have done wrong, and who is not asked for a while (SPEC §11.11)."""

from __future__ import annotations

import enum

from aluna_protocol import limits
from aluna_protocol.ids import Instant, LogId, StaticKey


class Fault(enum.StrEnum):
    """A fault and, after it, the device it names."""

    BROKEN_MESSAGE = "broken-message"
    """An authenticated peer said something that breaks the rules; the session ended. The peer."""
    FORGED = "forged"
    """It sent entries that do not hold. The peer."""
    WITHHELD = "withheld"
    """It says it has entries and does not send them. The peer."""
    FORKED = "forked"
    """It signed two entries at one height; both are in the store. The author of the log."""
    FLOODED = "flooded"
    """It said too much that brought nothing; the session ended. The peer."""
    TOO_MANY = "too-many"
    """More logs or branches than one device can need. The author, or the peer that tells them."""


class Backoff:
    """How long each peer is not asked again for what it withheld, across its sessions."""

    def __init__(self) -> None:
        self._known: dict[tuple[StaticKey, LogId | None], tuple[int, Instant]] = {}

    def longer(self, peer: StaticKey, log: LogId, now: Instant) -> Instant:
        """Note that *peer* withheld *log* once more; return when to ask again."""
        self.distrust(peer, now)
        return self._longer(peer, log, now)

    def distrust(self, peer: StaticKey, now: Instant) -> None:
        """Note that *peer* let us wait: what it merely tells holds nothing back for a while."""
        self._longer(peer, None, now)

    def distrusted(self, peer: StaticKey, now: Instant) -> bool:
        """Tell whether *peer* let us wait not long ago."""
        return self.until(peer, None, now) is not None

    def _longer(self, peer: StaticKey, log: LogId | None, now: Instant) -> Instant:
        count = self._known.pop((peer, log), (0, now))[0]
        wait = min(limits.RETRY_SECONDS * 2**count, limits.MAX_RETRY_SECONDS)
        while len(self._known) >= limits.MAX_REMEMBERED_FAULTS:
            del self._known[next(iter(self._known))]
        until = Instant(now + wait)
        self._known[peer, log] = (min(count + 1, 16), until)
        return until

    def until(self, peer: StaticKey, log: LogId | None, now: Instant) -> Instant | None:
        """Return when *peer* may be asked for *log* again, None when it may now."""
        until = self._known.get((peer, log), (0, now))[1]
        return until if until > now else None

    def delivered(self, peer: StaticKey, log: LogId) -> None:
        """Forget what was held against *peer*: it sent the log."""
        self._known.pop((peer, log), None)
