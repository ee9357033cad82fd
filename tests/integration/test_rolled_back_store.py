"""Somebody with our disc puts older pages, an older WAL or an older store back (S9).

The cipher vouches for each page, not for its age: nothing stops such a page from being read. What
must hold: `doctor` says so, or the store stands exactly where the companions' devices stand.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aluna_sync.checkup import check_store
from aluna_sync.errors import AlunaError
from aluna_sync.store.rows import Query
from harness.processes import Person, sync, write

PAGE = 4096
MORE = 40
"""Records written after the older copy was made: enough to fill pages of every table."""


def told_by_doctor(one: Person) -> bool:
    """Tell whether looking at the store finds something, without the cost of a process."""
    try:
        with one.opened() as device:
            found = check_store(device)
            return found.bad > 0 or not found.store_whole
    except AlunaError as error:
        return error.code in {"store-damaged", "vault-of-another-device"}


def standing(one: Person) -> tuple[str, set[tuple[str, str]]]:
    """Return the state of the collective and every record as a list shows it."""
    with one.opened() as device:
        space = device.collective()
        (facts,) = [each for each in device.status(state=True).spaces if each.id == space]
        rows = device.list(Query(limit=500)).rows
        return facts.state, {(row.document.hex(), row.title) for row in rows}


def parted(people: list[Person]) -> tuple[Person, Person, bytes]:
    """Return two people in sync, and the first one's store as it was before most was written."""
    ana, bo = people[:2]
    with ana.opened() as device:
        write(device, "uno", "dos", "tres")
    sync(ana, bo)
    older = (ana.home / "store.db").read_bytes()
    with ana.opened() as device:
        write(device, *(f"después, {number}" for number in range(MORE)))
    sync(ana, bo)
    assert not (ana.home / "store.db-wal").exists()
    return ana, bo, older


@pytest.mark.slow
def test_s9_an_older_page_put_back_is_told_or_changes_nothing(people: list[Person]) -> None:
    ana, bo, older = parted(people)
    whole = (ana.home / "store.db").read_bytes()
    true = standing(bo)
    assert standing(ana) == true
    told = 0
    for start in range(PAGE, len(older), PAGE):
        page = older[start : start + PAGE]
        if page == whole[start : start + PAGE]:
            continue
        (ana.home / "store.db").write_bytes(whole[:start] + page + whole[start + PAGE :])
        if told_by_doctor(ana):
            told += 1
        else:
            assert standing(ana) == true, f"page {start // PAGE + 1} is older and nobody says so"
    assert told > 5, "the pages put back were all without a meaning: this shows nothing"
    (ana.home / "store.db").write_bytes(whole)
    assert standing(ana) == true


def test_s9_an_older_wal_put_beside_the_store_is_told_or_changes_nothing(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo = people[:2]
    kept = tmp_path / "older-wal"
    with ana.opened() as device:
        write(device, "uno", "dos", "tres")
        shutil.copy(ana.home / "store.db-wal", kept)
    assert kept.stat().st_size > PAGE
    with ana.opened() as device:
        write(device, *(f"después, {number}" for number in range(MORE)))
    sync(ana, bo)
    true = standing(bo)
    shutil.copy(kept, ana.home / "store.db-wal")
    assert told_by_doctor(ana) or standing(ana) == true


def test_s9_a_whole_older_store_is_found_out_by_a_companion_and_all_comes_back(
    people: list[Person],
) -> None:
    ana, bo, older = parted(people)
    true = standing(bo)
    (ana.home / "store.db").write_bytes(older)
    assert not told_by_doctor(ana), "an older store is whole: only others can know better"
    assert len(standing(ana)[1]) == 3
    sync(ana, bo)
    assert standing(ana) == standing(bo)
    assert standing(ana)[1] == true[1]
