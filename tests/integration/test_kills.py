"""`kill -9` at any moment: what a command said it wrote is there, and the devices converge.

The moments are random and come from a seed that is printed when a test fails.
"""

from __future__ import annotations

import random
import subprocess
import threading
from pathlib import Path

import pytest

from aluna_sync.checkup import check_store
from harness.processes import Person, Running, records_of, sync, wait_until, write
from harness.relay import Relay

WRITER = Path(__file__).with_name("writer.py")
SEEDS = [2026]
MANY_SEEDS = [1, 2, 3, 4]
"""With the one above: fifty kills of a writer, fifty while catching up."""
KILLS_WRITING, KILLS_CATCHING_UP = 10, 10


def killed_after(process: Running, seconds: float) -> None:
    """Kill it that much later, or find it ended."""
    try:
        process.process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()


def write_until_killed(one: Person, rng: random.Random) -> list[str]:
    """Start writing and kill the writer somewhere on the way; return what it said was written."""
    with one.start_script(WRITER, "400", "escrito") as writer:
        for _ in range(rng.randrange(60)):
            assert writer.next_line() is not None, writer.err
        killed_after(writer, rng.uniform(0, 0.01))
        assert writer.process.returncode == -9
        said = writer.lines + writer.rest()
    return [line for line in said if line != "open"]


def assert_whole(one: Person, written: list[str]) -> None:
    """The store opens, everything signed in it holds, and what was written is readable."""
    with one.opened() as device:
        found = check_store(device)
        assert found.bad == 0
        assert found.store_whole
        assert set(written) <= records_of(device)


def kill_while_writing(people: list[Person], seed: int, kills: int) -> None:
    rng = random.Random(seed)
    written: dict[str, list[str]] = {"Ana": [], "Bo": []}
    for _ in range(kills):
        who = rng.choice(people[:2])
        said = write_until_killed(who, rng)
        written[who.folder.name] += said
        assert_whole(who, written[who.folder.name])
    ana, bo = people[:2]
    assert sync(ana, bo)["complete"]
    assert ana.state() == bo.state()
    assert ana.records() == bo.records() >= {*written["Ana"], *written["Bo"]}


def meet_until_killed(one: Person, other: Person, rng: random.Random) -> int:
    """Let them meet and kill both, one after so many bytes; return how many had to be killed."""
    with other.node() as node, Relay() as relay:
        options = ("--once", "--no-lan", "--peer", relay.to(node.address))
        reached = threading.Event()
        relay.after, relay.then = rng.randrange(1, 30_000), reached.set
        with one.start("sync", *options) as syncing:
            wait_until(lambda: reached.is_set() or syncing.process.poll() is not None, "bytes")
            victims = rng.sample([node, syncing], 2)
            for victim in victims:
                killed_after(victim, rng.uniform(0, 0.2))
            return sum(victim.process.returncode == -9 for victim in victims)


def kill_while_catching_up(people: list[Person], seed: int, kills: int) -> None:
    rng = random.Random(seed)
    ana, bo = people[:2]
    written: dict[str, list[str]] = {"Ana": [], "Bo": []}
    killed = tries = 0
    while killed < kills:
        for one in (ana, bo):
            with one.opened() as device:
                written[one.folder.name] += write(device, *(f"otro {n}" for n in range(120)))
        killed += meet_until_killed(ana, bo, rng)
        tries += 1
        assert tries <= 2 * kills
        for one in (ana, bo):
            assert_whole(one, written[one.folder.name])
    assert sync(ana, bo)["complete"]
    assert ana.state() == bo.state()
    assert ana.records() == bo.records() >= {*written["Ana"], *written["Bo"]}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_writer_killed_at_any_moment_loses_no_record_it_had_written(
    people: list[Person], seed: int
) -> None:
    kill_while_writing(people, seed, KILLS_WRITING)


@pytest.mark.parametrize("seed", SEEDS)
def test_either_side_killed_while_catching_up_loses_nothing_and_they_converge(
    people: list[Person], seed: int
) -> None:
    kill_while_catching_up(people, seed, KILLS_CATCHING_UP)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY_SEEDS)
def test_many_writers_killed_at_any_moment_lose_no_record_they_had_written(
    people: list[Person], seed: int
) -> None:
    kill_while_writing(people, seed, KILLS_WRITING)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY_SEEDS)
def test_many_kills_while_catching_up_lose_nothing_and_they_converge(
    people: list[Person], seed: int
) -> None:
    kill_while_catching_up(people, seed, KILLS_CATCHING_UP)
