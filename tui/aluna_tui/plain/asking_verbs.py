"""Any verb as questions: each argument and option is asked for in the words of its own help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

from aluna_sync.journal.folding import fold
from aluna_tui.commands.grammar import Speaking
from aluna_tui.commands.program import build_program
from aluna_tui.commands.table import ENTRIES, FAMILIES, Entry
from aluna_tui.plain.errors import BackError
from aluna_tui.plain.offering import Offer, pick, tell
from aluna_tui.plain.session import Session
from aluna_tui.plain.talk import ENTER_OUT, NO, YES
from aluna_tui.texts import _, language, listed, ngettext

NOW: Final = "."
"""Said at an option, runs what was asked for so far."""


def command_of(entry: Entry) -> click.Command:
    """Return the command of a verb, as the program itself finds it."""
    program = build_program()
    command = program.get_command(click.Context(program), entry.name)
    assert command is not None
    return command


def offered(command: click.Command) -> tuple[list[click.Argument], list[click.Option]]:
    """Return what can be asked about a verb: not what all share, nor what is only for scripts."""
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    options = [
        one
        for one in command.params
        if isinstance(one, click.Option)
        and not one.hidden
        and not one.is_eager
        and not any(flag.endswith("-fd") for flag in one.opts)
    ]
    return arguments, options


def explain(session: Session, entry: Entry) -> None:
    """Say what a verb does and everything it can be told, a sentence each."""
    command, talk = command_of(entry), session.talk
    talk.say(f"{entry.name_in(language())} ({entry.other_name(language())}): {_(entry.summary)}")
    talk.say(_help(command))
    if isinstance(command, click.Group):
        for name, one in sorted(command.commands.items()):
            talk.say(f"{entry.name} {name}: {_help(one)}")
        return
    arguments, options = offered(command)
    for argument in arguments:
        talk.say(_("It takes: {what}").format(what=_about(argument)))
    for option in options:
        talk.say(_("Option {flag}: {what}").format(flag=option.opts[0], what=_about(option)))
    if isinstance(command, Speaking) and not arguments and not options:
        talk.say(_("It takes nothing more."))


def ask_verb(session: Session, entry: Entry) -> None:
    """Ask what *entry* needs and may be told, and run it; raises `BackError`."""
    command, talk = command_of(entry), session.talk
    name = entry.name_in(language())
    where = _("You are asking for “{name}”: {summary}").format(name=name, summary=_(entry.summary))
    with talk.place(where):
        talk.say(_(command.help or entry.summary))
        below: list[str] = []
        if isinstance(command, click.Group):
            command = _pick_below(session, command)
            below = [str(command.name)]
            talk.say(_help(command))
        arguments, options = offered(command)
        context = click.Context(command, info_name=name, resilient_parsing=True)
        said = [word for one in arguments for word in _ask_argument(session, one, context)]
        flags = _ask_options(session, options, context) if options else []
    session.run(entry.name, *below, *flags, *(["--", *said] if said else []))


def takes_anything(entry: Entry) -> bool:
    """Tell whether a verb can be told more than its name."""
    command = command_of(entry)
    return isinstance(command, click.Group) or any(offered(command))


def _pick_below(session: Session, group: click.Group) -> click.Command:
    """Ask for one of the verbs of a verb; raises `BackError`."""
    context = click.Context(group, resilient_parsing=True)
    named = [(name, group.get_command(context, name)) for name in group.list_commands(context)]
    offers = [
        Offer(str(one.name), name, (str(one.name),)) for name, one in named if one is not None
    ]
    chosen = pick(session.talk, _("Which of them"), offers).id
    return group.commands[chosen]


def every_verb(session: Session) -> None:
    """Say all verbs by family, and ask for the one that is wanted."""
    talk = session.talk
    with talk.place(_("These are all the verbs; choosing one asks for what it needs.")):
        families = [Offer(str(number), _(one.title)) for number, one in enumerate(FAMILIES)]
        while True:
            family = FAMILIES[int(pick(talk, _("Which part"), families).id)]
            try:
                _one_of(session, family.entries)
            except BackError:
                continue


def _one_of(session: Session, entries: Sequence[Entry]) -> None:
    spoken = language()
    offers = [
        Offer(one.name, f"{one.name_in(spoken)}: {_(one.summary)}", (one.name_in(spoken),))
        for one in entries
    ]
    while True:
        chosen = pick(session.talk, _("Which verb"), offers)
        entry = next(one for one in ENTRIES if one.name == chosen.id)
        try:
            ask_verb(session, entry)
        except BackError:
            tell(session.talk, offers)


def _about(param: click.Parameter) -> str:
    context = click.Context(click.Command("aluna"), resilient_parsing=True)
    name = _name_of(param, context)
    help_text = _help(param)
    if isinstance(param, click.Option):
        return help_text if param.is_flag else f"{name}. {help_text}"
    return f"{name}. {help_text}" if help_text else name


def _ask_argument(session: Session, argument: click.Argument, context: click.Context) -> list[str]:
    talk, name = session.talk, _name_of(argument, context)
    several = argument.nargs != 1
    if several:
        talk.say(_("Several words may be said, with blanks between them."))
    while True:
        said = talk.answer(name, "" if argument.required else _(ENTER_OUT)).strip()
        if not said:
            if argument.required:
                raise BackError
            return []
        words = said.split() if several else [said]
        if trouble := _trouble(argument, words[0], context):
            talk.say(trouble)
            continue
        return words


def _ask_options(
    session: Session, options: Sequence[click.Option], context: click.Context
) -> list[str]:
    talk = session.talk
    required = [one for one in options if one.required]
    others = [one for one in options if not one.required]
    flags = [flag for one in required for flag in _ask_option(session, one, context)]
    if not others:
        return flags
    count = len(others)
    talk.say(
        ngettext(
            "There is {count} more thing that may be said; it may be left out.",
            "There are {count} more things that may be said; all may be left out.",
            count,
        ).format(count=count)
    )
    offer = talk.answer(
        _("Enter leaves them out; anything else asks one by one"), _(ENTER_OUT)
    ).strip()
    if not offer or fold(offer) in NO:
        return flags
    for option in others:
        words = _ask_option(session, option, context)
        if words == [NOW]:
            break
        flags += words
    return flags


def _ask_option(session: Session, option: click.Option, context: click.Context) -> list[str]:
    talk, flag = session.talk, option.opts[0]
    talk.say(_help(option))
    hint = f"{_(ENTER_OUT)} " + _("A full stop runs it now.")
    if isinstance(option.type, click.Choice):
        talk.say(_("One of: {names}.").format(names=listed([*map(str, option.type.choices)])))
    found: list[str] = []
    while True:
        said = talk.answer(_option_question(option, context), hint).strip()
        if said == NOW:
            return found or [NOW]
        if not said:
            if option.required:
                raise BackError
            return found
        if option.is_flag:
            if fold(said) in (*YES, *NO):
                return [flag] if fold(said) in YES else []
            talk.say(_("Say yes, or no."))
        elif trouble := _trouble(option, said, context):
            talk.say(trouble)
        else:
            found += [f"{flag}={said}" if flag.startswith("--") else flag]
            if not option.multiple:
                return found
            talk.say(_("Another one, or Enter."))


def _help(one: click.Command | click.Parameter) -> str:
    """Return the help of a declaration in the language in use; empty when it has none."""
    words = getattr(one, "help", None)
    return _(words) if words else ""


def _option_question(option: click.Option, context: click.Context) -> str:
    """Return the question for an option in words: no dashes, no capitals, no bars."""
    word = option.opts[0].lstrip("-").replace("-", " ")
    if option.is_flag:
        return _("{option}, yes or no").format(option=word)
    if isinstance(option.type, click.Choice):
        return word
    return f"{word}, {_name_of(option, context)}"


def _name_of(param: click.Parameter, context: click.Context) -> str:
    name = param.make_metavar(context).strip("[]").replace("|-", "")
    if isinstance(param.type, click.Choice):
        name = listed([*map(str, param.type.choices)])
    # Words in capitals are read letter by letter.
    return name.lower() if name.isupper() else name


def _trouble(param: click.Parameter, said: str, context: click.Context) -> str:
    """Return why *said* cannot be, in words; empty when it can."""
    try:
        param.type.convert(said, param, context)
    except click.UsageError as error:
        return error.format_message()
    return ""
