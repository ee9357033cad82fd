"""Whatever was merged, the live document saves and loads again (security D9)."""

from __future__ import annotations

import random
from contextlib import suppress

from automerge.core import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from aluna_protocol.ids import ActorId
from aluna_sync.engine.automerge_door import AutomergeContents
from aluna_sync.engine.core import AutomergeCore
from aluna_sync.engine.types import (
    Delete,
    DocumentNotOpenError,
    EngineError,
    Operation,
    Put,
    SignedChange,
    Splice,
)
from unit.engine.forging import Forged, leb, sealed, taken_apart
from unit.engine.writing import DOCUMENT, Device, record

TEXT = "t/body/0011223344556677"
_BODY = 11
"""Where the body of a change begins that is longer than 127 bytes."""


class Kept(AutomergeContents):
    """Automerge, with every document it opened within reach."""

    live: list[Kept]

    def __init__(self) -> None:
        super().__init__()
        Kept.live.append(self)

    def loads_again(self) -> None:
        """See that what is saved loads, at the same heads."""
        loaded = Document.load(self._document.save())
        assert sorted(loaded.get_heads()) == sorted(self._document.get_heads())


def written(seed: random.Random) -> list[SignedChange]:
    """Return what three devices wrote in one record, apart and together."""
    devices = [Device("ana"), Device("rui"), Device("0lu")]
    first = devices[0].write(*record())
    for device in devices[1:]:
        device.receive(first)
    for number in range(seed.randint(2, 9)):
        writer = seed.choice(devices)
        length = len(writer.view.texts[TEXT])
        operations: list[Operation] = [
            Splice(TEXT, seed.randint(0, length), 0, "ñandú 👩‍👩‍👧"[: seed.randint(1, 9)]),
            Put(f"l/{seed.randint(0, 2)}", seed.choice([number, "é", None, 0.5, b"\0", True])),
        ]
        if length > 3 and seed.random() < 0.5:
            operations.append(Splice(TEXT, seed.randint(0, length - 3), 2, ""))
        if "l/0" in writer.view.cells and seed.random() < 0.3:
            operations = [Delete("l/0")]
        with suppress(EngineError):  # there was nothing to write
            writer.write(*operations)
        if seed.random() < 0.4:
            writer.meet(seed.choice([one for one in devices if one is not writer]))
    devices[0].meet(devices[1])
    devices[0].meet(devices[2])
    return devices[0].changes


def mutated(change: SignedChange, seed: random.Random) -> SignedChange:
    """Return *change* as somebody with its key might send it, its checksum repaired."""
    pieces = taken_apart(change.raw)
    match seed.randint(0, 4):
        case 0:
            name = seed.choice(sorted(pieces.columns))
            column = bytearray(pieces.columns[name])
            column[seed.randrange(len(column))] ^= 1 << seed.randrange(8)
            raw = pieces.column(name, bytes(column)).raw
        case 1:
            raw = pieces.but(start_op=leb(seed.randint(1, 400))).raw
        case 2:
            raw = pieces.but(seq=leb(seed.randint(1, 9))).raw
        case 3:
            raw = _without_a_cause(pieces, seed).raw
        case _:
            body = bytearray(change.raw[_BODY:])
            body[seed.randrange(len(body))] = seed.randrange(256)
            raw = sealed(bytes(body))
    return SignedChange(raw, ActorId(change.actor), change.device)


def _without_a_cause(pieces: Forged, seed: random.Random) -> Forged:
    if not pieces.deps:
        return pieces
    gone = seed.choice(pieces.deps)
    return pieces.but(deps=tuple(dep for dep in pieces.deps if dep != gone))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(seed=st.randoms(use_true_random=False))
def test_d9_after_every_merge_what_is_saved_loads_again(seed: random.Random) -> None:
    honest = written(seed)
    arriving = [*honest, *(mutated(seed.choice(honest), seed) for _ in range(6))]
    seed.shuffle(arriving)
    Kept.live = []
    core = AutomergeCore(Kept)
    seen: list[SignedChange] = []
    while arriving:
        some, arriving = arriving[:4], arriving[4:]
        seen += some
        try:
            core.apply(DOCUMENT, some, create=len(seen) == len(some))
        except DocumentNotOpenError:
            core.open(DOCUMENT, seen)
        if Kept.live:
            Kept.live[-1].loads_again()
    applied = core.open(DOCUMENT, seen)
    Kept.live[-1].loads_again()
    assert not [one for one in applied.refused if not one.by_lint]
