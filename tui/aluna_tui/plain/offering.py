"""Choosing by number, by word, or by first letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.folding import fold
from aluna_tui.plain.errors import BackError
from aluna_tui.plain.speech import without_sign
from aluna_tui.plain.talk import ENTER_OUT, Talk
from aluna_tui.texts import _, listed, ngettext
from aluna_tui.view_models.choices import Choice, found

SHOWN: Final = 10
"""Choices said at once; more are said when they are asked for."""
_INSIDE: Final = 3
"""Letters that find a word inside a name; fewer find only how a name begins."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be chosen: what it is called, and other words that mean it."""

    id: str
    words: str
    also: tuple[str, ...] = ()


def offers_of(choices: Sequence[Choice]) -> list[Offer]:
    """Return what the screens let one choose, without their signs."""
    return [Offer(one.id, without_sign(one.label), tuple(one.also.split())) for one in choices]


def tell(talk: Talk, offers: Sequence[Offer], first: int = 1) -> None:
    """Say the choices, one a line, each behind its number."""
    talk.say(*(f"{number}. {one.words}" for number, one in enumerate(offers, start=first)))


def matching(said: str, offers: Sequence[Offer]) -> list[Offer]:
    """Return the offers *said* means: by number, whole name, how it begins, or a word inside."""
    wanted = fold(said).strip(" .")
    if exact := exactly(said, offers):
        return exact
    if wanted.isdecimal():
        return []
    begun = [one for one in offers if any(name.startswith(wanted) for name in _names(one))]
    if begun or len(wanted) < _INSIDE:
        return begun
    return [one for one in offers if any(f" {wanted}" in f" {name}" for name in _names(one))]


def exactly(said: str, offers: Sequence[Offer]) -> list[Offer]:
    """Return the one offer *said* names whole, or by its number; nothing when there is none."""
    wanted = fold(said).strip(" .")
    if wanted.isdecimal():
        number = int(wanted) if len(wanted) < 9 else 0
        return [offers[number - 1]] if 1 <= number <= len(offers) else []
    return [one for one in offers if wanted in _names(one)][:1]


def _names(offer: Offer) -> list[str]:
    return [fold(offer.words), *map(fold, offer.also), fold(offer.id)]


def pick(
    talk: Talk,
    prompt: str,
    offers: Sequence[Offer],
    hint: str = "",
    unsaid: Sequence[Offer] = (),
) -> Offer:
    """Say *offers* a few at a time, and ask until one is meant; raises `BackError`.

    *unsaid* are meant by their words as well, without being said.
    """
    page = 0
    _tell_page(talk, offers, page)
    while True:
        said = talk.ask(prompt, hint or _("Say a number, the word, or its first letters."))
        if fold(said) in _more_words() and len(offers) > (page + 1) * SHOWN:
            page += 1
            _tell_page(talk, offers, page)
            continue
        meant = matching(said, offers) or [
            one for one in matching(said, unsaid) if not said.isdecimal()
        ]
        if len(meant) == 1:
            return meant[0]
        doubt(talk, said, meant)


def pick_if_any(talk: Talk, prompt: str, offers: Sequence[Offer]) -> Offer | None:
    """Say *offers* and ask until one is meant; None when an empty line leaves it out."""
    tell(talk, offers)
    while said := talk.answer(prompt, _(ENTER_OUT)).strip():
        meant = matching(said, offers)
        if len(meant) == 1:
            return meant[0]
        doubt(talk, said, meant)
    return None


def doubt(talk: Talk, said: str, meant: Sequence[Offer]) -> None:
    """Say that *said* means nothing here, or more than one thing."""
    if meant:
        names = listed([f"“{one.words}”" for one in meant[:6]])
        talk.say(_("That could be {names}. Say a little more.").format(names=names))
    else:
        words = " ".join(said.split())[:60].rstrip(".")
        talk.say(_("I did not understand “{words}”.").format(words=words))
        talk.say(_("Say a number of the list, the word, or its first letters."))


def suggest(talk: Talk, choices: Sequence[Choice], said: str) -> str | None:
    """Offer what *said* may have meant; return the id chosen, None when none of them was."""
    near = found(choices, said)[:SHOWN]
    if not near:
        return None
    talk.say(_("Did you mean one of these?"))
    try:
        return pick(talk, _("Which one"), offers_of(near), _("Enter alone: none of these.")).id
    except BackError:
        return None


def _more_words() -> tuple[str, ...]:
    return ("m", "more", "mas", fold(_("more")))


def _tell_page(talk: Talk, offers: Sequence[Offer], page: int) -> None:
    begin = page * SHOWN
    tell(talk, offers[begin : begin + SHOWN], begin + 1)
    left = len(offers) - begin - SHOWN
    if left > 0:
        talk.say(
            ngettext(
                "There is {count} more: say “more”.", "There are {count} more: say “more”.", left
            ).format(count=left)
        )
