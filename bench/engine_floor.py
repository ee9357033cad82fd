"""What the lint and the engine cost on a catch-up, against what Automerge alone takes to load.

Run: python bench/engine_floor.py [records]. Every record is one change of 300 letters.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time

from automerge.core import Document

from aluna_protocol import lint
from aluna_protocol.ids import ActorId, DocumentId
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.pool import EnginePool
from aluna_sync.engine.types import Engine, Put, SignedChange, Splice

WORDS = ("reunión", "cuidado", "después", "mañana", "casa", "pan", "ánimo", "tarde", "escuela")
BATCH = 500
"""Documents given to the engine at once, as a catch-up would."""

Batch = dict[DocumentId, list[SignedChange]]


def _letters(number: int) -> str:
    digest = hashlib.blake2b(number.to_bytes(8, "big"), digest_size=64).digest()
    return " ".join(WORDS[byte % len(WORDS)] for byte in digest)[:300]


async def _records(count: int) -> Batch:
    writer = InProcessEngine(max_open=1)
    batch: Batch = {}
    for number in range(count):
        document = DocumentId(number.to_bytes(16, "big"))
        actor = ActorId(hashlib.blake2b(document, digest_size=16).digest())
        body = Splice("t/body/0011223344556677", 0, 0, _letters(number))
        edited = await writer.edit(document, actor, [Put("type", "event"), Put("schema", 1), body])
        batch[document] = [SignedChange(edited.change, actor)]
    return batch


async def _catch_up(engine: Engine, records: Batch) -> float:
    items = list(records.items())
    started = time.perf_counter()
    for at in range(0, len(items), BATCH):
        applied = await engine.apply(dict(items[at : at + BATCH]))
        if any(one.view is None for one in applied):
            raise RuntimeError("a record did not arrive")
    return time.perf_counter() - started


async def _in_children(records: Batch, children: int) -> float:
    pool = EnginePool.of_processes(children)
    for number in range(4 * children):
        warm = DocumentId(b"\xff" * 15 + bytes((number,)))
        await pool.edit(warm, ActorId(bytes(16)), [Put("type", "warm")])
    spent = await _catch_up(pool, records)
    await pool.close()
    return spent


def _load(records: Batch) -> float:
    started = time.perf_counter()
    for changes in records.values():
        Document.load(changes[0].raw)
    return time.perf_counter() - started


def _lint(records: Batch) -> float:
    started = time.perf_counter()
    for changes in records.values():
        lint.check(changes[0].raw, changes[0].actor, lint.DocumentFacts())
    return time.perf_counter() - started


def _read_alone(records: Batch) -> float:
    started = time.perf_counter()
    for changes in records.values():
        if lint.read_alone(changes[0].raw, changes[0].actor) is None:
            raise RuntimeError("a record needs Automerge")
    return time.perf_counter() - started


async def _main(count: int) -> None:
    records = await _records(count)
    floor = _load(records)
    measured = {
        "Document.load alone": floor,
        "lint alone": _lint(records),
        "lint, read alone": _read_alone(records),
        "in process: lint, view": await _catch_up(InProcessEngine(), records),
        "one child": await _in_children(records, 1),
        "two children": await _in_children(records, 2),
    }
    for name, seconds in measured.items():
        each = seconds / count * 1e6
        print(f"{name:32} {seconds:7.2f} s  {each:7.0f} µs each  {seconds / floor:5.2f} × load")


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
