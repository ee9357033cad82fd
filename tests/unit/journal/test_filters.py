"""Filters: kept as they were said, read anew each time, harmless whatever was kept."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.edits import AddMember
from aluna_sync.journal.filters import MAX_KEPT, Filter, named
from aluna_sync.journal.mine import mine
from aluna_sync.journal.vocabulary import common_vocabulary
from unit.journal.fakes import DOCUMENT, Desk

TODAY = dt.date(2026, 11, 22)
WHOLE = Filter(
    words="café con pan", types=("note", "event"), spaces=("ab" * 32,), terms=("imp.fear",),
    persons=("cd" * 16,), since="hace un mes", until="ayer", state="en vigor",
    linked="ef" * 16, link_kind="did", unread=True,
)  # fmt: skip


def test_a_filter_is_kept_and_comes_back() -> None:
    assert Filter.from_kept(WHOLE.kept()) == WHOLE
    assert Filter.from_kept(Filter().kept()) == Filter()


def test_a_filter_becomes_a_query_of_today() -> None:
    query = WHOLE.query(TODAY, common_vocabulary, limit=7)
    assert query.spaces == (SpaceId(b"\xab" * 32),)
    assert query.persons == (PersonId(b"\xcd" * 16),)
    assert query.linked == DocumentId(b"\xef" * 16)
    assert (query.since, query.until) == ("2026-10", "2026-11-21")
    assert query.state == "ags.in_force"
    assert (query.unread_only, query.limit, query.link_kind) == (True, 7, "did")
    later = WHOLE.query(dt.date(2027, 3, 1), common_vocabulary)
    assert (later.since, later.until) == ("2027-02", "2027-02-28")


def test_a_state_is_named_in_either_language_and_may_be_of_several_things() -> None:
    paused = Filter(state="en pausa").query(TODAY, common_vocabulary).state
    assert paused == Filter(state="Paused").query(TODAY, common_vocabulary).state
    assert set(paused or ()) >= {"ags.paused", "prs.paused"}
    assert Filter(state="looked_back").query(TODAY, common_vocabulary).state == "looked_back"


def test_a_date_without_a_day_narrows_nothing_and_says_so() -> None:
    with pytest.raises(WrongUseError) as refused:
        Filter(since="hace mucho").query(TODAY, common_vocabulary)
    assert refused.value.code == "date-not-understood"


def test_what_is_said_now_goes_before_what_was_kept() -> None:
    kept = Filter(words="pan", types=("note",), since="2020")
    assert kept.under(Filter(since="2024", unread=True)) == Filter(
        words="pan", types=("note",), since="2024", unread=True
    )
    assert kept.under(Filter()) == kept


def test_words_of_a_search_name_terms_in_both_languages() -> None:
    found = named("Miedo", common_vocabulary())
    assert "imp.fear" in found["miedo"]
    assert "imp.fear" in named("FEAR", common_vocabulary())["fear"]
    assert "imp.fear" in named("mied", common_vocabulary())["mied"], "the last may be a beginning"
    assert "mied" not in named("mied hoy", common_vocabulary())
    assert named("de la", common_vocabulary()) == {}


def test_a_filter_that_is_too_long_is_not_kept() -> None:
    with pytest.raises(WrongUseError) as refused:
        Filter(words="x" * MAX_KEPT).kept()
    assert refused.value.code == "view-too-long"


@given(st.text(max_size=300))
def test_whatever_was_kept_is_a_filter(text: str) -> None:
    Filter.from_kept(text).query(TODAY, common_vocabulary)


@given(
    st.dictionaries(
        st.sampled_from([*Filter.__dataclass_fields__, "newer"]),
        st.none()
        | st.booleans()
        | st.text(max_size=5)
        | st.lists(st.text(max_size=40) | st.none()),
    )
)
def test_parts_of_a_newer_program_narrow_nothing(said: dict[str, object]) -> None:
    import json

    found = Filter.from_kept(json.dumps(said))
    assert Filter.from_kept(found.kept()) == found


def test_views_have_names_that_are_found_however_they_are_typed() -> None:
    desk = Desk("mine")
    desk.do(AddMember("views", "Mis cafés", Filter(words="café").kept()))
    desk.do(
        AddMember("views", "antes", Filter(until="2020").kept()), AddMember("hidden", "imp.fear")
    )
    kept = mine([desk.record])
    assert [view.name for view in kept.views] == ["antes", "Mis cafés"]
    found = kept.view("MIS CAFES")
    assert found is not None
    assert found.filter == Filter(words="café")
    assert kept.view("otra") is None
    assert kept.hidden == {"imp.fear": (DOCUMENT,)}


def test_a_view_kept_apart_on_two_devices_is_one_of_the_two() -> None:
    one, two = Filter(words="uno").kept(), Filter(words="dos").kept()
    assert Filter.from_kept(f"{one}\n\n{two}") == Filter(words="uno")
