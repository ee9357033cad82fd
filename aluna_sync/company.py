"""Who is around while a node runs: who is in touch, who writes where, and who listens to news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from aluna_protocol.entry import Entry
from aluna_protocol.ids import DeviceId, DocumentId, Lane, PersonId, SpaceId
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
        self.listening: tuple[tuple[str, int], ...] = ()
        """Where the node of this vault can be dialled, in this process or another."""
        self._lan: Lan | None = None
        self._writing: dict[DeviceId, DocumentId] = {}
        self._listeners: list[Callable[[News], None]] = []
        self.take_arrived: Callable[[Sequence[Entry]], None] = self.take_arrived_alone
        """What is done with entries of a bundle once durable; a node puts its hub here."""
        self.may_write: Callable[[SpaceId], bool] = self.may_write_alone
        """Whether nobody who is here knows our own log better; a node asks its hub."""
        self.on_old_copy: Callable[[], None] | None = None
        """What a node does when this turns out to be an older copy of itself."""

    def may_write_alone(self, _space: SpaceId) -> bool:
        """Tell whether own words may be sealed while no node runs: nobody is here to know more."""
        return True

    def take_arrived_alone(self, arrived: Sequence[Entry]) -> None:
        """Take entries that a bundle brought, while no node runs."""
        from aluna_sync.facts import PeopleChanged

        for space in {one.header.log.space for one in arrived}:
            self.spaces.replicas[space].branches.stored(arrived)
        control = {one.header.log.space for one in arrived if one.header.log.lane is Lane.CONTROL}
        for space in sorted(control):
            self.spaces.learn_keys(space)
        if control:
            self.tell(PeopleChanged())

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
        """Return the person who holds *device*, or held it while she was here."""
        found = [self.spaces.seat_of(space, device) for space in self.spaces.replicas]
        return next((seat.person for seat in found if seat is not None), None)

    def set_online(self, online: frozenset[DeviceId], lan: Lan) -> None:
        """Take who is in touch and what is seen of the network."""
        from aluna_sync.facts import PeersChanged

        if (online, lan) == (self.online, self.lan):
            return
        for device in self._writing.keys() - online:
            self.saw_writing(device, None)
        self.online, self._lan = online, lan
        self.tell(PeersChanged())

    @property
    def quiet(self) -> bool:
        """Whether this device sends nothing on a network unasked."""
        return self.store.settings.quiet

    def be_quiet(self, *, on: bool) -> None:
        """Send nothing on a network unasked, or do again; a node obeys at once."""
        from aluna_sync.facts import SettingsChanged

        self.store.settings.quiet = on
        self.tell(SettingsChanged())

    @property
    def findable(self) -> bool:
        """Whether companions find this device by searching, where announcements are blocked."""
        return self.store.settings.findable

    def be_findable(self, *, on: bool) -> None:
        """Listen where everybody who searches looks, or do not; a node obeys at once."""
        from aluna_sync.facts import SettingsChanged

        self.store.settings.findable = on
        self.tell(SettingsChanged())

    def hear_of_node(self, *, runs: Callable[[], bool]) -> None:
        """Take what a node in another process noted of who is in touch, while it *runs*."""
        import json

        from aluna_sync.facts import Lan

        noted = self.store.settings.seen_by_node
        if noted is None or not runs():
            return
        found = json.loads(noted)
        self.online = frozenset(DeviceId(bytes.fromhex(one)) for one in found["online"])
        self._lan = Lan(found["lan"])
        self.listening = tuple((host, port) for host, port in found["listening"])

    def node_sees(
        self, online: frozenset[DeviceId], lan: Lan, listening: tuple[tuple[str, int], ...]
    ) -> None:
        """Take what the node here sees, and note it for other processes of this person."""
        import json

        from aluna_sync.facts import PeersChanged

        elsewhere, self.listening = listening != self.listening, listening
        self.set_online(online, lan)
        if elsewhere:
            self.tell(PeersChanged())
        found = {
            "online": sorted(device.hex() for device in self.online),
            "lan": self.lan.value,
            "listening": self.listening,
        }
        noted = json.dumps(found).encode()
        if noted != self.store.settings.seen_by_node:
            self.store.settings.seen_by_node = noted

    def node_ended(self) -> None:
        """Take that no node runs here any more: nobody is in touch, nothing is seen."""
        from aluna_sync.facts import Lan

        self.listening = ()
        self.set_online(frozenset(), Lan.QUIET)
        self.store.settings.seen_by_node = None

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
