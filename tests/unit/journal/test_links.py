"""Links: directed, named from both ends."""

from __future__ import annotations

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.journal.edits import AddLink, SetText
from aluna_sync.journal.links import (
    LINK_KINDS,
    is_usual,
    link_item,
    links_of,
    name_id,
    parse_link,
    usual_kinds,
)
from aluna_sync.store.rows import LinkRow
from unit.journal.fakes import Desk, read, view_of

OTHER = DocumentId(bytes(range(16)))


def test_every_kind_of_the_design_is_there_with_two_names() -> None:
    assert set(LINK_KINDS) == {
        "did", "responsible", "sustained", "uses_practice", "answers", "reviews", "part_of",
        "loss_from", "reads", "changes_condition", "keeps", "beside",
        "before", "within", "same_time", "brought_about", "followed",
        "helped_by", "goes_by", "grew_from",
    }  # fmt: skip
    assert {kind.id for kind in LINK_KINDS.values() if kind.symmetric} == {"beside", "same_time"}
    names = [{kind.out, kind.into} for kind in LINK_KINDS.values()]
    assert len(set().union(*names)) == sum(len(name) for name in names)


def test_a_link_has_one_name_from_each_end() -> None:
    assert name_id("did", outgoing=True) == "brought"
    assert name_id("did", outgoing=False) == "came_from"
    assert name_id("newer_kind", outgoing=False) == "newer_kind"


def test_usual_kinds_are_offered_and_no_kind_is_refused() -> None:
    assert [kind.id for kind in usual_kinds("event", "impact")] == ["did", "beside"]
    assert is_usual("beside", "note", "anything")
    assert is_usual("part_of", "task", "process")
    assert not is_usual("did", "note", "impact")
    assert not is_usual("newer_kind", "note", "impact")


def test_items_come_back_and_malformed_ones_are_none() -> None:
    assert parse_link(link_item("did", OTHER)) == LinkRow("did", OTHER)
    assert parse_link(f"newer_kind:{OTHER.hex()}") == LinkRow("newer_kind", OTHER)
    for item in ("", "did", "did:", f"did:{OTHER.hex()}0", f"DID:{OTHER.hex()}", "did:zz"):
        assert parse_link(item) is None


def test_a_record_tells_the_links_that_start_there() -> None:
    desk = Desk("event")
    desk.do(SetText("title", "Retén"), AddLink("did", OTHER), AddLink("beside", OTHER))
    assert links_of(desk.record) == (LinkRow("beside", OTHER), LinkRow("did", OTHER))


@pytest.mark.parametrize("item", ["did:zz", "did", "x" * 200])
def test_a_malformed_link_is_kept_as_unknown(item: str) -> None:
    record = read(view_of({"type": "event", f"s/links/{item}": ""}))
    assert links_of(record) == ()
    assert record.unknown == (f"s/links/{item}",)
