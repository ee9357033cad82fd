"""Entries brought by hand, outside a session: through the log gate, as a bundle will bring them."""

from __future__ import annotations

from aluna_protocol.branches import runs
from aluna_protocol.entry import Entry
from aluna_protocol.hub_events import EntriesStored
from aluna_protocol.ids import SpaceId
from aluna_protocol.replica import GapError, MissingPastError
from aluna_sync.store.store import Store
from simulator.machine import MUCH, NOBODY, Machine


def carry(machine: Machine, source: Store, space: SpaceId, at_most: int) -> None:
    """Give *machine* entries of another's store, at most so many of each log."""
    for log in sorted(source.log.heads(space), key=lambda log: (log.lane, log)):
        path = source.log.entries(log, 0, MUCH)
        lacking = [one for one in path if bytes(one.hash) not in machine.durable]
        for run in runs(lacking[:at_most]):
            if machine.on:
                _carry_run(machine, run)


def _carry_run(machine: Machine, run: list[Entry]) -> None:
    replica = machine.running.spaces.replicas[run[0].header.log.space]
    try:
        new = replica.admit_run(run)
    except (MissingPastError, GapError):
        return
    machine.guarded(lambda: _keep(machine, new))


def _keep(machine: Machine, new: list[Entry]) -> None:
    device = machine.running
    device.store.log.append(new)
    machine.world.watch.stored(machine, new)
    authors = {(one.header.log.device, one.header.log.incarnation) for one in new}
    if (device.device, device.spaces.incarnation) in authors:
        machine.must_begin_again = True  # somebody had more of our own log than we
    machine.handle(EntriesStored(NOBODY, tuple(new)))
    machine.wake()
