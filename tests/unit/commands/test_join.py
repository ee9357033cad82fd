"""Whoever enters is asked whether the four words are the same, where somebody can be asked."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from aluna_sync.errors import AlunaError
from aluna_sync.node import Found
from unit.commands.conftest import Aluna
from unit.commands.fakes import CheapDoors

JOIN = ("join", "uno dos tres cuatro cinco", "--as", "Julia")


class AskingDoors(CheapDoors):
    """A door that is found, and never says yes; remembers what the person answered."""

    answer: bool | None = None

    def indices_of(self, words: Any, language: str) -> tuple[int, ...]:
        return (1, 2, 3, 4, 5)

    async def join(self, *_where: Any, on_found: Any, **_who: Any) -> Any:
        self.answer = await on_found(Found("Marta", (1, 2, 3, 4)))
        raise AlunaError("door-refused" if self.answer else "door-refused-here")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put somebody before the program who types what is given."""

    def types(text: str) -> None:
        typed = io.StringIO(text)
        monkeypatch.setattr(typed, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stdin", typed)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    return types


@pytest.mark.parametrize(
    ("typed", "same"),
    [("yes\n", True), ("SÍ\n", True), ("no\n", False), ("\n", False), ("", False)],
)
def test_i4_on_a_terminal_only_a_yes_of_the_person_goes_on(
    aluna: Aluna, terminal: Any, typed: str, same: bool
) -> None:
    terminal(typed)
    doors = AskingDoors()
    said = aluna(*JOIN, doors=doors)
    assert doors.answer is same
    assert "Marta opens it" in said.err
    assert "Both of you should see:" in said.err
    assert "Are they the same on the other screen?" in said.err
    assert ("Now wait for their yes." in said.err) is same
    assert ("somebody may stand between you" in said.err) is not same
    assert said.code == 1


def test_with_yes_nobody_is_asked(aluna: Aluna, terminal: Any) -> None:
    terminal("no\n")
    doors = AskingDoors()
    said = aluna(*JOIN, "--yes", doors=doors)
    assert doors.answer is True
    assert "Are they the same" not in said.err
    assert "Both of you should see:" in said.err


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_script_goes_on_as_the_contract_says_and_is_told_that_nobody_compared(
    aluna: Aluna, terminal: Any, more: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal("no\n")
    if not more:
        monkeypatch.setattr(sys, "stdin", io.StringIO("no\n"))
    doors = AskingDoors()
    said = aluna(*JOIN, *more, doors=doors)
    assert doors.answer is True
    assert "Are they the same" not in said.err
    assert "Nobody is asked here. Compare them" in said.err
