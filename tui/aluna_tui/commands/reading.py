"""`list` and `search`: one line a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from aluna_protocol.ids import SpaceId
from aluna_sync.journal.display import first_words
from aluna_sync.store.rows import ListRow, Page, Query
from aluna_tui.commands.choosing import chosen_term, chosen_type, coarse, space_of
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.labels import glyph, sentence, space_words, type_name
from aluna_tui.moments import coarse_date
from aluna_tui.texts import N_, _, listed

if TYPE_CHECKING:
    from aluna_sync.device import Device

TITLE_WIDTH: Final = 48
"""Letters of a title in a list: leaves room for date, id and words within 80 columns."""
SHORT_ID: Final = 8
"""Hex digits of an id that people read and type."""


@click.command(
    "list",
    cls=Verb,
    help=N_(
        "List records, the newest first. TYPE is a kind of record in either language. A dot at "
        "the left edge means you have not read it on this device."
    ),
)
@click.argument("type_words", cls=Arg, required=False, metavar=N_("[TYPE]"))
@click.option(
    "--space", cls=Opt, metavar=N_("SPACE"), help=N_("private, collective or circle:NAME.")
)
@click.option(
    "--term", "terms", cls=Opt, multiple=True, metavar=N_("TERM"),
    help=N_("Only with this word of the vocabulary: its id or its name. May be repeated."),
)  # fmt: skip
@click.option("--since", cls=Opt, metavar=N_("WHEN"), help=N_("Only from this date on."))
@click.option("--until", cls=Opt, metavar=N_("WHEN"), help=N_("Only up to this date."))
@click.option("--state", cls=Opt, metavar=N_("STATE"), help=N_("Only in this state."))
@click.option(
    "--limit", cls=Opt, type=click.IntRange(min=1), default=200, show_default=True, metavar="N",
    help=N_("At most this many."),
)  # fmt: skip
@click.pass_obj
def list_verb(
    invocation: Invocation,
    type_words: str | None,
    space: str | None,
    terms: tuple[str, ...],
    since: str | None,
    until: str | None,
    state: str | None,
    limit: int,
) -> None:
    """List records, one line each."""
    voice = Voice(invocation)
    types = (chosen_type(type_words),) if type_words else ()
    term_ids = tuple(chosen_term(words) for words in terms)
    start, end = coarse(since, voice), coarse(until, voice)
    with open_device(invocation) as device:
        query = Query(
            types=types,
            spaces=_spaces(device, invocation, space),
            terms=term_ids,
            since=start,
            until=end,
            state=state,
            limit=limit,
        )
        _tell(device, device.list(query), voice, searched=False)


@click.command(
    "search",
    cls=Verb,
    help=N_(
        "Search WORDS in every record this device can read. Accents and capital letters do not "
        "matter, and the beginning of a word is enough for the last one."
    ),
)
@click.argument("words", cls=Arg, nargs=-1, required=True, metavar=N_("WORDS…"))
@click.option(
    "--limit", cls=Opt, type=click.IntRange(min=1), default=50, show_default=True, metavar="N",
    help=N_("At most this many."),
)  # fmt: skip
@click.pass_obj
def search_verb(invocation: Invocation, words: tuple[str, ...], limit: int) -> None:
    """Search words in every record."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        query = Query(words=" ".join(words), spaces=_spaces(device, invocation, None), limit=limit)
        _tell(device, device.list(query), voice, searched=True)


def _spaces(device: Device, invocation: Invocation, words: str | None) -> tuple[SpaceId, ...]:
    if words is not None:
        return (space_of(device, invocation, words),)
    if invocation.collective is not None:
        return (device.collective(invocation.collective),)
    return ()


def _tell(device: Device, page: Page, voice: Voice, *, searched: bool) -> None:
    if voice.as_json:
        rows = [row_as_json(device, row, with_snippet=searched) for row in page.rows]
        voice.json({"records": rows, "total": page.total})
        return
    width = min(TITLE_WIDTH, max((len(row.title) for row in page.rows), default=0))
    for row in page.rows:
        voice.data(_prose(device, row) if voice.plain else _line(device, row, voice, width))
        if searched and row.snippet:
            voice.data(f"      {_shown_snippet(row.snippet, voice)}")
    if not page.rows:
        voice.talk(_("Nothing like that here yet."))
    elif page.total > len(page.rows):
        voice.talk(
            _("{shown} of {total}; --limit shows more.").format(
                shown=len(page.rows), total=page.total
            )
        )


def row_as_json(device: Device, row: ListRow, *, with_snippet: bool) -> dict[str, object]:
    """Return one record of `list --json` (a contract)."""
    record: dict[str, object] = {
        "id": row.document.hex(),
        "type": row.type,
        "title": row.title,
        "space": row.space.hex(),
        "when": row.when,
        "state": row.state,
        "terms": list(row.terms),
        "authors": [device.person_name_of(person) for person in row.authors],
        "readings": list(row.readings),
    }
    if with_snippet:
        record["snippet"] = row.snippet.replace("\x02", "").replace("\x03", "")
    return record


def title_words(title: str, at_most: int = TITLE_WIDTH) -> str:
    """Return a title on one line, or words that say there is none."""
    return first_words(title, at_most) or _("(no words yet)")


def sustained_words(device: Device, row: ListRow) -> str:
    """Say what sustained people beside an impact: harm is never shown alone."""
    titles = [
        title_words(link.title, 24)
        for link in device.links(row.document)
        if link.kind == "sustained" and not link.outgoing
    ]
    return f"{glyph('coping')} {listed(titles) if titles else _('not spoken yet')}"


def _line(device: Device, row: ListRow, voice: Voice, width: int) -> str:
    mark = "•" if row.unread else " "
    title = title_words(row.title)
    parts = [f"{mark} {glyph(row.type)} {voice.bold(title)}{' ' * (width - len(title))}"]
    parts.append(f"{coarse_date(row.when):<24}")
    parts.append(row.document.hex()[:SHORT_ID])
    if row.readings:
        parts.append(_("two readings"))
    if row.type == "impact":
        parts.append(sustained_words(device, row))
    return "  ".join(parts).rstrip()


def _prose(device: Device, row: ListRow) -> str:
    kind = device.space_kind(row.space)
    said = [
        f"{sentence(type_name(row.type))[:-1]}: {sentence(title_words(row.title, 200))}",
        sentence(coarse_date(row.when)),
        sentence(space_words(kind, device.space_name(row.space), device.space_size(row.space))),
    ]
    if row.readings:
        said.append(sentence(_("two readings")))
    if row.type == "impact":
        words = sustained_words(device, row)[2:]
        said.append(sentence(_("what sustained us: {words}").format(words=words)))
    if row.unread:
        said.append(sentence(_("not read yet")))
    said.append(_("Id {id}.").format(id=row.document.hex()[:SHORT_ID]))
    return " ".join(part for part in said if part)


def _shown_snippet(snippet: str, voice: Voice) -> str:
    pieces = snippet.replace("\n", " ").replace("\x03", "\x02").split("\x02")
    return "".join(voice.bold(piece) if at % 2 else piece for at, piece in enumerate(pieces))
