"""The envelope of a change: magic, checksum, header and the table of columns (SPEC §6.5.1).

Only uncompressed chunks are taken. Automerge also knows a deflated form; our engine never writes
it, parts are compressed as a whole, and so no inflating happens here at all.
"""

from __future__ import annotations

import hashlib
import itertools

from aluna_protocol import limits
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash
from aluna_protocol.lint import runs
from aluna_protocol.lint.facts import ChangeFacts

MAGIC = b"\x85\x6f\x4a\x83"
ACTOR_BYTES = 16
HASH_BYTES = 32
MAX_CHANGE_BYTES = limits.MAX_PART_BYTES
"""A change travels inside one part."""
MAX_OPS = 20_000
"""Letters pasted at once; at 1.5 µs each Automerge takes 30 ms for the largest change."""
MAX_DEPS = limits.MAX_DEVICES
"""A change has at most one direct cause per device."""
MAX_ACTORS = limits.MAX_DEVICES
_CHANGE_CHUNK = 1
_HEADER_BYTES = 8

OBJECT_ACTOR, OBJECT_COUNTER = 0x01, 0x02
KEY_ACTOR, KEY_COUNTER, KEY_TEXT = 0x11, 0x13, 0x15
INSERT, ACTION = 0x34, 0x42
VALUE_META, VALUE = 0x56, 0x57
PRED_COUNT, PRED_ACTOR, PRED_COUNTER = 0x70, 0x71, 0x73
_KNOWN_COLUMNS = frozenset(
    {
        OBJECT_ACTOR,
        OBJECT_COUNTER,
        KEY_ACTOR,
        KEY_COUNTER,
        KEY_TEXT,
        INSERT,
        ACTION,
        VALUE_META,
        VALUE,
        PRED_COUNT,
        PRED_ACTOR,
        PRED_COUNTER,
    }
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One change as its envelope tells it; its operations are still columns."""

    hash: ChangeHash
    deps: tuple[ChangeHash, ...]
    actors: tuple[ActorId, ...]
    """The table operations point into: the author first, then the others in order."""
    seq: int
    start_op: int
    columns: dict[int, bytes]

    @property
    def actor(self) -> ActorId:
        """The author."""
        return self.actors[0]


def read_chunk(raw: bytes) -> Chunk:
    """Read the envelope of *raw*; raise `RemoteProtocolError` if our engine never writes such."""
    try:
        return _read_chunk(raw)
    except IndexError:
        raise RemoteProtocolError("change cut short") from None


def read_header(raw: bytes) -> ChangeFacts:
    """Return what a change says of itself, without judging its operations or its past."""
    chunk = read_chunk(raw)
    try:
        ops = runs.numbers_up_to(chunk.columns.get(ACTION, b""), MAX_OPS)[1]
    except IndexError:
        raise RemoteProtocolError("change cut short") from None
    max_op = chunk.start_op + ops - 1
    return ChangeFacts(chunk.hash, chunk.actor, chunk.seq, chunk.start_op, max_op, chunk.deps, ops)


def _read_chunk(raw: bytes) -> Chunk:
    if len(raw) > MAX_CHANGE_BYTES:
        raise RemoteProtocolError("change too long")
    if raw[:4] != MAGIC:
        raise RemoteProtocolError("not a change")
    if raw[_HEADER_BYTES] != _CHANGE_CHUNK:
        raise RemoteProtocolError("not an uncompressed change")
    size, at = runs.unsigned(raw, _HEADER_BYTES + 1)
    if at + size != len(raw):
        raise RemoteProtocolError("length does not match")
    digest = hashlib.sha256(raw[_HEADER_BYTES:]).digest()
    if raw[4:_HEADER_BYTES] != digest[:4]:
        raise RemoteProtocolError("checksum does not match")
    hashes, at = _table(raw, at, HASH_BYTES, MAX_DEPS)
    author, at = runs.text(raw, at)
    seq, at = runs.unsigned(raw, at)
    start_op, at = runs.unsigned(raw, at)
    if not (1 <= seq < runs.MAX_COUNTER and 1 <= start_op < runs.MAX_COUNTER):
        raise RemoteProtocolError("counter out of range")
    if raw[at : at + 2] != b"\0\0":
        raise RemoteProtocolError("time or message not empty")
    others, at = _actors(raw, at + 2)
    if len(author) != ACTOR_BYTES or author in others:
        raise RemoteProtocolError("actors out of order")
    return Chunk(
        hash=ChangeHash(digest),
        deps=tuple(ChangeHash(dep) for dep in hashes),
        actors=(ActorId(author), *others),
        seq=seq,
        start_op=start_op,
        columns=_columns(raw, at),
    )


def _table(raw: bytes, at: int, width: int, at_most: int) -> tuple[list[bytes], int]:
    """Read a counted table of *width*-byte items in strictly ascending order."""
    count, at = runs.unsigned(raw, at)
    end = at + count * width
    if count > at_most or end > len(raw):
        raise RemoteProtocolError("table too long")
    items = [raw[place : place + width] for place in range(at, end, width)]
    if any(one >= other for one, other in itertools.pairwise(items)):
        raise RemoteProtocolError("table out of order")
    return items, end


def _actors(raw: bytes, at: int) -> tuple[list[ActorId], int]:
    count, at = runs.unsigned(raw, at)
    if count > MAX_ACTORS:
        raise RemoteProtocolError("table too long")
    actors: list[ActorId] = []
    for _ in range(count):
        actor, at = runs.text(raw, at)
        if len(actor) != ACTOR_BYTES or (actors and actor <= actors[-1]):
            raise RemoteProtocolError("actors out of order")
        actors.append(ActorId(actor))
    return actors, at


def _columns(raw: bytes, at: int) -> dict[int, bytes]:
    count, at = runs.unsigned(raw, at)
    if count > len(_KNOWN_COLUMNS):
        raise RemoteProtocolError("too many columns")
    sizes: list[tuple[int, int]] = []
    before = 0
    for _ in range(count):
        name, at = runs.unsigned(raw, at)
        size, at = runs.unsigned(raw, at)
        if name not in _KNOWN_COLUMNS or name <= before or not size:
            raise RemoteProtocolError("column unknown, empty or out of order")
        before = name
        sizes.append((name, size))
    columns: dict[int, bytes] = {}
    for name, size in sizes:
        columns[name] = raw[at : at + size]
        at += size
    if at != len(raw):
        raise RemoteProtocolError("columns do not fill the change")
    return columns
