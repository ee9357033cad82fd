"""The verbs of `vocabulary` that change something: our own words, and what I keep hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.folding import fold
from aluna_sync.journal.values import is_own
from aluna_sync.journal.vocabulary import OWN_GROUP, Group, Vocabulary, vocabulary
from aluna_tui.commands.choosing import chosen_term, space_of, text_of
from aluna_tui.commands.filtering import private_space
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.waiting import run_in_loop, run_now
from aluna_tui.labels import space_words
from aluna_tui.texts import N_, _, language

if TYPE_CHECKING:
    from aluna_protocol.ids import SpaceId
    from aluna_sync.device import Device

SHORT_OWN: Final = len("own.") + 8
"""Letters of an own word's id that people read and type."""


@click.command(
    "add",
    cls=Verb,
    help=N_(
        "Add a word of your collective's own. WORD is in the language in use; --es and --en give "
        "it in the other one. When two people add the same word apart, both stay, and “aluna "
        "vocabulary same” shows them as one."
    ),
)
@click.argument("word", cls=Arg, metavar=N_("WORD"))
@click.option("--es", cls=Opt, metavar=N_("WORD"), help=N_("How it is called in Spanish."))
@click.option("--en", cls=Opt, metavar=N_("WORD"), help=N_("How it is called in English."))
@click.option("--group", cls=Opt, metavar=N_("GROUP"), help=N_("The group it belongs to."))
@click.option(
    "--meaning", cls=Opt, metavar=N_("TEXT|-"), help=N_("What it means to you; “-” reads stdin.")
)
@click.option(
    "--space", cls=Opt, metavar=N_("SPACE"),
    help=N_("Whose word it is: collective (if not said), private or circle:NAME."),
)  # fmt: skip
@click.pass_obj
def add_word_verb(
    invocation: Invocation,
    word: str,
    es: str | None,
    en: str | None,
    group: str | None,
    meaning: str | None,
    space: str | None,
) -> None:
    """Add a word of the collective's own and print its id."""
    from aluna_sync.wording import coin

    voice = Voice(invocation)
    said = "" if meaning is None else text_of(meaning)
    with open_device(invocation) as device:
        chosen = find_group(vocabulary(), group).id if group else ""
        where = space_of(device, invocation, space or "collective")
        names = {language(): word} | _given(es, en)
        term = run_now(coin(device, where, names, group=chosen, meaning=said))
        if voice.as_json:
            voice.json({"id": term})
            return
        voice.data(term)
        voice.talk(_("Added. It is {whose}.").format(whose=whose_words(device, where)))


@click.command(
    "rename",
    cls=Verb,
    help=N_(
        "Call one of your own words otherwise; what is named with it stays named. Done apart by "
        "two people, both names stay until somebody chooses."
    ),
)
@click.argument("term", cls=Arg, metavar=N_("TERM"))
@click.argument("word", cls=Arg, required=False, metavar=N_("[WORD]"))
@click.option("--es", cls=Opt, metavar=N_("WORD"), help=N_("How it is called in Spanish."))
@click.option("--en", cls=Opt, metavar=N_("WORD"), help=N_("How it is called in English."))
@click.option(
    "--meaning", cls=Opt, metavar=N_("TEXT|-"), help=N_("What it means to you; “-” reads stdin.")
)
@click.pass_obj
def rename_word_verb(
    invocation: Invocation,
    term: str,
    word: str | None,
    es: str | None,
    en: str | None,
    meaning: str | None,
) -> None:
    """Rename a word of the collective's own."""
    from aluna_sync.wording import rename

    if word is None and es is None and en is None and meaning is None:
        raise WrongUseError("nothing-to-change")
    names = ({language(): word} if word is not None else {}) | _given(es, en)
    said = None if meaning is None else text_of(meaning)
    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        known = _own_term(term)
        run_in_loop(rename(device, known, names, said), device)
        _done(voice, known)


@click.command(
    "same",
    cls=Verb,
    help=N_(
        "Say that TERM, one of your own words, is the same as OTHER, which is shown from then on. "
        "Both stay: what is named with either is found by both."
    ),
)
@click.argument("term", cls=Arg, metavar=N_("TERM"))
@click.argument("other", cls=Arg, metavar=N_("OTHER"))
@click.pass_obj
def same_word_verb(invocation: Invocation, term: str, other: str) -> None:
    """Show an own word as another one."""
    from aluna_sync.wording import say_same

    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        known, shown = _own_term(term), exact_term(other)
        run_in_loop(say_same(device, known, shown), device)
        _done(voice, known)


@click.command("apart", cls=Verb, help=N_("Say that TERM and OTHER are not the same after all."))
@click.argument("term", cls=Arg, metavar=N_("TERM"))
@click.argument("other", cls=Arg, metavar=N_("OTHER"))
@click.pass_obj
def apart_word_verb(invocation: Invocation, term: str, other: str) -> None:
    """Show two words each as itself again."""
    from aluna_sync.wording import say_apart

    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        known = exact_term(term)
        run_in_loop(say_apart(device, known, exact_term(other)), device)
        _done(voice, known)


@click.command(
    "hide",
    cls=Verb,
    help=N_(
        "Hide TERM from your own lists of words, and its name from the records you read. Only "
        "your own devices know, and no record changes."
    ),
)
@click.argument("term", cls=Arg, metavar=N_("TERM"))
@click.pass_obj
def hide_word_verb(invocation: Invocation, term: str) -> None:
    """Hide a word for this person."""
    from aluna_sync.wording import hide

    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        known = chosen_term(term)
        run_in_loop(hide(device, private_space(device, invocation), known), device)
        _done(voice, known, hidden=True)


@click.command("unhide", cls=Verb, help=N_("See TERM again."))
@click.argument("term", cls=Arg, metavar=N_("TERM"))
@click.pass_obj
def unhide_word_verb(invocation: Invocation, term: str) -> None:
    """Let this person see a word again."""
    from aluna_sync.wording import show_again

    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device:
        known = chosen_term(term)
        run_in_loop(show_again(device, private_space(device, invocation), known), device)
        _done(voice, known)


# -- between what people type and the vocabulary ---------------------------------------------------


def _given(es: str | None, en: str | None) -> dict[str, str]:
    return {lang: word for lang, word in (("es", es), ("en", en)) if word is not None}


def _own_term(words: str) -> str:
    """Return the id of the own word *words* name; raise "not-an-own-word"."""
    term = exact_term(words)
    if not is_own(term):
        raise WrongUseError("not-an-own-word", term=words)
    return term


def exact_term(words: str) -> str:
    """Return the id *words* name, that of a word shown as another one too."""
    known = vocabulary()
    if known.term(words) is not None:
        return words
    begins = [one for one in known.ids() if is_own(one) and one.startswith(words)]
    return begins[0] if len(begins) == 1 and words.startswith("own.") else chosen_term(words)


def short_id(term: str) -> str:
    """Return as much of an id as people read and type."""
    return term[:SHORT_OWN] if is_own(term) else term


def is_own_group(name: str) -> bool:
    """Tell whether *name* is the group of our own words, in either language."""
    return fold(name) in (OWN_GROUP.id, "propias", fold(OWN_GROUP.es), fold(OWN_GROUP.en))


def find_group(known: Vocabulary, name: str) -> Group:
    """Return the group called *name* in either language; raise "unknown-group"."""
    if is_own_group(name):
        return OWN_GROUP
    wanted = fold(name)
    for group in known.groups:
        if wanted in (group.id, fold(group.es), fold(group.en)):
            return group
    raise WrongUseError("unknown-group", group=name, near=[group.id for group in known.groups])


def whose_words(device: Device, space: SpaceId) -> str:
    """Say whose a word is that lives in *space*."""
    kind, name = device.space_kind(space), device.space_name(space)
    return space_words(kind, name, device.space_size(space))


def _done(voice: Voice, term: str, *, hidden: bool = False) -> None:
    """Say what a word is now."""
    known = vocabulary()
    if voice.as_json:
        voice.json({"id": term, "shown": known.shown(term)})
        return
    name = known.label(term, language())
    said = _("Hidden for you: {word}") if hidden else _("It is shown as: {word}")
    voice.talk(said.format(word=name))


CHANGING: Final = (
    add_word_verb, rename_word_verb, same_word_verb, apart_word_verb, hide_word_verb,
    unhide_word_verb,
)  # fmt: skip
"""What `vocabulary` holds beside the verbs that only read."""
