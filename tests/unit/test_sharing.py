"""What goes into a shared version of a record."""

from __future__ import annotations

from aluna_sync.circles import version_of
from aluna_sync.journal.edits import AddAct, AddLink, SetMine, SetReading, SetText, operations
from aluna_sync.journal.types import Act, Member, Reading, Record
from unit.journal.fakes import DOCUMENT, ITZEL, JULIA, SPACE, Desk, write_ids


def test_a_version_carries_what_its_person_says_of_herself_and_nothing_another_does() -> None:
    apart = Reading("a", "uno", ITZEL), Reading("b", "otra", ITZEL)
    record = Record(
        DOCUMENT, SPACE, "round", 1, "", texts={"question": "¿Cómo llegamos?"},
        maps={
            "uses": {ITZEL: ["use.memory"], JULIA: ["use.training"]},
            "words": {JULIA: "con ganas"},
            "spoken_totals": {ITZEL: {"con prisa": "tres", "nada": None}, JULIA: {"mal": "dos"}},
        },
        own_readings={"words": {ITZEL: {"": apart}}},
        acts={"replies": (Act("c", "gracias", JULIA),)},
        sets={"links": (Member(f"beside:{bytes(DOCUMENT).hex()}", "", ITZEL),)},
        authors=(ITZEL, JULIA),
    )  # fmt: skip
    assert version_of(record, ITZEL) == [
        SetText("question", "¿Cómo llegamos?"),
        SetMine("spoken_totals", "tres", "con prisa"),
        SetMine("uses", ["use.memory"]),
    ]


def test_a_version_written_anew_says_the_same_of_her() -> None:
    desk = Desk("care_time")
    desk.do(
        SetText("title", "Caminar"), SetMine("coming", "perhaps"), SetMine("uses", ["use.memory"]),
        SetReading("protected", "held"), AddAct("replies", "allá nos vemos"),
        AddLink("uses_practice", type(DOCUMENT)(bytes(16))),
    )  # fmt: skip
    desk.do(SetMine("coming", "yes"), SetMine("uses", None))
    copied = Desk("care_time")
    written = copied.do(*version_of(desk.record, ITZEL))
    assert copied.record.maps == desk.record.maps == {"coming": {ITZEL: "yes"}}
    assert copied.record.readings["protected"][0].value == "held"
    assert copied.record.acts == {}
    assert not copied.record.sets
    assert written == operations(
        version_of(desk.record, ITZEL), None, type="care_time", person=ITZEL, write_ids=write_ids(1)
    )
