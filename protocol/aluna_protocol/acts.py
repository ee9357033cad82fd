"""How a device founds a space and admits others: the control entries it writes (SPEC §6, §7)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from aluna_protocol import entry as entries
from aluna_protocol import epoch, limits
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey, Kind
from aluna_protocol.epoch import Complaint, SealedKey
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import (
    EMPTY_LOG,
    DeviceId,
    EntryHash,
    EpochId,
    Lane,
    LogId,
    PersonId,
    SpaceId,
)
from aluna_protocol.operations import (
    Admit,
    CutMark,
    Genesis,
    Operation,
    Seat,
    encode_operation,
    space_id,
)
from aluna_protocol.replica import SpaceReplica

RandomBytes = Callable[[int], bytes]


def found(
    keys: DeviceKeys, incarnation: int, genesis: Genesis, random_bytes: RandomBytes
) -> tuple[SpaceReplica, list[Entry], EpochKey]:
    """Found a space: return it, its first entries, and the first epoch key.

    *random_bytes* gives the epoch key and the secret of its box.
    """
    space = space_id(genesis)
    replica = SpaceReplica(space)
    log = LogId(space, keys.device, incarnation, Lane.CONTROL)
    first = entries.control_entry(
        keys, Kind.MEMBERSHIP, log, EMPTY_LOG, (), encode_operation(genesis)
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
    without: Collection[PersonId] = (),
) -> list[Entry]:
    """Mint *key* for every member; the entries are taken into *replica*.

    Not for the persons *without*, who are to read nothing that is sealed under it. A rekey, and
    shares for whom it has no room: there may be more seats than `MAX_DEVICES` when they were given
    apart.
    """
    boxes = [
        epoch.seal_key(key, replica.space, keys.device, device, seat.static, random_bytes(32))
        for device, seat in sorted(replica.membership.seats.items())
        if device in replica.members and seat.person not in without
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

    Where a newcomer is not given the past, a new epoch begins with her instead. While other
    keepers have to say yes first, no key is handed over. Raises `LocalProtocolError`, with nothing
    written, when the admission would be void.
    """
    log = LogId(replica.space, keys.device, incarnation, Lane.CONTROL)
    verdict = replica.judge(log, admission)
    written = declare(keys, incarnation, replica, admission)
    if verdict is None or not verdict.complete:
        return written
    own = replica.membership.seats[keys.device].person == admission.seat.person
    if replica.membership.rules.gives_past or own:
        handed = share(keys, incarnation, replica, admission.seat, keyring, random_bytes)
    else:
        key = epoch.named(random_bytes(32))
        handed = rekey(keys, incarnation, replica, key, random_bytes)
    return [*written, *handed]


def declare(
    keys: DeviceKeys, incarnation: int, replica: SpaceReplica, operation: Operation
) -> list[Entry]:
    """Write a membership operation; it is taken into *replica*.

    Raises `LocalProtocolError`, with nothing written, when it would be void.
    """
    log = LogId(replica.space, keys.device, incarnation, Lane.CONTROL)
    if replica.judge(log, operation) is None:
        raise LocalProtocolError("the operation would be void")
    body = encode_operation(operation)
    return [_write(keys, incarnation, replica, Kind.MEMBERSHIP, body)]


def cut_of(replica: SpaceReplica, devices: Collection[DeviceId]) -> tuple[CutMark, ...]:
    """Return the ends of the content logs of *devices* as known here: what a removal keeps.

    Of more than `MAX_CUT_MARKS` the longest are kept.
    """
    marks = [
        CutMark(log.device, log.incarnation, head)
        for log, head in replica.heads.items()
        if log.device in devices and log.lane is Lane.CONTENT
    ]
    marks.sort(key=lambda mark: (-mark.head.height, mark.device, mark.head.hash))
    return tuple(marks[: limits.MAX_CUT_MARKS])


def complain(
    keys: DeviceKeys, incarnation: int, replica: SpaceReplica, complaint: Complaint
) -> list[Entry]:
    """Say that a box for this device opens to another key (E6); taken into *replica*."""
    body = epoch.encode_operation(complaint)
    return [_write(keys, incarnation, replica, Kind.EPOCH, body)]


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
        self._boxes: dict[EpochId, dict[DeviceId, tuple[EntryHash, SealedKey]]] = {}
        self._tried: set[tuple[EpochId, DeviceId]] = set()
        self._wrong: dict[EpochId, EntryHash] = {}
        self._complained: set[EpochId] = set()

    def read(self, control: Iterable[Entry]) -> None:
        """Look for boxes in those of *control* that were not read before."""
        for entry in control:
            body = entry.parts[0]
            if entry.header.kind is not Kind.EPOCH or body is None or entry.hash in self._read:
                continue
            self._read.add(entry.hash)
            author, operation = entry.header.log.device, epoch.decode_operation(body)
            if isinstance(operation, Complaint):
                if author == self._keys.device:
                    self._complained.add(operation.epoch)
                continue
            for sealed in operation.boxes:
                if sealed.device == self._keys.device:
                    by_author = self._boxes.setdefault(sealed.epoch, {})
                    by_author.setdefault(author, (entry.hash, sealed))

    @property
    def named(self) -> Collection[EpochId]:
        """Every epoch some box is said to hold the key of."""
        return self._boxes.keys()

    @property
    def complaints(self) -> list[Complaint]:
        """What this device has to complain about: no box it was given holds the key (E6)."""
        return [
            Complaint(name, entry)
            for name, entry in sorted(self._wrong.items())
            if name not in self._known and name not in self._complained
        ]

    def open(self, minted: Collection[EpochId]) -> list[EpochKey]:
        """Return the keys of *minted* epochs that were not known before."""
        found: list[EpochKey] = []
        for name in self._boxes.keys() & minted:
            for author, (entry, sealed) in self._boxes[name].items():
                if name in self._known or (name, author) in self._tried:
                    continue
                self._tried.add((name, author))
                try:
                    found.append(epoch.open_key(self._keys, self._space, author, sealed))
                    self._known.add(name)
                except RemoteProtocolError:
                    self._wrong.setdefault(name, entry)
        return sorted(found, key=lambda key: key.id)


def keys_for(keys: DeviceKeys, space: SpaceId, control: Sequence[Entry]) -> list[EpochKey]:
    """Return every epoch key boxed for us in *control*."""
    search = KeySearch(keys, space)
    search.read(control)
    return search.open(search.named)
