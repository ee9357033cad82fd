"""What removed and suspended devices wrote too late: which changes are not applied (SPEC §6.4.5).

What stands follows from membership and the logs alone. What it was when the records were last built
is kept in the store; when it differs now, the documents in between are built again, no others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from aluna_protocol import barring, lint, wire
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import (
    DeviceId,
    DocumentId,
    EntryHash,
    EpochId,
    Lane,
    LogId,
    SpaceId,
)
from aluna_protocol.outcome import Membership
from aluna_protocol.replica import SpaceReplica
from aluna_sync.engine.types import SignedChange
from aluna_sync.spaces import Spaces
from aluna_sync.store.rows import PartPlace
from aluna_sync.store.store import Store

BARRED: Final = "barred"
"""Set aside everywhere: a removed or suspended device wrote it, and nobody had built on it."""
PAST_BARRED: Final = "past-barred"
"""Set aside everywhere, because something it builds on is barred."""
REASONS: Final = {
    barring.Fall.BARRED: BARRED,
    barring.Fall.BUILT_ON_BARRED: PAST_BARRED,
}
_KEPT: Final = "stands:"
"""Where the store keeps, per space, under what its records were built."""
NOT_SEALED: Final = 0
"""Stands for the height of the entry that an unsealed edit will be in."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A change and where in the log it lies."""

    change: SignedChange
    place: PartPlace
    index: int
    heads: tuple[EntryHash, ...] = ()
    """The membership heads its entry names."""
    epoch: EpochId | None = None
    """What its entry was sealed under; None: it is not sealed."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What of one barred device stands: by which acts it is barred, and up to where its logs go."""

    acts: frozenset[EntryHash]
    heights: Mapping[tuple[int, int], int]
    """By incarnation and branch."""


Standings = Mapping[DeviceId, Stand]


@dataclass(slots=True)
class _Known:
    """What is known of a space, and from what it was worked out."""

    membership: Membership
    replica: SpaceReplica
    cuts: barring.Cuts
    standings: Standings


class Barred:
    """Says what is not applied, and what has to be built again because that changed.

    This device's own words are never among it: whoever is removed goes on reading what she wrote.
    Of the documents *held* by the engine those are taken out that do not stand any more.
    """

    def __init__(self, store: Store, spaces: Spaces, held: set[DocumentId]) -> None:
        self._store = store
        self._spaces = spaces
        self._held = held
        self._known: dict[SpaceId, _Known] = {}
        self._seen: dict[SpaceId, tuple[int, int]] = {}
        """What the store said when it was last held against what is in memory."""
        self._behind: dict[SpaceId, SpaceReplica] = {}
        self._built: dict[SpaceId, Standings] = {}
        """Under what the engine here holds the documents of a space."""
        self._left: dict[SpaceId, tuple[Standings, list[DocumentId]]] = {}

    # -- what stands -----------------------------------------------------------------------------

    def look(self, space: SpaceId) -> barring.Cuts:
        """Return up to where the logs of the barred devices of *space* stand now."""
        replica = self._replica(space)
        membership = replica.membership
        known = self._known.get(space)
        same = known is not None and known.replica is replica and known.membership is membership
        if known is not None and same and not known.cuts.outdated:
            return known.cuts
        barred = barring.barred_in(membership, replica.branches)
        barred.pop(self._spaces.device, None)
        cuts = barring.Cuts(space, replica.branches, barred, replica.has_seen)
        self._known[space] = _Known(membership, replica, cuts, _standings(cuts))
        return cuts

    def cuts(self, space: SpaceId) -> barring.Cuts:
        """Return what `look` returned last."""
        known = self._known.get(space)
        return self.look(space) if known is None else known.cuts

    def _replica(self, space: SpaceId) -> SpaceReplica:
        """Return the space as the store has it: another process may know more of it than we do."""
        memory, log = self._spaces.replicas[space], self._store.log
        seen = (self._store.data_version(), log.newest_entry() if space in self._behind else 0)
        if self._seen.get(space) == seen:
            return self._behind.get(space, memory)
        heads = log.heads(space)
        self._behind.pop(space, None)
        if any(memory.branches.find(one, head) is None for one, head in heads.items()):
            behind = self._behind[space] = SpaceReplica(space, log)
            behind.restore(heads, log.control_entries(space), log.forks(space))
            seen = (seen[0], log.newest_entry())
        else:
            seen = (seen[0], 0)
        self._seen[space] = seen
        return self._behind.get(space, memory)

    def fallen(self, placed: Sequence[Placed]) -> dict[int, str]:
        """Return which of *placed*, all changes of one document, are not applied, and why."""
        if not placed:
            return {}
        cuts = self.cuts(placed[0].place.log.space)
        if not cuts.barred:
            return {}
        barred = [cuts.bars(one.place.log, one.place.height) for one in placed]
        if not any(barred):
            return {}
        carried: dict[int, barring.Carried] = {}
        for at, one in enumerate(placed):
            try:
                chunk = lint.read_chunk(one.change.raw)
            except RemoteProtocolError:
                continue
            if chunk.actor != one.change.actor:
                continue
            sealed = one.place.height != NOT_SEALED
            unaware = cuts.unaware_of(one.heads) if sealed else frozenset[DeviceId]()
            carried[at] = barring.Carried(
                chunk.hash, chunk.deps, one.place.log.device, barred[at], unaware
            )
        found = barring.fallen(carried.values())
        return {at: REASONS[found[one.hash]] for at, one in carried.items() if one.hash in found}

    def bars_any(self, placed: Iterable[Placed]) -> bool:
        """Tell whether an entry of *placed* is barred."""
        return any(
            self.cuts(one.place.log.space).bars(one.place.log, one.place.height) for one in placed
        )

    def touched(self, space: SpaceId) -> set[DocumentId]:
        """Return the documents of *space* of which something barred is set aside."""
        if not self.cuts(space).barred:
            return set()
        return self._store.log.documents_set_aside(space, REASONS.values())

    # -- what has to be built again --------------------------------------------------------------

    def left(self, space: SpaceId) -> list[DocumentId]:
        """Return the documents of *space* left to be built again, as what stands changed."""
        self.look(space)
        now = self._known[space].standings
        before = self._built.setdefault(space, now)
        if before != now:
            # Another process may build them again: here they are still as they were.
            self._held -= self._between(space, before, now)
            self._built[space] = now
        known = self._left.get(space)
        if known is None or known[0] != now or not known[1]:
            known = self._left[space] = (now, self._find(space, now))
        return known[1]

    def built(self, space: SpaceId, documents: Collection[DocumentId]) -> None:
        """Take that *documents* were built as they stand."""
        now, left = self._left[space]
        left = [document for document in left if document not in documents]
        self._left[space] = (now, left)
        if not left:
            self._keep(space, [now])

    def _find(self, space: SpaceId, now: Standings) -> list[DocumentId]:
        kept = self._kept(space)
        found: set[DocumentId] = set()
        for before in kept:
            found |= self._between(space, before, now)
        if not found and kept != [now]:
            self._keep(space, [now])
        elif found and now not in kept:
            # Should it be turned back half way, both are looked at.
            self._keep(space, [*kept, now])
        return sorted(found)

    def _between(self, space: SpaceId, before: Standings, now: Standings) -> set[DocumentId]:
        """Return the documents that may read otherwise *now* than *before*."""
        if before == now:
            return set()
        found: set[DocumentId] = set()
        for device in before.keys() | now.keys():
            stands = [one[device] for one in (before, now) if device in one]
            same = len(stands) > 1 and stands[0].acts == stands[1].acts
            for key in {key for stand in stands for key in stand.heights}:
                log = LogId(space, device, key[0], Lane.CONTENT, key[1])
                ends = {stand.heights[key] for stand in stands if key in stand.heights}
                last = self._store.log.head(log).height
                if same:
                    # A branch only one of them knows had nothing opened under the other.
                    last = max(ends) if len(ends) > 1 else 0
                found |= self._store.log.documents_between(log, min(ends), last)
        return found

    def _kept(self, space: SpaceId) -> list[Standings]:
        packed = self._store.meta.get(_KEPT + space.hex())
        if packed is None:
            return [{}]
        rows = wire.array(wire.unpack(packed, len(packed)))
        return [_unpacked(row) for row in rows]

    def _keep(self, space: SpaceId, all_of_them: Sequence[Standings]) -> None:
        packed = wire.pack([_packed(one) for one in all_of_them])
        with self._store.passing():
            self._store.meta.put(_KEPT + space.hex(), packed)


def _standings(cuts: barring.Cuts) -> Standings:
    heights: dict[DeviceId, dict[tuple[int, int], int]] = {device: {} for device in cuts.barred}
    for log, height in cuts.stands.items():
        heights[log.device][log.incarnation, log.branch] = height
    return {device: Stand(cuts.barred[device].acts, heights[device]) for device in cuts.barred}


def _packed(standings: Standings) -> list[object]:
    return [
        [device, sorted(stand.acts), [[*key, height] for key, height in stand.heights.items()]]
        for device, stand in sorted(standings.items())
    ]


def _unpacked(packed: object) -> Standings:
    found: dict[DeviceId, Stand] = {}
    for row in wire.array(packed):
        device, acts, heights = wire.array(row, 3)
        logs = [[wire.integer(part) for part in wire.array(one, 3)] for one in wire.array(heights)]
        found[DeviceId(wire.octets(device))] = Stand(
            frozenset(EntryHash(wire.octets(act)) for act in wire.array(acts)),
            {(incarnation, branch): height for incarnation, branch, height in logs},
        )
    return found
