"""`show`: one record, whole, in plain lines that read well aloud."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from aluna_protocol.ids import DocumentId, PersonId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.display import safe_text
from aluna_sync.journal.types import Link, Record
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.reading import SHORT_ID, title_words
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.describing import Passage, links_by_name, passages, readings_label
from aluna_tui.labels import (
    PUT_AWAY,
    field_name,
    glyph,
    link_name,
    sentence,
    space_words,
    state_words,
    type_name,
)
from aluna_tui.taking_back_words import taken_back_by
from aluna_tui.texts import N_, _, listed, ngettext

if TYPE_CHECKING:
    from aluna_sync.device import Device
    from aluna_sync.journal.history import Sitting
    from aluna_sync.journal.rewritten import Rewriting, Way


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
    "--history", cls=Opt, is_flag=True,
    help=N_("Say also who wrote what in it, sitting by sitting, as “aluna history ID” does."),
)  # fmt: skip
@click.option(
    "--at", "place", cls=Opt, metavar=N_("NUMBER"),
    help=N_(
        "Read it whole as it was after this sitting, at “2.1”, within the second, or after the "
        "change whose id begins so."
    ),
)  # fmt: skip
@click.pass_obj
def show_verb(invocation: Invocation, prefix: str, history: bool, place: str | None) -> None:
    """Read one record, whole."""
    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        document = device.find(prefix)
        record = device.record(document)
        if record is None:
            raise WrongUseError("no-such-record", id=prefix)
        links = device.links(document)
        past = Past()
        if history or place is not None or record.hands > 1:
            past = run_in_loop(_past_of(device, document, history, place), device)
        record = past.then or record
        if voice.as_json:
            whole = record_as_json(device, record, links)
            whole["rewritten"] = [rewriting_as_json(device, one) for one in past.apart]
            if history:
                from aluna_tui.commands.past import sittings_as_json

                whole["sittings"] = sittings_as_json(device, past.sittings)
            voice.json(whole)
            return
        tell_record(device, record, links, voice)
        for rewriting in past.apart:
            _tell_rewriting(device, record, rewriting, voice)
        if history:
            from aluna_tui.commands.past import tell_sittings

            voice.data("")
            voice.data(voice.bold(_("How it came to read so")) + ":")
            tell_sittings(device, past.sittings, voice)
        if place is None:
            device.mark_read(document)


class Past(NamedTuple):
    """What the history of a record tells, as far as it was asked for."""

    apart: Sequence[Rewriting] = ()
    sittings: Sequence[Sitting] = ()
    then: Record | None = None
    """The record as it read at the place asked for."""


async def _past_of(device: Device, document: DocumentId, history: bool, place: str | None) -> Past:
    """Return what was rewritten in a record apart, and of its past what was asked for."""
    apart = () if place is not None else await device.rewritten(document)
    if not history and place is None:
        return Past(apart)
    from aluna_sync.sittings import read_at, sittings

    return Past(
        apart,
        await sittings(device, document) if history else (),
        None if place is None else await read_at(device, document, place),
    )


def tell_record(device: Device, record: Record, links: list[Link], voice: Voice) -> None:
    """Print a record whole, in plain lines."""
    kind = device.space_kind(record.space)
    whose = space_words(kind, device.space_name(record.space), device.space_size(record.space))
    title = record.texts.get("title", "").strip()
    if title:
        mark = "" if voice.plain else f"{glyph(record.type)} "
        voice.data(f"{mark}{voice.bold(title)}")
    voice.data(f"{type_name(record.type)} · {whose} · {record.id.hex()[:SHORT_ID]}")
    if record.put_away:
        voice.data(_(PUT_AWAY))
    _tell_life(device, record, voice)
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


def _tell_life(device: Device, record: Record, voice: Voice) -> None:
    """Say how it stands with a record, and what of it waits for this person's voice."""
    if not record.acts and not record.state and not record.own_readings and record.type != "round":
        return
    from aluna_sync.living import mine_in
    from aluna_tui.life_words import MINE, life_sentences

    absent = device.spaces.absent(record.space)
    said = life_sentences(record, device.person_name_of, dt.date.today(), absent)
    said += [_(MINE[one.what]) for one in mine_in(device, record)]
    if record.state:
        voice.data(f"{voice.bold(sentence(state_words(record.state)))} {' '.join(said)}".rstrip())
    elif said:
        voice.data(" ".join(said))


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
        return f"  {mark}{taken_back_by(link.taken_back_by)} · {short}"
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


def _tell_rewriting(device: Device, record: Record, rewriting: Rewriting, voice: Voice) -> None:
    """Say a paragraph as each side wrote it."""
    name = field_name(record.type, rewriting.field)
    voice.data("")
    heading = _("{field}, as each one wrote it apart").format(field=name)
    voice.data(f"{voice.bold(heading)} ({rewriting.id}):")
    for way in rewriting.ways:
        who = listed(_hands(device, way)) or "?"
        words = safe_text(way.words.strip(), newlines=True) or _("(taken out)")
        voice.data(f"  {who}: {words}")


def _hands(device: Device, way: Way) -> list[str]:
    return [device.person_name_of(person) for person in way.persons]


def rewriting_as_json(device: Device, rewriting: Rewriting) -> dict[str, object]:
    """Return one paragraph rewritten apart as `show --json` prints it."""
    return {
        "id": rewriting.id,
        "field": rewriting.field,
        "before": rewriting.before,
        "ways": [{"by": _hands(device, way), "words": way.words} for way in rewriting.ways],
    }


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
        "put_away": record.put_away,
        "links": [
            {
                "kind": link.kind,
                "target": link.target.hex(),
                "outgoing": link.outgoing,
                "title": link.title,
                "type": link.type,
                "taken_back": link.taken_back,
                "taken_back_by": link.taken_back_by,
            }
            for link in links
        ],
        "unknown": list(record.unknown),
    }
