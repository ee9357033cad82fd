"""Coming into a collective by a bundle, after somebody there admitted this device's card."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry
from aluna_protocol.ids import SpaceId
from aluna_protocol.operations import SpaceKind
from aluna_protocol.replica import SpaceReplica
from aluna_sync.device import Device
from aluna_sync.exchange.cards import collective_words
from aluna_sync.founding import found_private
from aluna_sync.spaces import KIND_NAMES
from aluna_sync.store.rows import SpaceRow

MOST_ENTRIES = 65_536
"""Control entries held before it is known that they are for us: thirty megabytes."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A collective that admitted this device: whoever did reads the same words to her."""

    name: str
    by: str
    words: tuple[int, ...]


OnInvitation = Callable[[Invitation], bool]
"""Shows an invitation, and tells whether the person goes in: whether the words are the same."""


class Entering:
    """What a bundle says of a collective this device is not in, until it is known to be let in."""

    def __init__(self, device: Device, on_invitation: OnInvitation) -> None:
        self._device = device
        self._on_invitation = on_invitation
        self._replicas: dict[SpaceId, SpaceReplica] = {}
        self._control: dict[SpaceId, list[Entry]] = {}
        self._asked: set[SpaceId] = set()

    def hear(self, run: Sequence[Entry]) -> None:
        """Take a run of control entries; raise `RemoteProtocolError` for what does not hold."""
        space = run[0].header.log.space
        replica = self._replicas.setdefault(space, SpaceReplica(space))
        control = self._control.setdefault(space, [])
        if len(control) + len(run) <= MOST_ENTRIES:
            control += replica.admit_run(run)

    def enter(self, space: SpaceId) -> bool:
        """Go in if this device was admitted and the person says so; asked once. Tell if it is in.

        Everything was verified from the founding on; whose words it was, the person compares.
        """
        replica, device = self._replicas.get(space), self._device
        if replica is None or space in self._asked or device.device not in replica.members:
            return False
        genesis, admission = replica.membership.genesis, replica.seated_by(device.device)
        seat = replica.membership.seats[device.device]
        if genesis is None or genesis.kind is not SpaceKind.COLLECTIVE or admission is None:
            return False
        if (seat.static, seat.person) != (device.identity.keys.static, device.person):
            return False
        self._asked.add(space)
        by = replica.membership.seats.get(replica.signer_of(admission))
        words = collective_words(space, admission)
        if not self._on_invitation(
            Invitation(genesis.name, "" if by is None else by.person_name, words)
        ):
            return False
        row = SpaceRow(space, KIND_NAMES[genesis.kind], space)
        device.spaces.take(row, self._control[space])
        if not any(
            one.person == device.person and one.device != device.device
            for one in replica.membership.seats.values()
        ):
            found_private(device, space)
        return True
