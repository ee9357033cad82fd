"""Where newcomers are given no past, nobody reads what was written before it was known of her.

Words are written at once and sealed when somebody is there to send them to, which may be months
later: what counts is when they were written (SPEC §7.5, E10, decision 0026).
"""

from __future__ import annotations

import pytest

from aluna_protocol.entry import Entry, Kind
from aluna_protocol.ids import Lane
from aluna_sync.errors import AlunaError
from aluna_sync.minting import needed
from harness.made import let_in
from harness.meeting import (
    Make,
    Together,
    content_of,
    edit,
    give,
    let_in_and_removed,
    opened_by,
    rekeys,
    rules_of,
    titles,
    write,
)


def test_e10_words_of_who_was_away_are_closed_to_who_came_meanwhile(
    make: Make, together: Together
) -> None:
    ana, bo = together("Ana", "Bo")
    dora = make("Dora")
    write(bo, "antes")
    let_in(ana, dora)
    give(ana, bo)
    write(bo, "después")
    minted = rekeys(bo)
    before, after = bo.seal(bo.collective())
    assert rekeys(bo) == minted, "the key of the time is still good"
    give(bo, ana, dora)
    assert titles(ana) == titles(bo) == {"antes", "después"}
    assert titles(dora) == {"después"}
    assert opened_by(dora, before) == []
    assert opened_by(dora, after)
    assert opened_by(ana, before)
    assert content_of(bo, dora) == [before, after], "she carries it for others all the same"


def test_e10_whoever_lets_her_in_seals_her_own_words_first(make: Make, together: Together) -> None:
    ana, bo = together("Ana", "Bo")
    dora = make("Dora")
    write(ana, "antes")
    let_in(ana, dora)
    assert ana.store.log.pending_count(ana.collective()) == 0
    (sealed,) = content_of(ana, ana)
    replica = ana.spaces.replicas[ana.collective()]
    admission = replica.seated_by(dora.device)
    assert admission is not None
    assert not replica.has_seen(sealed.header.membership_heads, [admission])
    give(ana, bo, dora)
    assert titles(bo) == {"antes"}
    assert titles(dora) == set()
    assert opened_by(dora, sealed) == []


def test_where_own_words_may_not_be_sealed_at_the_door_they_are_later_under_the_same_key(
    make: Make, together: Together
) -> None:
    """Somebody is here who knows the own log better, or has not said all yet (decision 0009)."""
    ana, bo = together("Ana", "Bo")
    dora = make("Dora")
    write(ana, "antes")
    ana.may_write = lambda _space: False
    let_in(ana, dora)
    assert ana.store.log.pending_count(ana.collective()) == 1
    ana.may_write = lambda _space: True
    write(ana, "después")
    give(ana, bo, dora, seal=True)
    assert titles(bo) == {"antes", "después"}
    assert titles(dora) == {"después"}


def test_a_command_that_had_not_heard_of_her_writes_what_she_does_not_read(
    make: Make, together: Together
) -> None:
    """The door is open in one process while another writes: what counts is what that one knew."""
    ana, bo = together("Ana", "Bo")
    elsewhere, dora = make("Ana"), make("Dora")
    let_in(ana, dora)
    write(elsewhere, "a la vez")
    write(ana, "después")
    give(ana, bo, dora, seal=True)
    assert titles(bo) == {"a la vez", "después"}
    assert titles(dora) == {"después"}


def test_what_is_written_later_in_an_old_record_waits_with_the_newcomer_and_shows_nothing(
    make: Make, together: Together
) -> None:
    ana, bo = together("Ana", "Bo")
    dora = make("Dora")
    record = write(bo, "jacaranda")
    edit(bo, record, body="flamboyán")
    let_in(ana, dora)
    give(ana, bo)
    edit(bo, record, body="flamboyán ceiba")
    before, after = bo.seal(bo.collective())
    give(bo, ana, dora)
    assert dora.record(record) is None
    assert titles(dora) == set()
    found = ana.record(record)
    assert found is not None
    assert found.texts["body"] == "flamboyán ceiba"
    # Who looks at the bytes finds the letters typed after she came, and none from before.
    typed = b"".join(opened_by(dora, after))
    assert b"ceiba" in typed
    for word in ("jacaranda", "flamboyán"):
        assert word.encode() not in typed
    assert opened_by(dora, before) == []


def test_many_words_from_before_become_several_entries_none_of_which_she_reads(
    make: Make, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, bo = together("Ana", "Bo")
    dora = make("Dora")
    monkeypatch.setattr("aluna_protocol.limits.MAX_PARTS", 4)
    before = {f"antes {number}" for number in range(10)}
    for title in sorted(before):
        write(bo, title)
    let_in(ana, dora)
    give(ana, bo)
    after = {f"después {number}" for number in range(3)}
    for title in sorted(after):
        write(bo, title)
    sealed = bo.seal(bo.collective())
    assert [len(opened_by(bo, one)) for one in sealed] == [4, 4, 2, 3]
    give(bo, ana, dora)
    assert titles(ana) == before | after
    assert titles(dora) == after


def test_k7_where_the_old_key_is_held_outside_one_is_made_for_those_alone_who_may_read(
    make: Make, together: Together
) -> None:
    people = together("Ana", "Bo", "Cleo", "Eva")
    ana, bo, cleo, eva = people
    dora = make("Dora")
    write(bo, "antes")
    let_in_and_removed(people, dora)
    give(ana, bo)
    write(bo, "después")
    minted = len(rekeys(bo))
    before, after = (one for one in bo.seal(bo.collective()) if one.header.log.lane is Lane.CONTENT)
    assert len(rekeys(bo)) == minted + 2, "one that is closed, and one for all after it"
    replica = bo.spaces.replicas[bo.collective()]
    closed = next(one for one in replica.epochs if one.id == before.header.epoch)
    assert closed.exposure == {ana.device, bo.device, eva.device}
    assert replica.active_epoch is not None
    assert replica.active_epoch.id == after.header.epoch
    assert replica.active_epoch.exposure == {ana.device, bo.device, dora.device, eva.device}
    give(bo, ana, cleo, dora, eva)
    assert titles(ana) == titles(eva) == {"antes", "después"}
    assert titles(dora) == {"después"}
    assert opened_by(dora, before) == opened_by(cleo, before) == opened_by(cleo, after) == []
    # Nobody hands the closed key on, and nobody has to make another.
    for one in (ana, bo, eva):
        held = one.spaces.epoch_keys[one.collective()]
        assert needed(one.spaces.replicas[one.collective()], held, one.device) is None


def test_a_key_made_between_the_removal_and_her_coming_serves(
    make: Make, together: Together
) -> None:
    ana, bo, cleo, eva = together("Ana", "Bo", "Cleo", "Eva")
    dora = make("Dora")
    write(bo, "antes")
    asked = rules_of(ana).remove(cleo.person)
    give(ana, eva)
    rules_of(eva).second(asked.id)
    give(eva, ana)
    let_in(ana, dora)
    give(ana, bo)
    minted = rekeys(bo)
    (sealed,) = bo.seal(bo.collective())
    assert rekeys(bo) == minted
    give(bo, ana, dora, eva)
    assert titles(ana) == titles(eva) == {"antes"}
    assert opened_by(dora, sealed) == opened_by(cleo, sealed) == []


def test_the_closed_key_serves_everybody_who_was_away_and_is_made_once(
    make: Make, together: Together
) -> None:
    people = together("Ana", "Bo", "Cleo", "Eva")
    ana, bo, _cleo, eva = people
    dora = make("Dora")
    write(bo, "de Bo")
    write(eva, "de Eva")
    eva.may_write = lambda _space: False
    let_in_and_removed(people, dora)
    give(ana, bo)
    bo.seal(bo.collective())
    give(bo, eva)
    minted = rekeys(eva)
    (sealed,) = eva.seal(eva.collective())
    assert rekeys(eva) == minted
    give(eva, ana, dora)
    give(bo, ana, dora)
    assert titles(ana) == {"de Bo", "de Eva"}
    assert titles(dora) == set()
    assert opened_by(dora, sealed) == []


def test_a_power_cut_or_a_full_disk_after_the_key_was_made_costs_no_second_key(
    make: Make, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = together("Ana", "Bo", "Cleo", "Eva")
    ana, bo = people[:2]
    dora = make("Dora")
    write(bo, "antes")
    let_in_and_removed(people, dora)
    give(ana, bo)
    append = bo.store.log.append

    def full(written: list[Entry]) -> None:
        if written and written[0].header.log.lane is Lane.CONTENT:
            raise AlunaError("disk-full")
        append(written)

    with monkeypatch.context() as patch:
        patch.setattr(bo.store.log, "append", full)
        with pytest.raises(AlunaError, match="disk-full"):
            bo.seal(bo.collective())
    assert bo.store.log.pending_count(bo.collective()) == 1
    minted = rekeys(bo)
    again = make("Bo")
    (sealed,) = again.seal(again.collective())
    assert rekeys(again) == minted
    give(again, ana, dora)
    assert titles(ana) == {"antes"}
    assert opened_by(dora, sealed) == []


def test_a_node_that_hears_of_the_key_later_makes_one_and_seals_when_it_has(
    make: Make, together: Together
) -> None:
    """What a hub is told while it is at work it takes afterwards."""
    people = together("Ana", "Bo", "Cleo", "Eva")
    ana, bo = people[:2]
    dora = make("Dora")
    write(bo, "antes")
    let_in_and_removed(people, dora)
    give(ana, bo)
    later: list[Entry] = []
    bo.take_written = later.extend
    for _ in range(2):
        bo.seal(bo.collective())
    minted = [one for one in later if one.header.kind is Kind.EPOCH]
    assert len(minted) == 2, "one that is closed, and one for all after it"
    bo.take_written_alone(later)
    bo.spaces.learn_keys(bo.collective())
    bo.take_written = bo.take_written_alone
    (sealed,) = bo.seal(bo.collective())
    assert sealed.header.epoch in set(rekeys(bo))
    give(bo, ana, dora)
    assert titles(ana) == {"antes"}
    assert titles(dora) == set()


def test_after_a_removal_alone_words_go_under_the_new_key_as_ever(together: Together) -> None:
    ana, bo, cleo, eva = together("Ana", "Bo", "Cleo", "Eva")
    write(bo, "antes")
    asked = rules_of(ana).remove(cleo.person)
    give(ana, eva)
    rules_of(eva).second(asked.id)
    give(eva, ana, bo)
    minted = rekeys(bo)
    (sealed,) = bo.seal(bo.collective())
    assert rekeys(bo) == minted
    assert sealed.header.epoch == bo.spaces.writing_key(bo.collective()).id


def test_who_came_and_is_gone_again_shuts_nobody_out(make: Make, together: Together) -> None:
    ana, bo, eva = together("Ana", "Bo", "Eva")
    dora = make("Dora")
    write(bo, "antes")
    let_in(ana, dora)
    asked = rules_of(ana).remove(dora.person)
    give(ana, eva)
    rules_of(eva).second(asked.id)
    give(eva, ana, bo)
    minted = rekeys(bo)
    (sealed,) = bo.seal(bo.collective())
    assert rekeys(bo) == minted
    assert opened_by(dora, sealed) == []
    give(bo, ana, eva)
    assert titles(ana) == titles(eva) == {"antes"}
