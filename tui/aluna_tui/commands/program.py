"""The program `aluna`: the tree of verbs, and what happens when no verb is given."""

from __future__ import annotations

import importlib
import sys

import click
from click.shell_completion import CompletionItem

from aluna_sync.journal.folding import fold
from aluna_tui.commands.grammar import Invocation, Speaking, shared_options
from aluna_tui.commands.table import ENTRIES, FAMILIES, find_entry, near_names
from aluna_tui.texts import N_, _, language


class Program(Speaking, click.Group):
    """The group of all verbs; imports the module of a verb when that verb runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the language in use, in the order people meet them."""
        return [entry.name_in(language()) for entry in ENTRIES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb called *cmd_name* in either language, or None."""
        entry = find_entry(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"aluna_tui.commands.{entry.module}")
        command: click.Command = getattr(module, f"{entry.name.replace('-', '_')}_verb")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which ones look like what was typed."""
        word = args[0]
        if find_entry(word) is None and not ctx.resilient_parsing and not word.startswith("-"):
            near = near_names(word, language())
            message = _("There is no “{word}” here.").format(word=word)
            if near:
                message += " " + _("Did you mean: {near}?").format(near=", ".join(near))
            raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the usage line in the language in use."""
        pieces = super().collect_usage_pieces(ctx)
        return [*pieces[:-1], _("VERB [WORDS]…")]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs by family, each with its name in the other language."""
        spoken = language()
        for family in FAMILIES:
            rows = [
                (f"{entry.name_in(spoken)} ({entry.other_name(spoken)})", _(entry.summary))
                for entry in family.entries
            ]
            with formatter.section(_(family.title)):
                formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete verbs in both languages without importing any of them."""
        start = fold(incomplete)
        items = [
            CompletionItem(entry.name_in(language()), help=_(entry.summary))
            for entry in ENTRIES
            if fold(entry.name_in(language())).startswith(start)
        ]
        if start:
            items += [
                CompletionItem(entry.other_name(language()), help=_(entry.summary))
                for entry in ENTRIES
                if entry.other_name(language()).startswith(start)
            ]
        items += click.Command.shell_complete(self, ctx, incomplete)
        return items


@click.pass_obj
def _open_screens(invocation: Invocation, /) -> int | None:
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        return None
    fronts = invocation.fronts
    if fronts is not None and invocation.plain:
        return fronts.conversation(invocation)
    if fronts is None or invocation.plain or not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(context.get_help())
        return 0 if invocation.plain else 2
    return fronts.screens(invocation.home or invocation.doors.default_home())


def build_program() -> Program:
    """Return the whole command line; cheap, because verbs are imported when they run."""
    return Program(
        name="aluna",
        callback=_open_screens,
        invoke_without_command=True,
        params=shared_options(shown=True),
        help=N_(
            "The journal of a collective: encrypted, shared between the devices of its people, "
            "with no server in between. Without a verb, it opens the screens; with --plain and "
            "without a verb, a conversation in sentences."
        ),
        epilog=N_(
            "Each verb has two names, one per language; “aluna VERB --help” explains it. "
            "Exit codes: 0 done, 1 could not be done, 2 wrong use, 3 locked, 4 nobody to sync "
            "with, 5 not everything synced in time, 130 interrupted."
        ),
    )
