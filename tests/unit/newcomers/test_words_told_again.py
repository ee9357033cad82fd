"""Words written once more stay closed to who came between, where newcomers are given no past."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from aluna_protocol.ids import EntryHash, EpochId, Lane
from aluna_sync import moments
from aluna_sync.moments import Moment
from harness.carrying import read
from harness.made import let_in, made
from harness.meeting import (
    Make,
    Together,
    edit,
    give,
    let_in_and_removed,
    opened_by,
    titles,
    write,
)


def test_an_older_copy_that_begins_again_keeps_its_words_closed(
    make: Make, together: Together
) -> None:
    ana, bo = together("Ana", "Bo")
    dora = make("Dora")
    record = write(bo, "antes")
    let_in(ana, dora)
    give(ana, bo)
    edit(bo, record, body="después, en lo mismo")
    asyncio.run(bo.begin_again())
    write(bo, "después")
    bo.seal(bo.collective())
    give(bo, ana, dora)
    assert titles(ana) == {"antes", "después"}
    found = ana.record(record)
    assert found is not None
    assert found.texts["body"] == "después, en lo mismo"
    assert titles(dora) == {"después"}
    assert dora.record(record) is None


def test_words_a_fork_took_out_are_told_again_closed_to_who_came_meanwhile(
    make: Make, together: Together, tmp_path: Path
) -> None:
    ana, bo = together("Ana", "Bo")
    dora, space = make("Dora"), ana.collective()
    record = write(ana, "acta")
    edit(ana, record, body="Primera frase. Final.")
    give(ana, bo, seal=True)
    before = ana.spaces.writing_key(space).id
    (tmp_path / "copy").mkdir()
    for part in tmp_path.glob("Ana.db*"):
        shutil.copy(part, tmp_path / "copy" / part.name)
    older = made(tmp_path / "copy", "Ana")
    edit(ana, record, body="Primera frase, corregida. Final.")
    edit(older, record, body="Primera frase. Final, y algo más.")
    ana.seal(space)
    for raw in older.store.log.pending_of(record):
        ana.store.log.add_pending(space, record, raw)
    older.store.close()
    ana.seal(space)
    let_in(ana, dora)
    asyncio.run(ana.opener.refresh([record]))
    read(ana)
    assert ana.store.log.pending_count(space) > 0, "what did not count is told again"
    (told,) = ana.seal(space)
    assert told.header.epoch == before
    assert opened_by(dora, told) == []
    give(ana, bo, dora)
    found = bo.record(record)
    assert found is not None
    assert found.texts["body"] == "Primera frase, corregida. Final, y algo más."
    assert titles(dora) == set()


def test_words_that_rest_on_what_fell_are_told_again_closed_to_who_came_meanwhile(
    make: Make, together: Together
) -> None:
    people = together("Ana", "Bo", "Cleo", "Eva")
    ana, bo, cleo, eva = people
    dora = make("Dora")
    record = write(ana, "acta")
    give(ana, bo, cleo, eva, seal=True)
    edit(cleo, record, body="Tarde. ")
    give(cleo, bo, seal=True)
    edit(bo, record, body="Tarde. De Bo.")
    let_in_and_removed(people, dora)
    give(ana, bo)
    sealed = [one for one in bo.seal(bo.collective()) if one.header.log.lane is Lane.CONTENT]
    assert sealed
    give(bo, ana, dora, eva)
    found = ana.record(record)
    assert found is not None
    assert "De Bo." in found.texts["body"]
    assert [opened_by(one, each) for one in (dora, cleo) for each in sealed] == [[]] * (
        2 * len(sealed)
    )


def test_words_told_again_stay_closed_to_who_could_not_read_them(
    make: Make, together: Together
) -> None:
    ana, bo = together("Ana", "Bo")
    dora = make("Dora")
    space = ana.collective()
    before = ana.spaces.writing_key(space).id
    let_in(ana, dora)
    give(ana, bo)
    now = ana.spaces.writing_key(space).id
    present = moments.present(ana.spaces, space)
    assert moments.shut_out(ana.spaces, space, present) == frozenset()
    for under, out in ((before, {dora.person}), (now, set())):
        told = moments.together([present, Moment(sealed_under=frozenset([under]))])
        assert moments.shut_out(ana.spaces, space, told) == out
        key = moments.key_for(ana.spaces, space, moments.shut_out(ana.spaces, space, told))
        assert key is not None
        assert key.id == under


def test_what_was_known_is_kept_as_it_was() -> None:
    some = Moment(
        frozenset([(EntryHash(b"a" * 32), EntryHash(b"b" * 32)), ()]),
        frozenset([EpochId(b"c" * 32), EpochId(b"d" * 32)]),
    )
    assert Moment.unpacked(some.packed()) == some
    assert Moment.unpacked(b"") == Moment()
    assert moments.together([]) == Moment()
    assert moments.together([some, Moment(frozenset([()]))]) == some


def test_words_from_before_any_of_this_was_kept_go_under_the_key_in_use(
    make: Make, together: Together
) -> None:
    ana, bo = together("Ana", "Bo")
    write(bo, "antes")
    bo.store._db.run("UPDATE pending SET known=x''")
    let_in(ana, make("Dora"))
    give(ana, bo)
    (sealed,) = bo.seal(bo.collective())
    assert sealed.header.epoch == bo.spaces.writing_key(bo.collective()).id
