"""`vocabulary`: the words to name things with, in both languages; ours are in the vault."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.values import is_own
from aluna_sync.journal.vocabulary import OWN_GROUP, Group, Term, Vocabulary, vocabulary
from aluna_tui.commands.choosing import chosen_term
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import home_of, open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.own_words import CHANGING, find_group, is_own_group, short_id, whose_words
from aluna_tui.commands.twins import Twins
from aluna_tui.describing import term_label
from aluna_tui.texts import N_, _, language, ngettext

if TYPE_CHECKING:
    from aluna_sync.device import Device


class Words(Twins):
    """The verbs about words; what is none of them is a group to list."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or take the first word for a group."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            return "list", self.commands["list"], args
        return super().resolve_command(ctx, args)


@click.group(
    "vocabulary",
    cls=Words,
    twins={
        "list": "ver",
        "search": "buscar",
        "show": "mostrar",
        "add": "agregar",
        "rename": "renombrar",
        "same": "igualar",
        "apart": "separar",
        "hide": "ocultar",
        "unhide": "descubrir",
    },
    invoke_without_command=True,
    help=N_(
        "The words to name things with, in both languages, and those your collective adds. "
        "Without a verb it lists the groups, and with a group its words."
    ),
)
@click.pass_context
def vocabulary_verb(context: click.Context) -> None:
    """Hold the verbs about words; alone, list the groups."""
    if context.invoked_subcommand is None:
        context.invoke(list_words_verb)


_OWN_OPTION = click.option(
    "--own", cls=Opt, is_flag=True,
    help=N_("Open the vault, to know your collective's own words too."),
)  # fmt: skip
_ALL_OPTION = click.option(
    "--all", "everything", cls=Opt, is_flag=True, help=N_("Also the words you keep hidden.")
)


@vocabulary_verb.command(
    "list",
    cls=Verb,
    help=N_("List the words of GROUP, or the groups. “own” is the group of your own words."),
)
@click.argument("group", cls=Arg, required=False, metavar=N_("[GROUP]"))
@_OWN_OPTION
@_ALL_OPTION
@click.pass_obj
def list_words_verb(
    invocation: Invocation, group: str | None = None, own: bool = False, everything: bool = False
) -> None:
    """List the groups, or the words of one; with --json, the words."""
    voice = Voice(invocation)
    asked = own or (group is not None and is_own_group(group))
    with _words(invocation, voice, own=asked) as device:
        known = vocabulary()
        chosen = find_group(known, group) if group else None
        terms = _of_group(known, chosen, device)
        if invocation.as_json:
            voice.json({"terms": [_as_json(known, term) for term in terms]})
            return
        if chosen is None:
            _tell_groups(known, voice)
        else:
            voice.data(voice.bold(chosen.label(language())))
            _tell_terms(known, terms, voice, everything=everything)
            _tell_alike(device, known, voice)


def _of_group(known: Vocabulary, group: Group | None, device: Device | None) -> Sequence[Term]:
    """Return the words of *group*; of our own, all we have, whatever group they are in."""
    if group is not None and group.id == OWN_GROUP.id:
        return [term for term in known.terms(hidden=True) if is_own(term.id)]
    return known.terms(group.id if group else None, hidden=True)


def _tell_groups(known: Vocabulary, voice: Voice) -> None:
    width = max(len(one.id) for one in known.groups)
    for one in known.groups:
        voice.data(f"{one.id:<{width}}  {one.label(language())}")


def _tell_terms(
    known: Vocabulary, terms: Sequence[Term], voice: Voice, *, everything: bool
) -> None:
    shown = [term for term in terms if everything or term.id not in known.hidden]
    for term in shown:
        voice.data(_line(term, voice))
        if definition := term.definition(language()):
            voice.data(f"    {definition}")
    hidden = len(terms) - len(shown)
    if hidden:
        voice.talk(
            ngettext(
                "{count} word you keep hidden; --all shows it.",
                "{count} words you keep hidden; --all shows them.",
                hidden,
            ).format(count=hidden)
        )


def _line(term: Term, voice: Voice) -> str:
    spoken = language()
    other = term.label("en" if spoken == "es" else "es")
    label = voice.bold(term.label(spoken))
    beside = f" ({other})" if other != term.label(spoken) else ""
    return f"{label}{beside} · {short_id(term.id)}"


def _tell_alike(device: Device | None, known: Vocabulary, voice: Voice) -> None:
    """Ask about own words that are called the same: nobody but people knows whether they are."""
    if device is None:
        return
    from aluna_sync.journal.own_words import alike

    # Two collectives that use one word need not mean the same, nor know of each other.
    each = device.spaces.of_kind("collective")
    asked = (words for one in each for words in alike(device.own_words(one), known))
    for words in asked:
        ids = " ".join(short_id(word.id) for word in words)
        voice.talk(
            _(
                "“{word}” is here more than once. Are these the same? "
                "“aluna vocabulary same {ids}” shows them as one."
            ).format(word=known.label(words[0].id, language()), ids=ids)
        )


@vocabulary_verb.command(
    "search",
    cls=Verb,
    help=N_(
        "Find words by their names or by what they mean, in either language. Accents and capital "
        "letters do not matter."
    ),
)
@click.argument("words", cls=Arg, nargs=-1, required=True, metavar=N_("WORDS…"))
@_OWN_OPTION
@_ALL_OPTION
@click.pass_obj
def search_words_verb(
    invocation: Invocation, words: tuple[str, ...], own: bool, everything: bool
) -> None:
    """Find words of the vocabulary."""
    voice = Voice(invocation)
    with _words(invocation, voice, own=own):
        known = vocabulary()
        wanted = " ".join(words)
        found = [*known.exactly(wanted), *known.lookup(wanted, language(), meanings=True)]
        terms = list({term.id: term for term in found}.values())
        if invocation.as_json:
            voice.json({"terms": [_as_json(known, term) for term in terms]})
            return
        _tell_terms(known, terms, voice, everything=everything)
        if not terms:
            near = [f"{term_label(one)} ({one})" for one in known.near(wanted)]
            voice.talk(_("No word like that."))
            if near:
                voice.talk(_("Near it: {near}.").format(near=", ".join(near)))


@vocabulary_verb.command("show", cls=Verb, help=N_("Show one word whole: TERM is its id or name."))
@click.argument("term", cls=Arg, metavar=N_("TERM"))
@_OWN_OPTION
@click.pass_obj
def show_word_verb(invocation: Invocation, term: str, own: bool) -> None:
    """Show one word of the vocabulary."""
    voice = Voice(invocation)
    with _words(invocation, voice, own=own or term.startswith("own.")) as device:
        known = vocabulary()
        found = known.term(chosen_term(term))
        if found is None:
            raise WrongUseError("unknown-term", term=term, near=known.near(term))
        if invocation.as_json:
            voice.json(_as_json(known, found))
            return
        _tell_terms(known, [found], voice, everything=True)
        for line in _around(known, found):
            voice.data(f"    {line}")
        if device is not None and is_own(found.id):
            for word in device.own_words():
                if word.id == found.id:
                    voice.data(f"    {whose_words(device, word.space)}")


def _around(known: Vocabulary, term: Term) -> Iterator[str]:
    """Say where a word belongs, and what it is the same as."""
    for group in known.groups:
        if group.id == term.group:
            name = f"{group.label(language())} · {group.id}"
            yield _("Group: {name}").format(name=name)
    if term.parent:
        name = f"{term_label(term.parent)} · {term.parent}"
        yield _("A form of: {name}").format(name=name)
    for other in known.same(term.id)[1:]:
        same = known.term(other)
        name = same.label(language()) if same else other
        yield _("The same as: {name}").format(name=f"{name} · {short_id(other)}")


@contextmanager
def _words(invocation: Invocation, voice: Voice, *, own: bool) -> Iterator[Device | None]:
    """Let our own words be known where the vault can be opened unasked, or *own* asks for it."""
    unasked = invocation.passphrase_fd is not None or "ALUNA_PASSPHRASE_FILE" in os.environ
    here = invocation.doors.vault_exists(home_of(invocation))
    if own or (here and unasked):
        with open_device(invocation) as device:
            yield device
        return
    yield None
    if here and not voice.as_json:
        voice.talk(_("Your collective's own words are in the vault; --own shows them too."))


def _as_json(known: Vocabulary, term: Term) -> dict[str, object]:
    """Return one word of `vocabulary --json` (a contract)."""
    return {
        "id": term.id,
        "group": term.group,
        "en": term.en,
        "es": term.es,
        "definition_en": term.definition_en,
        "definition_es": term.definition_es,
        "own": is_own(term.id),
        "hidden": term.id in known.hidden,
        "same": list(known.same(term.id)[1:]),
    }


for _verb in CHANGING:
    vocabulary_verb.add_command(_verb)
