"""Two people, each conversing on her own device; what they wrote is carried between them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.carrying import carry, read
from harness.processes import collective_of
from unit.plain.conversing import Conversing


@pytest.fixture
def two(tmp_path: Path) -> tuple[Conversing, Conversing]:
    """Itzel and Julia, a device each, in one collective."""
    itzel, julia = collective_of(tmp_path, "Itzel", "Julia")
    return Conversing(itzel.home), Conversing(julia.home, "es")


def carried(giver: Conversing, taker: Conversing) -> None:
    one, other = giver.opened(), taker.opened()
    try:
        carry(one, other)
        read(other)
    finally:
        one.lock()
        other.lock()


def first_state(one: Conversing, type_: str) -> str:
    from aluna_sync.store.rows import Query

    device = one.opened()
    try:
        (row,) = device.list(Query(types=(type_,))).rows
        return row.state
    finally:
        device.lock()


Two = tuple[Conversing, Conversing]


def test_an_agreement_goes_from_proposal_to_the_consent_of_another(two: Two) -> None:
    itzel, julia = two
    said = itzel.inside(
        "write", "agreement", "Nunca sola de noche.", "", "", "yes",
        "agreements", "1", "do something", "propose", "", "yes", "", "", "end",
    )  # fmt: skip
    assert "proposed this wording" in said
    assert first_state(itzel, "agreement") == "ags.proposed"
    carried(itzel, julia)
    said = julia.inside(
        "acuerdos",
        "1",
        "hacer algo",
        "posición",
        "?",
        "1",
        "Me parece.",
        "",
        "sí",
        "",
        "",
        "terminar",
    )
    assert "Nunca sola de noche." in said.splitlines()
    carried(julia, itzel)
    said = itzel.inside(
        "agreements", "1", "do something", "position", "1", "It suits me.", "", "yes",
        "do something", "in force", "", "yes", "again", "", "", "end",
    )  # fmt: skip
    assert first_state(itzel, "agreement") == "ags.in_force"
    assert "Julia" in said


def test_what_happened_apart_is_told_in_parts_and_harm_only_when_asked(two: Two) -> None:
    itzel, julia = two
    itzel.inside(
        "write", "impact", "Nos siguieron.", "", "", "other", "of the whole", "yes",
        "write", "note", "Llegó la cosecha.", "", "", "other", "of the whole", "yes", "end",
    )  # fmt: skip
    carried(itzel, julia)
    julia.lang = "en"
    said = julia.inside("while we were apart", "harm", "seen", "digest", "<", "end")
    first, later = said.split("keep that I looked, so that next time begins here", 1)
    assert "Llegó la cosecha." in first
    assert "Nos siguieron." not in first
    assert "Nos siguieron." in later
    assert "Kept: next time it begins here." in later
    assert "Nos siguieron." not in later[later.index("Kept: next time") :]


def test_readings_given_apart_are_said_one_after_the_other(two: Two) -> None:
    itzel, julia = two
    itzel.inside("write", "event", "Una camioneta.", "", "when", "12 march 2026", "", "yes", "end")
    carried(itzel, julia)
    julia.lang = "en"
    changes: Callable[[str], tuple[str, ...]] = lambda when: (  # noqa: E731
        "read", "newest", "1", "change it", "when", when, "", "", "", "", "end",
    )  # fmt: skip
    itzel.inside(*changes("13 march 2026"))
    julia.inside(*changes("14 march 2026"))
    carried(julia, itzel)
    said = itzel.inside("read", "newest", "1", "", "", "", "end")
    assert "When, two readings:" in said
    lines = said.splitlines()
    at = lines.index("When, two readings:")
    assert {lines[at + 1][3:], lines[at + 2][3:]} == {
        "you: 13 March 2026", "Julia: 14 March 2026",
    }  # fmt: skip


def test_hostile_words_of_others_are_said_harmless(two: Two) -> None:
    from harness.processes import write

    itzel, julia = two
    evil = "\x1b[2J\x1b]0;t\x07┌──┐ \u202eabc\u200b ▪ █ ⠿ " + "A" * 100_000
    device = julia.opened()
    try:
        for type_ in ("event", "impact", "agreement"):
            write(device, evil, type_=type_, body=evil + "\n" + evil)
    finally:
        device.lock()
    carried(julia, itzel)
    said = itzel.inside(
        "read", "newest", "1", "no", "1", "yes", "", "no", "", "", "", "search", "abc", "1", "yes",
        "no", "", "", "", "agreements", "1", "no", "", "", "digest", "harm", "", "voices", "",
        "end",
    )  # fmt: skip
    assert "abc" in said
    assert itzel.code == 0
