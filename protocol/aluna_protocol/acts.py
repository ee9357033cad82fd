"""How a device founds a space and admits others: the control entries it writes (SPEC §6, §7)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Sequence

from aluna_protocol import entry as entries
from aluna_protocol import epoch, limits, membership
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey, Kind
from aluna_protocol.epoch import SealedKey
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG, DeviceId, EntryHash, EpochId, Lane, LogId, SpaceId
from aluna_protocol.membership import Admit, Genesis, Seat
from aluna_protocol.replica import SpaceReplica

RandomBytes = Callable[[int], bytes]


def found(
    keys: DeviceKeys, incarnation: int, genesis: Genesis, random_bytes: RandomBytes
) -> tuple[SpaceReplica, list[Entry], EpochKey]:
    """Found a space: return it, its first entries, and the first epoch key.

    *random_bytes* gives the epoch key and the secret of its box.
    """
    space = membership.space_id(genesis)
    replica = SpaceReplica(space)
    log = LogId(space, keys.device, incarnation, Lane.CONTROL)
    first = entries.control_entry(
        keys, Kind.MEMBERSHIP, log, EMPTY_LOG, (), membership.encode_operation(genesis)
    )
    replica.add_own(first)
    key = epoch.named(random_bytes(32))
    return replica, [first, *rekey(keys, incarnation, replica, key, random_bytes)], key


def rekey(
    keys: DeviceKeys,
    incarnation: int,
    replica: SpaceReplica,
    key: EpochKey,
    random_bytes: RandomBytes,
) -> list[Entry]:
    """Mint *key* for every member; the entries are taken into *replica*.

    A rekey, and shares for whom it has no room: there may be more seats than `MAX_DEVICES` when
    they were given apart.
    """
    boxes = [
        epoch.seal_key(key, replica.space, keys.device, device, seat.static, random_bytes(32))
        for device, seat in sorted(replica.membership.seats.items())
    ]
    minted = epoch.Rekey(key.id, tuple(boxes[: limits.MAX_DEVICES]))
    body = epoch.encode_operation(minted)
    first = _write(keys, incarnation, replica, Kind.EPOCH, body)
    return [first, *_share(keys, incarnation, replica, boxes[limits.MAX_DEVICES :])]


def admit(
    keys: DeviceKeys,
    incarnation: int,
    replica: SpaceReplica,
    admission: Admit,
    keyring: Sequence[EpochKey],
    random_bytes: RandomBytes,
) -> list[Entry]:
    """Seat a device and hand it the epoch keys of *keyring* (E10); taken into *replica*.

    Raises `LocalProtocolError`, with nothing written, when the admission would be void: the keys
    would then be with a device that has no seat.
    """
    if not replica.would_count(
        LogId(replica.space, keys.device, incarnation, Lane.CONTROL), admission
    ):
        raise LocalProtocolError("the admission would be void")
    seated = _write(
        keys, incarnation, replica, Kind.MEMBERSHIP, membership.encode_operation(admission)
    )
    handed = share(keys, incarnation, replica, admission.seat, keyring, random_bytes)
    return [seated, *handed]


def share(
    keys: DeviceKeys,
    incarnation: int,
    replica: SpaceReplica,
    seat: Seat,
    keyring: Sequence[EpochKey],
    random_bytes: RandomBytes,
) -> list[Entry]:
    """Hand the keys of *keyring* to the device of *seat* (E5); nothing when there are none."""
    boxes = [
        epoch.seal_key(key, replica.space, keys.device, seat.device, seat.static, random_bytes(32))
        for key in keyring
    ]
    return _share(keys, incarnation, replica, boxes)


def _share(
    keys: DeviceKeys, incarnation: int, replica: SpaceReplica, boxes: Sequence[SealedKey]
) -> list[Entry]:
    """Write as many shares as *boxes* need."""
    written: list[Entry] = []
    for start in range(0, len(boxes), limits.MAX_DEVICES):
        handed = epoch.Share(tuple(boxes[start : start + limits.MAX_DEVICES]))
        body = epoch.encode_operation(handed)
        written.append(_write(keys, incarnation, replica, Kind.EPOCH, body))
    return written


def _write(
    keys: DeviceKeys, incarnation: int, replica: SpaceReplica, kind: Kind, body: bytes
) -> Entry:
    log = LogId(replica.space, keys.device, incarnation, Lane.CONTROL)
    entry = entries.control_entry(
        keys, kind, log, replica.head(log), replica.heads_to_name(keys.device), body
    )
    replica.add_own(entry)
    return entry


class KeySearch:
    """The boxes of one space addressed to this device; each is opened once at most.

    A member can box anything for anybody. A box that does not open is passed over, and another's
    for the same epoch still counts (E6); of one author only the first for an epoch is tried.
    """

    def __init__(self, keys: DeviceKeys, space: SpaceId, known: Iterable[EpochId] = ()) -> None:
        self._keys = keys
        self._space = space
        self._known = set(known)
        self._read: set[EntryHash] = set()
        self._boxes: dict[EpochId, dict[DeviceId, SealedKey]] = {}
        self._tried: set[tuple[EpochId, DeviceId]] = set()

    def read(self, control: Iterable[Entry]) -> None:
        """Look for boxes in those of *control* that were not read before."""
        for entry in control:
            body = entry.parts[0]
            if entry.header.kind is not Kind.EPOCH or body is None or entry.hash in self._read:
                continue
            self._read.add(entry.hash)
            for sealed in epoch.decode_operation(body).boxes:
                if sealed.device == self._keys.device:
                    by_author = self._boxes.setdefault(sealed.epoch, {})
                    by_author.setdefault(entry.header.log.device, sealed)

    @property
    def named(self) -> Collection[EpochId]:
        """Every epoch some box is said to hold the key of."""
        return self._boxes.keys()

    def open(self, minted: Collection[EpochId]) -> list[EpochKey]:
        """Return the keys of *minted* epochs that were not known before."""
        found: list[EpochKey] = []
        for name in self._boxes.keys() & minted:
            for author, sealed in self._boxes[name].items():
                if name in self._known or (name, author) in self._tried:
                    continue
                self._tried.add((name, author))
                with contextlib.suppress(RemoteProtocolError):
                    found.append(epoch.open_key(self._keys, self._space, author, sealed))
                    self._known.add(name)
        return sorted(found, key=lambda key: key.id)


def keys_for(keys: DeviceKeys, space: SpaceId, control: Sequence[Entry]) -> list[EpochKey]:
    """Return every epoch key boxed for us in *control*."""
    search = KeySearch(keys, space)
    search.read(control)
    return search.open(search.named)
