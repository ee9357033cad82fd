"""One of the three: a person, her device, and the real commands she runs on it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aluna_tui.demo.ground import Ground
from aluna_tui.demo.program import Program, StepFailedError
from aluna_tui.texts import _, language

_SCREENS = """
import json, pathlib, sys
from aluna_sync.node import NodeOptions
from aluna_tui.app import run
from aluna_tui.texts import bind_libraries, use_language
home, passphrase, language, options = sys.argv[1:]
options = {key: tuple(map(tuple, value)) if key == "peers" else tuple(value) if value else value
           for key, value in json.loads(options).items()}
use_language(language)
bind_libraries()
words = pathlib.Path(passphrase).read_text().strip()
sys.exit(run(pathlib.Path(home), node_options=NodeOptions(**options), passphrase=words))
"""
"""A program of its own: telling the story never loads the screens."""


class Member:
    """A person of the collective with one device: a folder, a place on the ground, a vault."""

    def __init__(
        self, person: str, device: str, host: str, folder: Path, passphrase: Path, ground: Ground
    ) -> None:
        self.person = person
        self.device = device
        self.host = host
        self.folder = folder
        self.home = folder / "vault"
        self.node: Program | None = None
        self._passphrase = passphrase
        self._ground = ground
        for name in ("run", "tmp", "home"):
            (folder / name).mkdir(parents=True, mode=0o700)

    def _environment(self) -> dict[str, str]:
        """Everything a process may write lands in the folder that is searched at the end."""
        mine = {
            "ALUNA_PASSPHRASE_FILE": str(self._passphrase),
            "ALUNA_LANG": language(),
            "PYTHONUTF8": "1",
            "HOME": str(self.folder / "home"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.folder / "tmp")),
        }
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ALUNA_")}
        return kept | mine

    def start(self, *arguments: str, text: str | None = None) -> Program:
        """Start `aluna` with *arguments*, and *text* on its stdin."""
        program = [sys.executable, "-m", "aluna_tui", "--home", str(self.home), *arguments]
        process = self._ground.start(
            self.host,
            program,
            self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl+C is for the one who tells: he ends the others
        )
        return Program(typed(["aluna", *arguments]), process, text)

    def run(self, *arguments: str, text: str | None = None) -> str:
        """Run `aluna` with *arguments* to its end and return what it printed."""
        return self.start(*arguments, text=text).finish()

    def start_node(self) -> None:
        """Start a node; `wait_node` must follow."""
        self.node = self.start("node", "--json", *self._ground.node_options(self.host))

    def wait_node(self) -> None:
        """Return once the node listens."""
        assert self.node is not None
        self._ground.node_listens(self.host, str(self.node.wait_said()["address"]))

    def open_screens(self) -> int:
        """Open the screens in this terminal, and return their exit code."""
        options = json.dumps(self._ground.screen_options(self.host))
        paths = [str(self.home), str(self._passphrase)]
        program = [sys.executable, "-c", _SCREENS, *paths, language(), options]
        return self._ground.start(self.host, program, self._environment()).wait()


def typed(words: Sequence[str]) -> str:
    """Return *words* as somebody would type them in a shell."""
    return " ".join(
        word if re.fullmatch(r"[\w@%+=:,./-]+", word) else "'" + word.replace("'", "'\\''") + "'"
        for word in words
    )


Work = tuple[Member, Sequence[str], str | None]
"""Who runs which command, with which words on its stdin."""


def together(work: Sequence[Work]) -> list[str]:
    """Run commands at the same time; return what each printed."""
    started = [member.start(*arguments, text=text) for member, arguments, text in work]
    return [program.finish() for program in started]


def end_nodes(members: Sequence[Member]) -> None:
    """End the nodes of all in good order."""
    nodes = [member.node for member in members if member.node is not None]
    for node in nodes:
        node.ask_to_end()
    for node in nodes:
        node.stop()


def answer(program_output: str) -> dict[str, Any]:
    """Return the one JSON object a command printed; raises StepFailedError."""
    try:
        value: dict[str, Any] = json.loads(program_output)
    except ValueError:
        raise StepFailedError(_("A command did not answer in JSON."), program_output) from None
    return value


def states(members: Sequence[Member]) -> list[dict[str, Any]]:
    """Return what `status --json` says of the collective on each device."""
    said = together([(member, ("status", "--json"), None) for member in members])
    spaces = [answer(one)["spaces"] for one in said]
    return [next(one for one in each if one["kind"] == "collective") for each in spaces]
