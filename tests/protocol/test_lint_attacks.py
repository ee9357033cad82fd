"""Rows D5 to D7 of the attacks, as far as the lint decides them."""

from __future__ import annotations

import json
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from automerge.core import Document

import mutants
from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId
from aluna_protocol.lint import runs
from aluna_sync.engine.automerge_door import AutomergeContents
from aluna_sync.engine.types import Delete, Operation, Put, SignedChange, Splice
from aluna_sync.journal.keys import WriteIds, act_key
from unit.engine.writing import Device, actor, record
from vectors import forging
from vectors.forging import NULL, STR, Forged, leb, letter, put, sealed, sleb
from vectors.lint_story import ANA, one_of_ana, written

BODY = "t/body/0011223344556677"
FROZEN = sorted((Path(mutants.__file__).parent / "frozen").glob("*.json"))
BOMB_BYTES = 512 * 1024
"""What refusing may allocate: twice the longest column that is ever spread out."""


def refused(raw: bytes, author: bytes, facts: lint.DocumentFacts) -> str:
    with pytest.raises(RemoteProtocolError) as caught:
        lint.check(raw, ActorId(author), facts)
    return str(caught.value)


def known(*changes: SignedChange) -> lint.DocumentFacts:
    facts = lint.DocumentFacts()
    for one in changes:
        verdict = lint.check(one.raw, one.actor, facts)
        assert isinstance(verdict, lint.ChangeFacts)
        facts.add(verdict)
    return facts


# -- D5: places and names ------------------------------------------------------------------------


class Attack:
    """A victim that wrote a record, and a member that wants to keep it from writing on."""

    def __init__(self) -> None:
        self.victim, self.evil = Device("victim"), Device("evil")
        self.first = self.victim.write(*record("hola"))
        self.evil.receive(self.first)
        self.facts = known(self.first)
        self.honest = forging.taken_apart(self.evil.write(Put("l/a", 1)).raw)

    def forged(self, start_op: int, seq: int = 1) -> bytes:
        return self.honest.but(start_op=leb(start_op), seq=leb(seq)).raw

    def assert_victim_goes_on(self) -> None:
        """See that what the victim writes next passes, and Automerge takes it."""
        following = self.victim.write(Put("l/a", 2), Splice(BODY, 0, 1, "H"))
        verdict = lint.check(following.raw, following.actor, self.facts)
        assert isinstance(verdict, lint.ChangeFacts)
        self.facts.add(verdict)
        reader = Device("reader")
        reader.receive(self.first, following)
        assert reader.view.texts[BODY] == "Hola"


def test_d5_a_foreign_actor_is_refused_and_the_victim_goes_on() -> None:
    attack = Attack()
    squatting = attack.honest.but(actor=actor("victim"), seq=leb(2)).raw
    assert refused(squatting, actor("evil"), attack.facts) == "change by another actor"
    attack.assert_victim_goes_on()


@pytest.mark.parametrize(
    ("start_op", "seq", "reason"),
    [
        (8, 2, "gap in the changes of its actor"),
        (8, 2**40 - 1, "gap in the changes of its actor"),
        (9, 1, "counters do not follow its past"),
        (7, 1, "counters do not follow its past"),
        (1, 1, "counters do not follow its past"),
        (2**40 - 1, 1, "counters do not follow its past"),
        (2**40, 1, "counter out of range"),
        (2**64, 1, "number too large"),
    ],
)
def test_d5_gaps_and_jumps_are_refused_and_the_victim_goes_on(
    start_op: int, seq: int, reason: str
) -> None:
    attack = Attack()
    assert attack.honest.start_op == leb(8)
    assert refused(attack.forged(start_op, seq), actor("evil"), attack.facts) == reason
    attack.assert_victim_goes_on()


def test_d5_nobody_fills_a_key_until_others_cannot_write_it() -> None:
    """Values left standing one beside the other would all have to be named by whoever is next."""
    attack = Attack()
    filling = attack.honest.but(
        columns=forging.columns_of([put("l/a", NULL), put("l/a", NULL)], (actor("evil"),))
    )
    assert refused(filling.raw, actor("evil"), attack.facts) == "does not replace what is there"
    attack.assert_victim_goes_on()


def test_d5_what_somebody_said_is_neither_replaced_nor_deleted_nor_hidden_by_anybody() -> None:
    victim, evil = Device("victim"), Device("evil")
    key = act_key("positions", WriteIds(victim.actor, bytes).own())
    first = victim.write(*record("hola"), Put(key, "consiento"))
    beside = victim.write(Put("l/a", 1))
    taking: list[Operation] = [Put(key, "objeto"), Delete(key), Splice(key, 0, 0, "objeto")]
    for operation in taking[:2]:
        facts = known(first, beside)
        raw = written_without_the_lint(evil, [first, beside], operation)
        assert refused(raw, evil.actor, facts) == "an own key of another"
    # Apart from it, where the key does not stand yet: the winner of the two would hide the other.
    later = WriteIds(victim.actor, lambda size: b"\x01" * size).own()
    for operation in (Put(act_key("positions", later), "objeto"), Splice(key, 0, 0, "objeto")):
        raw = written_without_the_lint(evil, [] if operation.key == key else [first], operation)
        facts = known() if operation.key == key else known(first)
        assert refused(raw, evil.actor, facts) == "an own key of another"
    for operation in taking[:2]:
        raw = written_without_the_lint(victim, [first, beside], operation)
        assert refused(raw, victim.actor, known(first, beside)) == "own words are put once"


def written_without_the_lint(device: Device, past: list[SignedChange], one: Operation) -> bytes:
    """Return the change by which a changed program of *device* does *one*."""
    contents = AutomergeContents()
    contents.apply([change.raw for change in past])
    change = contents.write(device.actor, [one])
    assert change is not None
    return change


# -- D6: bombs -----------------------------------------------------------------------------------


def of_nulls(rows: int) -> bytes:
    """Return a change of a few bytes that claims *rows* insertions of nothing into a text."""
    count = sleb(rows)
    columns = {
        0x01: b"\x00\x01" + count + b"\x00",
        0x02: b"\x00\x01" + count + b"\x01",
        0x13: b"\x00\x01" + count + b"\x00",
        0x15: b"\x7f\x01t\x00" + leb(rows),
        0x34: b"\x01" + leb(rows),
        0x42: b"\x7f\x04" + count + b"\x01",
        0x56: sleb(rows + 1) + b"\x00",
        0x70: sleb(rows + 1) + b"\x00",
    }
    return Forged((), ANA, leb(1), leb(1), columns=columns).raw


def of_deletions(times: int) -> bytes:
    """Return a change of a few bytes that deletes one letter again and again."""
    text = one_of_ana(forging.make_text("t"), *written((ANA, 1), ANA, 2, "x"))
    rows = [*forging.rows_of(text), *[forging.take_out((ANA, 1), (ANA, 2))] * times]
    return one_of_ana(*rows).raw


def deflated() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    mebibyte = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return sealed(mebibyte * 256 + b"\3\0", kind=2)


def bombs() -> Iterator[tuple[str, bytes, str]]:
    honest = one_of_ana(put("k", STR, b"v"))
    text = one_of_ana(forging.make_text("t"), *written((ANA, 1), ANA, 2, "abcd"))
    many = "more rows than operations"
    head = forging.counted(ANA) + leb(1) + leb(1) + b"\0\0"
    for rows in (20_000, 1_000_000, 10_000_000, 10**9, 2**62):
        yield f"{rows} insertions", of_nulls(rows), many
    yield "19,999 insertions", of_nulls(19_999), "not a letter"
    yield "19,000 deletions", of_deletions(19_000), "deletes what is gone"
    yield (
        "a GiB of key",
        honest.column(0x15, b"\x7f" + leb(1 << 30) + b"k").raw,
        "text past the end",
    )
    yield (
        "a GiB of value",
        honest.column(0x56, b"\x7f" + leb((1 << 30) << 4 | STR)).raw,
        "values past the end",
    )
    yield "30,000 dependencies", honest.but(deps=(bytes(32),) * 30_000).raw, "table too long"
    yield "10^5 dependencies", honest.but(deps=(bytes(32),) * 100_000).raw, "change too long"
    yield "2^60 dependencies", sealed(leb(2**60) + honest.body[1:]), "table too long"
    yield "2^60 actors", sealed(b"\0" + head + leb(2**60)), "table too long"
    yield "2^60 columns", sealed(b"\0" + head + b"\0" + leb(2**60)), "too many columns"
    yield "an actor of a GiB", sealed(b"\0" + leb(1 << 30)), "text past the end"
    yield (
        "a column of a GiB",
        sealed(b"\0" + head + b"\0\1\x42" + leb(1 << 30) + b"\1"),
        "columns do not fill the change",
    )
    yield (
        "counters by 2^38",
        text.column(0x13, b"\0\1\x7f\0\3" + sleb(2**38)).raw,
        "letter of the future",
    )
    yield (
        "counters by 2^62",
        text.column(0x13, b"\0\1\x7f\0\3" + sleb(2**62)).raw,
        "counter out of range",
    )
    yield (
        "40,000 predecessors",
        text.column(0x70, b"\x7e\0" + leb(40_000) + b"\3\0")
        .column(0x71, sleb(40_000) + b"\0")
        .column(0x73, sleb(40_000) + b"\1")
        .column(0x42, b"\2\4\3\1")
        .column(0x34, b"\2\3")
        .column(0x15, b"\2\1t\0\3")
        .column(0x01, b"\0\2\3\0")
        .column(0x02, b"\0\2\3\1")
        .column(0x11, b"\0\3\2\0")
        .column(0x13, b"\0\2\x7d\0\3\1")
        .raw,
        "does not replace what is there",
    )
    yield (
        "2^62 predecessors",
        text.column(0x70, b"\x05" + leb(2**62)).raw,
        "too many replaced operations",
    )
    yield (
        "literals without end",
        text.column(0x42, sleb(-(2**62)) + b"\1").raw,
        "literals out of place",
    )
    yield "nulls without end", text.column(0x11, b"\0" + leb(2**62)).raw, many
    yield "booleans without end", text.column(0x34, b"\1" + leb(2**62)).raw, many
    yield "256 deflated MiB", deflated(), "not an uncompressed change"


BOMBS = {name: (raw, reason) for name, raw, reason in bombs()}


@pytest.mark.parametrize("name", BOMBS)
def test_d6_a_bomb_is_refused_without_allocating(name: str) -> None:
    raw, reason = BOMBS[name]
    facts = lint.DocumentFacts()
    tracemalloc.start()
    try:
        assert refused(raw, ANA, facts) == reason
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < len(raw) + BOMB_BYTES


class Steps:
    """Counts the numbers read: what time goes into, whatever the machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken = 0
        for name in ("unsigned", "signed", "text"):
            monkeypatch.setattr(runs, name, self._counting(getattr(runs, name)))

    def _counting(self, read: Any) -> Any:
        def counted(data: bytes, at: int) -> Any:
            self.taken += 1
            return read(data, at)

        return counted


@pytest.mark.parametrize("name", BOMBS)
def test_d6_a_bomb_takes_no_more_steps_than_it_has_bytes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, reason = BOMBS[name]
    steps = Steps(monkeypatch)
    assert refused(raw, ANA, lint.DocumentFacts()) == reason
    assert steps.taken <= min(len(raw), 1000)


def test_d6_twice_the_letters_in_one_run_are_read_in_as_many_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short, long = (
        one_of_ana(forging.make_text("t"), *written((ANA, 1), ANA, 2, "x" * size)).raw
        for size in (300, 15_000)
    )
    steps = Steps(monkeypatch)
    assert isinstance(lint.check(short, ActorId(ANA), lint.DocumentFacts()), lint.ChangeFacts)
    taken = steps.taken
    assert isinstance(lint.check(long, ActorId(ANA), lint.DocumentFacts()), lint.ChangeFacts)
    assert steps.taken == 2 * taken


def test_d6_every_bomb_together_is_refused_in_a_blink() -> None:
    """Fifty times what it takes here, so that a busy machine does not matter."""
    started = time.process_time()
    for raw, _ in BOMBS.values():
        refused(raw, ANA, lint.DocumentFacts())
    assert time.process_time() - started < 0.05 * len(BOMBS)


# -- D7: what Automerge cannot take --------------------------------------------------------------


@pytest.mark.parametrize("path", FROZEN, ids=lambda path: path.stem)
def test_d7_what_once_did_harm_is_refused(path: Path) -> None:
    frozen = json.loads(path.read_text(encoding="utf-8"))
    past = [
        SignedChange(bytes.fromhex(raw), ActorId(bytes.fromhex(who))) for who, raw in frozen["past"]
    ]
    facts = known(*past)
    reason = refused(bytes.fromhex(frozen["change"]), bytes.fromhex(frozen["actor"]), facts)
    assert reason == frozen["refused"]


def test_d7_whole_documents_are_refused() -> None:
    whole = Document.load(Attack().first.raw).save()
    assert refused(whole, actor("victim"), lint.DocumentFacts()) == "not an uncompressed change"


def test_d7_every_type_of_value_but_ours_is_refused() -> None:
    for tag in range(8, 16):
        for size in (0, 1, 8):
            honest = one_of_ana(put("k", tag, bytes(size)))
            reason = refused(honest.raw, ANA, lint.DocumentFacts())
            assert reason == "value of a type or length not allowed"


@pytest.mark.parametrize("letter_value", ["", "ab", "e\u0301", "👩‍👧"])
def test_d7_a_letter_is_exactly_one_code_point(letter_value: str) -> None:
    text = one_of_ana(forging.make_text("t"), letter((ANA, 1), None, letter_value))
    assert refused(text.raw, ANA, lint.DocumentFacts()) in {"not a letter", "not one letter each"}
