"""The digest is computed from sets: no order of arrival, no count of persons, no rank."""

from __future__ import annotations

import dataclasses
import random

from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.journal.digest import (
    TENDER,
    Here,
    Item,
    Kind,
    News,
    Said,
    Section,
    Turn,
    digest,
    ids_of,
)
from aluna_sync.journal.schema import TYPES
from aluna_sync.store.arrivals import Line

SPACE = SpaceId(bytes(32))
PEOPLE = [PersonId(bytes([at]) * 16) for at in range(4)]
ME = PEOPLE[0]


@st.composite
def news(draw: st.DrawFn) -> News:
    documents = [DocumentId(bytes([at]) * 16) for at in range(draw(st.integers(0, 12)))]
    lines = [
        Line(
            one,
            SPACE,
            draw(st.sampled_from([*TYPES, ""])),
            draw(st.sampled_from(["", "Retén", "retén", "Cocinar"])),
            draw(st.sampled_from([None, "2024", "2024-03-12"])),
            draw(st.sampled_from([(), ("when",)])),
            new=draw(st.booleans()),
        )
        for one in documents
    ]
    hands = st.frozensets(st.sampled_from(PEOPLE))
    return News(
        me=ME,
        lines=lines,
        writers={one: draw(hands) for one in documents},
        begun={one: draw(st.sampled_from(PEOPLE)) for one in documents},
        voices={one: (Said(PEOPLE[1], "pos.objection"),) for one in documents[::3]},
        living=documents[::2],
        people=[
            Here(draw(st.sampled_from(PEOPLE)), draw(st.sampled_from([*Turn])), SPACE)
            for _ in range(draw(st.integers(0, 3)))
        ],
        taken_back=[(DocumentId(bytes([99]) * 16), "event")] * draw(st.integers(0, 1)),
    )


@given(news(), st.randoms(use_true_random=False))
def test_the_same_news_in_any_order_give_the_same_digest(one: News, dice: random.Random) -> None:
    lines, people = list(one.lines), list(one.people)
    dice.shuffle(lines)
    dice.shuffle(people)
    other = dataclasses.replace(one, lines=lines, people=people)
    assert digest(other) == digest(one)


@given(news())
def test_everything_others_wrote_is_told_once_by_kind_and_nothing_of_mine(one: News) -> None:
    found = digest(one)
    assert [section.kind for section in found] == [
        kind for kind in Kind if kind in {section.kind for section in found}
    ]
    by_kind = [
        item.document
        for section in found
        if section.kind not in (Kind.TWO_HANDS, Kind.TWO_READINGS, Kind.TAKEN_BACK)
        for item in section.items
    ]
    assert len(by_kind) == len(set(by_kind))
    of_others = {
        line.document
        for line in one.lines
        if one.writers[line.document] - {ME} and line.type not in ("", "marker", "own_term", "mine")
    }
    assert set(by_kind) == of_others
    assert ids_of(found) - of_others <= {document for document, _ in one.taken_back}


@given(news())
def test_what_hurts_is_kept_back_and_only_stands_beside_what_sustains(one: News) -> None:
    for section in digest(one):
        for item in section.items:
            assert item.kept_back == (item.type in TENDER) or section.kind is Kind.TAKEN_BACK
            if item.type == "impact" and section.kind not in (Kind.TWO_HANDS, Kind.TWO_READINGS):
                assert section.kind is Kind.HARM_AND_COPING


def test_nothing_of_a_digest_is_a_number_about_anybody() -> None:
    for told in (Section, Item, Here, Said):
        for field in dataclasses.fields(told):
            assert str(field.type) not in ("int", "float"), field
