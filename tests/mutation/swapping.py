"""Try mutants in forks of one process that holds every test already: no mutant costs an import.

In each fork the functions of the mutated module are given their changed code, whoever holds them.
That is what loading the module mutated would have come to, but for what ran while the tests were
collected; a mutant of such a line, or of one outside every function, is left to `trying`.
"""

from __future__ import annotations

import ast
import gc
import inspect
import json
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import pytest

from mutation.mutating import Mutant

NOTICED, SURVIVED, ELSEWHERE = "noticed", "survived", "elsewhere"
CODES = {0: SURVIVED, 71: ELSEWHERE}
RESULTS = "results.json"
TOOK = "durations.json"


@dataclass
class Work:
    """The mutants of one module, and which tests are to notice them."""

    name: str
    path: Path
    tree: ast.Module
    mutants: list[Mutant]

    @cached_property
    def functions(self) -> dict[tuple[str, int], CodeType]:
        """The code of its functions as it was read; to be asked for before any mutant is made."""
        return {_key(code): code for code in _functions(self.compiled())}

    def compiled(self) -> CodeType:
        """Return the code of the module as the tree stands."""
        return compile(ast.fix_missing_locations(self.tree), str(self.path), "exec")


class Forking:
    """Tries every mutant where pytest would have run its tests."""

    def __init__(self, copy: Path, works: Sequence[Work], jobs: int) -> None:
        self._copy, self._works, self._jobs = copy, works, jobs
        self._files = {str(work.path) for work in works}
        self._at_import: set[CodeType] = set()
        self._took: dict[str, float] = {}
        self._items: defaultdict[str, list[pytest.Item]] = defaultdict(list)
        self._functions: defaultdict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
        self._noticed_by: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._results: dict[str, dict[int, str]] = {work.name: {} for work in works}
        self._heard, self._tell = os.pipe()

    def pytest_load_initial_conftests(self) -> None:
        """Note which functions run while the tests are collected."""
        sys.setprofile(self._note)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename in self._files:
            self._at_import.add(frame.f_code)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all of them, and write down what came of each."""
        sys.setprofile(None)
        for item in session.items:
            self._items[item.nodeid.split("[")[0]].append(item)
        for one in gc.get_objects():
            if isinstance(one, FunctionType):
                code = one.__code__
                self._functions[code.co_filename, *_key(code)].append(one)
        for work in self._works:
            assert work.functions
        gc.collect()
        gc.freeze()
        self._check_copy()
        under_way: dict[int, tuple[Work, int]] = {}
        for work in self._works:
            for number, mutant in enumerate(work.mutants):
                if len(under_way) >= self._jobs:
                    self._wait(under_way)
                under_way[self._try(work, mutant)] = (work, number)
        while under_way:
            self._wait(under_way)
        (self._copy / RESULTS).write_text(json.dumps(self._results))
        return True

    def _check_copy(self) -> None:
        """All tests have to pass, every function exchanged for itself; how long each takes."""
        if os.waitpid(self._try(None, None), 0)[1]:
            raise SystemExit(f"fails without a mutant: {os.read(self._heard, 4096).decode()}")
        self._took = json.loads((self._copy / TOOK).read_text())

    def _wait(self, under_way: dict[int, tuple[Work, int]]) -> None:
        process, status = os.wait()
        work, number = under_way.pop(process)
        result = CODES.get(os.waitstatus_to_exitcode(status), NOTICED)
        self._results[work.name][number] = result
        mutant = work.mutants[number]
        os.set_blocking(self._heard, False)
        try:
            by = os.read(self._heard, 65536).decode().split()[-1:]
        except BlockingIOError:
            by = []
        if by:
            first = self._noticed_by[work.name, mutant.function]
            first[:] = [*by, *(one for one in first if one not in by)][:5]

    def _order(self, work: Work, mutant: Mutant) -> list[str]:
        """Return the tests to ask: who noticed a neighbour first, then the quickest."""
        known = self._noticed_by[work.name, mutant.function]
        quickest = sorted(self._items, key=lambda name: self._took[name])
        return [*known, *(name for name in quickest if name not in known)]

    def _try(self, work: Work | None, mutant: Mutant | None) -> int:
        process = os.fork()
        if process:
            return process
        code = 70
        try:
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            if work is None or mutant is None:
                for one in self._works:
                    self._exchange(one)
                code = self._run(list(self._items))
                (self._copy / TOOK).write_text(json.dumps(self._took))
            else:
                mutant.make()
                if not self._exchange(work):
                    os._exit(71)
                most = int(10 + 3 * sum(self._took.values()))
                resource.setrlimit(resource.RLIMIT_CPU, (most, most))
                code = self._run(self._order(work, mutant))
        finally:
            os._exit(code)

    def _exchange(self, work: Work) -> bool:
        """Give functions the code of the tree; tell whether that is all that changes."""
        changed = False
        for code in _functions(work.compiled()):
            holders = self._functions.get((str(work.path), *_key(code)), [])
            if code != work.functions[_key(code)]:
                if not holders or not self._at_import.isdisjoint(
                    _within(work.functions[_key(code)])
                ):
                    return False
                changed = True
            for holder in holders:
                holder.__code__ = code
        return changed

    def _run(self, order: list[str]) -> int:
        items = [item for name in order for item in self._items[name]]
        seconds: defaultdict[str, float] = defaultdict(float)
        for item, following in zip(items, [*items[1:], None], strict=True):
            name = item.nodeid.split("[")[0]
            if self._took:
                signal.setitimer(signal.ITIMER_PROF, patience(self._took[name]))
            began = time.process_time()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            signal.setitimer(signal.ITIMER_PROF, 0)
            seconds[name] += time.process_time() - began
        self._took = seconds
        return 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """End this fork with the first test that fails."""
        if report.failed:
            os.write(self._tell, f"{report.nodeid.split('[')[0]}\n".encode())
            os._exit(1)


def patience(seconds: float) -> float:
    """Return how long a test that takes *seconds* may: what goes round for ever is soon noticed."""
    return 1 + 5 * seconds


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _functions(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of functions that are in no other function."""
    for one in code.co_consts:
        if isinstance(one, CodeType):
            # What a function holds goes with it; a class body is no function.
            if one.co_flags & inspect.CO_OPTIMIZED:
                yield one
            else:
                yield from _functions(one)


def _within(code: CodeType) -> Iterator[CodeType]:
    """Yield *code* and that of what it holds."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _within(one)
