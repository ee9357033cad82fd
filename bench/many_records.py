"""A journal of 100,000 records: opening it, and searching in it while typing."""

from __future__ import annotations

import statistics
from typing import Final

from aluna_sync.founding import unlock
from aluna_sync.store.rows import Query
from bench import corpus
from bench.harness import (
    Line,
    Result,
    Workshop,
    key_derivation,
    ms,
    percentile,
    seconds,
    times,
    told,
)

MANY: Final = 100_000
FEW: Final = 100
OPENINGS: Final = 7
OPEN_SECONDS: Final = 0.6
SAME: Final = 1.5
"""What still counts as the same: two openings of one journal differ by less."""
SEARCH_SECONDS: Final = 0.030
PAGE: Final = 100
"""What the list on the screen asks for at once."""
TYPED: Final = (
    "cuidado", "mañana", "reunión", "el cuerpo", "sobre la", "niña de pan", "josmavie", "zzz",
)  # fmt: skip


def measure(workshop: Workshop) -> Result:
    """Measure opening in processes of their own, and every keystroke of some searches."""
    few, many = workshop.full(FEW), workshop.full(MANY)
    derivation = key_derivation()
    with_few = statistics.median(_open(few) for _ in range(OPENINGS)) - derivation
    with_many = statistics.median(_open(many) for _ in range(OPENINGS)) - derivation
    asked, bare = _search(workshop)
    p95, floor = percentile(asked, 95), percentile(bare, 95)
    return Result(
        "A journal of 100,000 records",
        (
            Line(
                "unlock → everything the first screens show (key derivation apart)",
                ms(with_many),
                "–",
                "–",
                f"≤ {OPEN_SECONDS} s",
                with_many <= OPEN_SECONDS,
            ),
            Line(
                f"the same, beside a journal of {FEW} records",
                ms(with_many),
                f"with {FEW} records: {ms(with_few)}",
                times(with_many / with_few),
                f"the same (taken as ≤ {SAME} ×)",
                with_many / with_few <= SAME,
            ),
            Line(
                f"search as you type, {len(asked)} keystrokes: 95th percentile",
                ms(p95),
                f"SQLite alone, the first {PAGE} matches: {ms(floor)}",
                times(p95 / floor),
                f"≤ {SEARCH_SECONDS * 1000:.0f} ms",
                p95 <= SEARCH_SECONDS,
            ),
        ),
        (
            "Opening is measured without Textual: unlocking, the home page's facts and the first "
            f"{PAGE} rows of the list; the file's pages are in the system's memory already. What "
            "grows with the number of records is counting them (the totals of the list and of each "
            "space) and looking for unread ones: both walk an index from end to end.",
            f"A search gives a page of {PAGE} rows with the words around each match, and how many "
            "there are in all.",
        ),
    )


def _open(home: object) -> float:
    elapsed: float = told("open", str(home))["seconds"]
    return elapsed


def _search(workshop: Workshop) -> tuple[list[float], list[float]]:
    device = unlock(workshop.full(MANY), corpus.PASSPHRASE)
    asked: list[float] = []
    bare: list[float] = []
    for words in TYPED:
        for end in range(1, len(words) + 1):
            typed = words[:end]
            query = Query(words=typed, limit=PAGE)
            asked.append(seconds(lambda query=query: device.list(query)))  # type: ignore[misc]
            match = " AND ".join(f'"{word}"' for word in typed.split()) + "*"
            bare.append(seconds(lambda match=match: _matches(device.store, match)))  # type: ignore[misc]
    device.lock()
    return asked, bare


def _matches(store: object, match: str) -> None:
    database = store._db  # type: ignore[attr-defined]
    database.rows(
        "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?", (match, PAGE)
    )
