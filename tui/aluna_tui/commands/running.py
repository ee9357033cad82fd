"""Runs one command line and returns its exit code; no error leaves here as a traceback."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from aluna_sync.errors import AlunaError, EngineError, ExitCode
from aluna_tui.commands.grammar import Fronts, Invocation
from aluna_tui.commands.output import printable
from aluna_tui.commands.program import build_program
from aluna_tui.commands.waiting import first_error
from aluna_tui.sentences import sentences
from aluna_tui.texts import _


def run(
    arguments: Sequence[str],
    invocation: Invocation | None = None,
    *,
    fronts: Fronts | None = None,
) -> int:
    """Run the command line *arguments* and return its exit code (a contract, see `ExitCode`)."""
    if invocation is None:
        invocation = Invocation(
            fronts=fronts,
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
        return _tell(error)
    except EngineError as error:
        return _tell(AlunaError("engine-died", reason=error.code))
    except ExceptionGroup as group:
        # Tasks of one command that failed together: the first trouble is told.
        errors, _rest = group.split(AlunaError)
        if errors is None:
            _say_unexpected(group)
            return ExitCode.NOT_DONE
        return _tell(first_error(errors))
    except BrokenPipeError:
        return ExitCode.NOT_DONE
    except Exception as error:
        _say_unexpected(error)
        return ExitCode.NOT_DONE
    return code if isinstance(code, int) else ExitCode.DONE


def _tell(error: AlunaError) -> int:
    for text in sentences(error):
        click.echo(printable(text), err=True)
    return error.exit_code


def _say_unexpected(error: Exception) -> None:
    # Only the kind of error and the place: its message could hold words of a record.
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
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
