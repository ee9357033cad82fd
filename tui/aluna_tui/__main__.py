"""The program `aluna`: chooses the language, runs one verb, and turns trouble into sentences."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_sync.hardening import harden
from aluna_tui.texts import LANGUAGES, bind_libraries, language_from_environment, use_language

if TYPE_CHECKING:
    from aluna_tui.commands.grammar import Invocation

_OBJECTS_UNTIL_COLLECTED = 20_000
"""Starting makes fifty thousand that all stay: at Python's 700 they would be walked often."""


def asked_language(arguments: Sequence[str]) -> str:
    """Return the language asked for with `--lang`, else the environment's, else Spanish.

    It has to be known before the help is built, so it is looked for ahead of the parser. What was
    chosen in the screens comes before the system's own variables.
    """
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            value = argument.partition("=")[2]
        elif argument == "--lang" and index + 1 < len(arguments):
            value = arguments[index + 1]
        else:
            continue
        if value in LANGUAGES:
            return value
    return (os.environ.get("ALUNA_LANG") in LANGUAGES and os.environ["ALUNA_LANG"]) or (
        chosen_language(arguments) or language_from_environment()
    )


def chosen_language(arguments: Sequence[str]) -> str:
    """Return the language chosen in the screens of the vault that is opened, empty for none."""
    from aluna_sync.places import home_directory

    given = None
    for index, argument in enumerate(arguments):
        if argument.startswith("--home="):
            given = Path(argument.partition("=")[2])
        elif argument == "--home" and index + 1 < len(arguments):
            given = Path(arguments[index + 1])
    path = home_directory(given) / "preferences.toml"
    if not path.is_file():
        return ""
    from aluna_tui.preferences import load

    return load(path).language


class _Fronts:
    """The screens, the conversation and the demo, imported when they are asked for."""

    def screens(self, home: Path) -> int:
        from aluna_tui.app import run

        return run(home)

    def conversation(self, invocation: Invocation) -> int:
        from aluna_tui.plain.conversation import run

        return run(invocation, self)

    def demo(self, *, as_json: bool, plain: bool) -> int:
        from aluna_tui.demo import main as tell

        return tell(as_json=as_json, plain=plain)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(_OBJECTS_UNTIL_COLLECTED)
    harden()
    given = list(sys.argv[1:] if arguments is None else arguments)
    use_language(asked_language(given))
    bind_libraries()
    from aluna_tui.commands.running import run

    code = run(given, fronts=_Fronts())
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
