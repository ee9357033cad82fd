"""Who belongs, decided together by real devices: removal, suspension, rules, leaving (M3-M8)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from aluna_sync.agreeing import Agreeing, leave
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from harness.carrying import carry
from harness.processes import Person, collective_of

Open = Callable[..., list[Device]]


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory) -> object:
    with ExitStack() as stack:

        def open_(*names: str) -> list[Device]:
            people: list[Person] = collective_of(tmp_path_factory.mktemp("people"), *names)
            return [stack.enter_context(one.opened()) for one in people]

        yield open_


def space(device: Device) -> Agreeing:
    return Agreeing(device, device.collective())


def meet(*devices: Device) -> None:
    for one in devices:
        carry(one, *(other for other in devices if other is not one))
    for one in devices:
        one.spaces.learn_keys(one.collective())


def names(device: Device) -> set[str]:
    return {one.name for one in device.people(device.collective())}


def test_a_person_goes_when_two_others_said_so_and_nothing_is_written_under_a_key_of_hers(
    opened: Open,
) -> None:
    ana, bo, cleo = opened("Ana", "Bo", "Cleo")
    asked = space(ana).remove(space(ana).person("cleo"))
    assert asked.missing == 1
    assert asked.waits_for == ("Bo",)
    assert names(ana) == {"Ana", "Bo", "Cleo"}
    meet(ana, bo, cleo)
    [request] = space(bo).requests()
    assert (request.what, request.by, request.about) == ("remove", "Ana", "Cleo")
    assert request.waits_for_me
    assert not space(cleo).requests()[0].waits_for_me
    assert space(bo).second(space(bo).find(request.id.hex()[:6])).missing == 0
    assert names(bo) == {"Ana", "Bo"}
    # The yes and the new key are one moment: nothing is ever written under the old one.
    replica = bo.spaces.replicas[bo.collective()]
    assert replica.active_epoch is not None
    assert cleo.device not in replica.active_epoch.exposure
    meet(ana, bo, cleo)
    assert names(ana) == names(bo) == {"Ana", "Bo"}
    assert ana.spaces.can_write(ana.collective())
    assert not cleo.spaces.can_write(cleo.collective())
    with pytest.raises(AlunaError) as error:
        space(cleo).rest(resting=True)
    assert error.value.code == "no-seat-here"


def test_a_stopped_device_is_lifted_by_two_others_and_by_nobody_less(opened: Open) -> None:
    ana, bo, cleo, dora = opened("Ana", "Bo", "Cleo", "Dora")
    space(ana).suspend(bo.device)
    meet(ana, bo, cleo, dora)
    assert bo.device not in cleo.spaces.replicas[cleo.collective()].members
    with pytest.raises(AlunaError) as error:
        space(bo).lift(bo.device)
    assert error.value.code == "device-suspended"
    assert space(cleo).lift(bo.device).missing == 1
    meet(ana, bo, cleo, dora)
    assert space(dora).lift(bo.device).missing == 0
    meet(ana, bo, cleo, dora)
    for one in (ana, bo, cleo, dora):
        assert bo.device in one.spaces.replicas[one.collective()].members


def test_who_leaves_is_gone_for_everybody_and_keeps_her_private_notes(opened: Open) -> None:
    ana, bo = opened("Ana", "Bo")
    leave(bo, bo.collective())
    meet(ana, bo)
    assert names(ana) == {"Ana"}
    assert bo.spaces.can_write(bo.private_space())


def test_rules_take_two_and_say_who_else_has_to_agree(opened: Open) -> None:
    ana, bo, cleo = opened("Ana", "Bo", "Cleo")
    people = space(ana)
    from aluna_sync.agreeing import changed_rules

    standing = ana.spaces.replicas[ana.collective()].membership.rules
    wanted = changed_rules(
        standing,
        keepers=[people.person("Ana"), people.person("Bo")],
        quorum=None,
        admitting=None,
        gives_past=None,
    )
    done = people.set_rules(wanted)
    assert (done.missing, done.waits_for) == (1, ("Bo", "Cleo"))
    meet(ana, bo, cleo)
    space(cleo).second(done.id)
    meet(ana, bo, cleo)
    facts = space(bo).keepers()
    assert [name for _, name in facts.keepers] == ["Ana", "Bo"]
    assert not facts.everybody
    with pytest.raises(AlunaError) as error:
        space(cleo).suspend(ana.device)
    assert error.value.code == "not-a-keeper"
