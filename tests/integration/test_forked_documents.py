"""Two histories of one device meet in one record: one counts everywhere, and no words are lost."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aluna_protocol import lint
from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.engine.types import FORKED
from aluna_sync.journal.edit_kinds import SetReading, SetText
from aluna_sync.journal.types import Json
from harness.carrying import agree, carry, read, set_aside, state, texts
from harness.processes import Person, sync, unopened, wait_until, write


def edit(one: Device, record: DocumentId, field: str, text: str, *, seal: bool = True) -> None:
    asyncio.run(one.edit(record, [SetText(field, text)]))
    if seal:
        one.seal(one.collective())


def look_anew(one: Device, record: DocumentId) -> None:
    """Read a record as another device would: what one seals oneself counts as read."""
    asyncio.run(one.opener.refresh([record]))
    read(one)


def give_back(ana: Device, raws: list[bytes], record: DocumentId) -> None:
    """Put what the older copy wrote behind what Ana wrote since: both claim the same places."""
    space = ana.collective()
    ana.seal(space)
    for raw in raws:
        ana.store.log.add_pending(space, record, raw)
    ana.seal(space)


def meet(*devices: Device) -> None:
    """Carry everything between all until nobody has anything new to say."""
    for _ in range(3):
        for one, other in itertools.permutations(devices, 2):
            carry(one, other)
        read(*devices)


def fork(
    people: list[Person], devices: list[Device], folder: Path
) -> tuple[DocumentId, Iterator[Device]]:
    """Let Ana write a record all have, and copy her vault; return as many copies as are asked."""
    ana, *others = devices
    (name,) = write(ana, "acta", body="Primera frase. Final.")
    carry(ana, *others)
    read(*others)
    older = people[0].copy(folder / "older")

    def copies() -> Iterator[Device]:
        for number in itertools.count():
            with older.copy(folder / str(number)).opened() as copy:
                yield copy

    return DocumentId(bytes.fromhex(name)), copies()


def test_words_of_both_histories_stand_in_the_record_on_every_device(
    people: list[Person], devices: list[Device], tmp_path: Path
) -> None:
    ana, bo, cleo = devices
    record, copies = fork(people, devices, tmp_path)
    edit(ana, record, "body", "Primera frase, corregida. Final.")
    carry(ana, bo)
    read(bo)
    older = next(copies)
    edit(older, record, "body", "Primera frase. Final, y algo más.", seal=False)
    edit(older, record, "title", "acta de abril", seal=False)
    give_back(ana, older.store.log.pending_of(record), record)
    carry(ana, bo, cleo)
    read(cleo, bo)
    agree(bo, cleo)
    assert {reason for _, _, reason, _, _ in set_aside(bo)} == {FORKED}
    look_anew(ana, record)
    meet(*devices)
    agree(*devices)
    for one in devices:
        assert texts(one, record) == {
            "title": "acta de abril",
            "body": "Primera frase, corregida. Final, y algo más.",
        }


def two_histories(people: list[Person], devices: list[Device], folder: Path) -> DocumentId:
    """Let Ana's log hold two histories of a record; of equal ones the second counts.

    Bo holds only the first of them yet, Cleo nothing of either.
    """
    ana, bo, _ = devices
    record, copies = fork(people, devices, folder)
    edit(ana, record, "body", "Primera frase del portátil. Final.")
    carry(ana, bo)
    read(bo)
    first = hash_of(ana.opener.placed(record)[-1].change.raw)
    for number, older in enumerate(copies):
        # Other words until the hash is the lower one: every second time.
        edit(older, record, "body", f"Primera frase. Final de la copia {number}.", seal=False)
        (raw,) = older.store.log.pending_of(record)
        if hash_of(raw) < first:
            give_back(ana, [raw], record)
            return record
    raise AssertionError


def hash_of(raw: bytes) -> bytes:
    return lint.read_chunk(raw).hash


@pytest.mark.parametrize("sealed", [False, True])
def test_words_built_on_the_history_that_does_not_count_are_written_again(
    people: list[Person], devices: list[Device], tmp_path: Path, sealed: bool
) -> None:
    ana, bo, cleo = devices
    record = two_histories(people, devices, tmp_path)
    carry(ana, cleo)
    read(cleo)
    edit(cleo, record, "title", "acta de Cleo")
    edit(bo, record, "body", f"Bo estuvo. {texts(bo, record)['body']}", seal=sealed)
    carry(ana, bo)
    carry(cleo, bo)
    read(bo)
    body = texts(bo, record)["body"]
    assert body.startswith("Bo estuvo. Primera frase")
    assert "Final de la copia" in body
    assert len(bo.store.log.pending_of(record)) == 1
    meet(*devices)
    look_anew(ana, record)
    meet(*devices)
    agree(*devices)
    found = texts(cleo, record)
    assert found == texts(bo, record) == texts(ana, record)
    assert found["title"] == "acta de Cleo"
    for words in ("Bo estuvo. ", "del portátil", "de la copia"):
        assert found["body"].count(words) == 1
    # Those of the history, and what Bo had sealed on it.
    assert len(set_aside(cleo)) == (2 if sealed else 1)


def test_a_rebuild_tells_nothing_twice(
    people: list[Person], devices: list[Device], tmp_path: Path
) -> None:
    ana, _, cleo = devices
    record = two_histories(people, devices, tmp_path)
    look_anew(ana, record)
    carry(ana, cleo)
    meet(*devices)
    before = (texts(ana, record), state(ana), set_aside(ana))
    assert "de la copia" in before[0]["body"]
    assert "del portátil" in before[0]["body"]
    asyncio.run(ana.rebuild(lambda done, total: None))
    assert ana.store.log.pending_of(record) == []
    assert (texts(ana, record), state(ana), set_aside(ana)) == before


def test_when_the_choice_turns_nothing_stands_twice_and_nothing_is_lost(
    people: list[Person], devices: list[Device], tmp_path: Path
) -> None:
    ana, bo, cleo = devices
    record = two_histories(people, devices, tmp_path)
    edit(bo, record, "title", "acta de Bo")
    carry(ana, cleo)
    read(cleo)
    assert "de la copia" in texts(cleo, record)["body"]
    look_anew(ana, record)
    assert "del portátil" in texts(ana, record)["body"]
    carry(ana, cleo)
    carry(bo, ana, cleo)
    read(ana, cleo)
    # What Bo built on counts now.
    assert "del portátil" in texts(cleo, record)["body"]
    meet(*devices)
    agree(*devices)
    for one in devices:
        found = texts(one, record)
        assert found["title"] == "acta de Bo"
        for words in ("del portátil", "de la copia"):
            assert found["body"].count(words) == 1


def test_words_are_told_again_after_a_crash_that_came_in_between(
    people: list[Person], devices: list[Device], tmp_path: Path
) -> None:
    ana, bo, cleo = devices
    record = two_histories(people, devices, tmp_path)
    carry(ana, cleo)
    read(cleo)
    edit(cleo, record, "title", "acta de Cleo")
    edit(bo, record, "body", "Bo estuvo. Primera frase del portátil. Final.")
    carry(ana, bo)
    carry(cleo, bo)
    while asyncio.run(bo.opener.open_some(bo.collective())) is not None:
        pass
    assert "Bo estuvo" not in texts(bo, record)["body"]
    with people[1].opened() as again:
        read(again)
        assert texts(again, record)["body"].startswith("Bo estuvo. ")


def rewrite(one: Person, record: str, field: str, text: str) -> None:
    with one.opened() as device:
        edit(device, DocumentId(bytes.fromhex(record)), field, text, seal=False)


def say_when(one: Device, record: DocumentId, day: str) -> None:
    when: Json = {"value": day, "precision": "dat.day", "words": ""}
    asyncio.run(one.edit(record, [SetReading("when", when)]))


def readings_of(one: Device, record: DocumentId) -> list[tuple[str, Json]]:
    found = one.record(record)
    assert found is not None
    return [(reading.id, reading.value) for reading in found.readings["when"]]


@pytest.mark.parametrize("sealed", [False, True])
def test_d3_what_a_device_said_before_it_began_again_stands_under_its_new_actor(
    devices: list[Device], sealed: bool
) -> None:
    ana, bo, _ = devices
    (name,) = write(ana, "acta")
    record = DocumentId(bytes.fromhex(name))
    say_when(ana, record, "2026-01-01")
    if sealed:
        ana.seal(ana.collective())
    say_when(ana, record, "2026-02-02")
    before = readings_of(ana, record)
    asyncio.run(ana.begin_again())
    ana.seal(ana.collective())
    after = readings_of(ana, record)
    assert [value for _, value in after] == [value for _, value in before]
    assert after != before, "under an id of the new actor"
    meet(ana, bo)
    agree(ana, bo)
    assert readings_of(bo, record) == after
    assert bo.set_aside() == []


def test_d3_what_was_said_in_the_history_that_does_not_count_is_said_again_by_the_new_actor(
    people: list[Person], devices: list[Device], tmp_path: Path
) -> None:
    ana, bo, cleo = devices
    record, copies = fork(people, devices, tmp_path)
    say_when(ana, record, "2026-01-01")
    ana.seal(ana.collective())
    older = next(copies)
    say_when(older, record, "2026-02-02")
    say_when(older, record, "2026-03-03")
    give_back(ana, older.store.log.pending_of(record), record)
    asyncio.run(ana.begin_again())
    look_anew(ana, record)
    meet(*devices)
    agree(*devices)
    for one in (ana, bo, cleo):
        days = sorted(str(value) for _, value in readings_of(one, record))
        assert len(days) == 2, "one of each history, and not the one that was answered"
        assert "2026-01-01" in days[0]
        assert "2026-03-03" in days[1]


def test_d3_a_record_written_in_by_a_device_and_its_older_copy_holds_the_words_of_both(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo, cleo = people
    with ana.opened() as device:
        (record,) = write(device, "acta", body="Primera frase. Final.")
    sync(ana, bo)
    sync(cleo, bo)
    older = ana.copy(tmp_path / "older")
    rewrite(ana, record, "body", "Primera frase del disco perdido. Final.")
    sync(ana, bo)
    shutil.rmtree(ana.home)
    shutil.copytree(older.home, ana.home)
    rewrite(ana, record, "body", "Primera frase. Final de la copia vieja.")
    sync(ana, cleo)  # she never met the newer one, so nothing holds the copy back
    rewrite(cleo, record, "title", "acta de Cleo")
    with bo.node() as node:
        for one in (ana, cleo, ana, cleo):
            one.do("sync", "--once", "--no-lan", "--wait", "5", "--peer", node.address)
        wait_until(lambda: unopened(bo) == 0, "everything is read")
    found = [one.ask("show", record)["texts"] for one in people]
    assert found[0] == found[1] == found[2]
    assert found[0]["title"] == "acta de Cleo"
    for words in ("del disco perdido", "de la copia vieja"):
        assert found[0]["body"].count(words) == 1
    assert len({one.state() for one in people}) == 1
    asides = [one.collective()["set_aside"] for one in people]
    assert asides[0] == asides[1] == asides[2] > 0
