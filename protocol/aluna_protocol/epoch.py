"""Epoch keys: who was ever given which, and which one may be used (SPEC §7, security E1-E10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from aluna_protocol import crypto, limits, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import EpochKey
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, EntryHash, EpochId, SpaceId, StaticKey
from aluna_protocol.powers import Standing

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


@dataclass(frozen=True, slots=True)
class Complaint:
    """Says that the box this entry holds for its author opens to another key (SPEC §7.4)."""

    epoch: EpochId
    entry: EntryHash


EpochOperation = Rekey | Share | Complaint


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
            rows = [[sealed.epoch, sealed.device, sealed.box] for sealed in boxes]
            return wire.pack([1, rows])
        case Complaint(epoch, entry):
            return wire.pack([2, epoch, entry])


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
        case [2, epoch, entry]:
            return Complaint(EpochId(wire.octets(epoch, 32)), EntryHash(wire.octets(entry, 32)))
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
    """One epoch as far as it is known."""

    id: EpochId
    depth: int
    exposure: frozenset[DeviceId]
    """Everybody ever given its key (E2)."""
    by_keeper: bool
    """Whether a keeper minted it: what others mint is used only while there is none of these."""


class Resolver:
    """Works epoch acts in as they come, causes first; what it says depends on their set alone.

    Of a box only the name on it is kept: what a hostile member writes takes no more room than it
    took on its way.
    """

    def __init__(self) -> None:
        self._below: dict[EntryHash, int] = {}
        self._depths: dict[EpochId, int] = {}
        self._exposure: dict[EpochId, set[DeviceId]] = {}
        self._by_keeper: set[EpochId] = set()
        self._bad: set[EpochId] = set()
        self._complaints: dict[DeviceId, tuple[int, EntryHash, EpochId]] = {}
        self._unheard: list[tuple[DeviceId, EpochId]] = []
        self._again: set[tuple[DeviceId, EpochId]] = set()
        self._outside: dict[EpochId, DeviceId] = {}
        """Of an epoch found ineligible, one device outside that was given its key."""
        self._deepest: list[EpochId] | None = None

    def add(self, act: EpochAct, signed_as: Standing) -> None:
        """Take an act whose parents were taken before, signed as what its signer was in its past.

        A `Rekey` counts when its signer belonged (E1); a `Share` always counts as exposure,
        whoever signed it (E2, fail safe).
        """
        depth = max((self._below[parent] for parent in act.parents), default=0)
        operation, counts = act.operation, signed_as is not Standing.NOBODY
        if isinstance(operation, Rekey) and counts:
            depth += 1
            if depth > self._depths.get(operation.epoch, 0):
                self._depths[operation.epoch] = depth
                self._deepest = None
            if signed_as is Standing.KEEPER and operation.epoch not in self._by_keeper:
                self._by_keeper.add(operation.epoch)
                self._deepest = None
            self._expose(operation.epoch, act.signer)
        if isinstance(operation, Share) or (isinstance(operation, Rekey) and counts):
            for sealed in operation.boxes:
                self._expose(sealed.epoch, sealed.device)
                self._again.discard((sealed.device, sealed.epoch))
        if isinstance(operation, Complaint) and counts:
            self._hear(operation, depth, act)
        self._below[act.id] = depth

    def _hear(self, complaint: Complaint, depth: int, act: EpochAct) -> None:
        """Take a complaint; of each device one marks an epoch bad, the first by depth (E6).

        None can be proven false, so nobody makes others mint for ever by always complaining; the
        others are shown to people, and whoever holds the key boxes it for her once more.
        """
        self._again.add((act.signer, complaint.epoch))
        said = (depth, act.id, complaint.epoch)
        first = self._complaints.get(act.signer)
        if first is not None:
            said, other = sorted((first, said))
            self._unheard.append((act.signer, other[2]))
        self._complaints[act.signer] = said
        self._bad = {epoch for _, _, epoch in self._complaints.values()}

    def _expose(self, epoch: EpochId, device: DeviceId) -> None:
        self._exposure.setdefault(epoch, set()).add(device)

    @property
    def minted(self) -> Set[EpochId]:
        """The name of every epoch somebody who belonged minted."""
        return self._depths.keys()

    @property
    def bad(self) -> Set[EpochId]:
        """Epochs somebody complained about: nobody writes under them."""
        return self._bad

    @property
    def unheard(self) -> Sequence[tuple[DeviceId, EpochId]]:
        """Further complaints of devices, for people to see."""
        return self._unheard

    @property
    def to_box_again(self) -> Set[tuple[DeviceId, EpochId]]:
        """Who said that a key was boxed wrongly for it, and was not given it since."""
        return self._again

    @property
    def epochs(self) -> list[Epoch]:
        """Every epoch minted, the one to prefer first: of keepers, the deepest, the lowest id."""
        return [self._epoch(epoch) for epoch in self._ordered()]

    def eligible(self, members: Set[DeviceId]) -> Iterator[Epoch]:
        """Yield the epochs only *members* were ever given, the one to write under first (E3).

        Who was outside is remembered, so that a thousand epochs nobody may use cost one look each.
        """
        for epoch in self._ordered():
            outside = self._outside.get(epoch)
            if epoch in self._bad or (outside is not None and outside not in members):
                continue
            strangers = self._exposure[epoch] - members
            if strangers:
                self._outside[epoch] = min(strangers)
            else:
                yield self._epoch(epoch)

    def _ordered(self) -> list[EpochId]:
        if self._deepest is None:
            depths, ours = self._depths, self._by_keeper
            self._deepest = sorted(
                depths, key=lambda epoch: (epoch not in ours, -depths[epoch], epoch)
            )
        return self._deepest

    def _epoch(self, epoch: EpochId) -> Epoch:
        exposure = frozenset(self._exposure[epoch])
        return Epoch(epoch, self._depths[epoch], exposure, epoch in self._by_keeper)


def without_boxes(operation: EpochOperation) -> EpochOperation:
    """Return *operation* as far as `Resolver` needs it: to whom, but not what."""
    if isinstance(operation, Complaint):
        return operation
    boxes = tuple(SealedKey(sealed.epoch, sealed.device, b"") for sealed in operation.boxes)
    return Rekey(operation.epoch, boxes) if isinstance(operation, Rekey) else Share(boxes)
