"""A log that forked: every branch is kept, and what leads to its tip is read in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from aluna_protocol.branches import Fork, on_branch
from aluna_protocol.entry import Entry
from aluna_protocol.ids import Head, Lane, LogId
from aluna_sync.errors import AlunaError
from aluna_sync.store import schema
from aluna_sync.store.connection import Database
from aluna_sync.store.store import Store
from unit.store.factories import DEK, Writer, document, open_again, space


def branch(log: LogId, number: int) -> LogId:
    return replace(log, branch=number)


def on(number: int, entries: Sequence[Entry]) -> list[Entry]:
    return [on_branch(one, branch(one.header.log, number)) for one in entries]


def writes(writer: Writer, count: int, salt: str, after: Entry | None = None) -> list[Entry]:
    """Entries that go on from *after*, unlike any with another *salt*."""
    if after is not None:
        writer.heads[Lane.CONTENT] = Head(after.header.height, after.hash)
    return [writer.write((document(salt), [b"x"]), salt=salt) for _ in range(count)]


@pytest.fixture
def tree(store: Store) -> tuple[list[Entry], list[Entry], list[Entry]]:
    """A trunk of six, a branch of three after its second, and one of two after that one's first."""
    writer = Writer("itzel")
    trunk = writes(writer, 6, "trunk")
    first = on(1, writes(writer, 3, "first", trunk[1]))
    second = on(2, writes(writer, 2, "second", first[0]))
    store.log.append([*trunk, *first, *second])
    return trunk, first, second


Tree = tuple[list[Entry], list[Entry], list[Entry]]


def test_d1_every_branch_is_kept_and_read_from_its_beginning(store: Store, tree: Tree) -> None:
    trunk, first, second = tree
    log = Writer("itzel").log()
    assert store.log.entries(log, 0, 10**6) == trunk
    assert store.log.entries(branch(log, 1), 0, 10**6) == [*trunk[:2], *first]
    assert store.log.entries(branch(log, 2), 0, 10**6) == [*trunk[:2], first[0], *second]
    assert store.log.entries(branch(log, 2), 2, 10**6) == [first[0], *second]
    assert store.log.entries(branch(log, 2), 4, 1) == second[1:]
    assert store.log.entries(branch(log, 2), 5, 10**6) == []
    assert store.log.count(space()) == 11


def test_d1_heads_forks_and_places_are_the_same_after_a_restart(
    store: Store, tree: Tree, path: Path
) -> None:
    trunk, first, second = tree
    log = Writer("itzel").log()
    again = open_again(path)
    for one in (store, again):
        assert one.log.heads(space()) == {
            log: Head(6, trunk[5].hash),
            branch(log, 1): Head(5, first[2].hash),
            branch(log, 2): Head(5, second[1].hash),
        }
        assert one.log.forks(space()) == {
            branch(log, 1): Fork(log, 3),
            branch(log, 2): Fork(branch(log, 1), 4),
        }
        assert one.log.hash_at(branch(log, 1), 3) == first[0].hash
        assert one.log.hash_at(branch(log, 1), 2) is None
        assert one.log.hash_at(branch(log, 9), 1) is None
        assert one.log.entry(branch(log, 2), 4) == second[0]
    again.close()


def test_d1_a_log_forked_at_its_first_entry_is_kept_from_there(store: Store) -> None:
    one, other = writes(Writer("itzel"), 2, "one"), writes(Writer("itzel"), 3, "other")
    store.log.append(one)
    store.log.append(on(1, other))
    store.log.append(on(1, other))
    log = Writer("itzel").log()
    assert store.log.entries(branch(log, 1), 0, 10**6) == on(1, other)
    assert store.log.entries(log, 0, 10**6) == one
    assert store.log.forks(space()) == {branch(log, 1): Fork(log, 1)}


def test_a_branch_that_leaves_nothing_we_have_is_refused(store: Store) -> None:
    log = writes(Writer("itzel"), 4, "one")
    with pytest.raises(AlunaError, match="log-gap"):
        store.log.append(on(1, log[2:]))
    store.log.append(log[:1])
    with pytest.raises(AlunaError, match="log-gap"):
        store.log.append(on(1, log[2:]))
    assert store.log.forks(space()) == {}
    assert store.log.count(space()) == 1


def test_d1_what_was_opened_names_the_branch_it_lies_on(store: Store, tree: Tree) -> None:
    _, first, second = tree
    for one in (first[0], second[1]):
        store.log.mark_opened(one.header.log, one.header.height, [document("found")])
    found = store.log.parts_of(document("found"))
    assert [entry for entry, _ in found] == [first[0], second[1]]
    assert store.log.unopened_count(space()) == 9


def test_d1_a_peer_lacks_the_branches_it_has_not_acknowledged(store: Store, tree: Tree) -> None:
    trunk, first, second = tree
    for number, one in enumerate([*trunk, *first, *second]):
        about = document(f"record {number}")
        store.log.mark_opened(one.header.log, one.header.height, [about])
    log, julia = Writer("itzel").log(), Writer("julia").device
    assert store.peers.lacks(space(), julia, Writer("mine").device) == (11, 0)
    store.peers.acknowledge(julia, log, 6)
    store.peers.acknowledge(julia, branch(log, 2), 4)
    assert store.peers.lacks(space(), julia, Writer("mine").device) == (4, 0)


def test_a_store_from_before_logs_could_fork_is_taken_over(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = writes(Writer("itzel"), 2, "old")
    with monkeypatch.context() as older:
        older.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
        older.setattr(schema, "VERSION", 2)
        old = Database.open(path, DEK, create=True)
    old.run("INSERT INTO spaces VALUES(1, ?, 'collective', ?)", (space(), space()))
    place = (Writer("itzel").device, 1, int(Lane.CONTENT), 2, entries[1].hash)
    old.run("INSERT INTO logs VALUES(7, 1, ?, ?, ?, ?, ?)", place)
    for number, one in enumerate(entries, start=1):
        row = (number, one.header.height, one.encoded, one.signature)
        old.run("INSERT INTO entries VALUES(?, 7, ?, ?, ?)", row)
        old.run("INSERT INTO parts VALUES(?, ?)", (number * schema.PARTS_STEP, one.parts[0]))
        old.run("INSERT INTO unopened VALUES(1, ?)", (number,))
    old.close()

    store = open_again(path)
    log = Writer("itzel").log()
    assert store.log.entries(log, 0, 10**6) == entries
    assert store.log.heads(space()) == {log: Head(2, entries[1].hash)}
    assert store.log.append(on(1, writes(Writer("itzel"), 3, "new", entries[0]))) == 3
    assert store.log.forks(space()) == {branch(log, 1): Fork(log, 2)}
    store.check()
    assert store._db.value("PRAGMA foreign_keys") == 1
    store.close()
