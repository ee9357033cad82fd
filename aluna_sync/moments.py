"""Who may read words written before somebody came, where newcomers are given no past (SPEC §7.5).

Words keep what their writer knew of who belongs until they are sealed, which may be months later.
Then they are sealed under a key that nobody holds who came since without being given the past; and
never under one that somebody outside holds. Where no key is both, one is made for those alone who
may read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aluna_protocol import acts, epoch, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry, EpochKey
from aluna_protocol.ids import EntryHash, EpochId, Lane, PersonId, SpaceId
from aluna_protocol.replica import SpaceReplica
from aluna_sync.minting import holders
from aluna_sync.spaces import Spaces
from aluna_sync.store.store import Store


@dataclass(frozen=True, slots=True)
class Moment:
    """What was known of who belongs when words were written."""

    seen: frozenset[tuple[EntryHash, ...]] = frozenset()
    """Control heads; of several, each stands for words that became one."""
    sealed_under: frozenset[EpochId] = frozenset()
    """Epochs the words were sealed under before: who lacks a key of one could not read them."""

    def packed(self) -> bytes:
        """Return it as the store keeps it."""
        return wire.pack([sorted(map(list, self.seen)), sorted(self.sealed_under)])

    @classmethod
    def unpacked(cls, packed: bytes) -> Moment:
        """Return what `packed` made; of nothing, a moment that nobody came after."""
        if not packed:
            return cls()
        seen, under = wire.array(wire.unpack(packed, len(packed)), 2)
        return cls(
            frozenset(
                tuple(EntryHash(wire.octets(head)) for head in wire.array(heads))
                for heads in wire.array(seen)
            ),
            frozenset(EpochId(wire.octets(one)) for one in wire.array(under)),
        )


def together(moments: Iterable[Moment]) -> Moment:
    """Return the moment of words that become one: closed to whomever one of them is closed to."""
    known = list(moments)
    return Moment(
        frozenset[tuple[EntryHash, ...]]().union(*(one.seen for one in known)),
        frozenset[EpochId]().union(*(one.sealed_under for one in known)),
    )


def present(spaces: Spaces, space: SpaceId) -> Moment:
    """Return the moment of words written here and now."""
    return Moment(frozenset([spaces.replicas[space].heads_to_name(spaces.device)]))


def shut_out(spaces: Spaces, space: SpaceId, moment: Moment) -> frozenset[PersonId]:
    """Return the persons of *space* who came after *moment* and were to be given no past.

    Nobody, as soon as the rules give the past.
    """
    replica = spaces.replicas[space]
    if replica.membership.rules.gives_past:
        return frozenset()
    found: frozenset[PersonId] = frozenset()
    for heads in moment.seen:
        found |= replica.came_without_past(heads)
    if moment.sealed_under:
        newcomers = replica.came_without_past(())
        for one in replica.epochs:
            if one.id in moment.sealed_under:
                found |= newcomers - holders(replica, one)
    return found


def key_for(spaces: Spaces, space: SpaceId, out: frozenset[PersonId]) -> EpochKey | None:
    """Return the key to seal words under that everybody of *space* may read but the persons *out*.

    None when there is none here yet. Raises AlunaError no-key-to-write when none at all may be
    used.
    """
    active = spaces.writing_key(space)
    replica, held = spaces.replicas[space], spaces.epoch_keys[space]
    if replica.membership.rules.gives_past:
        return active
    seats = replica.membership.seats
    readers = {seats[device].person for device in replica.members} - out
    for one in replica.eligible_epochs:
        if one.id in held and holders(replica, one) == readers:
            return EpochKey(one.id, held[one.id])
    # Who lacks a key for what is written from now on is given a new one soon (`minting`).
    return None if out else active


def mint_without(
    store: Store,
    spaces: Spaces,
    keys: DeviceKeys,
    space: SpaceId,
    out: frozenset[PersonId],
    random_bytes: Callable[[int], bytes],
) -> list[Entry]:
    """Mint an epoch for every member but the persons *out*; return what was written, durable.

    And right after it one for all, unless that in use is still preferred: what is written from now
    on is for everybody. Nothing while another process wrote what is not known here yet.
    """
    log, own = store.log, spaces.own_log(space, Lane.CONTROL)
    if log.head(own) != spaces.replicas[space].head(own):
        return []
    with store.transaction():
        replica = SpaceReplica(space)
        replica.restore(log.heads(space), log.control_entries(space), log.forks(space))
        replica.collective = spaces.replicas[space].collective
        if keys.device not in replica.members:
            return []
        closed, everybody = (epoch.named(random_bytes(32)) for _ in range(2))
        incarnation = spaces.incarnation
        written = acts.rekey(keys, incarnation, replica, closed, random_bytes, out)
        active = replica.active_epoch
        if active is None or active.id == closed.id:
            written += acts.rekey(keys, incarnation, replica, everybody, random_bytes)
        log.append(written)
    return written
