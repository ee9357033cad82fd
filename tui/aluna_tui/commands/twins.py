"""Verbs that have verbs of their own, each with a name in both languages."""

from __future__ import annotations

from typing import Any

import click

from aluna_sync.journal.folding import fold
from aluna_tui.commands.grammar import Verb
from aluna_tui.texts import _, language


class Twins(Verb, click.Group):
    """A verb with others after it; *twins* gives the Spanish name of each."""

    def __init__(self, *args: Any, twins: dict[str, str], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.twins = twins

    def _named(self, name: str) -> str:
        return self.twins[name] if language() == "es" else name

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the language in use."""
        return [self._named(name) for name in self.twins]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb called *cmd_name* in either language, or None."""
        wanted = fold(cmd_name)
        for name, twin in self.twins.items():
            if wanted in (name, fold(twin)):
                return self.commands.get(name)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which there are."""
        word = args[0]
        command = self.get_command(ctx, word)
        if command is None and not ctx.resilient_parsing and not word.startswith("-"):
            known = ", ".join(self.list_commands(ctx))
            message = _("There is no “{word}” here.").format(word=word)
            raise click.UsageError(message + " " + _("There is: {known}").format(known=known), ctx)
        if command is None:
            return super().resolve_command(ctx, args)
        return word, command, args[1:]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the usage line in the language in use."""
        return [*super().collect_usage_pieces(ctx)[:-1], _("VERB [WORDS]…")]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs, each with its name in the other language."""
        rows = []
        for name, twin in self.twins.items():
            other = name if language() == "es" else twin
            about = self.commands[name].help
            first = _(about).partition(".")[0] + "." if about else ""
            rows.append((f"{self._named(name)} ({other})", first))
        with formatter.section(_("Verbs")):
            formatter.write_dl(rows)
