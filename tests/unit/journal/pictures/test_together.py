"""Pictures of what people hold together: agreements, care, weariness, mourning, context, memory."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

from aluna_protocol.ids import DeviceId
from aluna_sync.facts import LackFacts, PeerFacts
from aluna_sync.journal.lives.days import Why
from aluna_sync.journal.pictures.agreements import STATES, agreements
from aluna_sync.journal.pictures.care import CareTime, care_calendar
from aluna_sync.journal.pictures.contexts import then_and_now
from aluna_sync.journal.pictures.devices import who_has_what
from aluna_sync.journal.pictures.fields import fields_balance
from aluna_sync.journal.pictures.honouring import mourning_dates
from aluna_sync.journal.pictures.memory_book import memory_books
from aluna_sync.journal.pictures.networks import networks
from aluna_sync.journal.pictures.weariness import weariness
from aluna_sync.journal.pictures.year import year_together
from aluna_sync.journal.vocabulary import vocabulary
from unit.journal.pictures.gallery import (
    COLLECTIVE,
    ITZEL,
    JULIA,
    MARTA,
    PEOPLE,
    SHARED,
    act,
    made,
    name,
    on,
)

ASKED = [ITZEL.hex(), JULIA.hex()]


# -- agreements ----------------------------------------------------------------------------------


def test_agreements_stand_by_state_and_what_waits_is_told_to_its_voice_alone() -> None:
    proposal = act("v", "propose", wording="Nunca sola.", asked=list(ASKED))
    position = act("p", "position", "v", version="v", stance="pos.consent")
    proposed = made(1, "agreement", acts={"versions": (proposal,), "positions": (position,)})
    draft = made(2, "protection")
    drawn = agreements([draft, proposed], replace(SHARED, me=JULIA))
    assert [one.state for one in drawn.columns] == list(STATES)
    assert {one.state: one.records for one in drawn.columns if one.records} == {
        "ags.draft": (name(2),), "ags.proposed": (name(1),),
    }  # fmt: skip
    assert [one.document for one in drawn.mine] == [name(1)]
    assert agreements([proposed], replace(SHARED, me=ITZEL)).mine == ()
    assert agreements([proposed], SHARED).mine == ()


def test_the_columns_are_the_states_of_the_vocabulary() -> None:
    assert set(STATES) == {term.id for term in vocabulary().terms("agreement_state")}


def test_what_is_to_be_looked_at_again_this_month_stands_there_gently() -> None:
    acts = {
        "versions": (act("v", "propose", wording="x", asked=[ITZEL.hex()]),),
        "positions": (act("p", "position", "v", version="v", stance="pos.consent"),),
        "acts": (act("f", "in_force", "p", version="v"),),
    }
    record = made(1, "agreement", acts=acts, says={"look_again_on": on("2026-11-28")})
    (again,) = agreements([record], SHARED).again
    assert (again.document, again.why, again.on) == (name(1), Why.DATE, "2026-11-28")


# -- care ----------------------------------------------------------------------------------------


def care_time(number: int, when: str, **said: str) -> CareTime:
    record = made(
        number, "care_time", when=when, says=said, sets={"hosts": (JULIA.hex(),)},
        maps={"coming": {MARTA: "yes", ITZEL: "not_this_time", JULIA: "perhaps"}},
    )  # fmt: skip
    drawn = care_calendar([record], SHARED)
    return drawn.days[0].times[0]


def test_who_said_they_come_is_told_until_it_has_been_and_never_after() -> None:
    assert care_time(1, "2026-11-25T18:00").coming == (MARTA,)
    assert care_time(1, "2026-11-22").coming == (MARTA,)
    assert care_time(1, "2026-11-21").coming == ()
    to_come = care_time(1, "2026-11-25T18:00", protected="held")
    assert (to_come.at, to_come.protected, to_come.hosts) == ("18:00", True, (JULIA,))


def test_care_repeats_through_the_month() -> None:
    weekly = made(1, "care_time", when="2026-10-30", says={"repeats": "weekly"})
    monthly = made(2, "care_time", when="2026-08-31", says={"repeats": "monthly"})
    own = made(3, "care_time", when="2026-11-02", says={"repeats": "cuando hay luna"})
    drawn = care_calendar([weekly, monthly, own], SHARED)
    assert [(day.on[8:], [one.record for one in day.times]) for day in drawn.days] == [
        ("02", [name(3)]), ("06", [name(1)]), ("13", [name(1)]), ("20", [name(1)]),
        ("27", [name(1)]), ("30", [name(2)]),
    ]  # fmt: skip
    assert care_calendar([weekly], SHARED, "2026-09").days == ()


def test_protected_time_was_there_first_and_both_stay() -> None:
    held = made(1, "care_time", when="2026-11-25", says={"protected": "held"})
    other = made(2, "care_time", when="2026-11-25T18:00")
    (day,) = care_calendar([other, held], SHARED).days
    assert [one.record for one in day.times] == [name(1), name(2)]
    assert day.care_was_here_first == (name(1),)
    assert care_calendar([held], SHARED).days[0].care_was_here_first == ()


def test_dates_to_honour_stand_in_the_calendar_or_stay_in_words() -> None:
    said = ("11-12", "30 de noviembre", "la luna de mayo")
    record = made(1, "mourning", sets={"dates_to_honour": said})
    some = made(2, "care_time", when="2026-11")
    drawn = care_calendar([record, some], SHARED)
    assert [(day.on, day.honoured[0].words) for day in drawn.days] == [
        ("2026-11-12", "11-12"), ("2026-11-30", "30 de noviembre"),
    ]  # fmt: skip
    assert [one.words for one in drawn.in_words] == ["la luna de mayo"]
    assert [one.record for one in drawn.some_time] == [name(2)]


def test_a_day_the_month_does_not_have_is_honoured_on_its_last() -> None:
    record = made(1, "mourning", sets={"dates_to_honour": ("02-29",)})
    assert care_calendar([record], SHARED, "2026-02").days[0].on == "2026-02-28"


def test_a_day_no_calendar_has_breaks_nothing() -> None:
    for when in ("2026-02-31", "0000-01-01"):
        for repeats in ("weekly", "monthly", "once"):
            record = made(1, "care_time", when=when, says={"repeats": repeats})
            days = care_calendar([record], SHARED, "2026-03").days
            assert [day.on for day in days] == (
                [f"2026-03-{when[8:]}"] if repeats == "monthly" else []
            )


# -- weariness -----------------------------------------------------------------------------------


def test_weariness_is_conditions_with_load_rest_and_agreements_beside() -> None:
    seen = made(1, "round", when="2026-03-02", sets={"conditions_we_see": ("wear.no_distance",)})
    changing = made(2, "agreement", links=[("changes_condition", 1)])
    alarm = made(3, "emergency", when="2026-03-20")
    rest = made(4, "care_time", when="2026-03")
    ours = made(5, "impact", when="2026-04", sets={"kinds": ("wear.reactive_mode",)})
    helped = made(6, "coping", links=[("sustained", 5)])
    march, april = weariness([helped, ours, rest, alarm, changing, seen], SHARED).months
    assert [(one.term, one.records) for one in march.conditions] == [
        ("wear.no_distance", (name(1),))
    ]
    assert (march.load, march.rest, march.changed_by) == ((name(3),), (name(4),), (name(2),))
    assert (april.when, april.sustained) == ("2026-04", (name(6),))


def test_what_somebody_told_of_herself_is_no_condition_of_the_organisation() -> None:
    mine = made(1, "impact", when="2026-04", sets={"kinds": ("wear.reactive_mode",)},
                says={"about": "me"})  # fmt: skip
    arriving = made(2, "check_in", when="2026-04", sets={"conditions": ("wear.reactive_mode",)})
    assert weariness([mine, arriving], SHARED).months == ()


def test_words_of_a_round_stand_there_only_when_five_shared_and_without_names() -> None:
    words = dict(zip(PEOPLE, ("lluvia", "lluvia", "raíz", "sed", "humo"), strict=True))
    enough = made(1, "round", when="2026-03", maps={"words": words})
    (month,) = weariness([enough], SHARED).months
    assert [one.term for one in month.words] == ["humo", "lluvia", "raíz", "sed"]
    few = made(1, "round", when="2026-03", maps={"words": {k: words[k] for k in PEOPLE[:4]}})
    assert weariness([few], SHARED).months == ()
    silent = made(1, "round", when="2026-03", maps={"words": {**words, ITZEL: " "}})
    assert weariness([silent], SHARED).months == (), "who said nothing has not shared"


# -- mourning ------------------------------------------------------------------------------------


def test_mourning_dates_come_in_the_order_of_the_year_from_today() -> None:
    rites = (
        act("a", "rite", when=on("2026-12-01")), act("b", "rite"),
        act("c", "rite", when=on("2026-03-01")),
    )  # fmt: skip
    said = ("--03-12", "12-24", "cuando florece")
    record = made(1, "mourning", sets={"dates_to_honour": said}, acts={"rites": rites})
    drawn = mourning_dates([record], SHARED)
    assert [(one.day, one.words) for one in drawn.dates] == [
        ("12-24", "12-24"), ("03-12", "--03-12"), ("", "cuando florece"),
    ]  # fmt: skip
    assert [one.act for one in drawn.rites] == ["a", "b"]


# -- fields and networks -------------------------------------------------------------------------


def test_the_balance_of_fields_asks_which_one_nobody_looked_at() -> None:
    process = made(1, "process", sets={"fields": ("fld.internal", "fld.security")})
    agreed = made(2, "agreement", sets={"fields": ("fld.security",)})
    care = made(3, "care_practice", sets={"terms": ("fld.psychoemotional",)})
    loose = made(4, "care_time")
    drawn = fields_balance([process, agreed, care, loose], SHARED)
    security = drawn.fields[2]
    assert (security.processes, security.agreements, security.care) == ((name(1),), (name(2),), ())
    assert drawn.not_looked_at == ("fld.political",)
    assert drawn.unplaced == (name(4),)


def test_networks_hold_allies_and_nothing_of_how_people_inside_are() -> None:
    ally = made(
        1, "bond", sets={"with": ("ally",), "what_moves": ("bond.network_overload",)},
        texts={"can_hold": "dos noches", "already_holds": "tres familias"},
    )  # fmt: skip
    near = made(2, "bond", sets={"with": ("organisation",)}, links=[("beside", 1), ("beside", 3)])
    inside = made(3, "bond", sets={"with": ("ally", "family")})
    unsaid = made(4, "bond")
    first, second = networks([ally, near, inside, unsaid], SHARED).allies
    assert (first.record, first.holds_too_much, first.beside) == (name(1), True, (name(2),))
    assert (first.can_hold, first.already_holds) == ("dos noches", "tres familias")
    assert (second.holds_too_much, second.beside) == (False, (name(1),))


# -- context, memory, year, devices --------------------------------------------------------------


def test_two_contexts_stand_side_by_side() -> None:
    then = made(1, "context", when="2026-01", sets={"factors": ("ctx.a", "ctx.b")},
                texts={"signs": "Retenes."})  # fmt: skip
    now = made(2, "context", when="2026-06", sets={"factors": ("ctx.b", "ctx.c")})
    answer = made(3, "agreement", links=[("answers", 2)])
    drawn = then_and_now([answer, now, then], SHARED)
    assert drawn.then is not None
    assert drawn.now is not None
    assert (drawn.then.record, drawn.now.record) == (name(1), name(2))
    assert drawn.now.answered_by == (name(3),)
    factors = drawn.compared[0]
    assert (factors.both, factors.then, factors.now) == (("ctx.b",), ("ctx.a",), ("ctx.c",))
    signs = next(one for one in drawn.told if one.name == "signs")
    assert (signs.then, signs.now) == ("Retenes.", "")


def test_a_context_says_itself_which_one_it_follows() -> None:
    first, second = made(1, "context", when="2025"), made(2, "context", when="2026-01")
    third = made(3, "context", when="2026-06", links=[("reviews", 1)])
    drawn = then_and_now([first, second, third], SHARED)
    assert drawn.then is not None
    assert drawn.then.record == name(1)
    chosen = then_and_now([first, second, third], SHARED, (name(1), name(2)))
    assert chosen.now is not None
    assert chosen.now.record == name(2)
    assert then_and_now([], SHARED).now is None
    assert then_and_now([first], SHARED).then is None


def test_a_memory_holds_what_was_chosen_in_its_order_and_only_with_a_yes() -> None:
    pieces = (
        act("a", "piece", words="Empezó así.", record=name(2).hex()),
        act("b", "piece", "a", words="", record=name(3).hex(), behind="a"),
        act("c", "piece", "b", record=name(9).hex(), behind="b"),
    )
    memory = made(1, "memory", acts={"pieces": pieces})
    yes = made(2, "impact", maps={"uses": {ITZEL: ["use.memory"]}})
    no = made(3, "event")
    sustained = made(4, "coping", links=[("sustained", 2)])
    (book,) = memory_books([sustained, no, yes, memory], SHARED).books
    first, second, third = book.leaves
    assert (first.words, first.record, first.sustained) == (
        ("Empezó así.",), name(2), (name(4),)
    )  # fmt: skip
    assert first.is_harm
    assert (second.record, second.kept_elsewhere) == (None, True)
    assert third == replace(second, piece="c", words=third.words)
    assert memory_books([memory], SHARED, (name(8),)).books == ()


def test_a_year_is_a_draft_of_what_happened_and_what_sustained() -> None:
    ended = {
        "versions": (act("v", "propose", wording="x", asked=[ITZEL.hex()]),),
        "positions": (act("p", "position", "v", version="v", stance="pos.consent"),),
        "acts": (act("f", "in_force", "p", version="v"), act("e", "end", "f")),
    }
    lived = {**ended, "acts": ended["acts"][:1]}
    drawn = year_together(
        [
            made(1, "event", when="2026-03-12"), made(2, "event", when="2025-12"),
            made(3, "coping", when="2026"), made(4, "agreement", when="2026-01", acts=lived),
            made(5, "agreement", when="2026-02", acts=ended), made(6, "event"),
            made(7, "mourning", acts={"rites": (act("r", "rite", when=on("2026-05-01")),)}),
            made(8, "impact", when="2026-06", texts={"what_it_tells_us": "Avisar antes."}),
            made(9, "impact", when="2026-06", texts={"what_it_tells_us": "Lo mío."},
                 says={"about": "me"}),
            made(10, "impact", says={"about": "me"}), made(11, "event", when="2026-12-31"),
        ],
        SHARED,
    )  # fmt: skip
    assert (drawn.happened.harm, drawn.happened.sustained) == ((name(1),), (name(3),))
    assert (drawn.lived, drawn.let_go, drawn.losses) == ((name(4),), (name(5),), (name(7),))
    assert [(one.record, one.field) for one in drawn.learnt] == [(name(8), "what_it_tells_us")]
    assert drawn.undated == (name(6),)
    assert year_together([], SHARED, "2025").year == "2025"


def test_who_has_what_tells_the_day_and_nothing_of_what_is_private() -> None:
    lack = LackFacts(COLLECTIVE, "Semilla", "collective", 3, lacks=2, lacks_mine=1, we_lack=0)
    own = dataclasses.replace(lack, kind="private", lacks=40, we_lack=7)
    peer = PeerFacts(
        DeviceId(b"j" * 32), "laptop", JULIA, "Julia", False, "2026-11-03T04:12:00+00:00", 42, 1, 7,
        spaces=(lack, own),
    )  # fmt: skip
    (line,) = who_has_what([peer], {peer.device}).devices
    assert (line.last_met, line.waiting, line.we_wait_for) == ("2026-11-03", 2, False)
    assert line.rotated
    assert not who_has_what([peer], ()).devices[0].rotated
