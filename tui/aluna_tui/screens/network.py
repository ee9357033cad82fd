"""The network: what is seen of it, how this device behaves there, and meeting at an address."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from aluna_sync.errors import AlunaError
from aluna_sync.facts import News, Probed
from aluna_tui.addresses import parse_address
from aluna_tui.network_words import probe_words, probed_words
from aluna_tui.qr import qr_text
from aluna_tui.screens.page import Page
from aluna_tui.sentences import what_happened
from aluna_tui.texts import N_, _
from aluna_tui.view_models.facade import LanNode
from aluna_tui.view_models.network import NetworkPage, network_page
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.work import start


class NetworkScreen(Page):
    """Sentences, an address as text and as a QR code, and four keys."""

    KEY_IDS = ("back", "meet_at", "probe", "silence", "findable", "help", "lock")
    HELP = N_(
        "How this device meets others on the network it is on. Where devices do not find each "
        "other, one types the address the other shows. Searching the network is a port scan, so "
        "it explains itself before it begins."
    )
    BINDINGS = bindings("back", "meet_at", "probe", "silence", "findable")

    def __init__(self) -> None:
        super().__init__()
        self._shown: NetworkPage | None = None
        self._explained = False

    def body(self) -> Iterable[Widget]:
        """Yield the line for an address, hidden until it is asked for, and an empty column."""
        yield Input(id="address", placeholder=_("the address they show, as 192.168.1.20:4747"))
        yield VerticalScroll(id="sections")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#address").display = False
        self.query_one("#sections").focus()

    def take_news(self, news: News) -> None:
        """Write the page again, and say what a search found."""
        if isinstance(news, Probed):
            self.say_edge(probed_words(news.answered))
        self.show_facts()

    def show_facts(self) -> None:
        """Compute the page, and write it if it says something else."""
        if not self.is_mounted:
            return
        page = network_page(self.device)
        self.say_head(_("Network"), page.state)
        if page != self._shown:
            self._shown = page
            start(self, "sections", self._write, page, exclusive=True)

    async def _write(self, page: NetworkPage) -> None:
        column = self.query_one("#sections", VerticalScroll)
        widgets: list[Widget] = []
        if page.advice:
            widgets.append(Static(page.advice, markup=False, classes="measure"))
        widgets += [Static(words, markup=False, classes="measure gap") for words in page.ways]
        widgets.append(Static(_("Where companions meet this device"), markup=False, classes="name"))
        if not page.addresses:
            nowhere = _("Nowhere: it is not listening now.")
            widgets.append(Static(nowhere, markup=False, classes="measure indent"))
        for address in page.addresses:
            widgets.append(Static(address, markup=False, classes="indent"))
            widgets.append(Static(qr_text(address), markup=False, classes="qr"))
        async with self.batch():
            await column.remove_children()
            await column.mount_all(widgets)

    @property
    def _node(self) -> LanNode:
        node = self.aluna.lan_node
        if node is None:
            raise AlunaError("node-not-running")
        return node

    # -- meeting at an address ------------------------------------------------------------------

    def action_meet_at(self) -> None:
        """Ask for an address."""
        line = self.query_one("#address", Input)
        line.display = True
        line.focus()

    @on(Input.Submitted, "#address")
    def _typed(self, event: Input.Submitted) -> None:
        try:
            host, port = parse_address(event.value.strip())
            self._node.reach.meet_at(host, port)
        except AlunaError as error:
            self.say_edge(what_happened(error))
            return
        self.say_edge(
            _("Trying {address}; whoever is there will appear.").format(address=event.value.strip())
        )
        self._close_line()

    def _close_line(self) -> None:
        line = self.query_one("#address", Input)
        line.value = ""
        line.display = False
        self.query_one("#sections").focus()

    def action_back(self) -> None:
        """Leave the line if it is open, else the page."""
        if self.query_one("#address").display:
            self._close_line()
        else:
            super().action_back()

    # -- how this device behaves ----------------------------------------------------------------

    def action_silence(self) -> None:
        """Be quiet on networks, or not any more."""
        self.device.be_quiet(on=not self.device.quiet)
        self.show_facts()

    def action_findable(self) -> None:
        """Be found by who searches, or not any more."""
        self.device.be_findable(on=not self.device.findable)
        self.show_facts()

    def action_probe(self) -> None:
        """Say what a search is; search when the same key is pressed again."""
        if not self._explained:
            self._explained = True
            column = self.query_one("#sections", VerticalScroll)
            again = _("Press b again to begin.")
            words = Static(f"{probe_words()} {again}", markup=False, classes="measure gap")
            column.mount(words, before=0)
            return
        self._explained = False
        self._shown = None
        self.say_edge(_("Searching this network…"))
        start(self, "probe", self._search)

    async def _search(self) -> None:
        try:
            await self._node.reach.probe()
        except AlunaError as error:
            self.say_edge(what_happened(error))
