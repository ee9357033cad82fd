"""Runs one command line and returns its exit code; no error leaves here as a traceback."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence

import click

from aluna_sync.errors import AlunaError, ExitCode
from aluna_tui.commands.grammar import Invocation
from aluna_tui.commands.program import build_program
from aluna_tui.sentences import sentences
from aluna_tui.texts import _


def run(arguments: Sequence[str], invocation: Invocation | None = None) -> int:
    """Run the command line *arguments* and return its exit code (a contract, see `ExitCode`)."""
    if invocation is None:
        invocation = Invocation(
            color=not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
            plain=os.environ.get("ALUNA_PLAIN", "0") not in ("", "0"),
        )
    try:
        code = build_program().main(
            list(arguments), prog_name="aluna", standalone_mode=False, obj=invocation
        )
    except click.UsageError as error:
        error.show()
        return ExitCode.WRONG_USE
    except click.ClickException as error:
        error.show()
        return ExitCode.NOT_DONE
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Interrupted. What was done before is safe."), err=True)
        return ExitCode.INTERRUPTED
    except AlunaError as error:
        for text in sentences(error):
            click.echo(text, err=True)
        return error.exit_code
    except BrokenPipeError:
        return ExitCode.NOT_DONE
    except Exception as error:  # noqa: BLE001 - the last net: people get a sentence, never a traceback
        _say_unexpected(error)
        return ExitCode.NOT_DONE
    return code if isinstance(code, int) else ExitCode.DONE


def _say_unexpected(error: Exception) -> None:
    # Only the kind of error and the place: its message could hold words of a record.
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"
    click.echo(
        _("Something unexpected happened inside the program ({kind}, {place}).").format(
            kind=type(error).__name__, place=place
        ),
        err=True,
    )
    click.echo(_("What was written before is safe on this device."), err=True)
    click.echo(
        _("Try again; if it comes back, tell whoever looks after the program those two words."),
        err=True,
    )
