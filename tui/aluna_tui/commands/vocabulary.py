"""`vocabulary`: the words to name things with, in both languages; needs no vault."""

from __future__ import annotations

import click

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.folding import fold
from aluna_sync.journal.vocabulary import Group, vocabulary
from aluna_tui.commands.grammar import Arg, Invocation, Verb
from aluna_tui.commands.output import Voice
from aluna_tui.texts import N_, language


@click.command(
    "vocabulary",
    cls=Verb,
    help=N_(
        "Show the words to name things with: their ids, their names in both languages and what "
        "they mean. GROUP is one of the groups shown without it."
    ),
)
@click.argument("group", cls=Arg, required=False, metavar=N_("[GROUP]"))
@click.pass_obj
def vocabulary_verb(invocation: Invocation, group: str | None) -> None:
    """Show the words of one group, or the groups; with --json, the terms."""
    voice = Voice(invocation)
    words = vocabulary()
    chosen = _find_group(group) if group else None
    if invocation.as_json:
        rows = [
            {
                "id": term.id,
                "group": term.group,
                "en": term.en,
                "es": term.es,
                "definition_en": term.definition_en,
                "definition_es": term.definition_es,
                "own": False,
            }
            for term in words.terms(chosen.id if chosen else None)
        ]
        voice.json({"terms": rows})
        return
    spoken = language()
    if chosen is None:
        width = max(len(one.id) for one in words.groups)
        for one in words.groups:
            voice.data(f"{one.id:<{width}}  {one.label(spoken)}")
        return
    voice.data(voice.bold(chosen.label(spoken)))
    other = "en" if spoken == "es" else "es"
    for term in words.terms(chosen.id):
        voice.data(f"{voice.bold(term.label(spoken))} ({term.label(other)}) · {term.id}")
        voice.data(f"    {term.definition(spoken)}")


def _find_group(name: str) -> Group:
    wanted = fold(name)
    groups = vocabulary().groups
    for group in groups:
        if wanted in (group.id, fold(group.es), fold(group.en)):
            return group
    raise WrongUseError("unknown-group", group=name, near=[group.id for group in groups])
