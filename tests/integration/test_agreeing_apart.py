"""Agreements on real devices: done apart, carried, and the same on all (domain C5.1, C10)."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.agreeing import Agreeing
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import AddAct, Edit, SetText
from aluna_sync.journal.lives.voices import For
from aluna_sync.journal.types import Json
from aluna_sync.living import life_of, waits_for_me
from aluna_sync.store.rows import Query
from harness.carrying import agree, carry, read


def proposed(devices: list[Device]) -> tuple[DocumentId, str]:
    """Let the first propose an agreement everybody has, and return it and its wording's id."""
    first = devices[0]
    asked: list[Json] = [one.person.hex() for one in devices]
    edits: list[Edit] = [
        SetText("text", "Nunca sola."),
        AddAct("versions", {"act": "propose", "wording": "Nunca sola.", "asked": asked}),
    ]
    document = asyncio.run(first.add("agreement", edits, first.collective()))
    meet(devices)
    record = first.record(document)
    assert record is not None
    return document, record.acts["versions"][0].id


def meet(devices: list[Device]) -> None:
    for one, other in itertools.permutations(devices, 2):
        carry(one, other)
    read(*devices)
    agree(*devices)


def say(device: Device, document: DocumentId, version: str, stance: str) -> None:
    position: Json = {"act": "position", "version": version, "stance": f"pos.{stance}"}
    asyncio.run(device.edit(document, [AddAct("positions", position)]))


def act(device: Device, document: DocumentId, **said: Json) -> None:
    asyncio.run(device.edit(document, [AddAct("acts", dict(said))]))


def states(devices: list[Device], document: DocumentId) -> set[str]:
    """Return the states the devices show, in the record and in lists alike."""
    found = set()
    for one in devices:
        record = one.record(document)
        assert record is not None
        rows = one.list(Query(types=("agreement",))).rows
        assert [row.state for row in rows] == [record.state]
        assert life_of(one, record).state == record.state
        found.add(record.state)
    return found


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_c10_2_an_objection_from_an_outage_is_heard_on_every_device_in_any_order(
    devices: list[Device], order: tuple[int, ...]
) -> None:
    ana, _, cleo = devices
    document, version = proposed(devices)
    for one in devices:
        say(one, document, version, "consent")
    meet(devices)
    assert states(devices, document) == {"ags.consented"}
    act(ana, document, act="in_force", version=version)
    say(cleo, document, version, "objection")
    for place in order:
        carry(devices[place], *(devices[other] for other in order if other != place))
        read(*(devices[other] for other in reversed(order)))
    meet(devices)
    assert states(devices, document) == {"ags.in_review"}
    for one in devices:
        record = one.record(document)
        assert record is not None
        life = life_of(one, record)
        assert life.followed == (version,)
        assert [voice.by for voice in life.late] == [cleo.person]


def test_c10_14_lists_know_at_once_whose_voice_is_waited_for(devices: list[Device]) -> None:
    ana, bo, cleo = devices
    document, version = proposed(devices)
    for one in (ana, bo):
        say(one, document, version, "consent")
    meet(devices)
    assert states(devices, document) == {"ags.proposed"}
    assert [one.what for one in waits_for_me(cleo)] == [For.POSITION]
    Agreeing(cleo, cleo.collective()).rest(resting=True)
    assert waits_for_me(cleo) == ()
    meet(devices)
    assert states(devices, document) == {"ags.consented"}
    Agreeing(cleo, cleo.collective()).rest(resting=False)
    meet(devices)
    assert states(devices, document) == {"ags.proposed"}


def test_c5_1_rule_4_the_answer_of_the_group_counts_once_she_is_gone(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    document, version = proposed(devices)
    say(cleo, document, version, "objection")
    for one in (ana, bo):
        say(one, document, version, "consent")
    meet(devices)
    record = ana.record(document)
    assert record is not None
    objection = next(one.id for one in record.acts["positions"] if one.by == cleo.person)
    answer: Json = {"act": "answer_objection", "objection": objection, "words": "Otra hora."}
    asyncio.run(ana.edit(document, [AddAct("positions", answer)]))
    meet(devices)
    assert states(devices, document) == {"ags.objected"}
    Agreeing(ana, ana.collective()).remove(cleo.person)
    carry(ana, bo)
    for request in Agreeing(bo, bo.collective()).requests():
        Agreeing(bo, bo.collective()).second(request.id)
    meet([ana, bo])
    assert cleo.person not in ana.spaces.replicas[ana.collective()].membership.persons
    assert states([ana, bo], document) == {"ags.consented"}
