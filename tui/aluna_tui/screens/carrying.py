"""Sticks and folders: write a bundle, read one, and the directories that other tools carry."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from aluna_protocol.ids import PersonId
from aluna_sync.errors import AlunaError
from aluna_sync.facts import News
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.sentences import sentences
from aluna_tui.texts import N_, _
from aluna_tui.view_models.carrying import CarryingPage, carrying_page, percent, reader_choices
from aluna_tui.view_models.facade import Roads
from aluna_tui.view_models.plain import one_line
from aluna_tui.widgets.go_line import GoLine
from aluna_tui.widgets.work import start

WRITE, WRITE_FOR, READ, ADD = "write", "write for", "read", "add"
_ASKED = {
    WRITE_FOR: N_("Where to? A directory, or a name for the file"),
    WRITE: N_("Where to? A directory, or a name for the file"),
    READ: N_("Which file?"),
    ADD: N_("Which directory?"),
}
_LETTERS = 400


class CarryingScreen(Page):
    """Three lines to go from, one for each folder, and one line for a path when it is asked for."""

    KEY_IDS = ("back", *EVERYWHERE)
    HELP = N_(
        "A bundle is one sealed file that only your companions' devices open, on a stick or by "
        "any road. A folder is a directory that another program carries: each device puts sealed "
        "files there by itself. Whoever finds them learns how large they are and when they change, "
        "and nothing else."
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: CarryingPage | None = None
        self._asked = ""
        self._for: list[PersonId] | None = None
        """Whom a bundle is for; None: everybody."""
        self._busy = False

    def body(self) -> Iterable[Widget]:
        """Yield the line for a path, hidden until it is asked for, the acts and what they did."""
        yield Input(id="path")
        yield VerticalScroll(
            GoLine(_("Write a bundle for everybody"), "", WRITE),
            GoLine(_("Write a bundle for some of you"), "", WRITE_FOR),
            GoLine(_("Read a bundle"), "", READ),
            GoLine(_("Use a folder from now on"), "", ADD),
            Static("", markup=False, id="answer", classes="measure gap"),
            VerticalScroll(id="folders", can_focus=False),
            id="sections",
            can_focus=False,
        )

    def on_mount(self) -> None:
        """Begin with the first act."""
        self.query_one("#path").display = False
        self.query(GoLine).first().focus()

    @property
    def _roads(self) -> Roads:
        roads = self.aluna.outside.roads(self.device)
        if roads is None:
            raise AlunaError("place-gone", path="")
        return roads

    def take_news(self, news: News) -> None:
        """Write the folders again."""
        self.show_facts()

    def show_facts(self) -> None:
        """Compute the page, and write it if it says something else."""
        if not self.is_mounted:
            return
        self.say_head(_("Sticks and folders"))
        page = carrying_page(self.aluna.outside.roads(self.device))
        if page != self._shown:
            self._shown = page
            start(self, "folders", self._write_folders, page, exclusive=True)

    async def _write_folders(self, page: CarryingPage) -> None:
        column = self.query_one("#folders", VerticalScroll)
        widgets: list[Widget] = []
        for folder in page.folders:
            widgets.append(GoLine(folder.path, _("use no more"), ("forget", folder.path)))
            widgets += [Static(one, markup=False, classes="indent") for one in folder.words]
        async with self.batch():
            await column.remove_children()
            await column.mount_all(widgets)

    # -- acts ------------------------------------------------------------------------------------

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Ask for a path, or forget a folder."""
        match event.what:
            case ("forget", str(path)):
                self._roads.forget_folder(path)
                self._answer([_("This device uses {path} no more.").format(path=path)])
                self.show_facts()
            case str(asked) if not self._busy and asked == WRITE_FOR:
                self._choose_readers()
            case str(asked) if not self._busy:
                self._for = None
                self._ask(asked)
            case _:
                pass

    def _choose_readers(self) -> None:
        def chosen(found: tuple[str, ...] | None) -> None:
            if found:
                self._for = [PersonId(bytes.fromhex(one)) for one in found]
                self._ask(WRITE_FOR)

        people = reader_choices(self.device)
        self.app.push_screen(PickScreen(_("Who is to read it?"), people, chosen=()), chosen)

    def _ask(self, asked: str) -> None:
        self._asked = asked
        line = self.query_one("#path", Input)
        line.placeholder = _(_ASKED[asked])
        line.display = True
        line.focus()

    @on(Input.Submitted, "#path")
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        where = event.value.strip()
        if where and not self._busy:
            start(self, "carry", self._do, self._asked, where, exclusive=True)

    async def _do(self, asked: str, where: str) -> None:
        self._busy = True
        try:
            if asked == ADD:
                self._roads.add_folder(where)
                said = [_("From now on this device uses {path}.").format(path=where)]
            elif asked == READ:
                said = await self._roads.read(where, self._progress)
            else:
                said = await self._roads.write(where, self._progress, self._for)
        except AlunaError as error:
            said = sentences(error)
        finally:
            self._busy = False
        self.say_edge("")
        self._answer(said)
        self._close_line()
        self.show_facts()

    def _progress(self, done: int, total: int) -> None:
        self.say_edge(percent(done, total))

    def _answer(self, said: list[str]) -> None:
        words = "\n".join(one_line(sentence, _LETTERS) for sentence in said)
        self.query_one("#answer", Static).update(words)

    def _close_line(self) -> None:
        line = self.query_one("#path", Input)
        line.value = ""
        line.display = False
        self.query(GoLine).first().focus()

    def action_back(self) -> None:
        """Leave the line if it is open, else the page."""
        if self.query_one("#path").display:
            self._close_line()
        else:
            super().action_back()
