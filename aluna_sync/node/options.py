"""What a node is told to do, and what it reports."""

from __future__ import annotations

from dataclasses import dataclass

from aluna_sync.facts import Met, PeerFacts


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """How a node meets others."""

    listen: tuple[str, int] | None = ("0.0.0.0", 0)  # noqa: S104 - chosen interfaces announce it
    """Host and port to listen on, port 0 for any; None: only dial."""
    lan: bool = True
    """Announce and browse on the networks the listening address belongs to."""
    peers: tuple[tuple[str, int], ...] = ()
    """Addresses people typed."""
    quiet: bool = False
    """Not one packet unasked: no announcement, no browsing, no remembered addresses."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What `sync --once` did."""

    met: tuple[Met, ...]
    unreached: tuple[PeerFacts, ...]
    complete: bool
    """Everybody met holds what we hold, and we hold what they hold."""
    update_needed: bool = False
    """Somebody was there who speaks another version of the protocol."""
