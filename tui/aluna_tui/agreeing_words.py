"""What was asked for in a space, who still has to say yes, and who keeps the door, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aluna_tui.labels import sentence
from aluna_tui.texts import N_, _, listed, ngettext

if TYPE_CHECKING:
    from aluna_sync.agreeing import Done, KeeperFacts, Request

ASKED: Final = {
    "admit": N_("{by} asks that {about} come in"),
    "remove": N_("{by} asks that {about} go"),
    "remove-device": N_("{by} asks that the device {about} go"),
    "suspend": N_("{by} stopped the device {about}; with more voices it goes for good"),
    "lift": N_("{by} asks that the device {about} may go on"),
    "rules": N_("{by} asks for other rules of who keeps the door"),
    "rest": N_("{by} said that she rests or is back"),
    "second": N_("{by} said yes to something"),
    "found": N_("{by} founded this"),
}
VOID: Final = {
    "admit": N_("{by} had asked that {about} come in"),
    "remove": N_("{by} had asked that {about} go"),
    "remove-device": N_("{by} had asked that the device {about} go"),
    "suspend": N_("{by} had stopped the device {about}"),
    "lift": N_("{by} had asked that the device {about} may go on"),
    "rules": N_("{by} had asked for other rules of who keeps the door"),
    "rest": N_("{by} had said that she rests or is back"),
    "second": N_("{by} had said yes to something"),
    "found": N_("{by} had founded this again"),
}
LIMIT_OF_REMOVAL: Final = N_(
    "Whoever goes keeps what was on her devices. What is written from now on is closed with a "
    "new key she was never given."
)
LIMIT_OF_SUSPENSION: Final = N_(
    "The device gets no new key and nothing new from here on. What it held is known to whoever "
    "opens it. Two other keepers can make it go for good, or let it go on."
)


def names(persons: Sequence[str]) -> str:
    """Return names one after the other."""
    return ", ".join(persons)


def request_words(request: Request) -> str:
    """Say what waits, who said yes so far, and how many more voices it needs."""
    asked = _(ASKED[request.what]).format(by=request.by or _("Somebody"), about=request.about)
    more = ngettext(
        "{count} more yes is needed", "{count} more yeses are needed", request.missing
    ).format(count=request.missing)
    from_whom = _("from: {names}").format(names=names(request.waits_for))
    return sentence(f"{asked} · {more} · {from_whom}" if request.waits_for else f"{asked} · {more}")


def void_words(request: Request) -> str:
    """Say what was asked for and has no effect: nothing is silent, people decide."""
    asked = _(VOID[request.what]).format(by=request.by or _("Somebody"), about=request.about)
    return sentence(_("{asked}; it has no effect. Decide together.").format(asked=asked))


def done_words(done: Done) -> str:
    """Say whether an act took effect, or whose yes it waits for."""
    if not done.missing:
        return _("Done.")
    more = ngettext(
        "It waits for {count} more yes", "It waits for {count} more yeses", done.missing
    ).format(count=done.missing)
    if done.waits_for:
        more += " · " + _("from: {names}").format(names=names(done.waits_for))
    how = _("They say it with “aluna second {id}”.").format(id=done.id.hex()[:8])
    return f"{sentence(more)} {how}"


def keeper_lines(facts: KeeperFacts) -> list[str]:
    """Say who keeps the door and how many must agree."""
    if not facts.keepers:
        lines = [
            _(
                "Nobody keeps the door now. Writing goes on; more than half of the persons "
                "together can name keepers again."
            )
        ]
    elif facts.everybody:
        lines = [_("Everybody who belongs keeps the door.")]
    else:
        who = names([name for _person, name in facts.keepers])
        lines = [_("These keep the door: {names}.").format(names=who)]
    lines.append(
        ngettext(
            "{count} yes lets somebody in.", "{count} yeses let somebody in.", facts.admitting
        ).format(count=facts.admitting)
    )
    lines.append(
        ngettext(
            "{count} yes from others removes who keeps the door.",
            "{count} yeses from others remove who keeps the door (fewer while there are fewer).",
            facts.quorum,
        ).format(count=facts.quorum)
    )
    if not facts.gives_past:
        lines.append(_("Who comes in reads what is written from then on, and nothing from before."))
    lines += [
        _("Stopped: {device}, of {person}.").format(device=device, person=person)
        for _id, device, person in facts.suspended
    ]
    return lines


def left_behind_words(names: Sequence[str], circle: str) -> str:
    """Say who went from the collective and still holds a place in a circle."""
    return ngettext(
        "{names} went from the collective and still holds a place in “{circle}”: nothing of it "
        "reaches her, but what she writes late is read there until you ask that she go there too.",
        "{names} went from the collective and still hold a place in “{circle}”: nothing of it "
        "reaches them, but what they write late is read there until you ask that they go there "
        "too.",
        len(names),
    ).format(names=listed(list(names)), circle=circle)
