"""Frozen wordings of an agreement and where each person stands on exactly that wording (C5.1).

Nobody stands anywhere by silence. A position is on one wording; another wording asks again. Only
who objected lifts her objection; the group's answer to it counts once she does not belong any more.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives.causes import Causes, act_of, persons, text, texts
from aluna_sync.journal.types import Act

PROPOSING: Final = ("propose", "amend")
OBJECTS: Final = "pos.objection"
CONSENTS: Final = ("pos.consent", "pos.consent_concern")
ANSWERED: Final = (*CONSENTS, "pos.stand_aside")
"""Positions that answer a proposal; needing time or a talk do not yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands on one wording: her newest word, or words if said apart."""

    person: PersonId
    acts: tuple[Act, ...]
    """Her newest positions; empty once she took it back."""
    taken_back: bool = False
    """She took back one of her newest."""

    @property
    def stance(self) -> str:
        """The one position she takes; empty when she took it back, or said two things apart."""
        said = {text(act, "stance") for act in self.acts}
        return said.pop() if len(said) == 1 and not self.taken_back else ""

    @property
    def apart(self) -> bool:
        """Tell whether she said two things on two devices: hers to see, for others not answered."""
        return len({text(act, "stance") for act in self.acts}) + self.taken_back > 1


@dataclass(frozen=True, slots=True)
class Wording:
    """One frozen wording, and what was said of it."""

    act: Act
    standing: tuple[Standing, ...]
    """By person, those who said something."""
    objections: tuple[Act, ...]
    """Open ones, of this wording or of an earlier one that its writer had not seen."""
    waiting: tuple[PersonId, ...]
    """Who was asked, belongs, and has not answered, by id."""
    consented: bool

    @property
    def id(self) -> str:
        """The id of the act that froze it."""
        return self.act.id

    @property
    def words(self) -> str:
        """The wording."""
        return text(self.act, "wording")

    @property
    def asked(self) -> tuple[PersonId, ...]:
        """Who was asked: fixed when it was proposed."""
        return persons(self.act, "asked")

    def of(self, person: PersonId) -> Standing | None:
        """Return where *person* stands, None when she said nothing."""
        return next((one for one in self.standing if one.person == person), None)


class Wordings:
    """The wordings of one record, seen from any point of its past."""

    def __init__(self, causes: Causes, gone: Container[PersonId] = ()) -> None:
        self.causes = causes
        self._gone = gone
        self.proposed = causes.of(*PROPOSING)
        self._by_id = {one.id: one for one in self.proposed}
        self._said: dict[str, list[Act]] = {one.id: [] for one in self.proposed}
        on: dict[str, str] = {}
        for act in causes.of("position"):
            version = text(act, "version")
            if act.by is not None and version in self._said:
                self._said[version].append(act)
                on[act.id] = version
        self._lifts: dict[str, list[Act]] = {}
        for act in causes.of("lift", "withdraw_position"):
            self._lifts.setdefault(on.get(lifted(act), ""), []).append(act)
        self._matters = {
            i: causes.bits([*said, *self._lifts.get(i, ())]) for i, said in self._said.items()
        }
        self._answers: dict[str, list[Act]] = {}
        for act in causes.of("answer_objection"):
            self._answers.setdefault(text(act, "objection"), []).append(act)
        self._stood: dict[tuple[str, int], tuple[Standing, ...]] = {}
        self._replaced = self._lineage()

    def replaced_by(self, proposed: Act) -> list[Act]:
        """Return the wordings that *proposed* replaces, and those they replaced.

        A change replaces what it says it is based on, else all its writer had seen; a further
        proposal stands beside the others.
        """
        replaced = self._replaced[proposed.id]
        return [one for one in self.proposed if self.causes.among(replaced, one)]

    def wording(
        self, proposed: Act, seen: int | None = None, without: Container[PersonId] = ()
    ) -> Wording:
        """Return how it stands with a wording in what was *seen*, all by default.

        *without* are not waited for.
        """
        seen = self.causes.everything() if seen is None else seen
        standing = self._standing(proposed, seen)
        stances = {one.person: one.stance for one in standing}
        objections = self._objections(proposed, standing, seen)
        asked = persons(proposed, "asked")
        waiting = tuple(
            one for one in asked if stances.get(one) not in ANSWERED and one not in self._gone
        )
        consented = (
            bool(asked)
            and not objections
            and all(one in without for one in waiting)
            and any(stance in CONSENTS for stance in stances.values())
        )
        return Wording(proposed, standing, objections, waiting, consented)

    def _lineage(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for one in self.proposed:
            found[one.id] = 0
            if act_of(one) != "amend":
                continue
            seen = [act for act in self.proposed if self.causes.saw(one, act)]
            named = set(texts(one, "based_on"))
            based = [act for act in seen if act.id in named] or seen
            replaced = self.causes.bits(based)
            for earlier in based:
                replaced |= found.get(earlier.id, 0)
            found[one.id] = replaced
        return found

    def _standing(self, proposed: Act, seen: int) -> tuple[Standing, ...]:
        key = (proposed.id, seen & self._matters[proposed.id])
        if key not in self._stood:
            self._stood[key] = self._stand(proposed, seen)
        return self._stood[key]

    def _stand(self, proposed: Act, seen: int) -> tuple[Standing, ...]:
        said: dict[PersonId, list[Act]] = {}
        for act in self._said[proposed.id]:
            if act.by is not None and self.causes.among(seen, act):
                said.setdefault(act.by, []).append(act)
        back = {
            (act.by, lifted(act))
            for act in self._lifts.get(proposed.id, ())
            if self.causes.among(seen, act)
        }
        found: list[Standing] = []
        for person, hers in sorted(said.items()):
            newest = self.causes.newest(hers)
            stands = tuple(act for act in newest if (person, act.id) not in back)
            found.append(Standing(person, stands, taken_back=len(stands) < len(newest)))
        return tuple(found)

    def _objections(
        self, proposed: Act, standing: tuple[Standing, ...], seen: int
    ) -> tuple[Act, ...]:
        found = self._open(standing, seen)
        spoke = {one.person for one in standing}
        for earlier in self.replaced_by(proposed):
            # Who objected before she could know of this wording is heard, until she speaks on it.
            found += [
                act
                for act in self._open(self._standing(earlier, seen), seen)
                if act.by not in spoke and not self.causes.saw(proposed, act)
            ]
        return self.causes.in_order(found)

    def _open(self, standing: tuple[Standing, ...], seen: int) -> list[Act]:
        return [
            act
            for one in standing
            for act in one.acts
            if text(act, "stance") == OBJECTS and not self._answered(act, seen)
        ]

    def _answered(self, objection: Act, seen: int) -> bool:
        return objection.by in self._gone and any(
            self.causes.among(seen, answer) for answer in self._answers.get(objection.id, ())
        )


def lifted(act: Act) -> str:
    """Return the id of the position that *act* takes back."""
    return text(act, "objection") or text(act, "position")
