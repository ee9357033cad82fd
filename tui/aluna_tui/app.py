"""The screens: unlock, then one calm page at a time; what the device tells becomes messages."""

from __future__ import annotations

import asyncio
import secrets
import signal
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen

from aluna_protocol.ids import DocumentId
from aluna_sync.errors import AlunaError
from aluna_sync.facts import News, OtherVersionMet, TakenBack
from aluna_tui.idle import Idleness
from aluna_tui.keys import EVERYWHERE, KEYS
from aluna_tui.outside import Outside, real_outside
from aluna_tui.pages import EMERGENCY, ORDERS, PAGES
from aluna_tui.panicking import Panicking
from aluna_tui.preferring import Preferring
from aluna_tui.screens.edit_record import EditRecordScreen
from aluna_tui.screens.help import HelpScreen
from aluna_tui.screens.home import HomeScreen
from aluna_tui.screens.journal import JournalScreen
from aluna_tui.screens.new_record import NewRecordScreen
from aluna_tui.screens.nowhere import NowhereScreen
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.screens.quiet import QuietScreen
from aluna_tui.screens.reader import ReaderScreen
from aluna_tui.screens.unlock import UnlockScreen
from aluna_tui.screens.welcome import WelcomeScreen
from aluna_tui.sentences import what_happened
from aluna_tui.silent_app import CLEAR_MEMORY, close_side_doors
from aluna_tui.taking_back_words import taken_back_words
from aluna_tui.texts import _
from aluna_tui.view_models.choices import order_choices, type_choices
from aluna_tui.view_models.crash import error_code
from aluna_tui.view_models.drafts import PREFIX, Draft, unpacked
from aluna_tui.view_models.facade import JournalDevice, LanNode
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.work import start

if TYPE_CHECKING:
    from aluna_sync.node import NodeOptions

_IDLE_CHECK_SECONDS: Final = 5.0
_HANG_UP_SECONDS = 8.0
"""How long keeping and locking may take once the terminal is gone."""


class AlunaApp(Panicking, Preferring):
    """One person, one unlocked device, a stack of pages."""

    CSS_PATH = "app.tcss"
    TITLE = "Aluna"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("write", "emergency", "search", "orders", "help", "quiet", "lock", "leave"),
        *bindings("home", "journal", "agreements", "people", "belonging", "network", "tray"),
        *bindings("carrying", "pictures", "digest", "enough", "colours", "preferences"),
        *bindings("safety", "panic"),
    ]

    class Heard(Message):
        """The device told *news*."""

        def __init__(self, news: News) -> None:
            super().__init__()
            self.news = news

    def __init__(
        self, outside: Outside, *, passphrase: str | None = None, idle_minutes: int = 3
    ) -> None:
        super().__init__()
        self.outside = outside
        self.idleness = Idleness(idle_minutes, outside.clock, outside.slept)
        self._passphrase = passphrase
        self._locking = False
        self._hung_up = False

    # -- the device -----------------------------------------------------------------------------

    @property
    def unlocked(self) -> JournalDevice:
        """The unlocked device; only pages behind the door ask for it."""
        if self._device is None:
            raise RuntimeError("locked")
        return self._device

    @property
    def has_device(self) -> bool:
        """Whether the vault is open."""
        return self._device is not None

    def now(self) -> datetime:
        """Return the time of this device, with its zone."""
        return self.outside.now()

    def today(self) -> str:
        """Return this device's day in ISO form."""
        return self.now().date().isoformat()

    def on_mount(self) -> None:
        """Open the door, or the welcome when there is no vault yet."""
        self.load_preferences()
        self.set_interval(_IDLE_CHECK_SECONDS, self.lock_if_idle)
        self._listen_for_hang_up()
        if not self.outside.vault_exists():
            self.push_screen(WelcomeScreen())
            return
        door = UnlockScreen()
        self.push_screen(door)
        if self._passphrase is not None:
            passphrase, self._passphrase = self._passphrase, None
            self.call_after_refresh(door.try_passphrase, passphrase)

    def _listen_for_hang_up(self) -> None:
        # The terminal closed: what is typed is kept and the vault locked before the end. Only the
        # main thread of a system with signals can hear of it.
        with suppress(NotImplementedError, RuntimeError, ValueError, AttributeError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.hang_up)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.leave_when_asked)

    def hang_up(self) -> None:
        """Keep what is typed, lock and end, without a word to a terminal that is gone."""
        if self._hung_up:
            return
        self._hung_up = True
        self.fall_silent()
        start(self, "hang up", self._end_without_terminal)

    async def _end_without_terminal(self) -> None:
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_HANG_UP_SECONDS):
                    await self._settle()
                    await self.close_device()
        finally:
            self.outside.end()

    async def open_vault(self, passphrase: str) -> JournalDevice:
        """Return the device that *passphrase* opens; raises `AlunaError`."""
        return await asyncio.to_thread(self.outside.unlock, passphrase)

    async def found_vault(self, passphrase: str, person: str, collective: str) -> JournalDevice:
        """Return the device of a new collective; raises `AlunaError`."""
        return await asyncio.to_thread(self.outside.found, passphrase, person, collective)

    def begin(self, device: JournalDevice) -> None:
        """Go behind the door with *device*."""
        # A worker of the program: one of the door would be cancelled with the door it closes.
        start(self, "begin", self._begin, device, exclusive=True)

    async def _begin(self, device: JournalDevice) -> None:
        if not device.belongs():
            await self.outside.close(device)
            await self.only(NowhereScreen(device.person_name))
            return
        self._device = device
        self.choose_idle(device.safety.settings.idle_minutes)
        self.idleness.begin()
        self._stop_listening = device.subscribe(self._hear)
        await self.only(HomeScreen())
        self.lan_node = node = self.outside.make_node(device)
        if node is not None:
            self._node = start(self, "node", self._run_node, node, fatal=False)

    async def _run_node(self, node: LanNode) -> None:
        try:
            await node.run()
        except AlunaError as error:
            self._edge(what_happened(error))
        except Exception as error:
            words = _("The network part stopped ({code}). Your words are safe here.")
            self._edge(words.format(code=error_code(error)))

    def _hear(self, news: News) -> None:
        self.post_message(self.Heard(news))

    def on_aluna_app_heard(self, event: Heard) -> None:
        """Pass news to every page, also those behind the one in front."""
        if self._device is None:
            return
        if isinstance(event.news, OtherVersionMet):
            self._edge(what_happened(AlunaError("update-needed")))
        if isinstance(event.news, TakenBack) and event.news.by != self.unlocked.person:
            by = event.news.by
            self._edge(taken_back_words(event.news, self.unlocked.person_name_of(by) if by else ""))
        for screen in self.screen_stack:
            if isinstance(screen, Page) and screen.is_mounted:
                screen.take_news(event.news)

    # -- locking and leaving --------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Notice that somebody is there; what comes too late locks instead."""
        if isinstance(event, (events.Key, events.MouseEvent, events.Paste)):
            if self._device is not None and self.idleness.is_over():
                await self.action_lock()
                return
            self.idleness.touch()
        await super().on_event(event)

    async def lock_if_idle(self) -> None:
        """Lock when nobody touched a key for the minutes chosen, or the machine was asleep."""
        if self.outside.terminal_gone():
            self.hang_up()
        if self._device is not None and self.idleness.is_over():
            await self.action_lock()

    async def action_lock(self) -> None:
        """Keep everything typed, close the store, and show only the door."""
        if self._device is None or self._locking:
            return
        self._locking = True
        try:
            await self._settle()
            # The pages go first: none of them may look for a record once the store is closed.
            await self.only(UnlockScreen())
            await self.close_device()
            self.wipe()
        finally:
            self._locking = False

    async def _settle(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                await screen.settle()

    async def action_leave(self) -> None:
        """Lock and end."""
        await self._settle()
        await self.only(QuietScreen())
        await self.close_device()
        self.exit(0)

    async def action_quit(self) -> None:
        """End the way every other road ends."""
        await self.action_leave()

    def action_help_quit(self) -> None:
        """Say how to leave, in the line at the edge."""
        self._edge(_("^q leaves the program; everything is kept."))

    # -- going from page to page ----------------------------------------------------------------

    def go_back(self) -> None:
        """Show the page before this one."""
        if len(self.screen_stack) > 2:
            screen = self.screen
            start(self, "back", self._settle_and_pop, screen, exclusive=True)

    async def _settle_and_pop(self, screen: Screen[object]) -> None:
        if isinstance(screen, Page) and self._device is not None:
            await screen.settle()
        if self.screen is screen:
            await self.pop_screen()

    def action_show(self, page: str) -> None:
        """Go to one of the main pages; home lies under all of them."""
        if self._device is not None:
            start(self, "show", self._show, page, exclusive=True)

    async def _show(self, page: str) -> None:
        while len(self.screen_stack) > 2:
            if isinstance(self.screen, Page):
                await self.screen.settle()
            await self.pop_screen()
        if page in PAGES:
            await self.push_screen(PAGES[page]())

    def read(self, document: DocumentId) -> None:
        """Read a record over the whole screen."""
        self.push_screen(ReaderScreen(document))

    def write_in(self, document: DocumentId) -> None:
        """Write in a record."""
        record = self.unlocked.record(document)
        if record is not None:
            self.push_screen(EditRecordScreen(record))

    def continue_draft(self, key: str) -> None:
        """Go on with a draft."""
        data = self.unlocked.draft(key)
        if data is not None:
            self.push_screen(NewRecordScreen(unpacked(key, data)))

    def action_write(self) -> None:
        """Ask what kind of thing, and write it."""
        if self._device is None or isinstance(self.screen, PickScreen):
            return

        def begin(types: tuple[str, ...] | None) -> None:
            if types:
                self._begin_writing(types[0])

        self.push_screen(PickScreen(_("What do you want to write?"), type_choices()), begin)

    def _begin_writing(self, type_: str) -> None:
        self.push_screen(NewRecordScreen(Draft(PREFIX + secrets.token_hex(8), type_)))

    def action_emergency(self) -> None:
        """Open an emergency from anywhere; the next key may already keep it."""
        screen = self.screen
        if self._device is None:
            return
        if isinstance(screen, QuietScreen):
            self.pop_screen()  # What hides everything shows nothing unasked: any key comes back.
        elif isinstance(screen, (PickScreen, HelpScreen)):
            screen.dismiss(None)
            self.call_after_refresh(self._begin_writing, EMERGENCY)
        elif isinstance(screen, Page) and getattr(screen, "type_", "") != EMERGENCY:
            self._begin_writing(EMERGENCY)

    async def action_search(self) -> None:
        """Go to the search line of the journal."""
        if self._device is None:
            return
        if not isinstance(self.screen, JournalScreen):
            await self._show("journal")
        if isinstance(self.screen, JournalScreen):
            self.screen.action_search()

    def action_orders(self) -> None:
        """Show everything that can be done from here."""
        if self._device is None or isinstance(self.screen, (PickScreen, QuietScreen)):
            return
        here = self.screen.every_key() if isinstance(self.screen, Page) else ()
        ids = dict.fromkeys((*here, *ORDERS))
        ids.pop("orders", None)
        target = self.screen

        def run(chosen: tuple[str, ...] | None) -> None:
            if chosen:
                start(self, "order", self.run_action, KEYS[chosen[0]].action, target)

        self.push_screen(PickScreen(_("Orders"), order_choices(ids)), run)

    def action_help(self) -> None:
        """Explain what is before the person."""
        if isinstance(self.screen, (HelpScreen, QuietScreen)):
            return
        focused = self.screen.focused
        about = str(getattr(focused, "HELP", "") or getattr(self.screen, "HELP", ""))
        here = self.screen.every_key() if isinstance(self.screen, Page) else EVERYWHERE
        rest = (*ORDERS, "edit") if self._device is not None else ()
        self.push_screen(HelpScreen(about, tuple(dict.fromkeys((*here, *rest)))))

    def action_quiet(self) -> None:
        """Show an empty page."""
        if isinstance(self.screen, QuietScreen):
            self.pop_screen()
        else:
            self.push_screen(QuietScreen())

    def action_enough(self) -> None:
        """Rest: a quiet page with a few kind words over home."""
        self.push_screen(QuietScreen(_("Enough for today. It is all kept. Any key comes back.")))

    async def begin_again(self) -> None:
        """Write everything anew, from home."""
        await self._settle()
        await self.only(HomeScreen())

    def say_at_the_edge(self, words: str) -> None:
        """Write one line where news stand."""
        self._edge(words)

    def _edge(self, words: str) -> None:
        if isinstance(self.screen, Page):
            self.screen.say_edge(words)


def run(
    home: Path, *, node_options: NodeOptions | None = None, passphrase: str | None = None
) -> int:
    """Open the screens on the vault in *home*, in touch as *node_options* say (None: as usual)."""
    close_side_doors()
    app = AlunaApp(real_outside(home, node_options), passphrase=passphrase)
    result = app.run()
    if sys.__stdout__ is not None and sys.__stdout__.isatty():
        sys.__stdout__.write(CLEAR_MEMORY)
        sys.__stdout__.flush()
    return result if result is not None else app.return_code or 0
