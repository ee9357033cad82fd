"""Lives in which what keeps something open prevails: processes, emergencies, tasks (domain C5.2).

Of acts done apart the one that closes least gives the state, and the others are told beside it:
paused by N. meanwhile. So nobody's outage closes what others go on with.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives.causes import Causes, act_of, persons, text
from aluna_sync.journal.types import Act

PROCESS: Final = {
    "begin": "prs.active",
    "encounter": "prs.active",
    "resume": "prs.resumed",
    "agree": "prs.agreed",
    "request": "prs.request",
    "pause": "prs.paused",
    "close": "prs.closed",
}
EMERGENCY: Final = {
    "accompany": "accompanied",
    "open": "open",
    "reopen": "open",
    "look_back": "looked_back",
}
TASK: Final = {"take_up_again": "open", "done": "done", "let_go": "let_go"}
"""By kind of act its state, what keeps most open first."""

_STIRRING: Final = ("need", "meet", "do", "hand_over")
"""What people do in an emergency while it goes on."""


@dataclass(frozen=True, slots=True)
class Openness:
    """How it stands with something that opens, rests and goes on."""

    state: str
    """Empty where nobody has said anything."""
    by: tuple[Act, ...] = ()
    """The acts that say so."""
    meanwhile: tuple[Act, ...] = ()
    """The newest acts that say otherwise, done apart from those."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that is needed, and the acts that met it."""

    need: Act
    met: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Emergency:
    """How it stands with an emergency; it may stay open, and nothing closes it by itself."""

    state: str
    meanwhile: tuple[Act, ...]
    needs: tuple[Need, ...]
    accompanying: tuple[PersonId, ...]
    """Who accompanies or was handed over to, by id."""


def process(causes: Causes) -> Openness:
    """Return how it stands with a process."""
    return _open(causes, causes.of(*PROCESS), PROCESS, "")


def task(causes: Causes) -> Openness:
    """Return how it stands with a task."""
    return _open(causes, causes.of(*TASK), TASK, "open")


def emergency(causes: Causes) -> Emergency:
    """Return how it stands with an emergency.

    Looking back closes nothing for who was still in it: what was done apart from it counts.
    """
    said = _open(causes, causes.of(*EMERGENCY), EMERGENCY, "open")
    if said.state == "looked_back" and _goes_on(causes, said.by):
        rest = [act for act in causes.of(*EMERGENCY) if act_of(act) != "look_back"]
        said = Openness(_open(causes, rest, EMERGENCY, "open").state, (), said.by)
    return Emergency(said.state, said.meanwhile, _needs(causes), _accompanying(causes))


def _open(causes: Causes, acts: Iterable[Act], states: dict[str, str], at_first: str) -> Openness:
    newest = causes.newest(acts)
    if not newest:
        return Openness(at_first)
    order = list(dict.fromkeys(states.values()))
    state = min((states[act_of(act)] for act in newest), key=order.index)
    by = tuple(act for act in newest if states[act_of(act)] == state)
    return Openness(state, by, tuple(act for act in newest if act not in by))


def _goes_on(causes: Causes, looked_back: tuple[Act, ...]) -> bool:
    return any(
        not any(causes.saw(back, act) or causes.saw(act, back) for back in looked_back)
        for act in causes.of(*_STIRRING)
    )


def _needs(causes: Causes) -> tuple[Need, ...]:
    met = causes.of("meet")
    return tuple(
        Need(need, tuple(act for act in met if text(act, "need") == need.id))
        for need in causes.of("need")
    )


def _accompanying(causes: Causes) -> tuple[PersonId, ...]:
    found = {act.by for act in causes.of("accompany") if act.by is not None}
    for act in causes.of("hand_over"):
        found |= set(persons(act, "persons"))
    return tuple(sorted(found))
