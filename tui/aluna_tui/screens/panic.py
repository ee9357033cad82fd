"""Five seconds in which any key stops it; then a page that says what was done and what remains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from aluna_sync.vault_layout import Removes
from aluna_tui.honest import removes_words
from aluna_tui.texts import _, ngettext

if TYPE_CHECKING:
    from aluna_tui.shell import Shell

SECONDS: Final = 5


class PanicScreen(Screen[None]):
    """Counts down over an empty page, and then has *removes* destroyed."""

    def __init__(self, removes: Removes) -> None:
        super().__init__(id="panic")
        self._removes = removes
        self._left = SECONDS
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out what goes and how long it takes."""
        with Vertical(classes="welcome"):
            yield Static(
                _("Goes from this device: {what}.").format(what=removes_words(self._removes)),
                markup=False,
                classes="name",
            )
            yield Static("", markup=False, id="left", classes="gap")

    def on_mount(self) -> None:
        """Begin to count."""
        self._tell()
        self._timer = self.set_interval(1.0, self.one_second_less)

    def _tell(self) -> None:
        words = ngettext(
            "In {count} second. Any key stops it.", "In {count} seconds. Any key stops it.",
            self._left,
        )  # fmt: skip
        self.query_one("#left", Static).update(words.format(count=self._left))

    def one_second_less(self) -> None:
        """Count; at nothing left there is no way back."""
        self._left -= 1
        if self._left > 0:
            self._tell()
        elif self._left == 0:
            if self._timer is not None:
                self._timer.stop()
            self.query_one("#left", Static).update(_("Now."))
            cast("Shell", self.app).destroy(self._removes)

    def on_key(self, event: events.Key) -> None:
        """Stop it while there is time; F12 again in a hurry does not come here."""
        event.stop()
        event.prevent_default()
        if self._left > 0:
            self.dismiss(None)

    def on_click(self) -> None:
        """Stop it by mouse, too."""
        if self._left > 0:
            self.dismiss(None)


class GoneScreen(Screen[None]):
    """Says what was done and what remains, over nothing; any key ends the program."""

    def __init__(self) -> None:
        super().__init__(id="gone")
        self._done = False

    def compose(self) -> ComposeResult:
        """Lay out an empty page."""
        yield Vertical(Static(_("Now."), markup=False, id="said"), classes="welcome")

    def say(self, said: Sequence[str]) -> None:
        """Tell what was done."""
        self._done = True
        words = "\n\n".join([*said, _("Any key ends the program.")])
        self.query_one("#said", Static).update(words)

    def on_key(self, event: events.Key) -> None:
        """End once it is done."""
        event.stop()
        event.prevent_default()
        if self._done:
            self.app.exit(0)
