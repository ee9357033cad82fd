"""The tray: what came too late is read, taken in by somebody who belongs, or left out."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.agreeing import Agreeing
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.founding import admit, create_vault, enter, own_seat, welcome
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.tray import decline, find, read, take_in, tray
from harness.carrying import agree, carry, read_all, state
from harness.processes import COST, PASSPHRASE, Person, write


def record(one: Device, title: str, body: str) -> DocumentId:
    (name,) = write(one, title, body=body)
    return DocumentId(bytes.fromhex(name))


def give(one: Device, *others: Device) -> None:
    carry(one, *others)
    for other in others:
        other.spaces.learn_keys(other.collective())
        asyncio.run(read_all(other))


def late(ana: Device, bo: Device) -> tuple[DocumentId, DocumentId]:
    """Let Ana stop Bo's device, which goes on writing: in an old record, and a new one."""
    shared = record(ana, "acta", "Uno.")
    give(ana, bo)
    Agreeing(ana, ana.collective()).suspend(bo.device)
    asyncio.run(bo.edit(shared, [SetText("body", "Uno. Bo, tarde.")]))
    new = record(bo, "de Bo", "Nadie lo supo.")
    give(bo, ana)
    return shared, new


def test_what_lies_in_the_tray_says_whose_it_is_and_can_be_read(devices: list[Device]) -> None:
    ana, bo, _ = devices
    shared, new = late(ana, bo)
    before = state(ana)
    found = tray(ana)
    assert [(one.title, one.persons, one.changes, one.read) for one in found] == [
        ("", ("Bo",), 1, False),
        ("acta", ("Bo",), 1, False),
    ]
    assert found[0].document == new
    assert found[0].devices == ("laptop",)
    seen = asyncio.run(read(ana, find(ana, shared.hex()[:8])))
    assert seen.texts["body"] == "Uno. Bo, tarde."
    assert seen.id == shared
    assert [ana.person_name_of(one) for one in seen.authors] == ["Ana", "Bo"]
    # Reading it changed nothing.
    standing = ana.record(shared)
    assert standing is not None
    assert standing.texts["body"] == "Uno."
    assert state(ana) == before


def test_who_takes_it_in_writes_it_anew_in_her_name_and_says_whose_words_they_are(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    _, new = late(ana, bo)
    copy = asyncio.run(take_in(ana, find(ana, new.hex())))
    taken = ana.record(copy)
    assert taken is not None
    assert taken.texts["body"] == "Nadie lo supo."
    assert taken.type == "event"
    assert [ana.person_name_of(one) for one in taken.authors] == ["Ana"]
    (note,) = taken.acts["acts"]
    assert isinstance(note.value, dict)
    assert (note.value["act"], note.value["of"]) == ("taken_in", "Bo")
    assert note.value["persons"] == [bo.person.hex()]
    assert [one.read for one in tray(ana)] == [False, True]
    give(ana, cleo)
    give(bo, cleo)
    agree(ana, cleo)
    found = cleo.record(copy)
    assert found is not None
    assert found.acts == taken.acts


def test_what_is_declined_is_kept_and_comes_again_when_more_of_it_arrives(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    _, new = late(ana, bo)
    decline(ana, find(ana, new.hex()))
    assert {one.document: one.read for one in tray(ana)}[new]
    [status] = [one for one in ana.status().spaces if one.id == ana.collective()]
    assert status.late == 1
    give(ana, cleo)
    give(bo, cleo)
    assert not any(one.read for one in tray(cleo)), "it is decided on each device by itself"
    asyncio.run(bo.edit(new, [SetText("body", "Nadie lo supo. Todavía.")]))
    give(bo, ana)
    assert not {one.document: one.read for one in tray(ana)}[new]


def test_who_does_not_belong_takes_nothing_in(devices: list[Device]) -> None:
    ana, bo, cleo = devices
    _, new = late(ana, bo)
    give(bo, cleo)
    give(ana, cleo)
    Agreeing(cleo, cleo.collective()).remove(cleo.person)
    with pytest.raises(AlunaError) as error:
        asyncio.run(take_in(cleo, find(cleo, new.hex())))
    assert error.value.code == "no-seat-here"
    for prefix, code in (("abc", "id-too-short"), ("ffff0000ffff", "nothing-late")):
        with pytest.raises(AlunaError) as error:
            find(ana, prefix)
        assert error.value.code == code


def test_lifting_the_suspension_empties_the_tray(devices: list[Device]) -> None:
    ana, bo, _ = devices
    late(ana, bo)
    Agreeing(ana, ana.collective()).lift(bo.device)
    asyncio.run(read_all(ana))
    assert tray(ana) == []


def test_the_tray_is_read_decided_and_told_by_commands(people: list[Person]) -> None:
    one, other, _ = people
    with one.opened() as ana, other.opened() as bo:
        shared, new = late(ana, bo)
        asyncio.run(ana.engine.close())
    found = one.ask("tray")["tray"]
    assert {row["id"] for row in found} == {shared.hex(), new.hex()}
    assert [row["persons"] for row in found] == [["Bo"], ["Bo"]]
    shown = one.ask("tray", "show", new.hex()[:8])
    assert shown["texts"]["body"] == "Nadie lo supo."
    assert "Nadie lo supo." in one.do("tray", "show", new.hex()[:8]).out
    copy = one.ask("tray", "take", new.hex())["id"]
    said = one.do("show", copy).out
    assert "Bo" in said
    assert one.do("bandeja", "dejar", shared.hex(), lang="es").code == 0
    assert one.ask("tray")["tray"] == []
    assert all(row["decided"] for row in one.ask("tray", "--all")["tray"])
    assert one.do("tray", "burn", "abcd").code == 2
    spaces = {space["kind"]: space for space in one.ask("status")["spaces"]}
    assert spaces["collective"]["late"] == 0


def test_the_note_of_whose_words_they_are_is_read_on_the_page_of_the_record(
    devices: list[Device], tmp_path: Path
) -> None:
    from aluna_tui.view_models.reader import reader_page

    ana, bo, _ = devices
    _, new = late(ana, bo)
    copy = asyncio.run(take_in(ana, find(ana, new.hex())))
    taken = ana.record(copy)
    assert taken is not None
    page = reader_page(ana, taken, [], opened=True, letters=1000)
    assert any("Bo" in words for _, words in page.details)


def test_who_was_let_in_without_effect_has_the_name_of_the_card_and_is_told_apart(
    devices: list[Device], tmp_path: Path
) -> None:
    ana, bo, cleo = devices
    puppets = [
        create_vault(
            tmp_path / "let in" / name,
            PASSPHRASE,
            person=name,
            device="otra",
            collective=None,
            cost=COST,
        )
        for name in ("Dora", "Cleo")
    ]
    with ExitStack() as stack:
        for puppet in puppets:
            stack.callback(puppet.lock)
            admit(bo, bo.collective(), own_seat(puppet), b"")
        for puppet in puppets:
            enter(puppet, welcome(bo, bo.collective()), bo.identity.keys.static)
            record(puppet, f"de {puppet.person_name}", "Nadie lo supo.")
        # Apart from that the others agreed that Bo goes: nobody he let in belongs.
        asked = Agreeing(ana, ana.collective()).remove(bo.person)
        give(ana, cleo)
        Agreeing(cleo, cleo.collective()).second(asked.id)
        give(bo, cleo)
        for puppet in puppets:
            give(puppet, cleo)
    dora, other = sorted(tray(cleo), key=lambda one: one.persons, reverse=True)
    assert dora.persons == ("Dora",)
    assert dora.devices == other.devices == ("otra",)
    [name] = other.persons
    assert name.startswith("Cleo ·"), "never to be taken for the one who belongs"
    copy = asyncio.run(take_in(cleo, find(cleo, dora.document.hex())))
    taken = cleo.record(copy)
    assert taken is not None
    assert "Dora" in str(taken)
