"""What an Automerge change may look like, decided before Automerge sees it (SPEC §6.5).

Automerge trusts its input: a signed change of 173 bytes can take 470 MB, another aborts the
process. So a change is admitted only if our own engine could have written it with the past it
names. The verdict depends only on the change and that past; where two changes claim the same
place, `choosing` says which goes first. So every device comes to the same one. The cost follows
the bytes of the change, not the operations they stand for.
"""

from __future__ import annotations

from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId
from aluna_protocol.lint import chunk as envelope
from aluna_protocol.lint.chunk import MAX_CHANGE_BYTES, MAX_OPS, Chunk, read_chunk, read_header
from aluna_protocol.lint.facts import ChangeFacts, DocumentFacts, Repeated, Waiting
from aluna_protocol.lint.operations import (
    MAX_KEY_BYTES,
    MAX_KEY_WRITES,
    MAX_ROOT_OPS,
    Walk,
)
from aluna_protocol.lint.reading import Reading, read
from aluna_protocol.lint.values import MAX_VALUE_BYTES, Values, read_values

__all__ = [
    "MAX_CHANGE_BYTES",
    "MAX_KEY_BYTES",
    "MAX_KEY_WRITES",
    "MAX_OPS",
    "MAX_ROOT_OPS",
    "MAX_VALUE_BYTES",
    "ChangeFacts",
    "Chunk",
    "DocumentFacts",
    "PlaceTakenError",
    "Reading",
    "Repeated",
    "Verdict",
    "Waiting",
    "check",
    "judge",
    "read_alone",
    "read_chunk",
    "read_header",
]

Verdict = ChangeFacts | Waiting | Repeated


class PlaceTakenError(RemoteProtocolError):
    """The change would do, but another one of its actor with the same `seq` was applied."""


def check(raw: bytes, expected_actor: ActorId, known: DocumentFacts) -> Verdict:
    """Judge the change *raw* against the document *known*; raise `RemoteProtocolError` to refuse.

    Of two changes that claim the same `seq` the one applied first counts, and the other one raises
    `PlaceTakenError`: who holds both gives them in the order of `choosing.in_order`. The caller
    adds the facts to *known* once the change is really applied.
    """
    return judge(read_chunk(raw), expected_actor, known)


def judge(chunk: Chunk, expected_actor: ActorId, known: DocumentFacts) -> Verdict:
    """Like `check`, for a change whose envelope was read before."""
    if chunk.actor != expected_actor:
        raise RemoteProtocolError("change by another actor")
    if chunk.hash in known:
        return Repeated(chunk.hash)
    missing = known.missing(chunk.deps)
    if missing:
        return Waiting(missing)
    walk, _ = _judged(chunk, known)
    return walk.facts()


def read_alone(raw: bytes, expected_actor: ActorId) -> Reading | None:
    """Judge *raw* as the only change of a document, and read that document from it.

    None if it is not a first change, or Automerge is needed to tell how its operations read.
    Raises `RemoteProtocolError` where `check` would refuse it.
    """
    chunk = read_chunk(raw)
    if chunk.actor != expected_actor:
        raise RemoteProtocolError("change by another actor")
    if chunk.deps or chunk.seq != 1:
        return None
    walk, values = _judged(chunk, DocumentFacts())
    return read(chunk.hash, chunk.actor, walk, values)


def _judged(chunk: Chunk, known: DocumentFacts) -> tuple[Walk, Values]:
    """Judge the place and the operations of *chunk*, whose past is *known*; return them read."""
    past = known.past(chunk.deps, chunk.actor)
    if chunk.seq != past.seq + 1:
        raise RemoteProtocolError("gap in the changes of its actor")
    if not past.stands_on_its_heads():
        raise RemoteProtocolError("dependencies are not its heads")
    if chunk.start_op != past.max_op + 1:
        raise RemoteProtocolError("counters do not follow its past")
    try:
        walk = Walk(chunk, past)
        walk.run()
        meta = chunk.columns.get(envelope.VALUE_META, b"")
        values = read_values(walk.kinds, meta, chunk.columns.get(envelope.VALUE, b""), walk.ops)
    except IndexError:
        raise RemoteProtocolError("change cut short") from None
    # Last, so that what is said of a change does not depend on which of two was applied.
    if chunk.seq != known.last_seq(chunk.actor) + 1:
        raise PlaceTakenError("another change has its place")
    return walk, values
