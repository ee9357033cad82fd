"""What it costs to judge changes before Automerge sees them, and what a bomb costs."""

from __future__ import annotations

import hashlib
import time
import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from automerge.core import Document

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, DocumentId
from aluna_sync.engine.core import AutomergeCore
from aluna_sync.engine.types import Operation, Put, Splice
from bench import corpus
from bench.harness import MEGABYTE, Line, Result, Workshop, median, ms, s, times
from vectors import forging
from vectors.forging import STR, Forged, leb, sleb
from vectors.lint_story import ANA

RECORDS: Final = 400
EDITS: Final = 20
ROUNDS: Final = 5
RECORD_SECONDS: Final = 150e-6
ALL_SECONDS: Final = 3.0
ALL_BYTES: Final = 10 * MEGABYTE
BOMB_SECONDS: Final = 5e-3
BOMB_MEMORY: Final = MEGABYTE


@dataclass(frozen=True, slots=True)
class History:
    """One document as its author wrote it."""

    actor: ActorId
    changes: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """All bytes of it."""
        return sum(map(len, self.changes))


def measure(workshop: Workshop) -> Result:
    """Judge records, edits and bombs; the floor is what Automerge takes to load the same."""
    del workshop
    records = [_written(number, 0) for number in range(RECORDS)]
    edited = [_written(number, EDITS) for number in range(RECORDS // 10)]
    return Result(
        "Judging changes",
        (
            _each("a record of 300 letters", records),
            _all("10 MB of records of 300 letters", records),
            _all(f"10 MB of records edited {EDITS} times, a few words each", edited, bound=False),
            *(_bomb(name, raw) for name, raw in _bombs().items()),
        ),
        (
            "Processor time of one core. Small edits have no bound: 10 MB of them are 60,000 "
            "changes, each with a header, a table of columns and a past of its own to be checked. "
            "Memory is the peak of a second run under `tracemalloc`, without the change itself. "
            "A bomb stands beside the SHA-256 of 1 MiB, the least that any change so long costs.",
        ),
    )


def _written(number: int, edits: int) -> History:
    core = AutomergeCore()
    actor = ActorId(hashlib.blake2b(number.to_bytes(8, "big"), digest_size=16).digest())
    document = DocumentId(number.to_bytes(16, "big"))
    first = Splice(corpus.BODY, 0, 0, corpus.text_of(number))
    writing: list[list[Operation]] = [[Put("type", "event"), Put("schema", 1), first]]
    for edit in range(edits):
        words = corpus.text_of(number + edit, 12)
        writing.append([Splice(corpus.BODY, 40 + edit * 7, 3, words)])
    changes = [
        core.edit(document, actor, operations, create=place == 0).change
        for place, operations in enumerate(writing)
    ]
    return History(actor, tuple(changes))


def _judge(histories: Sequence[History]) -> None:
    for history in histories:
        known = lint.DocumentFacts()
        for raw in history.changes:
            verdict = lint.check(raw, history.actor, known)
            if not isinstance(verdict, lint.ChangeFacts):
                raise TypeError("an honest change waits")
            known.add(verdict)


def _load(histories: Sequence[History]) -> None:
    for history in histories:
        Document.load(b"".join(history.changes))


def _busy(do: Callable[[], object]) -> float:
    started = time.process_time()
    do()
    return time.process_time() - started


def _each(what: str, histories: Sequence[History]) -> Line:
    spent, floor = (
        median(lambda: _busy(lambda: do(histories)), ROUNDS) / len(histories)  # noqa: B023
        for do in (_judge, _load)
    )
    return Line(
        what,
        f"{spent * 1e6:.0f} µs",
        f"Document.load: {floor * 1e6:.0f} µs",
        times(spent / floor),
        f"≤ {RECORD_SECONDS * 1e6:.0f} µs",
        spent <= RECORD_SECONDS,
    )


def _all(what: str, histories: Sequence[History], *, bound: bool = True) -> Line:
    part = ALL_BYTES / sum(history.size for history in histories)
    spent, floor = (
        median(lambda: _busy(lambda: do(histories)), ROUNDS) * part  # noqa: B023
        for do in (_judge, _load)
    )
    return Line(
        what,
        s(spent),
        f"Document.load: {s(floor)}",
        times(spent / floor),
        f"≤ {s(ALL_SECONDS)}" if bound else "none",
        spent <= ALL_SECONDS if bound else None,
    )


# -- bombs ---------------------------------------------------------------------------------------


def _bombs() -> dict[str, bytes]:
    """Return changes that would cost Automerge dear, most of them in a few bytes."""
    text = forging.change(ANA, 1, 1, [forging.make_text("t"), forging.letter((ANA, 1), None, "x")])
    one = forging.change(ANA, 1, 1, [forging.put("k", STR, b"v")])
    head = forging.counted(ANA) + leb(1) + leb(1) + b"\0\0"
    deletions = [forging.take_out((ANA, 1), (ANA, 2))] * 19_000
    return {
        "10^6 nulls in a run": _nulls(10**6),
        "10^9 nulls in a run": _nulls(10**9),
        "one letter deleted 19,000 times": forging.change(
            ANA, 1, 1, [*forging.rows_of(text), *deletions]
        ).raw,
        "counters 2^38 apart": text.column(0x13, b"\0\1" + sleb(2) + sleb(2**38)).raw,
        "a text of 1 GiB": one.column(0x56, b"\x7f" + leb((1 << 30) << 4 | STR)).raw,
        "30,000 dependencies": one.but(deps=(bytes(32),) * 30_000).raw,
        "2^60 actors": forging.sealed(b"\0" + head + leb(2**60)),
        "2^62 predecessors": text.column(0x70, b"\x02" + leb(2**62)).raw,
        "256 MiB deflated": forging.sealed(_deflated(256), kind=2),
    }


def _deflated(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = [packer.compress(bytes(1 << 20)) for _ in range(megabytes)]
    return b"".join(packed) + packer.flush()


def _nulls(rows: int) -> bytes:
    columns = {0x34: leb(rows), 0x42: sleb(rows) + b"\1", 0x56: sleb(rows) + b"\0"}
    return Forged((), ANA, leb(1), leb(1), columns={**columns, 0x70: sleb(rows) + b"\0"}).raw


def _bomb(what: str, raw: bytes) -> Line:
    spent = median(lambda: _busy(lambda: _refused(raw)), ROUNDS)
    floor = median(lambda: _busy(lambda: hashlib.sha256(bytes(1 << 20)).digest()), ROUNDS)
    tracemalloc.start()
    _refused(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Line(
        f"a bomb: {what}, {len(raw):,} bytes",
        f"{ms(spent)}, {peak / 1000:.0f} kB",
        f"SHA-256: {ms(floor)}",
        times(spent / floor),
        f"≤ {ms(BOMB_SECONDS)}, {BOMB_MEMORY / 1000:.0f} kB",
        spent <= BOMB_SECONDS and peak <= BOMB_MEMORY,
    )


def _refused(raw: bytes) -> None:
    try:
        lint.check(raw, ActorId(ANA), lint.DocumentFacts())
    except RemoteProtocolError:
        return
    raise TypeError("a bomb passes")
