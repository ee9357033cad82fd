"""Meets companions in the background: a node in a process of its own, as long as one converses.

The process is the verb `node`, with the key of the open vault given through a pipe. It ends when
that pipe does, however this process ends.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from aluna_tui.texts import _, listed, ngettext

COMMAND: Final = (sys.executable, "-m", "aluna_tui.plain.companion")
_END_SECONDS: Final = 8.0


class Companion:
    """The node beside a conversation; nothing while the vault is locked or another one runs."""

    def __init__(self, home: Path, arguments: Sequence[str] = ()) -> None:
        self._home = home
        self._arguments = tuple(arguments)
        self._process: subprocess.Popen[bytes] | None = None
        self._told: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()

    def begin(self, key: bytes) -> None:
        """Start meeting others, if that is not done already."""
        if self._process is not None:
            return
        self._process = process = subprocess.Popen(  # noqa: S603 - our own program
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # an interrupt of the person is for the conversation alone
        )
        assert process.stdin is not None
        assert process.stdout is not None
        given = {"home": str(self._home), "key": key.hex(), "arguments": self._arguments}
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(given).encode() + b"\n")
            process.stdin.flush()
        threading.Thread(target=self._listen, args=(process.stdout,), daemon=True).start()

    def _listen(self, lines: IO[bytes]) -> None:
        with lines:
            for line in lines:
                with suppress(ValueError):
                    said = json.loads(line)
                    if isinstance(said, dict):
                        self._told.put(said)

    def end(self) -> None:
        """Say goodbye to others and end."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def news(self) -> list[str]:
        """Return what happened since one asked, a sentence each; of many things the count."""
        records = 0
        here: dict[str, None] = {}
        taken: Counter[str] = Counter()
        other = False
        while not self._told.empty():
            said = self._told.get()
            match said.get("event"):
                case "records":
                    count = said.get("count")
                    records += count if isinstance(count, int) else 0
                case "here":
                    here[str(said.get("person"))] = None
                case "gone":
                    here.pop(str(said.get("person")), None)
                case "taken-back":
                    taken[str(said.get("by") or _("somebody"))] += 1
                case "other-version":
                    other = True
                case _:
                    pass  # where it listens, and what it sees of the network, are for programs
        return _sentences(records, list(here), taken, other=other)


def _sentences(records: int, here: list[str], taken: Counter[str], *, other: bool) -> list[str]:
    said: list[str] = []
    if here:
        who = listed(here[:6])
        said.append(ngettext("{who} is here.", "{who} are here.", len(here)).format(who=who))
    if records:
        words = ngettext(
            "Meanwhile {count} record arrived or changed.",
            "Meanwhile {count} records arrived or changed.",
            records,
        )
        said.append(words.format(count=records))
    for who, count in taken.items():
        words = ngettext(
            "{who} took back {count} record.", "{who} took back {count} records.", count
        )
        said.append(words.format(who=who, count=count))
    if other:
        said.append(_("Somebody near speaks another version of the program."))
    return said


def main() -> None:
    """Be the node of the vault named on stdin, until stdin ends."""
    from aluna_sync.hardening import harden
    from aluna_tui.commands.grammar import Invocation
    from aluna_tui.commands.running import run
    from aluna_tui.plain.kept import KeptDoors

    harden()
    given = json.loads(sys.stdin.buffer.readline())
    home, doors = Path(given["home"]), KeptDoors()
    doors.keep(home, bytes.fromhex(given["key"]))

    def watch() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
    code = run(["node", "--json", *given["arguments"]], Invocation(doors=doors, home=home))
    # Without the usual end of a process: the thread above waits for stdin and would be waited for.
    os._exit(code)


if __name__ == "__main__":
    main()
