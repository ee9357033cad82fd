"""Mutation testing of the protocol core: `python tests/mutation/run.py entry epoch membership`.

Works on a copy of the tree, never on the tree itself. Every mutant of the modules named is tried
against the files of tests for any of them. One that survives them must be one of `explained.toml`,
with the reason why it does no harm, or this ends with 1. So does an explanation of a mutant that
does not survive any more.

mutmut 3 was tried first: it leaves alone properties, every other decorated function, and what
stands in the body of a class or module, which is a third of this package.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from mutation.mutating import Mutant, mutants
from mutation.swapping import NOTICED, RESULTS, TOOK, Forking, Work
from mutation.trying import last_words, start, wait

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("aluna_sync", "protocol", "tests", "tui", "pyproject.toml")
BELONGING = ["powers", "striking", "belonging", "apart"]
SESSIONS = [
    *("session*", "hub", "who_*", "forks", "branches", "withholding", "introductions"),
    *("floods", "attacks_by_*", "*sessions", "taking", "serving", "withdrawals"),
]
TALKING = ("session", "exchange", "pulling", "taking", "serving", "peer_logs", "hub")
TESTS = {
    **dict.fromkeys(
        ("striking", "seating", "outcome", "register", "powers", "membership"), BELONGING
    ),
    "barring": ["barring"],
    "epoch": ["epoch"],
    "acts": ["acts", "newcomers"],
    "operations": ["operations", "vectors", "withdrawals"],
    "entry": ["entry", "salamander"],
    "packing": ["entry"],
    "transport": [
        "transport",
        "handshake",
        "attacks_by_*",
        "*sessions",
        "session_vectors",
        "floods",
    ],
    "handshake": ["handshake", "*handshakes", "attacks_by_*", "session", "introductions"],
    **dict.fromkeys(TALKING, SESSIONS),
    "inviting": ["session_vectors", "introductions", "who_*", "removed"],
    "lint": ["lint*"],
}
"""Files `tests/protocol/test_….py`."""
MEMBERS = ["vectors", "membership", "newcomers", "control_bounds", "withdrawals", "epoch"]
BRANCHED = ["spec", "many_branches", "removed"]
FURTHER = {
    **dict.fromkeys(("powers", "membership", "register", "striking", "seating"), MEMBERS),
    **dict.fromkeys(TALKING, BRANCHED),
    "barring": ["vectors"],
    "packing": ["vectors"],
    "epoch": ["vectors", "acts", "control_bounds"],
    "acts": ["vectors", "epoch", "control_bounds", "control_histories"],
    "operations": ["membership", "hostile_entries", "control_bounds"],
    "entry": ["vectors", "control_bounds", "hostile_entries"],
}
"""Those asked about what the others let pass. They cost more: the module is loaded mutated.

Not among them: those that tell every small history. They notice much, but take twenty seconds, and
what nothing else notices deserves a test of its own.
"""


def main() -> int:
    """Return 0 when every survivor is explained and every explanation still needed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="+", choices=sorted(TESTS))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--file", default="", help="of a package: this module alone")
    parser.add_argument("--only", default="", help="functions whose name contains this")
    given = parser.parse_args()
    began = os.times()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = copied(Path(folder))
        found = [
            work for name in given.modules for work in works(copy, name, given.file, given.only)
        ]
        survivors = try_all(copy, given.modules, found, given.jobs)
    unexplained = [judged(work, survivors[work.name], given.only) for work in found]
    used = os.times()
    minutes = (used.children_user + used.children_system - began.children_user) / 60
    say(f"{minutes:.1f} min of computing")
    return max(unexplained)


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


def works(copy: Path, module: str, file: str, only: str) -> list[Work]:
    """Return what there is to try of *module*, a piece for each file of it."""
    package = copy / "protocol" / "aluna_protocol"
    found = []
    for path in sorted((package / module).glob("*.py")) or [package / f"{module}.py"]:
        if file in {"", path.stem}:
            name = module if path.stem in {"__init__", module} else f"{module}.{path.stem}"
            tree = ast.parse(path.read_text(encoding="utf-8"))
            some = [one for one in mutants(tree) if only in one.function]
            found.append(Work(name, path, tree, some))
    return found


def tests_of(copy: Path, names: Iterable[str]) -> list[str]:
    """Return the files of tests of these names, in this order."""
    folder = copy / "tests" / "protocol"
    files = [path for name in names for path in sorted(folder.glob(f"test_{name}.py"))]
    return [str(path.relative_to(copy)) for path in dict.fromkeys(files)]


def try_all(
    copy: Path, modules: Sequence[str], found: list[Work], jobs: int
) -> dict[str, list[Mutant]]:
    """Return the survivors of each piece of work."""
    tests = tests_of(copy, (name for module in modules for name in TESTS[module]))
    start(copy, tests, [Forking(copy, found, jobs)])
    if not wait():
        sys.exit(f"the tests fail on the copy as it is:\n{last_words(copy)}")
    results = json.loads((copy / RESULTS).read_text())
    seconds = sum(json.loads((copy / TOOK).read_text()).values())
    again = sum(one != NOTICED for of_work in results.values() for one in of_work.values())
    say(f"{seconds:.0f} s of computing for all tests; {again} mutants are tried again")
    survivors: dict[str, list[Mutant]] = {}
    for work in found:
        module = work.name.partition(".")[0]
        further = tests_of(copy, [*TESTS[module], *FURTHER.get(module, ())])
        lived = survivors[work.name] = []
        for number, mutant in enumerate(work.mutants):
            if results[work.name][str(number)] == NOTICED:
                continue
            mutated = (f"aluna_protocol.{work.name}", work.path, work.tree, mutant)
            start(copy, further, [], mutated, int(60 + 3 * seconds))
            if wait():
                lived.append(mutant)
                say(f"  survived: {work.name}:{mutant.line} {mutant.function}: {mutant.change}")
    return survivors


def judged(work: Work, survived: list[Mutant], only: str) -> int:
    """Print what survived of *work*; return 1 when that is not explained, or explained in vain."""
    explained = _explained(work.name)
    found = {(one.function, one.change) for one in survived}
    for one in survived:
        if (one.function, one.change) not in explained:
            say(f"UNEXPLAINED {work.name}:{one.line} {one.function}: {one.change}")
    stale = {one for one in explained - found if only in one[0]}
    for function, change in sorted(stale):
        say(f"EXPLAINED BUT KILLED {work.name} {function}: {change}")
    say(f"{work.name}: {len(work.mutants)} mutants, {len(survived)} survived")
    return int(bool(found - explained or stale))


def _explained(module: str) -> set[tuple[str, str]]:
    told = tomllib.loads((Path(__file__).parent / "explained.toml").read_text(encoding="utf-8"))
    return {
        (one["function"], one["change"])
        for one in told["mutant"]
        if one["module"] == module and one["why"]
    }


if __name__ == "__main__":
    sys.exit(main())
