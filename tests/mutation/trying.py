"""Run the tests of a module against one mutant of it, in a process of its own."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
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

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what one step of a test took."""
        name = report.nodeid.split("[")[0]
        self._seconds[name] = self._seconds.get(name, 0) + report.duration

    def pytest_sessionfinish(self) -> None:
        """Keep it for the process that started this one."""
        self._file.write_text(json.dumps(self._seconds))


def start(
    copy: Path,
    name: str,
    path: Path,
    tree: ast.Module,
    mutant: Mutant | None,
    tests: list[str],
    *,
    noting: bool = False,
) -> int:
    """Begin to run *tests*, with *mutant* if there is one; return the id of the process.

    *noting*: note which test runs which line, and how long it takes.
    """
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
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
        plugins: list[object] = []
        if noting:
            plugins = [Durations(copy)]
            os.environ["COVERAGE_FILE"] = str(copy / NOTED)
            options += ["--cov=aluna_protocol", "--cov-context=test", "--cov-report="]
        code = int(pytest.main([*options, *tests], plugins=plugins))
    finally:
        os._exit(code)


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


class Running:
    """Up to *jobs* processes; each is killed when its time is over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._began: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._began)

    def add(self, process: int) -> None:
        """Watch over *process*."""
        self._began[process] = time.monotonic()

    def wait(self) -> tuple[int, bool]:
        """Return the next process that ended, and whether its tests passed."""
        while True:
            for process, began in list(self._began.items()):
                ended, status = os.waitpid(process, os.WNOHANG)
                if not ended and time.monotonic() - began > self._seconds:
                    os.kill(process, signal.SIGKILL)
                    ended, status = os.waitpid(process, 0)
                if ended:
                    del self._began[process]
                    return process, os.waitstatus_to_exitcode(status) == 0
            time.sleep(0.01)
