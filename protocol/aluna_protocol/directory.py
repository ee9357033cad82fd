"""Who may be on the other end: members, their keys, and what they may be told (SPEC §8, §11)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from aluna_protocol import crypto, limits
from aluna_protocol.entry import EpochKey
from aluna_protocol.errors import LocalProtocolError
from aluna_protocol.handshake import (
    Candidate,
    GroupCandidate,
    PairCandidate,
    group_key,
    pair_key,
)
from aluna_protocol.ids import DeviceId, Lane, SpaceId, StaticKey
from aluna_protocol.operations import Seat, SpaceKind
from aluna_protocol.replica import SpaceReplica
from aluna_protocol.session import Session


class Directory:
    """The spaces of a device and the people in them."""

    def __init__(self, keys: crypto.DeviceKeys, incarnation: int) -> None:
        self._keys = keys
        self.incarnation = incarnation
        self.device = keys.device
        self.replicas: dict[SpaceId, SpaceReplica] = {}
        self._group_keys: dict[SpaceId, dict[bytes, bytes]] = {}
        self._pair_keys: dict[tuple[SpaceId, bytes], bytes] = {}

    def add_space(self, replica: SpaceReplica, epoch_keys: Iterable[EpochKey]) -> None:
        """Take a space whose entries are in the store.

        Raises `LocalProtocolError` when more than 64 spaces would be named to others.
        """
        others = [one for space, one in self.replicas.items() if space != replica.space]
        if len(others) >= limits.MAX_SPACES:
            raise LocalProtocolError("too many spaces to name")
        self.replicas[replica.space] = replica
        for key in epoch_keys:
            self.add_epoch_key(replica.space, key)

    def add_epoch_key(self, space: SpaceId, key: EpochKey) -> None:
        """Take an epoch key: whoever holds it may introduce itself."""
        self._group_keys.setdefault(space, {})[key.id] = group_key(key.key, space, key.id)

    def candidates(self) -> list[Candidate]:
        """Return everybody who may dial us: peers of our collectives, and their groups."""
        found: list[Candidate] = []
        for replica in self._collectives():
            holders: dict[StaticKey, DeviceId] = {}
            for seat in _present(replica):
                holders.setdefault(seat.static, seat.device)
            found += [
                self._pair(replica.space, device, static)
                for static, device in holders.items()
                if device != self.device and static != self._keys.static
            ]
            found += self.groups(replica.space)
        return found

    def pair(self, device: DeviceId) -> PairCandidate | None:
        """Return how to dial *device*, None when it belongs to no collective of ours."""
        for replica in self._collectives():
            seat = replica.membership.seats.get(device)
            if device not in replica.members or seat is None:
                continue
            if self._holder(replica, seat.static) == device:
                return self._pair(replica.space, device, seat.static)
        return None

    def groups(self, space: SpaceId) -> list[Candidate]:
        """Return how to meet somebody of *space* without knowing who; the active epoch first.

        An epoch that somebody outside was ever given introduces nobody (SPEC §8.4).
        """
        keys = self._group_keys.get(space, {})
        usable = (epoch.id for epoch in self.replicas[space].eligible_epochs if epoch.id in keys)
        chosen = itertools.islice(usable, limits.MAX_INTRODUCING_EPOCHS)
        return [GroupCandidate(space, keys[epoch]) for epoch in chosen]

    def lanes(self, session: Session, space: SpaceId) -> tuple[Lane, ...]:
        """Content is only for members, as far as we know; control for whoever knows the space.

        Nothing for who was one and is no more.
        """
        if self.outside(space, session.device):
            return ()
        members = self.replicas[space].members
        both = session.device in members and self.device in members
        return (Lane.CONTROL, Lane.CONTENT) if both else (Lane.CONTROL,)

    def outside(self, space: SpaceId, device: DeviceId | None) -> bool:
        """Tell whether *device* has or had a seat in *space* and is no member of it any more."""
        replica = self.replicas[space]
        if device is None or device in replica.members:
            return False
        return device in replica.membership.seats or device in replica.membership.former

    def nameable(self, device: DeviceId | None) -> frozenset[SpaceId]:
        """Return the spaces that may be named to *device*; None: to who is not known yet."""
        named = {space for space in self.shareable() if not self.outside(space, device)}
        own = {one.space for one in self.replicas.values() if device in one.members}
        return frozenset(named | own)

    def _collectives(self) -> list[SpaceReplica]:
        return [
            replica
            for replica in self.replicas.values()
            if replica.membership.genesis is not None
            and replica.membership.genesis.kind is SpaceKind.COLLECTIVE
        ]

    def _pair(self, space: SpaceId, device: DeviceId, static: StaticKey) -> PairCandidate:
        key = self._pair_keys.get((space, static))
        if key is None:
            key = self._pair_keys[space, static] = pair_key(self._keys, static, space)
        return PairCandidate(space, device, static, key)

    def whose(self, space: SpaceId, static: bytes) -> DeviceId | None:
        """Return the device with this static key, if a collective of ours knows it, *space* first.

        Of two seats with one key the first in the order of §6.4 stands: who says a key is another's
        takes no session from it.
        """
        ordered = sorted(self._collectives(), key=lambda replica: replica.space != space)
        found = (self._holder(replica, static) for replica in ordered)
        return next((device for device in found if device is not None), None)

    def _holder(self, replica: SpaceReplica, static: bytes) -> DeviceId | None:
        """Return who stands for *static*; our own key is ours, whatever a seat says."""
        if static == self._keys.static:
            return self.device
        return next((seat.device for seat in _present(replica) if seat.static == static), None)

    def belongs(self, device: DeviceId) -> bool:
        """Tell whether *device* is a member, not suspended, of any collective of ours."""
        return any(device in one.members for one in self._collectives())

    def entered_since(self, session: Session) -> bool:
        """Tell whether a collective may be shared that was not when *session* began.

        This device entered it since, or the peer is a member again. Circles are introduced in the
        session that stands (SPEC §11.18).
        """
        collectives = {replica.space for replica in self._collectives()} - session.named
        return any(not self.outside(space, session.device) for space in collectives)

    def shareable(self) -> list[SpaceId]:
        """Return the spaces that may be named to others: never a private one."""
        return [space for space, replica in self.replicas.items() if _may_be_named(replica)]


def _present(replica: SpaceReplica) -> list[Seat]:
    """Return the seats of all who are not suspended."""
    seats = replica.membership.seats.values()
    return [seat for seat in seats if seat.device in replica.members]


def _may_be_named(replica: SpaceReplica) -> bool:
    genesis = replica.membership.genesis
    return genesis is not None and genesis.kind is not SpaceKind.PRIVATE
