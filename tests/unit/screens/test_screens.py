"""What a person sees and does, on narrow and wide terminals, in both languages."""

from __future__ import annotations

import dataclasses

import pytest
from textual.widgets import Input

from aluna_sync.journal.edit_kinds import SetReading
from aluna_sync.journal.types import Record
from aluna_tui.app import AlunaApp
from aluna_tui.screens.edit_record import EditRecordScreen
from aluna_tui.screens.home import HomeScreen
from aluna_tui.screens.journal import JournalScreen
from aluna_tui.screens.new_record import NewRecordScreen
from aluna_tui.screens.people import PeopleScreen
from aluna_tui.screens.pick import PickScreen
from aluna_tui.screens.quiet import QuietScreen
from aluna_tui.screens.reader import ReaderScreen
from aluna_tui.screens.unlock import UnlockScreen
from aluna_tui.screens.welcome import WelcomeScreen
from aluna_tui.texts import _, use_language
from aluna_tui.widgets.shared_text import SharedText

from .driving import NARROW, WIDE, calm, edge, on, opened, press, shown
from .fake_vault import PASSPHRASE
from .fakes import COLLECTIVE, MARTA, Clock, FakeDevice, document, outside_of, when


def a_note(number: int, title: str) -> Record:
    return Record(
        document(number), COLLECTIVE, "note", 1, title, {"title": title}, authors=(MARTA,)
    )


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("lang", ["es", "en"])
async def test_every_page_opens_from_home_and_esc_comes_back(
    device: FakeDevice, size: tuple[int, int], lang: str
) -> None:
    use_language(lang)
    async with opened(device, size) as (app, pilot):
        assert on(app, HomeScreen)
        assert "Colectiva Semilla" in shown(app)
        for key, screen, words in (
            ("d", JournalScreen, "Cocinar para todas"),
            ("a", JournalScreen, "Turnos de guardia"),
            ("g", PeopleScreen, "Marta"),
        ):
            await press(pilot, key)
            assert on(app, screen)
            assert words in shown(app)
            await press(pilot, "escape")
            assert on(app, HomeScreen)


async def test_a_wrong_passphrase_says_so_and_the_right_one_opens(device: FakeDevice) -> None:
    app = AlunaApp(outside_of(device))
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, *"mal", "enter")
        assert on(app, UnlockScreen)
        assert "mal" not in shown(app)
        assert "no abre" in shown(app)
        app.screen.query_one("#passphrase", Input).value = PASSPHRASE
        await press(pilot, "enter")
        assert on(app, HomeScreen)


async def test_without_a_vault_three_answers_lead_home(device: FakeDevice) -> None:
    app = AlunaApp(outside_of(device, vault_exists=False))
    async with app.run_test(size=NARROW) as pilot:
        await calm(pilot)
        assert on(app, WelcomeScreen)
        assert "uno dos tres cuatro cinco seis" in shown(app)
        await press(pilot, "enter", *"Itzel", "enter", *"Semilla", "enter", "enter")
        await press(pilot, *"uno dos", "enter")
        assert on(app, WelcomeScreen)
        app.screen.query_one("#second", Input).value = "uno dos tres cuatro cinco seis"
        await press(pilot, "enter")
        assert on(app, HomeScreen)


async def test_entering_with_words_nobody_opened_a_door_for_says_so(device: FakeDevice) -> None:
    app = AlunaApp(outside_of(device, vault_exists=False))
    async with app.run_test(size=NARROW) as pilot:
        await calm(pilot)
        await press(pilot, "down", "enter", *"Marta", "enter", *"a b c d e", "enter", "enter")
        app.screen.query_one("#second", Input).value = "uno dos tres cuatro cinco seis"
        assert _("The five words of the door") in shown(app)
        await press(pilot, "enter")
        assert on(app, WelcomeScreen)
        assert app.screen.query_one("#place", Input).value == "a b c d e"
        assert "door-not-found" in shown(app)


@pytest.mark.parametrize("same", [True, False])
async def test_i4_whoever_enters_is_asked_whether_the_words_are_the_same(
    device: FakeDevice, same: bool
) -> None:
    app = AlunaApp(outside_of(device, vault_exists=False))
    async with app.run_test(size=NARROW) as pilot:
        await calm(pilot)
        await press(pilot, "down", "enter", *"Marta", "enter", *"v w x y z", "enter", "enter")
        app.screen.query_one("#second", Input).value = "uno dos tres cuatro cinco seis"
        await pilot.press("enter")
        while not on(app, PickScreen):  # entering waits for the answer, so there is no calm yet
            await pilot.pause()
        await pilot.pause()
        assert "sol mar" in shown(app)
        if same:
            await pilot.press("down")
        await press(pilot, "enter")
        assert on(app, HomeScreen if same else WelcomeScreen)
        assert ("No dijiste que las cuatro" in shown(app)) is not same


async def test_typing_in_the_search_line_filters_whatever_the_accents(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "slash", *"accion")
        assert "Notas de la acción" in shown(app)
        assert "Turnos de guardia" not in shown(app)
        await press(pilot, "escape", "escape")
        assert "Turnos de guardia" in shown(app)


async def test_a_record_that_arrives_moves_neither_cursor_nor_scroll(device: FakeDevice) -> None:
    for number in range(100, 160):
        device.put(a_note(number, f"nota {number}"))
    async with opened(device) as (app, pilot):
        await press(pilot, "d", *["down"] * 30)
        screen = app.screen
        assert isinstance(screen, JournalScreen)
        before = shown(app).splitlines()[:-2]
        current = screen.records.current
        device.arrives(a_note(500, "recién llegada"))
        device.arrives(a_note(501, "otra más"))
        await calm(pilot)
        assert shown(app).splitlines()[:-2] == before
        assert screen.records.current == current
        assert "llegaron 2" in edge(app)
        await press(pilot, "full_stop")
        assert "otra más" in shown(app)
        assert screen.records.cursor == 0
        assert edge(app) == ""


async def test_taking_back_says_what_it_cannot_do_and_asks(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "d", "enter")
        assert isinstance(app.screen, ReaderScreen)
        record = app.screen.document
        await press(pilot, "w", "enter")
        assert record in device.records, "the careful answer comes first"
        await press(pilot, "w", "down", "down")
        assert "Se irá de los aparatos que se conecten" in shown(app)
        await press(pilot, "enter")
        assert record not in device.records
        assert edge(app) == "Quedó retirado."


async def test_an_impact_opens_only_when_asked_and_coping_stands_beside(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "d", "enter")
        assert on(app, ReaderScreen)
        assert _("To be read in company.") in shown(app)
        assert "Cocinar para todas" in shown(app)
        assert "algo que se guarda en otro lugar" in shown(app)
        assert "SECRETO-DEL-CUERPO" not in shown(app)
        await press(pilot, "enter")
        assert "SECRETO-DEL-CUERPO" in shown(app)
        assert "Cocinar para todas" in shown(app)


async def test_on_a_wide_terminal_the_page_stands_beside_the_list(device: FakeDevice) -> None:
    async with opened(device, WIDE) as (app, pilot):
        await press(pilot, "d", "down")
        assert "Cada jueves, una olla grande." in shown(app)
        assert isinstance(app.screen, JournalScreen)
        assert "de toda la colectiva" in shown(app)


async def test_a_link_can_be_followed_and_left(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "d", "enter", "tab", "enter")
        assert "Cada jueves" in shown(app)
        await press(pilot, "escape")
        assert _("To be read in company.") in shown(app)


async def test_the_number_of_a_reading_answers_all_of_them(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "d", "enter")
        assert "dos lecturas" in shown(app)
        await press(pilot, "k")
        assert not device.edits
        await press(pilot, "2")
        value = when("2024-05-01", "mayo")
        assert device.edits == [SetReading("when", value, ("w1", "w2"))]
        assert "dos lecturas" not in shown(app)


async def test_writing_in_a_note_writes_splices_and_nothing_else(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "d", "down", "down", "down", "e")
        assert on(app, EditRecordScreen)
        assert "sólo tuyo" in shown(app)
        await press(pilot, "ctrl+end", *"Sí.")
        assert device.records[document(3)].texts["body"] == "Respiración antes de entrar.Sí."
        assert device.splices == [
            ("body", 28, 0, "S"),
            ("body", 29, 0, "í"),
            ("body", 30, 0, "."),
        ]
        assert device.open_here == document(3)
        await press(pilot, "escape")
        assert device.open_here is None


async def test_what_a_companion_writes_appears_and_the_cursor_stays(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "d", "down", "down", "down", "e", "ctrl+home", *"Hoy. ")
        text = app.screen.query_one("#text-body", SharedText)
        assert text.cursor_location == (0, 5)
        record = device.records[document(3)]
        body = "Marta: " + record.texts["body"] + " Vamos."
        device.arrives(dataclasses.replace(record, texts={**record.texts, "body": body}))
        await calm(pilot)
        assert text.text == body
        assert text.cursor_location == (0, 12)
        await press(pilot, "x")
        assert device.records[document(3)].texts["body"].startswith("Marta: Hoy. xRes")


async def test_a_draft_survives_esc_and_goes_on_from_home(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "n", "enter", *"una nota a medias", "escape")
        assert on(app, HomeScreen)
        assert "una nota a medias" in shown(app)
        assert not device.edits
        app.continue_draft(next(iter(device.kept)))
        await press(pilot, "ctrl+end", *"!", "f2")
        assert on(app, ReaderScreen)
        assert "una nota a medias!" in shown(app)
        assert not device.kept


async def test_terms_are_chosen_from_the_vocabulary_without_accents(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "n", *"cuidado", "enter")
        assert isinstance(app.screen, NewRecordScreen)
        await press(pilot, "tab", "enter")
        assert isinstance(app.screen, PickScreen)
        choice = app.screen._found[0]
        assert choice.words[:30] in shown(app)
        await press(pilot, "enter", "f2")
        assert isinstance(app.screen, NewRecordScreen)
        assert app.screen.draft.sets == {"kinds": (choice.id,)}
        assert choice.label[:20] in shown(app)


async def test_a_letter_on_a_line_of_the_form_narrows_its_list_and_never_leaves_the_page(
    device: FakeDevice,
) -> None:
    async with opened(device, NARROW) as (app, pilot):
        await press(pilot, "n", *"hizo", "enter")
        assert on(app, NewRecordScreen)
        await press(pilot, "tab", "a")
        assert on(app, PickScreen)
        assert app.screen.query_one("#words", Input).value == "a"
        await press(pilot, "escape")
        assert on(app, NewRecordScreen)


async def test_a_date_is_said_back_as_it_was_understood(device: FakeDevice) -> None:
    async with opened(device, WIDE) as (app, pilot):
        await press(pilot, "n", *"nota", "enter")
        screen = app.screen
        assert isinstance(screen, NewRecordScreen)
        screen.query_one("#words-when", Input).focus()
        await press(pilot, *"ayer")
        assert "13 de marzo de 2026" in shown(app)
        assert screen.draft.readings["when"] == {
            "value": "2026-03-13", "precision": "dat.day", "words": "ayer",
        }  # fmt: skip


async def test_s12_f10_locks_keeps_the_draft_and_shows_nothing(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "n", "enter", *"CANARIO", "f10")
        assert device.locked
        assert on(app, UnlockScreen)
        assert len(app.screen_stack) == 2
        assert "CANARIO" not in shown(app)
        assert "CANARIO" in next(iter(device.kept.values()))
        assert not device.listeners


async def test_s12_an_idle_program_locks_itself_after_three_minutes(device: FakeDevice) -> None:
    clock = Clock()
    async with opened(device, clock=clock) as (app, pilot):
        clock.seconds = 179.0
        await app.lock_if_idle()
        assert on(app, HomeScreen)
        await press(pilot, "d")
        clock.seconds = 300.0
        await app.lock_if_idle()
        assert on(app, JournalScreen)
        clock.seconds = 360.0
        await app.lock_if_idle()
        await calm(pilot)
        assert device.locked
        assert on(app, UnlockScreen)


async def test_f9_hides_everything_and_any_key_brings_it_back(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "d", "f9")
        assert on(app, QuietScreen)
        assert not shown(app).strip()
        assert "Cocinar" not in app.export_screenshot()
        assert "Cocinar" not in app.title
        await press(pilot, "x")
        assert on(app, JournalScreen)


@pytest.mark.parametrize(
    ("typed", "order"), [("lock", "Cerrar"), ("cerrar", "Cerrar"), ("ordenes ayuda", "")]
)
async def test_orders_are_found_in_both_languages(
    device: FakeDevice, typed: str, order: str
) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "ctrl+p", *typed)
        assert isinstance(app.screen, PickScreen)
        labels = [choice.label for choice in app.screen._found]
        assert (labels[0].startswith(order)) if order else not labels
        if not order:
            assert "Nada se llama así." in shown(app)


async def test_the_palette_locks(device: FakeDevice) -> None:
    async with opened(device) as (_app, pilot):
        await press(pilot, "ctrl+p", *"lock", "enter")
        assert device.locked


async def test_help_explains_what_has_the_focus(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "d", "f1")
        assert "Cada línea es un registro" in shown(app)
        await press(pilot, "escape")
        assert on(app, JournalScreen)


async def test_words_that_cannot_be_written_are_kept_until_they_can(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "d", "down", "down", "down", "e", "ctrl+end")
        device.broken = True
        await press(pilot, *"AB", "f10")
        assert device.locked
        assert "AB" in next(iter(device.kept.values()))
        device.broken = False
        app.screen.query_one("#passphrase", Input).value = PASSPHRASE
        await press(pilot, "enter")
        await press(pilot, "d", "down", "down", "down", "e")
        assert device.records[document(3)].texts["body"].endswith("entrar.AB")
        assert not device.kept
