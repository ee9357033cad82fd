"""How things stand: people, devices, what each lacks, and whether two devices are in sync."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aluna_protocol import crypto
from aluna_protocol.ids import ChangeHash, DeviceId, DocumentId, EntryHash, PersonId, SpaceId
from aluna_sync.facts import FaultFacts, PeerFacts, PersonFacts, SpaceFacts
from aluna_sync.spaces import Spaces, active_epoch_id
from aluna_sync.store.store import Store


@dataclass(frozen=True, slots=True)
class SetAsideFacts:
    """Something that was not applied, and whose device it came from."""

    person_name: str
    device_name: str
    document: DocumentId | None
    title: str
    reason: str
    by_lint: bool


def state_of(
    heads: Iterable[EntryHash],
    documents: Iterable[tuple[DocumentId, tuple[ChangeHash, ...]]],
) -> str:
    """Return the state of a space: equal in hex exactly when membership and records are.

    BLAKE2b-256 over the membership heads and, sorted by document id, each document's heads.
    """
    ordered = sorted(heads)
    parts = [b"aluna-state-v1", len(ordered).to_bytes(4, "big"), *ordered]
    for document, at in documents:
        parts += [document, len(at).to_bytes(4, "big"), *sorted(at)]
    return crypto.blake2b(b"".join(parts)).hex()


class Standing:
    """Answers about the present, from the store alone."""

    def __init__(self, store: Store, spaces: Spaces, device: DeviceId, person: PersonId) -> None:
        self._store = store
        self._spaces = spaces
        self._device = device
        self._person = person

    def space(self, space: SpaceId, *, state: bool) -> SpaceFacts:
        """Return the facts of one space; `SpaceFacts.state` is empty without *state*."""
        seats = list(self._spaces.seats(space))
        others = [seat.device for seat in seats if seat.device != self._device]
        aside = self._store.log.set_asides(space)
        pending = [self._store.peers.lacks(space, peer, self._device)[1] for peer in others]
        return SpaceFacts(
            id=space,
            name=self._spaces.name(space),
            kind=self._spaces.rows[space].kind,
            persons=len({seat.person for seat in seats}),
            devices=len(seats),
            records=self._store.index.count(space),
            entries=self._store.log.count(space),
            state=self._state(space) if state else "",
            pending=max(pending, default=0),
            set_aside=len(aside),
            limited=sum(not one.by_lint for one in aside),
            epoch=active_epoch_id(self._spaces, space),
            writable=self._spaces.can_write(space),
        )

    def _state(self, space: SpaceId) -> str:
        heads = self._spaces.replicas[space].control_heads
        return state_of(heads, self._store.index.state_parts(space))

    def people(self, space: SpaceId) -> list[PersonFacts]:
        """Return the persons of a space by name, me first."""
        devices: dict[PersonId, list[DeviceId]] = {}
        for seat in self._spaces.seats(space):
            devices.setdefault(seat.person, []).append(seat.device)
        names = self._spaces.names(space)
        typed = self._spaces.replicas[space].membership.persons
        found = [
            PersonFacts(
                person,
                names[person],
                person == self._person,
                tuple(sorted(held)),
                alike=names[person] != typed[person],
            )
            for person, held in devices.items()
        ]
        return sorted(found, key=lambda one: (not one.me, one.name.casefold(), one.id))

    def peers(self, space: SpaceId, online: frozenset[DeviceId]) -> list[PeerFacts]:
        """Return the other devices of a space and what each lacks by its own word."""
        found = []
        # Not the name on the seat: a second device could give itself another person's.
        names = self._spaces.names(space)
        for seat in self._spaces.seats(space):
            if seat.device == self._device:
                continue
            lacks, lacks_mine = self._store.peers.lacks(space, seat.device, self._device)
            found.append(
                PeerFacts(
                    device=seat.device,
                    device_name=seat.device_name,
                    person=seat.person,
                    person_name=names[seat.person],
                    online=seat.device in online,
                    last_met=self._store.peers.last_met(seat.device),
                    lacks=lacks,
                    lacks_mine=lacks_mine,
                    we_lack=self._store.peers.we_lack(space, seat.device),
                    faults=tuple(
                        FaultFacts(one.fault, one.first, one.last, one.times)
                        for one in self._store.faults.of(seat.device)
                    ),
                )
            )
        return sorted(found, key=lambda one: (one.person_name.casefold(), one.device))

    def set_aside(self, space: SpaceId) -> list[SetAsideFacts]:
        """Return what was set aside in a space, with whose device it came from."""
        seats = self._spaces.replicas[space].membership.seats
        names = self._spaces.names(space)
        found = []
        for one in self._store.log.set_asides(space):
            seat = seats.get(one.place.log.device)
            row = None if one.document is None else self._store.index.row(one.document)
            found.append(
                SetAsideFacts(
                    person_name="" if seat is None else names[seat.person],
                    device_name="" if seat is None else seat.device_name,
                    document=one.document,
                    title="" if row is None else row.title,
                    reason=one.reason,
                    by_lint=one.by_lint,
                )
            )
        return found
