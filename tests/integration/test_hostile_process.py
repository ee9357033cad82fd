"""One member's device does harm, as a process of its own, against three honest ones.

They converge, a letter typed stays quick, and people are told whose device it was.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from aluna_protocol import limits
from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.engine.child_process import ChildLimits
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.founding import unlock
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.node import Node, NodeOptions
from harness.processes import PASSPHRASE, Person, collective_of, sync, write

HOSTILE = Path(__file__).parent / "hostile" / "device.py"
LETTER_SECONDS = 0.1
"""What a person does not notice (issue: a letter typed still appears in 100 ms)."""
LETTERS = 40
PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="session")
def met(tmp_path_factory: pytest.TempPathFactory) -> list[Person]:
    """Four people, each with a record all of them have; never touched, only copied."""
    people = collective_of(tmp_path_factory.mktemp("met"), "Ana", "Bo", "Cleo", "Mala")
    for one in people:
        with one.opened() as device:
            write(device, f"de {one.folder.name}")
    pairs = list(itertools.pairwise(people))
    for one, other in [*pairs, *reversed(pairs)]:
        sync(one, other)
    assert len({one.state() for one in people}) == 1
    return people


@pytest.fixture
def four(met: list[Person], tmp_path: Path) -> list[Person]:
    """Ana, Bo, Cleo and Mala, each with a record all of them have."""
    return [one.copy(tmp_path / one.folder.name) for one in met]


@contextmanager
def around(
    bo: Person, cleo: Person, mala: Person, behaviour: str, record: str, *ana_at: str
) -> Iterator[None]:
    """Run Bo's and Cleo's nodes, in touch with Ana if told where she is, and Mala's with all."""
    peers = [word for address in ana_at[1:] for word in ("--peer", address)]
    with ExitStack() as stack:
        bos = stack.enter_context(bo.node(*peers))
        cleos = stack.enter_context(cleo.node(*peers, "--peer", bos.address))
        harm = stack.enter_context(
            mala.start_script(HOSTILE, behaviour, record, ana_at[0], bos.address, cleos.address)
        )
        assert harm.next_line() == "ready"
        yield
        assert harm.process.poll() is None, harm.err.decode()


@asynccontextmanager
async def running(one: Person) -> AsyncIterator[tuple[Device, Node, str]]:
    """Run the node of *one* here, where each letter can be timed; its engine is a process."""
    engine = ProcessEngine(None, ChildLimits())
    device = unlock(one.home, PASSPHRASE, engine=engine, turn=asyncio.Lock())
    node = Node(device, NodeOptions(listen=("127.0.0.1", 0), lan=False))
    try:
        async with node.running():
            assert node.listening is not None
            yield device, node, f"127.0.0.1:{node.listening[1]}"
    finally:
        await engine.close()
        device.lock()


async def until(condition: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(what) from None


def titles(device: Device) -> set[str]:
    space = device.collective()
    found = set()
    for document, _ in device.store.index.state_parts(space):
        record = device.record(document)
        assert record is not None
        found.add(record.title)
    return found


async def letters(device: Device, document: DocumentId) -> list[float]:
    """Type letters one after the other and return how long each took to be readable."""
    took = []
    for number in range(LETTERS):
        began = time.monotonic()
        await device.splice(document, "title", 0, 0, "x")
        record = device.record(document)
        assert record is not None
        assert record.title.startswith("x" * (number + 1)), record.title
        took.append(time.monotonic() - began)
        await asyncio.sleep(0.02)
    return took


def named(device: Device, who: str) -> set[str]:
    """Return what this device holds against the devices of *who*, faults and set-asides alike."""
    faults = {f.fault for peer in device.peers() if peer.person_name == who for f in peer.faults}
    aside = {"set-aside" for one in device.set_aside() if one.person_name == who}
    return faults | aside


NAMED = {
    "lie_high": "withheld",
    "withhold": "withheld",
    "forge": "forged",
    "garbage": "broken-message",
    "spoil": "set-aside",
    "flood": "flooded",
    "replay": "flooded",
}


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", NAMED)
async def test_three_honest_devices_converge_stay_quick_and_name_the_fourth(
    four: list[Person], behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if NAMED[behaviour] == "withheld":
        # Half a minute in the program; here in this one process, which is the one that is asked.
        monkeypatch.setattr(limits, "WITHHELD_SECONDS", 5.0)
    ana, bo, cleo, mala = four
    with ana.opened() as device:
        (own,) = asyncio_free_write(device, "de Ana, para teclear")
    with bo.opened() as device:
        (trap,) = asyncio_free_write(device, "de Bo, sólo suyo")
    sync(bo, mala)  # what Mala may pass on, spoilt
    with mala.opened() as device:
        asyncio_free_write(device, "de Mala, más tarde")
    mine = DocumentId(bytes.fromhex(own))
    async with running(ana) as (here, _node, address):
        with around(bo, cleo, mala, behaviour, trap, address):
            # Ana hears from the others through Mala alone.
            took = await letters(here, mine)
            await until(lambda: NAMED[behaviour] in named(here, "Mala"), f"name: {behaviour}")
        with around(bo, cleo, mala, behaviour, trap, address, address):
            await until(lambda: "de Bo, sólo suyo" in titles(here), "Bo's words")
            took += await letters(here, mine)
        for one in ("Bo", "Cleo"):
            assert named(here, one) == set(), one
    assert statistics.median(took) <= LETTER_SECONDS, took
    sync(ana, bo)
    sync(cleo, bo)
    sync(ana, bo)
    assert ana.state() == bo.state() == cleo.state()


def asyncio_free_write(device: Device, title: str) -> list[str]:
    """Write one record while a loop runs: the engine of commands never waits."""
    writing = device.add("event", [SetText("title", title)], device.collective())
    try:
        writing.send(None)
    except StopIteration as done:
        return [done.value.hex()]
    raise AssertionError("an engine in this process does not wait")
