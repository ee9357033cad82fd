"""The first minute: create a collective, or enter one; and opening a vault that is there."""

from __future__ import annotations

from typing import Final

from aluna_sync.errors import LockedError
from aluna_tui.commands.opening import given_passphrase
from aluna_tui.commands.table import find_entry
from aluna_tui.plain.asking_verbs import ask_verb
from aluna_tui.plain.errors import BackError
from aluna_tui.plain.offering import Offer, pick
from aluna_tui.plain.session import Session
from aluna_tui.plain.talk import EVERYWHERE
from aluna_tui.texts import N_, _

WELCOME: Final = N_(
    "Welcome to Aluna. Everything you write is kept encrypted on this device and shared only with "
    "companions you let in. Nothing has left this device."
)
_TRIES: Final = 3
"""Wrong passphrases before the conversation ends: whoever forgot it needs the lists of words."""


def unlock(session: Session, *, first: bool) -> bool:
    """Ask for the passphrase until the vault opens; return whether it did.

    *first*: a passphrase given by descriptor or file is taken; after a lock it is asked for.
    """
    talk = session.talk
    given = given_passphrase(session.invocation()) if first else None
    session.given_once()
    for _try in range(_TRIES):
        passphrase = talk.hidden(_("Passphrase")) if given is None else given
        given = None
        try:
            talk.say(_("Opening…"))
            session.unlock(passphrase)
        except LockedError as error:
            talk.trouble(error)
            continue
        return True
    talk.say(_("Two of three lists of words open it too, where they were made: recover open."))
    return False


def welcome(session: Session) -> None:
    """Have a vault made: by founding, by entering, or from a copy. Raises `BackError`."""
    talk = session.talk
    talk.say(_(WELCOME), _(EVERYWHERE))
    roads = [
        Offer("create", _("create a collective")),
        Offer("enter", _("enter one with five words")),
        Offer("mine", _("make this another device of mine, with five words")),
        Offer("card", _("ask from far away to be let in, with a card")),
        Offer("restore", _("come back from a sealed copy")),
    ]
    with talk.place(_("There is no vault on this device yet. Here it begins.")):
        while not session.doors.vault_exists(session.home):
            try:
                _road(session, pick(talk, _("How do you want to begin"), roads).id)
            except BackError:
                if not talk.yes(_("Leave without beginning?")):
                    continue
                raise


def _road(session: Session, road: str) -> None:
    try:
        match road:
            case "create":
                _create(session)
            case "enter" | "mine":
                enter(session, mine=road == "mine")
            case "card":
                _card(session)
            case _:
                _restore(session)
    except BackError:
        return
    session.given_once()


def _create(session: Session) -> None:
    talk = session.talk
    person = talk.ask(_("How do you want to be called"))
    name = talk.ask(_("Name of the collective"))
    session.run("init", f"--as={person}", "--", name)


def enter(session: Session, *, mine: bool) -> None:
    """Go in through a door that is open; raises `BackError`."""
    talk = session.talk
    talk.say(_("Whoever lets you in opens the door and tells you five words."))
    words = talk.ask(_("The five words, in their order; an address may stand after them"))
    if mine:
        session.run("join", "--mine", "--", *words.split())
        return
    person = talk.ask(_("How do you want to be called"))
    session.run("join", f"--as={person}", "--", *words.split())


def _card(session: Session) -> None:
    talk = session.talk
    person = talk.ask(_("How do you want to be called"))
    file = talk.ask(_("File to write the card to"))
    session.run("card", f"--as={person}", "--", file)


def _restore(session: Session) -> None:
    entry = find_entry("restore")
    assert entry is not None
    ask_verb(session, entry)


def nowhere(session: Session) -> None:
    """Wait, with a vault that belongs to nothing yet, until it belongs; raises `BackError`."""
    talk = session.talk
    talk.say(_("This vault belongs to no collective yet."))
    roads = [
        Offer("read", _("read the file somebody sent who lets you in")),
        Offer("enter", _("enter one with five words")),
        Offer("mine", _("make this another device of mine, with five words")),
        Offer("card", _("write your card again")),
    ]
    with talk.place(_("This vault belongs to no collective yet.")):
        while not _belongs(session):
            road = pick(talk, _("What now"), roads).id
            try:
                match road:
                    case "read":
                        file = talk.ask(_("The file"))
                        session.run("bundle", "read", file)
                    case "card":
                        session.run("card", "--", talk.ask(_("File to write the card to")))
                    case _:
                        enter(session, mine=road == "mine")
            except BackError:
                continue
    session.begin()


def _belongs(session: Session) -> bool:
    with session.device() as device:
        return device.belongs()
