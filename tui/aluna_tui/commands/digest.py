"""`digest`: what happened while we were apart, to read with calm, in parts, or not at all."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import click

from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.journal.digest import COPING, HARM, Item, Kind, Section
from aluna_sync.journal.display import first_words, safe_text
from aluna_sync.journal.filters import coarse_day
from aluna_tui.commands.grammar import Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.reading import SHORT_ID, title_words
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.digest_words import (
    HARM_WAITS,
    HIDDEN,
    HIDDEN_WAITS,
    NOTHING,
    after_title,
    heading,
    here_words,
    since_words,
    sustained_words,
    title_of,
)
from aluna_tui.labels import glyph, sentence, type_name
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.store.arrivals import Since

TITLE_LETTERS: Final = 60
Changed = dict[DocumentId, list[tuple[str, str]]]
"""Of each record who did what, a line each."""
LETTERS: Final = 200
SHOWN: Final = 12
"""Records of a section shown unless --limit says otherwise: one screen, then the next step."""


@click.command(
    "digest",
    cls=Verb,
    help=N_(
        "What happened while you were apart, by kind of thing: care first, and nothing of what "
        "was done to you unless you ask. It tells what came to this device since you last said "
        "--seen, or since a date. You may read it later, in parts, or not at all."
    ),
)
@click.option(
    "--since", "since_said", cls=Opt, metavar=N_("WHEN"),
    help=N_("What came since this date, in words; what --seen keeps does not change."),
)  # fmt: skip
@click.option(
    "--meeting", cls=Opt, metavar=N_("ID"),
    help=N_("What came since the day of this record: of a meeting, for instance."),
)  # fmt: skip
@click.option(
    "--harm", cls=Opt, is_flag=True,
    help=N_(
        "Also what was done to you, each beside what sustained you, and all titles but those "
        "with a word you keep hidden."
    ),
)  # fmt: skip
@click.option(
    "--changes", "with_changes", cls=Opt, is_flag=True,
    help=N_("Also who added and who took out what, in records that were here already."),
)  # fmt: skip
@click.option(
    "--seen", cls=Opt, is_flag=True,
    help=N_("Keep that you looked, so that next time begins here. Only this device knows."),
)  # fmt: skip
@click.option(
    "--only", "only", cls=Opt, type=click.Choice([one.value for one in Kind]), multiple=True,
    metavar=N_("KIND"), help=N_("Only this part of it, as --json calls it. May be repeated."),
)  # fmt: skip
@click.option(
    "--limit", cls=Opt, type=click.IntRange(min=1), default=SHOWN, metavar="N",
    help=N_("How many records of each kind to show."),
)  # fmt: skip
@click.pass_obj
def digest_verb(
    invocation: Invocation,
    since_said: str | None,
    meeting: str | None,
    harm: bool,
    with_changes: bool,
    seen: bool,
    only: tuple[str, ...],
    limit: int,
) -> None:
    """Tell what happened while this person was apart."""
    from aluna_sync.recounting import digest_since, look

    if since_said and meeting:
        raise click.UsageError(_("Either --since or --meeting, not both."))
    voice = Voice(invocation)
    today = dt.date.today()
    with open_device(invocation, merges=with_changes) as device:
        collective = device.collective(invocation.collective)
        at = device.store.arrivals.now()
        since = _since(device, collective, since_said, meeting, today)
        whole = digest_since(device, collective, since, today)
        sections = tuple(one for one in whole if not only or one.kind in only)
        changed: Changed = {}
        if with_changes:
            shown = _shown(device, sections, limit, with_harm=harm)
            changed = run_in_loop(_changed(device, shown, since), device)
        if voice.as_json:
            told = [_as_json(device, section, with_harm=harm) for section in sections]
            answer = {"since": since.day or None, "sections": told, "seen": seen}
            voice.json(answer | (_changed_as_json(changed) if with_changes else {}))
        else:
            voice.data(since_words(since.day, since_said or _title_of(device, meeting)))
            _Teller(device, voice, collective, limit, changed, with_harm=harm).tell(sections)
        if seen:
            look(device, collective, at)
            voice.talk(_("Kept: next time it begins here. Only this device knows."))


def _since(
    device: Device, collective: SpaceId, said: str | None, meeting: str | None, today: dt.date
) -> Since:
    from aluna_sync.recounting import last_looked, since_day, since_record

    if meeting:
        return since_record(device, meeting)
    if said and (day := coarse_day(said, today)):
        return since_day(device, day)
    return last_looked(device, collective)


def _title_of(device: Device, meeting: str | None) -> str:
    if not meeting:
        return ""
    row = device.store.index.row(device.find(meeting))
    return meeting if row is None else title_words(row.title, TITLE_LETTERS)


def _shown(
    device: Device, sections: tuple[Section, ...], limit: int, *, with_harm: bool
) -> list[Item]:
    """Return the records that were here already and whose words are shown."""
    found = {
        item.document: item
        for section in sections
        for item in section.items[:limit]
        if not item.new and item.by
    }
    return [
        one
        for one in found.values()
        if not one.hidden_word and (with_harm or not (one.kept_back or _care_note(device, one)))
    ]


def _care_note(device: Device, item: Item) -> str:
    record = None if item.type == COPING else device.record(item.document)
    return "" if record is None else safe_text(record.texts.get("care_note", "").strip())


async def _changed(device: Device, items: list[Item], since: Since) -> Changed:
    """Return who did what to each of *items* since, a line each."""
    from aluna_sync.sittings import sittings
    from aluna_tui.history_words import lines_of, told

    names = device.person_name_of
    found: Changed = {}
    for item in items:
        found[item.document] = [
            (names(one.by) if one.by is not None else "", line)
            for one in await sittings(device, item.document, since)
            if one.new and one.by != device.person
            for change in told(one, names)
            for line in lines_of(change)
        ]
    return found


def _changed_as_json(changed: Changed) -> dict[str, object]:
    told = [
        {"record": document.hex(), "by": name, "what": line}
        for document, lines in changed.items()
        for name, line in lines
    ]
    return {"changes": told}


def _as_json(device: Device, section: Section, *, with_harm: bool) -> dict[str, object]:
    items = [one for one in section.items if with_harm or one.type != HARM]
    told: dict[str, object] = {
        "kind": section.kind.value,
        "records": list(dict.fromkeys(one.document.hex() for one in items)),
    }
    if len(items) < len(section.items):
        told["kept_back"] = True
    if hidden := [one.document.hex() for one in items if one.hidden_word]:
        told["with_hidden_word"] = list(dict.fromkeys(hidden))
    if section.people:
        told["people"] = [
            {
                "person": device.person_name_of(one.person),
                "what": one.turn.value,
                "space": one.space.hex(),
            }
            for one in section.people
        ]
    return told


class _Teller:
    """Tells the sections of one digest."""

    def __init__(
        self,
        device: Device,
        voice: Voice,
        collective: SpaceId,
        limit: int,
        changed: Changed,
        *,
        with_harm: bool,
    ) -> None:
        self._device = device
        self._voice = voice
        self._collective = collective
        self._limit = limit
        self._changed = dict(changed)
        self._with_harm = with_harm

    def tell(self, sections: tuple[Section, ...]) -> None:
        """Print them, each under its heading."""
        for section in sections:
            items = [one for one in section.items if self._with_harm or one.type != HARM]
            if items or section.people:
                self._voice.data("")
                title = heading(section, with_harm=self._with_harm)
                self._voice.data(self._voice.bold(title) + ":")
            for one in section.people:
                circle = "" if one.space == self._collective else self._device.space_name(one.space)
                self._voice.data(f"  {here_words(one, self._device.person_name_of, circle)}")
            for item in items[: self._limit]:
                self._item(section.kind, item)
            if len(items) > self._limit:
                self._voice.data("  " + _("There is more; --limit shows it."))
        if not self._with_harm and any(i.type == HARM for one in sections for i in one.items):
            self._voice.data("")
            self._voice.data(_(HARM_WAITS))
        if any(item.hidden_word for one in sections for item in one.items):
            self._voice.data("")
            self._voice.data(_(HIDDEN_WAITS))
        if not sections:
            self._voice.talk(_(NOTHING))

    def _item(self, kind: Kind, item: Item) -> None:
        names = self._device.person_name_of
        said = after_title(kind, item, names, taken_by=self._taker(kind, item))
        name = type_name(item.type) or _("a record")
        title = title_words(self._title(kind, item), TITLE_LETTERS)
        short = item.document.hex()[:SHORT_ID]
        if self._voice.plain:
            called = title if title.startswith(name) else f"{name}: {title}"
            after = " ".join(sentence(one) for one in said)
            self._voice.data(f"  {sentence(called)} {short}. {after}".rstrip())
        else:
            mark = f"{glyph(item.type)} " if item.type else ""
            self._voice.data("  " + " · ".join((mark + title, short, *said)))
        somebody = _("Somebody")
        for name, change in self._changed.pop(item.document, ()):
            self._voice.data(f"      {name or somebody}: {first_words(change, LETTERS)}")
        if item.type == HARM:
            self._voice.data(f"      {sustained_words(self._sustaining(item))}")

    def _sustaining(self, harm: Item) -> list[str]:
        """Return the titles of what sustained us in *harm*."""
        from aluna_sync.recounting import with_hidden_word

        hidden = with_hidden_word(self._device, harm.sustained_by)
        titles = self._device.store.index.titles(harm.sustained_by)
        return sorted(
            f"{type_name(type_)} ({_(HIDDEN)})"
            if document in hidden
            else title_words(name, TITLE_LETTERS)
            for document, (name, type_) in titles.items()
        )

    def _taker(self, kind: Kind, item: Item) -> str:
        if kind is not Kind.TAKEN_BACK:
            return ""
        for space in self._device.spaces.rows:
            person = self._device.spaces.author_of(space, item.document)
            if person is not None:
                return self._device.person_name_of(person)
        return ""

    def _title(self, kind: Kind, item: Item) -> str:
        if kind is Kind.TAKEN_BACK:
            return type_name(item.type) or _("a record")
        if self._with_harm or kind is Kind.TOO_LATE:
            return title_of(item, kept_back=False, care_note="")
        note = _care_note(self._device, item)
        return title_of(item, kept_back=item.kept_back or bool(note), care_note=note)
