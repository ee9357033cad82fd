"""Who keeps the door and what waits for a yes: seen, said yes to, and asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from aluna_protocol.ids import DeviceId, EntryHash, PersonId
from aluna_sync.errors import AlunaError
from aluna_sync.facts import News
from aluna_tui.agreeing_words import done_words
from aluna_tui.keys import EVERYWHERE
from aluna_tui.screens.admitting import AdmittingPage
from aluna_tui.screens.inviting import InvitingScreen
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.sentences import what_happened
from aluna_tui.texts import N_, _
from aluna_tui.view_models.belonging import (
    ACTS,
    BelongingPage,
    act_choices,
    belonging_page,
    device_choices,
    person_choices,
    request_choices,
    sure_choices,
)
from aluna_tui.view_models.choices import Choice
from aluna_tui.widgets.bindings import bindings
from aluna_tui.widgets.work import start

if TYPE_CHECKING:
    from aluna_sync.agreeing import Agreeing, Done
    from aluna_sync.device import Device


class BelongingScreen(Page):
    """Sentences, and two keys: say yes, and ask for something."""

    KEY_IDS = ("back", "say_yes", "ask", *EVERYWHERE)
    HELP = N_(
        "There is no boss: whoever keeps the door lets people in, and it takes several to let "
        "somebody go. What was asked for waits here for a yes; what has no effect stays listed, "
        "so that you can decide about it together."
    )
    BINDINGS = bindings("back", "say_yes", "ask")

    def __init__(self) -> None:
        super().__init__()
        self._shown: BelongingPage | None = None

    def body(self) -> Iterable[Widget]:
        """Yield an empty column; `show_facts` fills it."""
        yield VerticalScroll(id="sections")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one("#sections").focus()

    def take_news(self, news: News) -> None:
        """Write the page again."""
        self.show_facts()

    @property
    def _opened(self) -> Device:
        """The real device: what people decide together is never made up."""
        from aluna_sync.device import Device

        device = self.device
        if not isinstance(device, Device):
            raise AlunaError("no-collective")
        return device

    @property
    def _space(self) -> Agreeing:
        from aluna_sync.agreeing import Agreeing

        return Agreeing(self._opened, self._opened.collective())

    def show_facts(self) -> None:
        """Compute the page, and write it if it says something else."""
        if not self.is_mounted:
            return
        page = belonging_page(self._opened, self._space)
        self.say_head(_("The door"), self.device.space_name(self.device.collective()))
        if page != self._shown:
            self._shown = page
            start(self, "sections", self._write, page, exclusive=True)

    async def _write(self, page: BelongingPage) -> None:
        column = self.query_one("#sections", VerticalScroll)
        widgets: list[Widget] = [
            *_section(_("Who keeps the door"), page.door),
            *_section(_("Waits for a yes"), page.waiting or (_("Nothing waits."),)),
            *_section(_("Asked for, without effect"), page.void),
            *_section(_("Circles you are in"), page.circles),
        ]
        async with self.batch():
            await column.remove_children()
            await column.mount_all(widgets)

    # -- acts -----------------------------------------------------------------------------------

    def _choose(self, title: str, choices: Sequence[Choice], then: Callable[[str], None]) -> None:
        def chosen(found: tuple[str, ...] | None) -> None:
            if found:
                then(found[0])

        self.app.push_screen(PickScreen(title, choices), chosen)

    def _if_sure(self, title: str, words: str, then: Callable[[], None]) -> None:
        self._choose(title, sure_choices(words), lambda said: then() if said == "yes" else None)

    def action_say_yes(self) -> None:
        """Choose what to say yes to."""
        waiting = request_choices(self._opened, self._space)
        if not waiting:
            self.say_edge(_("Nothing waits for your yes."))
            return

        def chosen(found: str) -> None:
            act = EntryHash(bytes.fromhex(found))
            self._if_sure(_("Say yes?"), "", lambda: self._told(lambda: self._second(act)))

        self._choose(_("Say yes to"), waiting, chosen)

    def _second(self, act: EntryHash) -> Done:
        from aluna_sync.agreeing import circles_here

        everywhere = [self._space, *circles_here(self._opened, self._opened.collective())]
        for space in everywhere:
            if any(one.id == act for one in space.requests()):
                return space.second(act)
        return self._space.second(act)  # it says why there is nothing to say yes to any more

    def action_ask(self) -> None:
        """Choose what to ask for."""
        self._choose(_("Ask for"), act_choices(), self._ask)

    def _ask(self, act: str) -> None:
        limit = next(_(words) for id_, _label, words in ACTS if id_ == act)
        match act:
            case "circle":
                self._gather()
            case "remove":
                self._about_person(limit)
            case "remove_device" | "suspend" | "lift":
                self._about_device(act, limit)
            case "invite" | "mine":
                self.app.push_screen(InvitingScreen(mine=act == "mine"))
            case "card":
                self.app.push_screen(AdmittingPage(self._opened))
            case "limit":
                self._choose_keepers(limit)
            case "open":
                self._if_sure(
                    _("Let everybody keep the door?"), limit, lambda: self._told(self._keepers)
                )
            case "rest" | "back":
                self._told(lambda: self._space.rest(resting=act == "rest"))
            case _:
                self._if_sure(_("Leave the collective?"), limit, self._leave)

    def _gather(self) -> None:
        def chosen(found: tuple[str, ...] | None) -> None:
            if found:
                self._begin_circle([PersonId(bytes.fromhex(one)) for one in found])

        people = person_choices(self._opened, self._space)
        self.app.push_screen(PickScreen(_("Who is in?"), people, chosen=()), chosen)

    def _choose_keepers(self, limit: str) -> None:
        def chosen(found: tuple[str, ...] | None) -> None:
            if found:
                keepers = [PersonId(bytes.fromhex(one)) for one in found]
                self._if_sure(
                    _("Let these alone keep the door?"),
                    limit,
                    lambda: self._told(lambda: self._keepers(keepers)),
                )

        people = person_choices(self._opened, self._space, also_me=True)
        standing = [person.hex() for person, _name in self._space.keepers().keepers]
        self.app.push_screen(PickScreen(_("Who keeps the door?"), people, standing), chosen)

    def _keepers(self, keepers: Sequence[PersonId] = ()) -> Done:
        from aluna_sync.agreeing import changed_rules

        space = self._space
        rules = self._opened.spaces.replicas[space.space].membership.rules
        return space.set_rules(
            changed_rules(rules, keepers=keepers, quorum=None, admitting=None, gives_past=None)
        )

    def _about_person(self, limit: str) -> None:
        def chosen(found: str) -> None:
            person = PersonId(bytes.fromhex(found))
            self._if_sure(
                _("Ask that she go?"), limit, lambda: self._told(lambda: self._remove(person))
            )

        self._choose(_("Who?"), person_choices(self._opened, self._space), chosen)

    def _remove(self, person: PersonId) -> Done:
        """Ask it in the collective, and in each circle both are in."""
        from aluna_sync.agreeing import remove_from_circles

        done = self._space.remove(person)
        remove_from_circles(self._opened, self._opened.collective(), person)
        return done

    def _about_device(self, act: str, limit: str) -> None:
        space = self._space
        choices = device_choices(self._opened, space, suspended=act == "lift")
        if not choices:
            self.say_edge(_("There is no such device."))
            return
        acts = {
            "remove_device": space.remove_device, "suspend": space.suspend, "lift": space.lift,
        }  # fmt: skip

        def chosen(found: str) -> None:
            device = DeviceId(bytes.fromhex(found))
            self._if_sure(_("Are you sure?"), limit, lambda: self._told(lambda: acts[act](device)))

        self._choose(_("Which device?"), choices, chosen)

    def _begin_circle(self, persons: list[PersonId]) -> None:
        from aluna_sync.circles import found_circle

        device = self._opened
        names = sorted(device.person_name_of(one) for one in (*persons, device.person))
        try:
            found_circle(device, device.collective(), ", ".join(names)[:60], persons)
        except AlunaError as error:
            self.say_edge(what_happened(error))
            return
        self.say_edge(_("The circle exists; their devices learn of it when they meet yours."))
        self.show_facts()

    def _leave(self) -> None:
        from aluna_sync.agreeing import leave

        try:
            leave(self._opened, self._opened.collective())
        except AlunaError as error:
            self.say_edge(what_happened(error))
            return
        self.say_edge(_("You left. The others learn of it when your device next meets theirs."))
        self.show_facts()

    def _told(self, act: Callable[[], Done]) -> None:
        try:
            self.say_edge(done_words(act()))
        except AlunaError as error:
            self.say_edge(what_happened(error))
        self.show_facts()


def _section(title: str, lines: Iterable[str]) -> list[Widget]:
    found = [Static(line, markup=False, classes="measure indent") for line in lines]
    return [Static(title, markup=False, classes="name"), *found] if found else []
