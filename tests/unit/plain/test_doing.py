"""What is done with records, and the other roads from home, each as a conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from aluna_sync.store.rows import Query
from harness.processes import collective_of
from unit.plain.conversing import Conversing


@pytest.fixture
def julia(tmp_path: Path) -> Conversing:
    """Julia, in a collective with Itzel, at whose device she is not."""
    _itzel, person = collective_of(tmp_path, "Itzel", "Julia")
    return Conversing(person.home)


EVENT = ("write event", "Llegaron dos camionetas.", "", "", "yes")
IMPACT = ("write impact", "Ya no dormimos.", "", "", "yes")


def titles(one: Conversing) -> set[str]:
    device = one.opened()
    try:
        return {row.title for row in device.list(Query()).rows}
    finally:
        device.lock()


def test_a_field_is_changed_and_words_are_added_at_the_end(julia: Conversing) -> None:
    said = julia.inside(
        *EVENT, "read", "newest", "1",
        "change it", "title", "La noche", "words", "at the end", "Sin placas.", "",
        "when", "31 february 2026", "place", "Plaza", "", "read it again", "", "", "", "end",
    )  # fmt: skip
    lines = said.splitlines()
    assert lines.count("Llegaron dos camionetas.") == 2, "read, and read again"
    assert lines.count("Sin placas.") == 1
    assert "La noche" in lines
    assert "It says now: Llegaron dos camionetas." in said


def test_a_record_is_linked_to_another_and_one_goes_there_with_care(julia: Conversing) -> None:
    said = julia.inside(
        *EVENT, *IMPACT, "search", "camionetas", "1",
        "link it", "1", "zzz", "dormimos", "1", "go to", "yes", "", "", "", "", "end",
    )  # fmt: skip
    assert "Nothing here says that." in said
    assert "go to: what this did to us" in said
    asked = said.index("go to: what this did to us")
    assert "Ya no dormimos." not in said[asked : said.index("Open it? Yes or no:", asked)]
    assert "Ya no dormimos." in said[asked:]


def test_a_record_is_taken_back_only_after_its_limits_and_a_yes(julia: Conversing) -> None:
    said = julia.inside(
        *EVENT, "read", "newest", "1", "take it back", "no", "take it back", "yes", "", "", "end"
    )
    limit = said.index("We cannot take it")
    assert limit < said.index("Nothing was done.") < said.index("Taken back.")
    assert not titles(julia) & {"Llegaron dos camionetas."}


def test_a_version_is_given_to_the_collective(julia: Conversing) -> None:
    said = julia.inside(
        "write note", "Para mí.", "", "", "yes",
        "read", "newest", "1", "give a version", "of the whole", "yes", "", "", "", "end",
    )  # fmt: skip
    assert "Shared: of the whole collective." in said


def test_the_history_of_a_record_is_told(julia: Conversing) -> None:
    said = julia.inside(*EVENT, "read", "newest", "1", "how it came", "", "", "", "end")
    assert "Julia" in said[said.index("read it again") :]


def test_pictures_and_care_are_told_in_words(julia: Conversing) -> None:
    said = julia.inside(
        *EVENT, *IMPACT, "pictures", "timeline", "weave", "", "care", "another month",
        "december 2026", "write a time", "Descanso", "", "", "yes", "", "end",
    )  # fmt: skip
    assert "December 2026" in said
    assert "A new record: time for care." in said
    assert julia.code == 0


def test_a_circle_begins_and_a_bundle_is_written_and_read(
    julia: Conversing, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    said = julia.inside(
        *EVENT, "circles", "begin", "Cocina", "Itzel", "", "circles", "",
        "sticks", "write", str(out), "read", str(tmp_path / "nothing"), "", "end",
    )  # fmt: skip
    assert said.count("Cocina") >= 2
    (bundle,) = out.iterdir()
    assert str(bundle) in said
    assert julia.code == 0


def test_home_says_what_waits_and_never_an_impact(julia: Conversing) -> None:
    julia.inside(*IMPACT, "write impact", "Medio escrito.")
    said = julia.inside("write", "", "read", "newest", "", "", "home", "end")
    assert "You left these half written:" in said
    assert "Medio escrito." not in said
    assert "Ya no dormimos." not in said
    assert "You are Julia: only you here" in said
