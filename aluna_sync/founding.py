"""How a device comes to be: a vault is created, unlocked, and let into collectives."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_protocol import acts, epoch, limits, membership, wire
from aluna_protocol.branches import runs
from aluna_protocol.entry import Entry, EpochKey, Kind, decode_entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, EpochId, Lane, SpaceId, StaticKey
from aluna_protocol.membership import Admit, Genesis, Seat, SpaceKind, sign_seat
from aluna_protocol.replica import SpaceReplica
from aluna_sync import vault
from aluna_sync.device import Device, Identity
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.locks import VaultLock, node_runs
from aluna_sync.places import store_path
from aluna_sync.safety import Safety
from aluna_sync.selfcheck import require_parts
from aluna_sync.spaces import KIND_NAMES, new_space
from aluna_sync.store.rows import SpaceRow
from aluna_sync.store.store import Store
from aluna_sync.vault import KdfCost, VaultSecrets

if TYPE_CHECKING:
    from aluna_sync.engine.types import Engine

__all__ = [
    "admit",
    "complain",
    "create_vault",
    "enter",
    "found_collective",
    "hand_over",
    "mint",
    "unlock",
    "vault_exists",
    "welcome",
]

vault_exists = vault.vault_exists
RandomBytes = Callable[[int], bytes]


def _now() -> datetime:
    return datetime.now().astimezone()


def create_vault(
    home: Path,
    passphrase: str,
    *,
    person: str,
    device: str,
    collective: str | None,
    engine: Engine | None = None,
    turn: AbstractAsyncContextManager[object] | None = None,
    cost: KdfCost | None = None,
) -> Device:
    """Create a vault for a person on this device, and found *collective* unless it is None.

    Raises AlunaError vault-exists, vault-in-use; WrongUseError passphrase-too-short,
    name-not-usable. The vault file is written last: whatever fails before leaves nothing that looks
    like a vault.
    """
    person_name, device_name = usable_name(person), usable_name(device)
    if collective is not None:
        usable_name(collective)
    require_parts()
    if vault.vault_exists(home):
        raise AlunaError("vault-exists", home=str(home))
    vault.prepare_home(home)
    secrets = vault.fresh_secrets(person_name, device_name)
    with VaultLock(home).alone():
        _keep_orphan(home)
        store = Store.create(
            store_path(home), bytes(secrets.dek), device=secrets.device, person=secrets.person
        )
        store.close()
        try:
            vault.create_vault_file(home, passphrase, secrets, cost=cost)
        except BaseException:
            store_path(home).unlink(missing_ok=True)
            raise
    opened = open_secrets(home, secrets, engine, turn)
    if collective is not None:
        found_collective(opened, collective)
    return opened


def _keep_orphan(home: Path) -> None:
    """Put a store whose vault is missing beside: with its vault back, it is somebody's journal."""
    path = store_path(home)
    name = f"{path.stem}-without-vault-{os.urandom(4).hex()}{path.suffix}"
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(path.with_name(name + ending))


def unlock(
    home: Path,
    passphrase: str,
    *,
    engine: Engine | None = None,
    turn: AbstractAsyncContextManager[object] | None = None,
) -> Device:
    """Open the vault in *home*.

    *engine* None: Automerge in this very process, for commands that only create or read. With an
    engine that really waits, *turn* must be a lock of the same loop. Raises LockedError
    wrong-passphrase, vault-of-another-device; AlunaError no-vault, store-damaged, disk-full.
    """
    if turn is not None:
        # Programs that merge what others wrote look at what they are made of first; a command that
        # only reads or adds has the checks of its engine and its store.
        require_parts()
    return open_secrets(home, vault.open_vault_file(home, passphrase), engine, turn)


def open_secrets(
    home: Path,
    secrets: VaultSecrets,
    engine: Engine | None,
    turn: AbstractAsyncContextManager[object] | None,
) -> Device:
    """Return the device whose *secrets* are open already; see `unlock`."""
    lock = VaultLock(home)
    lock.acquire()

    def forget() -> None:
        secrets.wipe()
        lock.release()

    try:
        path = store_path(home, secrets.settings.store)
        store = Store.open(path, bytes(secrets.dek), device=secrets.device)
    except BaseException:
        forget()
        raise
    identity = Identity(
        secrets.keys, secrets.incarnation, secrets.person, secrets.person_name, secrets.device_name
    )
    return Device(
        home,
        identity,
        store,
        Safety(home, secrets),
        engine if engine is not None else _in_process(),
        turn=turn if turn is not None else nullcontext(),
        random_bytes=os.urandom,
        clock=_now,
        on_lock=forget,
    )


def _in_process() -> Engine:
    from aluna_sync.engine.in_process import InProcessEngine

    return InProcessEngine()


def usable_name(words: str) -> str:
    """Return *words* as a name others will accept; raise WrongUseError name-not-usable."""
    from aluna_sync.journal.values import clean_words

    cleaned = clean_words(words).strip()
    try:
        return wire.name(cleaned)
    except RemoteProtocolError:
        raise WrongUseError("name-not-usable", name=cleaned[:64]) from None


# -- collectives ---------------------------------------------------------------------------------


def own_seat(device: Device) -> Seat:
    """Return the seat this device takes in a space."""
    return sign_seat(device.identity.keys, device.device_name, device.person, device.person_name)


def found_collective(device: Device, name: str) -> SpaceId:
    """Found a collective with this device in it, and this person's private space beside it."""
    identity = device.identity
    row, written = new_space(
        identity.keys,
        device.spaces.incarnation,
        SpaceKind.COLLECTIVE,
        usable_name(name),
        own_seat(device),
        None,
        device.random_bytes,
    )
    device.spaces.take(row, written)
    found_private(device, row.id)
    return row.id


def found_private(device: Device, collective: SpaceId) -> None:
    """Found this person's private space beside *collective*."""
    identity = device.identity
    row, written = new_space(
        identity.keys,
        device.spaces.incarnation,
        SpaceKind.PRIVATE,
        device.person_name,
        own_seat(device),
        collective,
        device.random_bytes,
    )
    device.spaces.take(row, written)


def admit(device: Device, space: SpaceId, seat: Seat, door: bytes) -> Seat:
    """Take in the device of *seat* and hand it every key of *space*; durable when this returns.

    *door* is the nonce of the door it came through. Raises AlunaError person-already-in,
    may-not-admit before anything is written: keys never go to who has no seat. Who has her seat
    and knocks again, because the line broke before she was welcomed, is given nothing new.
    """
    seal_before_newcomer(device, space)
    admission = Admit(seat, door)
    keyring = [EpochKey(name, key) for name, key in device.spaces.epoch_keys[space].items()]
    identity, incarnation = device.identity, device.spaces.incarnation

    def write(replica: SpaceReplica) -> list[Entry]:
        held = replica.membership.seats.get(seat.device)
        if held is not None and (held.static, held.person) == (seat.static, seat.person):
            return []
        _refuse_void(device, replica, admission)
        return acts.admit(
            identity.keys, incarnation, replica, admission, keyring, device.random_bytes
        )

    write_control(device, space, write)
    device.spaces.learn_keys(space)
    from aluna_sync.facts import PeopleChanged

    device.tell(PeopleChanged())
    return seat


def seal_before_newcomer(device: Device, space: SpaceId) -> None:
    """Seal what was written so far under the key that a newcomer without the past is not given.

    Where it may not be sealed at once, it is later, under the same key while nobody outside holds
    it (`moments`). Nothing while a node runs in another process: it seals.
    """
    spaces, log = device.spaces, device.store.log
    replica = spaces.replicas[space]
    if replica.membership.rules.gives_past or not spaces.can_write(space):
        return
    elsewhere = device.on_old_copy is None and node_runs(device.home)
    own = [spaces.own_log(space, lane) for lane in Lane]
    behind = any(log.head(one) != replica.head(one) for one in own)
    if device.may_write(space) and not elsewhere and not behind:
        device.seal(space)


def _refuse_void(device: Device, replica: SpaceReplica, admission: Admit) -> None:
    if replica.judge(device.spaces.own_log(replica.space, Lane.CONTROL), admission) is not None:
        return
    seat = admission.seat
    if seat.person in replica.membership.persons and seat.person != device.person:
        raise AlunaError("person-already-in", name=seat.person_name)
    device.spaces.check_door(replica.space, device.person, mine=seat.person == device.person)
    raise AlunaError("may-not-admit", name=seat.person_name, most=limits.MAX_DEVICES)


def write_control(
    device: Device, space: SpaceId, write: Callable[[SpaceReplica], list[Entry]]
) -> None:
    """Make durable what *write* makes of the space, and let it be known."""
    with device.store.transaction():
        # From the store and not from memory: another process may have admitted somebody.
        log = device.store.log
        replica = SpaceReplica(space)
        replica.restore(log.heads(space), log.control_entries(space), log.forks(space))
        if space in device.spaces.replicas:
            # Whoever went from the collective went from its circles: no key is made for them.
            replica.collective = device.spaces.replicas[space].collective
        written = write(replica)
        log.append(written)
    device.take_written(written)


# -- keys ----------------------------------------------------------------------------------------


def mint(device: Device, space: SpaceId) -> None:
    """Mint a new epoch of *space* for everybody who belongs (E4); durable when this returns."""
    identity, incarnation = device.identity, device.spaces.incarnation
    key = epoch.named(device.random_bytes(32))

    def write(replica: SpaceReplica) -> list[Entry]:
        return acts.rekey(identity.keys, incarnation, replica, key, device.random_bytes)

    write_control(device, space, write)


def complain(device: Device, space: SpaceId) -> None:
    """Say which boxes for this device hold another key (E6); durable when this returns."""
    identity, incarnation = device.identity, device.spaces.incarnation
    said = device.spaces.complain(space)

    def write(replica: SpaceReplica) -> list[Entry]:
        return [
            entry
            for one in said
            for entry in acts.complain(identity.keys, incarnation, replica, one)
        ]

    write_control(device, space, write)
    device.spaces.learn_keys(space)


def hand_over(device: Device, space: SpaceId, boxes: Iterable[tuple[DeviceId, EpochId]]) -> None:
    """Hand keys to devices that lack them (E5), to none without a seat; durable at the end."""
    identity, incarnation = device.identity, device.spaces.incarnation
    held = device.spaces.epoch_keys[space]
    lacking: dict[DeviceId, list[EpochKey]] = {}
    for other, name in boxes:
        lacking.setdefault(other, []).append(EpochKey(name, held[name]))

    def write(replica: SpaceReplica) -> list[Entry]:
        seats = replica.membership.seats
        return [
            entry
            for other, keys in lacking.items()
            if other in seats
            for entry in acts.share(
                identity.keys, incarnation, replica, seats[other], keys, device.random_bytes
            )
        ]

    write_control(device, space, write)


def welcome(device: Device, space: SpaceId) -> bytes:
    """Return what a newcomer is given at the door: who belongs and the keys boxed for it."""
    control = device.store.log.control_entries(space)
    return wire.pack([space, [[one.encoded, one.signature, one.parts[0]] for one in control]])


def enter(device: Device, payload: bytes, inviter: StaticKey) -> SpaceId:
    """Take what the door gave, after verifying all of it from the founding on.

    Raises `RemoteProtocolError` when anything in it does not hold, AlunaError
    already-in-collective.
    """
    space, control = _verified(payload)
    replica = SpaceReplica(space)
    control = [one for run in runs(control) for one in replica.admit_run(run)]
    genesis = replica.membership.genesis
    if genesis is None or genesis.kind is not SpaceKind.COLLECTIVE:
        raise RemoteProtocolError("not the founding of a collective")
    if device.device not in replica.members:
        raise RemoteProtocolError("the admission is not ours")
    if inviter not in {seat.static for seat in replica.membership.seats.values()}:
        raise RemoteProtocolError("the inviter does not belong")
    if space in device.spaces.rows:
        raise AlunaError("already-in-collective", name=genesis.name)
    device.spaces.take(SpaceRow(space, KIND_NAMES[genesis.kind], space), control)
    if not _has_other_device(device, space):
        # Another device of hers brings the private space she has.
        found_private(device, space)
    return space


def _has_other_device(device: Device, space: SpaceId) -> bool:
    seats = device.spaces.replicas[space].membership.seats.values()
    return any(seat.person == device.person and seat.device != device.device for seat in seats)


def _verified(payload: bytes) -> tuple[SpaceId, list[Entry]]:
    fields = wire.array(wire.unpack_canonical(payload, limits.MAX_MESSAGE), 2)
    space = SpaceId(wire.octets(fields[0], 32))
    control = []
    for row in wire.array(fields[1]):
        encoded, signature, body = wire.array(row, 3)
        one = decode_entry(wire.octets(encoded), wire.octets(signature, 64), [wire.octets(body)])
        if one.header.log.space != space or one.header.kind is Kind.CHANGES:
            raise RemoteProtocolError("an entry of another space or kind")
        control.append(one)
    founding = [one for one in control if one.header.kind is Kind.MEMBERSHIP]
    if not any(_founds(one, space) for one in founding):
        raise RemoteProtocolError("the founding is missing")
    return space, control


def _founds(one: Entry, space: SpaceId) -> bool:
    body = one.parts[0]
    operation = None if body is None else membership.decode_operation(body)
    return isinstance(operation, Genesis) and membership.space_id(operation) == space
