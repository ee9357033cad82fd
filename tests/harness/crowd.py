"""Many devices of a few persons: their vaults, and real processes on machines of a lab."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from aluna_protocol.ids import LogId, SpaceId
from aluna_sync.device import Device
from aluna_sync.founding import admit, create_vault, enter, own_seat, welcome
from harness.carrying import carry
from harness.processes import COST, PASSPHRASE, Done, Json, Person, Running
from integration.namespaces import Lab

SECONDS = 150.0
"""Patience for a crowd: two dozen processes share two processors."""
AT_ONCE = 4
_T = TypeVar("_T")


def found_crowd(folder: Path, persons: Mapping[str, int]) -> dict[str, Person]:
    """Found a collective of *persons* with so many devices each, who all know each other.

    Devices are called by the person and a number: "ana1", "ana2".
    """
    founder: Device | None = None
    opened: dict[str, Device] = {}
    for person, devices in persons.items():
        first: Device | None = None
        for number in range(1, devices + 1):
            home = folder / f"{person.lower()}{number}" / "vault"
            home.parent.mkdir(parents=True)
            collective = None if founder else "Semilla"
            name = f"aparato {number}"
            device = create_vault(
                home, PASSPHRASE, person=person, device=name, collective=collective, cost=COST
            )
            founder = founder or device
            if first is not None:
                # Only she herself seats a further device of hers.
                device.take_person(first.person, person)
            if device is not founder:
                host = first or founder
                space = host.collective()
                admit(host, space, own_seat(device), bytes(16))
                enter(device, welcome(host, space), host.identity.keys.static)
                if host is not founder:
                    carry(host, founder)
            first = first or device
            opened[home.parent.name] = device
    assert founder is not None
    carry(founder, *(one for one in opened.values() if one is not founder))
    for one in opened.values():
        one.lock()
    return {name: Person(folder / name / "vault") for name in opened}


def at_once(names: Iterable[str], work: Callable[[str], _T]) -> list[_T]:
    """Do *work* for several devices at the same time; return what came of it, in order."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, names))


def until_listening(node: Running) -> None:
    """Return once a node listens, however many others start beside it."""
    while line := node.next_line(SECONDS):
        if json.loads(line).get("event") == "listening":
            return
    raise AssertionError(f"a node ended: {node.lines} {node.err!r}")


@dataclass
class Crowd:
    """Devices by name, at machines of a lab where there is one."""

    people: dict[str, Person]
    nodes: dict[str, Running] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def placed(self, lab: Lab, networks: Mapping[str, Iterable[str]]) -> Crowd:
        """Return the same devices, each at a machine of its own on the network named with it."""
        found = {}
        for network, names in networks.items():
            for name in names:
                enter = tuple(lab.host(f"host-{name}", network).command([]))
                found[name] = Person(self.people[name].home, enter)
        return Crowd(found)

    def copied(self, folder: Path) -> Crowd:
        """Return copies of all the vaults, on no machine."""
        return Crowd(
            {name: Person(one.copy(folder / name).home) for name, one in self.people.items()}
        )

    def ask(self, names: Iterable[str], *arguments: str) -> dict[str, Json]:
        """Run one command of each of *names* and return its JSON."""
        chosen = list(names)
        said = at_once(chosen, lambda name: self.people[name].ask(*arguments))
        return dict(zip(chosen, said, strict=True))

    @contextmanager
    def running(self, names: Iterable[str] | None = None) -> Iterator[None]:
        """Run a node for each while the block runs; all end in good order."""
        with ExitStack() as stack:
            waiting = list(self.people if names is None else names)
            while waiting:
                some, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
                for name in some:
                    node = self.people[name].start("node", "--json")
                    self.nodes[name] = stack.enter_context(node)
                for name in some:
                    until_listening(self.nodes[name])
            yield
            for node in self.nodes.values():
                node.process.terminate()
            for name, node in self.nodes.items():
                ended: Done = node.ended(SECONDS)
                assert ended.code == 0, (name, ended.err)
        self.nodes.clear()

    @contextmanager
    def watched(self, names: Iterable[str]) -> Iterator[Watch]:
        """Look into the stores of *names* while others work on them."""
        with ExitStack() as stack:
            yield Watch({n: stack.enter_context(self.people[n].opened()) for n in names})


@dataclass
class Watch:
    """Vaults opened in this process, to wait for what real processes do to them."""

    devices: dict[str, Device]

    def __getitem__(self, name: str) -> Device:
        return self.devices[name]

    def holds(self, name: str, space: SpaceId) -> tuple[frozenset[tuple[LogId, bytes]], int]:
        """Return every tip a device holds of *space*, and what of it is not readable yet."""
        log = self.devices[name].store.log
        tips = {(log_id, tip.hash) for log_id, tip in log.heads(space).items()}
        return frozenset(tips), log.unopened_count(space) + log.pending_count(space)

    def alike(self, space: SpaceId, names: Iterable[str] | None = None) -> bool:
        """Tell whether all hold the same of *space*, readable."""
        found = {self.holds(name, space) for name in names or self.devices}
        return len(found) == 1 and all(waiting == 0 for _, waiting in found)

    def titles(self, name: str, space: SpaceId) -> set[str]:
        """Return the titles of what a device can read of *space*."""
        device = self.devices[name]
        documents = [document for document, _ in device.store.index.state_parts(space)]
        return {title for title, _ in device.store.index.titles(documents).values()}

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Return once *condition* holds; fail saying who holds what."""
        end = time.monotonic() + SECONDS
        pause = threading.Event()
        while not condition():
            assert time.monotonic() < end, f"waited {SECONDS} s in vain: {what}: {self.told()}"
            pause.wait(0.25)  # every look reads a dozen stores

    def told(self) -> str:
        """Say what everybody holds, for who reads a failure."""
        lines = []
        for name, device in self.devices.items():
            for space, row in device.spaces.rows.items():
                tips, waiting = self.holds(name, space)
                heights = sum(head.height for head in device.store.log.heads(space).values())
                lines.append(f"{name} {row.kind}: {len(tips)} logs, {heights} entries, {waiting}")
        return "\n".join(lines)
