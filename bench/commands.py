"""Whole commands, from the shell's point of view, against an interpreter that does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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

RUNS: Final = 9
RECORDS: Final = 100
BUDGET_SECONDS: Final = 0.150
HEAVY: Final = 5
"""Packages named in the notes."""
COMMANDS: Final = (("add", "note", "una nota breve"), ("list", "--json"))
IMPORT: Final = "from bench import corpus; from aluna_sync.vault_file import derive"
DERIVE: Final = f"{IMPORT}; derive(b'a passphrase', bytes(16), corpus.CHEAPEST)"
_IMPORT: Final = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def measure(workshop: Workshop) -> Result:
    """Time whole processes on a vault of few records, and see what they import."""
    home = workshop.copy(workshop.full(RECORDS))
    with _passphrase(workshop) as secret:
        derivation = key_derivation()
        floor = median(lambda: seconds(lambda: python("-c", "pass")), RUNS)
        lines = [_line(command, home, secret, derivation, floor) for command in COMMANDS]
        notes = [
            note
            for command in COMMANDS
            for note in (_processor(command, home, secret), _imports(command, home, secret))
        ]
    return Result(
        "A command",
        tuple(lines),
        (f"One key derivation, {ms(derivation)}, is taken off each time.", *notes),
    )


@contextmanager
def _passphrase(workshop: Workshop) -> Iterator[str]:
    path = workshop.new("passphrase")
    path.touch(mode=0o600)
    path.write_text(corpus.PASSPHRASE + "\n")
    yield str(path)
    path.unlink()


def _run(command: tuple[str, ...], home: Path, secret: str, *flags: str) -> str:
    done = python(
        *flags, "-m", "aluna_tui", "--home", str(home), "--lang", "en", *command,
        ALUNA_PASSPHRASE_FILE=secret,
    )  # fmt: skip
    return done.stderr


def _line(
    command: tuple[str, ...], home: Path, secret: str, derivation: float, floor: float
) -> Line:
    whole = median(lambda: seconds(lambda: _run(command, home, secret)), RUNS)
    spent = whole - derivation
    return Line(
        f"`aluna {' '.join(command[:2])}`, the whole process (key derivation apart)",
        ms(spent),
        f"Python starting and ending: {ms(floor)}",
        times(spent / floor),
        f"≤ {BUDGET_SECONDS * 1000:.0f} ms",
        spent <= BUDGET_SECONDS,
    )


def _processor(command: tuple[str, ...], home: Path, secret: str) -> str:
    """Say what a command costs whatever else the machine does meanwhile."""
    used = median(lambda: processor_seconds(lambda: _run(command, home, secret)), RUNS)
    key = median(lambda: processor_seconds(lambda: python("-c", DERIVE)), RUNS)
    key -= median(lambda: processor_seconds(lambda: python("-c", IMPORT)), RUNS)
    return f"`aluna {command[0]}` takes {ms(used - key)} of processor time."


def _imports(command: tuple[str, ...], home: Path, secret: str) -> str:
    """Say what a command imports, by package; raises when Textual is among it."""
    spent: dict[str, int] = {}
    for own, name in _IMPORT.findall(_run(command, home, secret, "-X", "importtime")):
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
