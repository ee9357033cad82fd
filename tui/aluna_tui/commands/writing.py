"""`add`: writes a record and prints its id."""

from __future__ import annotations

import click

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.edit_kinds import Edit, SetText
from aluna_sync.journal.schema import record_type
from aluna_tui.commands.assigning import dates_as_json, edits_of, tell_fields, tell_types
from aluna_tui.commands.choosing import chosen_type, chosen_when, main_text, space_of, text_of
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.waiting import run_now
from aluna_tui.labels import space_words
from aluna_tui.texts import N_, _


@click.command(
    "add",
    cls=Verb,
    help=N_(
        "Write a new record and print its id. TYPE is note, event, impact, coping, care, "
        "agreement, task, emergency, mourning and so on, or their names in Spanish; “aluna add "
        "types” lists them all. TEXT “-” reads the words from stdin, so that they stay out of the "
        "shell's history. Only you read a note; “aluna add TYPE --fields” lists what else a record "
        "can say."
    ),
)
@click.argument("type_words", cls=Arg, metavar=N_("TYPE"))
@click.argument("text", cls=Arg, required=False, metavar=N_("[TEXT|-]"))
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
@click.option(
    "--space", cls=Opt, metavar=N_("SPACE"),
    help=N_("Whose it is: private, collective or circle:NAME. Each type has its usual one."),
)  # fmt: skip
@click.option("--fields", cls=Opt, is_flag=True, help=N_("List the fields of TYPE and end."))
@click.pass_obj
def add_verb(
    invocation: Invocation,
    type_words: str,
    text: str | None,
    assignments: tuple[str, ...],
    terms: tuple[str, ...],
    when: str | None,
    space: str | None,
    fields: bool,
) -> None:
    """Write a record and print its id."""
    voice = Voice(invocation)
    if type_words.casefold() in ("types", "tipos"):
        tell_types(voice)
        return
    type_ = chosen_type(type_words)
    if fields:
        tell_fields(type_, voice)
        return
    if when is not None:
        # Before anything is read from stdin: a date nobody understands loses no words.
        chosen_when(when)
    edits: list[Edit] = []
    if text is not None and (words := text_of(text)).strip():
        edits.append(SetText(main_text(type_), words))
    if not edits and not assignments and not terms and not record_type(type_).may_be_empty:
        raise WrongUseError("empty-record", type=type_)
    from aluna_sync.journal.edits import default_space

    with open_device(invocation) as device:
        collective = device.collective(invocation.collective)
        device.speak_in(collective)
        edits += edits_of(
            type_, device.person, voice, assignments=assignments, terms=terms, when=when
        )
        if space:
            chosen = space_of(device, invocation, space)
        else:
            chosen = device.default_space(default_space(type_, edits), collective)
        document = run_now(device.add(type_, edits, chosen))
        if voice.as_json:
            voice.json({"id": document.hex()} | dates_as_json(edits))
            return
        voice.data(document.hex())
        record = device.record(document)
        if record is not None:
            whose = space_words(
                device.space_kind(record.space),
                device.space_name(record.space),
                device.space_size(record.space),
            )
            voice.talk(_("Written. It is {whose}.").format(whose=whose))
