"""Run the ProVerif models of the protocol and compare what they prove with the committed results.

    python protocol/formal/run.py [--write] [--weakened] [model …]

Exit 0: everything as committed, or "skipped" because there is no ProVerif (looked for in $PROVERIF,
then on PATH). Exit 1: a difference, an error, or a model beyond its time. Exit 2: no such model.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
RESULTS: Final = HERE / "results"
CPU_SECONDS: Final = 300
"""More than twice what the slowest model takes (README)."""
LIBRARIES: Final = re.compile(r"\(\* libraries: ([\w., ]+) \*\)")
FRESH_SUFFIX: Final = re.compile(r"(?<=[a-zA-Z])_\d+\b|\[\]")
"""ProVerif numbers the variables it renames; the numbers say nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The RESULT lines of one run and the processor time it took."""

    lines: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Weakened:
    """A rule, what a protocol without it does instead, and the query (from 0) that notices."""

    name: str
    file: str
    rule: str
    instead: str
    model: str
    query: int


def weakened() -> list[Weakened]:
    """Return the rules of weakened.toml."""
    table = tomllib.loads((HERE / "weakened.toml").read_text(encoding="utf-8"))
    return [Weakened(**row) for row in table["weakened"]]


def tell(line: str) -> None:
    """Say a line at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def libraries(model: Path) -> list[Path]:
    """Return the files a model is loaded with, as its first line names them."""
    match = LIBRARIES.match(model.read_text(encoding="utf-8"))
    return [model.with_name(name) for name in match[1].split(", ")] if match else []


def digests(model: Path) -> list[str]:
    """Return one line for each file a result depends on."""
    return [
        f"sha256 {path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in [*libraries(model), model]
    ]


def run(proverif: str, model: Path) -> Outcome:
    """Run one model; raise `RuntimeError` with ProVerif's words when it has no results."""
    options = [part for path in libraries(model) for part in ("-lib", path.name)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(  # noqa: S603 - the program the caller chose
        [proverif, *options, model.name],
        cwd=model.parent,
        capture_output=True,
        text=True,
        preexec_fn=_limit,
        check=False,
    )
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    # A query that fails may bring a weaker one in brackets that holds; nobody asked for that.
    found = re.findall(r"^RESULT (?!\().*", done.stdout, re.MULTILINE)
    if done.returncode != 0 or not found:
        raise RuntimeError(f"{model.name}: ended with {done.returncode}: {done.stdout[-400:]}")
    return Outcome(tuple(FRESH_SUFFIX.sub("", line) for line in found), seconds)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def committed(model: Path) -> str:
    """Return the committed result of a model, empty when there is none."""
    path = RESULTS / f"{model.stem}.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def check(proverif: str, model: Path, *, write: bool) -> bool:
    """Run one model, print its row, and tell whether it proved what is committed."""
    try:
        outcome = run(proverif, model)
    except RuntimeError as error:
        tell(str(error))
        return False
    text = "\n".join([*digests(model), *outcome.lines]) + "\n"
    if write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{model.stem}.txt").write_text(text, encoding="utf-8")
    same = text == committed(model)
    verdict = "as committed" if same else "DIFFERS"
    tell(f"{model.stem:34} {len(outcome.lines):2} queries {outcome.seconds:6.1f} s  {verdict}")
    if not same:
        tell(text)
    return same


def bites(proverif: str, one: Weakened) -> bool:
    """Run a model on a protocol without one of its rules; tell whether the query notices."""
    with tempfile.TemporaryDirectory() as folder:
        for path in HERE.glob("*.pv*"):
            shutil.copy(path, folder)
        changed = Path(folder, one.file)
        text = changed.read_text(encoding="utf-8")
        if one.rule not in text:
            tell(f"{one.name}: the rule is not in {one.file}")
            return False
        changed.write_text(text.replace(one.rule, one.instead), encoding="utf-8")
        outcome = run(proverif, Path(folder, one.model))
    line = outcome.lines[one.query]
    noticed = not line.endswith("is true.")
    tell(f"without {one.name}: {'noticed' if noticed else 'NOT NOTICED'}: {line}")
    return noticed


def find_proverif() -> str | None:
    """Return the program to run, None when there is none."""
    return shutil.which(os.environ.get("PROVERIF") or "proverif")


def main() -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(description="ProVerif models against committed results")
    parser.add_argument("models", nargs="*", help="names without .pv; all without any")
    parser.add_argument("--write", action="store_true", help="commit what comes out")
    parser.add_argument("--weakened", action="store_true", help="only: do the queries bite?")
    arguments = parser.parse_args()
    models = sorted(HERE.glob("*.pv"))
    chosen = [one for one in models if not arguments.models or one.stem in arguments.models]
    if len(chosen) < len(arguments.models):
        tell("no such model; there are: " + ", ".join(one.stem for one in models))
        return 2
    proverif = find_proverif()
    if proverif is None:
        tell("skipped: proverif not found (on PATH or in $PROVERIF)")
        return 0
    if arguments.weakened:
        passed = [bites(proverif, one) for one in weakened()]
    else:
        passed = [check(proverif, one, write=arguments.write) for one in chosen]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
