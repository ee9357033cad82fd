"""Who may be on the other end: members, their keys, and what they may be told (SPEC §8, §11)."""

from __future__ import annotations

from collections.abc import Iterable

from aluna_protocol import crypto
from aluna_protocol.entry import EpochKey
from aluna_protocol.handshake import (
    Candidate,
    GroupCandidate,
    PairCandidate,
    group_key,
    pair_key,
)
from aluna_protocol.ids import DeviceId, Lane, SpaceId, StaticKey
from aluna_protocol.membership import SpaceKind
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
        """Take a space whose entries are in the store."""
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
            pairs = [
                self._pair(replica.space, seat.device, seat.static)
                for seat in replica.membership.seats.values()
                if seat.device != self.device
            ]
            found += [pair for pair in pairs if pair is not None]
            found += self.groups(replica.space)
        return found

    def pair(self, device: DeviceId) -> PairCandidate | None:
        """Return how to dial *device*, None when it belongs to no collective of ours."""
        for replica in self._collectives():
            seat = replica.membership.seats.get(device)
            if seat is not None:
                return self._pair(replica.space, device, seat.static)
        return None

    def groups(self, space: SpaceId) -> list[Candidate]:
        """Return how to dial somebody of *space* without knowing who; the active epoch first."""
        keys = self._group_keys.get(space, {})
        active = self.replicas[space].active_epoch
        first = active.id if active is not None else b""
        ordered = sorted(keys, key=lambda epoch: (epoch != first, epoch))
        return [GroupCandidate(space, keys[epoch]) for epoch in ordered]

    def lanes(self, session: Session, space: SpaceId) -> tuple[Lane, ...]:
        """Content is only for members, as far as we know; control for whoever knows the space."""
        members = self.replicas[space].members
        both = session.device in members and self.device in members
        return (Lane.CONTROL, Lane.CONTENT) if both else (Lane.CONTROL,)

    def _collectives(self) -> list[SpaceReplica]:
        return [
            replica
            for replica in self.replicas.values()
            if replica.membership.genesis is not None
            and replica.membership.genesis.kind is SpaceKind.COLLECTIVE
        ]

    def _pair(self, space: SpaceId, device: DeviceId, static: StaticKey) -> PairCandidate | None:
        key = self._pair_keys.get((space, device))
        if key is None:
            if static == self._keys.static:
                return None  # a seat somebody gave our own key to; nobody can be met there
            key = self._pair_keys[space, device] = pair_key(self._keys, static, space)
        return PairCandidate(space, device, static, key)

    def whose(self, space: SpaceId, static: bytes) -> DeviceId | None:
        """Return the device of *space* with this static key, if membership knows it."""
        seats = self.replicas[space].membership.seats.values()
        return next((seat.device for seat in seats if seat.static == static), None)

    def shareable(self) -> list[SpaceId]:
        """Return the spaces that may be named to others: never a private one."""
        return [
            space
            for space, replica in self.replicas.items()
            if replica.membership.genesis is not None
            and replica.membership.genesis.kind is not SpaceKind.PRIVATE
        ]
