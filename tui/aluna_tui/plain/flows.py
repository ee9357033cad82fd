"""The other roads from home: each asks a little, runs a verb, and says what that one says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aluna_protocol.ids import DocumentId
from aluna_sync.errors import ExitCode
from aluna_tui.picture_labels import PICTURES, picture_word
from aluna_tui.plain.asking_verbs import ask_verb
from aluna_tui.plain.errors import BackError
from aluna_tui.plain.offering import Offer, pick
from aluna_tui.texts import LANGUAGES, N_, _, bind_libraries, language, use_language

if TYPE_CHECKING:
    from aluna_tui.plain.session import Session

_LANGUAGES: Final = {"es": "español", "en": "English"}
_SAFETY: Final = (
    ("safety", N_("when it locks by itself, and what a panic removes")),
    ("passphrase", N_("change the passphrase")),
    ("recover", N_("lists of words that open it too")),
    ("notebook", N_("a second passphrase that opens a small notebook")),
    ("backup", N_("a sealed copy of this device")),
    ("quiet", N_("send nothing on a network unasked")),
    ("findable", N_("be found where announcements are blocked")),
    ("doctor", N_("check that everything is well")),
    ("locate", N_("where your data is")),
    ("panic", N_("destroy what is kept here, at once")),
)


def digest(session: Session) -> None:
    """Tell what happened while one was apart; harm only when it is asked for."""
    talk = session.talk
    with talk.place(_("You are reading what happened while you were apart. You may stop.")):
        if session.run("digest") != ExitCode.DONE:
            return
        ways = [
            Offer("harm", _("also what was done to us, beside what sustained us")),
            Offer("changes", _("who changed what")),
            Offer("open", _("read one of them"), ("read", "leer")),
            Offer("seen", _("keep that I looked, so that next time begins here")),
        ]
        while True:
            chosen = pick(talk, _("What now"), ways).id
            if chosen == "open":
                _read_one(session)
            else:
                session.run("digest", f"--{chosen}")
                if chosen == "seen":
                    return


def _read_one(session: Session) -> None:
    from aluna_tui.plain.reading import read_by_id

    try:
        read_by_id(session)
    except BackError:
        return


def voices(session: Session) -> None:
    """Tell what waits for this person's voice, and go there; raises `BackError`."""
    from aluna_tui.plain.reading import open_record

    talk = session.talk
    session.run("voices")
    with talk.place(_("These wait for your voice. Nothing runs out.")):
        while True:
            offers = _waiting(session)
            if not offers:
                return
            document = DocumentId(bytes.fromhex(pick(talk, _("Read which one"), offers).id))
            try:
                open_record(session, document)
            except BackError:
                continue


def _waiting(session: Session) -> list[Offer]:
    from aluna_sync.living import waits_for_me
    from aluna_tui.labels import type_name
    from aluna_tui.view_models.plain import one_line

    with session.device() as device:
        documents = dict.fromkeys(one.document for one in waits_for_me(device))
        titles = device.store.index.titles(list(documents))
    found: list[Offer] = []
    for document in documents:
        title, type_ = titles.get(document, ("", ""))
        words = one_line(title, 60) or _("without words yet")
        found.append(Offer(document.hex(), f"{words} ({type_name(type_)})"))
    return found


def care(session: Session) -> None:
    """Tell the care of this month, or of another one."""
    talk = session.talk
    session.run("picture", "care")
    with talk.place(_("You are in the care calendar.")):
        while True:
            ways = [
                Offer("month", _("another month")),
                Offer("time", _("write a time for care")),
                Offer("practice", _("write care that helped")),
            ]
            chosen = pick(talk, _("What now"), ways).id
            try:
                if chosen == "month":
                    month = talk.ask(_("Which month"))
                    session.run("picture", f"--period={month}", "--", "care")
                else:
                    _write(session, "care_time" if chosen == "time" else "care_practice")
            except BackError:
                continue


def _write(session: Session, type_: str) -> None:
    from aluna_tui.plain.writing import write

    write(session, type_)


def pictures(session: Session) -> None:
    """Tell one picture after the other, in words; raises `BackError`."""
    talk = session.talk
    offers = [
        Offer(name, f"{_(label.title)}: {_(label.about)}", (picture_word(name), name))
        for name, label in PICTURES.items()
    ]
    with talk.place(_("Pictures of what you share, in words. None is of one person.")):
        while True:
            session.run("picture", "--", pick(talk, _("Which picture"), offers).id)


def people(session: Session) -> None:
    """Tell who belongs, and what each device lacks."""
    session.run("people")
    session.run("devices")


def meet(session: Session) -> None:
    """Meet whoever is within reach now."""
    session.talk.say(_("Looking for companions. It takes up to twenty seconds."))
    session.run("sync")


def door(session: Session) -> None:
    """Open the door to somebody; raises `BackError`."""
    talk = session.talk
    ways = [
        Offer("invite", _("somebody who is near: five words said aloud")),
        Offer("mine", _("another device of mine")),
        Offer("admit", _("somebody far away, by her card")),
    ]
    with talk.place(_("You are at the door. Nobody comes in without your yes.")):
        chosen = pick(talk, _("For whom"), ways).id
        if chosen == "admit":
            file = talk.ask(_("File of her card"))
            session.run("admit", "--", file)
            return
        talk.say(_("The door stays open until somebody is in, or the minutes are over."))
        talk.say(_("Both of you say the words you see, aloud, and compare them."))
        if talk.yes(_("Open it now?")):
            session.run("invite", *(["--mine"] if chosen == "mine" else []))


def circles(session: Session) -> None:
    """Tell the circles, found one, or bring somebody in; raises `BackError`."""
    talk = session.talk
    session.run("circle", "list")
    ways = [Offer("new", _("begin a circle")), Offer("add", _("bring somebody into a circle"))]
    with talk.place(_("You are among the circles: spaces for some of you.")):
        while True:
            chosen = pick(talk, _("What now"), ways).id
            try:
                name = talk.ask(_("Name of the circle"))
                persons = talk.ask(_("Who, with commas between the names"))
                said = [one.strip() for one in persons.split(",") if one.strip()]
                session.run("circle", "--", chosen, name, *said)
            except BackError:
                continue


def carrying(session: Session) -> None:
    """Write or read a bundle, or look after folders; raises `BackError`."""
    talk = session.talk
    ways = [
        Offer("write", _("write a file for companions")),
        Offer("read", _("read a file of a companion")),
        Offer("folder", _("a directory that another tool carries")),
    ]
    with talk.place(_("You are among sticks and folders: roads without a network.")):
        while True:
            chosen = pick(talk, _("What now"), ways).id
            try:
                if chosen == "folder":
                    _verb(session, "folder")
                else:
                    session.run("bundle", chosen, "--", talk.ask(_("File or directory")))
            except BackError:
                continue


def safety(session: Session) -> None:
    """Tell what protects this device, and change it; raises `BackError`."""
    talk = session.talk
    session.run("safety")
    ways = [Offer(verb, _(words)) for verb, words in _SAFETY]
    with talk.place(_("You are at the safety of this device.")):
        while True:
            chosen = pick(talk, _("What do you want to change"), ways).id
            try:
                _verb(session, chosen)
            except BackError:
                continue


def _verb(session: Session, name: str) -> None:
    from aluna_tui.commands.table import find_entry

    entry = find_entry(name)
    assert entry is not None
    ask_verb(session, entry)


def other_language(session: Session) -> None:
    """Speak another language from here on; raises `BackError`."""
    talk = session.talk
    offers = [Offer(code, _LANGUAGES[code]) for code in LANGUAGES]
    use_language(pick(talk, _("Which language"), offers).id)
    bind_libraries()
    talk.say(_("The language is {name}.").format(name=_LANGUAGES[language()]))
