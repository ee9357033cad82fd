"""What each act had seen: everything a life cycle is computed from (domain C5).

No clock is asked. An act names the newest acts its writer had seen, so of two acts one came before
the other, or they were done apart. All of it depends only on the set of acts, in no order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.ids import ActorId, PersonId
from aluna_sync.journal.keys import is_person
from aluna_sync.journal.readings import Entry, ordered
from aluna_sync.journal.schema import Field, record_type
from aluna_sync.journal.types import Act, Record

_NOBODY: Final = ActorId(bytes(16))
"""Who wrote an entry does not matter for its place in the order."""
MOST_ACTS: Final = 10_000
"""Acts of one record that a life is computed from: far beyond any group, and no device stops over
a record somebody filled."""
ROUNDS: Final = 64
"""Times a made-up circle of acts is gone round; without one, the second finds nothing new."""


def act_of(act: Act) -> str:
    """Return the kind of *act*; empty for bare words, which do nothing."""
    return text(act, "act")


def text(act: Act, part: str) -> str:
    """Return what *act* says in *part*, empty when it says nothing there."""
    value = act.value.get(part) if isinstance(act.value, dict) else None
    return value if isinstance(value, str) else ""


def texts(act: Act, part: str) -> tuple[str, ...]:
    """Return the several things *act* says in *part*, sorted, each once."""
    value = act.value.get(part) if isinstance(act.value, dict) else None
    said = value if isinstance(value, list) else []
    return tuple(sorted({one for one in said if isinstance(one, str)}))


def persons(act: Act, part: str) -> tuple[PersonId, ...]:
    """Return the persons *act* names in *part*, by id."""
    return tuple(PersonId(bytes.fromhex(one)) for one in texts(act, part) if is_person(one))


class Causes:
    """The acts of a record and what each had seen."""

    def __init__(self, acts: Iterable[Act]) -> None:
        known = list(acts)
        entries: dict[str, Entry] = {}
        for act in known:
            # Only a made-up document has two acts of one id: together they saw what either saw.
            before = entries[act.id].after if act.id in entries else ()
            entries[act.id] = Entry(None, (*before, *act.after), _NOBODY)
        order = ordered(entries, entries)
        place = {i: at for at, i in enumerate(order)}
        self.acts: tuple[Act, ...] = tuple(
            sorted(known, key=lambda act: (place[act.id], act_of(act)))
        )
        """Causes first; what was done apart stands by id."""
        self._bit = {i: 1 << at for i, at in place.items()}
        self._past = _pasts(order, entries, self._bit)
        self._of: dict[str, list[Act]] = {}
        for act in self.acts:
            self._of.setdefault(act_of(act), []).append(act)

    def of(self, *kinds: str) -> list[Act]:
        """Return the acts of *kinds*, causes first."""
        if len(kinds) == 1:
            return list(self._of.get(kinds[0], ()))
        return list(self.in_order(act for kind in kinds for act in self._of.get(kind, ())))

    def saw(self, later: Act, earlier: Act) -> bool:
        """Tell whether who did *later* had seen *earlier*.

        Made-up acts that say they saw each other in a circle are taken as done apart, so that
        nothing can disappear so.
        """
        return bool(self._past[later.id] & self._bit[earlier.id])

    def past(self, act: Act) -> int:
        """Return what who did *act* had seen, to be asked with `among`."""
        return self._past[act.id]

    def everything(self) -> int:
        """Return all acts, to be asked with `among`."""
        return (1 << len(self._bit)) - 1

    def bits(self, acts: Iterable[Act]) -> int:
        """Return *acts* as what `among` is asked with."""
        found = 0
        for act in acts:
            found |= self._bit[act.id]
        return found

    def among(self, seen: int, act: Act) -> bool:
        """Tell whether *act* is in what was *seen*."""
        return bool(seen & self._bit[act.id])

    def newest(self, acts: Iterable[Act]) -> list[Act]:
        """Return those of *acts* that no other of them had seen; several when done apart."""
        chosen = list(acts)
        seen = 0
        for act in chosen:
            seen |= self._past[act.id]
        return [act for act in chosen if not self.among(seen, act)]

    def in_order(self, acts: Iterable[Act]) -> tuple[Act, ...]:
        """Return *acts*, each once, causes first."""
        chosen = {(act.id, act_of(act)): act for act in acts}
        return tuple(sorted(chosen.values(), key=lambda act: (self._bit[act.id], act_of(act))))


def _pasts(order: list[str], entries: dict[str, Entry], bit: dict[str, int]) -> dict[str, int]:
    """Return what each act had seen, as a set of bits."""
    reach = dict(bit)
    for _ in range(ROUNDS):
        # Causes come first, so one round finds all and the next nothing; a circle needs more.
        changed = False
        for i in order:
            found = reach[i]
            for one in entries[i].after:
                found |= reach.get(one, 0)
            changed |= found != reach[i]
            reach[i] = found
        if not changed:
            break
    together: dict[int, int] = {}
    for i, found in reach.items():
        together[found] = together.get(found, 0) | bit[i]
    return {i: found & ~together[found] for i, found in reach.items()}


def is_beyond(record: Record) -> bool:
    """Tell whether *record* holds more acts than a life is computed from."""
    held = 0
    for acts in record.acts.values():
        held += len(acts)
    return held > MOST_ACTS


def causes_of(record: Record) -> Causes:
    """Return the acts of all fields of *record*: what an act had seen is not only of its own.

    An act in a field that does not hold its kind says nothing, and keeps its place. None of a
    record that `is_beyond`.
    """
    if is_beyond(record):
        return Causes(())
    known = record_type(record.type)
    return Causes(
        act if _is_of(known.field(name), act) else Act(act.id, None, act.by, act.after)
        for name, acts in record.acts.items()
        for act in acts
    )


def _is_of(declared: Field | None, act: Act) -> bool:
    kinds = () if declared is None else declared.acts
    return any(kind.name == act_of(act) for kind in kinds)
