"""What lists, searches and links show."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from aluna_protocol.ids import SpaceId
from aluna_sync.errors import AlunaError
from aluna_sync.store.rows import BackLink, IndexRow, LinkRow, Query, SpaceRow
from aluna_sync.store.store import Store
from unit.store.factories import (
    ME,
    SOMEONE,
    Writer,
    document,
    index_row,
    named,
    new_store,
    open_again,
    receive,
    space,
)


def titles(store: Store, query: Query) -> list[str]:
    return [row.title for row in store.index.query(query).rows]


def search(store: Store, words: str) -> list[str]:
    return titles(store, Query(words=words))


def garbage(store: Store) -> list[str]:
    """Return the words the full-text index still holds; checks that it agrees with the rows."""
    store._db.run("INSERT INTO search(search) VALUES('optimize')")
    store._db.run("INSERT INTO search(search, rank) VALUES('integrity-check', 1)")
    store._db.run("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search', 'row')")
    words = [row[0] for row in store._db.rows("SELECT term FROM temp.words")]
    store._db.run("DROP TABLE temp.words")
    return [word for word in words if "\ue000" not in word]


def test_a_row_comes_back_whole(store: Store) -> None:
    row = dataclasses.replace(
        index_row(
            "a",
            "palabras\nmás palabras",
            type_="impact",
            when="2024-03",
            terms=("imp.fear", "dim.org"),
            links=(LinkRow("comes-from", document("z")), LinkRow("answers", document("b"))),
            authors=(SOMEONE, ME),
            state="in-force",
        ),
        readings=("when", "about"),
        heads=index_row("a").heads + index_row("b").heads,
    )
    store.index.put([row])
    assert store.index.row(document("a")) == row
    assert store.index.row(document("b")) is None


def test_a_row_put_again_replaces_the_one_before(store: Store) -> None:
    store.index.put(
        [index_row("a", "primero", terms=("one",), links=(LinkRow("k", document("b")),))]
    )
    store.index.put([index_row("a", "segundo", terms=("two",), type_="event")])
    assert search(store, "primero") == []
    assert search(store, "segundo") == ["a"]
    assert titles(store, Query(terms=("one",))) == []
    assert titles(store, Query(terms=("two",))) == ["a"]
    assert store.index.links_to(document("b")) == []
    assert (store.index.count(space()), store.index.count(space(), "note")) == (1, 0)


def test_rows_put_again_many_times_leave_no_garbage(store: Store) -> None:
    for version in range(30):
        store.index.put([index_row(name, f"version{version} común") for name in "abc"])
    assert garbage(store) == ["a", "b", "c", "comun", "version29"]
    store.index.remove(document("a"))
    store.index.remove(document("never"))
    assert garbage(store) == ["b", "c", "comun", "version29"]
    assert store.index.count(space()) == 2


def test_the_words_of_a_removed_record_are_in_no_segment_of_the_index(store: Store) -> None:
    store.index.put([index_row("a", "irrepetible"), index_row("b", "otra")])
    before = store._db.rows("SELECT block FROM search_data")
    assert any(b"irrepetible" in row[0] for row in before)
    store.index.remove(document("a"))
    after = store._db.rows("SELECT block FROM search_data")
    assert not any(b"irrepetible" in row[0] for row in after)
    assert search(store, "otra") == ["b"]


def test_a_record_in_two_rows_of_one_batch_counts_once(store: Store) -> None:
    store.index.put([index_row("a", "uno"), index_row("a", "dos")])
    assert (search(store, "dos"), search(store, "uno")) == (["a"], [])


def test_a_row_of_another_space_than_its_document_is_refused_with_its_batch(store: Store) -> None:
    circle = space("circle")
    store.log.add_space(SpaceRow(circle, "circle", space()))
    store.index.put([index_row("a")])
    with pytest.raises(AlunaError, match="document-of-another-space"):
        store.index.put([index_row("b"), index_row("a", where=circle)])
    assert titles(store, Query()) == ["a"]


# -- lists ---------------------------------------------------------------------------------------


def test_a_list_goes_by_day_and_undated_records_by_the_day_they_were_first_seen(
    path: Path,
) -> None:
    store = new_store(path, today="2025-06-15")
    store.index.put(
        [
            index_row("old", when="2024"),
            index_row("undated"),
            index_row("later", when="2025-07-01"),
            index_row("same day", when="2025-06-15"),
        ]
    )
    assert titles(store, Query()) == ["later", "same day", "undated", "old"]
    store.close()
    again = open_again(path, today="2026-01-01")
    again.index.put([index_row("undated", "edited"), index_row("new")])
    assert titles(again, Query()) == ["new", "later", "same day", "undated", "old"]
    assert [row.when for row in again.index.query(Query()).rows][:2] == [None, "2025-07-01"]
    again.close()


def test_a_list_by_what_arrived_last_follows_the_log_not_the_order_of_opening(
    store: Store,
) -> None:
    writer = Writer("itzel")
    entries = writer.write_many(3, "")
    store.log.append(entries)
    for number in (2, 0, 1):
        store.log.mark_opened(writer.log(), number + 1, [document(f" {number}")])
        store.index.put([index_row(f" {number}", "texto")])
    assert titles(store, Query(order="recent")) == [" 2", " 1", " 0"]
    assert search(store, "texto") == [" 2", " 1", " 0"]
    store.log.add_pending(space(), document(" 0"), b"edit")
    store.index.put([index_row(" 0", "texto")])
    assert search(store, "texto") == [" 0", " 2", " 1"]


ROWS = (
    ("event 2024", {"type_": "event", "when": "2024", "terms": ("t1",)}),
    ("note march", {"when": "2024-03", "terms": ("t1", "t2")}),
    ("note 12 march", {"when": "2024-03-12", "state": "open"}),
    ("impact april", {"type_": "impact", "when": "2024-04-01", "terms": ("t2",)}),
    ("note 2025", {"when": "2025-01-01"}),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(types=("event", "impact")), ["event 2024", "impact april"]),
        (Query(types=("nothing",)), []),
        (Query(terms=("t1",)), ["event 2024", "note march"]),
        (Query(terms=("t1", "t2")), ["note march"]),
        (Query(terms=("t2",), types=("note",)), ["note march"]),
        (Query(state="open"), ["note 12 march"]),
        (Query(since="2024-03-15"), ["event 2024", "impact april", "note 2025", "note march"]),
        (Query(since="2024-04", until="2024-12"), ["event 2024", "impact april"]),
        (Query(until="2024-03-11", spaces=(space(),)), ["event 2024", "note march"]),
        (Query(until="2024-03", spaces=(space(),)), ["event 2024", "note 12 march", "note march"]),
        (Query(since="2026"), []),
        (Query(spaces=(space(),), since="2025"), ["note 2025"]),
        (Query(spaces=(space("circle"),)), ["of the circle"]),
        (Query(spaces=(space("unknown"),)), []),
        (Query(spaces=(space("unknown"), space("circle"))), ["of the circle"]),
        (Query(unread_only=True, types=("impact",)), ["impact april"]),
    ],
)
@pytest.mark.parametrize("words", ["", "comun"])
def test_filters_narrow_lists_and_searches_alike(
    store: Store, query: Query, expected: list[str], words: str
) -> None:
    circle = space("circle")
    store.log.add_space(SpaceRow(circle, "circle", space()))
    rows = [index_row(name, "común", **fields) for name, fields in ROWS]
    rows.append(index_row("of the circle", "común", type_="coping", when="1999", where=circle))
    store.index.put(rows)
    page = store.index.query(dataclasses.replace(query, words=words))
    assert sorted(row.title for row in page.rows) == expected
    assert page.total == len(expected)


def test_pages_follow_each_other_and_the_total_counts_all(store: Store) -> None:
    store.index.put([index_row(f"{n:02}", "común", when=f"2024-01-{n + 1:02}") for n in range(25)])
    for words in ("", "común"):
        pages = [
            store.index.query(Query(words=words, offset=offset, limit=10))
            for offset in (0, 10, 20, 30)
        ]
        seen = [row.title for page in pages for row in page.rows]
        assert seen == [f"{n:02}" for n in range(24, -1, -1)]
        assert [page.total for page in pages] == [25] * 4


# -- search --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["accion", "ACCIÓN", "acción", "accio\u0301n", "acc", "de la accion", "ágil acc"]
)
def test_search_is_blind_to_accents_case_and_the_end_of_the_last_word(
    store: Store, words: str
) -> None:
    store.index.put([index_row("x", "Crónica de la Acción Ágil"), index_row("y", "otra cosa")])
    assert search(store, words) == ["x"]


def test_only_the_last_word_is_a_prefix(store: Store) -> None:
    store.index.put([index_row("x", "miedo cuerpo")])
    assert search(store, "miedo cue") == ["x"]
    assert search(store, "mie cuerpo") == []


def test_text_written_apart_from_its_accents_is_found(store: Store) -> None:
    store.index.put([index_row("x", "accio\u0301n nin\u0303a")])
    assert search(store, "acción niña") == ["x"]


def test_a_snippet_marks_what_matched(store: Store) -> None:
    store.index.put([index_row("x", "uno \x02dos\x03 acción tres " + "relleno " * 80)])
    (row,) = store.index.query(Query(words="accion")).rows
    assert "dos \x02acción\x03 tres" in row.snippet
    assert (row.snippet.count("\x02"), row.snippet.count("\x03")) == (1, 1)
    assert len(row.snippet) < 200


@pytest.mark.parametrize(
    "words",
    [
        '"', "''", '""', "*", "a*b*", "NEAR(a b)", "NEAR", "a NEAR b", "AND", "OR", "NOT", "a AND",
        "(", ")", "a)", "text:a", "facets:a", "-a", "^a", "+a", "{a b}:c", "a:b", "😀", "\x00",
        "a\x00b", "\ud800", "a" * 5000, "palabra " * 500, "\u202e", "l'eau", "e-mail", "\\", "%_",
        "\ue000s1", "\ue000", "'; DROP TABLE records; --", "\x02\x03", "ß ŉ İ", "中文", "\n\t x",
    ],
)  # fmt: skip
def test_no_words_whatever_make_a_search_fail(store: Store, words: str) -> None:
    store.index.put([index_row("plain", "palabra a b c")])
    page = store.index.query(Query(words=words, types=("note",)))
    assert page.total == len(page.rows) <= 1
    assert store.index.query(Query(words=words, types=("event",))).total == 0
    assert search(store, "palabra") == ["plain"]


def test_words_without_a_letter_find_nothing(store: Store) -> None:
    store.index.put([index_row("plain", "😀 *")])
    assert [search(store, words) for words in ("😀", "***", "\ue000s1")] == [[], [], []]


@pytest.mark.parametrize("words", ["l'eau", "e-mail", "d.org"])
def test_words_with_marks_inside_are_found_by_their_pieces(store: Store, words: str) -> None:
    store.index.put([index_row("x", "dans l'eau, by e-mail, imp.d.org")])
    assert search(store, words) == ["x"]


def test_filters_cannot_be_searched_for(store: Store) -> None:
    store.index.put([index_row("x", "palabra", type_="event", terms=("imp.fear",))])
    for words in ("s1", "t6576656e74", b"imp.fear".hex(), "event"):
        assert search(store, words) == []


# -- reading marks -------------------------------------------------------------------------------


def unread(store: Store) -> list[str]:
    return sorted(titles(store, Query(unread_only=True)))


def test_what_others_wrote_is_unread_until_it_is_read(store: Store) -> None:
    store.index.put(
        [
            index_row("theirs"),
            index_row("mine", authors=(ME,)),
            index_row("both", authors=(ME, SOMEONE)),
        ]
    )
    assert unread(store) == ["both", "theirs"]
    assert store.index.unread_count(space()) == 2
    store.index.mark_read(document("theirs"))
    store.index.mark_read(document("never"))
    assert unread(store) == ["both"]
    assert [row.unread for row in store.index.query(Query(words="theirs")).rows] == [False]


def test_a_read_record_that_changes_is_unread_again_unless_i_changed_it(store: Store) -> None:
    store.index.put([index_row("a"), index_row("b")])
    store.index.mark_read(document("a"))
    store.index.mark_read(document("b"))
    store.index.put([index_row("a", version=2)])
    store.index.put([index_row("b", version=2)], read=True)
    assert unread(store) == ["a"]


def test_a_rebuild_remembers_what_was_read(store: Store) -> None:
    rows = [index_row("a"), index_row("b"), index_row("c"), index_row("d", authors=(ME,))]
    store.index.put(rows)
    store.index.mark_read(document("a"))
    store.index.put([index_row("b")], read=True)
    store.index.drop()
    assert (store.index.query(Query()).total, search(store, "a")) == (0, [])
    store.index.put(rows)
    assert unread(store) == ["c"]


def test_a_rebuilt_index_equals_the_one_before(store: Store) -> None:
    rows: list[IndexRow] = []
    for number in range(6):
        receive(
            store,
            [Writer(f"w{number}").write((document(f"{number}"), [b"1"]))],
            [document(f"{number}")],
        )
        rows.append(index_row(f"{number}", "común", when="2024" if number % 2 else None))
    store.index.put(rows)
    before = [store.index.query(q) for q in (Query(), Query(words="co"), Query(order="recent"))]
    store.index.drop()
    store.index.put(rows[::-1])
    assert before == [
        store.index.query(q) for q in (Query(), Query(words="co"), Query(order="recent"))
    ]


# -- names and links -----------------------------------------------------------------------------


def test_links_are_seen_from_both_ends(store: Store) -> None:
    store.index.put([index_row("a", links=(LinkRow("answers", document("c")),))])
    store.index.put([index_row("b", links=(LinkRow("answers", document("c")),) * 2)])
    store.index.put([index_row("c")])
    assert store.index.links_to(document("c")) == [
        BackLink("answers", document("b")),
        BackLink("answers", document("a")),
    ]
    store.index.remove(document("b"))
    assert store.index.links_to(document("c")) == [BackLink("answers", document("a"))]


def test_titles_are_given_for_readable_records_only(store: Store) -> None:
    store.index.put([index_row("a", type_="event")])
    assert store.index.titles([document("a"), document("b")]) == {document("a"): ("a", "event")}


def test_a_record_is_found_by_the_beginning_of_its_id(store: Store) -> None:
    store.index.put([index_row(f"{n}") for n in range(40)])
    whole = document("7").hex()
    for length in (32, 9, 8):
        assert store.index.find_prefix(whole[:length].upper(), 5) == [document("7")]
    assert len(store.index.find_prefix("", 5)) == 5
    starting = [document(f"{n}") for n in range(40) if document(f"{n}").hex()[0] == whole[0]]
    assert store.index.find_prefix(whole[0], 99) == sorted(starting)
    for nonsense in ("xyz", whole + "0", "%", "é"):
        assert store.index.find_prefix(nonsense, 5) == []


def test_the_state_walks_every_readable_document_by_id(store: Store) -> None:
    rows = [index_row(f"{n}") for n in range(9)]
    store.index.put(rows)
    expected = sorted((row.document, row.heads) for row in rows)
    assert list(store.index.state_parts(space())) == expected
    nowhere = SpaceId(named("nowhere"))
    store.log.add_space(SpaceRow(nowhere, "private", nowhere))
    assert list(store.index.state_parts(nowhere)) == []
