"""Who and what the story is about: everybody and everything in it is invented."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_tui.texts import _

PEOPLE: Final = ("Amaranta", "Belarmina", "Citlaluz")


@dataclass(frozen=True, slots=True)
class Writing:
    """One record as a person writes it."""

    type: str
    title: str
    body: str
    options: Sequence[str] = field(default=())

    @property
    def quoted_title(self) -> str:
        """The title between the quotation marks of the language in use."""
        return _("“{title}”").format(title=self.title)

    @property
    def arguments(self) -> list[str]:
        """The words of the command after `aluna add`; the body comes from stdin."""
        return [self.type, "-", "--set", f"title={self.title}", *self.options]


@dataclass(frozen=True, slots=True)
class Change:
    """What one person does, apart, to the record everybody has."""

    when: str
    adds: str
    whole: Callable[[str], str]
    """The new text out of the one she saw."""


def collective_name() -> str:
    """Return what the collective is called."""
    return _("Brambleglow Weavers")


def device_names() -> tuple[str, str, str]:
    """Return what each one calls her device."""
    return _("patched laptop"), _("borrowed laptop"), _("kitchen laptop")


def van() -> Writing:
    """Return the event that two will write on at the same time."""
    return Writing(
        "event",
        _("A grey van in front of the workshop"),
        _("It stayed until nightfall with the engine running. Nobody got out."),
        ("--when", _("March 2024"), "--term", "agr.intimidation"),
    )


def first_writings() -> tuple[list[Writing], list[Writing], list[Writing]]:
    """Return what each one writes before the three meet, the first one's van left out."""
    return (
        [
            Writing(
                "impact",
                _("Since then we sleep badly"),
                _("Every braking engine wakes us up."),
                ("--set", "about=us"),
            )
        ],
        [
            Writing(
                "coping",
                _("Walking home two by two"),
                _("Whoever leaves last phones when she arrives."),
            ),
            Writing(
                "care_practice",
                _("Soup and stillness on Thursdays"),
                _("No talk of the workshop until the pot is empty."),
            ),
        ],
        [
            Writing(
                "agreement",
                _("Keys of the workshop"),
                _("Nobody unlocks the workshop alone."),
            ),
            Writing(
                "event",
                _("Darkness in our street only"),
                _("The neighbouring streets kept their lights."),
            ),
        ],
    )


def private_note() -> Writing:
    """Return a note that stays with the one who writes it."""
    return Writing(
        "note",
        _("Just for myself"),
        _("I should tell grandmother that I am frightened."),
    )


def writings_apart() -> tuple[Writing, Writing]:
    """Return what the first one and the one who is cut off write meanwhile."""
    return (
        Writing(
            "coping",
            _("Telling the neighbourhood"),
            _("We explained to every doorway what had happened."),
        ),
        Writing(
            "care_practice",
            _("A phone chain before midnight"),
            _("The last link of the chain says goodnight to everybody."),
        ),
    )


def changes() -> tuple[Change, Change]:
    """Return what the two do to the same paragraph, and the day each one remembers."""
    first = _("I noticed it coming back from the market.")
    second = _("A neighbour wrote the number plate on her hand.")
    return (
        Change(_("3 March 2024"), first, lambda text: f"{first} {text}"),
        Change(_("5 March 2024"), second, lambda text: f"{text} {second}"),
    )


def everything_said() -> list[str]:
    """Return every text of the story: none of them may be readable anywhere."""
    written = [van(), private_note(), *writings_apart()]
    written += [one for writings in first_writings() for one in writings]
    texts = [collective_name(), *device_names(), *PEOPLE]
    for one in written:
        texts += [one.title, one.body]
    return [*texts, *(change.adds for change in changes())]
