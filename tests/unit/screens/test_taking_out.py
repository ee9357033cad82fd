"""Taking one's own words out of a record with others, on real vaults: seen first, then done."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import AddAct, AddLink, AddMember, Edit, SetReading, SetText
from aluna_tui.app import AlunaApp
from aluna_tui.screens.pick import PickScreen
from aluna_tui.screens.reader import ReaderScreen
from aluna_tui.screens.taking_out import TakingOutScreen
from aluna_tui.texts import use_language
from harness.carrying import carry, read_all, texts
from harness.processes import PASSPHRASE, collective_of

from .driving import WIDE, calm, on, press, shown
from .fakes import FakeDevice, outside_of, when


@pytest.fixture
def people(tmp_path: Path) -> Iterator[list[Device]]:
    with ExitStack() as stack:
        yield [stack.enter_context(one.opened()) for one in collective_of(tmp_path, "Ana", "Bo")]


async def meet(one: Device, other: Device) -> None:
    carry(one, other)
    await read_all(other)
    carry(other, one)
    await read_all(one)


async def written_by_both(ana: Device, bo: Device) -> DocumentId:
    """Make a record of Ana in which Bo wrote in every way there is."""
    other = await ana.add("coping", [SetText("title", "La olla")], ana.collective())
    body: list[Edit] = [SetText("title", "El río"), SetText("body", "Fuimos al río. Volvimos.")]
    document = await ana.add("event", body, ana.collective())
    await meet(ana, bo)
    edits: list[Edit] = [
        SetText("body", "Fuimos al río con todas. Volvimos."),
        AddMember("own_terms", "susto", "en la orilla"),
        AddLink("beside", other),
        SetReading("when", when("2026-03-01", "en marzo")),
        AddAct("acts", {"act": "ask_withdrawal", "words": "me quedo pensando"}),
    ]
    await bo.edit(document, edits)
    await meet(ana, bo)
    return document


def screens_of(device: Device) -> AlunaApp:
    outside = dataclasses.replace(
        outside_of(FakeDevice()), unlock=lambda _passphrase: device, make_node=lambda _device: None
    )
    return AlunaApp(outside, passphrase=PASSPHRASE)


def one_line(app: AlunaApp) -> str:
    return " ".join(shown(app).split())


GOES = ("con todas", "susto (en la orilla)", "La olla")
STAYS = ("2026", "me quedo pensando")


@pytest.mark.parametrize(
    ("lang", "goes", "stays", "done"),
    [
        ("es", "Esto sale de ahí", "Esto se queda", "Lo que escribiste ya no está ahí"),
        ("en", "This goes out of it", "This stays", "What you wrote is out of it"),
    ],
)
async def test_what_i_wrote_is_shown_then_asked_about_then_taken_out(
    people: list[Device], lang: str, goes: str, stays: str, done: str
) -> None:
    use_language(lang)
    ana, bo = people
    document = await written_by_both(ana, bo)
    app = screens_of(bo)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        app.read(document)
        await calm(pilot)
        await press(pilot, "w")
        assert on(app, TakingOutScreen), "not hers, so there is nothing to choose"
        before, after = one_line(app).split(stays)
        assert goes in before
        assert all(words in before for words in GOES)
        assert all(words in after for words in STAYS)
        assert "Volvimos" not in before
        await press(pilot, "w", "enter")
        assert "con todas" in texts(bo, document)["body"], "the first choice is no"
        await press(pilot, "w", "down", "enter")
        assert done in one_line(app)
        assert texts(bo, document)["body"] == "Fuimos al río. Volvimos."
        record = bo.record(document)
        assert record is not None
        assert not any(record.sets.values())
        assert (len(record.readings["when"]), len(record.acts["acts"])) == (1, 1)
        await press(pilot, "escape")
        assert on(app, ReaderScreen)
        await press(pilot, "w")
        assert all(words not in one_line(app) for words in GOES)
        await press(pilot, "w")
        assert not on(app, PickScreen), "nothing is left to ask about"


async def test_who_made_it_chooses_between_all_of_it_and_what_she_wrote(
    people: list[Device],
) -> None:
    ana, bo = people
    document = await written_by_both(ana, bo)
    alone = await ana.add("event", [SetText("body", "sólo de Ana")], ana.collective())
    app = screens_of(ana)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        app.read(alone)
        await calm(pilot)
        await press(pilot, "w")
        assert "Solo lo que yo escribí" not in shown(app)
        await press(pilot, "escape", "escape")
        app.read(document)
        await calm(pilot)
        await press(pilot, "w", "down", "enter")
        assert on(app, TakingOutScreen)
        await press(pilot, "w", "down", "enter")
        assert texts(ana, document)["body"] == "con todas"
        await press(pilot, "escape", "w", "down", "down", "enter")
        assert ana.record(document) is None
        assert ana.record(alone) is not None


async def test_what_came_after_it_was_shown_is_shown_before_anything_goes(
    people: list[Device],
) -> None:
    ana, bo = people
    document = await written_by_both(ana, bo)
    app = screens_of(bo)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        app.read(document)
        await calm(pilot)
        await press(pilot, "w", "w")
        assert on(app, PickScreen)
        await bo.edit(document, [AddMember("own_terms", "otra cosa mía")])
        await press(pilot, "down", "enter")
        assert "otra cosa mía" in shown(app)
        assert "con todas" in texts(bo, document)["body"], "nothing was done"


async def test_words_of_a_record_cannot_play_with_the_terminal(people: list[Device]) -> None:
    ana, bo = people
    title = "a\u202eb"
    document = await ana.add("event", [SetText("title", title)], ana.collective())
    await meet(ana, bo)
    await bo.edit(document, [SetText("body", "\x1b]0;x\x07 [red]mío[/red]")])
    app = screens_of(bo)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        app.read(document)
        await calm(pilot)
        await press(pilot, "w")
        assert "[red]mío[/red]" in shown(app)
        assert not {"\x1b", "\x07", "\u202e"} & set(shown(app))
