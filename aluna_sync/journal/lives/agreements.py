"""Agreements: from the acts of a record to what a group lives by (domain C5.1).

No clock, no count of voices, no deadline: what was declared counts when, in what its writer had
seen, everybody asked had spoken. What was declared apart is looked at again together, and a voice
that arrives late is a voice.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives.causes import Causes, act_of, persons, text
from aluna_sync.journal.lives.wordings import Wording, Wordings
from aluna_sync.journal.types import Act

DRAFT: Final = "ags.draft"
PROPOSED: Final = "ags.proposed"
OBJECTED: Final = "ags.objected"
CONSENTED: Final = "ags.consented"
IN_FORCE: Final = "ags.in_force"
IN_REVIEW: Final = "ags.in_review"
PAUSED: Final = "ags.paused"
ENDED: Final = "ags.ended"
NOT_ADOPTED: Final = "ags.not_adopted"

PROTECTIVE: Final = ("security", "confidentiality", "outside")
"""Kinds of agreement in which, while it is looked at again, the more protective wording applies."""
_END: Final = ""
"""What an ending comes to, where a declaration comes to the id of a wording."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How it stands with an agreement, as every device with the same acts says."""

    state: str
    wordings: tuple[Wording, ...] = ()
    """Every wording that was put to the group, causes first."""
    open: tuple[str, ...] = ()
    """Ids of the wordings that are before the group."""
    followed: tuple[str, ...] = ()
    """Id of the wording the group lives by; two where the more protective one applies meanwhile."""
    more_protective: bool = False
    declared: tuple[Act, ...] = ()
    """What put it in force, or ended it; more than one outcome when that was done apart."""
    apart: bool = False
    """It was decided in several ways by people who did not know of each other."""
    too_early: tuple[Act, ...] = ()
    """Declared before everyone had spoken."""
    voices: tuple[Act, ...] = ()
    """Open objections to what is lived by."""
    late: tuple[Act, ...] = ()
    """Those of them that had not seen it in force: they arrived from an outage."""
    asked_again: tuple[Act, ...] = ()
    """What asks to look at it again and was not answered."""
    paused_meanwhile: tuple[Act, ...] = ()
    """Pauses done apart from what goes on."""
    not_waited_for: tuple[PersonId, ...] = ()
    """Who was not waited for when it was put in force, and has not spoken since."""

    def wording(self, version: str) -> Wording | None:
        """Return the wording called *version*, None when there is none."""
        return next((one for one in self.wordings if one.id == version), None)


def agreement(
    causes: Causes,
    *,
    kinds: Iterable[str] = (),
    gone: Container[PersonId] = (),
    resting: Container[PersonId] = (),
) -> Agreement:
    """Return how it stands with an agreement of *kinds*.

    *gone* do not belong any more; *resting* are not waited for while they rest.
    """
    return _Reading(causes, frozenset(kinds), gone, resting).agreement()


class _Reading:
    """One agreement being computed."""

    def __init__(
        self,
        causes: Causes,
        kinds: frozenset[str],
        gone: Container[PersonId],
        resting: Container[PersonId],
    ) -> None:
        self._causes = causes
        self._kinds = kinds
        self._wordings = Wordings(causes, gone)
        self._all = tuple(
            self._wordings.wording(one, without=resting) for one in self._wordings.proposed
        )
        self._proposed = {one.id: one for one in self._wordings.proposed}
        self._ends = [
            act
            for act in causes.of("end", "review")
            if act_of(act) == "end" or text(act, "outcome") == "end"
        ]
        self._let_go = causes.of("not_adopt")
        self._valid = [act for act in causes.of("in_force") if self._counts(act)]
        self._declared = causes.newest([*self._valid, *self._ends])

    def agreement(self) -> Agreement:
        """Return how it stands."""
        outcomes = {self._outcome(act) for act in self._declared}
        apart = len(outcomes) > 1 or (outcomes == {_END} and self._unseen_by_the_end())
        settled = None if apart else next(iter(outcomes), None)
        followed = (settled,) if settled else self._before() if apart else ()
        voices = self._voices(followed)
        asked = self._asked_again()
        protective = bool(voices and self._kinds.intersection(PROTECTIVE))
        paused, meanwhile = (False, ()) if settled == _END else self._pauses()
        open_ = self._open()
        looked_at_again = apart or bool(voices or asked) or self._reviewed_apart()
        return Agreement(
            state=self._state(settled, open_, paused=paused, again=looked_at_again),
            wordings=self._all,
            open=tuple(one.id for one in open_),
            followed=(*followed, *(self._earlier(followed) if protective else ())),
            more_protective=protective,
            declared=tuple(self._declared),
            apart=apart,
            too_early=tuple(act for act in self._causes.of("in_force") if act not in self._valid),
            voices=voices,
            late=tuple(act for act in voices if self._arrived_late(act)),
            asked_again=asked,
            paused_meanwhile=meanwhile,
            not_waited_for=self._not_waited_for(settled),
        )

    def _state(
        self, settled: str | None, open_: list[Wording], *, paused: bool, again: bool
    ) -> str:
        declared = bool(self._declared)
        match (declared and again, paused, settled):
            case (_, True, _):
                return PAUSED
            case (True, _, _):
                return IN_REVIEW
            case (_, _, str(version)) if version != _END:
                return IN_FORCE
            case _ if open_:
                return _before_the_group(open_)
            case (_, _, str()):
                return ENDED
            case _:
                return NOT_ADOPTED if self._all else DRAFT

    # -- what was declared -----------------------------------------------------------------------

    def _counts(self, act: Act) -> bool:
        """Tell whether everybody had spoken in what the writer of *act* had seen (rule 2)."""
        proposed = self._proposed.get(text(act, "version"))
        if proposed is None or not self._causes.saw(act, proposed):
            return False
        if any(self._closes(one, proposed) and self._causes.saw(act, one) for one in self._closing):
            return False
        seen = self._causes.past(act)
        return self._wordings.wording(proposed, seen, persons(act, "without")).consented

    @property
    def _closing(self) -> list[Act]:
        return [*self._ends, *self._let_go]

    def _closes(self, act: Act, proposed: Act) -> bool:
        """Tell whether *act* closes a wording: what was let go comes back as a new proposal."""
        if act_of(act) == "not_adopt" and text(act, "version"):
            return text(act, "version") == proposed.id
        return self._causes.saw(act, proposed)

    def _outcome(self, act: Act) -> str:
        return text(act, "version") if act_of(act) == "in_force" else _END

    def _unseen_by_the_end(self) -> bool:
        """Tell whether somebody looked at it again apart from who ended it."""
        return any(
            not any(self._causes.saw(end, act) or self._causes.saw(act, end) for end in self._ends)
            for act in self._causes.of("ask_review", "review")
            if act not in self._ends
        )

    def _before(self) -> tuple[str, ...]:
        """Return what was in force before all that was declared apart (rule 5)."""
        causes = self._causes
        shared = [
            act
            for act in [*self._valid, *self._ends]
            if all(causes.saw(one, act) for one in self._declared)
        ]
        outcomes = {self._outcome(act) for act in causes.newest(shared)}
        return tuple(one for one in outcomes if one != _END) if len(outcomes) == 1 else ()

    def _earlier(self, followed: tuple[str, ...]) -> tuple[str, ...]:
        """Return what was in force before the wording that is followed."""
        causes = self._causes
        on = [act for act in self._valid if text(act, "version") in followed]
        before = [
            act
            for act in self._valid
            if text(act, "version") not in followed and any(causes.saw(one, act) for one in on)
        ]
        return tuple(sorted({text(act, "version") for act in causes.newest(before)}))

    def _not_waited_for(self, settled: str | None) -> tuple[PersonId, ...]:
        standing = next((one for one in self._all if one.id == settled), None)
        if standing is None:
            return ()
        left = {one for act in self._declared for one in persons(act, "without")}
        return tuple(one for one in standing.waiting if one in left and standing.of(one) is None)

    # -- what asks to look again -----------------------------------------------------------------

    def _voices(self, followed: tuple[str, ...]) -> tuple[Act, ...]:
        return self._causes.in_order(
            act for one in self._all if one.id in followed for act in one.objections
        )

    def _arrived_late(self, voice: Act) -> bool:
        return not any(self._causes.saw(voice, act) for act in self._declared)

    def _asked_again(self) -> tuple[Act, ...]:
        """Return what asks to look again at something declared, and was not answered since.

        Letting go a wording that is in force asks so too: it decides nothing alone.
        """
        answers = [*self._causes.of("review"), *self._declared]
        outcomes = {self._outcome(act) for act in self._declared}
        asks = [
            act
            for act in self._causes.of("ask_review", "not_adopt")
            if act_of(act) == "ask_review" or text(act, "version") in outcomes - {_END}
        ]
        return tuple(
            act
            for act in asks
            if outcomes and not any(self._causes.saw(answer, act) for answer in answers)
        )

    def _reviewed_apart(self) -> bool:
        """Tell whether the newest reviews say to adapt it, or say different things apart."""
        reviews = [act for act in self._causes.of("review") if text(act, "outcome")]
        newest = self._causes.newest(reviews)
        answered = any(
            act_of(act) == "in_force" and all(self._causes.saw(act, one) for one in newest)
            for act in self._declared
        )
        outcomes = {text(act, "outcome") for act in newest}
        return not answered and bool(outcomes) and outcomes not in ({"keep"}, {"end"})

    # -- what goes on ----------------------------------------------------------------------------

    def _pauses(self) -> tuple[bool, tuple[Act, ...]]:
        """Tell whether it is paused, and by which acts it was apart from what goes on."""
        newest = self._causes.newest([*self._causes.of("pause", "resume"), *self._declared])
        pauses = tuple(act for act in newest if act_of(act) == "pause")
        goes_on = [act for act in newest if act_of(act) != "pause"]
        return bool(pauses) and not goes_on, pauses if goes_on else ()

    def _open(self) -> list[Wording]:
        """Return the wordings that no other replaced, nobody let go, and no declaration decided."""
        decided = {self._outcome(act) for act in self._declared}
        replaced = {
            earlier.id
            for one in self._wordings.proposed
            for earlier in self._wordings.replaced_by(one)
        }
        return [
            one
            for one in self._all
            if one.id not in decided | replaced
            and not any(self._closes(act, one.act) for act in self._closing)
            and not any(self._causes.saw(act, one.act) for act in self._declared)
        ]


def _before_the_group(open_: list[Wording]) -> str:
    if any(one.objections for one in open_):
        return OBJECTED
    return CONSENTED if any(one.consented for one in open_) else PROPOSED
