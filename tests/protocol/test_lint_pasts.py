"""What the lint remembers of a document, beside the plainest way to remember it."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash
from aluna_protocol.lint.letters import Gone, Spans, in_order
from vectors.forging import (
    ACTION,
    DELETE,
    NULL,
    Forged,
    Row,
    change,
    delete,
    letter,
    make_text,
    put,
    take_out,
)

RANGES = st.tuples(st.integers(0, 30), st.integers(0, 4)).map(lambda one: (one[0], sum(one)))
NAMES = (b"\1" * 16, b"\2" * 16, b"\3" * 16)


def letters(ranges: list[tuple[int, int]]) -> list[int]:
    return [counter for first, last in ranges for counter in range(first, last + 1)]


@given(st.lists(st.integers(1, 5), max_size=6), RANGES)
def test_spans_hold_what_was_added_without_a_gap(gaps: list[int], asked: tuple[int, int]) -> None:
    spans, held, at = Spans(), set[int](), 0
    for gap in gaps:
        first = at + gap
        at = first + gap % 3
        spans.add(first, at)
        held |= set(range(first, at + 1))
    assert spans.hold(*asked) == held.issuperset(range(asked[0], asked[1] + 1))


def test_neighbouring_spans_are_held_as_one() -> None:
    spans = Spans()
    for first, last in [(1, 2), (5, 6), (7, 8), (9, 9)]:
        spans.add(first, last)
    assert spans.hold(5, 9)
    assert spans.hold(1, 2)
    assert not spans.hold(1, 3)
    assert not spans.hold(2, 5)
    assert not spans.hold(0, 1)
    assert not spans.hold(9, 10)


@given(st.lists(RANGES, max_size=6))
def test_ranges_are_put_in_order_and_never_overlap(ranges: list[tuple[int, int]]) -> None:
    joined = in_order(ranges)
    once = len(set(letters(ranges))) == len(letters(ranges))
    assert (joined is not None) == once
    if joined is not None:
        assert letters(list(joined)) == sorted(letters(ranges))
        assert all(one[1] + 1 < other[0] for one, other in itertools.pairwise(joined))


@given(st.lists(st.lists(RANGES, min_size=1, max_size=4), max_size=5), RANGES, st.integers(0, 6))
def test_what_is_gone_depends_on_how_far_one_sees(
    changes: list[list[tuple[int, int]]], asked: tuple[int, int], until: int
) -> None:
    gone, by_letter = Gone(), dict[int, int]()
    for seq, ranges in enumerate(changes, 1):
        joined = in_order(ranges)
        if joined is None or by_letter.keys() & set(letters(ranges)):
            continue
        gone.add(joined, seq)
        by_letter |= dict.fromkeys(letters(ranges), seq)
    expected = any(by_letter.get(counter, until + 1) <= until for counter in letters([asked]))
    assert gone.touch([asked], until) == expected


def test_of_six_letters_those_are_gone_that_one_saw_taken_out_however_they_went() -> None:
    for taken in itertools.product(range(4), repeat=6):
        gone = Gone()
        for seq in (1, 2, 3):
            ranges = in_order((at, at) for at, by in enumerate(taken) if by == seq)
            if ranges:
                gone.add(ranges, seq)
        for first, last in itertools.combinations_with_replacement(range(6), 2):
            for until in (1, 2, 3):
                seen = any(0 < by <= until for by in taken[first : last + 1])
                assert gone.touch([(first, last)], until) == seen


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, list[int], bool]]:
    """Changes of three actors on one key: who, the changes it builds on, whether it deletes."""
    size = draw(st.integers(1, 9))
    return [
        (
            draw(st.integers(0, 2)),
            draw(st.lists(st.integers(0, place - 1), max_size=3)) if place else [],
            draw(st.booleans()),
        )
        for place in range(size)
    ]


@given(histories())
def test_a_key_shows_what_nothing_in_its_past_replaced(
    history: list[tuple[int, list[int], bool]],
) -> None:
    known = lint.DocumentFacts()
    made: list[Forged] = []
    pasts: list[set[int]] = []
    starts: list[int] = []
    own: dict[int, int] = {}
    for number, (who, named, deletes) in enumerate(history):
        after = {*named, own[who]} if who in own else set(named)
        past = set().union(*(pasts[one] | {one} for one in after))
        heads = {one for one in after if not any(one in pasts[other] for other in after)}
        heads |= {own[who]} if who in own else set()
        seen = {one for one in past if not history[one][2]}
        gone = {one for one in past for other in past if one in pasts[other]}
        shown = sorted((starts[one], NAMES[history[one][0]]) for one in seen - gone)
        start = 1 + max((starts[one] for one in past), default=0)
        deletes = deletes and bool(shown)
        preds = [(actor, counter) for counter, actor in shown]
        row: Row = delete("k", *preds) if deletes else put("k", NULL, b"", *preds)
        history[number] = (who, named, deletes)
        seq = 1 + sum(history[one][0] == who for one in range(number))
        forged = change(NAMES[who], seq, start, [row], [made[one].hash for one in heads])
        verdict = lint.check(forged.raw, ActorId(NAMES[who]), known)
        assert isinstance(verdict, lint.ChangeFacts)
        assert verdict.written == ((b"k", 0 if row.action == DELETE else start),)
        known.add(verdict)
        made.append(forged)
        pasts.append(past)
        starts.append(start)
        own[who] = number
    assert known.heads == {
        one.hash for n, one in enumerate(made) if not any(n in past for past in pasts)
    }
    assert len(known) == len(made)


@pytest.mark.parametrize("deleted", [False, True])
def test_what_was_written_apart_stands_side_by_side(deleted: bool) -> None:
    first = change(NAMES[0], 1, 1, [put("k", NULL)])
    apart = [
        change(name, 1, 2, [put("k", NULL, b"", (NAMES[0], 1))], [first.hash]) for name in NAMES[1:]
    ]
    last = [delete("k", (NAMES[0], 1))] if deleted else [put("k", NULL, b"", (NAMES[0], 1))]
    apart.append(change(NAMES[0], 2, 2, last, [first.hash]))
    known = lint.DocumentFacts()
    for one in (first, *apart):
        verdict = lint.check(one.raw, ActorId(one.actor), known)
        assert isinstance(verdict, lint.ChangeFacts)
        known.add(verdict)
    past = known.past(tuple(known.heads), ActorId(NAMES[0]))
    stands = NAMES[1:] if deleted else NAMES
    assert past.shown(b"k") == [(2, name) for name in stands]
    assert past.shown(b"other") == []
    assert (past.seq, past.max_op) == (2, 2)


def test_letters_of_two_changes_of_one_author_are_deleted_in_one_run() -> None:
    """The counters of the second change go on where those of the first ended."""
    ana = NAMES[0]
    text = (ana, 1)
    first = change(
        ana, 1, 1, [make_text("t"), letter(text, None, "a"), letter(text, (ana, 2), "b")]
    )
    known = lint.DocumentFacts()
    verdict = lint.check(first.raw, ActorId(ana), known)
    assert isinstance(verdict, lint.ChangeFacts)
    known.add(verdict)
    out = [take_out(text, (ana, counter)) for counter in range(2, 8)]
    more = letter(text, (ana, 3), "c")

    def judged(*rows: Row) -> lint.Verdict:
        return lint.check(change(ana, 2, 4, rows, [first.hash]).raw, ActorId(ana), known)

    passed = judged(more, *out[:3])
    assert isinstance(passed, lint.ChangeFacts)
    assert passed.deleted == ((text, ana, ((2, 4),)),)
    assert passed.inserted == ((text, 4, 4),)
    for rows in ([more, *out[:4]], out[1:3], [put("k", NULL), *out[1:3]]):
        with pytest.raises(RemoteProtocolError, match=r"^(no such letter|letter of the future)$"):
            judged(*rows)


def test_a_run_across_two_changes_holds_letters_only() -> None:
    """Its older half is a value here, its newer one a letter."""
    ana, text = NAMES[0], (NAMES[0], 1)
    first = change(ana, 1, 1, [make_text("t"), letter(text, None, "a"), put("k", NULL)])
    known = lint.DocumentFacts()
    verdict = lint.check(first.raw, ActorId(ana), known)
    assert isinstance(verdict, lint.ChangeFacts)
    known.add(verdict)
    rows = [letter(text, (ana, 2), "b"), take_out(text, (ana, 3)), take_out(text, (ana, 4))]
    with pytest.raises(RemoteProtocolError, match=r"^no such letter$"):
        lint.check(change(ana, 2, 4, rows, [first.hash]).raw, ActorId(ana), known)


@pytest.mark.parametrize(
    ("counters", "ranges"),
    [
        ([2, 4, 6], ((2, 2), (4, 4), (6, 6))),
        ([7, 5, 3], ((3, 3), (5, 5), (7, 7))),
        ([2, 3, 4, 5], ((2, 5),)),
        ([7, 6, 5], ((5, 7),)),
        ([3, 2, 7], ((2, 3), (7, 7))),
    ],
)
def test_the_letters_a_run_takes_out_are_known_by_their_counters(
    counters: list[int], ranges: tuple[tuple[int, int], ...]
) -> None:
    ana, text = NAMES[0], (NAMES[0], 1)
    put_in = [letter(text, (ana, place) if place > 1 else None, "x") for place in range(1, 7)]
    first = change(ana, 1, 1, [make_text("t"), *put_in])
    known = lint.DocumentFacts()
    verdict = lint.check(first.raw, ActorId(ana), known)
    assert isinstance(verdict, lint.ChangeFacts)
    known.add(verdict)
    out = [take_out(text, (ana, counter)) for counter in counters]
    passed = lint.check(change(ana, 2, 8, out, [first.hash]).raw, ActorId(ana), known)
    assert isinstance(passed, lint.ChangeFacts)
    assert passed.deleted == ((text, ana, ranges),)


def test_creators_come_by_their_change_and_clocks_leave_out_who_is_unknown() -> None:
    begun = [change(name, 1, 1, [put("k", NULL)]) for name in NAMES]
    backwards = sorted(begun, key=lambda one: one.hash, reverse=True)
    known = lint.DocumentFacts()
    for one in backwards:
        verdict = lint.check(one.raw, ActorId(one.actor), known)
        assert isinstance(verdict, lint.ChangeFacts)
        known.add(verdict)
    assert known.actors == tuple(one.actor for one in backwards[::-1])
    for one in begun:
        assert known.clock((ChangeHash(one.hash),)) == {one.actor: 1}


def test_a_header_is_read_without_its_operations_but_not_without_their_number() -> None:
    whole = change(NAMES[0], 1, 1, [put("a", NULL), put("b", NULL)])
    header = lint.read_header(whole.raw)
    assert (header.actor, header.seq, header.start_op) == (NAMES[0], 1, 1)
    assert (header.max_op, header.ops, header.deps) == (2, 2, ())
    with pytest.raises(RemoteProtocolError, match=r"^change cut short$"):
        lint.read_header(whole.column(ACTION, b"\x02").raw)


def chained(known: lint.DocumentFacts, who: bytes, count: int) -> None:
    """Add *count* changes of *who*, each on top of the one before."""
    deps: list[bytes] = []
    for number in range(1, count + 1):
        one = change(who, number, number, [put(f"k{number}", NULL)], deps)
        verdict = lint.check(one.raw, ActorId(who), known)
        assert isinstance(verdict, lint.ChangeFacts)
        known.add(verdict)
        deps = [one.hash]


def test_what_is_remembered_of_a_past_does_not_grow_with_its_length() -> None:
    known = lint.DocumentFacts()
    tracemalloc.start()
    try:
        chained(known, NAMES[0], 20)
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()
    assert known.last_seq(ActorId(NAMES[0])) == 20


def test_who_only_followed_comes_in_the_order_of_the_ids() -> None:
    known = lint.DocumentFacts()
    first = change(NAMES[1], 1, 1, [put("k", NULL)])
    others = [bytes([number]) * 16 for number in (9, 4, 7, 3, 8, 5, 6, 10)]
    for one in (first, *(change(who, 1, 2, [put("j", NULL)], [first.hash]) for who in others)):
        verdict = lint.check(one.raw, ActorId(one.actor), known)
        assert isinstance(verdict, lint.ChangeFacts)
        known.add(verdict)
    assert known.actors == (NAMES[1], *sorted(others))


def test_of_letters_written_one_after_the_other_only_those_seen_can_be_taken_out() -> None:
    """The other's second change went on counting where the first ended."""
    ana, bo = NAMES[0], NAMES[1]
    text = (bo, 1)
    begun = [make_text("t"), letter(text, None, "a"), letter(text, (bo, 2), "b")]
    first = change(bo, 1, 1, begun)
    second = change(bo, 2, 4, [letter(text, (bo, 3), "c")], [first.hash])
    known = lint.DocumentFacts()
    for one in (first, second):
        verdict = lint.check(one.raw, ActorId(bo), known)
        assert isinstance(verdict, lint.ChangeFacts)
        known.add(verdict)
    out = [take_out(text, (bo, counter)) for counter in (2, 3, 4)]
    unseen = change(ana, 1, 4, out, [first.hash])
    with pytest.raises(RemoteProtocolError, match=r"^no such letter$"):
        lint.check(unseen.raw, ActorId(ana), known)
    seen = change(ana, 1, 5, out, [second.hash])
    assert isinstance(lint.check(seen.raw, ActorId(ana), known), lint.ChangeFacts)
