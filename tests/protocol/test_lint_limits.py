"""The bounds of SPEC §6.5: exactly at the limit passes, one more is refused."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId
from aluna_protocol.lint import chunk as envelope
from aluna_protocol.lint import runs, table
from vectors import forging
from vectors.forging import BYTES, NULL, STR, Forged, Row, change, leb, put
from vectors.lint_story import ANA, one_of_ana, written

PASSES = "passes"


def said(change: Forged | bytes, facts: lint.DocumentFacts | None = None) -> str:
    """Return why *change* is refused, or that it passes."""
    raw = change if isinstance(change, bytes) else change.raw
    author = ANA if isinstance(change, bytes) else change.actor
    try:
        verdict = lint.check(raw, ActorId(author), facts or lint.DocumentFacts())
    except RemoteProtocolError as error:
        return str(error)
    assert isinstance(verdict, lint.ChangeFacts)
    return PASSES


def added(facts: lint.DocumentFacts, *changes: Forged) -> lint.DocumentFacts:
    """Return *facts* with *changes*, which pass."""
    for one in changes:
        verdict = lint.check(one.raw, ActorId(one.actor), facts)
        assert isinstance(verdict, lint.ChangeFacts)
        facts.add(verdict)
    return facts


def text_of(letters: int) -> Forged:
    """Return a first change that writes so many letters: one more operation than letters."""
    return one_of_ana(forging.make_text("t"), *written((ANA, 1), ANA, 2, "x" * letters))


@pytest.mark.parametrize(("ops", "expected"), [(20_000, PASSES), (20_001, None)])
def test_a_change_has_at_most_20000_operations(ops: int, expected: str | None) -> None:
    assert lint.MAX_OPS == 20_000
    assert said(text_of(ops - 1)) == (expected or "more rows than operations")


@pytest.mark.parametrize(("count", "expected"), [(4096, PASSES), (4097, None)])
def test_a_change_writes_at_most_4096_keys(count: int, expected: str | None) -> None:
    assert lint.MAX_ROOT_OPS == 4096
    keys = (put(f"{number:x}", NULL) for number in range(count))
    assert said(one_of_ana(*keys)) == (expected or "too many keys in one change")


@pytest.mark.parametrize(("count", "expected"), [(8, PASSES), (9, None)])
@pytest.mark.parametrize("apart", [False, True])
def test_a_change_writes_one_key_at_most_8_times(
    count: int, expected: str | None, apart: bool
) -> None:
    assert lint.MAX_KEY_WRITES == 8
    rows: list[Row] = []
    last: int | None = None
    for number in range(count):
        preds = () if last is None else ((ANA, last),)
        rows.append(put("k", NULL, b"", *preds))
        last = len(rows)
        if apart:
            rows.append(put(f"other{number}", NULL))
    assert said(one_of_ana(*rows)) == (expected or "too many keys in one change")


def test_deletions_of_a_key_count_too() -> None:
    rows: list[Row] = []
    while len(rows) < 8:
        rows += [put("k", NULL), forging.delete("k", (ANA, len(rows) + 1))]
    assert said(one_of_ana(*rows)) == PASSES
    assert said(one_of_ana(*rows, put("k", NULL))) == "too many keys in one change"


@pytest.mark.parametrize("tag", [STR, BYTES])
def test_a_value_has_at_most_64_kib(tag: int) -> None:
    assert lint.MAX_VALUE_BYTES == 64 * 1024
    assert said(one_of_ana(put("k", tag, bytes(65_536)))) == PASSES
    reason = "value of a type or length not allowed"
    assert said(one_of_ana(put("k", tag, bytes(65_537)))) == reason


@pytest.mark.parametrize("key", ["k", "k" * 256, "é" * 128])
def test_a_key_has_1_to_256_bytes(key: str) -> None:
    assert lint.MAX_KEY_BYTES == 256
    assert said(one_of_ana(put(key, NULL))) == PASSES
    assert said(one_of_ana(put(key + "k" * 256, NULL))) == "not a key of a record"


def test_a_change_has_at_most_a_mebibyte() -> None:
    assert lint.MAX_CHANGE_BYTES == 1024 * 1024
    values = [put(f"{number:02}", BYTES, bytes(65_000)) for number in range(16)]

    def filled(size: int) -> Forged:
        return one_of_ana(*values, put("16", BYTES, bytes(size)))

    room = lint.MAX_CHANGE_BYTES - len(filled(8000).raw) + 8000
    full, over = filled(room), filled(room + 1)
    assert len(full.raw) == lint.MAX_CHANGE_BYTES
    assert said(full) == PASSES
    assert len(over.raw) == lint.MAX_CHANGE_BYTES + 1
    assert said(over) == "change too long"


def numbered(count: int) -> list[bytes]:
    """Return so many actors, in order."""
    return [number.to_bytes(16, "big") for number in range(1, count + 1)]


def heads(count: int) -> tuple[lint.DocumentFacts, list[Forged]]:
    """Return a document with so many changes nothing follows, each by an actor of its own."""
    facts = lint.DocumentFacts()
    begun = [change(actor, 1, 1, [put("k", NULL)]) for actor in numbered(count)]
    return added(facts, *begun), begun


def on_all(begun: Iterable[Forged], preds: Iterable[forging.Id] = ()) -> Forged:
    """Return a change of ana on top of changes of one operation each."""
    hashes = [one.hash for one in begun]
    return change(ANA, 1, 2, [put("k" if preds else "j", NULL, b"", *preds)], hashes)


def test_a_change_names_at_most_1024_dependencies_and_actors() -> None:
    assert (envelope.MAX_DEPS, envelope.MAX_ACTORS) == (1024, 1024)
    facts, begun = heads(1025)
    assert said(on_all(begun[:1024]), facts) == PASSES
    assert said(on_all(begun), facts) == "table too long"
    preds = [(actor, 1) for actor in numbered(1024)]
    assert said(on_all(begun[:1024], preds), facts) == PASSES
    more = on_all(begun[:1024]).but(others=tuple(numbered(1025)))
    assert said(more, facts) == "table too long"


def test_a_change_replaces_at_most_40000_operations() -> None:
    """2,500 keys on which 16 devices wrote apart, and one letter more."""
    assert table.MAX_PREDS == 40_000
    actors = numbered(16)
    keys = [f"{number}" for number in range(2500)]
    begun = [change(one, 1, 1, [put(key, NULL) for key in keys]) for one in actors]
    text = change(ANA, 1, 1, [forging.make_text("t"), *written((ANA, 1), ANA, 2, "x")])
    facts = added(lint.DocumentFacts(), *begun, text)
    rows = [
        put(key, NULL, b"", *((one, place + 1) for one in actors)) for place, key in enumerate(keys)
    ]
    deps = [one.hash for one in (*begun, text)]
    assert said(change(ANA, 2, 2501, rows, deps), facts) == PASSES
    rows.append(forging.take_out((ANA, 1), (ANA, 2)))
    assert said(change(ANA, 2, 2501, rows, deps), facts) == "too many replaced operations"


@pytest.mark.parametrize("place", ["seq", "start_op"])
def test_places_are_below_2_to_the_40(place: str) -> None:
    honest = one_of_ana(put("k", NULL))
    below, at = (honest.but(**{place: leb(number)}) for number in (2**40 - 1, 2**40))
    header = lint.read_header(below.raw)
    assert getattr(header, place) == 2**40 - 1
    with pytest.raises(RemoteProtocolError, match=r"^counter out of range$"):
        lint.read_header(at.raw)
    assert runs.MAX_COUNTER == 2**40
