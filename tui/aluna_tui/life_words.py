"""How it stands with a record, in sentences: never a count of voices, never who has not spoken.

What waits for somebody is said to her alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Final

from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives import agreements, causes_of
from aluna_sync.journal.lives.days import ForNow, Why
from aluna_sync.journal.lives.members import member
from aluna_sync.journal.lives.mourning import mourning
from aluna_sync.journal.lives.openness import emergency, process, task
from aluna_sync.journal.lives.voices import For
from aluna_sync.journal.types import NOBODY, Absent, Act, Record
from aluna_tui.labels import act_name, state_words
from aluna_tui.moments import coarse_date
from aluna_tui.texts import N_, _, listed

Names = Callable[[PersonId], str]

SENTENCES: Final = {
    agreements.DRAFT: N_("It is being written; nobody was asked yet."),
    agreements.PROPOSED: N_("It is before the group."),
    agreements.OBJECTED: N_("Somebody sees a harm in it: that is heard before going on."),
    agreements.CONSENTED: N_(
        "All whose voice is waited for have spoken and nobody objects. It is in force once "
        "somebody says so."
    ),
    agreements.IN_FORCE: N_("The group lives by it."),
    agreements.IN_REVIEW: N_("It is being looked at again."),
    agreements.PAUSED: N_("It is paused; that is part of it."),
    agreements.ENDED: N_("It no longer applies; its story is kept."),
    agreements.NOT_ADOPTED: N_("The group let it go; what was learned is kept."),
    "prs.request": N_("Somebody asked to be accompanied."),
    "prs.agreed": N_("What, how and with whom has been agreed."),
    "prs.active": N_("It is under way."),
    "prs.paused": N_("It is paused; that is part of it."),
    "prs.resumed": N_("It was taken up again."),
    "prs.closed": N_("It was closed together."),
    "open": N_("It is open."),
    "accompanied": N_("Somebody is with it."),
    "looked_back": N_("It was looked back on together; one act opens it again."),
    "done": N_("It was done."),
    "let_go": N_("It was let go."),
    "mem.invited": N_("Was invited."),
    "mem.active": N_("Takes part."),
    "mem.resting": N_("Rests: this voice is not waited for meanwhile."),
    "mem.away": N_("Is away for safety: this voice is not waited for meanwhile."),
    "mem.left": N_("Left, by a decision of her own."),
    "mem.removed": N_("Does not belong any more, by agreement."),
}
"""By state; how it is with each in a mourning is said by name."""

MINE: Final = {
    For.POSITION: N_("Your voice is waited for; there is no hurry."),
    For.IN_HER_TIME: N_("You asked for time or a talk; it is here when you are ready."),
    For.TWO_WORDS: N_(
        "You said two things on two devices. Only you see that; for the others you have not "
        "answered yet. Which one is it?"
    ),
    For.ANSWERED: N_(
        "The group answered your objection. Whether it is taken care of, only you can say."
    ),
    For.WENT_ON: N_("It went on while you were away. Your voice is as welcome as any."),
    For.USES: N_("You were asked what this may be used for."),
    For.TAKING_BACK: N_("Somebody asked you to take this back."),
    For.HER_WORDS: N_("Each one may add her words to this round; yours too, or not."),
    For.HANDED_OVER: N_(
        "This was handed over to you; “aluna act ID accompany” says you are there."
    ),
}
"""What waits for a person's own voice."""

AGAIN: Final = {
    Why.VOICE: N_("somebody sees a harm in it"),
    Why.ASKED: N_("somebody asked to look at it again"),
    Why.DATE: N_("to look at again: {when}"),
    Why.TRIAL: N_("tried until {when}"),
    Why.FOR_NOW: N_("in force for now, until {when}"),
}
"""Why something asks to be looked at again."""


def again_words(why: Why, when: str) -> str:
    """Say why something asks to be looked at again."""
    return _(AGAIN[why]).format(when=coarse_date(when))


def life_sentences(
    record: Record, names: Names, today: dt.date, absent: Absent = NOBODY
) -> list[str]:
    """Say how it stands with *record*, for everybody who reads it."""
    causes = causes_of(record)
    match record.type:
        case "agreement" | "protection":
            return _agreement_sentences(record, names, today, absent)
        case "process":
            life = process(causes)
            return [*_standing(life.state), *_meanwhile(life.meanwhile, names)]
        case "task":
            life = task(causes)
            return [*_standing(life.state), *_meanwhile(life.meanwhile, names)]
        case "emergency":
            urgent = emergency(causes)
            with_it = _people(urgent.accompanying, names)
            said = _("With it: {names}.").format(names=with_it) if with_it else ""
            return [
                *([said] if said and urgent.state == "accompanied" else _standing(urgent.state)),
                *_meanwhile(urgent.meanwhile, names),
            ]
        case "mourning":
            each = mourning(causes, record.authors)
            return [
                f"{names(person) or _('Somebody')}: {state_words(' '.join(states))}."
                for person, states in each.items()
            ]
        case "member":
            person = next(iter(record.authors), None)
            known = member(causes, person, gone=person in absent.gone)
            return _standing(known.state)
        case _:
            return []


def _agreement_sentences(record: Record, names: Names, today: dt.date, absent: Absent) -> list[str]:
    from aluna_sync.journal.lives import agreement_of
    from aluna_sync.journal.lives.days import for_now

    life = agreement_of(record, gone=absent.gone, resting=absent.resting)
    said = _standing(life.state)
    if life.apart and len(life.declared) > 1:
        said.append(
            _("It was decided in different ways apart, by {names}; what was agreed before applies "
              "meanwhile.").format(names=_people((act.by for act in life.declared), names))
        )  # fmt: skip
    said += _each(_("A voice arrived from an outage: {who} objects."), life.late, names)
    heard = [act for act in life.voices if act not in life.late]
    said += _each(_("{who} sees a harm in it."), heard, names)
    said += _each(_("{who} asks to look at it again."), life.asked_again, names)
    if life.more_protective:
        said.append(_("Meanwhile the wording that protects more applies."))
    said += _each(
        _("{who} declared it in force before everyone had spoken."), life.too_early, names
    )
    said += _meanwhile(life.paused_meanwhile, names)
    if life.not_waited_for:
        said.append(
            _("It went on without waiting for {names}, who may speak at any time.").format(
                names=_people(life.not_waited_for, names)
            )
        )
    if record.type == "protection":
        said += [_now(one, names, today) for one in for_now(causes_of(record), life)]
    return said


def _now(now: ForNow, names: Names, today: dt.date) -> str:
    until, people = coarse_date(now.until), _people(now.by, names)
    if now.holds(today):
        return _("In force for now, until {when}: {names} said so, and everybody is asked.").format(
            when=until, names=people
        )
    return _("It was in force for now, until {when}; everybody is asked.").format(when=until)


def _standing(state: str) -> list[str]:
    return [_(SENTENCES[state])] if state in SENTENCES else []


def _each(sentence: str, acts: Iterable[Act], names: Names) -> list[str]:
    people = dict.fromkeys(act.by for act in acts)
    return [sentence.format(who=_name(one, names)) for one in people]


def _meanwhile(acts: Iterable[Act], names: Names) -> list[str]:
    return [
        _("Meanwhile, {who}: {what}.").format(who=_name(act.by, names), what=_done(act))
        for act in acts
    ]


def _done(act: Act) -> str:
    kind = act.value.get("act") if isinstance(act.value, dict) else None
    return act_name(kind) if isinstance(kind, str) else ""


def _people(persons: Iterable[PersonId | None], names: Names) -> str:
    return listed(list(dict.fromkeys(_name(one, names) for one in persons)))


def _name(person: PersonId | None, names: Names) -> str:
    return (names(person) if person is not None else "") or _("Somebody")
