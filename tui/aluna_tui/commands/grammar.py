"""What every command is made of: help in the person's language and the options all share.

Texts are marked with `N_` where commands are declared and translated when they are shown, so one
process can speak both languages.
"""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import Any, Final, Protocol

import click

from aluna_protocol.dataclass import dataclass
from aluna_tui.commands.doors import Doors
from aluna_tui.texts import LANGUAGES, N_, _, use_language


class Fronts(Protocol):
    """What stands beside the commands; given by whoever starts them, who knows both."""

    def screens(self, home: Path) -> int:
        """Open the screens on the vault in *home* and return the exit code."""
        ...

    def conversation(self, invocation: Invocation) -> int:
        """Converse in plain sentences on the vault of *invocation* and return the exit code."""
        ...

    def demo(self, *, as_json: bool, plain: bool) -> int:
        """Tell the story of three devices and return the exit code."""
        ...


@dataclass(slots=True)
class Invocation:
    """What the shared options said, and the ways to a device."""

    doors: Doors = field(default_factory=Doors)
    fronts: Fronts | None = None
    home: Path | None = None
    as_json: bool = False
    plain: bool = False
    color: bool = True
    collective: str | None = None
    passphrase_fd: int | None = None


class Opt(click.Option):
    """An option whose help and metavar are translated when shown."""

    def make_metavar(self, ctx: click.Context) -> str:
        """Return the placeholder of the value in the language in use."""
        return _(self.metavar) if self.metavar else super().make_metavar(ctx)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's line of help in the language in use."""
        record = super().get_help_record(ctx)
        if record is None or not self.help:
            return record
        return record[0], record[1].replace(self.help, _(self.help), 1)


class Arg(click.Argument):
    """A positional argument whose help and name are translated when shown."""

    def make_metavar(self, ctx: click.Context) -> str:
        """Return the argument's name in the language in use."""
        return _(self.metavar) if self.metavar else super().make_metavar(ctx)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Return the argument's line of help in the language in use."""
        return self.make_metavar(ctx), _(self.help) if self.help else ""


class Speaking(click.Command):
    """A command that shows its help in the language in use."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return `--help`; made anew, because click keeps the language of the first time."""
        return Opt(
            ["--help", "-h"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            help=N_("Show this help and end."),
            callback=_show_help,
        )

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the usage line's parts in the language in use."""
        pieces = super().collect_usage_pieces(ctx)
        return [_("[OPTIONS]") if piece == "[OPTIONS]" else piece for piece in pieces]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(_(self.help))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what follows the options."""
        if self.epilog:
            formatter.write_paragraph()
            formatter.write_text(_(self.epilog))


SHARED_OPTIONS_LINE: Final = N_(
    "Every command also takes --home, --lang, --json, --no-color, --plain, --collective and "
    "--passphrase-fd; see “aluna --help”."
)


class Verb(Speaking):
    """One act of the command line; it takes the shared options after its name too."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        attributes.setdefault("epilog", SHARED_OPTIONS_LINE)
        super().__init__(*args, **attributes)
        self.params += shared_options(shown=False)


def _show_help(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help())
        ctx.exit()


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value is None or value is False or ctx.resilient_parsing:
        return
    invocation = ctx.find_object(Invocation)
    if invocation is None or param.name is None:
        return
    match param.name:
        case "lang":
            use_language(value)
        case "no_color":
            invocation.color = False
        case name:
            setattr(invocation, name, value)


def shared_options(*, shown: bool) -> list[click.Parameter]:
    """Return the options that may stand before or after the verb.

    Variables of the environment are read only where the options are *shown* (before the verb), so
    that they never win over something typed.
    """

    def option(flags: list[str], help_text: str, **attributes: Any) -> Opt:
        return Opt(
            flags,
            help=help_text,
            expose_value=False,
            callback=_remember,
            hidden=not shown,
            is_eager=True,
            **attributes,
        )

    home_variable = {"envvar": "ALUNA_HOME"} if shown else {}
    return [
        option(
            ["--home"],
            N_("Where this device keeps its vault (or ALUNA_HOME)."),
            metavar=N_("DIR"),
            type=click.Path(path_type=Path, file_okay=False),
            **home_variable,
        ),
        option(
            ["--lang"],
            N_("The language to speak (or ALUNA_LANG)."),
            type=click.Choice(LANGUAGES),
        ),
        option(
            ["--json", "as_json"],
            N_("Print one JSON object, for scripts."),
            is_flag=True,
        ),
        option(["--no-color"], N_("No bold letters (or NO_COLOR)."), is_flag=True),
        option(
            ["--plain"],
            N_("Plain sentences, one after the other, for screen readers (or ALUNA_PLAIN=1)."),
            is_flag=True,
        ),
        option(
            ["--collective"],
            N_("Which collective, when this device belongs to several."),
            metavar=N_("NAME"),
        ),
        option(
            ["--passphrase-fd"],
            N_("Read the passphrase from this open file descriptor, for scripts."),
            metavar="N",
            type=int,
        ),
    ]
