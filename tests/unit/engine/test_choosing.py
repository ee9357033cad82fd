"""Two changes that claim one place: what is applied follows from the set of changes alone."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from automerge.core import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol import limits, lint
from aluna_protocol.ids import ChangeHash, DeviceId
from aluna_sync.engine.core import AutomergeCore
from aluna_sync.engine.types import (
    FORKED,
    PAST_REFUSED,
    PAST_SET_ASIDE,
    Applied,
    DocumentNotOpenError,
    Operation,
    Put,
    Refused,
    SignedChange,
    View,
)
from unit.engine.forging import leb, taken_apart
from unit.engine.hostile_child import HostileContents
from unit.engine.writing import DOCUMENT, actor, record


def device(name: str) -> DeviceId:
    return DeviceId(name.encode().ljust(32, b"="))


@dataclass
class Copy:
    """One copy of a device's vault: two copies of one device write as the same actor."""

    name: str
    incarnation: int = 0
    held: dict[bytes, SignedChange] = field(default_factory=dict)

    def write(self, *operations: Operation) -> SignedChange:
        """Write on top of what this copy reads."""
        core = AutomergeCore()
        writes_as = actor(f"{self.name}{self.incarnation}")
        if self.held:
            core.open(DOCUMENT, list(self.held.values()))
        edited = core.edit(DOCUMENT, writes_as, operations, create=not self.held)
        change = SignedChange(edited.change, writes_as, device(self.name))
        self.held[change.raw] = change
        return change

    def receive(self, *changes: SignedChange) -> None:
        self.held |= {change.raw: change for change in changes}

    def meet(self, other: Copy) -> None:
        self.held |= other.held
        other.held |= self.held

    @property
    def view(self) -> View:
        view = AutomergeCore().open(DOCUMENT, list(self.held.values())).view
        assert view is not None
        return view


@dataclass
class Reader:
    """Reads what arrives as a device does: piece by piece, anew from everything when it must."""

    core: AutomergeCore = field(default_factory=AutomergeCore)
    seen: list[SignedChange] = field(default_factory=list)
    aside: dict[SignedChange, Refused] = field(default_factory=dict)
    view: View | None = None

    def take(self, *changes: SignedChange) -> None:
        began, self.seen, given = not self.seen, [*self.seen, *changes], list(changes)
        applied = Applied(DOCUMENT, None, waiting=(0,))
        with suppress(DocumentNotOpenError):
            applied = self.core.apply(DOCUMENT, changes, create=began)
        if applied.waiting:
            applied, given, self.aside = self.core.open(DOCUMENT, self.seen), self.seen, {}
        self.aside |= {given[one.index]: one for one in applied.refused}
        self.view = applied.view

    @property
    def told(self) -> set[tuple[bytes, str, bool]]:
        return {(change.raw, one.reason, one.by_lint) for change, one in self.aside.items()}


def refusals(changes: list[SignedChange], applied: Applied) -> set[tuple[bytes, str, bool]]:
    return {(changes[one.index].raw, one.reason, one.by_lint) for one in applied.refused}


def forked() -> tuple[Copy, Copy, SignedChange, SignedChange]:
    """Return two copies of Ana's vault that wrote apart in one record, and what they wrote."""
    ana = Copy("ana")
    first = ana.write(*record())
    older = Copy("ana")
    older.receive(first)
    return ana, older, ana.write(Put("l/a", "one")), older.write(Put("l/a", "other"))


def test_of_two_changes_for_one_place_the_one_others_built_on_counts() -> None:
    ana, older, one, other = forked()
    for kept, lost in ((one, other), (other, one)):
        bo = Copy("bo")
        bo.receive(*(ana if kept is one else older).held.values())
        bo.write(Put("l/bo", 1))
        bo.receive(lost)
        changes = list(bo.held.values())
        applied = AutomergeCore().open(DOCUMENT, changes)
        assert refusals(changes, applied) == {(lost.raw, FORKED, True)}
        assert applied.view is not None
        assert set(applied.view.cells) >= {"l/a", "l/bo"}


def test_another_incarnation_of_the_author_is_not_somebody_else() -> None:
    ana, older, one, other = forked()
    low, high = sorted((one, other), key=hash_of)
    reborn = Copy("ana", incarnation=1)
    reborn.receive(*(ana if high is one else older).held.values())
    on_high = reborn.write(Put("l/again", 1))
    reborn.receive(low)
    changes = list(reborn.held.values())
    applied = AutomergeCore().open(DOCUMENT, changes)
    assert refusals(changes, applied) == {(high.raw, FORKED, True), (on_high.raw, FORKED, True)}


def test_the_choice_turns_when_more_devices_are_found_to_have_built_on_the_other() -> None:
    ana, older, one, other = forked()
    bo, cleo, dora = Copy("bo"), Copy("cleo"), Copy("dora")
    bo.meet(ana)
    on_one = bo.write(Put("l/bo", 1))
    for who in (cleo, dora):
        who.receive(*older.held.values())
        who.write(Put(f"l/{who.name}", 1))
    reader = Reader()
    reader.take(*bo.held.values())
    reader.take(other)
    assert reader.told == {(other.raw, FORKED, True)}
    reader.take(*(change for change in cleo.held.values() if change not in reader.seen))
    reader.take(*(change for change in dora.held.values() if change not in reader.seen))
    assert reader.told == {(one.raw, FORKED, True), (on_one.raw, FORKED, True)}
    assert reader.view is not None
    assert reader.view.cells["l/a"].value == "other"


def twisted(change: SignedChange, others: list[SignedChange]) -> SignedChange:
    """Return *change* as nobody's engine writes it, for the same place, with a lower hash."""
    pieces = taken_apart(change.raw)
    for start_op in range(1000, 2000):
        forged = SignedChange(pieces.but(start_op=leb(start_op)).raw, change.actor, change.device)
        hash_of = lint.read_chunk(forged.raw).hash
        if all(hash_of < lint.read_chunk(other.raw).hash for other in others):
            return forged
    raise AssertionError("no such hash in a thousand tries")


def test_a_candidate_the_lint_refuses_never_wins_whatever_was_built_on_it() -> None:
    ana, _, one, other = forked()
    bad = twisted(one, [one, other])
    bo = SignedChange(
        taken_apart(one.raw)
        .but(actor=actor("bo0"), seq=leb(1), deps=(lint.read_chunk(bad.raw).hash,))
        .raw,
        actor("bo0"),
        device("bo"),
    )
    changes = [*ana.held.values(), bad, bo]
    applied = AutomergeCore().open(DOCUMENT, changes)
    assert applied.view == ana.view
    assert refusals(changes, applied) == {
        (bad.raw, "counters do not follow its past", True),
        (bo.raw, PAST_REFUSED, True),
    }
    reader = Reader()
    for change in reversed(changes):
        reader.take(change)
    assert (reader.view, reader.told) == (ana.view, refusals(changes, applied))


def test_a_change_set_aside_for_a_limit_keeps_its_place_from_the_other_branch() -> None:
    ana, _, one, other = forked()
    bo = Copy("bo")
    bo.meet(ana)
    bo.write(Put("l/bo", 1))
    changes = [*bo.held.values(), other]
    core = AutomergeCore()
    applied = core.open(DOCUMENT, changes, skip={changes.index(one)})
    assert applied.view is not None
    assert "l/a" not in applied.view.cells
    assert applied.refused == (
        Refused(2, PAST_SET_ASIDE, by_lint=False),
        Refused(3, FORKED, by_lint=True),
    )


@pytest.mark.parametrize("number", range(6))
def test_a_change_set_aside_keeps_its_place_from_one_that_comes_later(number: int) -> None:
    """Whoever had it before the other branch reads what whoever got both at once reads."""
    _, older, _, other = forked()
    newer = Copy("ana")
    newer.receive(next(iter(older.held.values())))
    bad = newer.write(Put("l/a", f"PANIC {number}"))
    first = next(iter(newer.held.values()))
    readers = [Reader(AutomergeCore(HostileContents)) for _ in range(3)]
    readers[0].take(first, bad, other)
    for change in (first, bad, other):
        readers[1].take(change)
    for change in (first, other, bad):
        readers[2].take(change)
    assert readers[0].view == readers[1].view == readers[2].view
    assert readers[0].told == readers[1].told == readers[2].told
    reasons = {reason for _, reason, _ in readers[0].told}
    assert reasons == ({"panic", FORKED} if hash_of(bad) < hash_of(other) else {FORKED})


def test_a_change_is_never_blamed_for_what_its_past_broke() -> None:
    ana = Copy("ana")
    ana.write(*record())
    bad = ana.write(Put("l/a", "PANIC"))
    after = ana.write(Put("l/b", 1))
    changes = [after, bad, next(iter(ana.held.values()))]
    applied = AutomergeCore(HostileContents).open(DOCUMENT, changes)
    assert applied.refused == (
        Refused(0, PAST_SET_ASIDE, by_lint=False),
        Refused(1, "panic", by_lint=False),
    )


_steps = st.lists(
    st.tuples(st.just("write"), st.integers(0, 5), st.integers(0, 3))
    | st.tuples(st.just("meet"), st.integers(0, 5), st.integers(0, 5))
    | st.tuples(st.just("twist"), st.integers(0, 5), st.integers(0, 5)),
    min_size=3,
    max_size=22,
)


def history(steps: list[tuple[str, int, int]]) -> list[SignedChange]:
    """Return all changes of copies that forked, met, wrote, and forged as *steps* say."""
    ana = Copy("ana")
    first = ana.write(*record())
    copies = [ana, Copy("ana"), Copy("ana", 1), Copy("bo"), Copy("bo"), Copy("cleo")]
    for copy in copies:
        copy.receive(first)
    for number, (what, who, other) in enumerate(steps):
        match what:
            case "write":
                copies[who].write(Put(f"l/{other}", number))
            case "meet":
                copies[who].meet(copies[other])
            case _:
                held = list(copies[who].held.values())
                target = held[other % len(held)]
                forged = taken_apart(target.raw).but(start_op=leb(500 + number))
                copies[who].receive(SignedChange(forged.raw, target.actor, target.device))
    together: dict[bytes, SignedChange] = {}
    for copy in copies:
        together |= copy.held
    return list(together.values())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(steps=_steps, shuffled=st.randoms(use_true_random=False))
def test_any_order_and_any_split_gives_the_same_document_and_the_same_set_aside(
    steps: list[tuple[str, int, int]], shuffled: random.Random
) -> None:
    changes = history(steps)
    whole = AutomergeCore().open(DOCUMENT, changes)
    for _ in range(3):
        arriving = [*changes, *shuffled.sample(changes, 1)]
        shuffled.shuffle(arriving)
        reader = Reader()
        while arriving:
            some = shuffled.randint(1, len(arriving))
            reader.take(*arriving[:some])
            arriving = arriving[some:]
        assert reader.view == whole.view
        assert reader.told == refusals(changes, whole)
    assert not whole.waiting
    assert whole.view is not None
    aside = {one.index for one in whole.refused}
    applied = b"".join(change.raw for at, change in enumerate(changes) if at not in aside)
    loaded = Document.load(applied)
    assert sorted(Document.load(loaded.save()).get_heads()) == list(whole.view.heads)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(steps=_steps)
def test_writing_on_what_counts_never_turns_the_choice(steps: list[tuple[str, int, int]]) -> None:
    changes = history(steps)
    reader = Copy("dora")
    reader.receive(*changes)
    before = AutomergeCore().open(DOCUMENT, changes)
    reader.write(Put("l/dora", 1))
    after = AutomergeCore().open(DOCUMENT, list(reader.held.values()))
    assert refusals(list(reader.held.values()), after) == refusals(changes, before)
    assert after.view is not None
    assert after.view.cells["l/dora"].value == 1


def hash_of(change: SignedChange) -> ChangeHash:
    return lint.read_chunk(change.raw).hash


@pytest.mark.parametrize("first", [0, 1])
def test_a_tie_goes_to_the_lower_hash_whatever_came_first(first: int) -> None:
    _, older, one, other = forked()
    both = [one, other]
    reader = Reader()
    reader.take(next(iter(older.held.values())))
    reader.take(both[first])
    reader.take(both[1 - first])
    lost = max(both, key=hash_of)
    assert reader.told == {(lost.raw, FORKED, True)}


# -- more incarnations than anybody has ----------------------------------------------------------


def crowd(count: int) -> list[SignedChange]:
    """A record of Bo in which *count* incarnations of Ana write, each as if it were alone."""
    bo = Copy("bo")
    first = bo.write(*record())
    found = [first]
    for number in range(count):
        ana = Copy("ana", number)
        ana.receive(first)
        found.append(ana.write(Put(f"l/{number}", number)))
        found.append(ana.write(Put(f"l/{number}", "again")))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_m4_a_device_writes_as_so_many_actors_in_a_record_and_everybody_chooses_the_same(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_LOGS_PER_DEVICE", 3)
    changes = crowd(6)
    cleo = Copy("cleo")
    cleo.receive(changes[0], *changes[7:9])  # what others have built upon counts before the rest
    changes.append(cleo.write(Put("l/cleo", 1)))
    rng = random.Random(seed)
    rng.shuffle(changes)
    whole = AutomergeCore().open(DOCUMENT, changes)
    reader = Reader(AutomergeCore(HostileContents))
    left = list(changes)
    while left:
        some = rng.randint(1, 4)
        reader.take(*left[:some])
        left = left[some:]
    assert whole.view is not None
    assert reader.view == whole.view
    assert reader.told == refusals(changes, whole)
    assert {"l/3", "l/cleo"} <= whole.view.cells.keys()
    assert sum(key in whole.view.cells for key in ("l/0", "l/1", "l/2", "l/4", "l/5")) == 2
    assert {one.reason for one in whole.refused} == {FORKED}
    assert len(whole.refused) == 6


def test_m4_what_is_set_aside_for_a_limit_counts_among_the_actors_of_its_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_LOGS_PER_DEVICE", 1)
    first, one, _, other, _ = crowd(2)
    core = AutomergeCore()
    core.open(DOCUMENT, [first, one], skip={1})
    with pytest.raises(DocumentNotOpenError):
        core.apply(DOCUMENT, [other], create=False)
    core.open(DOCUMENT, [first])
    assert not core.apply(DOCUMENT, [other], create=False).refused
    with pytest.raises(DocumentNotOpenError):
        core.apply(DOCUMENT, [one], create=False)


def test_m4_one_device_alone_never_locks_a_record() -> None:
    """A change names everything nothing follows, and may not name more than so much."""
    bo = Copy("bo")
    first = bo.write(*record())
    changes = [first]
    for number in range(1100):
        ana = Copy("ana", number)
        ana.receive(first)
        changes.append(ana.write(Put(f"l/{number}", number)))
    core = AutomergeCore()
    core.open(DOCUMENT, changes)
    assert core.edit(DOCUMENT, actor("cleo0"), [Put("l/cleo", 1)], create=False).view.cells
