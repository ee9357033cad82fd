"""A vault that belongs to nothing yet: the screens say so, and a card brings it in."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from textual.widgets import Input

from aluna_sync.device import Device
from aluna_sync.founding import create_vault, unlock
from aluna_tui.app import AlunaApp
from aluna_tui.cards import Cards
from aluna_tui.screens.admitting import AdmittingPage
from aluna_tui.screens.home import HomeScreen
from aluna_tui.screens.nowhere import NowhereScreen
from aluna_tui.screens.pick import PickScreen
from aluna_tui.texts import use_language
from aluna_tui.view_models.facade import JournalDevice
from harness.processes import COST, PASSPHRASE, Person, collective_of

from .driving import WIDE, calm, on, press, shown
from .fakes import FakeDevice, outside_of


def screens_on(home: Path, device: Device | None = None) -> AlunaApp:
    """Return the program on a real vault; *device*: open already."""

    def opened(passphrase: str) -> JournalDevice:
        return device if device is not None else unlock(home, passphrase)

    outside = dataclasses.replace(
        outside_of(FakeDevice()),
        unlock=opened,
        make_node=lambda _device: None,
        cards=Cards(home, "laptop"),
    )
    return AlunaApp(outside, passphrase=PASSPHRASE)


def answer(app: AlunaApp, **answers: str) -> None:
    for id_, words in answers.items():
        app.screen.query_one(f"#{id_}", Input).value = words
    app.screen.query_one(f"#{[*answers][-1]}").focus()


def words_after(app: AlunaApp, said: str) -> list[str]:
    """Return the six words shown after *said*."""
    text = " ".join(shown(app).replace("│", " ").split())
    return text.split(said)[1].split()[:6]


@pytest.fixture
def far(tmp_path: Path) -> Person:
    home = tmp_path / "eva" / "vault"
    made = create_vault(
        home, PASSPHRASE, person="Eva", device="laptop", collective=None, cost=COST
    )  # fmt: skip
    made.lock()
    return Person(home)


@pytest.mark.parametrize(
    ("lang", "said"), [("es", "no pertenece todavía"), ("en", "belongs to no collective yet")]
)
async def test_a_vault_nobody_let_in_opens_on_what_can_be_done_and_no_key_leads_further(
    far: Person, lang: str, said: str
) -> None:
    use_language(lang)
    app = screens_on(far.home)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        assert on(app, NowhereScreen)
        assert said in shown(app)
        await press(pilot, "g", "p", "d", "n", "escape")
        assert on(app, NowhereScreen)


async def test_a_card_goes_out_and_a_bundle_comes_back_by_the_pages_alone(
    far: Person, tmp_path: Path
) -> None:
    use_language("en")
    [one] = collective_of(tmp_path, "Ana")
    card, bundle = tmp_path / "eva.card", tmp_path / "all.bundle"
    app = screens_on(far.home)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "down", "down", "enter")
        answer(app, file=str(card), passphrase=PASSPHRASE)
        await press(pilot, "enter")
        told = words_after(app, "who lets you in:")
        with one.opened() as ana:
            keeper = screens_on(one.home, ana)
            async with keeper.run_test(size=WIDE) as there:
                await calm(there)
                keeper.push_screen(AdmittingPage(ana))
                await calm(there)
                answer(keeper, file=str(card))
                await there.press("enter")
                await there.pause(0.5)
                assert on(keeper, PickScreen)
                assert words_after(keeper, "words of the card:") == told
                await press(there, "down", "enter")
                back = words_after(keeper, "read her these words:")
        assert one.do("bundle", "write", str(bundle)).code == 0
        await press(pilot, "escape", "down", "enter")
        answer(app, file=str(bundle), passphrase=PASSPHRASE)
        await pilot.press("enter")
        for _ in range(100):
            await pilot.pause(0.1)
            if on(app, PickScreen):
                break
        assert words_after(app, "The words:") == back
        await press(pilot, "down", "enter")
        assert on(app, HomeScreen)


async def test_what_is_typed_right_after_enter_is_never_seen_in_the_line_before(
    far: Person,
) -> None:
    app = screens_on(far.home)
    async with app.run_test(size=WIDE) as pilot:
        await calm(pilot)
        await press(pilot, "down", "down", "enter")
        app.screen.query_one("#file").focus()
        await pilot.press("x", "enter", "s", "e", "c")
        assert app.screen.query_one("#file", Input).value == "x"
        assert app.screen.query_one("#passphrase", Input).value == "sec"
