"""A document of one change, read without Automerge: exactly what Automerge would show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import lint
from aluna_protocol.lint import runs
from aluna_sync.engine.alone import view_alone
from aluna_sync.engine.automerge_door import AutomergeContents
from aluna_sync.engine.core import AutomergeCore
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.engine.types import (
    Delete,
    DocumentNotOpenError,
    Engine,
    EngineError,
    Operation,
    Put,
    SignedChange,
    Splice,
    View,
)
from unit.engine.forging import leb, sealed, sleb, taken_apart
from unit.engine.writing import DOCUMENT, actor, record, signed

ANA = actor("ana")
OBJECT_COUNTER, KEY_COUNTER, KEY_TEXT, META, VALUE = 0x02, 0x13, 0x15, 0x56, 0x57
SCRIPTS = "aé ñ\tЖ漢字 ع😀👩‍👩‍👧e\u0301\u200f\x00\ufffc\U0010ffff"

_texts = st.text(st.sampled_from(SCRIPTS), max_size=12)
_values = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.binary(max_size=20)
    | _texts
)
_places = st.sampled_from([0, 0, 0, 1, 3])
_text_keys = st.sampled_from(["t/a/0", "t/é/1", "t/漢/2", "t"])
_value_keys = st.sampled_from(["type", "schema", "l/é", "l/z", "s/x/😀", "a"])
_straight = st.lists(
    st.builds(Put, _value_keys, _values)
    | st.builds(Splice, _text_keys, st.just(0), st.just(0), _texts),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one.key,
)
_any = st.lists(
    st.builds(Put, _value_keys, _values)
    | st.builds(Delete, _value_keys)
    | st.builds(Splice, _text_keys, _places, _places, _texts),
    min_size=1,
    max_size=8,
)


def first_change(operations: list[Operation]) -> SignedChange | None:
    """Return *operations* written as the first change of a document, None if they do not fit."""
    try:
        edited = AutomergeCore().edit(DOCUMENT, ANA, operations, create=True)
    except EngineError:
        return None
    return signed(edited, ANA)


def by_automerge(change: SignedChange) -> View:
    """Return what Automerge shows of a document of *change*."""
    applied = AutomergeCore().open(DOCUMENT, [change])
    assert (applied.refused, applied.waiting) == ((), ())
    assert applied.view is not None
    return applied.view


def assert_same(alone: View, change: SignedChange) -> None:
    """See that both ways give the same, types and order of the keys too."""
    shown = by_automerge(change)
    assert alone == shown
    assert repr(alone) == repr(shown)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(operations=_straight)
def test_what_is_written_in_one_go_is_read_alone(operations: list[Operation]) -> None:
    change = first_change(operations)
    assert change is not None
    alone = view_alone(DOCUMENT, [change])
    assert alone is not None
    assert_same(alone, change)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(operations=_any)
def test_whatever_is_read_alone_reads_as_in_automerge(operations: list[Operation]) -> None:
    change = first_change(operations)
    alone = None if change is None else view_alone(DOCUMENT, [change])
    if change is not None and alone is not None:
        assert_same(alone, change)


def test_a_mutant_that_is_read_alone_reads_as_in_automerge() -> None:
    """Every byte of a first change turned to others, the checksum repaired."""
    operations = [*record("aé漢"), Put("l/n", 7), Put("l/f", 0.5), Splice("t/z/0", 0, 0, "bc")]
    change = first_change(operations)
    assert change is not None
    _, start = runs.unsigned(change.raw, 9)
    body = change.raw[start:]
    read = 0
    for place in range(len(body)):
        for other in (1, 2, 3, 0x10, 0x7F):
            mutant = sealed(body[:place] + bytes((body[place] ^ other,)) + body[place + 1 :])
            alone = view_alone(DOCUMENT, [SignedChange(mutant, ANA)])
            if alone is not None:
                assert_same(alone, SignedChange(mutant, ANA))
                read += 1
    assert read > 50


def test_letters_put_anywhere_but_at_the_end_are_left_to_automerge() -> None:
    change = first_change([Splice("t/a/0", 0, 0, "abcd")])
    assert change is not None
    forged = taken_apart(change.raw)
    # Each letter before the one written last; then the third after the first.
    at_the_head = forged.column(0x11, None).column(KEY_COUNTER, b"\x00\x01\x04\x00").raw
    to_the_middle = forged.column(KEY_COUNTER, b"\x00\x01\x7c\x00\x02\x00\x02").raw
    for raw in (at_the_head, to_the_middle):
        odd = SignedChange(raw, ANA)
        assert isinstance(lint.check(raw, ANA, lint.DocumentFacts()), lint.ChangeFacts)
        assert view_alone(DOCUMENT, [odd]) is None
        assert by_automerge(odd).texts["t/a/0"] != "abcd"


def test_texts_written_by_turns_read_as_in_automerge() -> None:
    change = first_change([Splice("t/a/0", 0, 0, "ac"), Splice("t/b/0", 0, 0, "b")])
    assert change is not None
    # Operations: make a, a, c, make b, b. Now the last letter goes to the end of the first text.
    forged = taken_apart(change.raw)
    forged = forged.column(OBJECT_COUNTER, b"\x00\x01\x02\x01\x00\x01\x7f\x01")
    forged = forged.column(0x11, b"\x00\x02\x7f\x00\x00\x01\x7f\x00")
    forged = forged.column(KEY_COUNTER, b"\x00\x01\x7e\x00\x02\x00\x01\x7f\x01")
    odd = SignedChange(forged.raw, ANA)
    alone = view_alone(DOCUMENT, [odd])
    assert alone is not None
    assert alone.texts == {"t/a/0": "acb", "t/b/0": ""}
    assert_same(alone, odd)


def test_a_key_written_twice_is_left_to_automerge() -> None:
    change = first_change([Put("l/a", 1), Put("l/b", 2)])
    assert change is not None
    twice = taken_apart(change.raw).column(KEY_TEXT, b"\x02\x03l/a").raw
    assert view_alone(DOCUMENT, [SignedChange(twice, ANA)]) is None
    replacing = first_change([Put("l/a", 1), Put("l/a", 2)])
    assert replacing is not None
    assert view_alone(DOCUMENT, [replacing]) is None
    assert by_automerge(replacing).cells["l/a"].value == 2


@pytest.mark.parametrize("number", [0, 1, 127, 128, 2**53])
def test_a_number_without_a_sign_reads_as_in_automerge(number: int) -> None:
    change = first_change([Put("l/a", number)])
    assert change is not None
    spelled = leb(number)
    forged = taken_apart(change.raw).column(VALUE, spelled)
    odd = SignedChange(forged.column(META, sleb(-1) + leb(len(spelled) << 4 | 3)).raw, ANA)
    alone = view_alone(DOCUMENT, [odd])
    assert alone is not None
    assert_same(alone, odd)
    assert alone.cells["l/a"].value == number


def test_only_a_good_first_change_is_read_alone() -> None:
    core = AutomergeCore()
    first = core.edit(DOCUMENT, ANA, record(), create=True)
    second = core.edit(DOCUMENT, ANA, [Put("l/a", 1)], create=False)
    assert view_alone(DOCUMENT, [signed(first, ANA)]) == first.view
    assert view_alone(DOCUMENT, [signed(first, actor("rui"))]) is None
    assert view_alone(DOCUMENT, [SignedChange(first.change[:-1], ANA)]) is None
    assert view_alone(DOCUMENT, [signed(second, ANA)]) is None
    assert view_alone(DOCUMENT, [signed(first, ANA), signed(second, ANA)]) is None
    assert view_alone(DOCUMENT, []) is None


class _Untouched(AutomergeContents):
    """Automerge that must not be asked."""

    def __init__(self) -> None:
        raise AssertionError("Automerge was asked")


def test_a_catch_up_of_new_records_asks_nothing_of_automerge() -> None:
    change = first_change(record("Ñandú 👩‍👩‍👧"))
    assert change is not None
    applied = AutomergeCore(_Untouched).apply(DOCUMENT, [change], create=True)
    assert applied.view == by_automerge(change)
    assert (applied.refused, applied.waiting) == ((), ())


@pytest.mark.parametrize("make", [InProcessEngine, ProcessEngine])
async def test_whoever_goes_on_with_a_record_opens_it(make: type[Engine]) -> None:
    writer = AutomergeCore()
    changes = [signed(writer.edit(DOCUMENT, ANA, record(), create=True), ANA)]
    changes.append(signed(writer.edit(DOCUMENT, ANA, [Put("l/a", 1)], create=False), ANA))
    engine = make()
    (applied,) = await engine.apply({DOCUMENT: changes[:1]})
    for ask in (
        engine.view(DOCUMENT),
        engine.history(DOCUMENT),
        engine.edit(DOCUMENT, ANA, [Put("l/a", 1)]),
        engine.apply({DOCUMENT: changes[1:]}),
        engine.apply({DOCUMENT: changes[:1]}),
    ):
        with pytest.raises(DocumentNotOpenError) as caught:
            await ask
        assert caught.value.documents == (DOCUMENT,)
    opened = await engine.open(DOCUMENT, changes[:1])
    assert opened == applied
    (applied,) = await engine.apply({DOCUMENT: changes[1:]})
    assert applied.view == writer.view(DOCUMENT)
    await engine.close()
