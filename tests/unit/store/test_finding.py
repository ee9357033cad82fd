"""Filters of the index: persons, links, words that name terms, what is no record to a list."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from aluna_sync.store import schema
from aluna_sync.store.facets import of_person
from aluna_sync.store.rows import LinkRow, Query
from aluna_sync.store.store import Store
from unit.store.factories import ME, SOMEONE, document, index_row, new_store, open_again


def titles(store: Store, query: Query) -> list[str]:
    page = store.index.query(query)
    assert page.total == len(page.rows)
    return [row.title for row in page.rows]


@pytest.fixture
def some(store: Store) -> Store:
    store.index.put([
        index_row("a", "pan y café", authors=(ME,), terms=("imp.fear",), when="2024-03-01"),
        index_row("b", "pan", authors=(SOMEONE,), terms=("imp.guilt",), when="2024-02-01",
                  links=(LinkRow("did", document("a")),)),
        index_row("c", "café", authors=(ME, SOMEONE), terms=("imp.fear", "imp.guilt"),
                  when="2024-01-01", links=(LinkRow("beside", document("a")),)),
        dataclasses.replace(
            index_row("d", "agua", type_="own_term", authors=(SOMEONE,), state="x"), apart=True
        ),
    ])  # fmt: skip
    return store


def test_a_person_narrows_to_what_she_wrote_in(some: Store) -> None:
    assert titles(some, Query(persons=(ME,))) == ["a", "c"]
    assert titles(some, Query(persons=(ME, SOMEONE))) == ["c"]
    assert titles(some, Query(persons=(SOMEONE,), types=("note",))) == ["b", "c"]
    assert titles(some, Query(words="pan", persons=(ME,))) == ["a"]
    assert titles(some, Query(terms=("imp.guilt",), persons=(ME,))) == ["c"]
    assert titles(some, Query(persons=(ME,), since="2024-02")) == ["a"]


def test_a_record_put_again_by_others_is_found_by_them_only(some: Store) -> None:
    some.index.put([index_row("a", "pan y café", authors=(SOMEONE,), version=2, when="2024-03-01")])
    assert titles(some, Query(persons=(ME,))) == ["c"]
    some.index.remove(document("c"))
    assert titles(some, Query(persons=(ME,))) == []


def test_links_narrow_from_either_side_and_by_kind(some: Store) -> None:
    assert titles(some, Query(linked=document("a"))) == ["b", "c"]
    assert titles(some, Query(linked=document("a"), link_kind="did")) == ["b"]
    assert titles(some, Query(linked=document("b"))) == ["a"]
    assert titles(some, Query(linked=document("b"), link_kind="beside")) == []
    assert titles(some, Query(linked=document("z"))) == []
    assert titles(some, Query(words="cafe", linked=document("a"))) == ["c"]
    assert titles(some, Query(linked=document("a"), order="recent")) == ["c", "b"]


def test_of_several_terms_that_are_the_same_any_is_enough_and_none_counts_twice(
    some: Store,
) -> None:
    either = ("imp.fear", "imp.guilt")
    assert titles(some, Query(terms=(either,))) == ["a", "b", "c"]
    assert titles(some, Query(terms=(either, "imp.fear"))) == ["a", "c"]
    assert titles(some, Query(terms=("imp.fear", either))) == ["a", "c"]
    assert titles(some, Query(terms=(either,), words="pan")) == ["b", "a"]
    assert titles(some, Query(terms=(either,), since="2024-02")) == ["a", "b"]


def test_a_word_finds_what_is_named_with_the_term_it_names(some: Store) -> None:
    meant = {"miedo": ("imp.fear",)}
    assert titles(some, Query(words="miedo")) == []
    assert titles(some, Query(words="Miedo", named=meant)) == ["c", "a"]
    assert titles(some, Query(words="pan miedo", named=meant)) == ["a"]
    found = some.index.query(Query(words="cafe", named={"cafe": ("imp.guilt",)})).rows
    assert [row.title for row in found] == ["c", "b", "a"]
    assert ["\x02" in row.snippet for row in found] == [True, False, True]


def test_what_is_left_out_is_in_no_list_and_no_search(some: Store) -> None:
    assert "d" in titles(some, Query())
    assert titles(some, Query(without=("own_term",))) == ["a", "b", "c"]
    assert titles(some, Query(words="agua", without=("own_term",))) == []
    assert titles(some, Query(words="pan", without=("own_term", "event"))) == ["b", "a"]
    assert titles(some, Query(terms=("imp.fear",), without=("own_term",))) == ["a", "c"]
    assert titles(some, Query(persons=(SOMEONE,), without=("own_term",))) == ["b", "c"]
    assert titles(some, Query(types=("own_term",))) == ["d"]
    assert [name for name, _ in some.index.of_type("own_term")] == [document("d")]
    assert some.index.of_type("mine") == []


def test_of_several_states_any_is_enough(some: Store) -> None:
    assert titles(some, Query(state=("x", "y"))) == ["d"]
    assert titles(some, Query(words="agua", state=("y", "x"))) == ["d"]
    assert titles(some, Query(state=("y",))) == []


def test_what_stands_apart_is_never_unread(store: Store) -> None:
    row = index_row("a", authors=(SOMEONE,))
    store.index.put([dataclasses.replace(row, apart=True)])
    assert store.index.unread_count(row.space) == 0


def test_an_older_store_learns_who_wrote_what(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = new_store(path)
    store.index.put([index_row("a", authors=(ME, SOMEONE)), index_row("b", authors=())])
    store._db.run("DELETE FROM record_terms")
    for who in (ME, SOMEONE):
        store._db.run("UPDATE bodies SET facets=replace(facets, ?, '')", (f" {of_person(who)}",))
    store._db.run("INSERT INTO search(search) VALUES('rebuild')")
    assert titles(store, Query(persons=(ME,))) == []
    at = next(n for n, one in enumerate(schema.MIGRATIONS) if "wrote(" in one)
    store._db.script(schema.MIGRATIONS[at])
    marks = {row[0] for row in store._db.rows("SELECT term FROM record_terms")}
    assert marks == {of_person(ME), of_person(SOMEONE)}
    store.close()
    again = open_again(path)
    assert titles(again, Query(persons=(SOMEONE,))) == ["a"]
    assert titles(again, Query(words="a", persons=(ME,))) == ["a"]
    again.close()


def test_many_matches_are_walked_and_few_are_sorted_with_the_same_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.index.put([
        index_row(
            f"{n:02}", "pan", type_=("note", "event")[n % 2], authors=(ME, SOMEONE)[n % 3 :],
            terms=("one", "two", "three")[: n % 4], when=f"20{10 + n * 7 % 20}-0{1 + n % 9}",
            state=("", "x")[n % 5 == 0],
        )
        for n in range(40)
    ])  # fmt: skip
    asked = [
        dataclasses.replace(query, **narrowed, order=order)
        for query in (Query(terms=("one",)), Query(terms=(("one", "three"),)),
                      Query(persons=(ME,)), Query(persons=(SOMEONE,), terms=("two",)))
        for narrowed in ({}, {"types": ("note",)}, {"since": "2015"}, {"until": "2015-05"},
                         {"state": "x"}, {"types": ("event",), "since": "2012", "until": "2020"})
        for order in ("day", "recent")
    ]  # fmt: skip
    few = [titles(store, query) for query in asked]
    monkeypatch.setattr("aluna_sync.store.query.FEW", -1)
    assert [titles(store, query) for query in asked] == few
    assert any(few)
    page = store.index.query(Query(terms=("one",), limit=3, offset=2))
    assert [row.title for row in page.rows] == titles(store, Query(terms=("one",)))[2:5]
