"""Whole commands, from the shell's point of view, against an interpreter that does nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from bench import corpus
from bench.harness import (
    Line,
    Result,
    Workshop,
    key_derivation,
    median,
    ms,
    processor_seconds,
    python,
    seconds,
    times,
)
from bench.many_records import MANY

RUNS: Final = 9
BUDGET_SECONDS: Final = 0.150
HEAVY: Final = 5
"""Packages named in the notes."""
COMMANDS: Final = (("add", "note", "una nota breve"), ("list", "--json"))
READING: Final = "show"
"""Has no budget of its own: it opens one record, and needs neither engine nor loop for it."""
IMPORT: Final = "from bench import corpus; from aluna_sync.vault_file import derive"
DERIVE: Final = f"{IMPORT}; derive(b'a passphrase', bytes(16), corpus.CHEAPEST)"
_IMPORT: Final = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def measure(workshop: Workshop) -> Result:
    """Time whole processes on a vault of many records, and see what they import."""
    home = workshop.copy(workshop.full(MANY))
    with _passphrase(workshop) as secret:
        derivation = key_derivation()
        floor = median(lambda: seconds(lambda: python("-c", "pass")), RUNS)
        shown = (READING, _first(home, secret))
        lines = [_line(command, home, secret, derivation, floor) for command in COMMANDS]
        lines.append(_line(shown, home, secret, derivation, floor, budget=None))
        notes = [
            note
            for command in (*COMMANDS, shown)
            for note in (_processor(command, home, secret), _imports(command, home, secret))
        ]
    return Result(
        "A command",
        tuple(lines),
        (
            f"With {MANY:,} records. One key derivation, {ms(derivation)}, is taken off each time.",
            *notes,
        ),
    )


def _first(home: Path, secret: str) -> str:
    said = _command(("list", "--json", "--limit", "1"), home, secret).stdout
    return str(json.loads(said)["records"][0]["id"])


@contextmanager
def _passphrase(workshop: Workshop) -> Iterator[str]:
    path = workshop.new("passphrase")
    path.touch(mode=0o600)
    path.write_text(corpus.PASSPHRASE + "\n")
    yield str(path)
    path.unlink()


def _command(
    command: tuple[str, ...], home: Path, secret: str, *flags: str
) -> CompletedProcess[str]:
    return python(
        *flags, "-m", "aluna_tui", "--home", str(home), "--lang", "en", *command,
        ALUNA_PASSPHRASE_FILE=secret,
    )  # fmt: skip


def _line(
    command: tuple[str, ...],
    home: Path,
    secret: str,
    derivation: float,
    floor: float,
    budget: float | None = BUDGET_SECONDS,
) -> Line:
    whole = median(lambda: seconds(lambda: _command(command, home, secret)), RUNS)
    spent = whole - derivation
    return Line(
        f"`aluna {_named(command)}`, the whole process (key derivation apart)",
        ms(spent),
        f"Python starting and ending: {ms(floor)}",
        times(spent / floor),
        "–" if budget is None else f"≤ {budget * 1000:.0f} ms",
        None if budget is None else spent <= budget,
    )


def _named(command: tuple[str, ...]) -> str:
    return READING if command[0] == READING else " ".join(command[:2])


def _processor(command: tuple[str, ...], home: Path, secret: str) -> str:
    """Say what a command costs whatever else the machine does meanwhile."""
    used = median(lambda: processor_seconds(lambda: _command(command, home, secret)), RUNS)
    key = median(lambda: processor_seconds(lambda: python("-c", DERIVE)), RUNS)
    key -= median(lambda: processor_seconds(lambda: python("-c", IMPORT)), RUNS)
    return f"`aluna {command[0]}` takes {ms(used - key)} of processor time."


def _imports(command: tuple[str, ...], home: Path, secret: str) -> str:
    """Say what a command imports, by package; raises when Textual is among it."""
    spent: dict[str, int] = {}
    for own, name in _IMPORT.findall(_command(command, home, secret, "-X", "importtime").stderr):
        package = name.partition(".")[0]
        spent[package] = spent.get(package, 0) + int(own)
    if "textual" in spent:
        raise RuntimeError("a command imported Textual")
    heavy = sorted(spent.items(), key=lambda item: -item[1])[:HEAVY]
    told = ", ".join(f"{name} {microseconds / 1000:.0f} ms" for name, microseconds in heavy)
    total = sum(spent.values()) / 1000
    return (
        f"Of that, importing takes {total:.0f} ms (by `-X importtime`, which slows it), most "
        f"of it for {told}. Textual is never imported."
    )
