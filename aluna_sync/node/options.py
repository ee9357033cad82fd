"""What a node is told to do, and what it reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.exchange.folder import Looked
from aluna_sync.facts import Met, PeerFacts

ANYWHERE: Final = ("0.0.0.0", 0)  # noqa: S104 - chosen interfaces announce it
"""Listening on any free port of every network, as nobody asks otherwise."""
FALLBACK_PORT: Final = 28543
"""Where one is found who wants to be found without announcements: the same for everybody."""


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """How a node meets others."""

    listen: tuple[str, int] | None = ANYWHERE
    """Host and port to listen on, port 0 for any; None: only dial."""
    lan: bool = True
    """Announce and browse on the networks the listening address belongs to."""
    peers: tuple[tuple[str, int], ...] = ()
    """Addresses people typed."""
    quiet: bool = False
    """Not one packet unasked: no announcement, no browsing, no remembered addresses."""
    findable: bool = False
    """Listen on `FALLBACK_PORT` as well where it is free, for who is on the same network."""
    probe: bool = False
    """Ask every address of the present network for `FALLBACK_PORT` once: a person wants it."""

    def quietly(self) -> NodeOptions:
        """Return what is left of these options for a node that only does what it is asked."""
        listen = None if self.listen == ANYWHERE else self.listen
        return replace(self, listen=listen, quiet=True, findable=False)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What `sync --once` did."""

    met: tuple[Met, ...]
    unreached: tuple[PeerFacts, ...]
    complete: bool
    """Everybody met holds what we hold, and we hold what they hold."""
    update_needed: bool = False
    """Somebody was there who speaks another version of the protocol."""
    folders: tuple[Looked, ...] = ()
    """What was read and written in shared folders."""
