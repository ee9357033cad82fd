"""How a device founds a space and admits others: the control entries it writes (SPEC §6, §7)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from aluna_protocol import entry as entries
from aluna_protocol import epoch, membership
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey, Kind
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG, Lane, LogId, SpaceId
from aluna_protocol.membership import Admit, Genesis, Seat
from aluna_protocol.replica import SpaceReplica

RandomBytes = Callable[[int], bytes]


def found(
    keys: DeviceKeys, incarnation: int, genesis: Genesis, random_bytes: RandomBytes
) -> tuple[SpaceReplica, list[Entry], EpochKey]:
    """Found a space: return it, its first two entries, and the first epoch key.

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
    second = rekey(keys, incarnation, replica, key, random_bytes)
    return replica, [first, second], key


def rekey(
    keys: DeviceKeys,
    incarnation: int,
    replica: SpaceReplica,
    key: EpochKey,
    random_bytes: RandomBytes,
) -> Entry:
    """Mint *key* for every member; the entry is taken into *replica*."""
    boxes = tuple(
        epoch.seal_key(key, replica.space, keys.device, device, seat.static, random_bytes(32))
        for device, seat in sorted(replica.membership.seats.items())
    )
    body = epoch.encode_operation(epoch.Rekey(key.id, boxes))
    return _write(keys, incarnation, replica, Kind.EPOCH, body)


def admit(
    keys: DeviceKeys,
    incarnation: int,
    replica: SpaceReplica,
    admission: Admit,
    keyring: Sequence[EpochKey],
    random_bytes: RandomBytes,
) -> list[Entry]:
    """Seat a device and hand it the epoch keys of *keyring* (E10); taken into *replica*."""
    seated = _write(
        keys, incarnation, replica, Kind.MEMBERSHIP, membership.encode_operation(admission)
    )
    handed = share(keys, incarnation, replica, admission.seat, keyring, random_bytes)
    return [seated, handed]


def share(
    keys: DeviceKeys,
    incarnation: int,
    replica: SpaceReplica,
    seat: Seat,
    keyring: Sequence[EpochKey],
    random_bytes: RandomBytes,
) -> Entry:
    """Hand the keys of *keyring* to the device of *seat* (E5)."""
    boxes = tuple(
        epoch.seal_key(key, replica.space, keys.device, seat.device, seat.static, random_bytes(32))
        for key in keyring
    )
    body = epoch.encode_operation(epoch.Share(boxes))
    return _write(keys, incarnation, replica, Kind.EPOCH, body)


def _write(
    keys: DeviceKeys, incarnation: int, replica: SpaceReplica, kind: Kind, body: bytes
) -> Entry:
    log = LogId(replica.space, keys.device, incarnation, Lane.CONTROL)
    entry = entries.control_entry(keys, kind, log, replica.head(log), replica.control_heads, body)
    replica.add_own(entry)
    return entry


def keys_for(keys: DeviceKeys, space: SpaceId, control: Sequence[Entry]) -> list[EpochKey]:
    """Open every box in *control* addressed to us; one that does not open is passed over.

    A member can box anything for anybody: another's box for the same epoch still counts (E6).
    """
    found_keys: dict[bytes, EpochKey] = {}
    for entry in control:
        body = entry.parts[0]
        if entry.header.kind is not Kind.EPOCH or body is None:
            continue
        author = entry.header.log.device
        for sealed in epoch.decode_operation(body).boxes:
            if sealed.device != keys.device:
                continue
            with contextlib.suppress(RemoteProtocolError):
                found_keys[sealed.epoch] = epoch.open_key(keys, space, author, sealed)
    return list(found_keys.values())
