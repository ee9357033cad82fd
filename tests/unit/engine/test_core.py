"""The engine core: what is written here passes the lint, and merges alike in any order."""

from __future__ import annotations

import random

import pytest
from automerge.core import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import lint
from aluna_sync.engine.core import AutomergeCore
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.types import (
    Cell,
    Delete,
    DocumentNotOpenError,
    EngineError,
    Operation,
    Put,
    SignedChange,
    Splice,
)
from unit.engine.hostile_child import HostileContents
from unit.engine.writing import DOCUMENT, Device, actor, document, record, signed

TEXT = "t/body/0011223344556677"
SCRIPTS = "aé ñ\tЖ漢字 ع😀👩‍👩‍👧e\u0301\u200f\x00\U0010ffff"


def test_positions_count_code_points() -> None:
    ana = Device("ana")
    text = "ñandú 👩‍👩‍👧 e\u0301!"
    ana.write(*record(text))
    ana.write(Splice(TEXT, len(text) - 1, 1, "?"))
    assert ana.view.texts[TEXT] == text[:-1] + "?"


def test_a_cell_says_who_wrote_it_and_nobody_can_change_that() -> None:
    ana, rui = Device("ana"), Device("rui")
    rui.receive(ana.write(*record()))
    rui.write(Put("l/agrees/ana", "false"))
    ana.meet(rui)
    assert ana.view.cells["l/agrees/ana"] == Cell("false", rui.actor)
    assert ana.view.actors == (ana.actor, rui.actor)
    forged = SignedChange(rui.changes[-1].raw, ana.actor)
    applied = AutomergeCore().open(DOCUMENT, [ana.changes[0], forged])
    assert [(one.index, one.by_lint) for one in applied.refused] == [(1, True)]


def test_a_change_waits_for_its_past_and_then_counts() -> None:
    ana = Device("ana")
    first, second, third = ana.write(*record()), ana.write(Put("l/a", 1)), ana.write(Put("l/b", 2))
    core = AutomergeCore()
    assert core.apply(DOCUMENT, [third, first], create=True).waiting == (0,)
    # The one that waited has to be given again, so the engine asks for everything.
    with pytest.raises(DocumentNotOpenError):
        core.apply(DOCUMENT, [second], create=False)
    applied = core.open(DOCUMENT, [third, second, first])
    assert applied.view == ana.view
    assert (applied.waiting, applied.refused) == ((), ())


def test_a_document_is_never_begun_twice() -> None:
    ana = Device("ana", AutomergeCore(max_open=1))
    ana.write(*record())
    ana.core.edit(document(2), ana.actor, record(), create=True)
    with pytest.raises(DocumentNotOpenError):
        ana.core.edit(DOCUMENT, ana.actor, [Put("l/a", 1)], create=False)
    with pytest.raises(DocumentNotOpenError):
        ana.core.apply(DOCUMENT, ana.changes, create=False)


async def test_a_beginning_that_is_set_aside_keeps_its_place_from_another() -> None:
    """Else one device begins the record by what all others refuse."""
    ana = actor("ana")
    bad, good = [
        signed(
            AutomergeCore().edit(DOCUMENT, ana, [*record(), Splice(TEXT, 0, 0, said)], create=True),
            ana,
        )
        for said in ("PANIC", "good")
    ]
    engine = InProcessEngine(HostileContents)
    [applied] = await engine.apply({DOCUMENT: [bad]})
    assert applied.view is None
    assert [one.reason for one in applied.refused] == ["panic"]
    with pytest.raises(DocumentNotOpenError):
        await engine.apply({DOCUMENT: [good]})


async def test_an_engine_remembers_the_documents_it_has_closed() -> None:
    engine = InProcessEngine(max_open=1)
    await engine.edit(document(1), actor("ana"), record())
    await engine.edit(document(2), actor("ana"), record())
    with pytest.raises(DocumentNotOpenError):
        await engine.edit(document(1), actor("ana"), record())


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ([Put("type", "event")], "nothing-to-write"),
        ([Delete("no/such/key")], "nothing-to-write"),
        ([Splice(TEXT, 0, 0, "")], "nothing-to-write"),
        ([], "nothing-to-write"),
        ([Put("l/a", 1), Splice(TEXT, 17, 0, "x")], "position-outside"),
        ([Splice(TEXT, 10, 7, "")], "position-outside"),
        ([Splice(TEXT, -1, 0, "x")], "position-outside"),
        ([Splice("type", 0, 0, "x")], "not-a-text"),
        ([Splice(TEXT, 0, 0, "x" * 20_000)], "too-long"),
        ([Put("l/a", "x" * 70_000)], "too-long"),
        ([Put("l/a", "\ud800")], "value-not-allowed"),
        ([Put("l/a", float("nan"))], "value-not-allowed"),
        ([Put("l/a", 2**63)], "value-not-allowed"),
        ([Put("", 1)], "value-not-allowed"),
        ([Put("k" * 257, 1)], "value-not-allowed"),
    ],
)
def test_an_edit_that_cannot_be_leaves_the_document_as_it_was(
    operations: list[Operation], code: str
) -> None:
    ana = Device("ana")
    ana.write(*record())
    before = ana.view
    with pytest.raises(EngineError) as caught:
        ana.write(*operations)
    assert caught.value.code == code
    assert ana.view == before
    ana.write(Put("l/a", 2))


def test_a_document_can_be_seen_as_it_was() -> None:
    ana, rui = Device("ana"), Device("rui")
    rui.receive(ana.write(*record("antes")))
    before = ana.view
    rui.write(Splice(TEXT, 0, 5, "después"))
    ana.meet(rui)
    assert ana.core.view_at(DOCUMENT, before.heads) == before
    assert [step.seq for step in ana.core.history(DOCUMENT)] == [1, 1]


def test_d8_a_panic_costs_only_the_change_that_caused_it() -> None:
    ana, rui = Device("ana"), Device("rui")
    rui.receive(ana.write(*record()))
    good = [ana.write(Put(f"l/{number}", number)) for number in range(5)]
    bad = rui.write(Put("l/bad", "PANIC"))
    core = AutomergeCore(HostileContents)
    core.open(DOCUMENT, ana.changes[:1])
    applied = core.apply(DOCUMENT, [*good[:2], bad, *good[2:]], create=False)
    assert [(one.index, one.reason, one.by_lint) for one in applied.refused] == [
        (2, "panic", False)
    ]
    assert applied.view == ana.view
    edited = core.edit(DOCUMENT, ana.actor, [Put("l/after", 1)], create=False)
    assert edited.view.cells["l/after"].value == 1


_texts = st.text(st.sampled_from(SCRIPTS), max_size=12)
_values = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.binary(max_size=5)
    | _texts
)
_keys = st.sampled_from(["l/a", "l/é", "s/x/1", "s/x/2"])
_operations = st.lists(
    st.builds(Put, _keys, _values)
    | st.builds(Delete, _keys)
    | st.builds(
        Splice,
        st.sampled_from([TEXT, "t/other/0000000000000000"]),
        st.integers(0, 30),
        st.integers(0, 12),
        _texts,
    ),
    min_size=1,
    max_size=6,
)
_steps = st.lists(
    st.tuples(st.integers(0, 2), _operations) | st.tuples(st.integers(0, 2), st.integers(0, 2)),
    max_size=25,
)


def _fitting(device: Device, operations: list[Operation]) -> list[Operation]:
    """Move splices to places that exist."""
    lengths = {key: len(text) for key, text in device.view.texts.items()}
    fitting: list[Operation] = []
    for operation in operations:
        if isinstance(operation, Splice):
            length = lengths.get(operation.key, 0)
            position = min(operation.position, length)
            delete = min(operation.delete, length - position)
            operation = Splice(operation.key, position, delete, operation.text)
            lengths[operation.key] = length - delete + len(operation.text)
        fitting.append(operation)
    return fitting


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steps=_steps, seed=st.randoms(use_true_random=False))
def test_what_we_write_passes_the_lint_and_any_order_gives_the_same(
    steps: list[tuple[int, list[Operation] | int]], seed: random.Random
) -> None:
    devices = [Device("ana"), Device("rui"), Device("0lu")]
    first = devices[0].write(*record())
    for device in devices[1:]:
        device.receive(first)
    for who, what in steps:
        if isinstance(what, int):
            devices[who].meet(devices[what])
            continue
        try:
            devices[who].write(*_fitting(devices[who], what))
        except EngineError as error:
            if error.code != "nothing-to-write":
                raise
    devices[0].meet(devices[1])
    devices[0].meet(devices[2])
    devices[1].meet(devices[0])
    view = devices[0].view
    assert devices[1].view == devices[2].view == view
    shuffled = list(devices[0].changes)
    seed.shuffle(shuffled)
    applied = AutomergeCore().open(DOCUMENT, shuffled)
    assert (applied.refused, applied.waiting) == ((), ())
    assert applied.view == view
    one_by_one = AutomergeCore()
    assert one_by_one.open(DOCUMENT, [first]).waiting == ()
    for place, change in enumerate(shuffled):
        try:
            assert not one_by_one.apply(DOCUMENT, [change], create=False).refused
        except DocumentNotOpenError:
            assert not one_by_one.open(DOCUMENT, [first, *shuffled[: place + 1]]).refused
    assert one_by_one.view(DOCUMENT) == view
    loaded = Document.load(b"".join(change.raw for change in shuffled))
    assert sorted(Document.load(loaded.save()).get_heads()) == list(view.heads)


def test_the_lint_knows_the_header_of_what_we_write() -> None:
    ana = Device("ana")
    change = ana.write(*record("abc"))
    header = lint.read_header(change.raw)
    facts = lint.check(change.raw, ana.actor, lint.DocumentFacts())
    assert isinstance(facts, lint.ChangeFacts)
    assert (header.hash, header.ops, header.max_op) == (facts.hash, 6, 6)
    assert (facts.hash,) == ana.view.heads
