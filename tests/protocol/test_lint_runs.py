"""Columns as runs: what each reader gives, and the only spelling it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.lint import runs
from vectors import forging
from vectors.forging import leb, sleb

COUNTERS = st.integers(0, 5) | st.integers(0, 2**40 - 1)


def spread(found: dict[int, Any], rows: int) -> list[Any]:
    """Return the value of each row."""
    starts = [*found, rows]
    return [
        value
        for place, value in enumerate(found.values())
        for _ in range(starts[place + 1] - starts[place])
    ]


def reason(read: Callable[..., object], *arguments: object) -> str:
    """Return why reading is refused."""
    with pytest.raises(RemoteProtocolError) as caught:
        read(*arguments)
    return str(caught.value)


@given(st.integers(0, 2**63 - 1))
def test_unsigned_numbers_are_read_to_their_end(number: int) -> None:
    spelled = leb(number)
    assert runs.unsigned(b"\xff" + spelled + b"\x01", 1) == (number, 1 + len(spelled))


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_numbers_are_read_to_their_end(number: int) -> None:
    spelled = sleb(number)
    assert runs.signed(b"\xff" + spelled + b"\x01", 1) == (number, 1 + len(spelled))


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64, 2**70, 2**200])
def test_numbers_of_more_than_63_bits_are_refused(number: int) -> None:
    assert reason(runs.unsigned, leb(number), 0) == "number too large"
    assert reason(runs.signed, sleb(number), 0) == "number too large"
    assert reason(runs.signed, sleb(-number - 1), 0) == "number too large"


@given(st.integers(0, 2**48), st.integers(1, 2))
def test_numbers_spelled_longer_than_needed_are_refused(number: int, more: int) -> None:
    *head, last = leb(number)
    longer = bytes((*head, last | 0x80, *([0x80] * (more - 1)), 0))
    assert reason(runs.unsigned, longer, 0) == "number not minimal"
    for value in (number, -number - 1):
        *head, last = sleb(value)
        filler = 0x7F if value < 0 else 0
        longer = bytes((*head, last | 0x80, *([filler | 0x80] * (more - 1)), filler))
        assert reason(runs.signed, longer, 0) == "number not minimal"


@pytest.mark.parametrize("read", [runs.unsigned, runs.signed, runs.text])
@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff\xff"])
def test_a_number_that_does_not_end_is_an_index_error(
    read: Callable[[bytes, int], object], data: bytes
) -> None:
    with pytest.raises(IndexError):
        read(data, 0)


def test_a_text_is_as_long_as_it_says() -> None:
    assert runs.text(b"\x00", 0) == (b"", 1)
    assert runs.text(b"..\x03abcd", 2) == (b"abc", 6)
    assert runs.text(b"\x03abc", 0) == (b"abc", 4)
    assert reason(runs.text, b"\x03ab", 0) == "text past the end"


@given(st.lists(st.none() | st.integers(0, 3), min_size=1))
def test_numbers_are_read_as_they_were_spelled(values: list[int | None]) -> None:
    column = forging.rle(values, leb)
    if not column:
        return
    found = runs.numbers(column, len(values))
    assert spread(found, len(values)) == values
    assert runs.numbers_up_to(column, len(values)) == (found, len(values))
    assert runs.numbers_up_to(column, len(values) + 1) == (found, len(values))
    assert reason(runs.numbers, column, len(values) + 1) == "fewer rows than operations"
    short = reason(runs.numbers, column, len(values) - 1)
    assert short in {"more rows than operations", "literals out of place"}


@given(st.lists(st.none() | st.sampled_from([b"", b"a", b"bc"]), min_size=1))
def test_texts_are_read_as_they_were_spelled(values: list[bytes | None]) -> None:
    column = forging.rle(values, forging.counted)
    if column:
        assert spread(runs.texts(column, len(values)), len(values)) == values


@given(st.lists(st.none() | COUNTERS, min_size=1))
def test_counters_are_read_as_they_were_spelled(values: list[int | None]) -> None:
    column = forging.deltas(values)
    if not column:
        return
    found = runs.deltas(column, len(values))
    steps = spread(found, len(values))
    assert [one and runs.at_row(one, row) for row, one in enumerate(steps)] == values


@given(st.lists(st.booleans(), min_size=1))
def test_booleans_are_read_as_they_were_spelled(values: list[bool]) -> None:
    found = runs.booleans(forging.booleans(values), len(values))
    assert spread(found, len(values)) == values
    assert reason(runs.booleans, forging.booleans(values), len(values) + 1) == (
        "fewer rows than operations"
    )
    assert reason(runs.booleans, forging.booleans(values), len(values) - 1) == (
        "more rows than operations"
    )


@given(st.binary(max_size=8), st.integers(1, 6))
def test_whatever_is_read_is_spelled_as_automerge_would(column: bytes, rows: int) -> None:
    """No two spellings of one column: Automerge would compute another hash than we did."""
    readers: list[tuple[Callable[[], dict[int, Any]], Callable[[list[Any]], bytes]]] = [
        (lambda: runs.numbers(column, rows), lambda values: forging.rle(values, leb)),
        (lambda: runs.texts(column, rows), lambda values: forging.rle(values, forging.counted)),
        (lambda: runs.booleans(column, rows), forging.booleans),
    ]
    for read, spell in readers:
        try:
            found = read()
        except (RemoteProtocolError, IndexError):
            continue
        assert spell(spread(found, rows)) == column
    try:
        found = runs.deltas(column, rows)
    except (RemoteProtocolError, IndexError):
        return
    steps = enumerate(spread(found, rows))
    assert forging.deltas(one and runs.at_row(one, row) for row, one in steps) == column


def test_counters_stay_between_0_and_2_to_the_40() -> None:
    edge = 2**40 - 1
    assert runs.deltas(forging.deltas([edge]), 1) == {0: (0, edge, edge)}
    assert runs.deltas(forging.deltas([edge, 0]), 2)[1] == (1, 0, -edge)
    for column, rows in [
        (b"\x7f" + sleb(edge + 1), 1),
        (b"\x7e" + sleb(edge) + b"\x01", 2),
        (b"\x7f" + sleb(-1), 1),
        (b"\x02" + sleb(2**39), 2),
        (b"\x7f\x01\x02" + sleb(-1), 3),
    ]:
        assert reason(runs.deltas, column, rows) == "counter out of range"
    assert runs.deltas(b"\x02" + sleb(2**39 - 1), 2)


def test_columns_side_by_side_are_walked_in_runs() -> None:
    walked = [
        (row, end, list(values))
        for row, end, values in runs.merged(6, {0: "a", 4: "b"}, {0: 1, 2: None, 4: 3, 5: 4})
    ]
    assert walked == [(0, 2, ["a", 1]), (2, 4, ["a", None]), (4, 5, ["b", 3]), (5, 6, ["b", 4])]
    assert list(runs.merged(0, {}, {})) == []


@pytest.mark.parametrize("read", [runs.unsigned, runs.signed])
def test_of_a_number_without_end_ten_bytes_are_read(
    read: Callable[[bytes, int], object],
) -> None:
    assert reason(read, b"\x80" * 10, 0) == "number too large"
    with pytest.raises(IndexError):
        read(b"\x80" * 9, 0)


def test_a_number_of_nine_bytes_spelled_in_ten_is_not_minimal() -> None:
    *head, last = leb(2**62)
    assert len(head) == 8
    assert reason(runs.unsigned, bytes((*head, last | 0x80, 0)), 0) == "number not minimal"


def test_every_number_of_one_byte_is_read_from_that_byte() -> None:
    for byte in range(128):
        assert runs.unsigned(bytes((byte,)), 0) == (byte, 1)
        assert runs.signed(bytes((byte,)), 0) == (byte - 128 if byte >= 64 else byte, 1)


def test_every_number_near_0_is_read_as_it_is_spelled() -> None:
    for number in (*range(-20_000, 20_000), -(2**63)):
        assert runs.signed(sleb(number), 0)[0] == number
        assert number < 0 or runs.unsigned(leb(number), 0)[0] == number


@pytest.mark.parametrize("size", [2, 63, 64, 65, 127, 128, 129, 300, 9000])
def test_runs_of_any_length_are_read_as_they_were_spelled(size: int) -> None:
    counted = list(range(size))
    for values in ([7] * size, [*[None] * size, 7], counted, [*counted, *[None] * size]):
        column = forging.rle(values, leb)
        assert spread(runs.numbers(column, len(values)), len(values)) == values


def test_texts_and_counters_of_fewer_rows_are_refused() -> None:
    fewer = "fewer rows than operations"
    assert reason(runs.texts, forging.rle([b"a", b"b"], forging.counted), 3) == fewer
    assert reason(runs.deltas, forging.deltas([1, 5]), 3) == fewer


@pytest.mark.parametrize("column", [b"\0", b"\2\0", b"\2\0\1", b"\0\0\2", b"\0\2\0"])
def test_only_what_begins_with_true_has_an_empty_run(column: bytes) -> None:
    assert reason(runs.booleans, column, 3) == "run of nothing"
    assert runs.booleans(b"\0\3", 3) == {0: True}


def test_columns_whose_runs_begin_far_apart_are_walked_in_order() -> None:
    walked = runs.merged(200, {0: "a", 100: "b"}, {0: 1, 7: 2}, {0: None, 33: 3, 64: 4})
    assert [row for row, _, _ in walked] == [0, 7, 33, 64, 100]
