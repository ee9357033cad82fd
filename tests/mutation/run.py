"""Mutation testing of the protocol core: `python tests/mutation/run.py entry epoch membership`.

Works on a copy of the tree, never on the tree itself. Of each module named, every mutant is tried
against the tests that run its line. A mutant that survives them is printed; it must be one of
`explained.toml`, with the reason why it does no harm, or this ends with 1. So does an explanation
of a mutant that does not survive any more.

mutmut 3 was tried first: it leaves alone properties, every other decorated function, and what
stands in the body of a class or module, which is a third of this package.
"""

from __future__ import annotations

import argparse
import ast
import shutil
import sys
import tempfile
import time
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from mutation.mutating import Mutant, mutants
from mutation.trying import Running, quickest_first, start, tests_by_line

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("aluna_sync", "protocol", "tests", "tui", "pyproject.toml")
CONTROL = ["vectors", "acts", "control_histories"]
TESTS = {
    "acts": [*CONTROL, "control_bounds"],
    "entry": ["entry", "vectors", "hostile_entries", "control_bounds", "salamander"],
    "epoch": ["epoch", *CONTROL, "hostile_entries", "control_bounds"],
    "membership": ["membership", *CONTROL, "hostile_entries", "control_bounds"],
    "session": ["session", "hub", "who_*", "forks", "withholding", "introductions", "*sessions"],
    "lint": ["lint*"],
}
"""Files `tests/protocol/test_….py`, the quickest to notice first."""


def main() -> int:
    """Return 0 when every survivor is explained and every explanation still needed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="+", choices=sorted(TESTS))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="functions whose name contains this")
    parser.add_argument("-k", dest="select", default="", help="which tests, as pytest's -k")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = copied(Path(folder))
        return max(
            [tried(copy, name, given.jobs, given.only, given.select) for name in given.modules]
        )


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def copied(folder: Path) -> Path:
    """Copy what the tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def tried(copy: Path, module: str, jobs: int, only: str, select: str) -> int:
    """Try every mutant of *module*; print what survived; return 1 when that is not explained."""
    began = time.monotonic()
    package = copy / "protocol" / "aluna_protocol"
    files = sorted((package / module).glob("*.py")) or [package / f"{module}.py"]
    tests = [
        str(path.relative_to(copy))
        for name in TESTS[module]
        for path in sorted((copy / "tests" / "protocol").glob(f"test_{name}.py"))
    ]
    if select:
        tests = ["-k", select, *tests]
    survived: list[tuple[str, Mutant]] = []
    count = 0
    for path in files:
        inner = "" if path.stem == "__init__" or len(files) == 1 else f".{path.stem}"
        some, lived = _tried_file(copy, f"{module}{inner}", path, tests, jobs, only)
        count += some
        survived += lived
    explained = _explained(module)
    found = {(name, one.function, one.change) for name, one in survived}
    for name, one in survived:
        if (name, one.function, one.change) not in explained:
            say(f"UNEXPLAINED {name}:{one.line} {one.function}: {one.change}")
    stale = {one for one in explained - found if only in one[1]}
    for name, function, change in sorted(stale):
        say(f"EXPLAINED BUT KILLED {name} {function}: {change}")
    minutes = (time.monotonic() - began) / 60
    say(f"{module}: {count} mutants, {len(survived)} survived, {minutes:.1f} min")
    return int(bool(found - explained or stale))


def _tried_file(
    copy: Path, name: str, path: Path, tests: list[str], jobs: int, only: str
) -> tuple[int, list[tuple[str, Mutant]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    qualified = f"aluna_protocol.{name}"
    began = time.monotonic()
    sound = Running(600)
    sound.add(start(copy, qualified, path, tree, None, tests, noting=True))
    if not sound.wait()[1]:
        sys.exit(f"the tests of {name} fail on the copy as it is: {' '.join(tests)}")
    seconds = time.monotonic() - began
    sound.add(start(copy, qualified, path, tree, None, quickest_first(copy)))
    if not sound.wait()[1]:
        sys.exit(f"the tests of {name} fail in another order: each mutant would seem noticed")
    noted = tests_by_line(copy, path)
    waiting = [one for one in mutants(tree) if only in one.function]
    say(f"{name}: {len(waiting)} mutants, {seconds:.1f} s for all tests")
    running, trying = Running(3 * seconds * jobs + 10), dict[int, Mutant]()
    survived: list[tuple[str, Mutant]] = []
    for one in [*waiting, *[None] * jobs]:
        while len(running) >= jobs or (one is None and len(running)):
            process, passed = running.wait()
            tested = trying.pop(process)
            if passed:
                survived.append((name, tested))
                say(f"  survived at line {tested.line}: {tested.change}")
        if one is not None:
            meant = noted.get(one.line) or tests
            process = start(copy, qualified, path, tree, one, meant)
            running.add(process)
            trying[process] = one
    return len(waiting), survived


def _explained(module: str) -> set[tuple[str, str, str]]:
    told = tomllib.loads((Path(__file__).parent / "explained.toml").read_text(encoding="utf-8"))
    return {
        (one["module"], one["function"], one["change"])
        for one in told["mutant"]
        if one["module"].split(".")[0] == module and one["why"]
    }


if __name__ == "__main__":
    sys.exit(main())
