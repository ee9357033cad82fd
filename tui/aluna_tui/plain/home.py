"""Home in sentences, and the question of what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from aluna_sync.errors import AlunaError
from aluna_sync.journal.folding import fold
from aluna_tui.commands.opening import hear_of_node
from aluna_tui.commands.table import Entry, find_entry
from aluna_tui.labels import type_from_words
from aluna_tui.plain import flows, reading, writing
from aluna_tui.plain.asking_verbs import ask_verb, every_verb, explain, takes_anything
from aluna_tui.plain.errors import BackError, LeaveError, LockedNowError
from aluna_tui.plain.offering import Offer, doubt, exactly, matching, tell
from aluna_tui.plain.session import Session, split
from aluna_tui.plain.speech import without_sign
from aluna_tui.plain.streams import said_text
from aluna_tui.sentences import what_happened
from aluna_tui.texts import N_, _
from aluna_tui.view_models.drafts import open_drafts
from aluna_tui.view_models.home import home_page
from aluna_tui.view_models.home_lines import HomePage
from aluna_tui.view_models.today import today_sections

Flow = Callable[[Session], object]
MENU: Final[tuple[tuple[str, str, tuple[str, ...], Flow | None], ...]] = (
    ("write", N_("write"), ("write", "escribir", "n"), writing.write),
    ("read", N_("read"), ("read", "leer"), reading.read),
    ("search", N_("search"), ("search", "buscar"), reading.search),
    ("digest", N_("while we were apart"), ("digest", "resumen", "apart"), flows.digest),
    ("voices", N_("my voice"), ("voices", "voces", "voice", "voz"), flows.voices),
    ("agreements", N_("agreements"), ("agreements", "acuerdos"), reading.read_agreements),
    ("care", N_("care"), ("care", "cuidado"), flows.care),
    ("pictures", N_("pictures, in words"), ("pictures", "imagenes"), flows.pictures),
    ("people", N_("people, and what each one lacks"), ("people", "gente"), flows.people),
    ("meet", N_("meet now"), ("meet", "encontrarnos"), flows.meet),
    ("door", N_("open the door to somebody"), ("door", "puerta"), flows.door),
    ("circles", N_("circles"), ("circles", "circulos"), flows.circles),
    ("carrying", N_("sticks and folders"), ("sticks", "memorias"), flows.carrying),
    ("safety", N_("safety of this device"), ("safety", "seguridad"), flows.safety),
    ("everything", N_("everything else"), ("everything", "todo", "otras"), every_verb),
    ("language", N_("another language"), ("language", "idioma", "lang"), flows.other_language),
    ("home", N_("say again where things stand"), ("home", "inicio"), None),
    ("enough", N_("enough for today; it locks"), ("enough", "basta"), None),
    ("end", N_("end the conversation"), ("end", "terminar"), None),
)
_LEADING: Final = ("To begin", "Go to")
"""Sections of the home page that say keys."""
HELP_WORDS: Final = ("help", "ayuda")


def home(session: Session) -> None:
    """Say how things stand, and ask what to do, until it locks or ends."""
    talk = session.talk
    tell_home(session)
    tell(talk, menu())
    while True:
        with talk.place(_("You are at home: from here everything can be reached.")):
            try:
                said = talk.answer(
                    _("What do you want to do"),
                    _(
                        "Say a number, a word, its first letters, or a whole command as after "
                        "“aluna”. An empty line says the list again."
                    ),
                ).strip()
                if not said:
                    tell(talk, menu())
                else:
                    obey(session, said)
            except BackError:
                talk.say(_("You are at home."))
            except AlunaError as error:
                talk.trouble(error)


def menu() -> list[Offer]:
    """Return what can be done from home."""
    return [Offer(id_, _(words), also) for id_, words, also, _flow in MENU]


def obey(session: Session, said: str) -> None:
    """Do what was *said* at home; raises `BackError`, `AlunaError`, and what ends or locks."""
    words = split(said) or [said]
    entry = find_entry(words[0])
    offers = menu()
    type_ = type_from_words(" ".join(words[1:])) if fold(words[0]) in _write_words() else None
    if meant := exactly(said, offers):
        _go(session, meant[0].id)
    elif type_ is not None:
        writing.write(session, type_)
    elif entry is not None:
        command_line(session, entry, words)
    elif fold(words[0]) in HELP_WORDS:
        session.talk.where()
    elif len(meant := matching(said, offers)) == 1:
        _go(session, meant[0].id)
    else:
        doubt(session.talk, said, meant)


def _write_words() -> tuple[str, ...]:
    return (*menu()[0].also, fold(menu()[0].words))


def command_line(session: Session, entry: Entry, words: list[str]) -> None:
    """Run a whole command, or ask for what it needs when only its name was said."""
    if "--help" in words or "-h" in words:
        explain(session, entry)
    elif entry.name == "lock":
        session.run("lock")
        raise LockedNowError
    elif entry.name == "node" and not session.talk.ear.terminal:
        session.talk.say(_("Companions are met in the background while this conversation lasts."))
    elif len(words) == 1 and takes_anything(entry):
        ask_verb(session, entry)
    else:
        session.run(*(_text(session, word) for word in words))


def _text(session: Session, word: str) -> str:
    """Return *word*, or what is written now where it is the sign for that."""
    return said_text(session.talk) if word == "-" else word


def _go(session: Session, chosen: str) -> None:
    match chosen:
        case "end":
            raise LeaveError
        case "enough":
            session.talk.say(_("Enough for today. It is all kept."))
            raise LockedNowError
        case "home":
            tell_home(session)
            return
        case _:
            _flow(session, chosen)


def _flow(session: Session, chosen: str) -> None:
    flow = next(flow for id_, _words, _also, flow in MENU if id_ == chosen)
    assert flow is not None
    flow(session)
    session.talk.say(_("You are at home."))


# -- how things stand ----------------------------------------------------------------------------


def tell_home(session: Session) -> None:
    """Say who is here, what to look at, what waits; never an impact unasked."""
    talk = session.talk
    with session.device() as device:
        hear_of_node(device)
        now = device.clock()
        drafts = open_drafts(device.drafts())
        try:
            today = today_sections(device, now.date())
        except AlunaError as error:
            today = ()
            talk.say(what_happened(error))
        page = home_page(device, drafts, now, today)
        person = device.person_name
    talk.say(
        _("{name}, {day}.").format(name=page.collective, day=day_words(now.date())),
        _("You are {person}: {here}.").format(person=person, here=page.here),
    )
    _tell_sections(session, page)


def _tell_sections(session: Session, page: HomePage) -> None:
    leading = [_(name) for name in _LEADING]
    for section in page.sections:
        if section.name in leading:
            continue
        session.talk.say(f"{section.name}:" if section.name else "")
        for line in section.lines:
            words = without_sign(line.words)
            aside = line.aside if line.document or line.draft else ""
            session.talk.say(f"{words}: {aside}" if aside else words)


def day_words(day: dt.date) -> str:
    """Say a day."""
    from aluna_tui.moments import coarse_date

    return coarse_date(day.isoformat())
