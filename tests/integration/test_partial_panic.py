"""A panic that takes only what was shared, or only what is private: nothing of it is left."""

from __future__ import annotations

import asyncio

import pytest

from aluna_sync import forgetting
from aluna_sync.checkup import check_store
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.store.forgetting import OF_A_SPACE
from aluna_sync.store.rows import Query
from aluna_sync.vault import Removes
from harness.processes import Person, records_of, sync, write

SHARED, PRIVATE, DRAFT = "COMPARTIDO", "PRIVADO", "BORRADOR"


@pytest.fixture
def ana(people: list[Person]) -> Person:
    with people[0].opened() as device:
        write(device, f"{SHARED} uno", f"{SHARED} dos", body=f"{SHARED} y largo")
        asyncio.run(device.add("note", [SetText("title", f"{PRIVATE} uno")]))
        device.save_draft("new:1", DRAFT)
    sync(*people[:2])
    with people[0].opened() as device:
        write(device, f"{SHARED} tres, sin sellar")
        asyncio.run(device.add("note", [SetText("title", f"{PRIVATE} dos")]))
    return people[0]


def everything(device: Device) -> str:
    """Return all that any table of the open store holds, full-text index and all."""
    db = device.store._db
    tables = [row[0] for row in db.rows("SELECT name FROM sqlite_master WHERE type='table'")]
    return "".join(repr(db.rows(f'SELECT * FROM "{table}"')) for table in tables)


def found(device: Device, words: str) -> list[str]:
    return [row.title for row in device.list(Query(words=words)).rows]


@pytest.mark.parametrize("removes", [Removes.SHARED, Removes.PRIVATE])
def test_s11_what_was_chosen_is_nowhere_in_the_store_and_the_rest_is_whole(
    ana: Person, removes: Removes
) -> None:
    gone, stays = (SHARED, PRIVATE) if removes is Removes.SHARED else (PRIVATE, SHARED)
    with ana.opened() as device:
        assert SHARED in everything(device)
        kept = found(device, stays)
        keys = {space: set(device.store.log.epoch_keys(space)) for space in device.spaces.rows}
        count = forgetting.forget(device, removes)
    assert count == (3 if removes is Removes.SHARED else 2)
    with ana.opened() as device:
        left = everything(device)
        assert gone not in left
        assert (DRAFT in left) == (removes is Removes.SHARED)
        assert found(device, stays) == kept != []
        assert found(device, gone) == []
        assert check_store(device).store_whole
        assert check_store(device).bad == 0
        forgotten = set(keys) - set(device.spaces.rows)
        assert forgotten
        assert not any(key.hex() in left for space in forgotten for key in keys[space])
    assert not (ana.home / "store.db-wal").exists()


def test_s11_without_what_was_shared_one_can_go_on_writing_and_nobody_is_known(
    ana: Person, people: list[Person]
) -> None:
    with ana.opened() as device:
        forgetting.forget(device, Removes.SHARED)
    with ana.opened() as device:
        assert device.space_name(device.collective()) == "Ana"
        assert device.peers() == []
        assert "Bo" not in everything(device)
        assert "Semilla" not in everything(device)
        asyncio.run(device.add("note", [SetText("title", "otra nota")]))
        write(device, "un evento")
    bo = people[1]
    with bo.node() as node:
        done = ana.do("sync", "--once", "--no-lan", "--peer", node.address, "--json")
        assert done.code != 0
    with ana.opened() as device:
        assert SHARED not in everything(device)


def test_s11_without_what_is_private_the_collective_goes_on(
    ana: Person, people: list[Person]
) -> None:
    with ana.opened() as device:
        forgetting.forget(device, Removes.PRIVATE)
    with ana.opened() as device:
        asyncio.run(device.add("note", [SetText("title", "otra nota")]))
        assert found(device, "otra nota") == ["otra nota"]
    bo = people[1]
    assert sync(ana, bo)["complete"]
    assert ana.state() == bo.state()


def test_s11_a_kill_while_forgetting_leaves_all_or_nothing(
    ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with ana.opened() as device:
        before = records_of(device)
        with monkeypatch.context() as patched:
            patched.setattr(forgetting, "found_collective", cut)
            with pytest.raises(PowerCut):
                forgetting.forget(device, Removes.SHARED)
    with ana.opened() as device:
        assert records_of(device) == before
        assert check_store(device).store_whole


def test_s11_no_table_that_points_at_a_space_is_left_out(ana: Person) -> None:
    """A table somebody adds later must be named in what forgets, or fall with one that is."""
    told = " ".join(OF_A_SPACE)
    with ana.opened() as device:
        db = device.store._db
        tables = [row[0] for row in db.rows("SELECT name FROM sqlite_master WHERE type='table'")]
        points = {
            table: [(row[2], row[6]) for row in db.rows(f"PRAGMA foreign_key_list({table})")]
            for table in tables
        }
    pointing = {table for table, others in points.items() if others}
    assert len(pointing) > 8
    falls = {table for table, others in points.items() if ("folders", "CASCADE") in others}
    assert [table for table in sorted(pointing - falls) if f"FROM {table} " not in told] == []


def test_s11_what_is_remembered_by_name_goes_with_its_space_or_record(ana: Person) -> None:
    with ana.opened() as device:
        shared, private = device.collective(), device.private_space()
        [row, *_] = device.list(Query(words=SHARED)).rows
        device.store.meta.put(f"since:{shared.hex()}", b"1")
        device.store.meta.put(f"told:{row.document.hex()}", b"2")
        device.store.meta.put(f"since:{private.hex()}", b"3")
        forgetting.forget(device, Removes.SHARED)
    with ana.opened() as device:
        left = everything(device)
        assert shared.hex() not in left
        assert row.document.hex() not in left
        assert device.store.meta.get(f"since:{private.hex()}") == b"3"
