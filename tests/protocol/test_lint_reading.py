"""A document of one change, read from the change: only where it lies as it reads."""

from __future__ import annotations

import pytest

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId
from vectors.forging import INT, NULL, STR, Forged, Row, change, delete, letter, make_text, put
from vectors.lint_story import ANA, BO, one_of_ana, written

TEXT = (ANA, 1)


def read(one: Forged, author: bytes = ANA) -> lint.Reading | None:
    return lint.read_alone(one.raw, ActorId(author))


def test_values_and_texts_are_read_in_the_order_of_their_keys() -> None:
    found = read(
        one_of_ana(
            make_text("t/b"),
            *written(TEXT, ANA, 2, "aé漢😀"),
            put("l/z", INT, b"\x07"),
            make_text("t/a"),
            put("l/a", NULL),
            letter(TEXT, (ANA, 5), "!"),
            put("l/é", STR, b"x"),
        )
    )
    assert found is not None
    assert list(found.texts.items()) == [("t/a", ""), ("t/b", "aé漢😀!")]
    assert list(found.values.items()) == [("l/a", None), ("l/z", 7), ("l/é", "x")]
    assert found.actor == ANA


def test_texts_written_by_turns_are_told_apart() -> None:
    rows = [make_text("t"), make_text("u"), letter((ANA, 2), None, "x"), letter(TEXT, None, "a")]
    found = read(one_of_ana(*rows, letter((ANA, 2), (ANA, 3), "y"), letter(TEXT, (ANA, 4), "b")))
    assert found is not None
    assert found.texts == {"t": "ab", "u": "xy"}


NOT_STRAIGHT: dict[str, list[Row]] = {
    "a letter before the last": [
        make_text("t"),
        letter(TEXT, None, "a"),
        letter(TEXT, None, "b"),
    ],
    "a letter after the first but one": [
        make_text("t"),
        *written(TEXT, ANA, 2, "ab"),
        letter(TEXT, (ANA, 2), "c"),
    ],
    "letters each before the one before": [
        make_text("t"),
        letter(TEXT, None, "a"),
        letter(TEXT, (ANA, 2), "b"),
        letter(TEXT, (ANA, 2), "c"),
    ],
    "a letter taken out": [
        make_text("t"),
        letter(TEXT, None, "a"),
        Row(3, None, *TEXT, ANA, 2, preds=((ANA, 2),)),
    ],
    "a value replaced": [put("k", NULL), put("k", NULL, b"", (ANA, 1))],
    "a value deleted": [put("k", NULL), delete("k", (ANA, 1))],
}


@pytest.mark.parametrize("rows", NOT_STRAIGHT.values(), ids=NOT_STRAIGHT)
def test_what_does_not_lie_as_it_reads_is_left_to_automerge(rows: list[Row]) -> None:
    one = one_of_ana(*rows)
    verdict = lint.check(one.raw, ActorId(ANA), lint.DocumentFacts())
    assert isinstance(verdict, lint.ChangeFacts)
    assert read(one) is None


def test_only_a_first_change_is_read_alone() -> None:
    first = one_of_ana(put("k", NULL))
    assert read(first) is not None
    assert read(change(ANA, 2, 1, [put("k", NULL)])) is None
    assert read(change(BO, 1, 2, [put("l", NULL)], [first.hash]), BO) is None
    with pytest.raises(RemoteProtocolError, match=r"^change by another actor$"):
        read(first, BO)
    with pytest.raises(RemoteProtocolError, match=r"^deletes nothing$"):
        read(one_of_ana(delete("k")))
