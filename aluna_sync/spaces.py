"""The spaces of a device: who is in them, which keys open them, whose words are whose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aluna_protocol import acts, entry, epoch, limits
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey
from aluna_protocol.ids import (
    ActorId,
    DeviceId,
    DocumentId,
    EpochId,
    Lane,
    LogId,
    PersonId,
    SpaceId,
)
from aluna_protocol.membership import Genesis, Membership, Seat, SpaceKind
from aluna_protocol.operations import Admit
from aluna_protocol.replica import SpaceReplica
from aluna_sync.errors import AlunaError
from aluna_sync.journal.likeness import told_apart
from aluna_sync.journal.types import Absent
from aluna_sync.store.rows import SpaceRow
from aluna_sync.store.store import Store

KIND_NAMES = {
    SpaceKind.COLLECTIVE: "collective",
    SpaceKind.CIRCLE: "circle",
    SpaceKind.PRIVATE: "private",
}

INCARNATION = "incarnation"
"""Where the store keeps the incarnation once it differs from the vault's."""


def standing_incarnation(store: Store, of_vault: int) -> int:
    """Return the incarnation this device writes as."""
    kept = store.meta.get(INCARNATION)
    return of_vault if kept is None else int.from_bytes(kept, "big")


class Spaces:
    """Every space in the store, resolved. Loading costs what control entries cost, not records."""

    def __init__(self, store: Store, keys: DeviceKeys, incarnation: int) -> None:
        self._store = store
        self._keys = keys
        self.incarnation = incarnation
        self.device: DeviceId = keys.device
        self.rows: dict[SpaceId, SpaceRow] = {}
        self.replicas: dict[SpaceId, SpaceReplica] = {}
        self.epoch_keys: dict[SpaceId, dict[EpochId, bytes]] = {}
        self._searches: dict[SpaceId, acts.KeySearch] = {}
        self._searched: dict[SpaceId, int] = {}
        """Up to which entry of the store boxes were looked for."""
        self._names: dict[SpaceId, tuple[Membership, dict[PersonId, str]]] = {}
        self._absent: dict[SpaceId, tuple[Membership, Absent]] = {}
        self._authors: dict[DocumentId, PersonId] = {}
        """Who made a document, where it was not the first who was thought of."""
        for row in store.log.spaces():
            self._load(row)

    def _load(self, row: SpaceRow) -> None:
        log = self._store.log
        replica = SpaceReplica(row.id, log)
        replica.restore(log.heads(row.id), log.control_entries(row.id), log.forks(row.id))
        self._place(row, replica)
        self.rows[row.id] = row
        self.replicas[row.id] = replica
        known = self.epoch_keys[row.id] = self._store.log.epoch_keys(row.id)
        self._searches[row.id] = acts.KeySearch(self._keys, row.id, known)

    def _place(self, row: SpaceRow, replica: SpaceReplica) -> None:
        """Let a circle follow who goes from its collective, whichever of the two is loaded first.

        Not a private space: whoever goes keeps what is hers, and goes on writing in it.
        """
        if row.kind == KIND_NAMES[SpaceKind.CIRCLE]:
            replica.collective = self.replicas.get(row.collective)
        for other in self.rows.values():
            if other.collective == row.id and other.kind == KIND_NAMES[SpaceKind.CIRCLE]:
                self.replicas[other.id].collective = replica

    def complain(self, space: SpaceId) -> list[epoch.Complaint]:
        """Return what is to be said of boxes for this device that hold another key (E6)."""
        return self._searches[space].complaints

    def look_for_new(self) -> bool:
        """Load the spaces another process of this person founded or entered; tell if any is."""
        new = [row for row in self._store.log.spaces() if row.id not in self.rows]
        for row in new:
            self._load(row)
            self.learn_keys(row.id)
        return bool(new)

    def take(self, row: SpaceRow, written: Sequence[Entry]) -> None:
        """Keep a space this device founded or was let into, with its first control entries.

        Raises AlunaError too-many-spaces when more could not be named to others (SPEC §11.2).
        """
        if row.id not in self.rows and len(self.rows) >= limits.MAX_SPACES:
            raise AlunaError("too-many-spaces", limit=limits.MAX_SPACES)
        with self._store.transaction():
            self._store.log.add_space(row)
            self._store.log.append(list(written))
        self._load(row)
        self.learn_keys(row.id)

    def learn_keys(self, space: SpaceId) -> list[EpochKey]:
        """Open the epoch keys boxed for this device; return those that are new here."""
        search, log = self._searches[space], self._store.log
        newest = log.newest_entry()
        search.read(log.control_entries(space, after=self._searched.get(space, 0)))
        self._searched[space] = newest
        new = search.open(self.replicas[space].minted)
        with self._store.transaction():
            for key in new:
                self._store.log.put_epoch_key(space, key)
                self.epoch_keys[space][key.id] = key.key
        return new

    def of_kind(self, kind: str, collective: SpaceId | None = None) -> list[SpaceId]:
        """Return the spaces of *kind*, in the order they were entered."""
        return [
            row.id
            for row in self.rows.values()
            if row.kind == kind and collective in (None, row.collective)
        ]

    def name(self, space: SpaceId) -> str:
        """Return the name the space was founded with."""
        genesis = self.replicas[space].membership.genesis
        return genesis.name if genesis is not None else ""

    def seats(self, space: SpaceId) -> Iterable[Seat]:
        """Return every seat of *space*."""
        return self.replicas[space].membership.seats.values()

    def seat_of(self, space: SpaceId, device: DeviceId) -> Seat | None:
        """Return the seat *device* holds in *space* or held once: what it wrote keeps its name."""
        membership = self.replicas[space].membership
        return membership.seats.get(device) or membership.former.get(device)

    def card_of(self, space: SpaceId, device: DeviceId) -> Seat | None:
        """Return the seat of *device*, or the one that was given to it without effect.

        Whoever let it in may turn out to have been removed by then; its card is still its own.
        """
        seat = self.seat_of(space, device)
        if seat is not None:
            return seat
        acts = (one.operation for one in self.replicas[space].listed)
        given = (one.seat for one in acts if isinstance(one, Admit))
        return next((one for one in given if one.device == device), None)

    def name_on(self, space: SpaceId, seat: Seat) -> str:
        """Return how the person of *seat*, one that `card_of` returned, is called here.

        Whoever could be taken for somebody who belongs, or did, is marked.
        """
        known = self.names(space).get(seat.person)
        if known is not None:
            return known
        membership = self.replicas[space].membership
        people = {seat.person: (seat.person_name, seat.device)}
        for one in (*membership.seats.values(), *membership.former.values()):
            people.setdefault(one.person, (one.person_name, one.device))
        return told_apart(people)[seat.person]

    def names(self, space: SpaceId) -> dict[PersonId, str]:
        """Return how each person of *space* is called, those too who are no longer here.

        Who could be taken for another is marked.
        """
        membership = self.replicas[space].membership
        known = self._names.get(space)
        if known is None or known[0] is not membership:
            people: dict[PersonId, tuple[str, DeviceId]] = {}
            for seat in (*membership.seats.values(), *membership.former.values()):
                people.setdefault(seat.person, (seat.person_name, seat.device))
            known = self._names[space] = (membership, told_apart(people))
        return known[1]

    def absent(self, space: SpaceId) -> Absent:
        """Return who of *space* is not waited for: who rests, and who does not belong any more."""
        membership = self.replicas[space].membership
        known = self._absent.get(space)
        if known is None or known[0] is not membership:
            here = {seat.person for seat in membership.seats.values()}
            once = {seat.person for seat in membership.former.values()}
            found = Absent(frozenset(once - here), membership.resting)
            known = self._absent[space] = (membership, found)
        return known[1]

    def writing_key(self, space: SpaceId) -> EpochKey:
        """Return the key to seal under; raise AlunaError no-key-to-write while there is none."""
        active = self.replicas[space].active_epoch
        if active is None or not self.can_write(space):
            raise AlunaError("no-key-to-write")
        return EpochKey(active.id, self.epoch_keys[space][active.id])

    def can_write(self, space: SpaceId) -> bool:
        """Tell whether there is a key nobody outside ever held, and we have it."""
        active = self.replicas[space].active_epoch
        return active is not None and active.id in self.epoch_keys[space]

    def check_door(self, space: SpaceId, person: PersonId, *, mine: bool) -> None:
        """Raise AlunaError unless *person* lets in somebody from here, or a device of hers.

        Codes: no-seat-here, device-suspended, not-a-keeper.
        """
        membership = self.replicas[space].membership
        if self.device not in membership.seats:
            raise AlunaError("no-seat-here")
        if self.device in membership.suspended:
            raise AlunaError("device-suspended")
        if not mine and membership.keepers and person not in membership.keepers:
            raise AlunaError("not-a-keeper")

    def own_log(self, space: SpaceId, lane: Lane) -> LogId:
        """Return the log this device writes."""
        return LogId(space, self.device, self.incarnation, lane)

    def actor(self, document: DocumentId) -> ActorId:
        """Return the actor this device writes *document* as."""
        return entry.actor_of(self.device, document, self.incarnation)

    def author_of(
        self, space: SpaceId, document: DocumentId, likely: DeviceId | None = None
    ) -> PersonId | None:
        """Return the person who made *document* for *space*, None when it was nobody (SPEC §5.5).

        The person of the device *likely* is tried first.
        """
        seat = None if likely is None else self.seat_of(space, likely)
        if seat is not None and entry.is_of(document, space, seat.person):
            return seat.person
        known = self._authors.get(document)
        if known is None or not entry.is_of(document, space, known):
            persons = self.replicas[space].membership.authors
            known = next((one for one in persons if entry.is_of(document, space, one)), None)
            if known is not None:
                self._authors[document] = known
        return known

    def person_of(
        self, space: SpaceId, document: DocumentId
    ) -> Callable[[ActorId], PersonId | None]:
        """Return who is behind an actor of *document*: only logs we hold can have written it."""
        logs = {(log.device, log.incarnation) for log in self.replicas[space].heads}
        logs.add((self.device, self.incarnation))
        candidates = iter(sorted(logs, key=lambda log: log[0] != self.device))
        known: dict[ActorId, PersonId | None] = {}

        def person(actor: ActorId) -> PersonId | None:
            while actor not in known:
                log = next(candidates, None)
                if log is None:
                    return None
                seat = self.seat_of(space, log[0])
                found = entry.actor_of(log[0], document, log[1])
                known[found] = None if seat is None else seat.person
            return known[actor]

        return person


def new_space(
    keys: DeviceKeys,
    incarnation: int,
    kind: SpaceKind,
    name: str,
    seat: Seat,
    collective: SpaceId | None,
    random_bytes: Callable[[int], bytes],
) -> tuple[SpaceRow, list[Entry]]:
    """Found a space; return its row and its first control entries."""
    genesis = Genesis(kind, name, collective or b"", seat, random_bytes(16))
    replica, written, _ = acts.found(keys, incarnation, genesis, random_bytes)
    return SpaceRow(replica.space, KIND_NAMES[kind], collective or replica.space), written


def active_epoch_id(spaces: Spaces, space: SpaceId) -> EpochId:
    """Return the epoch in use, or empty bytes while there is none."""
    active: epoch.Epoch | None = spaces.replicas[space].active_epoch
    return EpochId(b"") if active is None else active.id
