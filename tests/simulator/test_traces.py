"""Runs that failed once, shrunk: each must hold for ever."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from simulator.actions import from_literal
from simulator.runs import run

TRACES = sorted((Path(__file__).parent / "traces").glob("*.trace"))


@pytest.mark.parametrize("trace", TRACES, ids=[trace.stem for trace in TRACES])
def test_what_failed_once_holds(trace: Path) -> None:
    outcome = run(from_literal(ast.literal_eval(trace.read_text())))
    assert outcome.failure is None, outcome.trace
