"""The options that narrow a list or a search, and the filter they make together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from aluna_protocol.dataclass import dataclass
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.folding import fold
from aluna_tui.commands.choosing import chosen_link, chosen_term, chosen_type, space_of
from aluna_tui.commands.grammar import Invocation, Opt
from aluna_tui.moments import coarse_date
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from aluna_protocol.ids import SpaceId
    from aluna_sync.device import Device
    from aluna_sync.journal.filters import Filter
    from aluna_sync.store.rows import Query
    from aluna_tui.commands.output import Voice

_ONESELF: Final = ("me", "yo", "i")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options said, in the words they were said in."""

    space: str | None
    terms: tuple[str, ...]
    persons: tuple[str, ...]
    since: str | None
    until: str | None
    state: str | None
    linked: str | None
    link_kind: str | None
    unread: bool
    put_away: bool
    view: str | None
    save: str | None
    limit: int | None


def filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* the options that narrow; they reach it together, as `asked`."""

    def gather(*arguments: Any, **options: Any) -> None:
        names = Asked.__dataclass_fields__
        asked = Asked(**{name: options.pop(name) for name in names})
        command(*arguments, asked=asked, **options)

    gather.__doc__ = command.__doc__
    wrapped: Callable[..., None] = gather
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


_OPTIONS: Final = (
    click.option(
        "--space", cls=Opt, metavar=N_("SPACE"), help=N_("private, collective or circle:NAME.")
    ),
    click.option(
        "--term", "terms", cls=Opt, multiple=True, metavar=N_("TERM"),
        help=N_("Only with this word of the vocabulary: its id or its name. May be repeated."),
    ),
    click.option(
        "--person", "persons", cls=Opt, multiple=True, metavar=N_("PERSON"),
        help=N_("Only what this person wrote in; “me” is you. May be repeated."),
    ),
    click.option("--since", cls=Opt, metavar=N_("WHEN"), help=N_("Only from this date on.")),
    click.option("--until", cls=Opt, metavar=N_("WHEN"), help=N_("Only up to this date.")),
    click.option("--state", cls=Opt, metavar=N_("STATE"), help=N_("Only in this state.")),
    click.option(
        "--linked", cls=Opt, metavar=N_("ID"),
        help=N_("Only what is linked with this record, from either side."),
    ),
    click.option(
        "--kind", "link_kind", cls=Opt, metavar=N_("KIND"),
        help=N_("With --linked: only by this kind of link."),
    ),
    click.option("--unread", cls=Opt, is_flag=True, help=N_("Only what you have not read here.")),
    click.option(
        "--put-away", cls=Opt, is_flag=True,
        help=N_("Only what was put away; lists and searches leave it out otherwise."),
    ),
    click.option(
        "--view", cls=Opt, metavar=N_("NAME"),
        help=N_("Begin with what you kept under this name; other options go before it."),
    ),
    click.option(
        "--save", cls=Opt, metavar=N_("NAME"),
        help=N_("Keep these words and options under this name, for yourself only."),
    ),
    click.option(
        "--limit", cls=Opt, type=click.IntRange(min=1), metavar="N",
        help=N_("At most this many (200 in a list, 50 in a search)."),
    ),
)  # fmt: skip


def private_space(device: Device, invocation: Invocation) -> SpaceId:
    """Return where this person keeps what is only hers."""
    return device.private_space(device.collective(invocation.collective))


def filter_of(
    device: Device,
    invocation: Invocation,
    asked: Asked,
    *,
    words: str = "",
    types: tuple[str, ...] = (),
) -> Filter:
    """Return the filter that was asked for, on top of the one kept under the name it gave.

    Raises WrongUseError no-such-view, no-such-person, no-such-record, unknown-link, unknown-term,
    several-terms, no-such-space.
    """
    from aluna_sync.journal.filters import Filter
    from aluna_tui.labels import state_from_words

    said = Filter(
        words=words,
        types=tuple(chosen_type(one) for one in types),
        spaces=_spaces(device, invocation, asked.space),
        terms=tuple(chosen_term(one) for one in asked.terms),
        persons=tuple(_person(device, invocation, one) for one in asked.persons),
        since=asked.since or "",
        until=asked.until or "",
        state=state_from_words(asked.state or ""),
        linked=device.find(asked.linked).hex() if asked.linked else "",
        link_kind=chosen_link(asked.link_kind)[0] if asked.link_kind else "",
        unread=asked.unread,
        put_away=asked.put_away,
    )
    if asked.view is None:
        return said
    kept = device.mine(private_space(device, invocation))
    view = kept.view(asked.view)
    if view is None:
        raise WrongUseError("no-such-view", name=asked.view, names=[one.name for one in kept.views])
    return view.filter.under(said)


def query_of(device: Device, chosen: Filter, voice: Voice, limit: int) -> Query:
    """Return the query a filter means today, and tell which dates were understood."""
    query = chosen.query(dt.date.today(), device.vocabulary, limit=limit)
    for words, day in ((chosen.since, query.since), (chosen.until, query.until)):
        if day is not None and day != words:
            voice.talk(f"{words}: {coarse_date(day)}")
    return query


def _spaces(device: Device, invocation: Invocation, words: str | None) -> tuple[str, ...]:
    if words is not None:
        return (space_of(device, invocation, words).hex(),)
    if invocation.collective is not None:
        return (device.collective(invocation.collective).hex(),)
    return ()


def _person(device: Device, invocation: Invocation, name: str) -> str:
    if fold(name) in _ONESELF:
        return device.person.hex()
    collective = device.collective(invocation.collective)
    known = [*device.people(collective), *device.gone(collective)]
    found = [one for one in known if fold(one.name) == fold(name)]
    if len(found) != 1:
        raise WrongUseError("no-such-person", name=name, names=[one.name for one in known])
    return found[0].id.hex()


def told(chosen: Filter, device: Device) -> list[str]:
    """Say a filter in words, one part each."""
    from aluna_tui.describing import term_label
    from aluna_tui.labels import type_plural

    parts = [_("“{words}”").format(words=chosen.words)] if chosen.words else []
    parts += [type_plural(one) for one in chosen.types]
    parts += [term_label(one) for one in chosen.terms]
    parts += [_person_name(device, one) for one in chosen.persons]
    parts += [_space_name(device, one) for one in chosen.spaces]
    if chosen.since:
        parts.append(_("since {when}").format(when=chosen.since))
    if chosen.until:
        parts.append(_("until {when}").format(when=chosen.until))
    if chosen.state:
        parts.append(chosen.state)
    if chosen.linked:
        parts.append(_("linked with {id}").format(id=chosen.linked[:8]))
    if chosen.unread:
        parts.append(_("not read yet"))
    if chosen.put_away:
        parts.append(_("was put away"))
    return parts or [_("everything")]


def _person_name(device: Device, person: str) -> str:
    from aluna_protocol.ids import PersonId

    return device.person_name_of(PersonId(bytes.fromhex(person))) or "?"


def _space_name(device: Device, space: str) -> str:
    from aluna_protocol.ids import SpaceId
    from aluna_tui.labels import space_words

    known = SpaceId(bytes.fromhex(space))
    if known not in device.spaces.rows:
        return "?"
    return space_words(device.space_kind(known), device.space_name(known), device.space_size(known))
