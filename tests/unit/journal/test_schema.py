"""The declarations hold together; what they may never say is in `test_red_lines`."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from aluna_sync.journal.links import LINK_KINDS
from aluna_sync.journal.schema import (
    ABSENT,
    COMMON,
    EVERYONE,
    TODAY,
    TYPES,
    MergeKind,
    RecordType,
    Shape,
    record_type,
)
from aluna_sync.journal.vocabulary import vocabulary

every_type = pytest.mark.parametrize("declared", TYPES.values(), ids=lambda t: t.name)


@every_type
def test_every_record_has_the_common_fields_and_no_name_twice(declared: RecordType) -> None:
    names = [field.name for field in declared.fields]
    assert len(names) == len(set(names))
    assert {field.name for field in COMMON} <= set(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name) for name in names)


@every_type
def test_fields_say_what_their_shape_needs(declared: RecordType) -> None:
    groups = {group.id for group in vocabulary().groups}
    for field in declared.fields:
        assert set(field.groups) <= groups, field.name
        assert (field.shape is Shape.TERM) == bool(field.groups), field.name
        assert (field.shape in (Shape.CHOICE, Shape.PLACE)) == bool(field.choices), field.name
        assert len(set(field.choices)) == len(field.choices)
        if field.merge is MergeKind.TEXT:
            assert field.shape is Shape.WORDS


@every_type
def test_a_glyph_is_one_cell(declared: RecordType) -> None:
    assert len(declared.glyph) == 1
    assert sum(other.glyph == declared.glyph for other in TYPES.values()) == 1


def test_the_types_of_the_first_two_rings_are_there() -> None:
    rings = {1: set(), 2: set()}  # type: dict[int, set[str]]
    for name, declared in TYPES.items():
        assert name == declared.name
        rings[declared.ring].add(name)
    assert rings[1] == {
        "member", "note", "event", "impact", "coping", "care_practice", "care_time", "agreement",
        "task", "marker",
    }  # fmt: skip
    assert rings[2] == {
        "actor", "context", "process", "emergency", "mourning", "check_in", "round", "bond",
        "protection", "response", "memory",
    }  # fmt: skip


@every_type
def test_the_text_for_words_without_a_field_is_there_and_comes_first(
    declared: RecordType,
) -> None:
    main = declared.field(declared.main)
    assert main is not None
    assert main.merge is MergeKind.TEXT
    names = [field.name for field in declared.fields if field.in_form]
    assert names[0] == "title"
    assert declared.main in names[:3]


@every_type
def test_links_with_a_name_of_their_own_are_of_a_kind_that_is_there(declared: RecordType) -> None:
    for link in declared.links:
        kind = LINK_KINDS[link.kind]
        ends = kind.sources if link.outgoing else kind.targets
        assert not ends or declared.name in ends, link.name


@every_type
def test_a_kind_of_act_has_one_place_and_parts_that_say_what_their_shape_needs(
    declared: RecordType,
) -> None:
    groups = {group.id for group in vocabulary().groups}
    kinds = [kind for field in declared.fields for kind in field.acts]
    assert len({kind.name for kind in kinds}) == len(kinds)
    for kind in kinds:
        found = declared.act(kind.name)
        assert found is not None
        assert found[1] is kind
        if "." in kind.state:
            assert vocabulary().term(kind.state) is not None, kind.state
        assert not kind.named_by or kind.part(kind.named_by) is not None
        for part in kind.parts:
            assert set(part.groups) <= groups
            assert (part.shape is Shape.TERM) == bool(part.groups), part.name
            assert (part.shape is Shape.CHOICE) == bool(part.choices), part.name
            assert (part.shape is Shape.ENTRY) == bool(part.of), part.name
            assert all(declared.act(of) is not None for of in part.of)
            if part.takes not in ("", ABSENT, EVERYONE, TODAY):
                assert declared.field(part.takes) is not None


@every_type
def test_only_fields_of_acts_hold_acts(declared: RecordType) -> None:
    for field in declared.fields:
        assert (field.shape is Shape.ACT) == bool(field.acts), field.name
        if field.acts:
            assert field.merge is MergeKind.ACTS
        if field.keyed:
            assert field.merge is MergeKind.MAP


@pytest.mark.parametrize(
    ("items", "space"),
    [((), "private"), (["ally"], "collective"), (["ally", "family"], "private")],
)
def test_a_bond_is_private_unless_it_is_with_an_ally_alone(items: list[str], space: str) -> None:
    assert TYPES["bond"].default_space({"with": items}) == space


def test_starting_reads_no_type_before_it_is_asked_for() -> None:
    program = (
        "import sys\n"
        "from aluna_sync.journal.schema import TYPES\n"
        "assert 'event' in TYPES and len(list(TYPES)) == 21\n"
        "families = {'harm', 'care', 'agreeing', 'accompanying', 'lives'}\n"
        "read = {n.rpartition('.')[2] for n in sys.modules if '.schema.' in n}\n"
        "assert not read & families, read\n"
        "TYPES['note']\n"
        "read = {n.rpartition('.')[2] for n in sys.modules if '.schema.' in n}\n"
        "assert read & families == {'harm'}, read\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@pytest.mark.parametrize(
    ("about", "space"),
    [("me", "private"), ("us", "collective"), ("surroundings", "private"), (None, "private")],
)
def test_an_impact_is_private_unless_it_is_about_us(about: str | None, space: str) -> None:
    assert TYPES["impact"].default_space({"about": about}) == space


def test_a_type_of_a_newer_program_has_the_common_fields() -> None:
    unknown = record_type("constellation")
    assert unknown.field("body") is not None
    assert unknown.default_space({"about": "us"}) == "private"
