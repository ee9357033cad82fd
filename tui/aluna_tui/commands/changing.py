"""`edit` and `link`: changes to records that others may be writing too."""

from __future__ import annotations

import click

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.edit_kinds import Edit, SetText
from aluna_tui.commands.assigning import dates_as_json, edits_of
from aluna_tui.commands.choosing import chosen_link, chosen_when, main_text, text_of
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.reading import title_words
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.labels import link_name
from aluna_tui.texts import N_, _


@click.command(
    "edit",
    cls=Verb,
    help=N_(
        "Change a record. What others wrote meanwhile stays: texts merge word by word, and "
        "answers given apart are kept side by side. FIELD-=ITEM takes an item out."
    ),
)
@click.argument("prefix", cls=Arg, metavar=N_("ID"))
@click.option(
    "--text", cls=Opt, metavar=N_("TEXT|-"),
    help=N_("The whole text as it should read; “-” reads it from stdin."),
)  # fmt: skip
@click.option(
    "--set", "assignments", cls=Opt, multiple=True, metavar=N_("FIELD=VALUE"),
    help=N_("Say something in a field. May be repeated."),
)  # fmt: skip
@click.option(
    "--term", "terms", cls=Opt, multiple=True, metavar=N_("TERM"),
    help=N_("Name it with a word of the vocabulary: its id or its name. May be repeated."),
)  # fmt: skip
@click.option(
    "--when", cls=Opt, metavar=N_("WORDS"),
    help=N_("When it was, as you say it: “yesterday”, “March 2024”."),
)  # fmt: skip
@click.pass_obj
def edit_verb(
    invocation: Invocation,
    prefix: str,
    text: str | None,
    assignments: tuple[str, ...],
    terms: tuple[str, ...],
    when: str | None,
) -> None:
    """Change a record."""
    voice = Voice(invocation)
    if text is None and not assignments and not terms and when is None:
        raise WrongUseError("nothing-to-change")
    if when is not None:
        # Before anything is read from stdin: a date nobody understands loses no words.
        chosen_when(when)
    words = None if text is None else text_of(text)
    with open_device(invocation, merges=True) as device:
        document = device.find(prefix)
        record = device.record(document)
        if record is None:
            raise WrongUseError("no-such-record", id=prefix)
        device.speak_in(record.space)
        edits: list[Edit] = []
        if words is not None:
            edits.append(SetText(main_text(record.type), words))
        edits += edits_of(
            record.type, device.person, voice, assignments=assignments, terms=terms, when=when
        )
        changed = run_in_loop(device.edit(document, edits), device)
    if voice.as_json:
        voice.json({"id": document.hex()} | dates_as_json(edits))
    else:
        voice.talk(_("Changed: {title}").format(title=title_words(changed.title)))


@click.command(
    "link",
    cls=Verb,
    help=N_(
        "Link a record to another. KIND is a name such as did, sustained, answers or beside, or "
        "the words “aluna show” uses for it, from either side."
    ),
)
@click.argument("source_prefix", cls=Arg, metavar=N_("ID"))
@click.argument("kind_words", cls=Arg, metavar=N_("KIND"))
@click.argument("target_prefix", cls=Arg, metavar=N_("ID"))
@click.pass_obj
def link_verb(
    invocation: Invocation, source_prefix: str, kind_words: str, target_prefix: str
) -> None:
    """Link a record to another."""
    voice = Voice(invocation)
    kind, outgoing = chosen_link(kind_words)
    with open_device(invocation, merges=True) as device:
        first, second = device.find(source_prefix), device.find(target_prefix)
        source, target = (first, second) if outgoing else (second, first)
        run_in_loop(device.link(source, kind, target), device)
        titles = {one: device.record(one) for one in (first, second)}
    if voice.as_json:
        voice.json({"id": source.hex(), "kind": kind, "target": target.hex()})
        return
    shown = [title_words(record.title) if record else "…" for record in titles.values()]
    voice.talk(f"{shown[0]} · {link_name(kind, outgoing=outgoing)} · {shown[-1]}")
