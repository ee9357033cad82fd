"""One run of a plan, from beginning to end, and what came of it."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aluna_protocol.faults import Fault
from simulator import book  # noqa: F401 - rogues look up what they do in it
from simulator.acting import act
from simulator.actions import Plan
from simulator.disk import PowerCutError
from simulator.quiet import check, settle
from simulator.world import World

MEMORY = Path("/dev/shm")


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    failure: str | None = None
    """Kind and text of what broke, None when all held."""
    trace: str = ""
    done: int = 0
    """Actions done before it broke."""
    devices: int = 0
    events: int = 0
    bytes: int = 0
    rounds: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    accused: set[tuple[str, Fault]] = field(default_factory=set)
    """Devices that were said to have done something wrong, and what."""


def run(plan: Plan) -> Outcome:
    """Do everything in *plan*, heal the network, and check what must hold."""
    parent = MEMORY if MEMORY.is_dir() else None
    home = Path(tempfile.mkdtemp(prefix="aluna-simulator-", dir=parent))
    outcome = Outcome()
    world: World | None = None
    try:
        world = World(plan, home)
        world.set_up()
        for action in plan.actions:
            act(world, action)
            world.watch.step()
            outcome.done += 1
        outcome.rounds = settle(world)
        world.watch.step()
        check(world)
    except (Exception, PowerCutError) as error:
        outcome.failure = f"{type(error).__name__}: {error}"
        outcome.trace = traceback.format_exc()
    finally:
        if world is not None:
            outcome.devices = len(world.machines)
            outcome.events, outcome.bytes = world.wire.events, world.wire.bytes
            outcome.seen, outcome.accused = world.watch.seen, world.watch.accused
            world.close()
        shutil.rmtree(home, ignore_errors=True)
    return outcome
