"""Three lists of words, one at a time; what was copied is not shown again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from aluna_tui.honest import share_lines
from aluna_tui.screens.page import Page
from aluna_tui.texts import N_, _


class SharesPage(Page):
    """Shows each of *shares* until Enter says that it is on paper."""

    KEY_IDS = ("help", "quiet", "lock")
    HELP = N_(
        "Copy the words with their numbers on paper, for one person, then press Enter. Two of the "
        "three lists open this vault. None of them is kept here."
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "copied", N_("Copied"), show=False)]

    def __init__(self, shares: Sequence[str]) -> None:
        super().__init__()
        self._shares = list(shares)
        self._number = 0

    def body(self) -> Iterable[Widget]:
        """Yield the words of one list."""
        yield Vertical(
            Static("", markup=False, id="words"),
            Static(
                _("Copy it on paper, then Enter: it is not shown again."),
                markup=False,
                classes="gap quiet",
            ),
            classes="welcome",
        )

    def show_facts(self) -> None:
        """Write the list that is in turn."""
        if self.is_mounted and self._shares:
            count = len(self._shares)
            self.say_head(
                _("List {number} of {count}").format(number=self._number + 1, count=count)
            )
            lines = share_lines(self._shares[self._number])
            self.query_one("#words", Static).update("\n".join(lines))

    def action_copied(self) -> None:
        """Go on to the next list, or back to where it began."""
        if self._number + 1 < len(self._shares):
            self._number += 1
            self.show_facts()
        else:
            self._shares.clear()
            self.aluna.go_back()

    def action_back(self) -> None:
        """Nothing: leaving by mistake would lose a list for ever."""
