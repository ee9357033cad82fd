"""What a record looks like to commands and screens: plain data computed from a view."""

from __future__ import annotations

from dataclasses import field
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId, PersonId, SpaceId

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One current reading of a field: who wrote it and what; the id names it in edits."""

    id: str
    value: Json
    by: PersonId | None


@dataclass(frozen=True, slots=True)
class Member:
    """One item of an add-wins set, with its optional note and who put it there."""

    item: str
    note: str
    by: PersonId | None


@dataclass(frozen=True, slots=True)
class Act:
    """One add-only act, and the ids of the newest acts of the record that its writer had seen."""

    id: str
    value: Json
    by: PersonId | None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """Who is not waited for in a space; known from who belongs, not from the record."""

    gone: frozenset[PersonId] = frozenset()
    """Belonged once and does not any more."""
    resting: frozenset[PersonId] = frozenset()


NOBODY: Final = Absent()


@dataclass(frozen=True, slots=True)
class Link:
    """A link as seen from one record. *outgoing* tells which of its two names to show."""

    kind: str
    target: DocumentId
    outgoing: bool
    title: str
    type: str
    """Title and type of the other record; both empty when it is kept elsewhere."""
    taken_back: bool = False
    """Its author took it back: the place is empty. Its type is known where it was ever read."""
    taken_back_by: str = ""
    """Who that is; empty when nobody this device knows."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record, whole. Fields a newer program wrote stay in *unknown*, untouched."""

    id: DocumentId
    space: SpaceId
    type: str
    schema: int
    title: str
    """What lists show: the title text, else the first words of the body."""
    texts: dict[str, str] = field(default_factory=dict)
    sets: dict[str, tuple[Member, ...]] = field(default_factory=dict)
    readings: dict[str, tuple[Reading, ...]] = field(default_factory=dict)
    """Current readings, oldest first; one is normal, more are shown side by side."""
    maps: dict[str, dict[PersonId, Json]] = field(default_factory=dict)
    """What each person says of herself; by her own key where the field is keyed."""
    own_readings: dict[str, dict[PersonId, dict[str, tuple[Reading, ...]]]] = field(
        default_factory=dict
    )
    """What one person said differently on two devices: shown to her alone, for others unsaid."""
    acts: dict[str, tuple[Act, ...]] = field(default_factory=dict)
    values: dict[str, Json] = field(default_factory=dict)
    authors: tuple[PersonId, ...] = ()
    """Persons with a change in the record, the creator first."""
    hands: int = 0
    """Devices with a change in the record: with one alone nothing was ever written apart."""
    when: str | None = None
    """The coarse sort key, as in the index."""
    put_away: bool = False
    """Somebody put it away, and nobody wrote in it meanwhile or since."""
    state: str = ""
    """Computed from its acts (domain C5); several with a space between, see `lives.BETWEEN`."""
    unknown: tuple[str, ...] = ()
    """Keys this program does not understand; preserved and carried."""
