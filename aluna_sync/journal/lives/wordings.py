"""Frozen wordings of an agreement and where each person stands on exactly that wording (C5.1).

Nobody stands anywhere by silence. A position is on one wording; another wording asks again. Only
who objected lifts her objection; the group's answer to it counts once she does not belong any more.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Final

from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives.causes import Causes, act_of, persons, text, texts
from aluna_sync.journal.types import Act

PROPOSING: Final = ("propose", "amend")
OBJECTS: Final = "pos.objection"
CONSENTS: Final = ("pos.consent", "pos.consent_concern")
ANSWERED: Final = (*CONSENTS, "pos.stand_aside")
"""Positions that answer a proposal; needing time or a talk do not yet."""

Seen = Callable[[Act], bool]


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
        for act in causes.of("position"):
            if act.by is not None and text(act, "version") in self._said:
                self._said[text(act, "version")].append(act)
        self._answers = causes.of("answer_objection")
        self._lifts = causes.of("lift", "withdraw_position")

    def replaced_by(self, proposed: Act) -> list[Act]:
        """Return the wordings that *proposed* replaces, and those they replaced.

        A change replaces what it says it is based on, else all its writer had seen; a further
        proposal stands beside the others.
        """
        found: dict[str, Act] = {}
        waiting = [proposed]
        while waiting:
            one = waiting.pop()
            if act_of(one) != "amend":
                continue
            named = [self._by_id[i] for i in texts(one, "based_on") if i in self._by_id]
            for earlier in named or self.proposed:
                if self.causes.saw(one, earlier) and earlier.id not in found:
                    found[earlier.id] = earlier
                    waiting.append(earlier)
        return [one for one in self.proposed if one.id in found]

    def wording(
        self, proposed: Act, seen: Seen | None = None, without: Container[PersonId] = ()
    ) -> Wording:
        """Return how it stands with a wording in what was *seen*, all by default.

        *without* are not waited for.
        """
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

    def _standing(self, proposed: Act, seen: Seen | None) -> tuple[Standing, ...]:
        said = [act for act in self._said[proposed.id] if seen is None or seen(act)]
        everyone = sorted({act.by for act in said if act.by is not None})
        return tuple(
            self._of(one, [act for act in said if act.by == one], seen) for one in everyone
        )

    def _of(self, person: PersonId, said: list[Act], seen: Seen | None) -> Standing:
        newest = self.causes.newest(said)
        back = {
            lifted(act) for act in self._lifts if act.by == person and (seen is None or seen(act))
        }
        standing = tuple(act for act in newest if act.id not in back)
        return Standing(person, standing, taken_back=len(standing) < len(newest))

    def _objections(
        self, proposed: Act, standing: tuple[Standing, ...], seen: Seen | None
    ) -> tuple[Act, ...]:
        found = list(self._open(standing, seen))
        spoke = {one.person for one in standing}
        for earlier in self.replaced_by(proposed):
            # Who objected before she could know of this wording is heard, until she speaks on it.
            found += [
                act
                for act in self._open(self._standing(earlier, seen), seen)
                if act.by not in spoke and not self.causes.saw(proposed, act)
            ]
        return self.causes.in_order(found)

    def _open(self, standing: tuple[Standing, ...], seen: Seen | None) -> list[Act]:
        return [
            act
            for one in standing
            for act in one.acts
            if text(act, "stance") == OBJECTS and not self._answered(act, seen)
        ]

    def _answered(self, objection: Act, seen: Seen | None) -> bool:
        return objection.by in self._gone and any(
            text(answer, "objection") == objection.id
            for answer in self._answers
            if seen is None or seen(answer)
        )


def lifted(act: Act) -> str:
    """Return the id of the position that *act* takes back."""
    return text(act, "objection") or text(act, "position")
