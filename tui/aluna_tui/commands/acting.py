"""`act`: what people do with a record besides writing in it; the kinds come from the schema."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import click

from aluna_protocol.ids import OWN_ID_ACTOR_BYTES
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.folding import fold
from aluna_sync.journal.schema import (
    ActKind,
    Field,
    Part,
    RecordType,
    Shape,
    record_type,
)
from aluna_sync.journal.types import Json, Record
from aluna_tui.act_making import answerable, do_act, filled
from aluna_tui.act_words import act_words
from aluna_tui.commands.choosing import chosen_term, text_of
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.reading import title_words
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.labels import ACT_CHOICES, ACTS, PARTS, STANCES, part_name
from aluna_tui.texts import N_, _, listed

if TYPE_CHECKING:
    from aluna_sync.device import Device

_ONESELF: Final = ("me", "yo")


@click.command(
    "act",
    cls=Verb,
    help=N_(
        "Do something with a record: propose, consent, object, pause, honour and so on. Nothing "
        "that was done is ever changed, only answered. “aluna act ID” alone lists what can be "
        "done with it; WORDS “-” reads them from stdin."
    ),
)
@click.argument("prefix", cls=Arg, metavar=N_("ID"))
@click.argument("act_said", cls=Arg, required=False, metavar=N_("[ACT]"))
@click.argument("words", cls=Arg, required=False, metavar=N_("[WORDS|-]"))
@click.option(
    "--set", "assignments", cls=Opt, multiple=True, metavar=N_("FIELD=VALUE"),
    help=N_("Say a further part of it. May be repeated."),
)  # fmt: skip
@click.pass_obj
def act_verb(
    invocation: Invocation,
    prefix: str,
    act_said: str | None,
    words: str | None,
    assignments: tuple[str, ...],
) -> None:
    """Do something with a record."""
    voice = Voice(invocation)
    said = None if words is None else text_of(words)
    with open_device(invocation, merges=act_said is not None) as device:
        document = device.find(prefix)
        record = device.record(document)
        if record is None:
            raise WrongUseError("no-such-record", id=prefix)
        device.speak_in(record.space)
        known = record_type(record.type)
        if act_said is None:
            _tell_acts(known, voice)
            return
        field, kind, stance = chosen_act(known, act_said)
        if kind.own and record.authors[:1] != (device.person,):
            raise WrongUseError("only-oneself", field=kind.name)
        value = _value(device, record, kind, said, assignments)
        if stance:
            value[kind.named_by] = stance
        before = {act.id for act in record.acts.get(field.name, ())}
        changed = run_in_loop(do_act(device, record, field, value), device)
    if voice.as_json:
        new = [act.id for act in changed.acts.get(field.name, ()) if act.id not in before]
        voice.json({"id": document.hex(), "act": kind.name, "entry": new[0] if new else None})
    else:
        voice.talk(f"{title_words(changed.title)} · {act_words(field, value)}")


def chosen_act(known: RecordType, said: str) -> tuple[Field, ActKind, str]:
    """Return the field and kind *said* names in either language, and the term it names if any.

    Raises WrongUseError unknown-act.
    """
    wanted = fold(said).replace("-", " ").replace("_", " ")
    for field, kind in known.acts:
        labels = ACTS.get(kind.name, ())
        names = [kind.name.replace("_", " "), *labels, *(_(label) for label in labels)]
        if wanted in map(fold, names):
            return field, kind, ""
    for field, kind in known.acts:
        part = kind.part(kind.named_by) if kind.named_by else None
        term = _term_named(part, wanted) if part else None
        if term is not None:
            return field, kind, term
    names = [_(ACTS[kind.name][1]) for _field, kind in known.acts if kind.name in ACTS]
    raise WrongUseError("unknown-act", act=said, acts=names)


def _term_named(part: Part, wanted: str) -> str | None:
    from aluna_sync.journal.vocabulary import vocabulary

    for term, labels in STANCES.items():
        if wanted in map(fold, (*labels, *(_(label) for label in labels))):
            return term
    found = vocabulary().exactly(wanted, part.groups)
    return found[0].id if len(found) == 1 else None


def _value(
    device: Device, record: Record, kind: ActKind, words: str | None, assignments: tuple[str, ...]
) -> dict[str, Json]:
    """Return the act with its parts: those said, those copied, and which act it answers."""
    value: dict[str, Json] = {"act": kind.name}
    main = next((one for one in kind.parts if one.shape is Shape.WORDS), None)
    if words is not None and words.strip():
        if main is None:
            raise WrongUseError("unknown-part", act=kind.name, part="words")
        value[main.name] = words
    for assignment in assignments:
        name, equals, said = assignment.partition("=")
        part = _part_called(kind, name)
        if not equals or part is None:
            raise WrongUseError("unknown-part", act=kind.name, part=name.strip())
        value[part.name] = _part_value(device, record, part, said)
    return filled(device, record, kind, value)


def _part_called(kind: ActKind, name: str) -> Part | None:
    wanted = fold(name)
    for part in kind.parts:
        label = PARTS.get(part.name, "")
        if wanted in (part.name, part.name.replace("_", " "), fold(label), fold(_(label))):
            return part
    return None


def _part_value(device: Device, record: Record, part: Part, said: str) -> Json:
    if part.several:
        return [_one(device, record, part, one.strip()) for one in said.split(",") if one.strip()]
    return _one(device, record, part, said.strip())


def _one(device: Device, record: Record, part: Part, said: str) -> Json:
    match part.shape:
        case Shape.TERM:
            return chosen_term(said, part.groups)
        case Shape.CHOICE:
            return _choice(part, said)
        case Shape.WHEN:
            from aluna_sync.journal.dates import parse_when

            return parse_when(said, dt.date.today()).as_json()
        case Shape.PERSON:
            return _person(device, record, said)
        case Shape.LINK:
            return device.find(said).hex()
        case Shape.ENTRY:
            return _entry(record, part, said)
        case _:
            return said


def _choice(part: Part, said: str) -> str:
    wanted = fold(said)
    for choice in part.choices:
        label = ACT_CHOICES.get(part.name, {}).get(choice, "")
        if wanted in (choice, choice.replace("_", " "), fold(label), fold(_(label))):
            return choice
    return said


def _person(device: Device, record: Record, said: str) -> str:
    wanted = fold(said)
    if wanted in _ONESELF:
        return device.person.hex()
    people = device.people(record.space)
    found = [one for one in people if fold(one.name) == wanted]
    if len(found) != 1:
        raise WrongUseError("no-such-person", name=said, names=[one.name for one in people])
    return found[0].id.hex()


def _entry(record: Record, part: Part, said: str) -> str:
    wanted = said.lower()
    # All ids of one writer begin alike: what tells them apart is enough as well.
    own = 2 * OWN_ID_ACTOR_BYTES
    ids = answerable(record, part)
    found = [one for one in ids if one.startswith(wanted) or one[own:].startswith(wanted)]
    if len(found) != 1:
        raise WrongUseError("no-such-act", part=part.name, acts=list(part.of))
    return found[0]


def _tell_acts(known: RecordType, voice: Voice) -> None:
    if voice.as_json:
        voice.json({
            "acts": [
                {"act": kind.name, "parts": [part.name for part in kind.parts]}
                for _field, kind in known.acts
            ]
        })  # fmt: skip
        return
    for _field, kind in known.acts:
        names = ACTS.get(kind.name, (kind.name, kind.name))
        parts = [part_name(part.name) for part in kind.parts if part.shape is not Shape.ENTRY]
        line = f"{voice.bold(kind.name.replace('_', '-'))}: {_(names[1])}"
        voice.data(f"{line} · {listed(parts)}" if parts else line)
