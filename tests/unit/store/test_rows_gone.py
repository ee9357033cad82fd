"""A row another one speaks of is gone (S9): told as damage, never as a fault of the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aluna_sync.errors import AlunaError
from aluna_sync.store.connection import Database
from aluna_sync.store.store import Store
from unit.store.factories import DEK, Writer, new_store, open_again, space

Use = Callable[[Store, Writer], object]


def append_again(store: Store, writer: Writer) -> object:
    writer.heads.clear()
    return store.log.append(writer.write_many(2))


@pytest.mark.parametrize(
    ("table", "known", "use"),
    [
        ("logs", True, lambda store, writer: store.log.head(writer.log())),
        ("logs", True, lambda store, writer: store.log.entries(writer.log(), 0, 10**6)),
        ("logs", False, lambda store, writer: store.log.unopened(space(), 10)),
        ("entries", True, lambda store, writer: store.log.unopened(space(), 10)),
        ("entries", True, append_again),
    ],
    ids=["head", "entries of a log", "log of an entry", "unopened", "appended again"],
)
def test_s9_a_row_that_went_missing_is_told_as_a_damaged_store(
    tmp_path: Path, table: str, known: bool, use: Use
) -> None:
    path = tmp_path / "store.db"
    writer = Writer("itzel")
    store = new_store(path)
    store.log.append(writer.write_many(2))
    store.close()
    store = open_again(path)
    if known:
        assert store.log.head(writer.log()).height == 2
    behind = Database.open(path, DEK, create=False)
    behind.run("PRAGMA foreign_keys=0")
    behind.run(f"DELETE FROM {table}")
    behind.close()
    with pytest.raises(AlunaError) as told:
        use(store, writer)
    assert told.value.code == "store-damaged"
    store.close()
