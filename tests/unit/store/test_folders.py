"""Folders in the store: which files were seen, what they carry and for whom."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aluna_sync.errors import AlunaError
from aluna_sync.store.folders import Carried, Seen, Stamp
from aluna_sync.store.store import Store
from unit.store.factories import Writer, device_keys, open_again, space

BO, CLEO = device_keys("bo").device, device_keys("cleo").device


def test_what_was_seen_in_a_folder_is_remembered(store: Store, path: Path) -> None:
    store.folders.add(Path("/media/a"), space())
    store.folders.add(Path("/media/b\udcff"), space())
    one, other = store.folders.all()
    assert (one.path, other.path) == (Path("/media/a"), Path("/media/b\udcff"))
    assert one.collective == space()
    log = Writer("mine").log()
    file = Carried(
        "nombre \udcfe.bin",
        Stamp(5000, 10**18, 2**63),
        Seen.OWN,
        bytes(32),
        ((log, 1, 7), (log, 9, 9)),
        {space(): frozenset({BO, CLEO})},
    )
    foreign = Carried("foto.jpg", Stamp(1, 2, 3), Seen.FOREIGN)
    store.folders.put(one, file)
    store.folders.put(one, foreign)
    store.close()
    again = open_again(path)
    assert again.folders.files(one) == {file.name: file, foreign.name: foreign}
    assert again.folders.files(other) == {}
    again.close()


def test_a_file_that_changed_comes_last_and_one_only_touched_stays_in_its_place(
    store: Store,
) -> None:
    store.folders.add(Path("/media/a"), space())
    (row,) = store.folders.all()
    files = [Carried(name, Stamp(1, 1, 1), Seen.READ) for name in ("a", "b", "c")]
    for file in files:
        store.folders.put(row, file)
    store.folders.restamp(row, "b", Stamp(1, 2, 1))
    assert list(store.folders.files(row)) == ["a", "b", "c"]
    assert store.folders.files(row)["b"].stamp == Stamp(1, 2, 1)
    store.folders.put(row, replace(files[0], state=Seen.CUT_SHORT))
    assert list(store.folders.files(row)) == ["b", "c", "a"]
    store.folders.drop(row, ["b", "nothing"])
    assert list(store.folders.files(row)) == ["c", "a"]


def test_a_folder_is_known_once_and_forgotten_whole(store: Store) -> None:
    store.folders.add(Path("/media/a"), space())
    with pytest.raises(AlunaError, match="folder-known"):
        store.folders.add(Path("/media/a"), space())
    (row,) = store.folders.all()
    log = Writer("mine").log()
    store.folders.put(
        row,
        Carried("x", Stamp(1, 1, 1), Seen.READ, None, ((log, 1, 1),), {space(): frozenset({BO})}),
    )
    store.folders.forget(row)
    assert store.folders.all() == []
    for table in ("carried", "carried_stretches", "carried_for"):
        assert store.folders._db.rows(f"SELECT * FROM {table}") == []
    # Its number is never given again: what is remembered under it elsewhere is of nobody else.
    store.folders.add(Path("/media/b"), space())
    assert store.folders.all()[0].number > row.number
