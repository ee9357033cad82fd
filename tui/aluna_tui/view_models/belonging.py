"""Who keeps the door, what waits for a yes, circles: as lines, and as what can be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aluna_protocol.dataclass import dataclass
from aluna_tui.agreeing_words import (
    LIMIT_OF_REMOVAL,
    LIMIT_OF_SUSPENSION,
    keeper_lines,
    left_behind_words,
    request_words,
    void_words,
)
from aluna_tui.texts import N_, _
from aluna_tui.view_models.choices import Choice
from aluna_tui.view_models.plain import one_line
from aluna_tui.view_models.words import NAME_LETTERS

if TYPE_CHECKING:
    from aluna_sync.agreeing import Agreeing
    from aluna_sync.device import Device

LINE_LETTERS: Final = 400


@dataclass(frozen=True, slots=True)
class BelongingPage:
    """What the page shows, each section a list of sentences."""

    door: tuple[str, ...]
    waiting: tuple[str, ...]
    void: tuple[str, ...]
    circles: tuple[str, ...]


def belonging_page(device: Device, space: Agreeing) -> BelongingPage:
    """Return the page as it stands."""
    from aluna_sync.agreeing import circles_here, left_behind

    circles, waiting = [], [request_words(one) for one in space.requests()]
    void = [void_words(one) for one in space.void()]
    for circle in circles_here(device, space.space):
        name = device.space_name(circle.space)
        names = ", ".join(one.name for one in device.people(circle.space))
        circles.append(_("{circle}: {names}").format(circle=name, names=names))
        if gone := left_behind(device, circle.space):
            circles.append(left_behind_words(gone, name))
        waiting += [_in_circle(name, request_words(one)) for one in circle.requests()]
        void += [_in_circle(name, void_words(one)) for one in circle.void()]
    return BelongingPage(
        _lines(keeper_lines(space.keepers())),
        _lines(waiting),
        _lines(void),
        _lines(circles),
    )


def _in_circle(circle: str, words: str) -> str:
    return _("Circle “{name}”: {words}").format(name=circle, words=words)


def _lines(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(one_line(line, LINE_LETTERS) for line in words)


ACTS: Final = (
    ("remove", N_("Ask that a person go"), LIMIT_OF_REMOVAL),
    ("remove_device", N_("Ask that a device go"), LIMIT_OF_REMOVAL),
    ("suspend", N_("Stop a device that was lost or taken"), LIMIT_OF_SUSPENSION),
    ("lift", N_("Let a stopped device go on"), N_("It takes two other keepers.")),
    ("circle", N_("Begin a circle"), N_("A space for some of you, who always see who is in.")),
    ("rest", N_("Rest"), N_("Nothing is asked of you and nothing waits for you meanwhile.")),
    ("back", N_("Be back"), N_("You are asked again.")),
    ("invite", N_("Let somebody in"), N_("Opens the door for ten minutes, to one device.")),
    (
        "mine",
        N_("Add another device of mine"),
        N_("It comes in as you, with your private notes and your circles."),
    ),
    (
        "card",
        N_("Let in somebody far away, by her card"),
        N_("She sends you the card of her device, and you compare six words by voice."),
    ),
    (
        "limit",
        N_("Choose who keeps the door"),
        N_(
            "It takes as many keepers as the rules say. Where none is left, more than half of you "
            "choose them anew."
        ),
    ),
    ("open", N_("Let everybody keep the door"), N_("It takes as many keepers as the rules say.")),
    ("leave", N_("Leave the collective"), N_("To come back somebody must let you in again.")),
)


def act_choices() -> list[Choice]:
    """Return what can be asked for."""
    return [Choice(id_, _(label), _(words)) for id_, label, words in ACTS]


def request_choices(device: Device, space: Agreeing) -> list[Choice]:
    """Return what waits for the yes of this person, in the collective and in her circles."""
    from aluna_sync.agreeing import circles_here

    found = [(one, request_words(one)) for one in space.requests()]
    for circle in circles_here(device, space.space):
        name = device.space_name(circle.space)
        found += [(one, _in_circle(name, request_words(one))) for one in circle.requests()]
    return [
        Choice(one.id.hex(), one_line(words, LINE_LETTERS))
        for one, words in found
        if one.waits_for_me
    ]


def person_choices(device: Device, space: Agreeing, *, also_me: bool = False) -> list[Choice]:
    """Return the other persons of the space."""
    return [
        Choice(one.id.hex(), one_line(one.name, NAME_LETTERS))
        for one in device.people(space.space)
        if also_me or not one.me
    ]


def device_choices(device: Device, space: Agreeing, *, suspended: bool = False) -> list[Choice]:
    """Return the other devices of the space, or those that are stopped."""
    membership = device.spaces.replicas[space.space].membership
    names = device.spaces.names(space.space)
    return [
        Choice(
            seat.device.hex(),
            one_line(f"{names.get(seat.person, seat.person_name)} · {seat.device_name}", 80),
        )
        for seat in membership.seats.values()
        if seat.device != device.device and (seat.device in membership.suspended) == suspended
    ]


def sure_choices(words: str) -> list[Choice]:
    """Return yes and no, the careful one first; *words* say what it means."""
    return [Choice("no", _("No, leave it as it is")), Choice("yes", _("Yes"), words)]
