"""Several engines as one: nobody can tell, except by the clock."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.pool import EnginePool
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.engine.types import (
    Applied,
    DocumentNotOpenError,
    EngineError,
    Put,
    SignedChange,
)
from unit.engine.writing import actor, document, record, signed

ANA = actor("ana")
MANY = 12


async def written() -> dict[DocumentId, list[SignedChange]]:
    """Return the first changes of many documents."""
    writer = InProcessEngine()
    return {
        document(number): [signed(await writer.edit(document(number), ANA, record()), ANA)]
        for number in range(MANY)
    }


async def test_a_pool_says_what_one_engine_says_in_the_same_order() -> None:
    batch = await written()
    pool, one = EnginePool([InProcessEngine(), InProcessEngine()]), InProcessEngine()
    assert await pool.apply(batch) == await one.apply(batch)
    first = document(0)
    assert await pool.open(first, batch[first]) == await one.open(first, batch[first])
    edits = [Put("l/a", 1)]
    edited = await pool.edit(first, ANA, list(edits))
    assert edited == await one.edit(first, ANA, list(edits))
    assert await pool.view(first) == await one.view(first)
    assert await pool.history(first) == await one.history(first)
    heads = (edited.change_hash,)
    assert await pool.view_at(first, heads) == await one.view_at(first, heads)
    assert await pool.apply({}) == []
    await pool.close()
    with pytest.raises(EngineError, match="closed"):
        await pool.view(first)


async def test_all_engines_have_a_part_and_a_document_stays_in_one() -> None:
    batch = await written()
    engines = [InProcessEngine(), InProcessEngine(), InProcessEngine()]
    pool = EnginePool(engines)
    for one, changes in batch.items():
        await pool.open(one, changes)
    held = [[one for one in batch if await _holds(engine, one)] for engine in engines]
    assert all(held)
    assert sorted(one for part in held for one in part) == sorted(batch)


async def _holds(engine: InProcessEngine, one: DocumentId) -> bool:
    try:
        await engine.view(one)
    except DocumentNotOpenError:
        return False
    return True


async def test_what_is_not_open_anywhere_is_named_once_and_the_rest_is_done() -> None:
    batch = await written()
    pool = EnginePool([InProcessEngine(), InProcessEngine()])
    before = dict(list(batch.items())[: MANY // 2])
    await pool.apply(before)
    with pytest.raises(DocumentNotOpenError) as caught:
        await pool.apply(batch)
    assert caught.value.documents == tuple(before)
    assert [one.document for one in caught.value.applied] == list(batch)[MANY // 2 :]


class _Slow(InProcessEngine):
    """Applies when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()
        self.asked = asyncio.Event()
        self.done = False

    async def apply(self, batch: dict[DocumentId, list[SignedChange]]) -> list[Applied]:
        self.asked.set()
        await self.go_on.wait()
        applied = await super().apply(batch)
        self.done = True
        return applied


class _Broken(InProcessEngine):
    """Does not start; the other engine goes on only after that."""

    def __init__(self, other: _Slow) -> None:
        super().__init__()
        self._other = other

    async def apply(self, batch: dict[DocumentId, list[SignedChange]]) -> list[Applied]:
        self._other.go_on.set()
        raise EngineError("engine-does-not-start")


async def test_an_engine_that_fails_does_not_break_off_the_others() -> None:
    slow = _Slow()
    pool = EnginePool([_Broken(slow), slow])
    with pytest.raises(EngineError, match="engine-does-not-start"):
        await pool.apply(await written())
    assert slow.done


async def test_the_parts_are_applied_at_the_same_time() -> None:
    engines = [_Slow(), _Slow()]
    pool = EnginePool(engines)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(pool.apply(await written()))
        for engine in engines:
            await engine.asked.wait()
        assert not any(engine.done for engine in engines)
        for engine in engines:
            engine.go_on.set()
    assert len(task.result()) == MANY


async def test_a_child_that_is_killed_takes_only_its_documents_along() -> None:
    engines = [ProcessEngine(), ProcessEngine()]
    pool = EnginePool(engines)
    batch = await written()
    for one, changes in batch.items():
        await pool.open(one, changes)
    assert engines[0].pid is not None
    os.kill(engines[0].pid, signal.SIGKILL)
    lost = []
    for one in batch:
        try:
            await pool.view(one)
        except DocumentNotOpenError:
            lost.append(one)
    assert 0 < len(lost) < MANY
    for one in lost:
        assert (await pool.open(one, batch[one])).view == await pool.view(one)
    assert [engine.restarts for engine in engines] == [1, 0]
    await pool.close()


async def test_a_pool_of_processes_starts_and_ends_them_all() -> None:
    pool = EnginePool.of_processes(2)
    assert len(await pool.apply(await written())) == MANY
    await pool.close()
    with pytest.raises(EngineError, match="closed"):
        await pool.apply(await written())


def test_a_pool_needs_an_engine() -> None:
    with pytest.raises(ValueError, match="no engines"):
        EnginePool([])
