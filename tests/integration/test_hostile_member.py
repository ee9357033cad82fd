"""A member's device sends changes that break Automerge: the others go on, and say whose it was."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.engine.child_process import ChildLimits
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.errors import AlunaError
from aluna_sync.founding import unlock
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.node import Node, NodeOptions
from harness.processes import PASSPHRASE, PATIENCE_SECONDS, Person, sync, wait_until, write

CHILD = Path(__file__).parents[1] / "unit" / "engine" / "hostile_child.py"
HANGS_SOON = ChildLimits(answer=1.5)
"""How long the engine may think where it hangs in these tests; ten seconds for people."""
EDIT_SECONDS = 12.0
"""An edit right behind a change that hangs: one wait, one new engine, on a busy machine."""
LOOPBACK = ("127.0.0.1", 0)


@asynccontextmanager
async def running(
    one: Person, options: NodeOptions, evil: str = ""
) -> AsyncIterator[tuple[Device, Node]]:
    """Run a node in this process, its engine in another, where *evil* has its way if there is."""
    command = [sys.executable, str(CHILD)] if evil else None
    engine = ProcessEngine(command, HANGS_SOON if evil == "HANG" else None)
    device = unlock(one.home, PASSPHRASE, engine=engine, turn=asyncio.Lock())
    node = Node(device, options)
    try:
        async with node.running():
            yield device, node
    finally:
        await engine.close()
        device.lock()


async def until(condition: Callable[[], bool], what: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)
    assert condition(), what


def titles(device: Device) -> dict[str, str]:
    space = device.collective()
    found = {}
    for document, _ in device.store.index.state_parts(space):
        record = device.record(document)
        assert record is not None
        found[record.id.hex()] = record.title
    return found


async def timed(work: Awaitable[object]) -> float:
    began = time.monotonic()
    await work
    return time.monotonic() - began


@pytest.mark.parametrize("evil", ["PANIC", "HANG", "MEMORY", "ABORT"])
async def test_d8_a_change_that_breaks_automerge_is_set_aside_and_everything_else_goes_on(
    people: list[Person], evil: str
) -> None:
    ana, mala = people[0], people[1]
    with ana.opened() as device:
        (own,) = await asyncio.to_thread(write, device, "propio")
    with mala.opened() as device:
        before = write_without_loop(device, "antes")
    quiet = NodeOptions(listen=LOOPBACK, lan=False)
    async with running(ana, quiet, evil) as (here, node):
        assert node.listening is not None
        towards = NodeOptions(listen=None, lan=False, peers=(node.listening,))
        async with running(mala, towards) as (there, _):
            await until(lambda: len(titles(here)) == 2, "the first record")
            space = there.collective()
            # A lone first change is read without Automerge: this one has a past.
            await there.edit(id_of(before), [SetText("title", f"{evil} en persona")])
            await until(lambda: here.store.log.unopened_count(space) > 0 or aside(here), "entry")
            took = await timed(here.edit(id_of(own), [SetText("title", "propio, corregido")]))
            assert took < EDIT_SECONDS
            await until(lambda: aside(here), "the change set aside")
            after = await there.add("event", [SetText("title", "después")], space)
            await until(lambda: after.hex() in titles(here), "what the same device wrote later")
        assert titles(here) == {own: "propio, corregido", before: "antes", after.hex(): "después"}
        (one,) = here.set_aside()
        assert (one.person_name, one.device_name) == ("Bo", "laptop")
        assert one.document == id_of(before)
        assert not one.by_lint
        assert one.reason in {"panic", "died", "hung", "limit", "memory"}
        status = next(s for s in here.status().spaces if s.id == space)
        assert status.set_aside == 1


@pytest.mark.parametrize("evil", ["PANIC", "HANG"])
async def test_d8_a_record_that_breaks_automerge_when_it_is_edited_stays_as_it_was(
    people: list[Person], evil: str
) -> None:
    ana, mala = people[0], people[1]
    with mala.opened() as device:
        # Read without Automerge on arrival; only somebody's edit brings it there.
        trap = write_without_loop(device, f"{evil} en persona")
    quiet = NodeOptions(listen=LOOPBACK, lan=False)
    async with running(ana, quiet, evil) as (here, node):
        assert node.listening is not None
        towards = NodeOptions(listen=None, lan=False, peers=(node.listening,))
        async with running(mala, towards):
            await until(lambda: trap in titles(here), "the record")
        with pytest.raises(AlunaError):
            await asyncio.wait_for(
                here.edit(id_of(trap), [SetText("title", "corregido")]), EDIT_SECONDS
            )
        assert titles(here) == {trap: f"{evil} en persona"}
        fresh = await here.add("event", [SetText("title", "sigue")], here.collective())
        await here.edit(fresh, [SetText("title", "sigue bien")])
        assert titles(here)[fresh.hex()] == "sigue bien"
        assert here.store.log.pending_of(id_of(trap)) == []


def aside(device: Device) -> bool:
    return bool(device.set_aside())


def id_of(hex_id: str) -> DocumentId:
    return DocumentId(bytes.fromhex(hex_id))


def write_without_loop(device: Device, title: str) -> str:
    """Write while a loop runs already: this engine never waits."""
    space = device.collective()
    writing = device.add("event", [SetText("title", title)], space)
    try:
        writing.send(None)
    except StopIteration as done:
        return str(done.value.hex())
    raise AssertionError("an engine in this process does not wait")


def test_two_devices_set_aside_the_same_entries_of_a_member_who_breaks_the_rules(
    people: list[Person],
) -> None:
    ana, mala, cleo = people
    with mala.opened() as device:
        (good,) = write(device, "bueno")
        space = device.collective()
        other = id_of(write(device, "otro bueno")[0])
        raw = device.store.log.pending_of(other)[0]
        with device.store.transaction():
            # Another document's change, written as somebody else for this one; then plain noise.
            device.store.log.add_pending(space, id_of(good), raw)
            device.store.log.add_pending(space, id_of("aa" * 16), b"\x85\x6f\x4a\x83" + bytes(60))
        device.seal(space)
        (later,) = write(device, "más tarde")
    sync(ana, mala)
    sync(cleo, ana)
    seen = []
    for one in (ana, cleo):
        with one.opened() as device:
            assert set(titles(device).values()) == {"bueno", "otro bueno", "más tarde"}
            assert later in titles(device)
            found = device.store.log.set_asides(device.collective())
            assert all(each.by_lint for each in found)
            seen.append({(e.place, e.document, e.reason, e.changes) for e in found})
            assert {each.person_name for each in device.set_aside()} == {"Bo"}
    assert seen[0] == seen[1]
    assert len(seen[0]) == 2
    assert ana.state() == cleo.state()
    doctor = ana.do("doctor")
    assert "Bo" in doctor.out + doctor.err


def test_a_node_lives_on_when_its_engine_is_killed_from_outside(people: list[Person]) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        write(device, "uno")
    with ana.node() as node, bo.node("--peer", node.address) as other:
        other.wait_json(event="records")
        engines = children_of(other.process.pid)
        assert engines
        for pid in engines:
            kill(pid)
        ana.ask("add", "event", "dos")
        other.wait_json(event="records")
        assert other.process.poll() is None
    wait_until(lambda: len(bo.records()) == 2, "both records")


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
