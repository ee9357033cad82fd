"""The engine in its child process: what dies there stays there (security D8)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aluna_protocol.ids import ChangeHash, DocumentId
from aluna_sync.engine.child import CPU_SECONDS
from aluna_sync.engine.child_process import ChildLimits
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.engine.types import (
    PAST_SET_ASIDE,
    Delete,
    DocumentNotOpenError,
    EngineError,
    Operation,
    Put,
    Refused,
    SignedChange,
    Splice,
)
from unit.engine.writing import actor, document, record, signed

HOSTILE = (sys.executable, str(Path(__file__).with_name("hostile_child.py")))
ANA, RUI = actor("ana"), actor("rui")


@pytest.fixture
async def engine() -> AsyncIterator[ProcessEngine]:
    made = ProcessEngine()
    yield made
    await made.close()


@pytest.fixture
async def hostile(request: pytest.FixtureRequest) -> AsyncIterator[ProcessEngine]:
    # Only what hangs has to be waited for; a busy machine may take its time for all else.
    hangs = "HANG" in request.node.name
    made = ProcessEngine(HOSTILE, ChildLimits(answer=1.5) if hangs else None)
    yield made
    await made.close()


async def written(words: list[str]) -> dict[DocumentId, list[SignedChange]]:
    """Write one document per item of *words*, each replacing a value so that Automerge is asked."""
    writer = InProcessEngine()
    batch = {}
    for number, text in enumerate(words):
        operations = [*record(text), Put("type", "impact")]
        edited = await writer.edit(document(number), ANA, operations)
        batch[document(number)] = [signed(edited, ANA)]
    return batch


async def test_both_engines_say_the_same(engine: ProcessEngine) -> None:
    here = InProcessEngine()
    for one in (here, engine):
        with pytest.raises(DocumentNotOpenError):
            await one.view(document(1))
    heads: tuple[ChangeHash, ...] = ()
    edits: list[list[Operation]] = [
        record("Ñandú 👩‍👩‍👧 e\u0301"),
        [Splice("t/body/0011223344556677", 1, 2, "x"), Put("s/who/p", "")],
        [
            Delete("s/who/p"),
            Put("l/n", 2**62),
            Put("l/f", 0.5),
            Put("l/b", b"\0"),
            Put("l/t", True),
        ],
    ]
    for operations in edits:
        edited = await here.edit(document(1), ANA, operations)
        assert edited == await engine.edit(document(1), ANA, operations)
        heads = (edited.change_hash,)
    assert await here.view(document(1)) == await engine.view(document(1))
    assert await here.view_at(document(1), heads) == await engine.view_at(document(1), heads)
    assert await here.history(document(1)) == await engine.history(document(1))
    nowhere = ChangeHash(bytes(32))
    for each in (here, engine):
        with pytest.raises(EngineError, match="nothing-to-write"):
            await each.edit(document(1), ANA, [Put("l/n", 2**62)])
        with pytest.raises(EngineError, match="no-such-heads"):
            await each.view_at(document(1), (nowhere,))


@pytest.mark.parametrize(
    ("word", "reason"),
    [("PANIC", "panic"), ("ABORT", "died"), ("HANG", "hung"), ("MEMORY", "limit")],
)
async def test_d8_only_the_change_that_kills_automerge_is_set_aside(
    hostile: ProcessEngine, word: str, reason: str
) -> None:
    batch = await written(["uno", f"dos {word}", "tres"])
    applied = await hostile.apply(batch)
    assert [one.document for one in applied] == [document(0), document(1), document(2)]
    assert [one.view is not None for one in applied] == [True, False, True]
    (refused,) = applied[1].refused
    assert (refused.index, refused.reason, refused.by_lint) == (0, reason, False)
    view = await hostile.view(document(2))
    assert list(view.texts.values()) == ["tres"]


@pytest.mark.parametrize(("word", "reason"), [("PANIC", "panic"), ("ABORT", "died")])
async def test_the_bad_change_of_a_long_document_is_found_and_the_rest_stays(
    hostile: ProcessEngine, word: str, reason: str
) -> None:
    writer = InProcessEngine()
    changes = [signed(await writer.edit(document(1), ANA, record("")), ANA)]
    changes += [
        signed(await writer.edit(document(1), RUI, [Put(f"s/tags/{n}", "")]), RUI)
        for n in range(100)
    ]
    changes.append(signed(await writer.edit(document(1), ANA, [Put("l/bad", word)]), ANA))
    changes.append(signed(await writer.edit(document(1), ANA, [Put("l/later", 1)]), ANA))
    applied = await hostile.open(document(1), changes)
    assert applied.view is not None
    assert len(applied.view.cells) == 102
    assert [(one.index, one.reason, one.by_lint) for one in applied.refused] == [
        (101, reason, False),
        (102, PAST_SET_ASIDE, False),
    ]
    assert applied.waiting == ()
    edited = await hostile.edit(document(1), RUI, [Put("l/after", True)])
    assert edited.view.cells["l/after"].value is True


async def test_a_document_held_by_a_child_that_died_must_be_opened_again(
    hostile: ProcessEngine,
) -> None:
    batch = await written(["uno", "dos"])
    await hostile.apply({document(0): batch[document(0)]})
    bad = (await written(["", "", "ABORT"]))[document(2)]
    await hostile.apply({document(2): bad})
    assert hostile.restarts
    for ask in (hostile.view, hostile.history):
        with pytest.raises(DocumentNotOpenError):
            await ask(document(0))
    with pytest.raises(DocumentNotOpenError) as caught:
        await hostile.edit(document(0), ANA, [Put("l/x", 1)])
    assert caught.value.documents == (document(0),)
    applied = await hostile.open(document(0), batch[document(0)])
    assert applied.view is not None


async def test_a_batch_names_what_is_not_open_and_does_the_rest(hostile: ProcessEngine) -> None:
    batch = await written(["uno", "dos"])
    await hostile.apply({document(0): batch[document(0)]})
    await hostile.apply({document(2): (await written(["", "", "ABORT"]))[document(2)]})
    with pytest.raises(DocumentNotOpenError) as caught:
        await hostile.apply(batch)
    assert caught.value.documents == (document(0),)
    assert [one.document for one in caught.value.applied] == [document(1)]


async def test_d8_what_automerge_prints_reaches_nobody(
    hostile: ProcessEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    batch = await written(["PRINT"])
    (applied,) = await hostile.apply(batch)
    assert applied.view is not None
    assert hostile.restarts == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["garbage", "huge", "lies", "not-an-array"])
async def test_a_child_that_was_taken_over_cannot_reach_past_the_channel(kind: str) -> None:
    engine = ProcessEngine((*HOSTILE, kind), ChildLimits(answer=0.5))
    with pytest.raises(EngineError):
        await engine.apply(await written(["uno"]))
    await engine.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there the clock ends it")
async def test_d8_a_change_that_computes_without_end_is_ended_by_its_own_time() -> None:
    engine = ProcessEngine(HOSTILE, ChildLimits(answer=60.0))
    applied = await engine.apply(await written(["uno", "dos SPIN"]))
    assert [one.refused for one in applied] == [(), (Refused(0, "limit", by_lint=False),)]
    await engine.close()


async def test_d8_a_child_that_talks_and_never_answers_is_ended() -> None:
    limits = ChildLimits(answer=5.0, request=0.3)
    engine = ProcessEngine((*HOSTILE, "chatter"), limits)
    with pytest.raises(EngineError, match="hung"):
        await engine.apply(await written(["uno"]))
    await engine.close()


async def test_what_is_known_to_be_bad_is_not_tried_again(hostile: ProcessEngine) -> None:
    writer = InProcessEngine()
    changes = [signed(await writer.edit(document(1), ANA, record("")), ANA)]
    changes += [
        signed(await writer.edit(document(1), ANA, [put]), ANA)
        for put in (Put("l/bad", "HANG"), Put("l/later", 1))
    ]
    applied = await hostile.open(document(1), changes, {1: "hung"})
    assert hostile.restarts == 0
    assert [(one.index, one.reason, one.by_lint) for one in applied.refused] == [
        (1, "hung", False),
        (2, PAST_SET_ASIDE, False),
    ]
    assert applied == await InProcessEngine().open(document(1), changes, {1: "hung"})


async def test_an_edit_overtakes_a_long_catch_up(engine: ProcessEngine) -> None:
    batch = await written(["Una frase de trescientas letras. " * 9] * 200)
    done: list[str] = []

    async def catch_up() -> None:
        await engine.apply(batch)
        done.append("catch-up")

    async def edit() -> None:
        await engine.edit(document(999), RUI, record("ya"))
        done.append("edit")

    await asyncio.gather(catch_up(), edit())
    assert done == ["edit", "catch-up"]


async def test_an_edit_given_up_halfway_leaves_nothing_behind(engine: ProcessEngine) -> None:
    batch = await written(["uno"])
    await engine.apply(batch)
    async with asyncio.TaskGroup() as tasks:
        edit = tasks.create_task(engine.edit(document(0), ANA, [Put("l/x", 1)]))
        await asyncio.sleep(0)
        edit.cancel()
    with pytest.raises(DocumentNotOpenError):
        await engine.view(document(0))


async def test_a_view_given_up_halfway_does_not_answer_the_next(engine: ProcessEngine) -> None:
    await engine.apply(await written(["uno", "dos"]))
    async with asyncio.TaskGroup() as tasks:
        view = tasks.create_task(engine.view(document(0)))
        await asyncio.sleep(0)
        view.cancel()
    shown = await engine.view(document(1))
    assert list(shown.texts.values()) == ["dos"]
    assert engine.restarts == 0


async def test_a_child_that_is_killed_is_replaced(engine: ProcessEngine) -> None:
    batch = await written(["uno"])
    await engine.apply(batch)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(DocumentNotOpenError):
        await engine.view(document(0))
    applied = await engine.open(document(0), batch[document(0)])
    assert applied.view is not None
    assert engine.restarts == 1


async def test_closing_leaves_no_process(engine: ProcessEngine) -> None:
    await engine.apply(await written(["uno"]))
    pid = engine.pid
    assert pid is not None
    await engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(EngineError, match="closed"):
        await engine.view(document(0))


async def test_an_engine_that_does_not_start_says_so() -> None:
    engine = ProcessEngine((sys.executable, "-c", "pass"))
    with pytest.raises(EngineError, match="engine-does-not-start"):
        await engine.edit(document(0), ANA, record())
    await engine.close()


@pytest.mark.skipif(sys.platform != "linux", reason="limits and /proc are those of Linux")
async def test_the_child_is_confined(engine: ProcessEngine) -> None:
    await engine.edit(document(0), ANA, record())
    limits = Path(f"/proc/{engine.pid}/limits").read_text()
    assert any(
        line.startswith("Max core file size") and line.split()[4] == "0"
        for line in limits.splitlines()
    )
    computing = next(line for line in limits.splitlines() if line.startswith("Max cpu time"))
    assert CPU_SECONDS <= int(computing.split()[3]) <= 10 * CPU_SECONDS
    space = next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert 1024**3 < int(space.split()[3]) < 3 * 1024**3
