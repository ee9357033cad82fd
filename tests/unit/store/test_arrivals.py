"""What arrived when is known by numbers and days of this device, and forgotten with its spaces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aluna_sync.store.arrivals import Since
from aluna_sync.store.rows import SpaceRow
from aluna_sync.store.schema import MIGRATIONS
from aluna_sync.store.store import Store
from unit.store.factories import DEK, ME, Writer, device_keys, document, space


class Calendar:
    """A clock that says what a test wants."""

    def __init__(self) -> None:
        self.day = "2026-11-01"

    def __call__(self) -> str:
        return self.day


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def store(tmp_path: Path, calendar: Calendar) -> Iterator[Store]:
    own = device_keys("mine").device
    store = Store.create(tmp_path / "store.db", DEK, device=own, person=ME, today=calendar)
    for one in (space(), space("otra")):
        store.log.add_space(SpaceRow(one, "collective", one))
    yield store
    store.close()


def test_a_day_begins_with_the_first_entry_that_came_on_it(
    store: Store, calendar: Calendar
) -> None:
    writer = Writer("itzel")
    store.log.append(writer.write_many(2))
    calendar.day = "2026-11-05"
    store.log.append(writer.write_many(3))
    store.log.append(writer.write_many(1))
    assert [store.arrivals.day_of(at) for at in range(1, 7)] == (
        ["2026-11-01"] * 2 + ["2026-11-05"] * 4
    )
    assert store.arrivals.since_day("2026-11-02").first == 3
    assert store.arrivals.since_day("2026-11").first == 1
    assert store.arrivals.since_day("2026-11-06").first == 7
    assert store.arrivals.now().first == 7


def test_a_clock_that_was_set_back_hides_nothing(store: Store, calendar: Calendar) -> None:
    writer = Writer("itzel")
    calendar.day = "2030-01-01"
    store.log.append(writer.write_many(1))
    calendar.day = "2026-11-01"
    store.log.append(writer.write_many(1))
    assert store.arrivals.since_day("2026-11-01").first == 1


def test_what_lay_unread_stays_news(store: Store) -> None:
    writer = Writer("itzel")
    written = writer.write_many(5)
    store.log.append(written)
    for entry in (written[0], written[3]):
        store.log.mark_opened(entry.header.log, entry.header.height, [document("una")])
    at = store.arrivals.now()
    assert at == Since(6, ((2, 3), (5, 5)), "2026-11-01")
    assert [at.covers(one) for one in range(1, 8)] == [
        False, True, True, False, True, True, True,
    ]  # fmt: skip
    store.arrivals.look(space(), at)
    assert store.arrivals.looked(space()) == at


def test_days_and_marks_go_with_what_they_are_about(store: Store, calendar: Calendar) -> None:
    store.log.append(Writer("itzel").write_many(2))
    calendar.day = "2026-11-05"
    store.log.append(Writer("julia", space("otra")).write_many(2))
    store.arrivals.look(space(), store.arrivals.now())
    store.arrivals.look(space("otra"), store.arrivals.now())
    store.forgetting.spaces([space("otra")], companions=False)
    assert store.arrivals.since_day("2026-11-05").first == 3
    kept = store.arrivals.looked(space())
    assert kept is not None
    assert kept.first == 3, "numbers are given out again"
    assert store._db.rows("SELECT day FROM arrivals") == [("2026-11-01",)]
    assert store._db.rows("SELECT count(*) FROM looked") == [(1,)]


def test_a_store_from_before_days_were_kept_knows_them_from_its_documents(
    tmp_path: Path, calendar: Calendar
) -> None:
    path, own = tmp_path / "older.db", device_keys("mine").device
    older = Store.create(path, DEK, device=own, person=ME, today=calendar)
    older.log.add_space(SpaceRow(space(), "collective", space()))
    writer = Writer("itzel")
    for calendar.day in ("2026-10-01", "2026-10-09"):
        some = writer.write_many(2, calendar.day)
        older.log.append(some)
        for entry in some:
            name = document(f"{calendar.day} {entry.header.height}")
            older.log.mark_opened(entry.header.log, entry.header.height, [name])
    later = "ALTER TABLE pending DROP COLUMN known"
    for statement in ("DROP TABLE arrivals", "DROP TABLE looked", later):
        older._db.run(statement)
    before = next(at for at, one in enumerate(MIGRATIONS) if "CREATE TABLE arrivals" in one)
    older._db.run(f"PRAGMA user_version={before}")
    older.close()
    store = Store.open(path, DEK, today=calendar)
    assert [store.arrivals.day_of(at) for at in range(1, 5)] == (
        ["2026-10-01"] * 2 + ["2026-10-09"] * 2
    )
    assert store.arrivals.since_day("2026-10-02").first == 3
    store.close()
