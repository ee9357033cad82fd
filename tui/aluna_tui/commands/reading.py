"""`list` and `search`: one line a record; `views`: lists and searches with a name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from aluna_sync.journal.display import first_words
from aluna_sync.store.rows import ListRow, Page, Query
from aluna_tui.commands.filtering import (
    Asked,
    filter_of,
    filter_options,
    private_space,
    query_of,
    told,
)
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.twins import Twins
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.labels import glyph, sentence, space_words, state_words, type_name
from aluna_tui.moments import coarse_date
from aluna_tui.texts import N_, _, listed

if TYPE_CHECKING:
    from aluna_sync.device import Device

TITLE_WIDTH: Final = 48
"""Letters of a title in a list: leaves room for date, id and words within 80 columns."""
LISTED: Final = 200
FOUND: Final = 50
"""Records shown unless --limit says otherwise."""
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
@filter_options
@click.pass_obj
def list_verb(invocation: Invocation, type_words: str | None, asked: Asked) -> None:
    """List records, one line each."""
    types = (type_words,) if type_words else ()
    _find(invocation, asked, types=types, limit=LISTED)


@click.command(
    "search",
    cls=Verb,
    help=N_(
        "Search WORDS in every record this device can read. Accents and capital letters do not "
        "matter, and the beginning of a word is enough for the last one. What is named with a "
        "word of the vocabulary is found by its name in either language."
    ),
)
@click.argument("words", cls=Arg, nargs=-1, required=True, metavar=N_("WORDS…"))
@click.option(
    "--type", "types", cls=Opt, multiple=True, metavar=N_("TYPE"),
    help=N_("Only this kind of record. May be repeated; one of them is enough."),
)  # fmt: skip
@filter_options
@click.pass_obj
def search_verb(
    invocation: Invocation, words: tuple[str, ...], types: tuple[str, ...], asked: Asked
) -> None:
    """Search words in every record."""
    _find(invocation, asked, words=" ".join(words), types=types, limit=FOUND)


@click.group(
    "views",
    cls=Twins,
    twins={"list": "ver", "delete": "borrar"},
    invoke_without_command=True,
    help=N_(
        "Lists and searches you keep under a name; only your own devices have them. Keep one with "
        "“aluna list … --save NAME” or “aluna search … --save NAME”, and use it with --view NAME."
    ),
)
@click.pass_context
def views_verb(context: click.Context) -> None:
    """Hold the verbs about kept views; alone, list them."""
    if context.invoked_subcommand is None:
        context.invoke(list_views_verb)


@views_verb.command("list", cls=Verb, help=N_("List what you keep."))
@click.pass_obj
def list_views_verb(invocation: Invocation) -> None:
    """List the kept views."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        views = device.mine(private_space(device, invocation)).views
        if voice.as_json:
            rows = [{"name": one.name, "filter": json.loads(one.filter.kept())} for one in views]
            voice.json({"views": rows})
            return
        for view in views:
            voice.data(f"{voice.bold(view.name)}: {' · '.join(told(view.filter, device))}")
        if not views:
            voice.talk(_("You keep none yet. “aluna list … --save NAME” keeps one."))


@views_verb.command("delete", cls=Verb, help=N_("Forget the view called NAME."))
@click.argument("name", cls=Arg, metavar=N_("NAME"))
@click.pass_obj
def delete_view_verb(invocation: Invocation, name: str) -> None:
    """Forget a kept view."""
    from aluna_sync.wording import delete_view

    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        private = private_space(device, invocation)
        run_in_loop(delete_view(device, private, name), device)
    if voice.as_json:
        voice.json({"deleted": name})
    else:
        voice.talk(_("Forgotten: {name}").format(name=name))


def _find(
    invocation: Invocation,
    asked: Asked,
    *,
    words: str = "",
    types: tuple[str, ...] = (),
    limit: int,
) -> None:
    voice = Voice(invocation)
    with open_device(invocation, merges=asked.save is not None) as device:
        chosen = filter_of(device, invocation, asked, words=words, types=types)
        query = query_of(device, chosen, voice, asked.limit or limit)
        page = device.list(query)
        _tell(device, query, page, voice, save=asked.save)
        if asked.save is not None:
            from aluna_sync.wording import save_view

            private = private_space(device, invocation)
            run_in_loop(save_view(device, private, asked.save, chosen), device)
            voice.talk(
                _("Kept as “{name}”; only your own devices have it.").format(name=asked.save)
            )


def _tell(device: Device, query: Query, page: Page, voice: Voice, *, save: str | None) -> None:
    searched = bool(query.words)
    if voice.as_json:
        rows = [row_as_json(device, row, with_snippet=searched) for row in page.rows]
        found: dict[str, object] = {"records": rows, "total": page.total}
        found |= {"since": query.since} if query.since else {}
        found |= {"until": query.until} if query.until else {}
        voice.json(found | ({"view": save} if save else {}))
        return
    width = min(TITLE_WIDTH, max((len(row.title) for row in page.rows), default=0))
    for row in page.rows:
        voice.data(_prose(device, row) if voice.plain else _line(device, row, voice, width))
        if searched:
            _tell_found(row, query, voice)
    if not page.rows:
        voice.talk(_("Nothing like that here yet."))
    elif page.total > len(page.rows):
        voice.talk(
            _("{shown} of {total}; --limit shows more.").format(
                shown=len(page.rows), total=page.total
            )
        )


def _tell_found(row: ListRow, query: Query, voice: Voice) -> None:
    """Say where the words were found: in the text, or in the terms it is named with."""
    if "\x02" in row.snippet:
        voice.data(f"      {_shown_snippet(row.snippet, voice)}")
    from aluna_tui.describing import term_label  # a list needs none of it

    meant = {term for terms in query.named.values() for term in terms}
    named = [term_label(term) for term in row.terms if term in meant]
    if named:
        said = _("named with: {words}").format(words=listed(named))
        voice.data(f"      {said}")


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
        "put_away": row.put_away,
    }
    if with_snippet:
        record["snippet"] = row.snippet.replace("\x02", "").replace("\x03", "")
        record["marks"] = marks_of(row.snippet)
    return record


def marks_of(snippet: str) -> list[list[int]]:
    """Return where the found words stand in a snippet without its marks: [start, end) each."""
    pieces = snippet.replace("\x03", "\x02").split("\x02")
    starts = [sum(map(len, pieces[:at])) for at in range(len(pieces))]
    return [[starts[at], starts[at] + len(pieces[at])] for at in range(1, len(pieces), 2)]


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
    if row.state:
        parts.append(state_words(row.state))
    if row.readings:
        parts.append(_("two readings"))
    if row.put_away:
        parts.append(_("was put away"))
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
    if row.state:
        said.append(sentence(state_words(row.state)))
    if row.readings:
        said.append(sentence(_("two readings")))
    if row.put_away:
        said.append(sentence(_("was put away")))
    if row.type == "impact":
        words = sustained_words(device, row)[2:]
        said.append(sentence(_("what sustained us: {words}").format(words=words)))
    if row.unread:
        said.append(sentence(_("not read yet")))
    said.append(_("Id {id}.").format(id=row.document.hex()[:SHORT_ID]))
    return " ".join(part for part in said if part)


def _shown_snippet(snippet: str, voice: Voice) -> str:
    """Mark the found words: bold where the terminal has it, else between quotes."""
    pieces = snippet.replace("\n", " ").replace("\x03", "\x02").split("\x02")
    mark = voice.bold if voice.bold_allowed else "«{}»".format
    return "".join(mark(piece) if at % 2 else piece for at, piece in enumerate(pieces))
