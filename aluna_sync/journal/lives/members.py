"""Members: how each one is here, by her own word (domain C5.4).

Resting, being away and leaving are hers to say. That somebody was removed is decided by who
belongs, not by an act that says so.
"""

from __future__ import annotations

from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives.causes import Causes, act_of, text
from aluna_sync.journal.types import Act

_HERS: Final = {
    "go_for_safety": "mem.away",
    "come_back": "mem.active",
    "rest": "mem.resting",
    "leave": "mem.left",
}
"""What she says herself. Said apart on two devices: safety before all, being back before resting,
staying before leaving."""
_NOT_WAITED: Final = ("mem.resting", "mem.away", "mem.left", "mem.removed", "mem.invited")
VOICES: Final = 2
"""Persons who vouch for somebody new, or who stop a device that was lost."""


@dataclass(frozen=True, slots=True)
class Member:
    """How a member is here."""

    state: str
    vouched: tuple[PersonId, ...] = ()
    """Who vouched for her, by id."""
    suspended: tuple[str, ...] = ()
    """Fingerprints of devices of hers that two persons stopped and nobody let go on."""

    @property
    def is_waited_for(self) -> bool:
        """Tell whether her voice is waited for."""
        return self.state not in _NOT_WAITED


def member(causes: Causes, person: PersonId | None, *, gone: bool = False) -> Member:
    """Return how the member whose card it is, *person*, is here; *gone*: she does not belong."""
    vouched = {act.by for act in causes.of("vouch", "invite") if act.by not in (None, person)}
    hers = _hers(causes, person)
    if gone:
        state = "mem.left" if hers == "mem.left" else "mem.removed"
    elif hers:
        state = hers
    elif causes.of("invite") and not causes.of("arrive"):
        state = "mem.invited"
    else:
        state = "mem.active"
    return Member(state, tuple(sorted(filter(None, vouched))), _suspended(causes))


def _hers(causes: Causes, person: PersonId | None) -> str:
    said = [act for act in causes.of(*_HERS) if act.by is not None and act.by == person]
    newest = {_HERS[act_of(act)] for act in causes.newest(said)}
    return next((state for state in _HERS.values() if state in newest), "")


def _suspended(causes: Causes) -> tuple[str, ...]:
    lifts = causes.of("lift_suspension")
    stopped: dict[str, set[PersonId]] = {}
    for act in causes.of("suspend"):
        lifted = any(causes.saw(lift, act) for lift in lifts)
        if act.by is not None and text(act, "fingerprint") and not lifted:
            stopped.setdefault(text(act, "fingerprint"), set()).add(act.by)
    return tuple(sorted(one for one, by in stopped.items() if len(by) >= VOICES))


def speaks_of_removal(causes: Causes) -> tuple[Act, ...]:
    """Return the acts that say the group removed her: an account, which decides nothing."""
    return tuple(causes.of("remove"))
