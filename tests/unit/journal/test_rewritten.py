"""The same paragraph rewritten apart: both ways of writing it stay within reach."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_sync.journal.edits import AddAct, SetText
from aluna_sync.journal.rewritten import still_open
from unit.journal.fakes import ITZEL, JULIA, actor_of
from unit.journal.meeting import Replica, meet, three_devices

BODY = "Llegaron al amanecer.\nNadie nos avisó de nada.\nSeguimos aquí."
HERS = "Llegaron al amanecer.\nLa vecina nos llamó antes.\nSeguimos aquí."
MINE = "Llegaron al amanecer.\nEl comité supo, y calló por miedo.\nSeguimos aquí."


def test_a_paragraph_rewritten_apart_keeps_the_merged_text_and_both_ways() -> None:
    itzel, julia, marta = three_devices(body=BODY)
    itzel.do(SetText("body", MINE))
    julia.do(SetText("body", HERS))
    record = meet(itzel, julia, marta)
    (found,) = marta.rewritten()
    assert (found.field, found.before) == ("body", "Nadie nos avisó de nada.")
    assert {(way.words, way.actors) for way in found.ways} == {
        ("El comité supo, y calló por miedo.", (actor_of(ITZEL),)),
        ("La vecina nos llamó antes.", (actor_of(JULIA),)),
    }
    assert record.texts["body"].startswith("Llegaron al amanecer.\n")
    assert record.texts["body"].endswith("\nSeguimos aquí.")


def test_every_device_finds_the_same_before_and_after_somebody_goes_on_writing() -> None:
    itzel, julia, marta = three_devices(body=BODY)
    itzel.do(SetText("body", MINE))
    julia.do(SetText("body", HERS))
    meet(itzel, julia, marta)
    found = itzel.rewritten()
    assert found == julia.rewritten() == marta.rewritten()
    marta.do(SetText("title", "La madrugada"))
    meet(itzel, julia, marta)
    assert itzel.rewritten() == julia.rewritten() == found


def test_what_was_written_knowing_of_the_other_is_no_rewriting_apart() -> None:
    itzel, julia, _ = three_devices(body=BODY)
    itzel.do(SetText("body", MINE))
    julia.hear(itzel)
    julia.do(SetText("body", HERS))
    meet(itzel, julia)
    assert itzel.rewritten() == []


@pytest.mark.parametrize(
    ("mine", "hers"),
    [
        (BODY + "\nY cantamos toda la noche.", "Antes que nada, respiramos.\n" + BODY),
        (BODY.replace("amanecer", "amanecer, con perros"), BODY.replace("aquí", "aquí, juntas")),
        (BODY + " Juntas y despiertas.", BODY + " Con miedo y con rabia."),
        (BODY.replace("Nadie", "Casi nadie"), BODY.replace("de nada", "de nada, de nada")),
    ],
)
def test_words_added_in_different_places_simply_merge(mine: str, hers: str) -> None:
    itzel, julia, _ = three_devices(body=BODY)
    itzel.do(SetText("body", mine))
    julia.do(SetText("body", hers))
    meet(itzel, julia)
    assert itzel.rewritten() == []


def test_words_added_to_a_sentence_that_another_took_out_are_found() -> None:
    itzel, julia, _ = three_devices(body=BODY)
    itzel.do(SetText("body", BODY.replace("\nNadie nos avisó de nada.", "")))
    julia.do(SetText("body", BODY.replace("avisó de", "avisó, ni la radio, de")))
    meet(itzel, julia)
    (found,) = julia.rewritten()
    assert any("ni la radio" in way.words for way in found.ways)


def test_a_rewriting_is_gone_for_all_once_somebody_closes_it() -> None:
    itzel, julia, marta = three_devices(body=BODY)
    itzel.do(SetText("body", MINE))
    julia.do(SetText("body", HERS))
    meet(itzel, julia, marta)
    (found,) = marta.rewritten()
    marta.do(AddAct("acts", {"act": "close_fold", "field": found.field, "fold": found.id}))
    record = meet(itzel, julia, marta)
    assert still_open(itzel.rewritten(), record) == []


_LINES = ("Uno que queda igual.", "Dos que también.", "Tres, y ya.")
_REWRITTEN = st.sampled_from(
    ["Otra manera de contarlo.", "Así no fue, fue peor.", "Con más calma, lo mismo.", ""]
)


@settings(deadline=None, max_examples=40)
@given(st.lists(_REWRITTEN, min_size=3, max_size=3), st.lists(_REWRITTEN, min_size=3, max_size=3))
def test_no_word_of_a_rewritten_line_is_out_of_reach(mine: list[str], hers: list[str]) -> None:
    itzel, julia, _ = three_devices(body="\n".join(_LINES))
    for replica, lines in ((itzel, mine), (julia, hers)):
        told = [new or old for new, old in zip(lines, _LINES, strict=True)]
        replica.do(SetText("body", "\n".join(told)))
    record = meet(itzel, julia)
    kept = [record.texts["body"], *(way.words for one in itzel.rewritten() for way in one.ways)]
    for line in (*mine, *hers):
        assert any(line in words for words in kept)


def test_many_strokes_at_once_are_typing_and_no_rewriting() -> None:
    itzel, julia, marta = three_devices(body=BODY)
    for number in range(30):
        itzel.do(SetText("body", itzel.record.texts["body"] + f" {number}"))
        julia.do(SetText("body", f"{number} " + julia.record.texts["body"]))
        meet(itzel, julia)
    marta.hear(itzel)
    assert marta.rewritten() == []
    late = Replica(JULIA, device=1)
    late.hear(marta)
    assert late.rewritten() == []
