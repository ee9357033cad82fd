"""`picture`: what several people share, as a picture told in lines of text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from typing import TYPE_CHECKING, Any, Final

import click

from aluna_sync.errors import WrongUseError
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.picture_labels import PICTURES, picture_from_words, picture_title, picture_word
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from aluna_protocol.ids import DocumentId
    from aluna_sync.device import Device
    from aluna_sync.journal.filters import Filter
    from aluna_sync.journal.pictures.drawing import Asked, Picture
    from aluna_tui.picture_words import Names

# What only drawing one needs is imported where it is used: the list of pictures answers at once.

_MONTH: Final = 7
_YEAR: Final = 4
_PERIODS: Final = {"care": _MONTH, "year": _YEAR}
"""How much of a date the pictures take that are of one month, or of one year."""


@dataclasses.dataclass(frozen=True, slots=True)
class Narrowed:
    """What the options said, in the words they were said in; there is none for one person."""

    space: str | None
    terms: tuple[str, ...]
    since: str | None
    until: str | None
    period: str | None
    chosen: tuple[str, ...]
    expressions: bool


@click.command(
    "picture",
    cls=Verb,
    help=N_(
        "Show a picture of what you share, in words; alone, list the pictures there are. Each "
        "place names the records in it, to be read with “aluna show”. Pictures are never of one "
        "person, and what is only yours is in none."
    ),
)
@click.argument("name", cls=Arg, required=False, metavar=N_("[NAME]"))
@click.option("--space", cls=Opt, metavar=N_("SPACE"), help=N_("collective or circle:NAME."))
@click.option(
    "--term", "terms", cls=Opt, multiple=True, metavar=N_("TERM"),
    help=N_("Only with this word of the vocabulary: its id or its name. May be repeated."),
)  # fmt: skip
@click.option("--since", cls=Opt, metavar=N_("WHEN"), help=N_("Only from this date on."))
@click.option("--until", cls=Opt, metavar=N_("WHEN"), help=N_("Only up to this date."))
@click.option(
    "--period", cls=Opt, metavar=N_("WHEN"),
    help=N_("The month of the care calendar, or the year of the year together."),
)  # fmt: skip
@click.option(
    "--of", "chosen", cls=Opt, multiple=True, metavar=N_("ID"),
    help=N_("Which readings of the context to compare, or which memory. May be repeated."),
)  # fmt: skip
@click.option(
    "--expressions", cls=Opt, is_flag=True,
    help=N_("The map of impacts by expressions instead of fields of work."),
)  # fmt: skip
@click.pass_obj
def picture_verb(invocation: Invocation, /, name: str | None, **options: Any) -> None:
    """Show one picture in words, or list which there are."""
    voice = Voice(invocation)
    if name is None:
        _list(voice)
        return
    chosen = picture_from_words(name)
    if chosen is None:
        raise WrongUseError("unknown-picture", name=name, names=[picture_word(n) for n in PICTURES])
    with open_device(invocation) as device:
        drawn = _drawn(device, invocation, chosen, Narrowed(**options))
        if voice.as_json:
            voice.json({"picture": chosen, **as_json(drawn)})
            return
        from aluna_tui.picture_words import lines

        said = lines(drawn, _names(device, voice))
        voice.data(voice.bold(picture_title(chosen)))
        for line in said:
            voice.data(line)
        if not said:
            voice.talk(_("Not spoken yet."))


def _list(voice: Voice) -> None:
    if voice.as_json:
        voice.json({"pictures": list(PICTURES)})
        return
    width = max(len(picture_word(name)) for name in PICTURES)
    for name, label in PICTURES.items():
        word = picture_word(name)
        told = f"{_(label.title)}. {_(label.about)}"
        voice.data(f"{voice.bold(word)}{' ' * (width - len(word))}  {told}")


def _drawn(device: Device, invocation: Invocation, name: str, said: Narrowed) -> Picture:
    from aluna_sync.picturing import picture
    from aluna_tui.commands.choosing import space_of

    collective = device.collective(invocation.collective)
    space = collective if said.space is None else space_of(device, invocation, said.space)
    return picture(
        device,
        name,
        space,
        dt.date.today(),
        narrowed=_filter(said),
        asked=_asked(device, name, said),
    )


def _filter(said: Narrowed) -> Filter:
    from aluna_sync.journal.filters import Filter
    from aluna_tui.commands.choosing import chosen_term

    return Filter(
        terms=tuple(chosen_term(one) for one in said.terms),
        since=said.since or "",
        until=said.until or "",
    )


def _asked(device: Device, name: str, said: Narrowed) -> Asked:
    from aluna_sync.journal.pictures.drawing import Asked

    period = ""
    if said.period is not None and name in _PERIODS:
        from aluna_tui.commands.choosing import chosen_when

        period = (chosen_when(said.period).sort_key or "")[: _PERIODS[name]]
        if len(period) < _PERIODS[name]:
            raise WrongUseError("date-not-understood", words=said.period)
    return Asked(said.expressions, period, tuple(device.find(one) for one in said.chosen))


def _names(device: Device, voice: Voice) -> Names:
    from aluna_tui.picture_words import Names

    def title(document: DocumentId) -> tuple[str, str]:
        return device.store.index.titles([document]).get(document, ("", ""))

    def text(document: DocumentId, field: str) -> str:
        record = device.record(document)
        return "" if record is None else record.texts.get(field, "")

    return Names(title, device.person_name_of, text, plain=voice.plain)


def as_json(drawn: Picture) -> dict[str, object]:
    """Return a picture as `picture --json` prints it: ids in hex, keys as the picture has them."""
    return {one.name: _value(getattr(drawn, one.name)) for one in dataclasses.fields(drawn)}


def _value(value: object) -> object:
    match value:
        case enum.Enum():
            return value.value
        case bytes():
            return value.hex()
        case tuple():
            return [_value(one) for one in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {one.name: _value(getattr(value, one.name)) for one in dataclasses.fields(value)}
        case _:
            return value
