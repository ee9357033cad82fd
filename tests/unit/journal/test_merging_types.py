"""Any order and grouping of merges gives the same record, whatever its type and fields."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aluna_sync.engine.types import Put, SignedChange
from aluna_sync.journal import keys
from aluna_sync.journal.edits import (
    AddAct,
    AddMember,
    Edit,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
)
from aluna_sync.journal.piece_order import pieces_in_order
from aluna_sync.journal.schema import TYPES, Field, MergeKind, Shape
from aluna_sync.journal.types import Json
from aluna_sync.journal.vocabulary import vocabulary
from unit.journal.fakes import DOCUMENT, ITZEL, JULIA, MARTA, PERSONS, actor_of
from unit.journal.meeting import Replica, meet, run, three_devices

BY_HAND = [name for name, declared in TYPES.items() if declared.by_hand]
WORDS = st.sampled_from(["", "ya", "ya no", "de noche\n\nsí", "ñandú"])


def value_of(field: Field) -> st.SearchStrategy[Json]:
    match field.shape:
        case Shape.TERM:
            terms = [one.id for group in field.groups for one in vocabulary().terms(group)][:3]
            one = st.sampled_from(terms)
            return st.lists(one, max_size=2) if field.merge is MergeKind.MAP else one
        case Shape.CHOICE:
            return st.sampled_from(field.choices)
        case Shape.WHEN:
            return st.just({"value": "2026-03", "precision": "dat.month", "words": "marzo"})
        case Shape.PLACE:
            return st.just({"name": "la casa azul", "level": "place"})
        case _:
            return st.sampled_from(["una", "otra"])


def edits_of(type_: str, field: Field) -> st.SearchStrategy[Edit]:
    name = field.name
    match field.merge:
        case MergeKind.TEXT:
            return st.builds(SetText, st.just(name), WORDS)
        case MergeKind.SET:
            items = value_of(field).map(str)
            return st.builds(AddMember, st.just(name), items, WORDS) | st.builds(
                RemoveMember, st.just(name), items
            )
        case MergeKind.READINGS:
            return st.builds(SetReading, st.just(name), st.none() | value_of(field))
        case MergeKind.MAP:
            key = st.sampled_from(["una", "dos"]) if field.keyed else st.just("")
            return st.builds(SetMine, st.just(name), st.none() | value_of(field), key)
        case _ if field.acts:
            kinds = [k for k in field.acts if not any(part.needed for part in k.parts)]
            if not kinds:
                return st.builds(SetText, st.just("body"), WORDS)
            return st.sampled_from(kinds).map(lambda kind: AddAct(name, {"act": kind.name}))
        case _:
            return st.builds(AddAct, st.just(name), st.sampled_from(["gracias", "aquí"]))


@pytest.mark.parametrize("type_", BY_HAND)
@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_order_and_grouping_of_meetings_gives_the_same_record(
    type_: str, data: st.DataObject
) -> None:
    shapes = (Shape.PERSON, Shape.LINK)
    fields = [field for field in TYPES[type_].fields if field.shape not in shapes]
    replicas = three_devices(kind=type_)
    done: list[tuple[int, Edit]] = []
    for _ in range(data.draw(st.integers(1, 10))):
        who = data.draw(st.integers(0, 2))
        if data.draw(st.booleans()):
            edit = data.draw(st.sampled_from(fields).flatmap(lambda f: edits_of(type_, f)))
            replicas[who].do(edit)
            done.append((who, edit))
        else:
            replicas[who].hear(replicas[data.draw(st.integers(0, 2))])
    order = data.draw(st.permutations([0, 1, 2]))
    record = meet(*(replicas[place] for place in order))
    late = Replica(MARTA, type_, device=1)
    late.hear(*replicas)
    assert late.record == record
    assert record.unknown == ()
    own = {kind.name for _, kind in TYPES[type_].acts if kind.own}
    for who, edit in done:
        if isinstance(edit, AddAct):
            said = [act.value for act in record.acts.get(edit.field, ()) if act.by == PERSONS[who]]
            named = edit.value["act"] if isinstance(edit.value, dict) else ""
            assert said or (named in own and who != 0)


def test_what_a_newer_program_wrote_is_kept_and_carried_and_survives_our_edits() -> None:
    newer, older, third = three_devices(kind="event")
    ids = keys.WriteIds(newer.actor, lambda size: bytes(size))
    weather = keys.reading_key("weather", ids.own())
    operations: list[Any] = [
        Put(weather, '{"value":"lluvia","after":[]}'),
        Put("s/aggressions/agg.newer_term", ""),
        Put(keys.act_key("acts", ids.own()), '{"value":{"act":"sing","verse":2},"after":[]}'),
        Put("x/whole/new/layout", "1"),
    ]
    edited = run(newer.engine.edit(DOCUMENT, newer.actor, operations))
    newer.changes[edited.change_hash] = SignedChange(edited.change, newer.actor)
    newer.view = edited.view
    older.hear(newer)
    term = vocabulary().terms("violence")[0].id
    older.do(SetText("body", "Otra cosa."), AddMember("violence", term))
    record = meet(newer, older, third)
    assert third.view is not None
    for operation in operations:
        assert third.view.cells[operation.key].value == operation.value
    assert set(record.unknown) == {weather, "x/whole/new/layout"}
    assert "agg.newer_term" in [member.item for member in record.sets["aggressions"]]
    assert record.acts["acts"][0].value == {"act": "sing", "verse": 2}


def test_a_record_of_a_newer_type_is_carried_whole_and_read_by_its_common_fields() -> None:
    newer, older = Replica(ITZEL), Replica(JULIA)
    operations: list[Any] = [
        Put("type", "constellation"), Put("schema", 9), Put("s/stars/uno", ""),
        Put("s/own_terms/cielo", ""),
    ]  # fmt: skip
    edited = run(newer.engine.edit(DOCUMENT, newer.actor, operations))
    newer.changes[edited.change_hash] = SignedChange(edited.change, newer.actor)
    newer.view = edited.view
    older.hear(newer)
    assert older.record.type == "constellation"
    assert older.record.unknown == ("s/stars/uno",)
    assert [member.item for member in older.record.sets["own_terms"]] == ["cielo"]
    late = Replica(MARTA)
    late.hear(older)
    assert late.record == older.record


# -- the order of pieces in a memory --------------------------------------------------------------


def pieces(replica: Replica) -> list[str]:
    return [" / ".join(one.words) for one in pieces_in_order(replica.record.acts.get("pieces", ()))]


def put(replica: Replica, words: str, behind: str = "") -> str:
    """Put a piece in and return its id."""
    before = {act.id for act in replica.record.acts.get("pieces", ())}
    value: dict[str, Json] = {"act": "piece", "words": words}
    replica.do(AddAct("pieces", {**value, "behind": behind} if behind else value))
    (new,) = {act.id for act in replica.record.acts["pieces"]} - before
    return new


def test_pieces_put_in_apart_stay_behind_what_they_were_put_behind() -> None:
    itzel, julia, _ = three_devices(kind="memory")
    first = put(itzel, "uno")
    last = put(itzel, "cinco", first)
    julia.hear(itzel)
    two = put(itzel, "dos", first)
    put(itzel, "tres", two)
    hers = put(julia, "A", first)
    put(julia, "B", hers)
    meet(itzel, julia)
    assert pieces(itzel) == pieces(julia)
    order = pieces(itzel)
    assert order[0] == "uno"
    assert order[-1] == "cinco"
    assert order.index("tres") == order.index("dos") + 1
    assert order.index("B") == order.index("A") + 1
    itzel.do(AddAct("pieces", {"act": "move", "piece": last, "behind": first}))
    assert pieces(itzel)[:2] == ["uno", "cinco"]


def test_a_piece_somebody_rewrote_meanwhile_is_not_taken_out_and_shows_both_wordings() -> None:
    itzel, julia, marta = three_devices(kind="memory")
    one = put(itzel, "uno")
    julia.hear(itzel)
    marta.hear(itzel)
    itzel.do(AddAct("pieces", {"act": "rewrite", "piece": one, "words": "uno, de día"}))
    julia.do(AddAct("pieces", {"act": "rewrite", "piece": one, "words": "uno, de noche"}))
    marta.do(AddAct("pieces", {"act": "take_out", "piece": one}))
    meet(itzel, julia, marta)
    assert set(pieces(itzel)[0].split(" / ")) == {"uno, de día", "uno, de noche"}
    itzel.do(AddAct("pieces", {"act": "take_out", "piece": one}))
    assert pieces(itzel) == []


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_pieces_arranged_apart_stand_in_one_order_and_none_is_lost(data: st.DataObject) -> None:
    replicas = three_devices(kind="memory")
    names: list[str] = []
    for step in range(data.draw(st.integers(1, 12))):
        replica = replicas[data.draw(st.integers(0, 2))]
        known = [
            act.id
            for act in replica.record.acts.get("pieces", ())
            if isinstance(act.value, dict) and act.value["act"] == "piece"
        ]
        behind = data.draw(st.sampled_from(["", *known]))
        what = data.draw(st.sampled_from(["put", "move", "hear"]))
        if what == "put":
            names.append(str(step))
            put(replica, str(step), behind)
        elif what == "move" and known:
            piece = data.draw(st.sampled_from(known))
            place = {"behind": behind} if behind else {}
            replica.do(AddAct("pieces", {"act": "move", "piece": piece, **place}))
        else:
            replica.hear(replicas[data.draw(st.integers(0, 2))])
    meet(*replicas)
    assert len({tuple(pieces(replica)) for replica in replicas}) == 1
    assert sorted(pieces(replicas[0])) == sorted(names)


def test_actors_of_two_devices_of_a_person_differ() -> None:
    assert actor_of(ITZEL) != actor_of(ITZEL, 1)
