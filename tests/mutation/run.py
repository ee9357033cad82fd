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
from mutation.trying import last_words, quickest_first, start, tests_by_line, wait

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("aluna_sync", "protocol", "tests", "tui", "pyproject.toml")
CONTROL = ["vectors", "acts", "control_histories"]
SESSIONS = [
    *("session*", "hub", "who_*", "forks", "branches", "withholding", "introductions"),
    *("floods", "attacks_by_*", "*sessions"),
]
TESTS = {
    "acts": [*CONTROL, "control_bounds"],
    "entry": ["entry", "vectors", "hostile_entries", "control_bounds", "salamander"],
    "epoch": ["epoch", *CONTROL, "hostile_entries", "control_bounds"],
    "membership": ["membership", *CONTROL, "hostile_entries", "control_bounds"],
    "transport": [
        "transport",
        "handshake",
        "attacks_by_*",
        "*sessions",
        "session_vectors",
        "floods",
    ],
    "handshake": ["handshake", "*handshakes", "attacks_by_*", "session", "introductions"],
    **dict.fromkeys(
        ("session", "exchange", "pulling", "taking", "serving", "peer_logs", "hub"), SESSIONS
    ),
    "lint": ["lint*"],
}
"""Files `tests/protocol/test_….py`, the quickest to notice first."""


def main() -> int:
    """Return 0 when every survivor is explained and every explanation still needed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="+", choices=sorted(TESTS))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--file", default="", help="of a package: this module alone")
    parser.add_argument("--only", default="", help="functions whose name contains this")
    parser.add_argument("-k", dest="select", default="", help="which tests, as pytest's -k")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = copied(Path(folder))
        return max([tried(copy, name, given) for name in given.modules])


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


def tried(copy: Path, module: str, given: argparse.Namespace) -> int:
    """Try every mutant of *module*; print what survived; return 1 when that is not explained."""
    began = time.monotonic()
    package = copy / "protocol" / "aluna_protocol"
    files = sorted((package / module).glob("*.py")) or [package / f"{module}.py"]
    names = {
        path: module if path.stem in {"__init__", module} else f"{module}.{path.stem}"
        for path in files
        if given.file in {"", path.stem}
    }
    tests = [
        str(path.relative_to(copy))
        for name in TESTS[module]
        for path in sorted((copy / "tests" / "protocol").glob(f"test_{name}.py"))
    ]
    if given.select:
        tests = ["-k", given.select, *tests]
    survived: list[tuple[str, Mutant]] = []
    count = 0
    for path, name in names.items():
        some, lived = _tried_file(copy, name, path, tests, given.jobs, given.only)
        count += some
        survived += lived
    explained = _explained(module)
    found = {(name, one.function, one.change) for name, one in survived}
    for name, one in survived:
        if (name, one.function, one.change) not in explained:
            say(f"UNEXPLAINED {name}:{one.line} {one.function}: {one.change}")
    tried_here = set(names.values())
    stale = {one for one in explained - found if one[0] in tried_here and given.only in one[1]}
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
    start(copy, qualified, path, tree, None, tests, noting=True)
    _, passed, seconds = wait()
    if not passed:
        sys.exit(f"the tests of {name} fail on the copy as it is:\n{last_words(copy)}")
    start(copy, qualified, path, tree, None, quickest_first(copy))
    if not wait()[1]:
        sys.exit(f"the tests of {name} fail in another order:\n{last_words(copy)}")
    noted = tests_by_line(copy, path)
    waiting = [one for one in mutants(tree) if only in one.function]
    say(f"{name}: {len(waiting)} mutants, {seconds:.1f} s for all tests")
    trying: dict[int, Mutant] = {}
    survived: list[tuple[str, Mutant]] = []
    for one in [*waiting, *[None] * jobs]:
        while len(trying) >= jobs or (one is None and trying):
            process, passed, _ = wait()
            tested = trying.pop(process)
            if passed:
                survived.append((name, tested))
                say(f"  survived at line {tested.line}: {tested.change}")
        if one is not None:
            meant = noted.get(one.line) or tests
            most = 10 + int(3 * seconds)
            process = start(copy, qualified, path, tree, one, meant, seconds=most)
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
