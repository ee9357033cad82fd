"""Texts rewritten apart: whatever order they meet in, no word of anybody runs into another."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aluna_sync.engine.types import Splice
from aluna_sync.journal.edits import AddMember, SetText, splice_operations
from aluna_sync.journal.pieces import applied, rewritten, seen, stroked
from aluna_sync.journal.splices import Hunk, word_hunks
from unit.journal.fakes import Desk
from unit.journal.meeting import Replica, meet, three_devices

WORD = re.compile(r"[\w\u0300-\u036f]+")

said = st.sampled_from(["casa", "casas", "caso", "miedo", "no", "nos", "vieja", "verde", "ñandú"])
gaps = st.sampled_from([" ", " ", " ", ", ", ". ", "\n", "-"])
ends = st.sampled_from(["", "", ".", "!", "\n"])


@st.composite
def texts(draw: st.DrawFn, least: int = 0) -> str:
    """Return a text of a few words that look alike, with what stands between and around them."""
    words = draw(st.lists(said, min_size=least, max_size=6))
    between = draw(st.lists(gaps, min_size=len(words), max_size=len(words)))
    start = draw(st.sampled_from(["", "", "", "¿", "\n"]))
    inside = "".join(itertools.chain(*zip(words, [*between[1:], ""], strict=False)))
    return start + inside + draw(ends)


def words_of(*several: str) -> set[str]:
    return {word for text in several for word in WORD.findall(text)}


pieces = st.none() | texts()


@settings(deadline=None)
@given(pieces, texts())
def test_the_new_text_is_reached_by_whole_words(old: str | None, new: str) -> None:
    words = old or ""
    by_piece, by_text = rewritten(old, new), word_hunks(words, new)
    assert seen(applied(words, by_piece)) == new
    assert applied(words, by_text) == new
    for found in (by_piece, by_text):
        ends = [0, *(end for hunk in found for end in (hunk.start, hunk.end)), len(words)]
        assert ends == sorted(ends)
        for at in ends:
            assert not (at and WORD.match(words, at - 1) and WORD.match(words, at)), found


@given(pieces, texts(), st.data())
def test_a_stroke_changes_the_letters_it_names(
    old: str | None, new: str, data: st.DataObject
) -> None:
    read = seen(old or "")
    start, end = sorted(data.draw(st.integers(0, len(read))) for _ in range(2))
    stroke = [Hunk(start, end, new)]
    assert seen(applied(old or "", stroked(old, stroke))) == applied(read, stroke)


@settings(deadline=None, max_examples=200)
@example("la vieja", ["la nueva", "la verde", "ya la vieja"])
@example("Hola resto", ["Hola y resto", "Adiós resto", "Dije Hola resto"])
@given(texts(1), st.lists(texts(), min_size=2, max_size=3))
def test_a_text_rewritten_apart_holds_only_whole_words_of_one_of_the_versions(
    before: str, versions: list[str]
) -> None:
    replicas = three_devices(body=before)
    for replica, text in zip(replicas, versions, strict=False):
        replica.do(SetText("body", text))
    merged = meet(*replicas).texts.get("body", "")
    assert words_of(merged) <= words_of(before, *versions)


def changed(text: str, place: int, gone: int, came: str) -> str:
    """Return *text* with some of its words taken out and others put in their place."""
    words = text.split(" ")
    at = place % (len(words) + 1)
    return " ".join([*words[:at], *came.split(), *words[at + gone :]])


CHANGE = st.tuples(st.integers(0, 9), st.sampled_from([0, 0, 1, 2, 9]), texts())


@settings(deadline=None, max_examples=80)
@given(texts(2), st.lists(st.tuples(st.integers(0, 5), CHANGE), max_size=16))
def test_no_word_is_cut_or_runs_into_another_however_often_people_rewrite_and_meet(
    before: str, script: list[tuple[int, tuple[int, int, str]]]
) -> None:
    replicas = three_devices(body=before)
    known = [before]
    for who, change in script:
        replica = replicas[who % 3]
        if who > 3:
            replica.hear(replicas[change[0] % 3])
        wanted = changed(replica.record.texts.get("body", ""), *change)
        replica.do(SetText("body", wanted))
        assert replica.record.texts.get("body", "") == wanted
        known.append(wanted)
    merged = meet(*replicas).texts.get("body", "")
    assert words_of(merged) <= words_of(*known)


@settings(deadline=None, max_examples=60)
@given(texts(1), texts(1), texts(1))
def test_a_note_rewritten_apart_holds_only_whole_words(before: str, one: str, other: str) -> None:
    itzel, julia, _ = three_devices(AddMember("kinds", "imp.fear", before))
    itzel.do(AddMember("kinds", "imp.fear", one))
    julia.do(AddMember("kinds", "imp.fear", other))
    (fear,) = meet(itzel, julia).sets["kinds"]
    assert words_of(fear.note) <= words_of(before, one, other)


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_a_title_of_one_word_changed_apart_keeps_both_words(order: tuple[int, ...]) -> None:
    replicas = three_devices(SetText("title", "Asamblea"))
    for at, word in zip(order, ("Reunión", "Encuentro"), strict=False):
        replicas[at].do(SetText("title", word))
    title = meet(*replicas).texts["title"]
    assert sorted(title.split("\n")) == ["Encuentro", "Reunión"]


def test_what_is_written_anew_among_other_pieces_stays_in_its_place() -> None:
    itzel, julia, _ = three_devices()
    itzel.do(SetText("what_it_tells_us", "Que no podemos solas."))
    julia.do(SetText("what_it_tells_us", "Que hay que parar."))
    first, second = meet(itzel, julia).texts["what_it_tells_us"].split("\n\n")
    for wanted in (f"Otra cosa\n\n{second}", f"{first}\n\nOtra cosa", "Todo de nuevo", ""):
        alone = Replica(julia.person, device=1)
        alone.hear(julia)
        alone.do(SetText("what_it_tells_us", wanted))
        assert alone.record.texts.get("what_it_tells_us", "") == wanted


def test_a_stroke_takes_the_letter_it_is_and_no_word() -> None:
    desk = Desk("note")
    desk.do(SetText("body", "la casa roja"))
    (stroke,) = splice_operations(desk.view, "body", 7, 0, "s", type="note", write_ids=desk.ids)
    assert isinstance(stroke, Splice)
    assert (stroke.position, stroke.delete, stroke.text) == (7, 0, "s")
