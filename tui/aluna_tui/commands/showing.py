"""`show`: one record, whole, in plain lines that read well aloud."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from aluna_protocol.ids import PersonId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.types import Link, Record
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.reading import SHORT_ID, title_words
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.describing import Passage, links_by_name, passages, readings_label
from aluna_tui.labels import field_name, glyph, link_name, sentence, space_words, type_name
from aluna_tui.texts import N_, _, listed, ngettext

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.engine.types import HistoryStep


@click.command(
    "show",
    cls=Verb,
    help=N_(
        "Read one record, whole: what it says, every reading where there are several, and its "
        "links both ways. ID is its id, or enough of its beginning."
    ),
)
@click.argument("prefix", cls=Arg, metavar=N_("ID"))
@click.option(
    "--history", cls=Opt, is_flag=True, help=N_("Say who changed it, in the order of causes.")
)
@click.pass_obj
def show_verb(invocation: Invocation, prefix: str, history: bool) -> None:
    """Read one record, whole."""
    voice = Voice(invocation)
    with open_device(invocation, merges=history) as device:
        document = device.find(prefix)
        record = device.record(document)
        if record is None:
            raise WrongUseError("no-such-record", id=prefix)
        links = device.links(document)
        steps = run_in_loop(device.history(document), device) if history else []
        if voice.as_json:
            whole = record_as_json(device, record, links)
            if history:
                whole["history"] = [
                    {"change": step.hash.hex(), "by": name}
                    for step, name in zip(steps, _changers(device, record, steps), strict=True)
                ]
            voice.json(whole)
            return
        tell_record(device, record, links, voice)
        if history:
            _tell_history(device, record, steps, voice)
        device.mark_read(document)


def tell_record(device: Device, record: Record, links: list[Link], voice: Voice) -> None:
    """Print a record whole, in plain lines."""
    kind = device.space_kind(record.space)
    whose = space_words(kind, device.space_name(record.space), device.space_size(record.space))
    title = record.texts.get("title", "").strip()
    if title:
        mark = "" if voice.plain else f"{glyph(record.type)} "
        voice.data(f"{mark}{voice.bold(title)}")
    voice.data(f"{type_name(record.type)} · {whose} · {record.id.hex()[:SHORT_ID]}")
    if care_note := record.texts.get("care_note", "").strip():
        voice.data("")
        voice.data(f"{voice.bold(field_name(record.type, 'care_note'))}: {care_note}")
    spoken = passages(record, device.person_name_of)
    linked = links_by_name(links)
    _tell_passages(record, spoken, linked, voice)
    for name, group in linked.items():
        voice.data("")
        voice.data(f"{voice.bold(name)}:")
        for link in group:
            voice.data(_link_line(link, voice))
    _tell_ending(device, record, voice)


def _tell_passages(
    record: Record, spoken: list[Passage], linked: dict[str, list[Link]], voice: Voice
) -> None:
    sustained = link_name("sustained", outgoing=False)
    for passage in spoken:
        label = voice.bold(readings_label(passage))
        if passage.long:
            voice.data("")
            voice.data(f"{label}:")
            voice.data(passage.lines[0])
        elif len(passage.lines) == 1:
            voice.data(f"{label}: {passage.lines[0]}")
        else:
            voice.data(f"{label}:")
            for line in passage.lines:
                voice.data(f"  {line}")
    said = any(passage.name == sustained for passage in spoken)
    if record.type == "impact" and not said and sustained not in linked:
        voice.data("")
        voice.data(f"{voice.bold(sustained)}: {_('not spoken yet')}")


def _link_line(link: Link, voice: Voice) -> str:
    mark = "" if voice.plain else f"{glyph(link.type) if link.type else '?'} "
    short = link.target.hex()[:SHORT_ID]
    if link.taken_back:
        return f"  {mark}{_('taken back')} · {short}"
    if not link.type:
        return f"  {mark}{_('something kept elsewhere')} · {short}"
    return f"  {mark}{title_words(link.title, 60)} · {short}"


def _tell_ending(device: Device, record: Record, voice: Voice) -> None:
    voice.data("")
    authors = [device.person_name_of(person) for person in record.authors]
    if authors:
        voice.data(sentence(_("written by {people}").format(people=listed(authors))))
    if record.unknown:
        count = len(record.unknown)
        voice.data(
            ngettext(
                "{count} thing here was written by a newer program; it is kept as it is.",
                "{count} things here were written by a newer program; they are kept as they are.",
                count,
            ).format(count=count)
        )


def _name(device: Device, person: PersonId | None) -> str | None:
    return None if person is None else device.person_name_of(person)


def record_as_json(device: Device, record: Record, links: list[Link]) -> dict[str, object]:
    """Return the object that `show --json` prints: the whole view."""
    return {
        "id": record.id.hex(),
        "type": record.type,
        "schema": record.schema,
        "space": record.space.hex(),
        "title": record.title,
        "when": record.when,
        "state": record.state,
        "authors": [device.person_name_of(person) for person in record.authors],
        "texts": record.texts,
        "sets": {
            field: [
                {"item": one.item, "note": one.note, "by": _name(device, one.by)} for one in members
            ]
            for field, members in record.sets.items()
        },
        "readings": {
            field: [
                {"id": one.id, "value": one.value, "by": _name(device, one.by)} for one in several
            ]
            for field, several in record.readings.items()
        },
        "maps": {
            field: [
                {"person": device.person_name_of(person), "value": value}
                for person, value in owned.items()
            ]
            for field, owned in record.maps.items()
        },
        "acts": {
            field: [{"id": one.id, "value": one.value, "by": _name(device, one.by)} for one in acts]
            for field, acts in record.acts.items()
        },
        "values": record.values,
        "links": [
            {
                "kind": link.kind,
                "target": link.target.hex(),
                "outgoing": link.outgoing,
                "title": link.title,
                "type": link.type,
                "taken_back": link.taken_back,
            }
            for link in links
        ],
        "unknown": list(record.unknown),
    }


def _changers(device: Device, record: Record, steps: Sequence[HistoryStep]) -> list[str]:
    person_of = device.spaces.person_of(record.space, record.id)
    return [_name(device, person_of(step.actor)) or "?" for step in steps]


def _tell_history(
    device: Device, record: Record, steps: Sequence[HistoryStep], voice: Voice
) -> None:
    """Say who changed the record, joining changes one person made in a row."""
    voice.data("")
    voice.data(voice.bold(_("Who changed it, in the order of causes")) + ":")
    for name, several in groupby(_changers(device, record, steps)):
        count = len(list(several))
        changes = ngettext("{count} change", "{count} changes", count).format(count=count)
        voice.data(f"  {name}: {changes}")
