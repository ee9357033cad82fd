"""Whom to dial when: a pure table; time and jitter are arguments.

An address somebody announced is unauthenticated, so it is dialled at most once in
`DIAL_INTERVAL_SECONDS`; one a person typed, or where we met before, follows the back-off alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, Instant
from aluna_protocol.limits import DIAL_INTERVAL_SECONDS, MAX_HALF_OPEN_DIALS

FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 300.0
HIGHER_DEVICE_WAITS_SECONDS: Final = 2.0
"""The device with the lower id dials first; the other only if that did not get through."""
JITTER: Final = 0.25
"""Pauses are this much shorter or longer: devices that lost each other must not return in step."""


def pause(failures: int, jitter: float) -> float:
    """Seconds to wait after so many failures in a row; *jitter* between 0 and 1 spreads it."""
    doubled = FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 30)
    spread = 1 + JITTER * (2 * jitter - 1)
    return min(LONGEST_PAUSE_SECONDS, doubled * spread)


def patience(mine: DeviceId, theirs: DeviceId | None) -> float:
    """Seconds to let the other device dial first; *theirs* is None while it is not recognised."""
    return HIGHER_DEVICE_WAITS_SECONDS if theirs is not None and theirs < mine else 0.0


@dataclass(frozen=True, slots=True)
class Target:
    """Dial this now."""

    key: str
    host: str
    port: int


@dataclass(slots=True)
class _Entry:
    addresses: tuple[tuple[str, int], ...]
    announced: bool
    due: Instant
    attempts: int = 0
    failures: int = 0
    last_dial: Instant | None = None
    dialling: bool = False
    connected: bool = False


@dataclass(slots=True)
class Dialer:
    """Targets by key: an announced instance's name, or any name for an address we know."""

    _entries: dict[str, _Entry] = field(default_factory=dict)

    def learn(
        self,
        key: str,
        addresses: Sequence[tuple[str, int]],
        now: Instant,
        *,
        announced: bool,
        wait: float = 0.0,
    ) -> None:
        """There is a target, or it has other addresses now; *wait* as `patience` says."""
        entry = self._entries.get(key)
        if entry is None:
            self._entries[key] = _Entry(tuple(addresses), announced, Instant(now + wait))
        else:
            entry.addresses = tuple(addresses)

    def forget(self, key: str) -> None:
        """The target is gone."""
        self._entries.pop(key, None)

    def due(self, now: Instant) -> list[Target]:
        """What to dial now, longest due first, as many as may be half-open; tell `dialled` each."""
        free = MAX_HALF_OPEN_DIALS - sum(entry.dialling for entry in self._entries.values())
        ready = [
            (when, key)
            for key, entry in self._entries.items()
            if (when := self._when(entry)) is not None and when <= now
        ]
        return [self._target(key) for _, key in sorted(ready)[: max(free, 0)]]

    def next_due(self) -> Instant | None:
        """When `due` will have something to say, None if only events can change that."""
        if sum(entry.dialling for entry in self._entries.values()) >= MAX_HALF_OPEN_DIALS:
            return None
        times = [self._when(entry) for entry in self._entries.values()]
        return min((when for when in times if when is not None), default=None)

    def dialled(self, key: str, now: Instant) -> None:
        """The target is being dialled; half-open until `failed` or `succeeded`."""
        if (entry := self._entries.get(key)) is not None:
            entry.dialling = True
            entry.attempts += 1
            entry.last_dial = now

    def failed(self, key: str, now: Instant, jitter: float) -> None:
        """It did not answer, or not as somebody we know."""
        if (entry := self._entries.get(key)) is not None:
            entry.dialling = False
            entry.failures += 1
            entry.due = Instant(now + pause(entry.failures, jitter))

    def succeeded(self, key: str) -> None:
        """A session with it is established, whoever dialled."""
        if (entry := self._entries.get(key)) is not None:
            entry.dialling = False
            entry.connected = True
            entry.failures = 0
            entry.last_dial = None  # it proved itself: no spoofed announcement

    def lost(self, key: str, now: Instant, jitter: float) -> None:
        """Its session ended: try again soon."""
        if (entry := self._entries.get(key)) is not None:
            entry.connected = False
            entry.due = Instant(now + pause(1, jitter))

    def retry_now(self, now: Instant) -> None:
        """The network changed: what failed before may work, except what strangers announced."""
        for entry in self._entries.values():
            entry.failures = 0
            entry.due = min(entry.due, now)

    def retry(self, key: str, now: Instant) -> None:
        """Somebody asks for this target now, whatever came of it before."""
        if (entry := self._entries.get(key)) is not None:
            entry.failures = 0
            entry.due = now

    def untried(self, attempts: int) -> bool:
        """Whether a target that is not connected was dialled fewer than *attempts* times."""
        return any(
            not entry.connected and entry.attempts < attempts for entry in self._entries.values()
        )

    def _when(self, entry: _Entry) -> Instant | None:
        if entry.dialling or entry.connected or not entry.addresses:
            return None
        if entry.announced and entry.last_dial is not None:
            return Instant(max(entry.due, entry.last_dial + DIAL_INTERVAL_SECONDS))
        return entry.due

    def _target(self, key: str) -> Target:
        entry = self._entries[key]
        host, port = entry.addresses[entry.attempts % len(entry.addresses)]
        return Target(key, host, port)
