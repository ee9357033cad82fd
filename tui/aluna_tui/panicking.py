"""The part of the program that closes and destroys: F12 twice, five seconds, keys first."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.app import App
from textual.screen import Screen
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from aluna_sync.errors import AlunaError
from aluna_sync.vault_layout import Removes
from aluna_tui.honest import PARTS, panic_limits, removes_words
from aluna_tui.idle import Idleness
from aluna_tui.outside import Outside
from aluna_tui.screens.page import Page
from aluna_tui.screens.panic import GoneScreen, PanicScreen
from aluna_tui.sentences import sentences
from aluna_tui.texts import _, ngettext
from aluna_tui.widgets.work import start

if TYPE_CHECKING:
    from collections.abc import Callable

    from aluna_tui.view_models.facade import JournalDevice, LanNode

_NODE_SECONDS: Final = 3.0
"""How long a node may take to say goodbye."""
TWICE_SECONDS: Final = 3.0
"""How long the first F12 is remembered."""


def _nothing() -> None:
    """Take the place of what is done no more."""


class Panicking(App[int]):
    """Mixed into the program, which holds the device."""

    outside: Outside
    idleness: Idleness

    def __init__(self) -> None:
        super().__init__()
        self.lan_node: LanNode | None = None
        self._device: JournalDevice | None = None
        self._stop_listening: Callable[[], None] = _nothing
        self._node: Worker[None] | None = None
        self._pressed_panic = float("-inf")

    def choose_idle(self, minutes: int) -> None:
        """Lock after *minutes* without a key from now on."""
        self.idleness.choose(minutes)

    def leave_when_asked(self) -> None:
        """Keep what is typed, lock and end, because another program asked for it."""
        start(self, "leave", self.action_leave)

    async def action_leave(self) -> None:
        """Lock and end; the program says how."""
        raise NotImplementedError

    def action_panic(self) -> None:
        """Say what a second F12 does, or begin the five seconds."""
        if isinstance(self.screen, (PanicScreen, GoneScreen)) or not self.outside.vault_exists():
            return
        now = self.outside.clock()
        twice, self._pressed_panic = now - self._pressed_panic <= TWICE_SECONDS, now
        removes = self.outside.keeping.removes
        if self._device is None and removes in PARTS:
            # A part can only be taken out of an open vault.
            removes = Removes.EVERYTHING
        if twice:
            self.push_screen(PanicScreen(removes))
        elif isinstance(self.screen, Page):
            self.screen.say_edge(_("F12 again: {what} goes.").format(what=removes_words(removes)))

    def destroy(self, removes: Removes) -> None:
        """Destroy what was chosen, and tell; nothing of the journal stays on the screen."""
        start(self, "destroy", self._destroy_and_tell, removes)

    async def _destroy_and_tell(self, removes: Removes) -> None:
        if removes not in PARTS:
            await asyncio.to_thread(self.outside.keeping.destroy_keys)
        page = GoneScreen()
        await self.only(page)
        try:
            page.say(await self._destroyed(removes))
        except AlunaError as error:
            page.say(sentences(error))

    async def _destroyed(self, removes: Removes) -> list[str]:
        if removes in PARTS:
            return await self._forget(removes)
        # Whatever fails in closing, nothing opens what is left.
        with suppress(AlunaError):
            await self.close_device()
        kept = await asyncio.to_thread(self.outside.keeping.destroy, removes)
        if kept:
            said = _("The keys are destroyed. The journal is still here, closed for ever.")
        else:
            said = _("The keys are destroyed, and what was kept here is deleted.")
        return [said, *panic_limits(removes)]

    async def _forget(self, removes: Removes) -> list[str]:
        device = self._device
        if device is None:
            raise AlunaError("vault-locked")
        await self.stop_node()
        records = self.outside.keeping.forget(device, removes)
        await self.close_device()
        said = ngettext(
            "Gone from this device: {what}. {count} record in all.",
            "Gone from this device: {what}. {count} records in all.",
            records,
        ).format(what=removes_words(removes), count=records)
        return [said, *panic_limits(removes)]

    async def close_device(self) -> None:
        """End the node, then lock the device; the program knows nothing any more."""
        self._stop_listening()
        self._stop_listening = _nothing
        await self.stop_node()
        device, self._device = self._device, None
        if device is not None:
            await self.outside.close(device)

    async def stop_node(self) -> None:
        """End the node, which lets go of the store before it closes."""
        node, self._node = self._node, None
        if node is not None:
            node.cancel()
            # One that hangs must not hold the store open.
            with suppress(WorkerCancelled, WorkerFailed, TimeoutError):
                await asyncio.wait_for(node.wait(), _NODE_SECONDS)
        self.lan_node = None

    async def only(self, screen: Screen[None]) -> None:
        """Show *screen* alone, with no page behind it."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.push_screen(screen)
