"""What arrived when: on this device alone, by the number of entries and the day here.

No date is in any entry, and no other device's clock is asked. Numbers of entries only grow, so
"since then" is everything from a number on, and what lay there then but could not be read yet.
"""

# ruff: noqa: S608 - only fixed names are put into statements, values are always bound

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import field
from itertools import pairwise
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId, DocumentId, LogId, SpaceId
from aluna_sync.store import facets
from aluna_sync.store.connection import Database
from aluna_sync.store.numbers import Numbers
from aluna_sync.store.schema import PARTS_STEP

Ranges = tuple[tuple[int, int], ...]

_WROTE: Final = f"""
SELECT p.document, l.device FROM places p JOIN entries e ON e.n=p.part/{PARTS_STEP}
JOIN logs l ON l.n=e.log
WHERE p.part BETWEEN ? AND ? AND l.space=? AND NOT EXISTS (
    SELECT 1 FROM set_aside s
    WHERE s.log=e.log AND s.height=e.height AND s.part=p.part%{PARTS_STEP} AND s.by_lint)
GROUP BY p.document, l.device
"""
_LINES: Final = """
SELECT d.n, d.id, r.type, r.title, r.at, r.readings, r.state FROM documents d
JOIN records r ON r.document=d.n WHERE d.n
"""
_LAST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Since:
    """A moment of this device: what is newer is what arrived from *first* on, and *unread*."""

    first: int = 0
    unread: Ranges = ()
    """Entries that were there already and could not be read, as ranges with both ends."""
    day: str = ""
    """The ISO date here; empty when nobody said."""

    def covers(self, entry: int) -> bool:
        """Tell whether *entry* became readable since."""
        return entry >= self.first or any(low <= entry <= high for low, high in self.unread)


@dataclass(frozen=True, slots=True)
class Line:
    """A readable record somebody wrote in since, and with which devices."""

    document: DocumentId
    space: SpaceId
    type: str
    title: str
    when: str | None
    readings: tuple[str, ...] = field(default=())
    devices: tuple[DeviceId, ...] = ()
    new: bool = False
    """Nothing of it could be read before."""
    put_away: bool = False


def note_day(database: Database, day: str, first: int) -> None:
    """Keep that *first* is the first entry to arrive on *day*, if it is."""
    if database.value("SELECT 1 FROM arrivals WHERE day=?", (day,)) is None:
        database.run(
            "INSERT INTO arrivals(day, first, unread) VALUES(?, ?, ?)",
            (day, first, _packed(_unopened(database, first))),
        )


class Arrivals:
    """Answers what came since a moment; keeps when this person last looked at what happened."""

    def __init__(self, database: Database, numbers: Numbers) -> None:
        self._db = database
        self._numbers = numbers

    def now(self) -> Since:
        """Return this moment."""
        first = self._numbers.next_entry()
        return Since(first, _unopened(self._db, first), self._numbers.today())

    def since_day(self, day: str) -> Since:
        """Return the beginning of *day*, YYYY, YYYY-MM or YYYY-MM-DD, as this device lived it."""
        row = self._db.row(
            "SELECT first, unread FROM arrivals WHERE day>=? ORDER BY first LIMIT 1", (day,)
        )
        if row is None:
            now = self.now()
            return Since(now.first, now.unread, day)
        return Since(row[0], _unpacked(row[1]), day)

    def looked(self, space: SpaceId) -> Since | None:
        """Return when this person last looked at what happened in the collective *space*."""
        row = self._db.row(
            "SELECT first, unread, day FROM looked WHERE space=?", (self._numbers.space(space),)
        )
        return None if row is None else Since(row[0], _unpacked(row[1]), row[2])

    def look(self, space: SpaceId, at: Since) -> None:
        """Keep that this person looked at what happened in *space* up to *at*; told to nobody."""
        self._db.run(
            "INSERT INTO looked(space, first, unread, day) VALUES(?, ?, ?, ?) ON CONFLICT(space)"
            " DO UPDATE SET first=excluded.first, unread=excluded.unread, day=excluded.day",
            (self._numbers.space(space), at.first, _packed(at.unread), at.day),
        )

    def lines(self, spaces: Iterable[SpaceId], since: Since) -> list[Line]:
        """Return the readable records of *spaces* somebody wrote in since, by id."""
        found: list[Line] = []
        for space in spaces:
            wrote = self._wrote(self._numbers.space(space), since)
            before = self._before(wrote, since)
            for row in self._db.among(_LINES, list(wrote)):
                number, document, type_, title, when, readings, state = row
                found.append(
                    Line(
                        DocumentId(document),
                        space,
                        type_,
                        title,
                        when,
                        facets.split(readings),
                        tuple(sorted(wrote[number])),
                        new=number not in before,
                        put_away=facets.read_state(state)[1],
                    )
                )
        return sorted(found, key=lambda line: line.document)

    def _wrote(self, space: int, since: Since) -> dict[int, set[DeviceId]]:
        found: dict[int, set[DeviceId]] = {}
        for low, high in (*since.unread, (since.first, _LAST // PARTS_STEP)):
            parts = (low * PARTS_STEP, high * PARTS_STEP + PARTS_STEP - 1)
            for document, device in self._db.rows(_WROTE, (*parts, space)):
                found.setdefault(document, set()).add(DeviceId(device))
        return found

    def _before(self, documents: Collection[int], since: Since) -> set[int]:
        """Return those of *documents* of which something could be read at that moment."""
        if since.first <= 1:
            return set()
        rows = self._db.among(
            f"SELECT document, part/{PARTS_STEP} FROM places WHERE document", list(documents)
        )
        return {document for document, entry in rows if not since.covers(entry)}

    def number_of(self, log: LogId, height: int) -> int:
        """Return the number of an entry in the order of arrival, 0 when it is not here."""
        found: int | None = self._db.value(
            "SELECT n FROM entries WHERE log=? AND height=?",
            (self._numbers.log_if_known(log), height),
        )
        return found or 0

    def day_of(self, entry: int) -> str:
        """Return the day on which an entry arrived or was sealed here, empty when not known."""
        found: str | None = self._db.value(
            "SELECT day FROM arrivals WHERE first<=? ORDER BY first DESC, day DESC LIMIT 1",
            (entry,),
        )
        return found or ""


def _unopened(database: Database, before: int) -> Ranges:
    rows = database.rows("SELECT entry FROM unopened WHERE entry<? ORDER BY entry", (before,))
    return _ranges([row[0] for row in rows])


def _ranges(numbers: Sequence[int]) -> Ranges:
    """Return *numbers*, which rise, as ranges."""
    if not numbers:
        return ()
    breaks = [at for at, (one, other) in enumerate(pairwise(numbers), 1) if other > one + 1]
    starts, ends = [0, *breaks], [*breaks, len(numbers)]
    return tuple((numbers[low], numbers[high - 1]) for low, high in zip(starts, ends, strict=True))


def _packed(ranges: Ranges) -> str:
    return ",".join(f"{low}-{high}" for low, high in ranges)


def _unpacked(text: str) -> Ranges:
    pairs = (one.partition("-") for one in text.split(",") if one)
    return tuple((int(low), int(high)) for low, _, high in pairs)
