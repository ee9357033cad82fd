"""Bundles: one sealed file of entries, for a stick or a folder; no clock, no expiry (SPEC §18).

A bundle has a section for each space it carries something of, under a key of its own. What is in
clear is the same for every bundle: nobody but a device that holds a key can tell where a section
begins, how many there are, or of which spaces. Offsets and lengths are in bytes of the file.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

from aluna_protocol import crypto, limits, messages, wire
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry
from aluna_protocol.errors import (
    IncompatibleVersionError,
    LocalProtocolError,
    RemoteProtocolError,
)
from aluna_protocol.ids import DeviceId, EntryHash, Head, Lane, LogId, SpaceId, StaticKey
from aluna_protocol.messages import Batch
from aluna_protocol.packing import padded_length

MAGIC = b"\x93aluna\r\n"
VERSION = 1
SALT_BYTES = 16
HEADER_BYTES = len(MAGIC) + 2 + 2 + SALT_BYTES
PLACE_BYTES = 8 + 8 + crypto.KEY_BYTES
BOX_BYTES = PLACE_BYTES + crypto.SEALED_BOX_OVERHEAD
SEALED_CHUNK = limits.BUNDLE_CHUNK_BYTES + crypto.TAG_BYTES
LENGTH_BYTES = 4

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in clear at the beginning: how many boxes follow, and a salt."""

    boxes: int
    salt: bytes
    """16 random bytes, different in every bundle: its batches carry them, its chunks are bound."""

    def encode(self) -> bytes:
        """Return the bytes of the header, to which every chunk is bound."""
        return MAGIC + VERSION.to_bytes(2, "big") + self.boxes.to_bytes(2, "big") + self.salt

    @property
    def table_bytes(self) -> int:
        """How many bytes of boxes follow the header."""
        return self.boxes * BOX_BYTES

    @property
    def body(self) -> int:
        """Where the first section may begin."""
        return HEADER_BYTES + self.table_bytes


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where one section lies, and its key: what a box holds."""

    offset: int
    length: int
    key: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the plaintext of a box."""
        return self.offset.to_bytes(8, "big") + self.length.to_bytes(8, "big") + self.key

    @property
    def end(self) -> int:
        """Where the section ends."""
        return self.offset + self.length


def read_header(data: bytes) -> Header:
    """Parse the first bytes of a file (SPEC §18.1).

    Raises `RemoteProtocolError` for anything else than a bundle, `IncompatibleVersionError` for one
    of another version.
    """
    if len(data) < HEADER_BYTES or not data.startswith(MAGIC):
        raise RemoteProtocolError("not a bundle")
    at = len(MAGIC)
    if int.from_bytes(data[at : at + 2], "big") != VERSION:
        raise IncompatibleVersionError("bundle of an unknown version")
    boxes = int.from_bytes(data[at + 2 : at + 4], "big")
    if not boxes or boxes % limits.BUNDLE_BOXES or boxes > limits.MAX_BUNDLE_BOXES:
        raise RemoteProtocolError("table of the wrong size")
    return Header(boxes, data[at + 4 : HEADER_BYTES])


# -- the table -----------------------------------------------------------------------------------


def boxes_for(count: int) -> int:
    """Return how many boxes the table has when *count* of them are for somebody.

    Raises `LocalProtocolError` when they are more than one bundle may have.
    """
    boxes = max(1, -(-count // limits.BUNDLE_BOXES)) * limits.BUNDLE_BOXES
    if boxes > limits.MAX_BUNDLE_BOXES:
        raise LocalProtocolError("too many boxes for one bundle")
    return boxes


def write_table(
    header: Header, given: Sequence[tuple[StaticKey, Place]], random_bytes: RandomBytes
) -> bytes:
    """Return the table: a box for each of *given*, the others for keys nobody has (SPEC §18.2).

    Boxes for nobody are made like all others, and all stand in the order of their bytes, so that
    neither a box nor its place tells anything.
    """
    boxes = [crypto.seal_to(static, place.encode(), random_bytes(32)) for static, place in given]
    if len(boxes) > header.boxes:
        raise LocalProtocolError("more boxes than the header says")
    while len(boxes) < header.boxes:
        nobody = StaticKey(crypto.public_of(random_bytes(32)))
        boxes.append(crypto.seal_to(nobody, bytes(PLACE_BYTES), random_bytes(32)))
    return b"".join(sorted(boxes))


def read_table(keys: DeviceKeys, header: Header, table: bytes) -> list[Place]:
    """Return where the sections for the device of *keys* lie, in order; empty when there are none.

    *table* may be cut short: what is left of it is looked through. Costs about a tenth of a
    millisecond for each box. Raises `RemoteProtocolError` when a box for us holds no place, or two
    places overlap: nobody may have us read the same bytes twice.
    """
    found: list[Place] = []
    for at in range(0, len(table) - BOX_BYTES + 1, BOX_BYTES):
        try:
            opened = crypto.open_box(keys, table[at : at + BOX_BYTES])
        except RemoteProtocolError:
            continue
        found.append(_read_place(header, opened))
    found.sort()
    for before, after in itertools.pairwise(found):
        if after.offset < before.end:
            raise RemoteProtocolError("sections overlap")
    return found


def _read_place(header: Header, opened: bytes) -> Place:
    place = Place(
        int.from_bytes(opened[:8], "big"), int.from_bytes(opened[8:16], "big"), opened[16:]
    )
    last = place.length % SEALED_CHUNK
    # No chunk is empty; neither is a section, which begins with a receipt.
    whole = place.length > 0 and (last == 0 or last > crypto.TAG_BYTES)
    inside = header.body <= place.offset and place.end <= limits.MAX_BUNDLE_BYTES
    if not (whole and inside):
        raise RemoteProtocolError("section in an impossible place")
    return place


# -- chunks --------------------------------------------------------------------------------------


def _nonce(number: int, *, last: bool) -> bytes:
    """Return the nonce of a chunk: its number and whether it is the last, so no chunk is moved."""
    return number.to_bytes(8, "big") + bytes([last]) + bytes(crypto.XNONCE_BYTES - 9)


class SectionWriter:
    """Seals the messages of one section; *key* is 32 fresh random bytes (SPEC §18.3)."""

    def __init__(self, header: Header, key: bytes) -> None:
        self._ad = header.encode()
        self._key = key
        self._plain = bytearray()
        self._number = 0
        self.length = 0
        """Bytes of the section so far."""

    def say(self, message: bytes) -> bytes:
        """Add *message*; return the bytes of the file that are ready, mostly none."""
        self._plain += len(message).to_bytes(LENGTH_BYTES, "big") + message
        ready = []
        # One byte more than a chunk: the last chunk is known to be the last when it is sealed.
        while len(self._plain) > limits.BUNDLE_CHUNK_BYTES:
            ready.append(self._seal(limits.BUNDLE_CHUNK_BYTES, last=False))
        return b"".join(ready)

    def end(self) -> bytes:
        """Return the last bytes of the section."""
        if not self._plain:
            raise LocalProtocolError("a section says something")
        return self._seal(len(self._plain), last=True)

    def _seal(self, size: int, *, last: bool) -> bytes:
        plain = bytes(self._plain[:size])
        del self._plain[:size]
        sealed = crypto.seal(self._key, _nonce(self._number, last=last), plain, self._ad)
        self._number += 1
        self.length += len(sealed)
        return sealed


class SectionReader:
    """Opens one section piece by piece; never holds more than one message and two chunks."""

    def __init__(self, header: Header, place: Place) -> None:
        self._ad = header.encode()
        self._salt = header.salt
        self._key = place.key
        self._left = place.length
        self._sealed = bytearray()
        self._plain = bytearray()
        self._number = 0
        self.space: SpaceId | None = None
        """Which space it is of: its first message, a receipt, says so."""

    @property
    def ended(self) -> bool:
        """Tell whether the whole section was read."""
        return not self._left

    def feed(self, data: bytes) -> Iterator[Receipt | Batch]:
        """Yield the messages that end in *data*, the next bytes of the section.

        Raises `RemoteProtocolError` at the first thing that does not hold, which nothing after it
        can be told from: what was yielded before stands.
        """
        self._sealed += data
        while self._left:
            size = min(self._left, SEALED_CHUNK)
            if len(self._sealed) < size:
                return
            sealed = bytes(self._sealed[:size])
            del self._sealed[:size]
            self._plain += self._open(sealed, last=size == self._left)
            self._left -= size
            yield from self._messages()
        if self._plain:
            raise RemoteProtocolError("message cut short")

    def _open(self, sealed: bytes, *, last: bool) -> bytes:
        nonce = _nonce(self._number, last=last)
        self._number += 1
        return crypto.open_sealed(self._key, nonce, sealed, self._ad)

    def _messages(self) -> Iterator[Receipt | Batch]:
        while len(self._plain) >= LENGTH_BYTES:
            size = int.from_bytes(self._plain[:LENGTH_BYTES], "big")
            if size > limits.MAX_MESSAGE:
                raise RemoteProtocolError("message too long")
            end = LENGTH_BYTES + size
            if len(self._plain) < end:
                return
            message = bytes(self._plain[LENGTH_BYTES:end])
            del self._plain[:end]
            yield self._read(message)

    def _read(self, message: bytes) -> Receipt | Batch:
        if message.startswith(messages.BATCH_START):
            batch = messages.decode(message)
            if self.space is None or not isinstance(batch, Batch):
                raise RemoteProtocolError("a section begins with a receipt")
            if batch.tag != self._salt:
                raise RemoteProtocolError("a batch of another bundle")
            return batch
        receipt = read_receipt(message)
        if self.space not in (None, receipt.space):
            raise RemoteProtocolError("a section is of one space")
        self.space = receipt.space
        return receipt


# -- what a section says -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the writer of a section holds of its space: an acknowledgement (SPEC §18.4)."""

    space: SpaceId
    writer: DeviceId
    logs: tuple[tuple[LogId, Head], ...]
    """Tips, named without branches."""
    readers: tuple[DeviceId, ...] = ()
    """Whom the section is for; empty when the writer does not say."""


def write_receipt(keys: DeviceKeys, receipt: Receipt) -> bytes:
    """Return *receipt* as a message, signed by its writer."""
    if receipt.writer != keys.device:
        raise LocalProtocolError("a receipt is signed by its writer")
    rows = [
        [log.device, log.incarnation, int(log.lane), head.height, head.hash]
        for log, head in receipt.logs
    ]
    body = wire.pack([receipt.space, receipt.writer, rows, list(receipt.readers)])
    return wire.pack([0, body, crypto.sign(keys, _to_sign(body))])


def _to_sign(body: bytes) -> bytes:
    return b"aluna-receipt-v1" + body


def read_receipt(message: bytes) -> Receipt:
    """Parse a receipt and check its signature; raise `RemoteProtocolError` for anything else."""
    match wire.tagged(wire.unpack(message, limits.MAX_CONTROL_MESSAGE)):
        case [0, body, signature]:
            pass
        case _:
            raise RemoteProtocolError("unknown message")
    body = wire.octets(body, at_most=limits.MAX_CONTROL_MESSAGE)
    fields = wire.array(wire.unpack_canonical(body, limits.MAX_CONTROL_MESSAGE), 4)
    space = SpaceId(wire.octets(fields[0], 32))
    writer = DeviceId(wire.octets(fields[1], 32))
    rows = wire.array(fields[2], at_most=messages.MAX_LOGS_PER_MESSAGE)
    readers = wire.array(fields[3], at_most=limits.MAX_DEVICES)
    receipt = Receipt(
        space,
        writer,
        tuple(_read_tip(space, row) for row in rows),
        tuple(DeviceId(wire.octets(one, 32)) for one in readers),
    )
    crypto.verify(writer, _to_sign(body), wire.octets(signature, crypto.SIGNATURE_BYTES))
    return receipt


def _read_tip(space: SpaceId, row: object) -> tuple[LogId, Head]:
    fields = wire.array(row, 5)
    log = LogId(
        space,
        DeviceId(wire.octets(fields[0], 32)),
        wire.integer(fields[1], 0, 2**32 - 1),
        Lane(wire.integer(fields[2], 0, len(Lane) - 1)),
    )
    height = wire.integer(fields[3], 1, limits.MAX_HEIGHT)
    return log, Head(height, EntryHash(wire.octets(fields[4], 32)))


def batch_of(header: Header, run: Sequence[Entry]) -> bytes:
    """Return a run of one log as a message of a section."""
    first = run[0].header
    log = first.log
    return messages.encode(
        Batch(
            header.salt,
            log.device,
            log.incarnation,
            log.lane,
            first.height,
            first.previous,
            messages.shorten(run),
        )
    )


# -- filler --------------------------------------------------------------------------------------


def gap(random_bytes: RandomBytes) -> int:
    """Return how many random bytes stand before a section."""
    return int.from_bytes(random_bytes(4), "big") % limits.BUNDLE_GAP_BYTES


def filler(size: int, random_bytes: RandomBytes) -> int:
    """Return how many random bytes end a file of *size* (SPEC §18.5).

    A random part, so that who opens some of the file cannot tell filler from what is not for it
    while that is small; then up to one of few sizes.
    """
    most = max(limits.BUNDLE_FILLER_BYTES, size // 4)
    drawn = int.from_bytes(random_bytes(8), "big") % most
    return padded_length(size + drawn) - size
