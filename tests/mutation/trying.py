"""Run the tests of a module against one mutant of it, in a process of its own."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

import hypothesis
import msgpack
import nacl.bindings
import pytest

from mutation.mutating import Mutant

LOADED_ONCE = (hypothesis, msgpack, nacl.bindings)
"""What every child would load again; nothing of ours, so that it is loaded mutated."""
EXAMPLES = 60
OPTIONS = [
    *("-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--assert=plain"),
    *("--timeout=0", "--capture=no"),
]
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


def start(
    copy: Path,
    tests: list[str],
    plugins: list[object],
    mutated: tuple[str, Path, ast.Module, Mutant] | None = None,
    seconds: int | None = None,
) -> int:
    """Begin to run *tests*, with a module mutated if one is given; return the id of the process.

    *mutated*: the name of the module, its file, its tree, and what to change. *seconds*: of
    computing, after which it is ended. No time of the clock on the wall is a bound: on a busy
    machine next to nothing may happen for minutes, and nothing was noticed by it.
    """
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        # What mutants make tests say is of no use; what fails without any has to be seen.
        heard = os.devnull if mutated is not None else copy / SAID
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(os.open(heard, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
        if mutated is not None:
            name, path, tree, mutant = mutated
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
        if seconds is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        code = int(pytest.main([*OPTIONS, *tests], plugins=plugins))
    finally:
        os._exit(code)


def last_words(copy: Path) -> str:
    """Return the end of what tests said that ran without a mutant."""
    return "\n".join((copy / SAID).read_text(errors="replace").splitlines()[-40:])


def wait() -> bool:
    """Tell of the next process that ends whether its tests passed."""
    return os.waitstatus_to_exitcode(os.wait()[1]) == 0
