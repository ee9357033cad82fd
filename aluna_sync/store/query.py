"""Lists and searches: filters in, one page out.

A list walks one covering index by day; a search walks the full-text index by rank, newest first,
with the filters as words of it. Neither sorts, so a keystroke costs the same with many records.
"""

# ruff: noqa: S608 - only fixed names are put into statements, values are always bound

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any, Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.store import facets
from aluna_sync.store.connection import Database, expected
from aluna_sync.store.numbers import Numbers
from aluna_sync.store.rows import ListRow, Page, Query

MATCH_START: Final = "\x02"
MATCH_END: Final = "\x03"
MAX_WORDS: Final = 16
"""Words of one search that count; nobody types more, and each costs a walk."""
SNIPPET_WORDS: Final = 16
_IN_STATE: Final = "instr(' '||r.state||' ', ' '||?||' ')"
_AWAY: Final = f"r.state>='{facets.AWAY}'"
_HERE: Final = f"r.state<'{facets.AWAY}'"
"""Spelled out, not bound: only so does SQLite see that an index of what is away holds them all."""
BESIDE: Final = " CROSS JOIN records r ON r.rank=t.rank"
FEW: Final = 2000
"""Matches that are fetched and sorted sooner than walked past."""
AFTER_ANY_DAY: Final = "~"
"""Sorts behind every digit and dash: `2024-03~` ends the period 2024-03."""


@dataclass(slots=True)
class _Where:
    """Conditions on a row of records, and their bindings."""

    conditions: list[str] = field(default_factory=list)
    bindings: list[Any] = field(default_factory=list)

    def add(self, condition: str, *bindings: Any) -> None:
        self.conditions.append(condition)
        self.bindings.extend(bindings)

    def among(self, column: str, values: list[Any], *, negated: bool = False) -> None:
        no = "NOT " if negated else ""
        self.add(f"{column} {no}IN ({', '.join('?' * len(values))})", *values)

    def marked(self, marks: tuple[str, ...], beside: str) -> None:
        """Only what is found under one of *marks* on the same day as the row of *beside*."""
        self.add(
            f"EXISTS(SELECT 1 FROM record_terms o WHERE o.term IN ({', '.join('?' * len(marks))})"
            f" AND o.day={beside}.day AND o.rank={beside}.rank)",
            *marks,
        )

    def sql(self) -> str:
        return " WHERE " + " AND ".join(self.conditions) if self.conditions else ""


def _alternatives(query: Query) -> list[tuple[str, ...]]:
    """Return the terms of *query*, each as the ones of which any is enough."""
    return [(term,) if isinstance(term, str) else term for term in query.terms]


def _states(query: Query) -> list[str]:
    if query.state is None:
        return []
    return [query.state] if isinstance(query.state, str) else list(query.state)


def _marks(query: Query) -> list[tuple[str, ...]]:
    """Return what a record must be found under by day."""
    return [*_alternatives(query), *((facets.of_person(one),) for one in query.persons)]


def _phrase(word: str) -> str:
    return f'"{word}"'


def _quoted(term: str) -> str:
    return _phrase(facets.of_term(term))


def _any_of(phrases: Sequence[str]) -> str:
    return phrases[0] if len(phrases) == 1 else "(" + " OR ".join(phrases) + ")"


class Finder:
    """Answers queries; hostile words never raise, at worst they find nothing."""

    def __init__(self, database: Database, numbers: Numbers) -> None:
        self._db = database
        self._numbers = numbers

    def page(self, query: Query) -> Page:
        """Return the rows of *query* from its offset, and the total."""
        spaces = [self._numbers.space_if_known(space) for space in query.spaces]
        known = [space for space in spaces if space is not None]
        if query.spaces and not known:
            return Page()
        if not query.words.strip():
            return self._away(query, known) if query.put_away else self._list(query, known)
        return self._search(query, known)

    # -- lists -----------------------------------------------------------------------------------

    def _list(self, query: Query, spaces: list[int]) -> Page:
        marks = _marks(query)
        total = None
        if marks and query.linked is None and not query.unread_only:
            match = self._facets(query, spaces)
            total = self._db.value("SELECT count(*) FROM search WHERE search MATCH ?", (match,))
            if total <= FEW:
                return self._few(query, match)
        where = _Where()
        source, day = self._walk(where, marks)
        self._narrow(where, query, spaces)
        self._narrow_by_time(where, query, day)
        if total is None or query.since or query.until:
            total = self._count(query, source, where) - self._away(query, spaces).total
        where.add(_HERE)
        if query.order == "recent":
            order = "r.rank DESC"
        else:
            order = f"{day} DESC, {day[0]}.rank DESC"
            # Left alone, SQLite prefers a narrower index and then has to sort.
            source += "" if marks or query.linked else " INDEXED BY records_by_day"
        ranks = self._db.rows(
            f"SELECT r.rank FROM {source}{where.sql()} ORDER BY {order} LIMIT ? OFFSET ?",
            (*where.bindings, query.limit, query.offset),
        )
        return Page([self._row(rank, "") for (rank,) in ranks], total)

    def _away(self, query: Query, spaces: list[int]) -> Page:
        """Answer a list of what was put away: of that there is little, so it is walked first."""
        where = _Where()
        where.add(_AWAY)
        for marks in _marks(query):
            where.marked(marks, "r")
        self._narrow(where, query, spaces)
        self._narrow_by_time(where, query, "r.day")
        order = "r.rank DESC" if query.order == "recent" else "r.day DESC, r.rank DESC"
        found = self._db.rows(
            f"SELECT r.rank FROM records r INDEXED BY records_away{where.sql()} ORDER BY {order}",
            where.bindings,
        )
        page = found[query.offset : query.offset + query.limit] if query.put_away else []
        return Page([self._row(rank, "") for (rank,) in page], len(found))

    def _few(self, query: Query, match: str) -> Page:
        """Answer a list with so few matches that sorting them costs less than walking by day."""
        where = _Where()
        where.add("search MATCH ?", match)
        self._narrow_by_time(where, query, "r.day")
        order = "r.rank DESC" if query.order == "recent" else "r.day DESC, r.rank DESC"
        found = self._db.rows(
            f"SELECT r.rank FROM search CROSS JOIN records r ON r.rank=search.rowid{where.sql()}"
            f" ORDER BY {order}",
            where.bindings,
        )
        page = found[query.offset : query.offset + query.limit]
        return Page([self._row(rank, "") for (rank,) in page], len(found))

    def _walk(self, where: _Where, marks: list[tuple[str, ...]]) -> tuple[str, str]:
        """Return what a list walks through and its column of days: records, or one of *marks*."""
        if not marks:
            return "records r", "r.day"
        first, *others = marks
        if len(first) == 1:
            source = f"record_terms t{BESIDE}"
            where.add("t.term=?", *first)
        else:
            # A record may be found under two of them: once is enough.
            names = ", ".join("?" * len(first))
            source = (
                f"(SELECT DISTINCT day, rank FROM record_terms WHERE term IN ({names})) t{BESIDE}"
            )
            where.bindings.extend(first)
        for mark in others:
            where.marked(mark, "t")
        return source, "t.day"

    def _count(self, query: Query, source: str, where: _Where) -> int:
        """Count a list by the cheapest covering way there is."""
        if query.without and len(where.conditions) == 1 and not (query.terms or query.persons):
            # Of what is left out there is little, and SQLite knows how many there are in all.
            left_out = (
                "SELECT count(*) FROM records r INDEXED BY records_by_type"
                " WHERE r.space IN (SELECT n FROM spaces) AND r.type IN"
                f" ({', '.join('?' * len(query.without))})"
            )
            rows = self._db.value(
                f"SELECT (SELECT count(*) FROM records) - ({left_out})", where.bindings
            )
            return int(rows)
        if query.terms or query.persons:
            if not any("r." in condition for condition in where.conditions):
                source = source.removesuffix(BESIDE)
        elif query.linked is None:
            by_day = query.since or query.until or query.unread_only or query.state is not None
            source = f"records r INDEXED BY {'records_by_day' if by_day else 'records_by_type'}"
        total: int = self._db.value(f"SELECT count(*) FROM {source}{where.sql()}", where.bindings)
        return total

    def _narrow(self, where: _Where, query: Query, spaces: list[int]) -> None:
        if spaces:
            where.among("r.space", spaces)
        if query.types:
            where.among("r.type", list(query.types))
        if query.without and not (query.terms or query.persons):
            where.among("r.type", list(query.without), negated=True)
        if query.state is not None:
            states = _states(query)
            # A record may be in several at once, with a space between.
            where.add(f"({' OR '.join([_IN_STATE] * len(states))})", *states)
        self._narrow_by_link(where, query)

    def _narrow_by_link(self, where: _Where, query: Query) -> None:
        if query.linked is None:
            return
        kind = " AND l.kind=?" if query.link_kind else ""
        kinds = [query.link_kind] if query.link_kind else []
        where.add(
            "r.document IN (SELECT l.source FROM links l WHERE l.target=?"
            f"{kind} UNION SELECT d.n FROM links l JOIN documents s ON s.n=l.source"
            f" JOIN documents d ON d.id=l.target WHERE s.id=?{kind})",
            query.linked, *kinds, query.linked, *kinds,
        )  # fmt: skip

    def _narrow_by_time(self, where: _Where, query: Query, day: str) -> None:
        """A coarse date matches when its period meets the one asked for."""
        if query.since:
            where.add(f"{day}>=?", query.since[:4])
            where.add(f"{day}||?>=?", AFTER_ANY_DAY, query.since)
        if query.until:
            where.add(f"{day}<=?", query.until + AFTER_ANY_DAY)
        if query.unread_only:
            where.add("r.unread")

    # -- searches --------------------------------------------------------------------------------

    def _search(self, query: Query, spaces: list[int]) -> Page:
        match = self._match(query, spaces)
        if match is None:
            return Page()
        where = _Where()
        where.add("search MATCH ?", match)
        self._narrow_by_time(where, query, "r.day")
        self._narrow_by_link(where, query)
        joined = " CROSS JOIN records r ON r.rank=search.rowid" if len(where.conditions) > 1 else ""
        found = self._db.rows(
            "SELECT search.rowid, snippet(search, 0, ?, ?, '…', ?)"
            f" FROM search{joined}{where.sql()} ORDER BY search.rowid DESC LIMIT ? OFFSET ?",
            (
                MATCH_START, MATCH_END, SNIPPET_WORDS,
                *where.bindings, query.limit, query.offset,
            ),
        )  # fmt: skip
        total = self._db.value(f"SELECT count(*) FROM search{joined}{where.sql()}", where.bindings)
        return Page([self._row(rank, snippet) for rank, snippet in found], total)

    def _match(self, query: Query, spaces: list[int]) -> str | None:
        """Return the full-text expression, None when the words hold nothing that can be found."""
        sendable = query.words.encode(errors="ignore").decode()
        tokens = [word for word in self._db.tokens(sendable) if facets.MARK not in word]
        if not tokens:
            return None
        last = len(tokens[:MAX_WORDS]) - 1
        words = [
            _any_of([f'"{word}"' + "*" * (at == last), *map(_quoted, query.named.get(word, ()))])
            for at, word in enumerate(tokens[:MAX_WORDS])
        ]
        return self._facets(query, spaces, words)

    def _facets(self, query: Query, spaces: list[int], words: Sequence[str] = ()) -> str:
        """Return one full-text expression: *words*, and every filter that is set."""
        groups = [
            [_phrase(facets.of_space(space)) for space in spaces],
            [_phrase(facets.of_type(type_)) for type_ in query.types],
            *(list(map(_quoted, several)) for several in _alternatives(query)),
            *([_phrase(facets.of_person(person))] for person in query.persons),
            [_phrase(facets.of_state(state)) for state in _states(query)],
        ]
        unwanted = [_phrase(facets.of_type(type_)) for type_ in query.without]
        away = _phrase(facets.of_state(facets.AWAY))
        if query.put_away:
            groups.append([away])
        else:
            unwanted.append(away)
        wanted = " AND ".join([*words, *(_any_of(group) for group in groups if group)])
        return f"({wanted}) NOT ({' OR '.join(unwanted)})" if unwanted else wanted

    # -- rows ------------------------------------------------------------------------------------

    def _row(self, rank: int, snippet: str) -> ListRow:
        found = self._db.row(
            "SELECT d.id, r.space, r.type, r.title, r.at, r.terms, r.authors, r.readings,"
            " r.state, r.unread FROM records r JOIN documents d ON d.n=r.document WHERE r.rank=?",
            (rank,),
        )
        document, space, type_, title, when, terms, authors, readings, kept, unread = expected(
            found
        )
        state, put_away = facets.read_state(kept)
        return ListRow(
            document=DocumentId(document),
            space=self._numbers.space_id(space),
            type=type_,
            title=title,
            when=when,
            terms=facets.split(terms),
            authors=facets.persons(authors),
            readings=facets.split(readings),
            state=state,
            unread=bool(unread),
            put_away=put_away,
            snippet=snippet,
        )
