"""What the store takes and gives: plain rows, no SQL and no Automerge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ChangeHash, DeviceId, DocumentId, LogId, PersonId, SpaceId


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """A space this device belongs to. *kind* is "collective", "circle" or "private"."""

    id: SpaceId
    kind: str
    collective: SpaceId
    """The collective it lives in; its own id for a collective."""


@dataclass(frozen=True, slots=True)
class PendingChange:
    """An own edit, durable but not yet sealed into an entry."""

    id: int
    space: SpaceId
    document: DocumentId
    change: bytes
    known: bytes = b""
    """What its writer knew of who belongs, as `moments.Moment` packs it."""


@dataclass(frozen=True, slots=True)
class PartPlace:
    """Where a sealed part lies: its log, the height of its entry and its index there."""

    log: LogId
    height: int
    index: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something of a log that was not applied, and why; people can see the list."""

    place: PartPlace
    document: DocumentId | None
    reason: str
    by_lint: bool
    changes: tuple[int, ...] = ()
    """Indexes of the changes inside the part; empty means the whole part."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A directed link between records, as found in the source record."""

    kind: str
    target: DocumentId


@dataclass(frozen=True, slots=True)
class BackLink:
    """A link another record holds to this one."""

    kind: str
    source: DocumentId


@dataclass(frozen=True, slots=True)
class IndexRow:
    """Everything the index keeps of one record; can be dropped and rebuilt from the log."""

    document: DocumentId
    space: SpaceId
    type: str
    title: str
    """What the list shows: the title, else the first words of the body."""
    text: str
    """Everything that can be searched, joined by newlines."""
    heads: tuple[ChangeHash, ...]
    view: bytes
    """The record's view, packed by the journal; readers never need the engine."""
    when: str | None = None
    """ISO sort key of the coarse date (YYYY, YYYY-MM or YYYY-MM-DD), None when not said."""
    terms: tuple[str, ...] = ()
    links: tuple[LinkRow, ...] = ()
    authors: tuple[PersonId, ...] = ()
    readings: tuple[str, ...] = ()
    """Names of the fields that hold more than one reading."""
    state: str = ""
    """Computed life-cycle state, empty when the type has none; several with a space between."""
    put_away: bool = False
    """Left out of lists and searches that do not ask for what was put away."""
    asked: tuple[PersonId, ...] = field(default=(), compare=False)
    """For whom something in it may wait; found by `Index.asking`, not read back."""
    apart: bool = field(default=False, compare=False)
    """No news to anybody: never unread, under no term or person by day. Not kept itself."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a list shows. All filters narrow; empty means everything readable."""

    words: str = ""
    """Full text, accent- and case-blind; the last word matches as a prefix."""
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For words of the search, folded: the terms they name, which find a record as well."""
    types: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Types that stand apart (`IndexRow.apart`) and are left out."""
    spaces: tuple[SpaceId, ...] = ()
    terms: tuple[str | tuple[str, ...], ...] = ()
    """Each must be there; of several in one place, any."""
    persons: tuple[PersonId, ...] = ()
    """Each must have written in it."""
    linked: DocumentId | None = None
    """Only what is linked with this record, from either side."""
    link_kind: str = ""
    since: str | None = None
    """ISO date or prefix; a coarse date matches when its period meets the one asked for. A record
    without a date counts as of the day it was first seen here."""
    until: str | None = None
    state: str | tuple[str, ...] | None = None
    """Of several, any."""
    unread_only: bool = False
    put_away: bool = False
    """Only what was put away, which is left out otherwise."""
    order: Literal["day", "recent"] = "day"
    """Lists: by the record's own day, or by what arrived or changed last. Searches are by what
    arrived or changed last."""
    offset: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of a list; cheap to fetch for any number of records."""

    document: DocumentId
    space: SpaceId
    type: str
    title: str
    when: str | None
    terms: tuple[str, ...]
    authors: tuple[PersonId, ...]
    readings: tuple[str, ...]
    state: str
    unread: bool
    snippet: str = ""
    """Only for searches: words around the match; matches lie between \\x02 and \\x03."""
    put_away: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list and how many there are in all."""

    rows: list[ListRow] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """Where a device was last reached."""

    device: DeviceId
    host: str
    port: int
