"""C5.3 to C5.5: mourning, resting, permitting: each by her own word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from aluna_sync.journal.edits import AddAct, AddMember, SetMine, SetReading, SetText
from aluna_sync.journal.keys import map_key
from aluna_sync.journal.lives import state_of
from aluna_sync.journal.lives.consents import Consent, consents, permitted
from aluna_sync.journal.lives.members import member, speaks_of_removal
from aluna_sync.journal.lives.mourning import mourning, words_of
from aluna_sync.journal.readings import entry_text
from aluna_sync.journal.types import Json, Record
from unit.journal import fakes
from unit.journal.fakes import Desk, view_of
from unit.journal.lives.test_any_order import live
from unit.journal.lives.world import ITZEL, JULIA, MARTA, PEOPLE, Step, World, scripts

# -- mourning --------------------------------------------------------------------------------------


def test_a_mourning_is_open_by_being_written_and_returns_as_often_as_it_does() -> None:
    world = World("mourning")
    assert state_of(world.record(0)) == "mst.open"
    for act, state in [
        ("keep_quietly", "mst.kept_quietly"),
        ("return", "mst.returned"),
        ("honour", "mst.honoured"),
        ("return", "mst.returned"),
        ("open", "mst.open"),
    ]:
        world.do(0, act)
        assert state_of(world.record(0)) == state


def test_a_mourning_has_no_closed() -> None:
    from aluna_sync.journal.schema import record_type

    states = {kind.state for _, kind in record_type("mourning").acts if kind.state}
    assert states == {"mst.open", "mst.kept_quietly", "mst.returned", "mst.honoured"}


def test_each_one_is_where_she_is_and_all_the_words_are_told() -> None:
    world = World("mourning")
    world.do(0, "honour")
    world.do(1, "return")
    world.meet()
    assert mourning(world.causes()) == {ITZEL: ("mst.honoured",), JULIA: ("mst.returned",)}
    assert state_of(world.record(0)).split() == ["mst.returned", "mst.honoured"]


@settings(max_examples=50, deadline=None)
@given(scripts())
def test_how_it_is_with_one_follows_from_her_own_acts_alone(script: list[Step]) -> None:
    world = World("mourning")
    live(world, script)
    world.meet()
    together = mourning(world.causes())
    for person in PEOPLE:
        record = world.record(0)
        hers = {
            name: tuple(act for act in acts if act.by == person)
            for name, acts in record.acts.items()
        }
        alone = mourning(type(world.causes())(act for acts in hers.values() for act in acts)).get(
            person
        )
        # Without the others' acts less is known of what she had seen, never another person's word.
        assert (alone is None) == (person not in together)
        assert set(together.get(person, ())) <= set(alone or ())
    assert words_of(together)


# -- members ---------------------------------------------------------------------------------------


def test_who_rests_is_not_waited_for_and_comes_back_when_she_says_so() -> None:
    world = World("member")
    assert state_of(world.record(0)) == "mem.active"
    world.do(0, "rest")
    assert not member(world.causes(), ITZEL).is_waited_for
    world.do(0, "come_back")
    assert member(world.causes(), ITZEL).is_waited_for


@pytest.mark.parametrize("act", ["rest", "go_for_safety", "leave", "come_back"])
def test_nobody_rests_leaves_or_comes_back_for_another(act: str) -> None:
    world = World("member")
    world.do(0, "rest")
    world.meet()
    world.do(1, act)
    world.meet()
    assert member(world.causes(), ITZEL).state == "mem.resting"


def test_that_she_was_removed_is_known_from_who_belongs_and_from_no_act() -> None:
    world = World("member")
    world.do(1, "remove", words="Así lo acordamos.")
    world.meet()
    assert member(world.causes(), ITZEL).state == "mem.active"
    assert [act.by for act in speaks_of_removal(world.causes())] == [JULIA]
    assert member(world.causes(), ITZEL, gone=True).state == "mem.removed"
    world.do(0, "leave")
    assert member(world.causes(), ITZEL, gone=True).state == "mem.left"


def test_what_she_said_apart_on_two_devices_keeps_her_safe_and_here() -> None:
    for acts, state in [
        (("rest", "come_back"), "mem.active"),
        (("rest", "go_for_safety"), "mem.away"),
        (("come_back", "leave"), "mem.active"),
    ]:
        world = World("member", (ITZEL, ITZEL))
        for who, act in enumerate(acts):
            world.do(who, act)
        world.meet()
        assert member(world.causes(), ITZEL).state == state


def test_two_persons_stop_a_lost_device_and_it_is_let_go_on() -> None:
    world = World("member")
    world.do(1, "suspend", fingerprint="ab")
    world.do(1, "suspend", fingerprint="ab")
    world.meet()
    assert member(world.causes(), ITZEL).suspended == ()
    world.do(2, "suspend", fingerprint="ab")
    world.meet()
    assert member(world.causes(), ITZEL).suspended == ("ab",)
    world.do(3, "lift_suspension")
    world.meet()
    assert member(world.causes(), ITZEL).suspended == ()


def test_who_was_invited_and_who_vouched() -> None:
    world = World("member")
    world.do(1, "invite")
    world.meet()
    world.do(2, "vouch", key_checked="aloud")
    world.do(0, "vouch", key_checked="aloud")
    world.meet()
    found = member(world.causes(), ITZEL)
    assert found.state == "mem.invited"
    assert found.vouched == (JULIA, MARTA), "nobody vouches for herself"
    world.do(1, "arrive")
    world.meet()
    assert member(world.causes(), ITZEL).state == "mem.active"


# -- uses ------------------------------------------------------------------------------------------

ASKS: Json = {
    "act": "ask_uses",
    "persons": [fakes.JULIA.hex()],
    "uses": ["use.memory", "use.count"],
}


def told() -> Desk:
    desk = Desk("event")
    desk.do(SetText("body", "Entraron de noche."))
    return desk


def of(record: Record) -> Consent:
    return consents(record)[0]


def test_a_consent_goes_from_not_asked_to_yes_to_less_to_taken_back() -> None:
    desk = told()
    assert consents(desk.record) == ()
    desk.do(AddAct("acts", ASKS))
    assert of(desk.record).state == "asked"
    assert not permitted(desk.record, "use.memory", [fakes.JULIA])
    both: list[Json] = ["use.memory", "use.count"]
    desk.do(SetMine("uses", both), person=fakes.JULIA)
    assert of(desk.record).state == "yes"
    assert permitted(desk.record, "use.memory", [fakes.JULIA])
    desk.do(SetMine("uses", ["use.memory"]), person=fakes.JULIA)
    assert of(desk.record).state == "narrowed"
    assert not permitted(desk.record, "use.count", [fakes.JULIA])
    desk.do(SetMine("uses", ["use.inner"]), person=fakes.JULIA)
    assert of(desk.record).state == "taken_back"
    assert not permitted(desk.record, "use.memory", [fakes.JULIA])


def test_everybody_concerned_has_to_permit_it_and_inside_nobody_is_asked() -> None:
    desk = told()
    desk.do(SetMine("uses", ["use.memory"]), person=fakes.JULIA)
    assert permitted(desk.record, "use.memory", [fakes.JULIA])
    assert not permitted(desk.record, "use.memory", [fakes.JULIA, fakes.MARTA])
    assert not permitted(desk.record, "use.memory", []), "nobody concerned is nobody asked"
    assert permitted(desk.record, "use.inner", [fakes.MARTA])


def test_a_consent_written_by_another_device_than_its_persons_does_not_count() -> None:
    key = map_key("uses", fakes.JULIA, "", "00000000000000aa")
    cells: dict[str, str | int] = {
        "type": "event", "schema": 1, key: entry_text(["use.memory"], ())
    }  # fmt: skip
    forged = fakes.read(view_of({**cells}, {"t/body/0000000000000001": "x"}, by=fakes.MARTA))
    assert consents(forged) == ()
    assert not permitted(forged, "use.memory", [fakes.JULIA])
    own = fakes.read(view_of({**cells}, {"t/body/0000000000000001": "x"}, by=fakes.JULIA))
    assert permitted(own, "use.memory", [fakes.JULIA])


def test_an_act_is_of_the_person_whose_device_wrote_it_whatever_it_says() -> None:
    desk = Desk("agreement")
    propose: Json = {
        "act": "propose", "wording": "x", "asked": [one.hex() for one in fakes.PERSONS]
    }  # fmt: skip
    desk.do(SetText("text", "x"), AddAct("versions", propose))
    version = desk.record.acts["versions"][0].id
    consent: Json = {"act": "position", "version": version, "stance": "pos.consent"}
    for _ in fakes.PERSONS:
        desk.do(AddAct("positions", consent), person=fakes.ITZEL)
    assert desk.record.state == "ags.proposed"
    desk.do(AddAct("positions", consent), person=fakes.JULIA)
    assert desk.record.state == "ags.proposed"
    desk.do(AddAct("positions", consent), person=fakes.MARTA)
    assert desk.record.state == "ags.consented"


def test_what_she_said_apart_on_two_devices_counts_as_the_narrower() -> None:
    one = map_key("uses", fakes.JULIA, "", "00000000000000aa")
    other = map_key("uses", fakes.JULIA, "", "00000000000000bb")
    cells: dict[str, str | int] = {
        "type": "event", "schema": 1,
        one: entry_text(["use.memory", "use.count"], ()),
        other: entry_text(["use.count"], ()),
    }  # fmt: skip
    record = fakes.read(view_of({**cells}, {"t/body/0000000000000001": "x"}, by=fakes.JULIA))
    assert consents(record)[0].uses == ("use.count",)


def test_an_act_that_says_nothing_here_hides_nothing_that_others_had_seen() -> None:
    desk = Desk("agreement")
    everyone: list[Json] = [one.hex() for one in fakes.PERSONS]
    desk.do(
        SetText("text", "x"),
        AddMember("kind", "care"),
        AddAct("versions", {"act": "propose", "wording": "x", "asked": everyone}),
    )
    version = desk.record.acts["versions"][0].id
    consent: Json = {"act": "position", "version": version, "stance": "pos.consent"}
    for person in fakes.PERSONS:
        desk.do(AddAct("positions", consent), person=person)
    assert desk.view is not None
    # Something a newer program, or somebody who means harm, put after all of them.
    seen = [act.id for acts in desk.record.acts.values() for act in acts]
    from aluna_sync.engine.types import Put
    from unit.journal.fakes import applied

    strange = [
        Put("f/positions/00000000000000ff", entry_text({"act": "position", "stance": 7}, seen)),
        Put("f/councils/00000000000000fe", entry_text({"act": "sat"}, ["00000000000000ff"])),
    ]
    desk.view = applied(desk.view, strange, fakes.MARTA)
    declared = entry_text({"act": "in_force", "version": version}, ["00000000000000fe"])
    desk.view = applied(desk.view, [Put("f/acts/00000000000000fd", declared)], fakes.ITZEL)
    assert desk.record.state == "ags.in_force"
    desk.do(SetReading("voice", "us"))
    assert desk.record.state == "ags.in_force"
