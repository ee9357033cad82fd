"""One life full of removals, told in whatever order: every device shows the same (K9)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aluna_protocol.entry import Entry
from aluna_sync.barred import BARRED
from aluna_sync.device import Device
from harness.carrying import texts
from harness.readers import Reader, entries_of
from harness.removing import edit, give, record, space


@pytest.fixture(scope="module")
def history(
    founded: list[object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Device, list[Entry]]]:
    """A life with everything in it: cuts, a forked log, a suspension lifted, unaware words."""
    folder = tmp_path_factory.mktemp("history")
    people = [one.copy(folder / one.folder.name) for one in founded]  # type: ignore[attr-defined]
    opened = [one.opened() for one in people]
    ana, bo, cleo = (one.__enter__() for one in opened)
    shared = record(ana, "acta", "Uno.")
    mine = record(bo, "de Bo", "Bo.")
    give(ana, bo, cleo)
    give(bo, ana, cleo)
    older = people[1].copy(folder / "older")
    edit(bo, mine, "Bo. Antes del corte.")
    edit(bo, shared, "Uno. Bo.")
    give(bo, ana, cleo)
    asked = space(ana).remove(bo.person)
    edit(bo, shared, "Uno. Bo. Cleo lo vio.")
    give(bo, cleo)
    edit(cleo, shared, "Uno. Bo. Cleo lo vio. Y contestó.")
    edit(bo, shared, "Uno. Bo. Cleo lo vio. Y nadie más.")
    record(bo, "tarde")
    bo.seal(bo.collective())
    with older.opened() as copy:
        edit(copy, mine, "Bo. De la copia.")
        record(copy, "de la copia")
        forked = entries_of(copy)
    give(ana, cleo)
    space(cleo).second(asked.id)
    edit(cleo, mine, "Bo. Antes del corte. Cleo, después.")
    give(cleo, ana)
    stopped = space(ana).suspend(cleo.device)
    edit(cleo, shared, texts(cleo, shared)["body"] + " Tarde.")
    assert stopped.missing == 0
    space(ana).lift(cleo.device)
    edit(ana, shared, texts(ana, shared)["body"] + " Fin.")
    every = {e.hash: e for e in [*entries_of(ana), *entries_of(bo), *entries_of(cleo), *forked]}
    try:
        yield ana, list(every.values())
    finally:
        for one in opened:
            one.__exit__(None, None, None)


def told(ana: Device, folder: Path, parts: list[list[Entry]]) -> tuple[str, object, set[str]]:
    reader = Reader(ana, folder)
    try:
        for part in parts:
            reader.take(part)
            reader.read()
        assert not reader._waiting
        shown = reader.store.index.state_parts(reader.space)
        rows = [reader.store.index.row(document) for document, _ in shown]
        return reader.state, reader.aside, {row.text for row in rows if row is not None}
    finally:
        reader.close()


numbers = itertools.count()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(random=st.randoms(use_true_random=False), cuts=st.integers(1, 6))
def test_k9_whatever_came_first_every_device_with_the_same_entries_shows_the_same(
    history: tuple[Device, list[Entry]],
    tmp_path: Path,
    random: object,
    cuts: int,
) -> None:
    ana, every = history
    at_once = told(ana, tmp_path / str(next(numbers)), [every])
    shuffled = list(every)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    size = max(1, len(shuffled) // cuts)
    parts = [shuffled[at : at + size] for at in range(0, len(shuffled), size)]
    # Again and again the same: what came twice changes nothing.
    assert told(ana, tmp_path / str(next(numbers)), [*parts, shuffled[:3]]) == at_once


def test_k9_of_that_life_every_device_reads_what_the_rule_says(
    history: tuple[Device, list[Entry]], tmp_path: Path
) -> None:
    ana, every = history
    _, aside, found = told(ana, tmp_path / "all", [every])
    text = "\n".join(sorted(found))
    assert "Cleo lo vio. Y contestó." in text
    assert "Antes del corte." in text
    for words in ("Y nadie más", "De la copia", "tarde\n", "de la copia"):
        assert words not in text
    assert {one[3] for one in aside} == {BARRED}  # type: ignore[attr-defined]
