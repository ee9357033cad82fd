"""The form of every type of record, made from the schema, as people fill it in."""

from __future__ import annotations

import dataclasses

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from aluna_sync.journal.edit_kinds import SetMine
from aluna_sync.journal.rewritten import Rewriting, Way
from aluna_sync.journal.schema import TYPES
from aluna_sync.journal.types import Act, Member, Reading, Record
from aluna_tui.app import AlunaApp
from aluna_tui.labels import TYPES as LABELS
from aluna_tui.labels import field_name
from aluna_tui.screens.edit_record import EditRecordScreen
from aluna_tui.screens.new_record import NewRecordScreen
from aluna_tui.screens.pick import PickScreen
from aluna_tui.screens.reader import ReaderScreen
from aluna_tui.texts import use_language
from aluna_tui.widgets.form_line import FieldLine
from aluna_tui.widgets.reader_pane import ReaderPane
from aluna_tui.widgets.shared_text import SharedText

from .driving import NARROW, WIDE, on, opened, press, shown
from .fakes import COLLECTIVE, JULIA, MARTA, ME, PRIVATE, FakeDevice, document

BY_HAND = [name for name, declared in TYPES.items() if declared.by_hand]


async def begin(pilot: Pilot[int], app: AlunaApp, words: str) -> NewRecordScreen:
    """Open the form of the type that *words* name."""
    await press(pilot, "n", *words, "enter")
    assert isinstance(app.screen, NewRecordScreen)
    return app.screen


async def choose(pilot: Pilot[int], app: AlunaApp, field: str, *keys: str) -> None:
    """Go to the line of *field*, open what can be chosen, and press *keys*."""
    (line,) = (one for one in app.screen.query(FieldLine) if one.line.field.name == field)
    line.focus()
    await press(pilot, "enter")
    assert on(app, PickScreen)
    await press(pilot, *keys)


def saved(device: FakeDevice) -> Record:
    """Return the record written last."""
    return next(iter(device.records.values()))


@pytest.mark.parametrize(
    ("type_", "lang"), [(name, ("es", "en")[place % 2]) for place, name in enumerate(BY_HAND)]
)
async def test_the_form_of_every_type_names_its_fields_begins_with_its_words_and_keeps_them(
    device: FakeDevice, type_: str, lang: str
) -> None:
    use_language(lang)
    async with opened(device, (120, 140)) as (app, pilot):
        screen = await begin(pilot, app, LABELS[type_].words[0])
        assert screen.type_ == type_
        words = shown(app)
        for field in TYPES[type_].fields:
            if field.in_form:
                assert field_name(type_, field.name)[:28] in words, field.name
        main = TYPES[type_].main
        assert isinstance(app.focused, SharedText)
        assert app.focused.field == main
        await press(pilot, "y", "f2")
        assert on(app, ReaderScreen)
        record = saved(device)
        assert (record.type, record.texts) == (type_, {main: "y"})
        shared = TYPES[type_].default_space({}) == "collective"
        assert record.space == (COLLECTIVE if shared else PRIVATE)


async def test_an_emergency_opens_without_a_word(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await begin(pilot, app, "emergencia")
        await press(pilot, "f2")
        assert saved(device).type == "emergency"
        assert saved(device).space == PRIVATE


async def test_time_for_care_says_when_who_hosts_and_whether_i_come(device: FakeDevice) -> None:
    async with opened(device, WIDE) as (app, pilot):
        screen = await begin(pilot, app, "tiempo de cuidado")
        await press(pilot, *"Caminar")
        await choose(pilot, app, "coming", *"quiza", "enter")
        await choose(pilot, app, "hosts", "enter", "f2")
        await choose(pilot, app, "repeats", *"cada luna", "enter")
        screen.query_one("#words-when", Input).focus()
        await press(pilot, *"1 de abril")
        assert "1 de abril de 2026" in shown(app)
        await press(pilot, "f2")
        record = saved(device)
        assert record.maps == {"coming": {ME: "perhaps"}}
        assert [member.item for member in record.sets["hosts"]] == [ME.hex()]
        assert [one.value for one in record.readings["repeats"]] == ["cada luna"]
        words = shown(app)
        assert "quizá" in words
        assert "cada luna" in words


async def test_a_word_of_a_check_in_is_of_the_list_or_my_own_and_stays_mine(
    device: FakeDevice,
) -> None:
    async with opened(device, WIDE) as (app, pilot):
        await begin(pilot, app, "llegada")
        assert "sólo tuyo" in shown(app)
        await choose(pilot, app, "word", *"como lluvia", "enter")
        assert "como lluvia" in shown(app)
        await choose(pilot, app, "word", "enter")
        screen = app.screen
        assert isinstance(screen, NewRecordScreen)
        assert str(screen.draft.readings["word"]).startswith("load.")
        await press(pilot, "f2")
        assert saved(device).space == PRIVATE


async def test_a_mourning_names_several_losses_and_dates_to_honour(device: FakeDevice) -> None:
    async with opened(device, WIDE) as (app, pilot):
        screen = await begin(pilot, app, "duelo")
        await choose(pilot, app, "what_was_lost", "enter", "down", "enter", "f2")
        screen.query_one("#words-dates_to_honour", Input).focus()
        await press(pilot, *"4 de marzo, la luna llena", "f2")
        record = saved(device)
        assert len(record.sets["what_was_lost"]) == 2
        dates = [member.item for member in record.sets["dates_to_honour"]]
        assert dates == ["4 de marzo", "la luna llena"]


async def test_a_bond_with_an_ally_goes_to_all_and_one_with_family_too_does_not(
    device: FakeDevice,
) -> None:
    async with opened(device, WIDE) as (app, pilot):
        await begin(pilot, app, "vinculo")
        assert "sólo tuyo" in shown(app)
        await choose(pilot, app, "with", *"alianza", "enter", "f2")
        assert "de toda la colectiva" in shown(app)
        await choose(pilot, app, "with", *"familia", "enter", "f2")
        assert "sólo tuyo" in shown(app)


async def test_in_a_record_each_one_changes_only_her_own_and_sees_the_others(
    device: FakeDevice,
) -> None:
    walk = Record(
        document(77), COLLECTIVE, "care_time", 1, "Caminar", texts={"title": "Caminar"},
        sets={"hosts": (Member(MARTA.hex(), "", MARTA),)},
        maps={"coming": {MARTA: "yes", JULIA: "not_this_time"}}, authors=(MARTA,),
    )  # fmt: skip
    device.put(walk)
    async with opened(device, WIDE) as (app, pilot):
        app.push_screen(EditRecordScreen(walk))
        await press(pilot)
        await choose(pilot, app, "coming", *"voy", "enter")
        await choose(pilot, app, "hosts", "enter", "f2")
        assert device.edits[0] == SetMine("coming", "yes")
        hosts = {member.item for member in device.records[walk.id].sets["hosts"]}
        assert hosts == {MARTA.hex(), ME.hex()}


async def test_the_page_of_a_record_says_acts_notes_and_what_i_said_twice(
    device: FakeDevice,
) -> None:
    said = (Reading("a", "yes", ME), Reading("b", "perhaps", ME))
    walk = Record(
        document(78), COLLECTIVE, "care_time", 1, "Caminar", texts={"title": "Caminar"},
        own_readings={"coming": {ME: {"": said}}}, authors=(ME,),
        acts={"acts": (Act("1", {"act": "ask_withdrawal", "words": "ya no"}, MARTA),)},
        sets={"terms": (Member("imp.fear", "al caer la tarde", ME),)},
    )  # fmt: skip
    hers = dataclasses.replace(walk, id=document(79), own_readings={"coming": {MARTA: {"": said}}})
    device.put(walk)
    device.put(hers)
    async with opened(device, WIDE) as (app, pilot):
        app.read(walk.id)
        await press(pilot)
        words = shown(app)
        assert "pidió al grupo retirarlo · ya no" in words
        assert "al caer la tarde" in words
        assert "dos lecturas: voy · quizá" in words
        await press(pilot, "escape")
        app.read(hers.id)
        await press(pilot)
        assert "voy" not in shown(app)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_what_was_rewritten_apart_is_shown_as_each_wrote_it_until_somebody_closes_it(
    device: FakeDevice, size: tuple[int, int]
) -> None:
    told = Record(
        document(80), COLLECTIVE, "note", 1, "x", texts={"body": "Mezcla."}, authors=(ME, MARTA)
    )
    device.put(told)
    ways = (Way("Como yo lo vi.", (), (ME,)), Way("Como lo vio Marta.", (), (MARTA,)))
    device.apart = [Rewriting("00ff", "body", "Antes.", ways)]
    async with opened(device, size) as (app, pilot):
        app.read(told.id)
        await press(pilot)
        words = shown(app)
        assert "como lo escribió cada quien por su lado" in words
        assert "Marta: Como lo vio Marta." in words
        assert "Mezcla." in words
        await press(pilot, "tab", "enter")
        assert "Como lo vio Marta." not in shown(app)


async def test_beside_the_list_it_is_said_too_that_a_paragraph_was_rewritten_apart(
    device: FakeDevice,
) -> None:
    told = Record(
        document(80), COLLECTIVE, "note", 1, "x", texts={"body": "Mezcla."}, authors=(ME, MARTA)
    )
    device.put(told)
    ways = (Way("Como yo lo vi.", (), (ME,)), Way("Como lo vio Marta.", (), (MARTA,)))
    device.apart = [Rewriting("00ff", "body", "Antes.", ways)]
    async with opened(device, WIDE) as (app, pilot):
        await press(pilot, "d")
        pane = app.screen.query_one(ReaderPane)
        pane.read(told.id)
        await press(pilot)
        await press(pilot)
        assert "Marta: Como lo vio Marta." in shown(app)
