"""C5.1 over random outages of five devices, against a second, plainer reading of its rules."""

from __future__ import annotations

from hypothesis import given, settings

from aluna_protocol.ids import PersonId
from aluna_sync.journal.lives.agreements import (
    CONSENTED,
    IN_FORCE,
    IN_REVIEW,
    OBJECTED,
    PAUSED,
    Agreement,
)
from aluna_sync.journal.types import Act
from unit.journal.lives.world import PEOPLE, Step, World, agree, scripts

YES = {"pos.consent", "pos.consent_concern", "pos.stand_aside"}


def said(act: Act, part: str) -> object:
    assert isinstance(act.value, dict)
    return act.value.get(part)


class Plain:
    """The rules of C5.1 read plainly: everyone has one device, so her acts follow each other."""

    def __init__(self, acts: list[Act]) -> None:
        self.acts = acts

    def seen_by(self, act: Act) -> Plain:
        """Return what the writer of *act* had seen."""
        by_id = {one.id: one for one in self.acts}
        seen: set[str] = set()
        waiting = list(act.after)
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += by_id[one].after
        return Plain([one for one in self.acts if one.id in seen])

    def stance(self, person: PersonId, version: str) -> str:
        """Return her last word on a wording, empty when she said none or took it back."""
        mine = [one for one in self.acts if one.by == person]
        stance, last = "", ""
        for act in mine:
            if said(act, "act") == "position" and said(act, "version") == version:
                stance, last = str(said(act, "stance")), act.id
            elif said(act, "act") in ("lift", "withdraw_position"):
                named = said(act, "objection") or said(act, "position")
                stance = "" if named == last else stance
        return stance

    def spoke(self, person: PersonId, version: str) -> bool:
        return any(
            one.by == person and said(one, "act") == "position" and said(one, "version") == version
            for one in self.acts
        )

    def everyone_has_spoken(self, version: str) -> bool:
        proposed = next((one for one in self.acts if one.id == version), None)
        if proposed is None:
            return False
        asked = said(proposed, "asked")
        assert isinstance(asked, list)
        stances = {one: self.stance(one, version) for one in PEOPLE}
        return (
            all(stances[PersonId(bytes.fromhex(str(one)))] in YES for one in asked)
            and "pos.objection" not in stances.values()
            and any(one.startswith("pos.consent") for one in stances.values())
        )


def played(script: list[Step]) -> tuple[World, Agreement, Plain]:
    world = World("agreement")
    agree(world, script)
    world.meet()
    return world, world.life(), Plain(world.written)


@settings(max_examples=250, deadline=None)
@given(scripts(48))
def test_c5_1_rule_2_a_declaration_counts_only_if_its_writer_had_seen_everyone_speak(
    script: list[Step],
) -> None:
    _, life, plain = played(script)
    early = {act.id for act in life.too_early}
    for act in plain.acts:
        if said(act, "act") == "in_force" and not plain.seen_by(act).everyone_has_spoken(
            str(said(act, "version"))
        ):
            assert act.id in early
    for version in life.followed:
        assert any(
            said(act, "version") == version
            and said(act, "act") == "in_force"
            and plain.seen_by(act).everyone_has_spoken(version)
            for act in plain.acts
        )


@settings(max_examples=250, deadline=None)
@given(scripts(48))
def test_c5_1_rule_3_a_standing_objection_to_what_is_lived_by_is_heard_whenever_it_arrives(
    script: list[Step],
) -> None:
    _, life, plain = played(script)
    heard = {(act.by, str(said(act, "version"))) for act in life.voices}
    for version in life.followed:
        for person in PEOPLE:
            if plain.stance(person, version) == "pos.objection":
                assert (person, version) in heard
                assert life.state in (IN_REVIEW, PAUSED)


@settings(max_examples=250, deadline=None)
@given(scripts(48))
def test_c5_1_rules_1_and_4_nobody_but_herself_lifts_an_objection_and_silence_is_no_yes(
    script: list[Step],
) -> None:
    _, life, plain = played(script)
    for wording in life.wordings:
        for person in PEOPLE:
            objects = plain.stance(person, wording.id) == "pos.objection"
            standing = wording.of(person)
            assert objects == (standing is not None and standing.stance == "pos.objection")
            if objects:
                assert any(act.by == person for act in wording.objections)
                assert not wording.consented
            if person in wording.asked and not plain.spoke(person, wording.id):
                assert person in wording.waiting
                assert not wording.consented
    if life.state == CONSENTED:
        assert any(one.consented for one in life.wordings if one.id in life.open)
    objected = any(one.objections for one in life.wordings if one.id in life.open)
    assert (life.state == OBJECTED) <= objected
    assert not (objected and life.state == CONSENTED)


@settings(max_examples=250, deadline=None)
@given(scripts(48))
def test_c5_1_rules_5_and_6_what_was_declared_apart_is_looked_at_and_positions_keep_their_wording(
    script: list[Step],
) -> None:
    _, life, plain = played(script)
    for wording in life.wordings:
        frozen = next(act for act in plain.acts if act.id == wording.id)
        assert wording.words == said(frozen, "wording")
        for standing in wording.standing:
            assert all(said(act, "version") == wording.id for act in standing.acts)
    outcomes = {
        said(act, "version") if said(act, "act") == "in_force" else "" for act in life.declared
    }
    if len(outcomes) > 1:
        assert life.state in (IN_REVIEW, PAUSED)
        for version in life.followed:
            # What applies meanwhile is what all who declared had seen in force.
            for act in life.declared:
                seen = plain.seen_by(act).acts
                assert any(
                    said(one, "act") == "in_force" and said(one, "version") == version
                    for one in seen
                )
    if life.state == IN_FORCE:
        assert len(life.followed) == 1
        assert not life.voices


@settings(max_examples=80, deadline=None)
@given(scripts(48))
def test_no_act_anybody_did_is_missing_after_all_have_met(script: list[Step]) -> None:
    world, life, plain = played(script)
    assert {act.id for act in world.causes().acts} == {act.id for act in plain.acts}
    wordings = {act.id for act in plain.acts if said(act, "act") in ("propose", "amend")}
    assert {one.id for one in life.wordings} == wordings


@settings(max_examples=80, deadline=None)
@given(scripts(24))
def test_who_hears_more_never_loses_a_wording_or_an_objection_that_stands(
    script: list[Step],
) -> None:
    world = World("agreement")
    for step in script:
        agree(world, [step])
        for device in range(5):
            life = world.life(device)
            mine = Plain([act for _, act in world.devices[device].acts.values()])
            # On her own device, what she last said stands, whatever arrived.
            own = PEOPLE[device]
            acts = {act.id for act in mine.acts}
            plain = Plain([act for act in world.written if act.id in acts])
            for wording in life.wordings:
                standing = wording.of(own)
                assert (standing.stance if standing else "") == plain.stance(own, wording.id)
