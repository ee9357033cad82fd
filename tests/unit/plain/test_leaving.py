"""The end of a conversation: by word, by silence, by the machine's sleep, by the input's end."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from aluna_tui.commands.grammar import Invocation
from aluna_tui.idle import Idleness
from aluna_tui.plain import conversation
from aluna_tui.plain.talk import Talk
from aluna_tui.texts import bind_libraries, use_language
from harness.processes import PASSPHRASE
from unit.plain.conversing import Answering, CheapKept, Conversing, assert_plain


class Clock:
    """A clock a test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept = 0.0

    def later(self, minutes: float, then: str) -> Callable[[], str]:
        def wait() -> str:
            self.now += minutes * 60
            return then

        return wait


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    one = Clock()
    monkeypatch.setattr(
        conversation,
        "Idleness",
        lambda minutes, _clock, _slept: Idleness(minutes, lambda: one.now, lambda: one.slept),
    )
    return one


def test_after_the_minutes_chosen_it_locks_and_what_was_typed_too_late_is_not_taken(
    itzel: Conversing, clock: Clock
) -> None:
    said = itzel.inside("write", "note", "Antes.", clock.later(3, "Demasiado tarde."), PASSPHRASE)
    assert "It locked itself: nothing was said for 3 minutes, or the machine slept." in said
    assert "Demasiado tarde." not in said
    said = itzel.inside("write", "1", "end")
    assert "Antes." in said


def test_what_was_typed_of_an_unended_line_is_in_the_draft_when_it_locks(
    itzel: Conversing, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answering, "unfinished", lambda _ear: "A medio escri")
    itzel.inside("write", "note", "Primera.", clock.later(4, "tarde"))
    device = itzel.opened()
    try:
        (draft,) = device.drafts().values()
    finally:
        device.lock()
    assert "Primera.\\nA medio escri" in draft


def test_answers_in_time_keep_it_open(itzel: Conversing, clock: Clock) -> None:
    said = itzel.inside(*[clock.later(2, "?") for _each in range(5)], "end")
    assert "It locked itself" not in said


def test_a_machine_that_slept_finds_it_locked(itzel: Conversing, clock: Clock) -> None:
    def sleep() -> str:
        clock.slept += 60
        return "status"

    assert "It locked itself" in itzel.inside(sleep)


def test_the_end_of_the_input_locks_without_a_word(itzel: Conversing) -> None:
    said = itzel.inside("read")
    assert said.endswith("What do you want to read:\n")


def test_a_listener_that_goes_ends_it_locked(itzel: Conversing) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            if "Semilla" in text:
                raise BrokenPipeError
            return super().write(text)

    use_language("en")
    bind_libraries()
    doors = CheapKept()
    talk = Talk(Answering([PASSPHRASE, "status"]), Gone())
    session = conversation.session_of(talk, itzel.home, doors, None, Invocation())
    assert conversation.converse(session) == 0
    assert not doors.is_open


def test_an_unexpected_error_is_a_sentence_without_words_of_anybody(
    itzel: Conversing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_session: object) -> None:
        raise RuntimeError("Nos siguieron")

    monkeypatch.setattr(conversation, "home", broken)
    said = itzel.inside()
    assert "RuntimeError" in said
    assert "siguieron" not in said
    assert itzel.code == 1
    assert_plain(said)
