"""What two people write apart meets in real vaults: nothing of either is out of reach."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.digest import Kind
from aluna_sync.journal.edit_kinds import AddAct, AddLink, AddMember, Edit, RemoveLink, SetText
from aluna_sync.recounting import digest_since
from aluna_sync.store.arrivals import Since
from aluna_sync.store.rows import Query
from harness.carrying import agree, carry, read, texts

TODAY = dt.date(2026, 11, 22)

BODY = "Llegaron al amanecer.\nNadie nos avisó de nada.\nSeguimos aquí."
HERS = "Llegaron al amanecer.\nLa vecina nos llamó antes.\nSeguimos aquí."
MINE = "Llegaron al amanecer.\nEl comité supo, y calló por miedo.\nSeguimos aquí."


def add(device: Device, type_: str, *edits: Edit) -> DocumentId:
    return asyncio.run(device.add(type_, list(edits), device.collective()))


def edit(device: Device, document: DocumentId, *edits: Edit) -> None:
    asyncio.run(device.edit(document, list(edits)))


def meet(devices: list[Device]) -> None:
    for one, other in [*itertools.permutations(devices, 2)] * 2:
        carry(one, other)
        read(other)


def test_a_paragraph_rewritten_apart_is_found_alike_everywhere_until_somebody_closes_it(
    devices: list[Device],
) -> None:
    ana, bo, cleo = devices
    document = add(ana, "event", SetText("body", BODY))
    meet(devices)
    assert asyncio.run(ana.rewritten(document)) == []
    edit(ana, document, SetText("body", MINE))
    edit(bo, document, SetText("body", HERS))
    meet(devices)
    agree(*devices)
    found = [asyncio.run(one.rewritten(document)) for one in devices]
    assert found[0] == found[1] == found[2]
    (rewriting,) = found[0]
    for one in devices:
        # Lists and the digest say so without looking into any past.
        (row,) = one.list(Query()).rows
        assert row.readings == ("body",)
        told = digest_since(one, one.collective(), Since(), TODAY)
        sections = {section.kind: section.items for section in told}
        assert [item.readings for item in sections[Kind.TWO_READINGS]] == [("body",)]
        asyncio.run(one.rebuild(lambda _done, _of: None))
        assert one.list(Query()).rows[0].readings == ("body",)
    assert {(way.words, way.persons) for way in rewriting.ways} == {
        ("El comité supo, y calló por miedo.", (ana.person,)),
        ("La vecina nos llamó antes.", (bo.person,)),
    }
    closing = {"act": "close_fold", "field": rewriting.field, "fold": rewriting.id}
    edit(cleo, document, AddAct("acts", {**closing}))
    meet(devices)
    assert [asyncio.run(one.rewritten(document)) for one in devices] == [[], [], []]
    assert [one.list(Query()).rows[0].readings for one in devices] == [(), (), ()]


def test_notes_written_apart_on_one_item_are_both_there(devices: list[Device]) -> None:
    ana, bo, cleo = devices
    document = add(ana, "context", SetText("body", "Lectura de marzo"))
    meet(devices)
    edit(ana, document, AddMember("for_each_field", "fld.security", "salir en pares"))
    edit(bo, document, AddMember("for_each_field", "fld.security", "cambiar la ruta"))
    meet(devices)
    agree(*devices)
    for one in devices:
        record = one.record(document)
        assert record is not None
        (security,) = record.sets["for_each_field"]
        assert set(security.note.split("\n\n")) == {"salir en pares", "cambiar la ruta"}
    assert cleo.record(document) == ana.record(document)


def test_a_member_card_and_links_are_changed_only_by_whose_they_are(
    devices: list[Device],
) -> None:
    ana, bo, _ = devices
    card = add(ana, "member", SetText("how_to_treat_me", "Sin abrazos, por ahora."))
    event = add(ana, "event", SetText("title", "Retén"), AddLink("beside", card))
    meet(devices)
    with pytest.raises(WrongUseError, match="only-its-author"):
        edit(bo, card, SetText("how_to_treat_me", "Como sea."))
    with pytest.raises(WrongUseError, match="only-its-author"):
        asyncio.run(bo.splice(card, "how_to_treat_me", 0, 3, "Con"))
    with pytest.raises(WrongUseError, match="only-oneself"):
        edit(bo, card, AddAct("acts", {"act": "rest"}))
    with pytest.raises(WrongUseError, match="not-your-link"):
        edit(bo, event, RemoveLink("beside", card))
    edit(bo, card, AddAct("acts", {"act": "vouch", "key_checked": "aloud"}))
    edit(ana, card, AddAct("acts", {"act": "rest"}))
    meet(devices)
    assert texts(bo, card)["how_to_treat_me"] == "Sin abrazos, por ahora."
    record = bo.record(card)
    assert record is not None
    assert {(act.by, str(act.value)[9:13]) for act in record.acts["acts"]} == {
        (bo.person, "vouc"),
        (ana.person, "rest"),
    }
    edit(ana, event, RemoveLink("beside", card))
