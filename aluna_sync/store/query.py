"""Lists and searches: filters in, one page out.

A list walks one covering index by day; a search walks the full-text index by rank, newest first,
with the filters as words of it. Neither sorts, so a keystroke costs the same with many records.
"""

# ruff: noqa: S608 - only fixed names are put into statements, values are always bound

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

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

    def among(self, column: str, values: list[Any]) -> None:
        self.add(f"{column} IN ({', '.join('?' * len(values))})", *values)

    def sql(self) -> str:
        return " WHERE " + " AND ".join(self.conditions) if self.conditions else ""


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
            return self._list(query, known)
        return self._search(query, known)

    # -- lists -----------------------------------------------------------------------------------

    def _list(self, query: Query, spaces: list[int]) -> Page:
        where = _Where()
        if query.terms:
            source, day = "record_terms t CROSS JOIN records r ON r.rank=t.rank", "t.day"
            where.add("t.term=?", query.terms[0])
            for term in query.terms[1:]:
                where.add(
                    "EXISTS(SELECT 1 FROM record_terms o"
                    " WHERE o.term=? AND o.day=t.day AND o.rank=t.rank)",
                    term,
                )
        else:
            source, day = "records r", "r.day"
        self._narrow(where, query, spaces)
        self._narrow_by_time(where, query, day)
        if query.order == "recent":
            order = "r.rank DESC"
        else:
            order = f"{day} DESC, {day[0]}.rank DESC"
            # Left alone, SQLite prefers a narrower index and then has to sort.
            source += "" if query.terms else " INDEXED BY records_by_day"
        ranks = self._db.rows(
            f"SELECT r.rank FROM {source}{where.sql()} ORDER BY {order} LIMIT ? OFFSET ?",
            (*where.bindings, query.limit, query.offset),
        )
        total = self._count(query, spaces, where)
        return Page([self._row(rank, "") for (rank,) in ranks], total)

    def _count(self, query: Query, spaces: list[int], where: _Where) -> int:
        """Count a list by the cheapest covering way there is."""
        by_time = query.since or query.until or query.unread_only
        total: int
        if query.terms and not by_time:
            match = " AND ".join(self._facet_groups(query, spaces))
            total = self._db.value("SELECT count(*) FROM search WHERE search MATCH ?", (match,))
            return total
        if query.terms:
            source = "record_terms t CROSS JOIN records r ON r.rank=t.rank"
        elif by_time or query.state is not None:
            source = "records r INDEXED BY records_by_day"
        else:
            source = "records r INDEXED BY records_by_type"
        total = self._db.value(f"SELECT count(*) FROM {source}{where.sql()}", where.bindings)
        return total

    def _narrow(self, where: _Where, query: Query, spaces: list[int]) -> None:
        if spaces:
            where.among("r.space", spaces)
        if query.types:
            where.among("r.type", list(query.types))
        if query.state is not None:
            where.add("r.state=?", query.state)

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
        words = [f'"{word}"' for word in tokens[:MAX_WORDS]]
        words[-1] += "*"
        return " AND ".join(words + self._facet_groups(query, spaces))

    def _facet_groups(self, query: Query, spaces: list[int]) -> list[str]:
        """Return one full-text expression per filter that is set."""
        groups = [
            [facets.of_space(space) for space in spaces],
            [facets.of_type(type_) for type_ in query.types],
            *([facets.of_term(term)] for term in query.terms),
            [] if query.state is None else [facets.of_state(query.state)],
        ]
        return ["(" + " OR ".join(f'"{word}"' for word in group) + ")" for group in groups if group]

    # -- rows ------------------------------------------------------------------------------------

    def _row(self, rank: int, snippet: str) -> ListRow:
        found = self._db.row(
            "SELECT d.id, r.space, r.type, r.title, r.at, r.terms, r.authors, r.readings,"
            " r.state, r.unread FROM records r JOIN documents d ON d.n=r.document WHERE r.rank=?",
            (rank,),
        )
        document, space, type_, title, when, terms, authors, readings, state, unread = expected(
            found
        )
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
            snippet=snippet,
        )
