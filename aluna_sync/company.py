"""Who is around while a node runs: who is in touch, who writes where, and who listens to news."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aluna_protocol.ids import DeviceId, DocumentId, PersonId, SpaceId
from aluna_sync.spaces import Spaces
from aluna_sync.store.store import Store

if TYPE_CHECKING:
    from aluna_sync.facts import Lan, News


class Company:
    """What a device knows of the others right now; nothing of it is ever stored."""

    def __init__(self, device: DeviceId, person: PersonId, store: Store, spaces: Spaces) -> None:
        self.device = device
        self.person = person
        self.store = store
        self.spaces = spaces
        self.online: frozenset[DeviceId] = frozenset()
        self.presence: dict[SpaceId, DocumentId] = {}
        """Which record this person writes in, as companions are told."""
        self._lan: Lan | None = None
        self._writing: dict[DeviceId, DocumentId] = {}
        self._listeners: list[Callable[[News], None]] = []

    @property
    def lan(self) -> Lan:
        """What was last seen of the local network."""
        from aluna_sync.facts import Lan

        return Lan.QUIET if self._lan is None else self._lan

    def present(self, document: DocumentId | None) -> None:
        """Tell companions, while they are here, which record this person writes in."""
        from aluna_sync.facts import Writing

        space = None if document is None else self.store.log.space_of(document)
        if document is None or space is None:
            self.presence = {}
        else:
            self.presence = {space: document}
        self.tell(Writing(self.person, self.device, document))

    def writing(self) -> dict[DeviceId, DocumentId]:
        """Return who of the companions writes where right now."""
        return dict(self._writing)

    def saw_writing(self, device: DeviceId, document: DocumentId | None) -> None:
        """Take what a companion's device told about where she writes."""
        from aluna_sync.facts import Writing

        if document is None:
            self._writing.pop(device, None)
        else:
            self._writing[device] = document
        person = self.person_with(device)
        if person is not None:
            self.tell(Writing(person, device, document))

    def person_with(self, device: DeviceId) -> PersonId | None:
        """Return the person who holds *device*."""
        for replica in self.spaces.replicas.values():
            seat = replica.membership.seats.get(device)
            if seat is not None:
                return seat.person
        return None

    def set_online(self, online: frozenset[DeviceId], lan: Lan) -> None:
        """Take who is in touch and what is seen of the network."""
        from aluna_sync.facts import PeersChanged

        if (online, lan) == (self.online, self.lan):
            return
        for device in self._writing.keys() - online:
            self.saw_writing(device, None)
        self.online, self._lan = online, lan
        self.tell(PeersChanged())

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Hear news from now on; returns how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def tell_written(self, document: DocumentId, *, new: int) -> None:
        """Tell that this device wrote a record; costs nothing while nobody listens."""
        if self._listeners:
            from aluna_sync.facts import RecordsChanged

            self.tell(RecordsChanged((document,), None, new))

    def tell(self, news: News) -> None:
        """Give news to everybody who listens."""
        for listener in list(self._listeners):
            listener(news)
