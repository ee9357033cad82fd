"""Pictures of harm: two lanes, the map, the weave, who is responsible, and the group's fear."""

from __future__ import annotations

from dataclasses import replace

from aluna_sync.journal.pictures.fear import fear_reading
from aluna_sync.journal.pictures.impact_map import By, Cell, impact_map
from aluna_sync.journal.pictures.looking import Look, Pair
from aluna_sync.journal.pictures.responsibility import responsibility
from aluna_sync.journal.pictures.timeline import Entry, Kind, timeline
from aluna_sync.journal.pictures.weave import weave
from unit.journal.pictures.gallery import COLLECTIVE, SHARED, TODAY, act, made, name, on

HARM = made(
    1, "impact", sets={"dimensions": ("dim.personal", "dim.social"), "fields": ("fld.security",)}
)
COOKING = made(2, "coping", links=[("sustained", 1)])


def cell(found: tuple[Cell, ...], row: str, column: str) -> Pair:
    (one,) = [one.stories for one in found if (one.row, one.column) == (row, column)]
    return one


# -- timeline ------------------------------------------------------------------------------------


def test_the_timeline_has_what_they_did_beside_what_we_did_in_coarse_bands() -> None:
    drawn = timeline(
        [
            made(1, "event", when="2026-03-12", links=[("did", 9)]),
            made(2, "event", when="2026"),
            made(3, "care_time", when="2026-03"),
            made(4, "coping", links=[("sustained", 9)]),
            made(5, "agreement", when="2027-01"),
        ],
        SHARED,
    )
    assert [band.when for band in drawn.bands] == ["2026", "2026-03"]
    march = drawn.bands[1].lanes
    assert march.theirs == (Entry("2026-03-12", Kind.EVENT, name(1)),)
    assert march.ours == (Entry("2026-03", Kind.CARE, name(3)),)
    assert march.sustained == (name(4),), "through what the event brought, readable here or not"
    assert [one.record for one in drawn.ahead.ours] == [name(5)]
    assert [one.record for one in drawn.undated.ours] == [name(4)]


def test_an_event_dated_apart_stands_at_both_dates() -> None:
    drawn = timeline([made(1, "event", when=("2026-03-12", "2026-05"))], SHARED)
    assert [band.when for band in drawn.bands] == ["2026-03", "2026-05"]


def test_the_timeline_lists_no_impact_of_anybody() -> None:
    drawn = timeline([replace(HARM, readings=made(1, "impact", when="2026-03").readings)], SHARED)
    assert drawn.bands == ()
    assert drawn.undated.theirs == drawn.ahead.theirs == ()


def test_demands_stand_beside_answers_and_silences_and_rites_where_they_were() -> None:
    answers = (act("a", "no_answer_yet", when=on("2026-04-01")), act("b", "answer", "a"))
    rite = act("r", "rite", when=on("2026-04-02"))
    drawn = timeline(
        [
            made(1, "response", when="2026-04", acts={"answers": answers},
                 texts={"what_moved": "Nos recibieron."}),
            made(2, "mourning", acts={"rites": (rite,)}),
        ],
        SHARED,
    )  # fmt: skip
    (april,) = drawn.bands
    assert [one.kind for one in april.lanes.theirs] == [Kind.SILENCE]
    assert [one.kind for one in april.lanes.ours] == [Kind.DEMAND, Kind.WIN, Kind.RITE]
    assert [(one.kind, one.act) for one in drawn.undated.theirs] == [(Kind.ANSWER, "b")]


# -- map and weave -------------------------------------------------------------------------------


def test_a_story_stands_in_each_of_its_places_with_what_sustained_people_there() -> None:
    drawn = impact_map([HARM, COOKING], SHARED)
    told = Pair((name(1),), (name(2),))
    assert cell(drawn.cells, "dim.personal", "fld.security") == told
    assert cell(drawn.cells, "dim.social", "fld.security") == told
    assert cell(drawn.cells, "dim.social", "fld.political") == Pair((), ())
    assert len(drawn.cells) == 5 * 4
    assert drawn.unplaced == Pair((), ())


def test_the_map_turns_to_expressions_and_keeps_what_says_no_place() -> None:
    body = made(3, "impact", sets={"dimensions": ("dim.family",), "terms": ("exp.body",)})
    drawn = impact_map([HARM, COOKING, body], SHARED, By.EXPRESSIONS)
    assert len(drawn.cells) == 5 * 6
    assert cell(drawn.cells, "dim.family", "exp.body") == Pair((name(3),), ())
    assert drawn.unplaced == Pair((name(1),), (name(2),))


def test_words_of_the_collectives_own_are_rows_of_the_map() -> None:
    own = "own.0123456789abcdef"
    record = made(1, "impact", sets={"dimensions": (own,), "fields": ("fld.security",)})
    assert impact_map([record], SHARED).rows[-1] == own
    joined = replace(SHARED, shown=lambda term: "dim.community" if term == own else term)
    drawn = impact_map([record], joined)
    assert cell(drawn.cells, "dim.community", "fld.security").harm == (name(1),)
    assert len(drawn.rows) == 5


def test_an_impact_that_tells_what_sustained_people_is_not_alone() -> None:
    told = replace(HARM, texts={"what_sustained_us": "Cocinar juntas."})
    assert weave([told], SHARED).strands == (Pair((name(1),), (name(1),)),)


def test_the_weave_shows_what_nobody_accompanied_yet_and_what_sustains_beyond() -> None:
    lone = made(3, "coping")
    other = made(4, "impact")
    drawn = weave([other, lone, COOKING, HARM], SHARED)
    assert drawn.strands == (Pair((name(1),), (name(2),)), Pair((name(4),), ()))
    assert drawn.beyond == (name(3),)


def test_a_filter_never_takes_away_what_sustained_people_in_what_it_leaves() -> None:
    narrowed = replace(SHARED, only=frozenset({name(1)}))
    other = made(5, "coping", links=[("sustained", 8)])
    drawn = weave([HARM, COOKING, other], narrowed)
    assert drawn.strands == (Pair((name(1),), (name(2),)),)
    assert drawn.beyond == ()


# -- responsibility ------------------------------------------------------------------------------


def test_who_is_responsible_stands_with_modes_aggressions_intents_and_silences() -> None:
    event = made(
        1, "event", links=[("responsible", 2), ("did", 7)],
        sets={
            "modes": ("mode.action", "mode.omission"), "aggressions": ("agr.threat",),
            "intents": ("int.silence",),
        },
    )  # fmt: skip
    card = made(2, "actor", sets={"kinds": ("act.military",)}, texts={"known_as": "N. N."})
    quiet = act("a", "no_answer_yet")
    demand = made(3, "response", links=[("answers", 1)], acts={"answers": (quiet,)})
    sustained = made(4, "coping", links=[("sustained", 7)])
    (row,) = responsibility([event, card, demand, sustained], SHARED).rows
    assert (row.actor, row.cards) == ("act.military", (name(2),))
    assert [one.mode for one in row.cells] == ["mode.action", "mode.omission"]
    for one in row.cells:
        assert one.stories == Pair((name(1),), (name(4),))
        assert [(n.term, n.records) for n in one.aggressions] == [("agr.threat", (name(1),))]
        assert [(n.term, n.records) for n in one.intents] == [("int.silence", (name(1),))]
    assert (row.demanded, row.answered, row.silent) == ((name(3),), (), (name(3),))
    assert "N. N." not in repr(row), "no name of anybody unless its card is opened"


def test_an_answer_after_a_silence_ends_it() -> None:
    event = made(1, "event", sets={"actors": ("act.business",)})
    answers = (act("a", "no_answer_yet"), act("b", "answer", "a"))
    demand = made(3, "response", links=[("answers", 1)], acts={"answers": answers})
    (row,) = responsibility([event, demand], SHARED).rows
    assert (row.answered, row.silent) == ((name(3),), ())
    assert [one.mode for one in row.cells] == [""], "which mode is not spoken yet"


# -- fear ----------------------------------------------------------------------------------------


def test_the_groups_fear_is_read_over_time_and_nobodys_own() -> None:
    alarm = made(1, "impact", when="2026-02-03", sets={"kinds": ("fear.altered_alarm",)})
    both = made(
        2, "impact", when="2026-02",
        sets={"kinds": ("fear.risk_denial", "fear.overprotection", "fear.isolation")},
    )  # fmt: skip
    mine = made(3, "impact", when="2026-02", sets={"kinds": ("fear.risk_denial",)},
                says={"about": "me"})  # fmt: skip
    vigil = made(4, "coping", links=[("sustained", 2)])
    (band,) = fear_reading([alarm, both, mine, vigil], SHARED).bands
    assert band.when == "2026-02"
    assert band.alarm == Pair((name(1),), ())
    assert band.denial == band.immobility == Pair((name(2),), (name(4),))


def test_nothing_of_another_space_is_in_a_picture() -> None:
    elsewhere = Look(TODAY, frozenset())
    assert weave([HARM, COOKING], elsewhere).strands == ()
    assert weave([HARM, COOKING], Look(TODAY, frozenset({COLLECTIVE}))).strands != ()


def test_what_was_put_away_is_in_no_picture() -> None:
    assert weave([replace(HARM, put_away=True)], SHARED).strands == ()
