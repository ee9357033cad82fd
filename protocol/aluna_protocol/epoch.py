"""Epoch keys: who was ever given which, and which one may be used (SPEC §7, security E1-E10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
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
    boxes = operation.boxes
    if isinstance(operation, Rekey):
        return wire.pack([0, operation.epoch, [[sealed.device, sealed.box] for sealed in boxes]])
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
            triples = [wire.array(box, 3) for box in wire.array(boxes, at_most=limits.MAX_DEVICES)]
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


class Resolver:
    """Works epoch acts in as they come, causes first; what it says depends on their set alone.

    Of a box only the name on it is kept: what a hostile member writes takes no more room than it
    took on its way.
    """

    def __init__(self) -> None:
        self._below: dict[EntryHash, int] = {}
        self._depths: dict[EpochId, int] = {}
        self._exposure: dict[EpochId, set[DeviceId]] = {}
        self._outside: dict[EpochId, DeviceId] = {}
        """Of an epoch found ineligible, one device outside that was given its key."""
        self._deepest: list[EpochId] | None = None

    def add(self, act: EpochAct, *, seated: bool) -> None:
        """Take an act whose parents were taken before; *seated* if its signer was, in its past.

        A `Rekey` counts when its signer was seated in what it had seen (E1, while every person
        keeps the door); a `Share` always counts as exposure, whoever signed it (E2, fail safe).
        """
        depth = max((self._below.get(parent, 0) for parent in act.parents), default=0)
        operation = act.operation
        if isinstance(operation, Rekey) and seated:
            depth += 1
            if depth > self._depths.get(operation.epoch, 0):
                self._depths[operation.epoch] = depth
                self._deepest = None
            self._expose(operation.epoch, act.signer)
        if isinstance(operation, Share) or (operation is not None and seated):
            for sealed in operation.boxes:
                self._expose(sealed.epoch, sealed.device)
        self._below[act.id] = depth

    def _expose(self, epoch: EpochId, device: DeviceId) -> None:
        self._exposure.setdefault(epoch, set()).add(device)

    @property
    def minted(self) -> Set[EpochId]:
        """The name of every epoch somebody seated minted."""
        return self._depths.keys()

    @property
    def epochs(self) -> list[Epoch]:
        """Every epoch somebody seated minted, the deepest first, of equals the lowest id."""
        return [self._epoch(epoch) for epoch in self._ordered()]

    def eligible(self, members: Set[DeviceId]) -> Iterator[Epoch]:
        """Yield the epochs only *members* were ever given, the one to write under first (E3).

        Who was outside is remembered, so that a thousand epochs nobody may use cost one look each.
        """
        for epoch in self._ordered():
            outside = self._outside.get(epoch)
            if outside is not None and outside not in members:
                continue
            strangers = self._exposure[epoch] - members
            if strangers:
                self._outside[epoch] = min(strangers)
            else:
                yield self._epoch(epoch)

    def _ordered(self) -> list[EpochId]:
        if self._deepest is None:
            depths = self._depths
            self._deepest = sorted(depths, key=lambda epoch: (-depths[epoch], epoch))
        return self._deepest

    def _epoch(self, epoch: EpochId) -> Epoch:
        return Epoch(epoch, self._depths[epoch], frozenset(self._exposure[epoch]))


def without_boxes(operation: EpochOperation) -> EpochOperation:
    """Return *operation* as far as `Resolver` needs it: to whom, but not what."""
    boxes = tuple(SealedKey(sealed.epoch, sealed.device, b"") for sealed in operation.boxes)
    return Rekey(operation.epoch, boxes) if isinstance(operation, Rekey) else Share(boxes)


def resolve(acts: Iterable[EpochAct], seated: Mapping[EntryHash, Set[DeviceId]]) -> list[Epoch]:
    """Return all epochs, given *acts* with causes first and who was seated at each act's past."""
    resolver = Resolver()
    for act in acts:
        resolver.add(act, seated=act.signer in seated[act.id])
    return resolver.epochs


def active(epochs: Iterable[Epoch], members: Set[DeviceId]) -> Epoch | None:
    """Return the epoch to write under: deepest of those only members were ever given (E3).

    Ties go to the lowest id; never a clock, never the highest number. None: nobody writes until
    one is minted (E4).
    """
    eligible = [epoch for epoch in epochs if epoch.exposure <= members]
    return min(eligible, key=lambda epoch: (-epoch.depth, epoch.id), default=None)
