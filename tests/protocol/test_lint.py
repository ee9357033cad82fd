"""What the lint refuses: every attack of security D5 to D7 in its smallest form."""

from __future__ import annotations

import time
import tracemalloc
import zlib

import pytest
from automerge.core import Document

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ChangeHash
from aluna_protocol.lint import chunk as envelope
from aluna_sync.engine.core import AutomergeCore, BrokenDocumentError
from aluna_sync.engine.types import Delete, Put, SignedChange, Splice
from unit.engine.forging import Forged, leb, sealed, sleb, taken_apart
from unit.engine.writing import DOCUMENT, Device, actor, record

TEXT = "t/body/0011223344556677"
ANA, RUI, LU = actor("ana"), actor("rui"), actor("0lu")

# Three devices: ana begins a record, rui and lu add to it apart, then ana changes what all wrote.
_ana, _rui, _lu = Device("ana"), Device("rui"), Device("0lu")
_first = _ana.write(*record("Una tarde larga, ñandú."))
_rui.receive(_first)
_lu.receive(_first)
_of_rui = _rui.write(Splice(TEXT, 4, 5, "mañana"), Put("l/a", "rui"))
_of_lu = _lu.write(Splice(TEXT, 0, 0, "Ayer. "), Put("l/a", "lu"), Put("l/n", 7))
_ana.receive(_of_rui, _of_lu)
_last = _ana.write(Splice(TEXT, 2, 9, "漢😀"), Put("l/a", "ana"), Delete("l/n"), Put("l/f", 0.5))
FIRST, LAST = taken_apart(_first.raw), taken_apart(_last.raw)
MAKE_TEXT_ONLY = taken_apart(Device("ana").write(Splice(TEXT, 0, 0, "abcd")).raw)


def known(*changes: SignedChange) -> lint.DocumentFacts:
    facts = lint.DocumentFacts()
    for change in changes:
        verdict = lint.check(change.raw, change.actor, facts)
        assert isinstance(verdict, lint.ChangeFacts)
        facts.add(verdict)
    return facts


def past_of_last() -> lint.DocumentFacts:
    return known(_first, _of_rui, _of_lu)


def refused(raw: bytes, facts: lint.DocumentFacts | None = None) -> str:
    """Return why *raw* by ana is refused."""
    with pytest.raises(RemoteProtocolError) as caught:
        lint.check(raw, ANA, lint.DocumentFacts() if facts is None else facts)
    return str(caught.value)


def test_honest_changes_pass_once() -> None:
    facts = past_of_last()
    verdict = lint.check(_last.raw, ANA, facts)
    assert isinstance(verdict, lint.ChangeFacts)
    facts.add(verdict)
    assert lint.check(_last.raw, ANA, facts) == lint.Repeated(verdict.hash)
    assert facts.heads == {verdict.hash}
    assert facts.actors == (ANA, LU, RUI)


def test_a_change_whose_past_is_missing_waits() -> None:
    verdict = lint.check(_last.raw, ANA, known(_first, _of_rui))
    assert isinstance(verdict, lint.Waiting)
    assert verdict.missing == (ChangeHash(lint.read_header(_of_lu.raw).hash),)


def test_nobody_writes_as_another() -> None:
    assert refused(_of_rui.raw, known(_first)) == "change by another actor"


def test_a_place_taken_by_another_change_is_not_given_again() -> None:
    twin = Device("ana")
    assert refused(twin.write(Put("l/a", 1)).raw, known(_first)) == "another change has its place"


ENVELOPES: list[tuple[Forged, str]] = [
    (LAST.but(seq=leb(3)), "gap in the changes of its actor"),
    (LAST.but(seq=leb(1)), "gap in the changes of its actor"),
    (LAST.but(seq=leb(0)), "counter out of range"),
    (LAST.but(seq=b"\x82\x00"), "number not minimal"),
    (LAST.but(seq=b"\xff" * 9 + b"\x01"), "number too large"),
    (LAST.but(start_op=leb(1000)), "counters do not follow its past"),
    (LAST.but(start_op=leb(2)), "counters do not follow its past"),
    (LAST.but(deps=LAST.deps[::-1]), "table out of order"),
    (LAST.but(deps=LAST.deps[:1] * 2), "table out of order"),
    (LAST.but(deps=(bytes(32),) * 2_000), "table too long"),
    (LAST.but(others=LAST.others[::-1]), "actors out of order"),
    (LAST.but(others=(*LAST.others, LU)), "actors out of order"),
    (LAST.but(others=(*LAST.others, actor("zoe"))), "actors and operations"),
    (LAST.but(others=(*LAST.others, b"zo")), "actors out of order"),
    (LAST.but(others=(LAST.others[0],)), "actors and operations"),
    (LAST.but(time=sleb(1_700_000_000)), "time or message"),
    (LAST.but(message=b"hola"), "time or message"),
    (LAST.but(extra=b"\0"), "columns do not fill"),
    (LAST.column(0x57, None).column(0x94, b"\1"), "column unknown"),
    (LAST.column(0x57, None).column(0x43, b"\1"), "column unknown"),
    (LAST.column(0x57, b""), "column unknown, empty"),
    (LAST.but(columns=dict(reversed(LAST.columns.items()))), "column unknown"),
]


def numbered(cases: list[tuple[Forged, str]]) -> list[str]:
    return [f"{number}-{reason}" for number, (_, reason) in enumerate(cases)]


@pytest.mark.parametrize(("forged", "reason"), ENVELOPES, ids=numbered(ENVELOPES))
def test_an_envelope_our_engine_never_writes_is_refused(forged: Forged, reason: str) -> None:
    assert reason in refused(forged.raw, past_of_last())


OPERATIONS: list[tuple[Forged, str]] = [
    # A text of four letters: make it, then insert a, b, c, d.
    (MAKE_TEXT_ONLY.column(0x42, b"\x02\x04\x03\x01"), "action not allowed"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7f\x00\x04\x01"), "action not allowed"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7f\x02\x04\x01"), "action not allowed"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7f\x05\x04\x01"), "action not allowed"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7f\x04\x04\x07"), "action not allowed"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x01\x04\x04\x01"), "run out of place"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7f\x04\x02\x01\x02\x01"), "runs that should be one"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7b\x04\x01\x01\x01\x01"), "literal that should be a run"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7f\x04\x7f\x01\x03\x01"), "literals out of place"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7f\x04\x84\x00\x01"), "number not minimal"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7f\x04\x04"), "cut short"),
    (MAKE_TEXT_ONLY.column(0x42, b"\x7f\x04\x03\x01"), "more rows than operations"),
    (MAKE_TEXT_ONLY.column(0x42, None), "column that should be absent"),
    (MAKE_TEXT_ONLY.column(0x34, None), "fewer rows"),
    (MAKE_TEXT_ONLY.column(0x34, b"\x01\x04\x00"), "run of nothing"),
    (MAKE_TEXT_ONLY.column(0x34, b"\x00\x05"), "not a key"),
    (MAKE_TEXT_ONLY.column(0x01, b"\x00\x01\x04\x01"), "actors and operations"),
    (MAKE_TEXT_ONLY.column(0x02, b"\x00\x01\x04\x02"), "no such text"),
    (MAKE_TEXT_ONLY.column(0x02, b"\x00\x01\x04\x09"), "no such text"),
    (MAKE_TEXT_ONLY.column(0x02, None), "half an object"),
    (MAKE_TEXT_ONLY.column(0x02, b"\x00\x05"), "column that should be absent"),
    (MAKE_TEXT_ONLY.column(0x11, None), "letter without an actor"),
    (MAKE_TEXT_ONLY.column(0x13, b"\x00\x01\x7e\x00\x03\x02\x01"), "letter of the future"),
    (MAKE_TEXT_ONLY.column(0x13, b"\x00\x01\x7c\x00\x01\x02\x01"), "no such letter"),
    (MAKE_TEXT_ONLY.column(0x13, b"\x00\x01\x7e\x00\x42\x02\x01"), "counter out of range"),
    (MAKE_TEXT_ONLY.column(0x13, None), "without a letter"),
    (MAKE_TEXT_ONLY.column(0x15, b"\x7f\x00\x00\x04"), "not a key"),
    (MAKE_TEXT_ONLY.column(0x15, b"\x7f\x02\xc3\x28\x00\x04"), "not UTF-8"),
    (MAKE_TEXT_ONLY.column(0x15, b"\x7f\x81\x02" + b"k" * 257 + b"\x00\x04"), "not a key"),
    (MAKE_TEXT_ONLY.column(0x15, None), "without a key"),
    (MAKE_TEXT_ONLY.column(0x56, None), "column that should be absent"),
    (MAKE_TEXT_ONLY.column(0x56, b"\x05\x00"), "not a letter"),
    (MAKE_TEXT_ONLY.column(0x56, b"\x7f\x00\x04\x17"), "not a letter"),
    (MAKE_TEXT_ONLY.column(0x56, b"\x7d\x00\x26\x06\x02\x16"), "not a letter"),
    (MAKE_TEXT_ONLY.column(0x56, b"\x05\x16"), "value where none belongs"),
    (MAKE_TEXT_ONLY.column(0x57, b"abcde"), "values left over"),
    (MAKE_TEXT_ONLY.column(0x57, b"abc"), "values past the end"),
    (MAKE_TEXT_ONLY.column(0x57, b"ab\xc3\xb1"), "not one letter each"),
    (MAKE_TEXT_ONLY.column(0x57, b"ab\xed\xa0"), "not UTF-8"),
    (MAKE_TEXT_ONLY.column(0x70, None), "column that should be absent"),
    (MAKE_TEXT_ONLY.column(0x70, b"\x7f\x01\x04\x00"), "column that should be absent"),
    (MAKE_TEXT_ONLY.column(0x71, b"\x7f\x00"), "literals out of place"),
]


@pytest.mark.parametrize(("forged", "reason"), OPERATIONS, ids=numbered(OPERATIONS))
def test_operations_our_engine_never_writes_are_refused(forged: Forged, reason: str) -> None:
    assert reason in refused(forged.raw)


TOO_LONG = bytes(lint.MAX_VALUE_BYTES + 1)


def one_value(tag: int, value: bytes) -> bytes:
    """Return a change that puts one value under one key."""
    honest = taken_apart(Device("ana").write(Put("l/a", "x")).raw)
    size = leb(len(value) << 4 | tag)
    return honest.column(0x56, b"\x7f" + size).column(0x57, value or None).raw


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (8, b"\1"),
        (9, b"\1"),
        (10, b"x"),
        (15, b""),
        (0, b"x"),
        (1, b"x"),
        (3, b""),
        (3, b"\x81\x00"),
        (3, b"\xff" * 10),
        (4, b"\xff\x7f"),
        (4, b"\1\1"),
        (5, bytes(7)),
        (5, b"\x00\x00\x00\x00\x00\x00\xf8\x7f"),
        (5, b"\x00\x00\x00\x00\x00\x00\xf0\xff"),
        (6, b"\xff"),
        (6, TOO_LONG),
        (7, TOO_LONG),
    ],
    ids=lambda part: str(part)[-24:],
)
def test_values_our_engine_cannot_read_are_refused(tag: int, value: bytes) -> None:
    assert refused(one_value(tag, value))


@pytest.mark.parametrize(
    ("tag", "value"), [(0, b""), (2, b""), (3, b"\7"), (4, b"\x7f"), (6, b""), (7, b"\0")]
)
def test_values_our_engine_can_read_pass(tag: int, value: bytes) -> None:
    verdict = lint.check(one_value(tag, value), ANA, lint.DocumentFacts())
    assert isinstance(verdict, lint.ChangeFacts)


def test_a_change_may_replace_only_what_is_under_its_key() -> None:
    ana = Device("ana")
    first = ana.write(Put("l/a", 1), Put("l/b", 2))
    facts = known(first)
    honest = taken_apart(ana.write(Put("l/a", 3)).raw)
    assert isinstance(lint.check(honest.raw, ANA, facts), lint.ChangeFacts)
    assert refused(honest.column(0x73, b"\x7f\x02").raw, facts) == "replaces what is not there"
    assert refused(honest.column(0x73, b"\x7f\x03").raw, facts) == "replaces what is not there"
    twice = honest.column(0x70, b"\x7f\x02").column(0x71, b"\x02\x00").column(0x73, b"\x7e\x01\x00")
    assert refused(twice.raw, facts) == "replaced operations out of order"
    deleting = taken_apart(ana.write(Delete("l/b")).raw)
    nothing = deleting.column(0x70, b"\x7f\x00").column(0x71, None).column(0x73, None)
    assert refused(nothing.raw, known(first, ana.changes[1])) == "deletes nothing"


def test_what_others_wrote_apart_is_outside_the_past() -> None:
    ana, rui = Device("ana"), Device("rui")
    first = ana.write(*record())
    rui.receive(first)
    apart = rui.write(Splice(TEXT, 0, 0, "abc"))
    ana.receive(apart)
    naming = taken_apart(ana.write(Splice(TEXT, 1, 0, "x")).raw)
    facts = known(first, apart)
    assert isinstance(lint.check(naming.raw, ANA, facts), lint.ChangeFacts)
    earlier = lint.read_header(first.raw)
    forged = naming.but(deps=(earlier.hash,), start_op=leb(earlier.max_op + 1))
    assert refused(forged.raw, facts) == "points outside its past"


def bomb(rows: int) -> bytes:
    """Return a change of a few bytes that claims *rows* insertions of nothing into the text."""
    count = sleb(rows)
    return Forged(
        (),
        ANA,
        leb(1),
        leb(1),
        columns={
            0x01: b"\x00\x01" + count + b"\x00",
            0x02: b"\x00\x01" + count + b"\x01",
            0x13: b"\x00\x01" + count + b"\x00",
            0x15: b"\x7f\x01t\x00" + leb(rows),
            0x34: b"\x01" + leb(rows),
            0x42: b"\x7f\x04" + count + b"\x01",
            0x56: sleb(rows + 1) + b"\x00",
            0x70: sleb(rows + 1) + b"\x00",
        },
    ).raw


@pytest.mark.parametrize("rows", [19_000, 1_000_000, 10_000_000, 2**61])
def test_a_bomb_of_runs_is_refused_without_counting_it_out(rows: int) -> None:
    raw = bomb(rows)
    tracemalloc.start()
    started = time.process_time()
    reason = refused(raw)
    spent = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reason in {"not a letter", "more rows than operations"}
    assert spent < 0.05
    assert peak < 1024 * 1024


def test_other_chunks_and_deflated_ones_are_refused_unread() -> None:
    whole = Document.load(_first.raw).save()
    assert refused(whole) == "not an uncompressed change"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(64 * 1024 * 1024)) + packer.flush()
    assert refused(sealed(packed, kind=2)) == "not an uncompressed change"
    assert refused(_first.raw + _first.raw) == "length does not match"
    assert refused(bytes(envelope.MAX_CHANGE_BYTES + 1)) == "change too long"
    assert refused(_first.raw[:4] + b"\0\0\0\0" + _first.raw[8:]) == "checksum does not match"


def test_cutting_a_change_short_anywhere_is_refused() -> None:
    body = _last.raw[_last.raw.index(LAST.deps[0]) - 1 :]
    for end in range(len(body)):
        assert refused(sealed(body[:end]), past_of_last())
        assert refused(_last.raw[:end], past_of_last())


def test_a_mutant_that_passes_does_no_harm() -> None:
    """Every byte of a change turned to a few others, the checksum repaired."""
    past = [_first, _of_rui, _of_lu]
    facts = past_of_last()
    start = _last.raw.index(LAST.deps[0]) - 1
    body = _last.raw[start:]
    passed = 0
    for place in range(len(body)):
        for other in (1, 2, 0x10, 0x7F, 0x80):
            mutant = sealed(body[:place] + bytes((body[place] ^ other,)) + body[place + 1 :])
            try:
                verdict = lint.check(mutant, ANA, facts)
            except RemoteProtocolError:
                continue
            if isinstance(verdict, lint.ChangeFacts):
                passed += 1
                assert_harmless([*past, SignedChange(mutant, ANA)])
    assert passed


def assert_harmless(changes: list[SignedChange]) -> None:
    """See that Automerge takes, shows, saves and loads *changes*."""
    try:
        applied = AutomergeCore().open(DOCUMENT, changes)
    except BrokenDocumentError as error:
        pytest.fail(error.reason)
    assert applied.refused == ()
    assert applied.view is not None
    document = Document.load(b"".join(change.raw for change in changes))
    again = Document.load(document.save())
    assert sorted(again.get_heads()) == list(applied.view.heads)
    kept = {bytes(change.raw_bytes) for change in again.get_changes([])}
    assert kept == {change.raw for change in changes}
