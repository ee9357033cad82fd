"""Who was given no past reads nothing whose writer did not know of her when writing it (E10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aluna_protocol import entry as entries
from aluna_protocol import operations
from aluna_protocol.entry import Entry, Kind, Part
from aluna_protocol.ids import Lane, PersonId, SpaceId

if TYPE_CHECKING:
    from simulator.machine import Machine
    from simulator.world import World

MUCH = 2**40


class Newcomers:
    """What honest writers knew of who belongs, by every change they wrote."""

    def __init__(self, seen: Counter[str]) -> None:
        self._seen = seen
        self._known: dict[bytes, frozenset[PersonId]] = {}
        self._with_past: set[tuple[SpaceId, PersonId]] = set()
        self._without_past: set[tuple[SpaceId, PersonId]] = set()
        self._given_again: set[SpaceId] = set()

    def wrote(self, machine: Machine, written: Sequence[Entry]) -> None:
        """Note whom *machine* lets in, and under which rules as far as it knows."""
        for one in written:
            if one.header.kind is not Kind.MEMBERSHIP:
                continue
            space, operation = (
                one.header.log.space,
                operations.decode_operation(one.parts[0] or b""),
            )
            if isinstance(operation, operations.Admit):
                rules = machine.running.spaces.replicas[space].membership.rules
                came = self._with_past if rules.gives_past else self._without_past
                came.add((space, operation.seat.person))
            elif isinstance(operation, operations.Rules) and operation.gives_past:
                self._given_again.add(space)

    def look(self, machine: Machine) -> None:
        """Note of every change that waits here whom its writer knew: once, and at once."""
        device = machine.running
        for space, replica in device.spaces.replicas.items():
            for one in device.store.log.pending(space, MUCH):
                self._known.setdefault(one.change, frozenset(replica.membership.persons))

    def read_what_they_should_not(self, world: World, machine: Machine) -> str | None:
        """Return what *machine* can open that was written before its writer knew of its person.

        A rogue may hand keys to whom it likes, and so may anybody once the past is given.
        """
        if world.rogue is not None:
            return None
        for space in machine.running.spaces.rows:
            came = (space, machine.person)
            if came not in self._without_past or came in self._with_past:
                continue
            if space in self._given_again:
                continue
            self._seen["newcomers without the past"] += 1
            for raw in _opened(machine, space):
                known = self._known.get(raw)
                if known is not None:
                    self._seen["changes a newcomer reads"] += 1
                    if machine.person not in known:
                        return f"{machine.name} reads what was written before it was known of"
        return None


def _opened(machine: Machine, space: SpaceId) -> list[bytes]:
    """Return every change of *space* that *machine* has a key for."""
    log, keys = machine.running.store.log, machine.running.spaces.epoch_keys[space]
    found = [
        one
        for name in log.heads(space)
        if name.lane is Lane.CONTENT
        for one in log.entries(name, 0, MUCH)
    ]
    return [
        raw
        for one in found
        if one.header.epoch in keys
        for part in entries.open_parts(one, keys[one.header.epoch])
        if isinstance(part, Part)
        for raw in part.changes
    ]
