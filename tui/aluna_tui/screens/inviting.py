"""An open door: five words to say aloud, and who is at it; leaving the page closes it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_sync.errors import AlunaError
from aluna_tui.keys import EVERYWHERE
from aluna_tui.qr import qr_text
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.sentences import sentences, what_happened
from aluna_tui.texts import N_, _
from aluna_tui.view_models.choices import Choice
from aluna_tui.view_models.facade import LanNode
from aluna_tui.view_models.inviting import DoorPage, door_page, entered_words, knock_words
from aluna_tui.view_models.plain import one_line
from aluna_tui.widgets.work import start

if TYPE_CHECKING:
    from aluna_sync.node import Knock

MINUTES = 10.0
_LETTERS = 400


class InvitingScreen(Page):
    """Keeps a door open while it is shown; *mine*: for another device of this person."""

    KEY_IDS = ("back", *EVERYWHERE)
    HELP = N_(
        "Say the five words only to whoever is to come in, aloud or by phone. Then both screens "
        "show the same four words, and you say yes or no. Esc closes the door."
    )

    def __init__(self, *, mine: bool) -> None:
        super().__init__()
        self._mine = mine

    def body(self) -> Iterable[Widget]:
        """Yield an empty column; the open door fills it."""
        yield VerticalScroll(
            Static("", markup=False, id="answer", classes="measure"),
            VerticalScroll(id="door", can_focus=False),
            id="sections",
        )

    def on_mount(self) -> None:
        """Open the door."""
        self.query_one("#sections").focus()
        self._answer([_("A moment: the key is made slow on purpose.")])
        start(self, "door", self._keep_open, exclusive=True)

    def show_facts(self) -> None:
        """Write the head line."""
        if self.is_mounted:
            title = _("Another device of yours") if self._mine else _("Let somebody in")
            self.say_head(title, self.device.space_name(self.device.collective()))

    @property
    def _node(self) -> LanNode:
        node = self.aluna.lan_node
        if node is None:
            raise AlunaError("node-not-running")
        return node

    async def _keep_open(self) -> None:
        try:
            door = await self._node.open_door(MINUTES, self._on_knock, mine=self._mine)
        except AlunaError as error:
            self._answer(sentences(error))
            return
        try:
            await self._show(door_page(door.words, self.aluna.outside.reachable(door.address)))
            admitted = await door.wait()
        except AlunaError as error:
            await self.query_one("#door", VerticalScroll).remove_children()
            self._answer(sentences(error))
            return
        finally:
            # Also when somebody leaves the page, or locks: the words are worthless from then on.
            await door.close()
        await self.query_one("#door", VerticalScroll).remove_children()
        if admitted is None:
            self._answer([what_happened(AlunaError("nobody-came"))])
            return
        self._answer([entered_words(admitted.person, mine=self._mine)])

    async def _show(self, page: DoorPage) -> None:
        self._answer(page.explained)
        widgets: list[Widget] = [
            Static(f"{number}  {word}", markup=False, classes="indent name")
            for number, word in enumerate(page.words, start=1)
        ]
        widgets += [
            Static(page.address, markup=False, classes="measure gap"),
            Static(qr_text(page.code), markup=False, classes="qr"),
        ]
        async with self.batch():
            column = self.query_one("#door", VerticalScroll)
            await column.remove_children()
            await column.mount_all(widgets)

    async def _on_knock(self, knock: Knock) -> bool:
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def answered(chosen: tuple[str, ...] | None) -> None:
            if not answer.done():  # whoever was there may have left meanwhile
                answer.set_result(chosen == ("yes",))

        # The first is what a hurried Enter takes: it must not be the yes.
        choices = [
            Choice("no", _("no, or we have not compared them")),
            Choice("yes", _("yes, the same on both screens: let them in")),
        ]
        said = knock_words(knock, mine=self._mine)
        self._answer([said])
        # The door is no part of the screens: only their own turn may open one.
        self.call_next(lambda: self.app.push_screen(PickScreen(said, choices), answered))
        return await answer

    def _answer(self, said: Iterable[str]) -> None:
        words = "\n".join(one_line(sentence, _LETTERS) for sentence in said)
        self.query_one("#answer", Static).update(words)
