"""What lies in the tray, in sentences: whose words came too late, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aluna_tui.texts import N_, _, listed, ngettext

if TYPE_CHECKING:
    from aluna_sync.tray import LateFacts

WHAT_IT_IS: Final = N_(
    "Somebody wrote this who did not belong any more, or whose device was stopped. None of it "
    "enters by itself and none of it is lost: whoever belongs may read it, take it in as her own "
    "entry, or leave it out."
)
NOTHING: Final = N_("Nothing came too late.")


def late_line(late: LateFacts) -> str:
    """Say what came too late of one record, and from whom."""
    changes = ngettext("{count} change", "{count} changes", late.changes).format(count=late.changes)
    who = listed(list(late.persons)) if late.persons else _("somebody")
    if late.title:
        said = _("{title}: {changes} by {who}").format(title=late.title, changes=changes, who=who)
    else:
        said = _("a record that is not in the journal: {changes} by {who}").format(
            changes=changes, who=who
        )
    return _("{said} (decided here)").format(said=said) if late.read else said


def late_count_words(count: int) -> str:
    """Say in how many records something came too late that nobody here decided about."""
    return ngettext(
        "in {count} record somebody wrote who did not belong any more: “aluna tray” shows it",
        "in {count} records somebody wrote who did not belong any more: “aluna tray” shows it",
        count,
    ).format(count=count)
