"""The page about safety, panic with its five seconds, and the doors for a forgotten passphrase."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from aluna_sync.vault_layout import Removes
from aluna_tui.app import AlunaApp
from aluna_tui.honest import limits, panic_limits
from aluna_tui.screens.asking import AskingPage
from aluna_tui.screens.home import HomeScreen
from aluna_tui.screens.panic import PanicScreen
from aluna_tui.screens.safety import SafetyScreen
from aluna_tui.screens.shares import SharesPage
from aluna_tui.screens.unlock import UnlockScreen
from aluna_tui.screens.welcome import WelcomeScreen
from aluna_tui.texts import use_language
from aluna_tui.view_models.safety import safety_page

from .driving import NARROW, WIDE, calm, edge, on, opened, press, shown
from .fake_vault import PASSPHRASE, FakeKeeping
from .fakes import Clock, FakeDevice, outside_of

OTHER = "otra frase larga y nueva"


def keeping(app: AlunaApp) -> FakeKeeping:
    found = app.outside.keeping
    assert isinstance(found, FakeKeeping)
    return found


def one_line(app: AlunaApp) -> str:
    return " ".join(shown(app).split())


async def count_down(app: AlunaApp, seconds: int) -> None:
    """Let *seconds* pass for the page that counts."""
    assert isinstance(app.screen, PanicScreen)
    for _ in range(seconds):
        app.screen.one_second_less()


def fill(app: AlunaApp, **answers: str) -> None:
    for id_, words in answers.items():
        app.screen.query_one(f"#{id_}", Input).value = words


async def choose(pilot: object, line: int) -> None:
    """Go to the safety page and press Enter on one of its lines."""
    await press(pilot, "k", *["down"] * line, "enter")  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_protection_stands_above_what_it_cannot_do(
    device: FakeDevice, size: tuple[int, int]
) -> None:
    async with opened(device, size) as (app, pilot):
        await press(pilot, "k")
        assert on(app, SafetyScreen)
        assert "después de 3 minutos sin una tecla" in one_line(app)
        assert limits("lock")[0] in one_line(app)
        page = safety_page(device)
        assert [bool(one.limits) for one in page] == [True] * 6


async def test_the_minutes_chosen_count_at_once_and_are_kept(device: FakeDevice) -> None:
    clock = Clock()
    async with opened(device, clock=clock) as (app, pilot):
        await choose(pilot, 0)
        await press(pilot, "down", "down", "down", "enter")
        assert device.safety.settings.idle_minutes == app.idleness.minutes == 15
        assert "después de 15 minutos" in one_line(app)
        clock.seconds = 14 * 60.0
        await app.lock_if_idle()
        assert on(app, SafetyScreen)
        clock.seconds = 30 * 60.0
        await app.lock_if_idle()
        assert on(app, UnlockScreen)


async def test_the_minutes_kept_in_the_vault_count_from_the_unlocking(device: FakeDevice) -> None:
    device.safety.choose_idle(1)
    async with opened(device) as (app, _pilot):
        assert app.idleness.minutes == 1


async def test_a_new_passphrase_is_asked_twice_and_the_old_one_proved(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await choose(pilot, 2)
        assert on(app, AskingPage)
        assert limits("passphrase")[0] in one_line(app)
        for old, new, again, told in (
            (PASSPHRASE, OTHER, "distinta del todo", "no son iguales"),
            ("no era esta frase", OTHER, OTHER, "no abre la bóveda"),
            (PASSPHRASE, "", OTHER, "vacío"),
        ):
            fill(app, old=old, new=new, again=again)
            app.screen.query_one("#again").focus()
            await press(pilot, "enter")
            assert told in one_line(app)
            assert device.safety.passphrase == PASSPHRASE
        fill(app, old=PASSPHRASE, new=OTHER, again=OTHER)
        await press(pilot, "enter")
        assert device.safety.passphrase == OTHER
        assert OTHER not in shown(app)
        assert all(field.value == "" for field in app.screen.query(Input))
        await press(pilot, "escape")
        assert on(app, SafetyScreen)


async def test_lists_of_words_are_shown_one_at_a_time_and_never_again(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await choose(pilot, 3)
        await press(pilot, "enter")
        assert on(app, SharesPage)
        for name, others in (("ana", ("bo", "cy")), ("bo", ("ana", "cy")), ("cy", ("ana", "bo"))):
            assert f"20 {name}20" in one_line(app)
            assert not any(f"{other}1" in shown(app) for other in others)
            await press(pilot, "escape")
            assert on(app, SharesPage), "leaving by mistake would lose a list"
            await press(pilot, "enter")
        assert on(app, SafetyScreen)
        assert device.safety.settings.shares
        await press(pilot, "enter", "down", "enter")
        assert not safety_page(device)[3].standing.startswith("hech")


async def test_a_copy_says_where_it_is_and_shows_its_own_words_once(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await choose(pilot, 4)
        await press(pilot, "down", "enter")
        assert limits("backup")[0] in one_line(app)
        fill(app, file="/nowhere/copia")
        await press(pilot, "enter")
        done = keeping(app).done
        assert [one[0] for one in done] == ["seal", "back up"]
        assert done[1][2] == "uno dos tres cuatro cinco seis"
        assert "uno dos tres cuatro cinco seis" in one_line(app)


async def test_the_limits_of_a_second_passphrase_stand_before_it_is_made(
    device: FakeDevice,
) -> None:
    async with opened(device, WIDE) as (app, pilot):
        await choose(pilot, 5)
        for text in limits("notebook"):
            assert text in one_line(app)
        fill(app, name="Recetas", new=OTHER, again=OTHER)
        app.screen.query_one("#again").focus()
        await press(pilot, "enter")
        assert keeping(app).done == [("notebook", OTHER, "Recetas")]


# -- panic ---------------------------------------------------------------------------------------


async def test_s11_one_f12_only_says_what_a_second_does(device: FakeDevice) -> None:
    clock = Clock()
    async with opened(device, clock=clock) as (app, pilot):
        await press(pilot, "f12")
        assert on(app, HomeScreen)
        assert "F12" in edge(app)
        clock.seconds += 4.0
        await press(pilot, "f12")
        assert on(app, HomeScreen), "the first is forgotten after three seconds"
        await press(pilot, "f12")
        assert on(app, PanicScreen)
        assert keeping(app).done == []


async def test_s11_any_key_within_five_seconds_stops_it(device: FakeDevice) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "f12", "f12")
        assert "5 segundos" in one_line(app)
        await count_down(app, 4)
        assert "1 segundo" in one_line(app)
        await press(pilot, "f12")
        assert on(app, PanicScreen), "a third F12 in a hurry does not stop it"
        await press(pilot, "x")
        assert on(app, HomeScreen)
        assert keeping(app).done == []
        assert not device.locked


async def test_s11_the_keys_go_first_then_the_device_is_closed_and_what_remains_is_said(
    device: FakeDevice,
) -> None:
    async with opened(device) as (app, pilot):
        await press(pilot, "f12", "f12")
        await count_down(app, 5)
        await calm(pilot)
        assert keeping(app).done == [("keys", False), ("destroy", Removes.EVERYTHING)]
        assert device.locked
        assert "Semilla" not in shown(app), "nothing of the journal stays on the screen"
        for text in panic_limits(Removes.EVERYTHING):
            assert text in one_line(app)
        await press(pilot, "x")
        assert app.return_code == 0


async def test_s11_a_part_is_taken_out_while_the_vault_is_open(device: FakeDevice) -> None:
    device.safety.choose_removes(Removes.SHARED)
    async with opened(device) as (app, pilot):
        await press(pilot, "f12", "f12")
        await count_down(app, 5)
        await calm(pilot)
        assert keeping(app).done == [("forget", Removes.SHARED, False)]
        assert device.locked
        assert "7 registros" in one_line(app)
        assert panic_limits(Removes.SHARED)[0] in one_line(app)


async def test_s11_from_the_door_everything_goes_because_a_part_needs_the_passphrase(
    device: FakeDevice,
) -> None:
    device.safety.choose_removes(Removes.PRIVATE)
    async with opened(device) as (app, pilot):
        await app.action_lock()
        await press(pilot, "f12", "f12")
        assert on(app, PanicScreen)
        await count_down(app, 5)
        await calm(pilot)
        assert keeping(app).done[-1] == ("destroy", Removes.EVERYTHING)


async def test_s11_what_a_panic_removes_is_chosen_at_the_welcome(device: FakeDevice) -> None:
    app = AlunaApp(outside_of(device, vault_exists=False))
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        fill(app, person="Itzel", place="Semilla", second="uno dos tres cuatro cinco seis")
        await press(pilot, "f12", "f12")
        assert on(app, WelcomeScreen), "there is nothing to destroy yet"
        app.screen.query("GoLine").last().focus()
        await press(pilot, "enter", "down", "enter")
        assert "sólo las llaves" in one_line(app)
        app.screen.query_one("#second").focus()
        await press(pilot, "enter")
        assert on(app, HomeScreen)
        assert device.safety.removes is Removes.KEYS


# -- coming back ---------------------------------------------------------------------------------


async def test_a_forgotten_passphrase_is_replaced_on_the_word_of_two_lists(
    device: FakeDevice,
) -> None:
    async with opened(device) as (app, pilot):
        await app.action_lock()
        await calm(pilot)
        await press(pilot, "tab", "enter")
        assert on(app, AskingPage)
        fill(app, one="lista", other="lista", new=PASSPHRASE, again=PASSPHRASE)
        app.screen.query_one("#again").focus()
        await press(pilot, "enter")
        assert "misma lista" in one_line(app)
        fill(app, other="otra")
        await press(pilot, "enter")
        assert keeping(app).done == [("recover", "lista", "otra", PASSPHRASE)]
        assert on(app, HomeScreen)


async def test_a_device_comes_back_from_a_copy_at_the_welcome(device: FakeDevice) -> None:
    app = AlunaApp(outside_of(device, vault_exists=False))
    async with app.run_test(size=NARROW) as pilot:
        await calm(pilot)
        await press(pilot, "down", "down", "enter")
        assert on(app, AskingPage)
        fill(app, file="/nowhere/copia", passphrase="no era esta frase")
        app.screen.query_one("#passphrase").focus()
        await press(pilot, "enter")
        assert "no abre la bóveda" in one_line(app)
        fill(app, passphrase=PASSPHRASE)
        await press(pilot, "enter")
        assert [one[0] for one in keeping(app).done] == ["restore"]
        assert on(app, HomeScreen)


@pytest.mark.parametrize(("lang", "twice"), [("es", "misma lista"), ("en", "the same list")])
async def test_a_device_comes_back_from_a_copy_with_two_lists_of_words(
    device: FakeDevice, lang: str, twice: str
) -> None:
    use_language(lang)
    app = AlunaApp(outside_of(device, vault_exists=False))
    async with app.run_test(size=NARROW) as pilot:
        await calm(pilot)
        await press(pilot, "down", "down", "down", "enter")
        assert on(app, AskingPage)
        fill(app, file="/nowhere/copia", one="lista", other="lista", new=PASSPHRASE, again="no")
        app.screen.query_one("#again").focus()
        await press(pilot, "enter")
        assert keeping(app).done == []
        fill(app, again=PASSPHRASE)
        await press(pilot, "enter")
        assert twice in one_line(app)
        fill(app, other="otra")
        await press(pilot, "enter")
        assert keeping(app).done == [("restore", Path("/nowhere/copia"), "lista", "otra")]
        assert on(app, HomeScreen)
