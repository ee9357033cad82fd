"""Doing something with a record from its page, on real vaults: made from the schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import AddAct, AddMember, Edit, SetText
from aluna_sync.journal.schema import TYPES
from aluna_sync.journal.types import Json, Record
from aluna_tui.screens.act import ActScreen
from aluna_tui.screens.reader import ReaderScreen
from aluna_tui.view_models.acts import act_lines, doable
from harness.carrying import carry, read_all
from harness.processes import collective_of

from .driving import WIDE, calm, edge, on, press, shown
from .fakes import COLLECTIVE, ME, document
from .test_belonging import screens_of

WORDS = "Habla quien conoce el caso."


async def proposed(ana: Device, asked: list[Json]) -> None:
    edits: list[Edit] = [SetText("title", "Vocería"), SetText("text", WORDS)]
    edits.append(AddMember("kind", "care"))
    edits.append(AddAct("versions", {"act": "propose", "wording": WORDS, "asked": asked}))
    await ana.add("agreement", edits, ana.collective())


async def test_a_companion_consents_and_the_agreement_comes_into_force_by_its_page(
    tmp_path: Path,
) -> None:
    people = collective_of(tmp_path, "Ana", "Bo")
    with people[0].opened() as ana, people[1].opened() as bo:
        await proposed(ana, [ana.person.hex(), bo.person.hex()])
        carry(ana, bo)
        await read_all(bo)
        for one, voice in ((bo, "consiento"), (ana, "inquietud")):
            app = screens_of(one)
            async with app.run_test(size=WIDE) as pilot:
                await calm(pilot)
                app.read(_agreement(one))
                await calm(pilot)
                assert on(app, ReaderScreen)
                await press(pilot, "c")
                await press(pilot, *voice)
                await press(pilot, "enter")
                assert on(app, ActScreen)
                assert "de toda la colectiva" in shown(app)
                await press(pilot, *"porque sí", "f2")
                assert on(app, ReaderScreen)
            carry(ana, bo)
            carry(bo, ana)
            await read_all(ana)
            await read_all(bo)
        record = ana.record(_agreement(ana))
        assert record is not None
        assert record.state == "ags.consented"
        said = [act.value for act in record.acts["positions"] if isinstance(act.value, dict)]
        assert {str(one["words"]) for one in said} == {"porque sí"}


def _agreement(one: Device) -> DocumentId:
    ((document, _),) = one.store.index.of_type("agreement")
    return document


async def test_what_nothing_can_be_said_to_is_not_offered_and_esc_does_nothing(
    tmp_path: Path,
) -> None:
    (person,) = collective_of(tmp_path, "Ana")
    with person.opened() as ana:
        edits: list[Edit] = [SetText("title", "Guardias"), SetText("text", WORDS)]
        edits.append(AddMember("kind", "care"))
        made = await ana.add("agreement", edits, ana.collective())
        app = screens_of(ana)
        async with app.run_test(size=WIDE) as pilot:
            await calm(pilot)
            app.read(made)
            await calm(pilot)
            await press(pilot, "c")
            assert "Consiento" not in shown(app), "nothing was proposed yet"
            await press(pilot, *"propo", "enter")
            assert on(app, ActScreen)
            await press(pilot, "escape")
            assert not ana.record(made).acts.get("versions")  # type: ignore[union-attr]
            await press(pilot, "c", *"propo", "enter", "f2")
            record = ana.record(made)
            assert record is not None
            assert record.state == "ags.proposed"
            await press(pilot, "c")
            assert "onsiento" in shown(app)
            await press(pilot, "escape")
            assert not edge(app)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_act_that_can_be_done_at_once_is_called_something_and_asks_by_name(
    name: str,
) -> None:
    declared = TYPES[name]
    empty = Record(document(1), COLLECTIVE, name, declared.schema, "", authors=(ME,))
    found = doable(empty, hers=True)
    assert len(found) == len({one.label for one in found})
    for one in found:
        assert all(line.name.strip() for line in act_lines(one))
        assert len(act_lines(one)) == len({line.name for line in act_lines(one)})
