"""Words of a collective's own: kept when coined apart, shown as one when people say they are."""

from __future__ import annotations

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import DocumentId
from aluna_sync.journal.edits import AddMember, Edit, RemoveMember, SetReading, SetText
from aluna_sync.journal.filters import Filter
from aluna_sync.journal.mine import mine
from aluna_sync.journal.own_words import OwnWord, alike, id_of, own_word, with_own_words
from aluna_sync.journal.vocabulary import OWN_GROUP, Vocabulary, common_vocabulary
from unit.journal.fakes import DOCUMENT, ITZEL, JULIA, SPACE, Desk
from unit.journal.meeting import Replica

COMMON = common_vocabulary()


def word(number: int, es: str = "", *, same: tuple[str, ...] = (), **said: str) -> OwnWord:
    names = {"es": es or f"palabra {number}", "en": "", "group": "own", "meaning": ""} | said
    document = DocumentId(bytes([number]) * 16)
    return OwnWord(id_of(document), SPACE, same=same, authors=(ITZEL,), **names)


def own(number: int) -> str:
    return word(number).id


def known(*words: OwnWord) -> Vocabulary:
    return with_own_words(COMMON, words)


def test_an_own_word_is_a_term_like_the_others() -> None:
    digna = word(1, "Rabia digna", en="Dignified rage", group="coping", meaning="La que sostiene")
    found = known(digna)
    assert found.label(digna.id, "es") == "Rabia digna"
    assert found.label(digna.id, "en") == "Dignified rage"
    assert found.lookup("rabia", "es")[0].id == digna.id
    assert [term.id for term in found.exactly("RABIA DIGNA", ("coping",))] == [digna.id]
    assert found.exactly("rabia digna", ("impact",)) == []
    assert digna.id in {term.id for term in found.terms("coping")}
    assert digna.id in found.naming("digna")
    assert len(found.terms()) == 384


def test_a_word_without_a_name_in_one_language_falls_back_to_the_other() -> None:
    found = known(word(1, "Acuerpar"))
    assert found.label(own(1), "en") == "Acuerpar"


def test_a_word_in_no_group_goes_with_any_field() -> None:
    found = known(word(1, "Milpa"))
    assert found.term(own(1)).group == OWN_GROUP.id  # type: ignore[union-attr]
    assert [term.id for term in found.exactly("milpa", ("impact",))] == [own(1)]


def test_the_beginning_of_an_id_means_the_word() -> None:
    found = known(word(1), word(2))
    assert [term.id for term in found.exactly(own(1)[:8])] == [own(1)]
    assert found.exactly("own.") == []
    assert {term.id for term in known(word(1), word(1)).exactly("own.0101")} == {own(1)}


def test_the_same_word_coined_apart_is_kept_twice_and_asked_about() -> None:
    first, second = word(1, "Rabia digna"), word(2, "rabia  DIGNA")
    found = known(first, second)
    assert {term.id for term in found.exactly("rabia digna")} == {first.id, second.id}
    assert alike([first, second], found) == [(first, second)]
    joined = known(first, dataclasses.replace(second, same=(first.id,)))
    assert [term.id for term in joined.exactly("rabia digna")] == [first.id]
    assert alike([first, second], joined) == []


def test_an_alias_is_found_by_its_name_and_shown_as_the_other() -> None:
    found = known(word(1, "Acuerparnos"), word(2, "Hacer cuerpo", same=(own(1),)))
    assert found.shown(own(2)) == own(1)
    assert found.label(own(2), "es") == "Acuerparnos"
    assert [term.id for term in found.exactly("hacer cuerpo")] == [own(1)]
    assert found.same(own(1)) == found.same(own(2)) == (own(1), own(2))
    assert own(2) not in {term.id for term in found.terms()}
    assert found.term(own(2)) is not None, "it is still there"
    assert set(found.naming("cuerpo")) >= {own(1), own(2)}


def test_a_word_of_the_list_is_never_hidden_behind_an_own_one() -> None:
    found = known(word(1, "Pavor", same=("imp.fear",)))
    assert found.shown(own(1)) == "imp.fear"
    assert [term.id for term in found.exactly("pavor")] == ["imp.fear"]
    assert found.same("imp.fear") == ("imp.fear", own(1))
    both = known(word(1, same=("imp.fear", "imp.guilt")), word(2, same=("imp.guilt",)))
    assert both.shown("imp.guilt") == "imp.guilt"
    assert both.shown(own(2)) == "imp.guilt"


def test_two_words_said_to_be_each_other_are_shown_as_the_lowest() -> None:
    found = known(word(2, same=(own(1),)), word(1, same=(own(2),)))
    assert found.shown(own(2)) == own(1)
    assert found.shown(own(1)) == own(1)


def test_a_word_that_is_the_same_as_one_kept_elsewhere_stands_for_itself() -> None:
    found = known(word(1, same=(own(9),)))
    assert found.shown(own(1)) == own(1)


def test_a_word_somebody_forged_is_shown_harmless_and_short() -> None:
    desk = Desk("own_term")
    desk.do(SetReading("word_es", "x\u202ey" + "z " * 5000), SetText("body", "a\u200bb" * 9000))
    found = own_word(desk.record)
    assert found is not None
    assert "\u202e" not in found.es
    assert len(found.es) <= 120
    assert "\u200b" not in found.meaning
    assert len(found.meaning) <= 4000
    again = own_word(dataclasses.replace(desk.record, type="note"))
    assert again is None


WORDS = st.lists(
    st.tuples(st.integers(1, 8), st.lists(st.integers(0, 9), max_size=3)), max_size=8,
    unique_by=lambda one: one[0],
)  # fmt: skip


@given(WORDS, st.randoms())
def test_whatever_was_said_the_same_no_word_is_lost_and_all_devices_agree(
    said: list[tuple[int, list[int]]], order: random.Random
) -> None:
    targets = {0: "imp.fear", 9: "imp.guilt"}
    words = [
        word(number, same=tuple(targets.get(other) or own(other) for other in others))
        for number, others in said
    ]
    found = known(*words)
    order.shuffle(words)
    again = known(*words)
    for one in words:
        shown = found.shown(one.id)
        assert shown == again.shown(one.id)
        assert found.shown(shown) == shown
        assert one.id in found.same(shown)
        assert found.term(one.id) is not None
        assert shown in {term.id for term in found.terms()}
        assert [t.id for t in found.exactly(one.es)] == [shown]
    assert {term.id for term in COMMON.terms()} <= {term.id for term in found.terms()}


def test_hidden_words_are_offered_nowhere_and_still_found_by_name() -> None:
    found = known(word(1, "Pavor", same=("imp.fear",))).hiding(["imp.fear"])
    assert found.hidden == {"imp.fear", own(1)}
    assert "imp.fear" not in {term.id for term in found.terms("impact")}
    assert "imp.fear" in {term.id for term in found.terms("impact", hidden=True)}
    assert "imp.fear" not in {term.id for term in found.lookup("miedo")}
    assert [term.id for term in found.exactly("miedo")] == ["imp.fear"]


def test_a_record_holds_a_word_and_renames_apart_keep_both_names() -> None:
    desk = Desk("own_term")
    desk.do(SetReading("word_es", "Rabia digna"), SetReading("group", "coping"))
    desk.do(SetText("body", "La que nos levanta"), AddMember("same", "imp.anger"))
    assert desk.record.title == "Rabia digna"
    assert own_word(desk.record) == OwnWord(
        id_of(DOCUMENT), SPACE, "", "Rabia digna", "coping", "La que nos levanta",
        ("imp.anger",), (ITZEL,),
    )  # fmt: skip
    desk.do(SetReading("word_es", "Rabia", ()))
    renamed = own_word(desk.record)
    assert renamed is not None
    assert renamed.es == "Rabia / Rabia digna"
    found = known(dataclasses.replace(renamed, same=()))
    assert [term.id for term in found.exactly("rabia digna")] == [renamed.id]


def test_a_record_without_a_word_holds_none() -> None:
    desk = Desk("own_term")
    desk.do(SetText("body", "sin nombre"))
    assert own_word(desk.record) is None
    note = Desk("note")
    note.do(SetText("body", "nota"))
    assert own_word(note.record) is None


@pytest.mark.parametrize("words", ["comunidad", "COMUNIDAD", "community"])
def test_meanings_are_searched_in_both_languages(words: str) -> None:
    named = {term.id for term in COMMON.lookup(words)}
    meant = {term.id for term in COMMON.lookup(words, meanings=True)}
    assert named < meant


def test_a_word_renamed_apart_keeps_both_names_until_somebody_chooses() -> None:
    itzel, julia = coined_by_two()
    itzel.do(SetReading("word_es", "Rabia"))
    julia.do(SetReading("word_es", "Rabia que cuida"))
    itzel.hear(julia)
    julia.hear(itzel)
    mine, hers = own_word(itzel.record), own_word(julia.record)
    assert mine == hers
    assert mine is not None
    assert mine.es == "Rabia / Rabia que cuida"
    julia.do(SetReading("word_es", "Rabia"))
    itzel.hear(julia)
    chosen = own_word(itzel.record)
    assert chosen is not None
    assert chosen.es == "Rabia"


def test_saying_the_same_again_wins_over_taking_it_back_unseen() -> None:
    itzel, julia = coined_by_two(AddMember("same", "imp.anger"))
    itzel.do(RemoveMember("same", "imp.anger"))
    julia.do(AddMember("same", "imp.fear"))
    itzel.hear(julia)
    julia.hear(itzel)
    assert own_word(itzel.record) == own_word(julia.record)
    word = own_word(itzel.record)
    assert word is not None
    assert word.same == ("imp.fear",)


def test_what_two_devices_of_a_person_hid_and_kept_apart_is_all_there() -> None:
    first, second = Replica(ITZEL, "mine"), Replica(ITZEL, "mine", device=1)
    first.do(AddMember("hidden", "imp.fear"))
    second.hear(first)
    first.do(AddMember("hidden", "imp.guilt"), AddMember("views", "a", Filter(words="uno").kept()))
    second.do(
        AddMember("views", "a", Filter(words="dos").kept()),
        AddMember("views", "b", Filter(words="tres").kept()),
        RemoveMember("hidden", "imp.fear"),
    )
    first.hear(second)
    second.hear(first)
    kept, same = mine([first.record]), mine([second.record])
    assert kept == same
    assert set(kept.hidden) == {"imp.guilt"}
    found = {view.name: view.filter.words for view in kept.views}
    assert found in ({"a": "uno", "b": "tres"}, {"a": "dos", "b": "tres"})


def coined_by_two(*more: Edit) -> tuple[Replica, Replica]:
    """Return two devices that know the same word."""
    itzel, julia = Replica(ITZEL, "own_term"), Replica(JULIA, "own_term")
    itzel.do(SetReading("word_es", "Rabia digna"), *more)
    julia.hear(itzel)
    return itzel, julia
