"""Which key is given to whoever came where newcomers are given no past, and what was agreed."""

from __future__ import annotations

from aluna_sync.agreeing import Agreeing, changed_rules
from aluna_sync.circles import accept, bring_in, found_circle
from aluna_sync.founding import admit, found_collective, own_seat
from aluna_sync.minting import HandOver, Mint, due_to_newcomers, needed
from harness.made import let_in
from harness.meeting import (
    Make,
    Together,
    content_of,
    from_now_on,
    give,
    opened_by,
    rekeys,
    rules_of,
    titles,
    write,
)


def test_two_let_in_apart_do_not_read_what_the_others_wrote_before_they_knew(
    make: Make, together: Together
) -> None:
    """The key in use on one side opens what was written there: the other newcomer never gets it."""
    ana, bo = together("Ana", "Bo")
    dora, fay = make("Dora"), make("Fay")
    let_in(ana, dora)
    let_in(bo, fay)
    write(ana, "con Dora")
    write(bo, "con Fay")
    for one in (ana, bo):
        one.seal(one.collective())
    give(ana, bo)
    give(bo, ana)
    space = ana.collective()
    replica, held = ana.spaces.replicas[space], ana.spaces.epoch_keys[space]
    assert needed(replica, held, ana.device) == Mint()
    assert due_to_newcomers(replica, ana.device)
    rules_of(ana).rest(resting=True)
    assert not due_to_newcomers(replica, ana.device), "whoever acts makes the key at once"
    write(ana, "para todas")
    give(ana, bo, dora, fay, seal=True)
    assert titles(ana) == titles(bo) == {"con Dora", "con Fay", "para todas"}
    assert titles(dora) == {"con Dora", "para todas"}
    assert titles(fay) == {"con Fay", "para todas"}
    assert needed(replica, held, ana.device) is None


def test_the_last_of_several_yeses_gives_a_newcomer_a_new_key_and_not_the_one_in_use(
    make: Make, together: Together
) -> None:
    ana, bo, cleo = together("Ana", "Bo", "Cleo", admitting=2)
    dora = make("Dora")
    write(bo, "sellado antes")
    bo.seal(bo.collective())
    write(bo, "antes")
    space = ana.collective()
    admit(ana, space, own_seat(dora), bytes(16))
    give(ana, bo)
    (asked,) = rules_of(bo).requests()
    rules_of(bo).second(asked.id)
    assert bo.store.log.pending_count(space) == 0, "sealed before the last yes"
    replica, held = bo.spaces.replicas[space], bo.spaces.epoch_keys[space]
    assert dora.device in replica.members
    assert needed(replica, held, bo.device) is None
    give(bo, ana, cleo)
    given = [one for one in replica.epochs if dora.device in one.exposure]
    assert [one.id for one in given] == [bo.spaces.writing_key(space).id]
    assert given[0].id not in {one.header.epoch for one in content_of(bo, bo)}
    for one in (ana, cleo):
        known, keys = one.spaces.replicas[space], one.spaces.epoch_keys[space]
        assert needed(known, keys, one.device) is None
        assert titles(one) == {"sellado antes", "antes"}


def test_a_further_device_of_hers_is_handed_what_she_has_and_no_more(
    make: Make, together: Together
) -> None:
    ana, bo = together("Ana", "Bo")
    dora = make("Dora")
    let_in(ana, dora)
    space = ana.collective()
    phone = make("Doras Telefon")
    phone.take_person(dora.person, "Dora")
    admit(dora, space, own_seat(phone), bytes(16))
    give(dora, ana, bo)
    replica, held = ana.spaces.replicas[space], ana.spaces.epoch_keys[space]
    assert needed(replica, held, ana.device) is None
    rules_of(bo).rest(resting=True)
    given = {one.id for one in replica.epochs if phone.device in one.exposure}
    assert given == {ana.spaces.writing_key(space).id}


def test_who_came_and_is_stopped_makes_nobody_mint_for_ever(make: Make, together: Together) -> None:
    ana, bo, cleo = together("Ana", "Bo", "Cleo")
    dora = make("Dora")
    let_in(ana, dora)
    rules_of(ana).suspend(dora.device)
    give(ana, bo, cleo)
    space = bo.collective()
    replica, held = bo.spaces.replicas[space], bo.spaces.epoch_keys[space]
    assert dora.device not in replica.members
    assert needed(replica, held, bo.device) is None
    # Let go on, she is given a new key and not the one others wrote under meanwhile.
    between = bo.spaces.writing_key(space).id
    for one in (bo, cleo):
        rules_of(one).lift(dora.device)
        give(one, ana, *({bo, cleo} - {one}))
    assert dora.device in replica.members
    assert needed(replica, held, bo.device) is None, "whoever said the last yes made it at once"
    active = replica.active_epoch
    assert active is not None
    assert dora.device in active.exposure
    assert active.id != between


def test_where_keepers_are_named_the_others_leave_a_new_key_to_them(
    make: Make, together: Together
) -> None:
    ana, bo, cleo = together("Ana", "Bo", "Cleo")
    dora, fay = make("Dora"), make("Fay")
    space = ana.collective()
    standing = ana.spaces.replicas[space].membership.rules
    named = changed_rules(
        standing, keepers=[ana.person, bo.person], quorum=None, admitting=None, gives_past=None
    )
    asked = rules_of(ana).set_rules(named)
    give(ana, bo)
    rules_of(bo).second(asked.id)
    give(bo, ana, cleo)
    let_in(ana, dora)
    let_in(bo, fay)
    give(ana, cleo)
    give(bo, cleo)
    replica, held = cleo.spaces.replicas[space], cleo.spaces.epoch_keys[space]
    assert not due_to_newcomers(replica, cleo.device)
    assert not isinstance(needed(replica, held, cleo.device), HandOver), "never the key in use"


def test_as_soon_as_the_past_is_given_again_nothing_is_closed(
    make: Make, together: Together
) -> None:
    ana, bo = together("Ana", "Bo")
    dora = make("Dora")
    write(bo, "antes")
    let_in(ana, dora)
    from_now_on(ana, [dora], gives_past=True)
    give(ana, bo)
    (sealed,) = bo.seal(bo.collective())
    assert sealed.header.epoch == bo.spaces.writing_key(bo.collective()).id
    give(bo, dora)
    assert titles(dora) == {"antes"}


def test_who_came_while_the_past_was_given_is_shut_out_of_nothing(make: Make) -> None:
    """Bo was away since before she came; that newcomers get no past was agreed later."""
    ana, bo, dora = make("Ana"), make("Bo"), make("Dora")
    found_collective(ana, "Semilla")
    let_in(ana, bo)
    write(bo, "antes")
    let_in(ana, dora)
    from_now_on(ana, [dora], gives_past=False)
    give(ana, bo)
    minted = rekeys(bo)
    (sealed,) = bo.seal(bo.collective())
    assert rekeys(bo) == minted
    give(bo, ana, dora)
    assert opened_by(dora, sealed)
    assert titles(dora) == {"antes"}


def test_a_circle_that_gives_no_past_is_closed_to_whom_it_brings_in(together: Together) -> None:
    ana, bo, cleo = together("Ana", "Bo", "Cleo")
    circle = found_circle(ana, ana.collective(), "Cocina", [bo.person])
    people = Agreeing(ana, circle)
    standing = ana.spaces.replicas[circle].membership.rules
    # Bo has not heard of the circle: its founder says both yeses before he comes.
    control = ana.store.log.control_entries(circle)
    assert accept(bo, control[0])
    rules = changed_rules(standing, keepers=None, quorum=None, admitting=None, gives_past=False)
    asked = people.set_rules(rules)
    bo.store.log.append(ana.store.log.control_entries(circle)[1:])
    replica = bo.spaces.replicas[circle]
    replica.restore(bo.store.log.heads(circle), bo.store.log.control_entries(circle))
    bo.spaces.learn_keys(circle)
    Agreeing(bo, circle).second(asked.id)
    write(bo, "antes", circle)
    bring_in(bo, circle, cleo.person)
    (sealed,) = content_of(bo, bo, circle)
    write(bo, "después", circle)
    (after,) = bo.seal(circle)
    exposed = {one.id for one in replica.epochs if cleo.device in one.exposure}
    assert sealed.header.epoch not in exposed
    assert after.header.epoch in exposed
