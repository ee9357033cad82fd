"""Whatever our engine writes passes, in every order in which it can arrive."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aluna_protocol import lint
from aluna_protocol.ids import DocumentId, PersonId
from aluna_sync.engine.core import AutomergeCore
from aluna_sync.engine.types import (
    Delete,
    EngineError,
    Operation,
    Put,
    SignedChange,
    Splice,
    View,
)
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.edits import (
    AddAct,
    AddLink,
    AddMember,
    Edit,
    RemoveLink,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
    operations,
)
from aluna_sync.journal.keys import WriteIds
from aluna_sync.journal.links import LINK_KINDS
from aluna_sync.journal.schema import TYPES, ActKind, Field, MergeKind, Part, RecordType, Shape
from aluna_sync.journal.types import Json
from aluna_sync.journal.vocabulary import vocabulary
from mutants.judging import assert_same_for_automerge
from unit.engine.writing import DOCUMENT, Device, actor, record

BODY = "t/body/0011223344556677"
SCRIPTS = (
    "Una tarde larga, ñandú, ¿y qué?",
    "كل يوم نلتقي في الساحة",
    "हम फिर मिलेंगे क्षत्रिय",
    "Tlazohcamati huel miac, nocniuhtzin",
    "👩‍👩‍👧‍👦 👍🏽 🇲🇽 ❤️",
    "e\u0301\u0323\u0308 ä\u0300",
    "\u200fשלום\u200e abc \u2067עברית\u2069",
    "漢字かな交じり文 𠮷",
    "ᎠᏂᏴᏫᏯ ᐃᓄᒃᑎᑐᑦ 𞤆𞤵𞤤𞤢𞤪",
    "\x00\t\r\n\ufffc\ufeff\U0010ffff",
)
TERMS = vocabulary().terms()
words = st.text(st.sampled_from("".join(SCRIPTS)), max_size=40) | st.text(max_size=10)


def known_of(changes: Sequence[SignedChange]) -> lint.DocumentFacts:
    """See that *changes* pass one after the other."""
    known = lint.DocumentFacts()
    for change in changes:
        verdict = lint.check(change.raw, change.actor, known)
        assert isinstance(verdict, lint.ChangeFacts)
        known.add(verdict)
    return known


def causal_orders(
    changes: Sequence[SignedChange], rng: random.Random, count: int
) -> Iterator[list[SignedChange]]:
    """Yield orders in which *changes* could arrive, causes first."""
    by_hash = {lint.read_header(change.raw).hash: change for change in changes}
    deps = {name: set(lint.read_header(change.raw).deps) for name, change in by_hash.items()}
    for _ in range(count):
        left = dict(deps)
        order: list[SignedChange] = []
        while left:
            ready = [name for name, past in left.items() if not past & left.keys()]
            name = rng.choice(ready)
            del left[name]
            order.append(by_hash[name])
        yield order


def assert_all_pass(changes: Sequence[SignedChange], orders: int = 3) -> None:
    """See that the lint takes *changes* in any order, and knows the same in the end."""
    heads = known_of(changes).heads
    for order in causal_orders(changes, random.Random(len(changes)), orders):
        assert known_of(order).heads == heads
    assert_same_for_automerge([change.raw for change in changes])


# -- records of every type -----------------------------------------------------------------------


def values_of(declared: Field) -> st.SearchStrategy[Json]:
    """Return values of one item of a field."""
    match declared.shape:
        case Shape.TERM:
            return st.sampled_from([term.id for term in TERMS if term.group in declared.groups])
        case Shape.CHOICE:
            return st.sampled_from(declared.choices)
        case Shape.WHEN:
            return st.just({"value": "2026-03", "precision": "month", "words": "en marzo"})
        case Shape.PLACE:
            levels = st.sampled_from(declared.choices)
            return st.builds(lambda name, level: {"name": name, "level": level}, words, levels)
        case Shape.ACT:
            return st.sampled_from(declared.acts).flatmap(act_of)
        case _:
            return words


def act_of(kind: ActKind) -> st.SearchStrategy[Json]:
    """Return acts of a kind; what they answer may be there or not."""
    parts = {part.name: part_of(part) for part in kind.parts}
    return st.fixed_dictionaries({"act": st.just(kind.name)}, optional=parts)


def part_of(part: Part) -> st.SearchStrategy[Json]:
    """Return values of a part of an act."""
    one: st.SearchStrategy[Json]
    match part.shape:
        case Shape.TERM:
            one = st.sampled_from([term.id for term in TERMS if term.group in part.groups])
        case Shape.CHOICE:
            one = st.sampled_from(part.choices)
        case Shape.WHEN:
            one = st.just({"value": "2026-03", "precision": "dat.month", "words": "en marzo"})
        case Shape.PERSON | Shape.LINK:
            one = st.just("ab" * 16)
        case Shape.ENTRY:
            one = st.integers(0, 12).map(lambda number: f"0000{number:012x}")
        case _:
            one = words
    return st.lists(one, max_size=3) if part.several else one


def edits_of(declared: Field, person: PersonId) -> st.SearchStrategy[Edit]:
    """Return what can be done to a field."""
    name = declared.name
    match declared.merge:
        case MergeKind.TEXT:
            return st.builds(SetText, st.just(name), words)
        case MergeKind.SET if declared.shape is Shape.LINK:
            kinds, targets = st.sampled_from(sorted(LINK_KINDS)), st.integers(1, 3)
            target = targets.map(lambda number: DocumentId(number.to_bytes(16, "big")))
            return st.builds(AddLink, kinds, target) | st.builds(RemoveLink, kinds, target)
        case MergeKind.SET:
            own = declared.shape is Shape.PERSON
            items = st.just(person.hex()) if own else values_of(declared).map(str)
            return st.builds(AddMember, st.just(name), items, words) | st.builds(
                RemoveMember, st.just(name), items
            )
        case MergeKind.READINGS:
            return st.builds(SetReading, st.just(name), st.none() | values_of(declared))
        case MergeKind.MAP:
            values = values_of(declared)
            several = st.lists(values, max_size=3) if declared.shape is Shape.TERM else values
            key = words if declared.keyed else st.just("")
            return st.builds(SetMine, st.just(name), st.none() | several, key)
        case _:
            return st.builds(AddAct, st.just(name), values_of(declared))


class Writer:
    """A person whose device edits one record, through the journal and the engine."""

    def __init__(self, number: int, kind: RecordType) -> None:
        self.person = PersonId(bytes([number + 1]) * 16)
        self.device = Device(f"{number}-writer")
        self._kind = kind
        numbers = count(1)
        self._ids = WriteIds(
            self.device.actor, lambda size: (number << 24 | next(numbers)).to_bytes(size, "big")
        )

    def do(self, edits: Sequence[Edit]) -> bool:
        """Write *edits* as one change; tell whether there was something to write."""
        view: View | None = self.device.view if self.device.changes else None
        try:
            written = operations(
                edits, view, type=self._kind.name, person=self.person, write_ids=self._ids
            )
        except WrongUseError:
            return False
        if not written:
            return False
        try:
            self.device.write(*written)
        except EngineError as error:
            if error.code != "nothing-to-write":
                raise
            return False
        return True


BY_HAND = {name: kind for name, kind in TYPES.items() if kind.by_hand}


@pytest.mark.parametrize("kind", BY_HAND.values(), ids=BY_HAND)
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_what_people_do_to_a_record_of_any_type_passes(
    kind: RecordType, data: st.DataObject
) -> None:
    writers = [Writer(number, kind) for number in range(3)]
    writers[0].do([SetText("title", data.draw(words)), SetText("body", "una tarde")])
    for writer in writers[1:]:
        writer.device.receive(*writers[0].device.changes)
    for _ in range(data.draw(st.integers(1, 6))):
        writer = data.draw(st.sampled_from(writers))
        fields = st.sampled_from(kind.fields)
        edits = fields.flatmap(lambda field: edits_of(field, writer.person))  # noqa: B023
        writer.do(data.draw(st.lists(edits, min_size=1, max_size=5)))
        if data.draw(st.booleans()):
            other = data.draw(st.sampled_from([one for one in writers if one is not writer]))
            writer.device.meet(other.device)
    for writer in writers[1:]:
        writers[0].device.meet(writer.device)
    assert_all_pass(writers[0].device.changes)


# -- many devices, long texts --------------------------------------------------------------------


def scribble(rng: random.Random, device: Device) -> Operation:
    """Return something to write: letters in and out of the text, values, deletions."""
    view = device.view
    body = view.texts.get(BODY, "")
    at = rng.randint(0, len(body))
    gone = rng.randint(0, min(12, len(body) - at))
    choice = rng.random()
    if choice < 0.6:
        return Splice(BODY, at, gone, rng.choice(SCRIPTS)[: rng.randint(0, 8)])
    if choice < 0.8 or not view.cells:
        return Put(
            f"l/{rng.choice('abc')}", rng.choice([rng.random(), None, "x", rng.getrandbits(40)])
        )
    return Delete(rng.choice(sorted(view.cells)))


def scribbled(seed: str, actors: int, rounds: int, meetings: float) -> list[SignedChange]:
    """Return a document that so many devices wrote, apart and together."""
    rng = random.Random(seed)
    devices = [Device(f"{number:02}") for number in range(actors)]
    devices[0].write(*record("".join(SCRIPTS)))
    for device in devices[1:]:
        device.receive(*devices[0].changes)
    for _ in range(rounds):
        device = rng.choice(devices)
        try:
            device.write(*(scribble(rng, device) for _ in range(rng.choice((1, 1, 2)))))
        except EngineError as error:
            # Two operations of one change may not fit together, or change nothing.
            if error.code not in {"nothing-to-write", "position-outside"}:
                raise
        if rng.random() < meetings:
            device.meet(rng.choice([other for other in devices if other is not device]))
    for device in devices[1:]:
        devices[0].meet(device)
    devices[0].write(Put("l/a", "after all"), Splice(BODY, 0, 3, "ya"))
    return devices[0].changes


@pytest.mark.parametrize(
    ("actors", "rounds", "meetings"), [(2, 60, 0.3), (5, 80, 0.3), (24, 90, 0.2)]
)
def test_what_many_devices_write_apart_passes_in_every_order(
    actors: int, rounds: int, meetings: float
) -> None:
    changes = scribbled(f"{actors}", actors, rounds, meetings)
    assert len({change.actor for change in changes}) >= actors * 2 // 3
    assert_all_pass(changes, orders=6)


def test_a_long_document_with_strokes_and_deletions_passes() -> None:
    ana, rui = Device("ana"), Device("rui")
    page = "".join(SCRIPTS)
    ana.write(*record(page * (12_000 // len(page) + 1)))
    rui.receive(*ana.changes)
    rng = random.Random("long")
    for device in (ana, rui):
        for _ in range(20):
            length = len(device.view.texts[BODY])
            at = rng.randint(0, length - 200)
            device.write(Splice(BODY, at, rng.choice((0, 1, 150)), rng.choice(SCRIPTS)))
        device.write(Splice(BODY, 0, len(device.view.texts[BODY]) - 50, ""))
    ana.meet(rui)
    ana.write(Splice(BODY, 10, 5, page))
    assert_all_pass(ana.changes)


def test_every_letter_typed_and_taken_back_by_itself_passes() -> None:
    ana = Device("ana")
    ana.write(*record(""), Splice(BODY, 0, 0, "a"))
    for place, letter in enumerate("".join(SCRIPTS)[:80]):
        ana.write(Splice(BODY, place, 0, letter), Put("l/at", place))
    for place in range(80, 0, -1):
        ana.write(Splice(BODY, place - 1, 1, ""))
    ana.write(Splice(BODY, 0, 1, "".join(SCRIPTS)))
    ana.write(Splice(BODY, 0, 60, ""), Put("l/at", None))
    assert_all_pass(ana.changes)


def test_letters_typed_between_other_values_go_at_once() -> None:
    """Their counters are two apart: a deletion of them all is one run with a step of two."""
    ana = Device("ana")
    ana.write(*record("x"))
    for place in range(30):
        ana.write(Splice(BODY, place, 0, "é"), Put("l/at", place))
    ana.write(Splice(BODY, 3, 25, ""))
    ana.write(Splice(BODY, 0, 6, "fin"))
    assert_all_pass(ana.changes)


def test_the_engine_refuses_to_write_what_the_lint_would() -> None:
    core = AutomergeCore()
    puts: list[Operation] = [Put("l/a", number) for number in range(lint.MAX_KEY_WRITES + 1)]
    core.edit(DOCUMENT, actor("ana"), puts[1:], create=True)
    for often in (
        puts,
        [one for n in range(4) for one in (Put("t/x", n), Delete("t/x"), Splice("t/x", 0, 0, "a"))],
    ):
        with pytest.raises(EngineError) as caught:
            core.edit(DOCUMENT, actor("ana"), often, create=False)
        assert caught.value.code == "too-long"
