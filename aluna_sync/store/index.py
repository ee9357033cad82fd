"""The index: what lists, search and links read. Written from views, droppable at any time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import field
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ChangeHash, DocumentId, PersonId, SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.store import facets, schema
from aluna_sync.store.connection import Database, Row
from aluna_sync.store.numbers import Numbers
from aluna_sync.store.query import MATCH_END, MATCH_START, Finder
from aluna_sync.store.rows import BackLink, IndexRow, LinkRow, Page, Query

HASH_BYTES: Final = 32
PLACE: Final = """
SELECT d.id, d.space, d.n, d.rank, d.seen, d.read, r.rank, r.day, r.terms, r.authors
FROM documents d LEFT JOIN records r ON r.document=d.n WHERE d.id
"""


@dataclass(slots=True)
class _Batch:
    """Rows per table, so that each table is written by one statement."""

    old: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)
    bodies: list[Row] = field(default_factory=list)
    terms: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)


class Index:
    """One row per readable record; never asks the engine, never needs it."""

    def __init__(
        self, database: Database, numbers: Numbers, person: Callable[[], PersonId | None]
    ) -> None:
        self._db = database
        self._numbers = numbers
        self._person = person
        self._finder = Finder(database, numbers)

    # -- writing ---------------------------------------------------------------------------------

    def put(self, rows: Sequence[IndexRow], *, read: bool = False) -> int:
        """Write or replace the rows of records, all or nothing; batches of 500 are fastest.

        Returns how many records were not readable before.
        *read*: this device's person has just seen them as they are. Records written only by that
        person are never unread. Raises AlunaError document-of-another-space.
        """
        batch = _Batch()
        with self._db.transaction():
            me = self._person()
            wanted = {row.document: row for row in rows}
            for gone in self._db.among("SELECT id FROM taken_back WHERE id", list(wanted)):
                del wanted[gone[0]]  # Another process destroyed it while this one read it.
            places = self._places(wanted.values())
            for document, row in wanted.items():
                self._collect(batch, row, places[document], me, read=read)
            # FTS5 gathers words in memory as long as row numbers rise, so both walks go upwards.
            for old in sorted(batch.old):
                self._remove(*old)
            batch.bodies.sort()
            self._write(batch)
        return len(batch.records) - len(batch.old)

    def _collect(
        self, batch: _Batch, row: IndexRow, place: Row, me: PersonId | None, *, read: bool
    ) -> None:
        space = self._numbers.space(row.space)
        home, number, rank, seen, read_heads, *old = place
        if home != space:
            raise AlunaError("document-of-another-space")
        heads = b"".join(row.heads)
        if read and read_heads != heads:
            self._db.run("UPDATE documents SET read=? WHERE n=?", (heads, number))
        own = bool(row.authors) and all(author == me for author in row.authors)
        unread = not (read or own or row.apart or read_heads == heads)
        day = row.when or seen
        if old[0] is not None:
            batch.old.append((old[0], number, old[1], old[2], old[3]))
        batch.records.append(
            (
                rank, number, space, row.type, day, facets.kept_state(row), unread, row.title,
                row.when, "\n".join(row.terms), b"".join(row.authors), "\n".join(row.readings),
                heads,
            )
        )  # fmt: skip
        text = row.text.replace(MATCH_START, "").replace(MATCH_END, "")
        batch.bodies.append((rank, text, facets.of_row(space, row), row.view))
        if not row.apart:
            marks = facets.by_day(row.terms, row.authors)
            batch.terms.extend((mark, day, rank) for mark in marks)
        batch.links.extend(
            (link.target, number, link.kind, position) for position, link in enumerate(row.links)
        )

    def _places(self, rows: Collection[IndexRow]) -> dict[DocumentId, Row]:
        """Return space, number, rank, day first seen and heads last read of the documents of
        *rows*, then rank, day, terms and
        authors of the row each has now.
        """
        names = [row.document for row in rows]
        found = {DocumentId(place[0]): place[1:] for place in self._db.among(PLACE, names)}
        unknown = [row for row in rows if row.document not in found]
        for row in unknown:
            self._numbers.document(self._numbers.space(row.space), row.document)
        places = self._db.among(PLACE, [row.document for row in unknown])
        return found | {DocumentId(place[0]): place[1:] for place in places}

    def _write(self, batch: _Batch) -> None:
        self._db.many(
            "INSERT INTO records(rank, document, space, type, day, state, unread, title, at,"
            " terms, authors, readings, heads) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            batch.records,
        )
        self._db.many(
            "INSERT INTO bodies(rank, text, facets, view) VALUES(?, ?, ?, ?)", batch.bodies
        )
        self._db.many(
            "INSERT INTO search(rowid, text, facets) VALUES(?, ?, ?)",
            [body[:3] for body in batch.bodies],
        )
        self._db.many("INSERT INTO record_terms(term, day, rank) VALUES(?, ?, ?)", batch.terms)
        self._db.many(
            "INSERT OR IGNORE INTO links(target, source, kind, position) VALUES(?, ?, ?, ?)",
            batch.links,
        )

    def remove(self, document: DocumentId) -> None:
        """Forget the row of a record, its words in the full-text index included.

        Replacing a row leaves old words as deleted until FTS5 merges; here they are overwritten,
        because a record that was taken back must not leave them behind (3 ms instead of 0.2 ms).
        """
        with self._db.transaction():
            found = self._db.row(f"{PLACE}=?", (document,))
            if found is None or found[6] is None:
                return
            self._db.run("INSERT INTO search(search, rank) VALUES('secure-delete', 1)")
            self._remove(found[6], found[2], found[7], found[8], found[9])
            self._db.run("INSERT INTO search(search, rank) VALUES('secure-delete', 0)")

    def _remove(self, rank: int, number: int, day: str, terms: str, authors: bytes) -> None:
        self._db.run(
            "INSERT INTO search(search, rowid, text, facets)"
            " SELECT 'delete', rank, text, facets FROM bodies WHERE rank=?",
            (rank,),
        )
        self._db.many(
            "DELETE FROM record_terms WHERE term=? AND day=? AND rank=?",
            [
                (mark, day, rank)
                for mark in facets.by_day(facets.split(terms), facets.persons(authors))
            ],
        )
        self._db.run("DELETE FROM links WHERE source=?", (number,))
        self._db.run("DELETE FROM bodies WHERE rank=?", (rank,))
        self._db.run("DELETE FROM records WHERE rank=?", (rank,))

    def mark_read(self, document: DocumentId) -> None:
        """Remember that this person has read the record as it stands; a rebuild keeps it."""
        with self._db.transaction():
            found = self._db.row(
                "SELECT d.n, r.rank, r.heads FROM documents d JOIN records r ON r.document=d.n"
                " WHERE d.id=?",
                (document,),
            )
            if found is None:
                return
            self._db.run("UPDATE documents SET read=? WHERE n=?", (found[2], found[0]))
            self._db.run("UPDATE records SET unread=0 WHERE rank=? AND unread", (found[1],))

    def drop(self) -> None:
        """Forget the whole index; what was read stays known."""
        with self._db.transaction():
            self._db.script(schema.DROP_INDEX)
            self._db.script(schema.INDEX)

    # -- reading ---------------------------------------------------------------------------------

    def query(self, query: Query) -> Page:
        """Return one page of a list or a search, and how many records there are in all."""
        return self._finder.page(query)

    def row(self, document: DocumentId) -> IndexRow | None:
        """Return everything the index keeps of a record, None when it is not readable."""
        found = self._db.row(
            "SELECT d.n, r.space, r.type, r.title, b.text, r.heads, b.view, r.at, r.terms,"
            " r.authors, r.readings, r.state FROM documents d JOIN records r ON r.document=d.n"
            " JOIN bodies b ON b.rank=r.rank WHERE d.id=?",
            (document,),
        )
        if found is None:
            return None
        number, space, type_, title, text, heads, view, when, terms, authors, readings, kept = found
        state, put_away = facets.read_state(kept)
        return IndexRow(
            document=document,
            space=self._numbers.space_id(space),
            type=type_,
            title=title,
            text=text,
            heads=_hashes(heads),
            view=view,
            when=when,
            terms=facets.split(terms),
            links=self._links_from(number),
            authors=facets.persons(authors),
            readings=facets.split(readings),
            state=state,
            put_away=put_away,
        )

    def _links_from(self, number: int) -> tuple[LinkRow, ...]:
        rows = self._db.rows(
            "SELECT kind, target FROM links WHERE source=? ORDER BY position", (number,)
        )
        return tuple(LinkRow(kind, DocumentId(target)) for kind, target in rows)

    def of_type(self, type_: str) -> list[tuple[DocumentId, tuple[ChangeHash, ...]]]:
        """Return the readable records of a type of which there are few, by id, with their heads."""
        rows = self._db.rows(
            "SELECT d.id, r.heads FROM records r INDEXED BY records_by_type"
            " CROSS JOIN documents d ON d.n=r.document"
            " WHERE r.space IN (SELECT n FROM spaces) AND r.type=?",
            (type_,),
        )
        return [(DocumentId(document), _hashes(heads)) for document, heads in sorted(rows)]

    def asking(self, person: PersonId) -> list[DocumentId]:
        """Return the readable records in which something may wait for *person*, by id."""
        rows = self._db.rows(
            "SELECT d.id FROM search CROSS JOIN records r ON r.rank=search.rowid"
            " JOIN documents d ON d.n=r.document WHERE search MATCH ?",
            (f'"{facets.of_asked(person)}"',),
        )
        return sorted(DocumentId(document) for (document,) in rows)

    def views(self, type_: str, spaces: Collection[SpaceId]) -> list[tuple[SpaceId, bytes]]:
        """Return the views of all readable records of a type in *spaces*: what a picture reads."""
        found: list[tuple[SpaceId, bytes]] = []
        for space in spaces:
            number = self._numbers.space_if_known(space)
            rows = self._db.rows(
                "SELECT b.view FROM records r INDEXED BY records_by_type"
                " CROSS JOIN bodies b ON b.rank=r.rank WHERE r.space=? AND r.type=?",
                (number, type_),
            )
            found += [(space, view) for (view,) in rows]
        return found

    def links_to(self, document: DocumentId) -> list[BackLink]:
        """Return the links other records hold to this one, the newest source first."""
        rows = self._db.rows(
            "SELECT l.kind, d.id FROM links l JOIN documents d ON d.n=l.source"
            " WHERE l.target=? ORDER BY d.rank DESC",
            (document,),
        )
        return [BackLink(kind, DocumentId(source)) for kind, source in rows]

    def heads(self, document: DocumentId) -> tuple[ChangeHash, ...] | None:
        """Return the heads a record was indexed at, None when it is not readable."""
        found = self._db.value(
            "SELECT r.heads FROM documents d JOIN records r ON r.document=d.n WHERE d.id=?",
            (document,),
        )
        return None if found is None else _hashes(found)

    def titles(self, documents: Sequence[DocumentId]) -> dict[DocumentId, tuple[str, str]]:
        """Return title and type of those *documents* that are readable."""
        found: dict[DocumentId, tuple[str, str]] = {}
        for document in documents:
            row = self._db.row(
                "SELECT r.title, r.type FROM documents d JOIN records r ON r.document=d.n"
                " WHERE d.id=?",
                (document,),
            )
            if row is not None:
                found[document] = (row[0], row[1])
        return found

    def find_prefix(self, prefix: str, limit: int) -> list[DocumentId]:
        """Return readable records whose id in hex starts with *prefix*, at most *limit*."""
        digits = prefix.lower()
        if len(digits) > 32 or set(digits) - set("0123456789abcdef"):
            return []
        rows = self._db.rows(
            "SELECT d.id FROM documents d JOIN records r ON r.document=d.n"
            " WHERE d.id BETWEEN ? AND ? ORDER BY d.id LIMIT ?",
            (bytes.fromhex(digits.ljust(32, "0")), bytes.fromhex(digits.ljust(32, "f")), limit),
        )
        return [DocumentId(row[0]) for row in rows]

    def state_parts(self, space: SpaceId) -> Iterator[tuple[DocumentId, tuple[ChangeHash, ...]]]:
        """Walk the readable documents of *space* by id, each with its heads."""
        # Sorted here: walking by id would visit the rows in random order, four times as slow.
        rows = self._db.rows(
            "SELECT d.id, r.heads FROM records r CROSS JOIN documents d ON d.n=r.document"
            " WHERE r.space=?",
            (self._numbers.space(space),),
        )
        for document, heads in sorted(rows):
            yield DocumentId(document), _hashes(heads)

    def count(self, space: SpaceId, type_: str | None = None) -> int:
        """Return how many records of *space* are readable, of one type or all."""
        total: int = self._db.value(
            "SELECT count(*) FROM records WHERE space=?1 AND (?2 IS NULL OR type=?2)",
            (self._numbers.space(space), type_),
        )
        return total

    def unread_count(self, space: SpaceId) -> int:
        """Return how many records of *space* this person has not read as they stand."""
        total: int = self._db.value(
            "SELECT count(*) FROM records WHERE space=? AND unread", (self._numbers.space(space),)
        )
        return total


def _hashes(joined: bytes) -> tuple[ChangeHash, ...]:
    return tuple(
        ChangeHash(joined[start : start + HASH_BYTES])
        for start in range(0, len(joined), HASH_BYTES)
    )
