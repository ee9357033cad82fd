"""A program that looks and answers as people chose, and keeps what they choose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aluna_tui import preferences
from aluna_tui.key_map import use_keys
from aluna_tui.preferences import Preferences
from aluna_tui.silent_app import SilentApp
from aluna_tui.texts import _, use_language
from aluna_tui.widgets.work import start

if TYPE_CHECKING:
    from aluna_tui.outside import Outside


class Preferring(SilentApp):
    """Puts preferences in force and writes them beside the vault."""

    outside: Outside
    preferences: Preferences = Preferences()

    @property
    def preferences_path(self) -> Path:
        """Where they lie."""
        return preferences.path_in(self.outside.home or Path())

    def load_preferences(self) -> None:
        """Take what was chosen before; a language said when starting wins."""
        if self.outside.home is not None:
            self.preferences = preferences.load(self.preferences_path)
        self._in_force()

    def _in_force(self) -> None:
        if self.preferences.theme:
            self.theme = self.preferences.theme
        use_keys(self.preferences.keys)
        self.set_keymap(dict(self.preferences.keys))

    def choose_language(self, code: str) -> None:
        """Speak another language from now on; the pages are written anew."""
        use_language(code)
        self._keep(replace(self.preferences, language=code))
        start(self, "language", self.begin_again, exclusive=True)

    async def begin_again(self) -> None:
        """Show the first page, written anew."""
        raise NotImplementedError

    def choose_theme(self, name: str) -> None:
        """Put on other colours."""
        self._keep(replace(self.preferences, theme=name))

    def action_colours(self) -> None:
        """Put on the next dress, and keep it."""
        super().action_colours()
        self._keep(replace(self.preferences, theme=self.theme))

    def choose_key(self, id_: str, key: str) -> None:
        """Let *key* start the order *id_*; empty gives back the key it comes with."""
        self._keep(self.preferences.with_key(id_, key))

    def _keep(self, chosen: Preferences) -> None:
        self.preferences = chosen
        self._in_force()
        if self.outside.home is None or not self.outside.home.is_dir():
            return
        try:
            preferences.save(self.preferences_path, chosen)
        except OSError:
            self.say_at_the_edge(_("It holds until you leave: the disk did not take it."))

    def say_at_the_edge(self, words: str) -> None:
        """Write one line where news stand."""
        raise NotImplementedError
