"""What a removed or suspended device wrote too late: kept, listed, and applied nowhere (K9)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aluna_protocol.ids import DocumentId, Lane
from aluna_sync.agreeing import Agreeing
from aluna_sync.barred import BARRED, PAST_BARRED
from aluna_sync.device import Device
from aluna_sync.founding import admit, create_vault, enter, own_seat, welcome
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.tray import find
from aluna_sync.tray import read as read_late
from harness.carrying import agree, carry, read, read_all, state, texts
from harness.processes import COST, PASSPHRASE, Person
from harness.readers import Reader, entries_of
from harness.removing import edit, give, reasons, record, remove, space, titles
from harness.together import together, until


def test_k9_entries_beyond_the_cut_are_not_applied_unless_acknowledged_and_are_listed(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    kept = record(bo, "antes", "Bo escribe.")
    give(bo, ana, cleo)
    built_on = record(bo, "a tiempo", "Alguien contestó.")
    give(bo, cleo)  # Ana, who asks that Bo go, holds nothing of it
    edit(cleo, built_on, "Alguien contestó. Cleo.")
    asked = space(ana).remove(bo.person)
    edit(bo, kept, "Bo escribe después.")
    record(bo, "tarde")
    edit(bo, built_on, "Alguien contestó tarde.")
    give(ana, cleo)
    give(bo, cleo)
    assert space(cleo).second(asked.id).missing == 0
    give(cleo, ana)
    give(bo, ana)
    read(cleo)
    agree(ana, cleo)
    assert titles(ana) == {"antes", "a tiempo"}
    assert texts(ana, kept)["body"] == "Bo escribe."
    assert texts(ana, built_on)["body"] == "Alguien contestó. Cleo."
    assert reasons(ana) == [BARRED] * 3
    # Kept, and passed on as any other entry is.
    assert {e.hash for e in entries_of(ana)} >= {e.hash for e in entries_of(bo)}
    # What lies in the tray is not counted as set aside as well.
    [status] = [one for one in ana.status().spaces if one.id == ana.collective()]
    assert (status.set_aside, status.late) == (0, 3)


def test_k9_who_had_heard_of_a_mere_request_keeps_what_she_builds_on(
    devices: list[Device],
) -> None:
    """What counts as known is the yes that completes a removal, not that somebody asked."""
    ana, bo, cleo = devices
    shared = record(ana, "acta", "Uno.")
    give(ana, bo, cleo)
    asked = space(ana).remove(bo.person)
    give(ana, cleo)
    edit(bo, shared, "Uno. Bo.")
    lone = record(bo, "nadie contestó")
    give(bo, cleo)
    edit(cleo, shared, "Uno. Bo. Cleo.")
    assert space(cleo).second(asked.id).missing == 0
    give(cleo, ana)
    give(bo, ana)
    read(cleo)
    agree(ana, cleo)
    assert texts(ana, shared)["body"] == "Uno. Bo. Cleo."
    assert titles(ana) == {"acta"}, "what nobody had built on lies in the tray"
    assert find(ana, lone.hex()).devices == (bo.device,)


def test_k9_who_wants_newer_words_to_stand_asks_as_well(devices: list[Device]) -> None:
    """The cuts of two removals count together, and each says yes to the other's."""
    ana, bo, cleo = devices
    asked = space(ana).remove(bo.person)
    give(ana, cleo)
    record(bo, "antes del sí")
    give(bo, cleo)
    hers = space(cleo).remove(bo.person)
    assert hers.id != asked.id
    give(cleo, ana)
    assert space(ana).second(hers.id).missing == 0
    give(ana, cleo)
    record(bo, "después")
    give(bo, ana, cleo)
    agree(ana, cleo)
    assert titles(ana) == {"antes del sí"}


def test_who_was_removed_goes_on_reading_what_she_wrote(devices: list[Device]) -> None:
    ana, bo, cleo = devices
    remove(bo, ana, cleo)
    late = record(bo, "tarde", "sigo")
    bo.seal(bo.collective())
    give(ana, bo)
    assert bo.device not in bo.spaces.replicas[bo.collective()].membership.seats
    asyncio.run(bo.opener.refresh([late]))
    assert texts(bo, late)["body"] == "sigo"
    assert reasons(bo) == []


def test_a_suspension_hides_what_was_written_meanwhile_and_lifting_it_brings_it_back(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    shared = record(ana, "acta", "Uno.")
    give(ana, bo, cleo)
    space(ana).suspend(bo.device)
    edit(bo, shared, "Uno. Dos.")
    late = record(bo, "de noche")
    give(ana, cleo)
    give(bo, ana, cleo)
    agree(ana, cleo)
    assert texts(ana, shared)["body"] == "Uno."
    assert late not in {document for document, _ in ana.store.index.state_parts(ana.collective())}
    space(ana).lift(bo.device)
    read(ana)
    give(ana, bo, cleo)
    agree(ana, bo, cleo)
    assert texts(cleo, shared)["body"] == "Uno. Dos."
    assert titles(cleo) == {"acta", "de noche"}
    assert reasons(cleo) == []


def test_a_suspension_that_becomes_void_brings_back_what_it_kept_out(
    devices: list[Device], tmp_path: Path
) -> None:
    ana, bo, cleo = devices
    space(ana).suspend(bo.device)
    late = record(bo, "acta", "Bo.")
    # Apart from it the two others agree that Ana goes: what she did unaware of it is void.
    asked = space(bo).remove(ana.person)
    bo.seal(bo.collective())
    give(bo, cleo)
    reader = Reader(cleo, tmp_path / "reader")
    reader.take(entries_of(ana))
    reader.take(entries_of(bo))
    reader.read()
    assert reader.text(late) is None
    assert reader.barred() == {late}
    space(cleo).second(asked.id)
    reader.take(entries_of(cleo))
    assert reader.read() == 1
    assert reader.text(late) == "Bo."
    assert reader.aside == set()
    reader.close()


def test_words_not_sealed_yet_are_told_again_when_what_they_rest_on_does_not_stand(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    shared = record(ana, "acta", "Primera frase.")
    give(ana, bo, cleo)
    space(ana).suspend(bo.device)
    edit(bo, shared, "Primera frase. Bo, tarde.")
    give(bo, cleo)
    edit(cleo, shared, "Cleo. Primera frase. Bo, tarde.", seal=False)
    give(ana, cleo)
    assert texts(cleo, shared)["body"] == "Cleo. Primera frase."
    assert len(cleo.store.log.pending_of(shared)) == 1
    give(cleo, ana)
    give(bo, ana)
    agree(ana, cleo)
    assert texts(ana, shared)["body"] == "Cleo. Primera frase."
    assert reasons(ana) == reasons(cleo) == [BARRED]
    space(ana).lift(bo.device)
    read(ana)
    give(ana, cleo)
    agree(ana, cleo)
    assert texts(ana, shared)["body"] == "Cleo. Primera frase. Bo, tarde."


def test_words_sealed_on_what_does_not_stand_are_told_again_and_stand_once(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    shared = record(ana, "acta", "Primera frase.")
    give(ana, bo, cleo)
    space(ana).suspend(bo.device)
    edit(bo, shared, "Primera frase. Bo, tarde.")
    give(bo, cleo)
    carry(ana, cleo)  # Cleo's device knows by now, and has not looked at the record since
    cleo.spaces.learn_keys(cleo.collective())
    edit(cleo, shared, "Cleo. Primera frase. Bo, tarde.", seal=False)
    assert cleo.seal(cleo.collective()) == []
    # As another program might have done all the same:
    cleo.take_written(cleo.writer.seal(cleo.collective(), cleo.identity.keys))
    read(cleo)
    assert texts(cleo, shared)["body"] == "Cleo. Primera frase."
    give(cleo, ana)
    give(bo, ana)
    agree(ana, cleo)
    assert reasons(ana) == [BARRED, PAST_BARRED]
    assert texts(ana, shared)["body"] == "Cleo. Primera frase."
    space(ana).lift(bo.device)
    read(ana)
    give(ana, cleo)
    give(cleo, ana)
    agree(ana, cleo)
    assert texts(ana, shared)["body"].count("Cleo.") == 1
    assert texts(ana, shared)["body"].count("Bo, tarde.") == 1


def test_what_a_removal_touches_is_built_again_and_nothing_else(
    devices: list[Device], tmp_path: Path
) -> None:
    ana, bo, cleo = devices
    for number in range(12):
        record(ana, f"acta {number}")
        record(bo, f"nota {number}")
    shared = record(ana, "de todas", "Uno.")
    give(ana, bo, cleo)
    give(bo, ana, cleo)
    remove(bo, ana, cleo)
    edit(bo, shared, "Uno. Dos.")
    record(bo, "tarde")
    bo.seal(bo.collective())
    reader = Reader(ana, tmp_path / "reader")
    control = [one for one in entries_of(ana) if one.header.log.lane is Lane.CONTROL]
    removal = {one.hash for one in control} - {one.hash for one in entries_of(bo)}
    reader.take([one for one in control if one.hash not in removal])
    reader.take(entries_of(bo))
    reader.take([one for one in entries_of(ana) if one.header.log.lane is Lane.CONTENT])
    assert reader.read() >= 26
    assert reader.text(shared) == "Uno. Dos."
    reader.take([one for one in control if one.hash in removal])
    assert reader.read() == 2
    assert reader.text(shared) == "Uno."
    assert reader.read() == 0
    reader.close()


def test_names_of_who_is_no_longer_here_stay_on_what_they_wrote(devices: list[Device]) -> None:
    ana, bo, cleo = devices
    kept = record(bo, "antes")
    give(bo, ana, cleo)
    remove(bo, ana, cleo)
    found = ana.record(kept)
    assert found is not None
    assert [ana.person_name_of(person) for person in found.authors] == ["Bo"]
    assert ana.person_with(bo.device) == bo.person
    assert {one.name for one in ana.people(ana.collective())} == {"Ana", "Cleo"}
    assert [(one.name, one.here) for one in ana.gone(ana.collective())] == [("Bo", False)]
    assert {peer.person_name for peer in ana.peers()} == {"Cleo"}


def test_words_in_a_record_of_which_nothing_stands_are_kept_and_come_back_with_it(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    space(ana).suspend(bo.device)
    late = record(bo, "de noche", "Bo, tarde.")
    give(bo, cleo)
    edit(cleo, late, "Cleo contesta. Bo, tarde.", seal=False)
    give(ana, cleo)
    assert cleo.record(late) is None
    seen = asyncio.run(read_late(cleo, find(cleo, late.hex())))
    assert seen.texts["body"] == "Cleo contesta. Bo, tarde."
    give(cleo, ana)
    give(bo, ana)
    assert ana.record(late) is None
    seen = asyncio.run(read_late(ana, find(ana, late.hex())))
    assert seen.texts["body"] == "Cleo contesta. Bo, tarde."
    space(ana).lift(bo.device)
    read(ana)
    give(ana, cleo)
    agree(ana, cleo)
    assert texts(cleo, late)["body"] == "Cleo contesta. Bo, tarde."


async def test_running_nodes_hide_and_show_again_what_a_stopped_device_wrote(
    people: list[Person],
) -> None:
    one, other, third = people
    with one.opened() as ana, other.opened() as bo, third.opened() as cleo:
        shared = await a_record(ana, "Uno.")
        await between(ana, bo, cleo)
        Agreeing(ana, ana.collective()).suspend(bo.device)
        await bo.edit(shared, [SetText("body", "Uno. Dos.")])
        bo.seal(bo.collective())
        carry(bo, cleo)
        await read_all(cleo)
        assert texts(cleo, shared)["body"] == "Uno. Dos."
    async with together(one, third) as [(ana, _), (cleo, _)]:
        await until(lambda: texts(cleo, shared)["body"] == "Uno.")
        await until(lambda: state(ana) == state(cleo))
        assert texts(ana, shared)["body"] == "Uno."
        Agreeing(ana, ana.collective()).lift(bo.device)
        await until(lambda: texts(ana, shared)["body"] == "Uno. Dos.")
        await until(lambda: texts(cleo, shared)["body"] == "Uno. Dos.")
        await until(lambda: state(ana) == state(cleo))
        # And at once where somebody stops it again, herself.
        Agreeing(cleo, cleo.collective()).suspend(bo.device)
        await cleo.edit(shared, [SetText("title", "acta")])
        await until(lambda: bo.device not in ana.spaces.replicas[ana.collective()].members)
        assert texts(ana, shared)["body"] == "Uno. Dos.", "it was known to who stopped it"


async def a_record(one: Device, body: str) -> DocumentId:
    return await one.add("event", [SetText("body", body)], one.collective())


async def between(*devices: Device) -> None:
    for one, others in ((one, [o for o in devices if o is not one]) for one in devices):
        carry(one, *others)
        for other in others:
            other.spaces.learn_keys(other.collective())
            await read_all(other)


def test_the_people_verb_tells_apart_who_is_no_longer_here(people: list[Person]) -> None:
    one, other, _ = people
    with one.opened() as ana, other.opened() as bo:
        kept = record(bo, "antes")
        give(bo, ana)
        space(bo).remove(bo.person)
        give(bo, ana)
    told = one.ask("people")
    assert {row["name"] for row in told["people"]} == {"Ana", "Cleo"}
    assert [row["name"] for row in told["gone"]] == ["Bo"]
    assert "Bo" in one.do("people").out.splitlines()[-1]
    assert one.ask("show", kept.hex())["authors"] == ["Bo"]


def test_a_process_that_knows_less_than_the_store_goes_by_the_store(people: list[Person]) -> None:
    one, other, _ = people
    with one.opened() as ana, one.opened() as again, other.opened() as bo:
        shared = record(ana, "acta", "Uno.")
        give(ana, bo)
        space(again).suspend(bo.device)
        edit(bo, shared, "Uno. Dos.")
        give(bo, again)
        assert texts(again, shared)["body"] == "Uno."
        # The first has heard nothing of it, and is asked to write and to read all the same.
        assert bo.device in ana.spaces.replicas[ana.collective()].members
        edit(ana, shared, "Cero. Uno.", seal=False)
        edit(bo, shared, "Uno. Dos. Tres.")
        log = bo.store.log
        ends = log.heads(bo.collective())
        for name in ends:
            again.store.log.append(log.entries(name, 0, 2**40))
        read(ana)
        assert texts(ana, shared)["body"] == "Cero. Uno."
        assert reasons(ana) == [BARRED, BARRED]


def test_what_a_process_holds_is_built_again_although_another_did_it_in_the_store(
    people: list[Person],
) -> None:
    one, other, third = people
    with one.opened() as ana, one.opened() as again, other.opened() as bo, third.opened() as cleo:
        shared = record(ana, "acta", "Uno.")
        give(ana, bo, cleo)
        edit(bo, shared, "Uno. Dos.")
        give(bo, ana)
        assert texts(ana, shared)["body"] == "Uno. Dos."
        # Somebody who held nothing of what Bo wrote last stops his device.
        Agreeing(cleo, cleo.collective()).suspend(bo.device)
        give(cleo, again)
        assert texts(again, shared)["body"] == "Uno."
        edit(cleo, shared, "Cero. Uno.")
        give(cleo, again, ana)
        assert texts(ana, shared)["body"] == "Cero. Uno."
        edit(ana, shared, "Cero. Uno. Fin.", seal=False)
        assert texts(again, shared)["body"] == "Cero. Uno. Fin."
        # Lifted and built again by the other; then something comes that knows nothing of it.
        Agreeing(cleo, cleo.collective()).lift(bo.device)
        give(cleo, again)
        assert "Dos." in texts(again, shared)["body"]
        edit(cleo, shared, "Cero. Uno. De Cleo.")
        log = cleo.store.log
        for name in log.heads(cleo.collective()):
            again.store.log.append(log.entries(name, 0, 2**40))
        read(ana)
        body = texts(ana, shared)["body"]
        assert all(words in body for words in ("Cero.", "Dos.", "Fin.", "De Cleo."))


def test_k9_who_was_let_in_by_somebody_removed_by_then_writes_nothing_either(
    devices: list[Device], tmp_path: Path
) -> None:
    ana, bo, cleo = devices
    collective = ana.collective()
    puppet = create_vault(
        tmp_path / "puppet", PASSPHRASE, person="Bo", device="otra", collective=None, cost=COST
    )
    try:
        admit(bo, collective, own_seat(puppet), bytes(16))
        enter(puppet, welcome(bo, collective), bo.identity.keys.static)
        planted = record(puppet, "sembrado")
        reader = Reader(ana, tmp_path / "reader")
        reader.take(entries_of(bo))
        reader.take(entries_of(puppet))
        reader.read()
        assert reader.text(planted) is not None
        remove(bo, ana, cleo)
        reader.take(entries_of(ana))
        assert reader.read() == 1
        assert reader.text(planted) is None
        assert reader.barred() == {planted}
        reader.close()
    finally:
        puppet.lock()
