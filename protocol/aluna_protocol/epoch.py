"""Epoch keys: who was ever given which, and which one may be used (SPEC §7, security E1-E10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from aluna_protocol import crypto, limits, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import EpochKey
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, EntryHash, EpochId, SpaceId, StaticKey

BOX_BYTES = 32 + 32 + crypto.SEALED_BOX_OVERHEAD


@dataclass(frozen=True, slots=True)
class SealedKey:
    """An epoch key in a box for one device."""

    epoch: EpochId
    device: DeviceId
    box: bytes


@dataclass(frozen=True, slots=True)
class Rekey:
    """Mints an epoch and hands its key to the devices named (SPEC §7.2)."""

    epoch: EpochId
    boxes: tuple[SealedKey, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """Hands existing epoch keys to devices that lack them (SPEC §7.3)."""

    boxes: tuple[SealedKey, ...]


EpochOperation = Rekey | Share


def epoch_id(key: bytes) -> EpochId:
    """Return the public name of an epoch key."""
    return EpochId(crypto.blake2b(key, person=b"aluna-epoch-v1"))


def named(key: bytes) -> EpochKey:
    """Return *key* under its name."""
    return EpochKey(epoch_id(key), key)


def encode_operation(operation: EpochOperation) -> bytes:
    """Return the body of the epoch entry that carries *operation*."""
    match operation:
        case Rekey(epoch, boxes):
            return wire.pack([0, epoch, [[sealed.device, sealed.box] for sealed in boxes]])
        case Share(boxes):
            return wire.pack([1, [[sealed.epoch, sealed.device, sealed.box] for sealed in boxes]])


def decode_operation(body: bytes) -> EpochOperation:
    """Parse an epoch body; raise `RemoteProtocolError` for any other shape."""
    fields = wire.tagged(wire.unpack_canonical(body, limits.MAX_CONTROL_BODY))
    match fields:
        case [0, epoch, boxes]:
            name = EpochId(wire.octets(epoch, 32))
            pairs = [wire.array(box, 2) for box in wire.array(boxes, at_most=limits.MAX_DEVICES)]
            return Rekey(name, tuple(_sealed(name, device, box) for device, box in pairs))
        case [1, boxes]:
            triples = [wire.array(b, 3) for b in wire.array(boxes, at_most=4 * limits.MAX_DEVICES)]
            return Share(tuple(_sealed(e, device, box) for e, device, box in triples))
        case _:
            raise RemoteProtocolError("unknown epoch operation")


def _sealed(epoch: object, device: object, box: object) -> SealedKey:
    return SealedKey(
        EpochId(wire.octets(epoch, 32)),
        DeviceId(wire.octets(device, 32)),
        wire.octets(box, BOX_BYTES),
    )


def seal_key(
    key: EpochKey,
    space: SpaceId,
    author: DeviceId,
    recipient: DeviceId,
    static: StaticKey,
    ephemeral_secret: bytes,
) -> SealedKey:
    """Put *key* in a box for *recipient*; *ephemeral_secret* is 32 fresh random bytes."""
    context = _context(space, key.id, author, recipient)
    return SealedKey(key.id, recipient, crypto.seal_to(static, key.key + context, ephemeral_secret))


def open_key(keys: DeviceKeys, space: SpaceId, author: DeviceId, sealed: SealedKey) -> EpochKey:
    """Open a box addressed to us; raise `RemoteProtocolError` when it is not what it names."""
    plain = crypto.open_box(keys, sealed.box)
    key, context = plain[:32], plain[32:]
    if not crypto.same(context, _context(space, sealed.epoch, author, sealed.device)):
        raise RemoteProtocolError("epoch key boxed for another place")
    if epoch_id(key) != sealed.epoch:
        raise RemoteProtocolError("box holds another key than it names")
    return EpochKey(sealed.epoch, key)


def _context(space: SpaceId, epoch: EpochId, author: DeviceId, recipient: DeviceId) -> bytes:
    return crypto.blake2b(space + epoch + author + recipient, person=b"aluna-keybox-v1")


# -- which epoch may be used ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EpochAct:
    """An epoch operation in its place among the control entries."""

    id: EntryHash
    signer: DeviceId
    parents: frozenset[EntryHash]
    operation: EpochOperation | None


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch as far as it is known: its depth and everybody ever given its key (E2)."""

    id: EpochId
    depth: int
    exposure: frozenset[DeviceId]


def resolve(acts: Iterable[EpochAct], seated: Mapping[EntryHash, Set[DeviceId]]) -> list[Epoch]:
    """Return all epochs, given *acts* with causes first and who was seated at each act's past.

    A `Rekey` counts when its signer was seated in what it had seen (E1, while every person keeps
    the door); a `Share` always counts as exposure, whoever signed it (E2, fail safe).
    """
    depth_below: dict[EntryHash, int] = {}
    depths: dict[EpochId, int] = {}
    exposure: dict[EpochId, set[DeviceId]] = {}
    for act in acts:
        below = max((depth_below.get(parent, 0) for parent in act.parents), default=0)
        depth_below[act.id] = below
        match act.operation:
            case Rekey(epoch, boxes) if act.signer in seated[act.id]:
                depth_below[act.id] = below + 1
                depths[epoch] = max(depths.get(epoch, 0), below + 1)
                exposure.setdefault(epoch, set()).update({box.device for box in boxes})
                exposure[epoch].add(act.signer)
            case Share(boxes):
                for box in boxes:
                    exposure.setdefault(box.epoch, set()).add(box.device)
            case Rekey() | None:
                pass
    return [
        Epoch(epoch, depth, frozenset(exposure[epoch])) for epoch, depth in sorted(depths.items())
    ]


def active(epochs: Iterable[Epoch], members: Set[DeviceId]) -> Epoch | None:
    """Return the epoch to write under: deepest of those only members were ever given (E3).

    Ties go to the lowest id; never a clock, never the highest number. None: nobody writes until
    one is minted (E4).
    """
    eligible = [epoch for epoch in epochs if epoch.exposure <= members]
    return min(eligible, key=lambda epoch: (-epoch.depth, epoch.id), default=None)
