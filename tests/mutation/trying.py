"""Run the tests of a module against one mutant of it, in a process of its own."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType

import coverage
import hypothesis
import msgpack
import nacl.bindings
import pytest

from mutation.mutating import Mutant

LOADED_ONCE = (hypothesis, msgpack, nacl.bindings)
"""What every child would load again; nothing of ours, so that it is loaded mutated."""
EXAMPLES = 60
NOTED = ".coverage-noted"
TOOK = "durations.json"
SAID = "said.txt"
"""What pytest printed where nothing was changed."""


class _Mutated(importlib.machinery.SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.code


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the mutated module before anything else does."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Mutated(fullname, str(self._path))
        loader.code = self._code
        inside = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            fullname, self._path, loader=loader, submodule_search_locations=inside
        )


class Durations:
    """Notes how long each test function takes, so that the quickest can be asked first."""

    def __init__(self, copy: Path) -> None:
        self._file = copy / TOOK
        self._seconds: dict[str, float] = {}
        self._began = 0.0

    def pytest_runtest_logstart(self) -> None:
        """Look at the clock of this process: how busy the machine is must not count."""
        self._began = time.process_time()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Add what one test took."""
        name = nodeid.split("[")[0]
        took = time.process_time() - self._began
        self._seconds[name] = self._seconds.get(name, 0) + took

    def pytest_sessionfinish(self) -> None:
        """Keep it for the process that started this one."""
        self._file.write_text(json.dumps(self._seconds))


class Patience:
    """Ends this process when one test computes for too long: a mutant may go round for ever."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def pytest_runtest_logstart(self) -> None:
        """Begin to count for the next test."""
        signal.setitimer(signal.ITIMER_PROF, self._seconds)

    def pytest_runtest_logfinish(self) -> None:
        """Stop counting."""
        signal.setitimer(signal.ITIMER_PROF, 0)


def start(
    copy: Path,
    name: str,
    path: Path,
    tree: ast.Module,
    mutant: Mutant | None,
    tests: list[str],
    *,
    noting: bool = False,
    seconds: int | None = None,
) -> int:
    """Begin to run *tests*, with *mutant* if there is one; return the id of the process.

    *noting*: note which test runs which line, and how long it takes. *seconds*: of computing,
    after which it is ended. No time of the clock on the wall is a bound: at the lowest priority
    on a busy machine next to nothing may happen for minutes, and nothing was noticed by it.
    """
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        # What mutants make tests say is of no use; what fails without any has to be seen.
        heard = os.devnull if mutant is not None else copy / SAID
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(os.open(heard, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
        if mutant is not None:
            mutant.make()
        compiled = compile(ast.fix_missing_locations(tree), str(path), "exec")
        sys.meta_path.insert(0, _Finder(name, path, compiled))
        sys.path[:0] = [str(copy / "protocol"), str(copy), str(copy / "tui")]
        os.chdir(copy)
        # A busy machine must not look like a test that noticed something.
        hypothesis.settings.register_profile(
            "mutation",
            derandomize=True,
            database=None,
            deadline=None,
            max_examples=EXAMPLES,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        hypothesis.settings.load_profile("mutation")
        options = ["-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--assert=plain"]
        options.append("--timeout=0")
        plugins: list[object] = []
        if noting:
            plugins = [Durations(copy)]
            os.environ["COVERAGE_FILE"] = str(copy / NOTED)
            options += ["--cov=aluna_protocol", "--cov-context=test", "--cov-report="]
        if mutant is not None:
            plugins = [Patience(_patience(copy))]
        if seconds is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        for some in [tests] if noting else _in_turn(tests):
            code = int(pytest.main([*options, *some], plugins=plugins))
            if code:
                break
    finally:
        os._exit(code)


def _in_turn(tests: list[str]) -> Iterator[list[str]]:
    """Yield the tests of the file that has most of them, then the others: it mostly notices."""
    files = Counter(name.partition("::")[0] for name in tests if "::" in name)
    own = max(files, key=lambda name: files[name], default=None)
    for of_own in (True, False):
        if some := [name for name in tests if (name.partition("::")[0] == own) is of_own]:
            yield some


def _patience(copy: Path) -> float:
    """Return how long one test may take: a mutant that goes round for ever is soon noticed."""
    took: dict[str, float] = json.loads((copy / TOOK).read_text())
    return 10 + 2 * max(took.values())


def last_words(copy: Path) -> str:
    """Return the end of what tests said that ran without a mutant."""
    return "\n".join((copy / SAID).read_text(errors="replace").splitlines()[-40:])


def quickest_first(copy: Path) -> list[str]:
    """Return every test of the noting run."""
    took: dict[str, float] = json.loads((copy / TOOK).read_text())
    return sorted(took, key=lambda name: took[name])


def tests_by_line(copy: Path, path: Path) -> dict[int, list[str]]:
    """Return which tests ran each line of *path*, the quickest first, as the first run noted."""
    data = coverage.CoverageData(str(copy / NOTED))
    data.read()
    places = {name: place for place, name in enumerate(quickest_first(copy))}
    found: dict[int, list[str]] = {}
    for line, contexts in data.contexts_by_lineno(str(path)).items():
        names = {one.split("|")[0].split("[")[0] for one in contexts if one}
        found[line] = sorted(names, key=lambda name: places[name])
    return found


def wait() -> tuple[int, bool, float]:
    """Return the next process that ended, whether its tests passed, and how long it computed."""
    process, status, used = os.wait4(-1, 0)
    return process, os.waitstatus_to_exitcode(status) == 0, used.ru_utime + used.ru_stime
