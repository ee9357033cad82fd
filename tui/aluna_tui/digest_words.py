"""What happened while we were apart, in words: by kind of thing, never by person, never ranked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from aluna_protocol.ids import PersonId
from aluna_sync.journal.digest import HARM, Here, Item, Kind, Said, Section, Turn
from aluna_tui.labels import field_name, sentence, type_name
from aluna_tui.life_words import MINE, again_words
from aluna_tui.moments import coarse_date
from aluna_tui.taking_back_words import taken_back_by
from aluna_tui.texts import N_, _, listed

Names = Callable[[PersonId], str]

HEADINGS: Final = {
    Kind.CARE: N_("Care"),
    Kind.EMERGENCY: N_("What is going on"),
    Kind.MY_VOICE: N_("What waits for your voice"),
    Kind.VOICES: N_("Voices that ask to be heard"),
    Kind.LOOK_AGAIN: N_("To look at again this month"),
    Kind.AGREEMENTS: N_("Agreements"),
    Kind.PEOPLE: N_("How each one is here"),
    Kind.TAKEN_BACK: N_("Taken back"),
    Kind.TOO_LATE: N_("Came too late"),
    Kind.TWO_READINGS: N_("With two readings"),
    Kind.TWO_HANDS: N_("Written by several hands"),
    Kind.TEXTS: N_("Written meanwhile"),
    Kind.HARM_AND_COPING: N_("What sustained us"),
}
HARM_HEADING: Final = N_("What this did to us, and what sustained us")
HARM_WAITS: Final = N_(
    "There are also words about what was done to us. They open only when you ask for them: "
    "“aluna digest --harm”."
)
ACCOMPANIED: Final = N_("to read accompanied")
HIDDEN: Final = N_("with a word you keep hidden")
HIDDEN_WAITS: Final = N_(
    "What is named with a word you keep hidden is told here without its own words. "
    "“aluna show ID” opens it."
)
NOTHING: Final = N_("Nothing happened here since then.")

_TURNS: Final = {
    Turn.CAME: N_("{names} came."),
    Turn.WENT: N_("{names} does not belong any more."),
    Turn.AWAY: N_("{names} is away for safety."),
    Turn.RESTS: N_("{names} is resting: this voice is not waited for meanwhile."),
    Turn.BACK: N_("{names} is back from resting."),
}
_STANCES: Final = {
    "pos.objection": N_("{who} sees a harm in it."),
    "pos.need_time": N_("{who} asks for time."),
    "pos.need_talk": N_("{who} asks to talk about it first."),
}


def heading(section: Section, *, with_harm: bool) -> str:
    """Return what stands above a section."""
    if with_harm and any(item.type == HARM for item in section.items):
        return _(HARM_HEADING)
    return _(HEADINGS[section.kind])


def since_words(day: str, words: str = "") -> str:
    """Say since when, with the date that *words* mean where somebody said them."""
    if not day:
        return _("You have not looked at this before: since the beginning.")
    said = coarse_date(day)
    if words:
        return _("Since {when} (“{words}”).").format(when=said, words=words)
    return _("Since you last looked, on {when}.").format(when=said)


def here_words(one: Here, names: Names, circle: str = "") -> str:
    """Say how somebody is here, or in the *circle* it is about."""
    said = _(_TURNS[one.turn]).format(names=names(one.person) or _("Somebody"))
    return _("In the circle {name}: {said}").format(name=circle, said=said) if circle else said


def voice_words(voices: Collection[Said], names: Names) -> list[str]:
    """Say whose voice asks to be heard, the objections first, by name."""
    order = list(_STANCES)
    known = [one for one in voices if one.stance in _STANCES]
    said = sorted((order.index(one.stance), names(one.person), one.stance) for one in known)
    return [_(_STANCES[stance]).format(who=name or _("Somebody")) for _at, name, stance in said]


def after_title(
    kind: Kind,
    item: Item,
    names: Names,
    *,
    taken_by: str = "",
) -> list[str]:
    """Return what is said of a record after its title."""
    match kind:
        case Kind.MY_VOICE if item.waiting is not None:
            return [_(MINE[item.waiting.what])]
        case Kind.LOOK_AGAIN if item.again is not None:
            return [again_words(item.again.why, item.again.on)]
        case Kind.VOICES:
            return voice_words(item.voices, names)
        case Kind.TAKEN_BACK:
            return [taken_back_by(taken_by)]
        case Kind.TOO_LATE:
            return [_("“aluna tray” shows it")]
        case Kind.TWO_READINGS:
            return [
                _("{field}: as each one said it").format(field=field_name(item.type, one))
                for one in item.readings
            ]
        case Kind.TWO_HANDS:
            people = sorted(names(one) or _("Somebody") for one in item.by)
            return [_("written by {people}").format(people=listed(list(dict.fromkeys(people))))]
        case _:
            said = [] if item.new else [_("somebody went on writing in it")]
            said += [_("was put away")] if item.put_away else []
            return [*([coarse_date(item.when)] if item.when else []), *said]


def title_of(item: Item, *, kept_back: bool, care_note: str) -> str:
    """Return what a record is called in the digest: not by its words where those may hurt."""
    name = type_name(item.type) or _("a record")
    if item.hidden_word:
        return f"{name} ({_(HIDDEN)})"
    if not kept_back:
        return item.title or type_name(item.type)
    return f"{name} ({care_note})" if care_note else f"{name} ({_(ACCOMPANIED)})"


def sustained_words(titles: Sequence[str]) -> str:
    """Say beside a harm what sustained us in it; never that nothing did."""
    said = listed(list(titles)) if titles else _("not spoken yet")
    return sentence(_("What sustained us: {titles}").format(titles=said))
