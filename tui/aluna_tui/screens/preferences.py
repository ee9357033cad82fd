"""How the screens look and answer: language, colours, keys; changed here or in a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from aluna_tui.key_map import FIXED, refusal, shown_key
from aluna_tui.keys import EVERYWHERE, KEYS
from aluna_tui.preferences import NAME
from aluna_tui.screens.page import Page
from aluna_tui.screens.pick import PickScreen
from aluna_tui.texts import LANGUAGES, N_, _, language
from aluna_tui.themes import THEMES
from aluna_tui.view_models.choices import Choice
from aluna_tui.widgets.go_line import GoLine

LANGUAGE_NAMES = {"es": "Español", "en": "English"}
"""Each in its own language: whoever cannot read this one looks for hers."""
THEME_NAMES = {
    "aluna-ansi": N_("the terminal's own colours"),
    "aluna-light": N_("light"),
    "aluna-dark": N_("dark"),
}


class PreferencesScreen(Page):
    """One line for each thing that can be chosen."""

    KEY_IDS = ("back", *EVERYWHERE)
    HELP = N_(
        "Language, colours and keys of this device. Enter changes the line. The same can be "
        "written by hand in the file that the page names."
    )

    def __init__(self) -> None:
        super().__init__()
        self._place = 0

    def body(self) -> Iterable[Widget]:
        """Yield every line."""
        yield VerticalScroll(*self._lines(), id="sections", can_focus=False)

    def _lines(self) -> Iterable[Widget]:
        chosen = self.aluna.preferences
        yield GoLine(_("Language"), LANGUAGE_NAMES[language()], "language")
        yield GoLine(_("Colours"), _(THEME_NAMES[self.app.theme]), "theme")
        words = _("All of it lies in {file}.").format(file=str(self.aluna.preferences_path))
        yield Static(words, markup=False, classes="quiet gap")
        if chosen.left_alone:
            left = _("In {file} this was not understood and left alone: {what}").format(
                file=NAME, what=", ".join(chosen.left_alone)
            )
            yield Static(left, markup=False, classes="measure")
        yield Static(_("Keys"), markup=False, classes="name")
        for id_, key in KEYS.items():
            if id_ not in FIXED:
                yield GoLine(_(key.words), key.shown, ("key", id_))

    def on_mount(self) -> None:
        """Begin at the top, or where something was changed."""
        list(self.query(GoLine))[self._place].focus()

    def show_facts(self) -> None:
        """Write the head line."""
        if self.is_mounted:
            self.say_head(_("Language, colours and keys"))

    def on_go_line_chosen(self, event: GoLine.Chosen) -> None:
        """Ask for another one."""
        lines = list(self.query(GoLine))
        self._place = next(at for at, one in enumerate(lines) if one.what == event.what)
        match event.what:
            case "language":
                choices = [Choice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES]
                self.app.push_screen(PickScreen(_("Language"), choices), self._language)
            case "theme":
                dresses = [Choice(one.name, _(THEME_NAMES[one.name])) for one in THEMES]
                self.app.push_screen(PickScreen(_("Colours"), dresses), self._theme)
            case ("key", str(id_)):
                self.app.push_screen(KeyScreen(id_), lambda key: self._key(id_, key))
            case _:
                pass

    def _language(self, chosen: tuple[str, ...] | None) -> None:
        if chosen:
            self.aluna.choose_language(chosen[0])

    def _theme(self, chosen: tuple[str, ...] | None) -> None:
        if chosen:
            self.aluna.choose_theme(chosen[0])
            self._again()

    def _key(self, id_: str, key: str | None) -> None:
        if key is None:
            return
        why = refusal(id_, key, self.aluna.preferences.keys) if key else ""
        if why:
            self.say_edge(refusal_words(key, why))
            return
        self.aluna.choose_key(id_, key)
        self._again()

    def _again(self) -> None:
        self.refresh(recompose=True)
        self.call_after_refresh(self.on_mount)
        self.call_after_refresh(self.show_facts)


def refusal_words(key: str, why: str) -> str:
    """Say why a key cannot be taken."""
    if why in KEYS:
        taken = _("{key} already does this: {words}")
        return taken.format(key=shown_key(key), words=_(KEYS[why].words))
    if why == "key-of-others":
        return _("{key} belongs to the terminal or to programs around it.").format(
            key=shown_key(key)
        )
    return _("That key cannot be used here: a letter, F1 to F12, ^ and a letter, or , - + / .")


class KeyScreen(ModalScreen[str | None]):
    """Waits for one key."""

    BINDINGS: ClassVar = []

    def __init__(self, id_: str) -> None:
        super().__init__()
        self._order = id_

    def compose(self) -> Iterable[Widget]:
        """Say what is waited for."""
        words = _("Press the key that is to do this: {words}").format(
            words=_(KEYS[self._order].words)
        )
        yield Vertical(
            Static(words, markup=False),
            Static(
                _("Backspace gives back the key it comes with; Esc changes nothing."),
                markup=False,
                classes="quiet gap",
            ),
            classes="panel",
        )

    def on_key(self, event: events.Key) -> None:
        """Take the key, whatever it does elsewhere."""
        event.stop()
        event.prevent_default()
        match event.key:
            case "escape":
                self.dismiss(None)
            case "backspace":
                self.dismiss("")
            case key:
                self.dismiss(key)
