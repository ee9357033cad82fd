"""What can be done with a record: edit, act, link, share, its history, a taking back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aluna_protocol.ids import DocumentId
from aluna_sync.errors import AlunaError
from aluna_sync.journal.schema import ActKind, Part, Shape, record_type
from aluna_sync.journal.types import Record
from aluna_sync.store.rows import Query
from aluna_tui.labels import ACT_CHOICES, ACTS, LINKS, STANCES, part_name, type_name
from aluna_tui.plain.errors import BackError
from aluna_tui.plain.offering import Offer, pick, pick_if_any
from aluna_tui.plain.session import Session
from aluna_tui.plain.talk import ENTER_OUT, Talk
from aluna_tui.texts import N_, _, language
from aluna_tui.view_models.drafts import UNSAID
from aluna_tui.view_models.form import FormLine, Kind, form_lines, record_words
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.words import space_of

if TYPE_CHECKING:
    from aluna_sync.device import Device

THINGS: Final = (
    ("edit", N_("change it"), ("edit", "editar", "cambiar")),
    ("act", N_("do something with it"), ("act", "hacer")),
    ("link", N_("link it to another"), ("link", "enlazar")),
    ("share", N_("give a version to another space"), ("share", "compartir")),
    ("history", N_("how it came to read so"), ("history", "historia")),
    ("take-back", N_("take it back"), ("take-back", "take back", "retirar")),
    ("take-out", N_("take out only what you wrote in it"), ("take-out", "take out", "sacar")),
    ("again", N_("read it again"), ("again", "otra vez")),
)
_FEW: Final = 12
"""Choices said without being asked for."""


def offers(record: Record) -> list[Offer]:
    """Return what can be done with *record*."""
    acts = record_type(record.type).acts
    return [Offer(id_, _(words), also) for id_, words, also in THINGS if id_ != "act" or acts]


def do(session: Session, document: DocumentId, what: str) -> None:
    """Do one of `THINGS` with a record; raises `BackError`."""
    match what:
        case "edit":
            edit(session, document)
        case "act":
            act(session, document)
        case "link":
            link(session, document)
        case "share":
            share(session, document)
        case "history":
            session.run("history", document.hex())
        case "take-back":
            session.run("take-back", "--", document.hex())
        case _:
            session.run("take-back", "--mine", "--", document.hex())


def _record(device: Device, document: DocumentId) -> Record:
    record = device.record(document)
    if record is None:
        raise BackError
    return record


# -- editing -------------------------------------------------------------------------------------


def edit(session: Session, document: DocumentId) -> None:
    """Change one field after the other, each at once; raises `BackError`."""
    talk = session.talk
    with talk.place(_("You are changing a record. What others wrote meanwhile stays.")):
        while True:
            with session.device() as device:
                record = _record(device, document)
                me = device.person
            lines = form_lines(record.type)
            fields = [Offer(one.field.name, one.name) for one in lines]
            chosen = pick(talk, _("What do you want to change"), fields).id
            line = next(one for one in lines if one.field.name == chosen)
            try:
                if line.kind is Kind.TEXT:
                    now = record.texts.get(chosen, "").strip()
                else:
                    now = record_words(line, record, me)
                talk.say(_("It says now: {words}").format(words=now or _("without words yet")))
                said = _new_words(talk, line, now)
            except BackError:
                continue
            session.run("edit", f"--set={chosen}{said}", "--", document.hex())


def _new_words(talk: Talk, line: FormLine, now: str) -> str:
    """Return the sign and the words with which a field changes."""
    if line.kind is Kind.SEVERAL:
        talk.say(_("What you say is added; with “-” before it, it is taken out."))
        said = talk.ask(line.name)
        return f"-={said[1:].strip()}" if said.startswith("-") else f"={said}"
    if line.kind is not Kind.TEXT or not line.field.long:
        return f"={talk.ask(line.name)}"
    ways = [Offer("more", _("add at the end")), Offer("anew", _("write it anew"))]
    anew = not now or pick(talk, _("How"), ways).id == "anew"
    talk.say(_("Write line after line; an empty line ends it."))
    lines = [talk.ask(line.name)]
    while words := talk.answer(_("And")).rstrip():
        lines.append(words)
    return "=" + "\n".join(lines if anew else [now, *lines])


# -- acting --------------------------------------------------------------------------------------


def act(session: Session, document: DocumentId) -> None:
    """Ask which act and what it says, and do it; raises `BackError`."""
    talk = session.talk
    with talk.place(_("You are doing something with a record. What is done is only answered.")):
        with session.device() as device:
            record = _record(device, document)
            mine = record.authors[:1] == (device.person,)
        acts = record_type(record.type).acts
        kind = _pick_act(talk, [kind for _field, kind in acts if mine or not kind.own])
        said = _parts(session, kind)
        if not talk.yes(_("Do it?")):
            raise BackError
    sets = [f"--set={name}={value}" for name, value in said]
    session.run("act", *sets, "--", document.hex(), kind.name)


def _pick_act(talk: Talk, kinds: list[ActKind]) -> ActKind:
    names = [
        Offer(kind.name, _(ACTS[kind.name][1]) if kind.name in ACTS else kind.name)
        for kind in kinds
    ]
    chosen = pick(talk, _("What do you want to do"), names).id
    return next(kind for kind in kinds if kind.name == chosen)


def _parts(session: Session, kind: ActKind) -> list[tuple[str, str]]:
    """Ask for each part of an act that nothing else fills."""
    said: list[tuple[str, str]] = []
    # What it cannot do without comes first: which position, before its reasons.
    for part in sorted(kind.parts, key=lambda one: not one.needed):
        if part.shape is Shape.ENTRY or part.takes:
            continue
        words = _part(session, part)
        if words:
            said.append((part.name, words))
    return said


def _part(session: Session, part: Part) -> str:
    talk, name = session.talk, part_name(part.name)
    choices = _part_choices(session, part)
    if choices and len(choices) <= _FEW:
        if part.needed:
            return pick(talk, name, choices).id
        chosen = pick_if_any(talk, name, choices)
        return "" if chosen is None else chosen.id
    if part.several:
        talk.say(_("Several may be said, with commas between them."))
    while True:
        said = talk.answer(name, "" if part.needed else _(ENTER_OUT)).strip()
        if said or not part.needed:
            return said
        talk.say(_("Without this it would say nothing; “<” goes back."))


def _part_choices(session: Session, part: Part) -> list[Offer]:
    if part.several:
        return []
    if part.shape is Shape.CHOICE:
        words = ACT_CHOICES.get(part.name, {})
        return [Offer(one, _(words[one]) if one in words else one) for one in part.choices]
    if part.shape is not Shape.TERM:
        return []
    from aluna_sync.journal.vocabulary import vocabulary

    with session.device():
        known = vocabulary()
        return [
            Offer(term.id, term.label(language()), tuple(map(_, STANCES.get(term.id, ()))))
            for group in part.groups
            for term in known.terms(group)
            if not term.deprecated
        ]


# -- linking and sharing -------------------------------------------------------------------------


def link(session: Session, document: DocumentId) -> None:
    """Ask how and to what, and link; raises `BackError`."""
    talk = session.talk
    with talk.place(_("You are linking a record to another.")):
        names = dict.fromkeys(_(name) for both in LINKS.values() for name in both)
        kind = pick(talk, _("How do they belong together"), [Offer(n, n) for n in names]).id
        while True:
            words = talk.ask(_("Words of the other record, or how its id begins"))
            near = [one for one in _found(session, words) if one.id != document.hex()]
            if not near:
                talk.say(_("Nothing here says that."))
                continue
            try:
                other = pick(talk, _("Which one"), near).id
            except BackError:
                continue
            break
    session.run("link", "--", document.hex(), kind, other)


def _found(session: Session, words: str) -> list[Offer]:
    """Return the records that hold *words*, or whose id begins so."""
    with session.device() as device:
        rows = device.list(Query(words=words, order="recent", limit=9)).rows
        near = [(row.document, row.type, row.title) for row in rows]
        if not near:
            try:
                document = device.find(words)
            except AlunaError:
                return []
            title, type_ = device.store.index.titles([document]).get(document, ("", ""))
            near = [(document, type_, title)]
    return [Offer(one.hex(), _titled(type_, title)) for one, type_, title in near]


def _titled(type_: str, title: str) -> str:
    words = "" if type_ in UNSAID else one_line(title, 80)
    return f"{words} ({type_name(type_)})" if words else type_name(type_)


def share(session: Session, document: DocumentId) -> None:
    """Ask for whom, and share a version; raises `BackError`."""
    talk = session.talk
    talk.say(_("What it says now becomes a new record there; this one stays where it is."))
    with session.device() as device:
        here = _record(device, document).space
        spaces = [
            Offer(
                f"circle:{device.space_name(one)}" if kind == "circle" else kind,
                space_of(device, one),
            )
            for one in device.spaces.rows
            if one != here and (kind := device.space_kind(one)) != "private"
        ]
    if not spaces:
        talk.say(_("There is no other space to give it to."))
        raise BackError
    to = pick(talk, _("To whom"), spaces).id
    if talk.yes(_("Share it?")):
        session.run("share", f"--to={to}", "--", document.hex())
