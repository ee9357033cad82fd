"""How things stand: people, devices, what each lacks, and whether two devices are in sync."""

from __future__ import annotations

from collections.abc import Iterable

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ChangeHash, DeviceId, DocumentId, EntryHash, PersonId, SpaceId
from aluna_protocol.membership import Seat
from aluna_sync.barred import BARRED
from aluna_sync.facts import FaultFacts, LackFacts, PeerFacts, PersonFacts, SpaceFacts
from aluna_sync.late import late_records
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
        others = self._spaces.replicas[space].members - {self._device}
        aside = [one for one in self._store.log.set_asides(space) if one.reason != BARRED]
        return SpaceFacts(
            id=space,
            name=self._spaces.name(space),
            kind=self._spaces.rows[space].kind,
            persons=len({seat.person for seat in seats}),
            devices=len(seats),
            records=self._store.index.count(space),
            entries=self._store.log.count(space),
            state=self._state(space) if state else "",
            pending=self._store.peers.unacknowledged(space, self._device, others),
            set_aside=len(aside),
            limited=sum(not one.by_lint for one in aside),
            late=sum(not one.read for one in late_records(self._store, space)),
            epoch=active_epoch_id(self._spaces, space),
            writable=self._spaces.can_write(space),
        )

    def _state(self, space: SpaceId) -> str:
        heads = self._spaces.replicas[space].control_heads
        return state_of(heads, self._store.index.state_parts(space))

    def people(self, space: SpaceId) -> list[PersonFacts]:
        """Return the persons of a space by name, me first."""
        return self._persons(space, self._spaces.seats(space), here=True)

    def gone(self, space: SpaceId) -> list[PersonFacts]:
        """Return who belonged to a space and is no longer here, by name."""
        membership = self._spaces.replicas[space].membership
        here = {seat.person for seat in membership.seats.values()}
        seats = [seat for seat in membership.former.values() if seat.person not in here]
        return self._persons(space, seats, here=False)

    def _persons(self, space: SpaceId, seats: Iterable[Seat], *, here: bool) -> list[PersonFacts]:
        devices: dict[PersonId, list[DeviceId]] = {}
        typed: dict[PersonId, str] = {}
        for seat in seats:
            devices.setdefault(seat.person, []).append(seat.device)
            typed.setdefault(seat.person, seat.person_name)
        names = self._spaces.names(space)
        found = [
            PersonFacts(
                person,
                names[person],
                person == self._person,
                tuple(sorted(held)),
                alike=names[person] != typed[person],
                here=here,
                resting=here and person in self._spaces.replicas[space].membership.resting,
            )
            for person, held in devices.items()
        ]
        return sorted(found, key=lambda one: (not one.me, one.name.casefold(), one.id))

    def peers(self, online: frozenset[DeviceId]) -> list[PeerFacts]:
        """Return the other devices of every space and what each lacks by its own word.

        Not those that are suspended: nothing is given to them, so nobody waits for them.
        """
        seats: dict[DeviceId, tuple[SpaceId, Seat]] = {}
        lacking: dict[DeviceId, list[LackFacts]] = {}
        for space in sorted(self._spaces.rows, key=self._importance):
            if self._device not in self._spaces.replicas[space].membership.seats:
                continue  # no seat there any more: nobody waits for anything of ours
            for device in sorted(self._spaces.replicas[space].members - {self._device}):
                seat = self._spaces.seat_of(space, device)
                if seat is not None:
                    seats.setdefault(seat.device, (space, seat))
                    lacking.setdefault(seat.device, []).append(self._lack(space, seat.device))
        found = [self._peer(*seats[device], tuple(lacking[device]), online) for device in seats]
        return sorted(found, key=lambda one: (one.person_name.casefold(), one.device))

    def _importance(self, space: SpaceId) -> tuple[int, str, SpaceId]:
        kinds = ("collective", "circle", "private")
        kind = self._spaces.rows[space].kind
        place = kinds.index(kind) if kind in kinds else len(kinds)
        return place, self._spaces.name(space).casefold(), space

    def _lack(self, space: SpaceId, device: DeviceId) -> LackFacts:
        lacks, lacks_mine = self._store.peers.lacks(space, device, self._device)
        return LackFacts(
            space=space,
            name=self._spaces.name(space),
            kind=self._spaces.rows[space].kind,
            persons=len({seat.person for seat in self._spaces.seats(space)}),
            lacks=lacks,
            lacks_mine=lacks_mine,
            we_lack=self._store.peers.we_lack(space, device),
        )

    def _peer(
        self,
        space: SpaceId,
        seat: Seat,
        spaces: tuple[LackFacts, ...],
        online: frozenset[DeviceId],
    ) -> PeerFacts:
        told = [one.we_lack for one in spaces if one.we_lack is not None]
        return PeerFacts(
            device=seat.device,
            device_name=seat.device_name,
            person=seat.person,
            # Not the name on the seat: a second device could give itself another person's.
            person_name=self._spaces.names(space)[seat.person],
            online=seat.device in online,
            last_met=self._store.peers.last_met(seat.device),
            lacks=sum(one.lacks for one in spaces),
            lacks_mine=sum(one.lacks_mine for one in spaces),
            we_lack=sum(told) if told else None,
            faults=tuple(
                FaultFacts(one.fault, one.first, one.last, one.times)
                for one in self._store.faults.of(seat.device)
            ),
            spaces=spaces,
        )

    def set_aside(self, space: SpaceId) -> list[SetAsideFacts]:
        """Return what was set aside in a space, with whose device it came from.

        What lies in the tray is not among it: somebody may still take it in.
        """
        names = self._spaces.names(space)
        found = []
        for one in self._store.log.set_asides(space):
            if one.reason == BARRED:
                continue
            seat = self._spaces.seat_of(space, one.place.log.device)
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
