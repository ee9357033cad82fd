"""What happened while they were apart, in real vaults: the same whatever the order of arrival."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from pathlib import Path

import pytest

from aluna_protocol.entry import Entry
from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.journal.digest import Kind, Section, Turn, ids_of
from aluna_sync.journal.edit_kinds import AddAct, AddLink, Edit, SetReading, SetText
from aluna_sync.journal.types import Json
from aluna_sync.recounting import digest_since, last_looked, look, since_day
from aluna_sync.sittings import sittings
from aluna_sync.store.arrivals import Since
from harness.carrying import carry, read, read_all
from harness.processes import Person

TODAY = dt.date(2026, 11, 22)


def add(device: Device, type_: str, *edits: Edit) -> DocumentId:
    return asyncio.run(device.add(type_, list(edits), device.collective()))


def place(name: str) -> Json:
    return {"name": name, "level": "place"}


def edit(device: Device, document: DocumentId, *edits: Edit) -> None:
    asyncio.run(device.edit(document, list(edits)))


def meet(one: Device, other: Device) -> None:
    for giver, taker in ((one, other), (other, one)):
        carry(giver, taker)
        read(taker)


def told(device: Device, since: Since | None = None) -> dict[Kind, Section]:
    space = device.collective()
    since = last_looked(device, space) if since is None else since
    return {one.kind: one for one in digest_since(device, space, since, TODAY)}


def looked(device: Device) -> None:
    look(device, device.collective(), device.store.arrivals.now())


def documents(section: Section) -> list[DocumentId]:
    return [item.document for item in section.items]


def test_only_what_came_since_is_told_and_never_ones_own(devices: list[Device]) -> None:
    ana, bo, _ = devices
    old = add(ana, "care_practice", SetText("body", "respirar"))
    meet(ana, bo)
    looked(bo)
    assert told(bo) == {}
    mine = add(bo, "care_practice", SetText("body", "cantar"))
    new = add(ana, "care_practice", SetText("body", "caminar"))
    meet(ana, bo)
    (care,) = told(bo).values()
    assert (care.kind, documents(care)) == (Kind.CARE, [new])
    assert [item.new for item in care.items] == [True]
    edit(ana, old, SetText("body", "respirar juntas"))
    meet(ana, bo)
    assert {item.document: item.new for item in told(bo)[Kind.CARE].items} == {
        new: True,
        old: False,
    }
    assert mine not in ids_of(told(bo).values())
    looked(bo)
    assert told(bo) == {}
    assert mine in ids_of(told(ana).values())


def test_care_comes_first_and_harm_last_beside_what_sustained(devices: list[Device]) -> None:
    ana, bo, _ = devices
    harm = add(ana, "impact", SetText("body", "Nos quitaron el sueño"), SetReading("about", "us"))
    coping = add(ana, "coping", SetText("body", "Cocinar"), AddLink("sustained", harm))
    event = add(ana, "event", SetText("title", "Retén"))
    care = add(ana, "care_practice", SetText("body", "caminar"))
    meet(ana, bo)
    found = told(bo)
    assert [*found] == [Kind.CARE, Kind.TEXTS, Kind.HARM_AND_COPING]
    assert documents(found[Kind.CARE]) == [care]
    assert documents(found[Kind.TEXTS]) == [event]
    items = {item.document: item for item in found[Kind.HARM_AND_COPING].items}
    assert items.keys() == {harm, coping}
    assert items[harm].kept_back
    assert items[harm].sustained_by == (coping,)


def test_a_voice_from_an_outage_waits_to_be_heard(devices: list[Device]) -> None:
    ana, bo, _ = devices
    agreed = add(ana, "agreement", SetText("text", "Nunca sola."))
    asked = [one.person.hex() for one in devices]
    proposal: dict[str, Json] = {"act": "propose", "wording": "Nunca sola.", "asked": [*asked]}
    edit(ana, agreed, AddAct("versions", {**proposal}))
    meet(ana, bo)
    found = told(bo)
    assert documents(found[Kind.AGREEMENTS]) == [agreed]
    assert documents(found[Kind.MY_VOICE]) == [agreed]
    looked(bo)
    record = ana.record(agreed)
    assert record is not None
    version = record.acts["versions"][0].id
    edit(
        ana,
        agreed,
        AddAct("positions", {"act": "position", "version": version, "stance": "pos.objection"}),
    )
    meet(ana, bo)
    found = told(bo)
    assert documents(found[Kind.VOICES]) == [agreed]
    ((said,),) = [item.voices for item in found[Kind.VOICES].items]
    assert (said.person, said.stance) == (ana.person, "pos.objection")


def test_two_readings_two_hands_and_empty_places(devices: list[Device]) -> None:
    ana, bo, cleo = devices
    both = add(ana, "event", SetText("body", "Llegaron al amanecer."))
    gone = add(ana, "event", SetText("body", "Esto se retira."))
    for one in (bo, cleo):
        meet(ana, one)
        looked(one)
    edit(
        ana,
        both,
        SetText("body", "Llegaron al amanecer, dos."),
        SetReading("where", place("el río")),
    )
    edit(
        bo,
        both,
        SetText("body", "Ellos llegaron al amanecer."),
        SetReading("where", place("el puente")),
    )
    asyncio.run(ana.take_back(gone))
    meet(ana, bo)
    meet(bo, cleo)
    found = told(cleo)
    assert documents(found[Kind.TWO_READINGS]) == [both]
    (item,) = found[Kind.TWO_HANDS].items
    assert item.by == tuple(sorted((ana.person, bo.person)))
    assert [(item.document, item.type) for item in found[Kind.TAKEN_BACK].items] == [
        (gone, "event")
    ]
    assert Kind.TAKEN_BACK not in told(ana)


def test_who_rests_is_told_and_who_looked_is_on_no_other_device(devices: list[Device]) -> None:
    ana, bo, _ = devices
    card = add(ana, "member", SetText("how_to_treat_me", "Con calma."))
    edit(ana, card, AddAct("acts", {"act": "rest"}))
    looked(ana)
    meet(ana, bo)
    assert [(one.person, one.turn) for one in told(bo)[Kind.PEOPLE].people] == [
        (ana.person, Turn.RESTS)
    ]
    assert bo.store.arrivals.looked(bo.collective()) is None


def test_since_a_day_tells_what_came_on_it_and_after(devices: list[Device]) -> None:
    ana, bo, _ = devices
    document = add(ana, "note", SetText("body", "asamblea"))
    meet(ana, bo)
    today = bo.store.arrivals.now().day
    assert documents(told(bo, since_day(bo, today))[Kind.TEXTS]) == [document]
    assert told(bo, since_day(bo, "9999")) == {}


def _entries(device: Device) -> list[Entry]:
    space = device.collective()
    device.seal(space)
    log = device.store.log
    return [entry for name in log.heads(space) for entry in log.entries(name, 0, 2**40)]


def _take_some(device: Device, some: list[Entry]) -> None:
    space = device.collective()
    device.store.log.append(some)
    replica = device.spaces.replicas[space]
    replica.restore(device.store.log.heads(space), device.store.log.control_entries(space))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_arrival_changes_nothing(
    people: list[Person], devices: list[Device], tmp_path: Path, seed: int
) -> None:
    ana, bo, cleo = devices
    dice = random.Random(seed)
    first = [add(ana, "event", SetText("body", f"antes {at}")) for at in range(4)]
    meet(ana, bo)
    meet(ana, cleo)
    looked(cleo)
    copies = [people[2].copy(tmp_path / str(at)).opened() for at in range(2)]
    for at in range(24):
        who = dice.choice((ana, bo))
        kind = dice.choice(("event", "care_practice", "coping", "impact", "note"))
        match dice.randrange(4):
            case 0:
                first.append(add(who, kind, SetText("body", f"{at} {kind}")))
            case 1 if who.record(first[at % 4]) is not None:
                edit(who, first[at % 4], SetReading("where", place(f"lugar {at}")))
            case 2:
                edit(who, first[at % 4], SetText("body", f"otra vez {at}"))
            case _:
                who.seal(who.collective())
    asyncio.run(ana.take_back(add(ana, "event", SetText("body", "se retira"))))
    asyncio.run(ana.take_back(first[0]))
    meet(ana, bo)
    written = _entries(ana)
    found = []
    for copy in copies:
        with copy as device:
            logs: dict[object, list[Entry]] = {}
            for entry in written:
                logs.setdefault(entry.header.log, []).append(entry)
            while logs:
                name = dice.choice(sorted(logs, key=repr))
                count = dice.randrange(1, 4)
                _take_some(device, logs[name][:count])
                logs[name] = logs[name][count:]
                if not logs[name]:
                    del logs[name]
                if dice.random() < 0.6:
                    asyncio.run(read_all(device))
            asyncio.run(read_all(device))
            found.append(digest_since(device, device.collective(), last_looked_of(device), TODAY))
    assert found[0] == found[1]
    kinds = {section.kind for section in found[0]}
    assert {Kind.TAKEN_BACK, Kind.TEXTS, Kind.TWO_HANDS} <= kinds


def last_looked_of(device: Device) -> Since:
    since = last_looked(device, device.collective())
    assert since.first > 1
    return since


def test_a_rebuild_makes_nothing_new(devices: list[Device]) -> None:
    ana, bo, _ = devices
    add(ana, "care_practice", SetText("body", "respirar"))
    meet(ana, bo)
    looked(bo)
    add(ana, "care_practice", SetText("body", "caminar"))
    meet(ana, bo)
    before = told(bo)
    asyncio.run(bo.rebuild(lambda _done, _total: None))
    assert told(bo) == before


def test_what_could_not_be_read_when_she_looked_is_news_later(devices: list[Device]) -> None:
    ana, bo, _ = devices
    care = add(ana, "care_practice", SetText("body", "respirar"))
    carry(ana, bo)
    looked(bo)
    assert told(bo) == {}
    read(bo)
    assert documents(told(bo)[Kind.CARE]) == [care]
    looked(bo)
    assert told(bo) == {}


def test_what_changed_since_stands_apart_in_the_history(devices: list[Device]) -> None:
    ana, bo, _ = devices
    document = add(ana, "note", SetText("body", "Asamblea"))
    meet(ana, bo)
    since = bo.store.arrivals.now()
    edit(ana, document, SetText("body", "Asamblea de noviembre"))
    meet(ana, bo)
    found = asyncio.run(sittings(bo, document, since))
    assert [(one.by, one.new, one.after.texts["body"]) for one in found] == [
        (ana.person, False, "Asamblea"),
        (ana.person, True, "Asamblea de noviembre"),
    ]
    assert len(asyncio.run(sittings(bo, document))) == 1


def test_the_digest_says_who_added_and_took_out_what_when_asked(
    people: list[Person], devices: list[Device]
) -> None:
    ana, bo, _ = devices
    note = add(ana, "note", SetText("body", "Asamblea de octubre"))
    gentle = add(ana, "event", SetText("body", "Golpes"), SetText("care_note", "acompañada"))
    meet(ana, bo)
    looked(bo)
    edit(ana, note, SetText("body", "Asamblea de noviembre"))
    edit(ana, gentle, SetText("body", "Golpes y gritos"))
    edit(bo, note, SetText("title", "Nuestra asamblea"))
    meet(ana, bo)
    bo.seal(bo.collective())
    said = people[1].do("digest", "--changes")
    assert said.code == 0, said.err
    lines = [line.strip() for line in said.out.splitlines()]
    added, removed = (line for line in lines if line.startswith("Ana: "))
    assert "noviembre" in added
    assert "octubre" in removed
    assert "gritos" not in said.out
    assert "acompañada" in said.out
    assert not [line for line in lines if line.startswith("Bo: ")]
    told = people[1].ask("digest", "--changes")["changes"]
    assert {(one["record"], one["by"]) for one in told} == {(note.hex(), "Ana")}
