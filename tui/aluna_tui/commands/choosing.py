"""From what people type, in either language, to what the journal calls it."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Final

from aluna_protocol.ids import SpaceId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.folding import fold
from aluna_sync.journal.schema import TYPES, record_type
from aluna_tui.commands.grammar import Invocation
from aluna_tui.commands.output import Voice
from aluna_tui.labels import LINKS, type_from_words
from aluna_tui.texts import _, language

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.journal.dates import When

_SPACES: Final = {
    "private": "private",
    "privado": "private",
    "privada": "private",
    "mio": "private",
    "collective": "collective",
    "colectiva": "collective",
    "colectivo": "collective",
}
_CIRCLES: Final = ("circle", "circulo")


def chosen_type(words: str) -> str:
    """Return the record type that *words* name; raise "unknown-type"."""
    type_ = type_from_words(words)
    if type_ is None or type_ not in TYPES:
        names = [_plain_name(name) for name, known in TYPES.items() if known.by_hand]
        raise WrongUseError("unknown-type", type=words, types=names)
    return type_


def _plain_name(type_: str) -> str:
    from aluna_tui.labels import TYPES as LABELS

    return LABELS[type_].words[0] if language() == "es" else type_


def chosen_term(words: str, groups: tuple[str, ...] = ()) -> str:
    """Return the id of the one term *words* name; raise "unknown-term" or "several-terms"."""
    from aluna_sync.journal.values import is_own
    from aluna_sync.journal.vocabulary import vocabulary

    known = vocabulary()
    if is_own(words):
        return known.shown(words)
    found = known.exactly(words, groups) or [
        term for term in known.lookup(words, language()) if not groups or term.group in groups
    ]
    if not found:
        near = [_named(term) for term in known.near(words, groups)]
        raise WrongUseError("unknown-term", term=words, near=near)
    exact = known.exactly(words, groups)
    if len(found) > 1 and len(exact) != 1:
        raise WrongUseError(
            "several-terms", term=words, near=[_named(term.id) for term in found[:5]]
        )
    return found[0].id


def _named(term: str) -> str:
    from aluna_tui.describing import term_label

    return f"{term} ({term_label(term)})"


def space_of(device: Device, invocation: Invocation, words: str) -> SpaceId:
    """Return the space *words* name in either language; raise "no-such-space"."""
    collective = device.collective(invocation.collective)
    kind, colon, name = words.partition(":")
    if colon and fold(kind) in _CIRCLES:
        return device.space_named(f"circle:{name}", collective)
    known = _SPACES.get(fold(words))
    if known is None:
        raise WrongUseError("no-such-space", space=words)
    return device.space_named(known, collective)


def chosen_link(words: str) -> tuple[str, bool]:
    """Return the kind of link *words* name, and True when they are its name from the source.

    Raises "unknown-link".
    """
    wanted = fold(words)
    for kind in LINKS:
        if wanted in (kind, kind.replace("_", " ")):
            return kind, True
    for side in (0, 1):
        for kind, names in LINKS.items():
            if wanted in (fold(names[side]), fold(_(names[side]))):
                return kind, side == 0
    raise WrongUseError("unknown-link", kind=words, kinds=list(LINKS))


def main_text(type_: str) -> str:
    """Return the field where the words of a record of *type_* go."""
    return record_type(type_).main


def text_of(argument: str) -> str:
    """Return *argument*, or what stdin holds when it is "-"; raise "stdin-not-text"."""
    if argument != "-":
        return argument
    try:
        return sys.stdin.buffer.read().decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise WrongUseError("stdin-not-text") from None


def chosen_when(words: str, *, future: bool = False) -> When:
    """Return the date *words* mean today; raise "date-not-understood"."""
    from aluna_sync.journal.dates import parse_when

    return parse_when(words, dt.date.today(), future=future)


def coarse(words: str | None, voice: Voice) -> str | None:
    """Return the ISO date that *words* of --since or --until mean, and tell which it is."""
    if words is None:
        return None
    when = chosen_when(words)
    if when.sort_key is None:
        raise WrongUseError("date-not-understood", words=words)
    if when.sort_key != words and not voice.as_json:
        from aluna_tui.moments import coarse_date

        voice.talk(f"{words}: {coarse_date(when.sort_key)}")
    return when.sort_key
