"""Mutants of honest changes: what passes does no harm, and harm would be seen."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import mutants
from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId
from mutants import breeding, judging, running
from mutants.__main__ import table
from mutants.model import Model
from mutants.scenes import Scene, all_scenes
from mutants.worker import Tally, judge
from vectors import forging
from vectors.forging import Row, put

SLICE = 6000
FROZEN = sorted((Path(mutants.__file__).parent / "frozen").glob("*.json"))


@pytest.mark.slow
def test_d9_no_mutant_that_passes_does_harm() -> None:
    """A slice of the million of `python -m mutants`, always the same one."""
    total = running.run("slice", 0, SLICE)
    assert total.harmful == []
    assert total.mutants == SLICE
    assert total.passed > SLICE // 20
    assert len(total.refused) > 40
    assert total.unchanged + total.waiting + total.passed + sum(total.refused.values()) == SLICE
    assert "| harmful | 0 |" in table(total, "slice", 0)


def test_a_mutant_is_the_same_every_time() -> None:
    one, other = (breeding.mutant(random.Random("seed/7")) for _ in range(2))
    assert one[1] == other[1]
    assert one[0] is other[0]
    tallies = (Tally(), Tally())
    for tally in tallies:
        for number in range(40):
            judge("seed", number, tally)
    assert tallies[0].as_json() == tallies[1].as_json()


DYING = """
import json, sys
from mutants.worker import Tally
first, count, always, *skip = map(int, sys.argv[1:])
for number in range(first, first + count):
    if number not in skip:
        print(number, flush=True)
        if number == 7 and (always or not skip):
            sys.exit(3)
print(Tally(mutants=count - len(skip)).as_json(), flush=True)
"""


@pytest.mark.parametrize("always", [True, False])
def test_a_mutant_that_ends_the_worker_twice_is_harmful(
    monkeypatch: pytest.MonkeyPatch, always: bool
) -> None:
    """Once may be somebody else's doing; then the worker does not die of it again."""
    begun: list[list[int]] = []

    def worker(_: str, first: int, count: int, skip: list[int]) -> subprocess.Popen[bytes]:
        begun.append(list(skip))
        dies = always or len(begun) == 1
        arguments = [first, count, int(always), *(skip if dies else [-1])]
        return subprocess.Popen(
            [sys.executable, "-c", DYING, *map(str, arguments)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )

    monkeypatch.setattr(running, "_worker", worker)
    total = running.run("any", 0, 10)
    assert [(one["number"], one["reason"]) for one in total.harmful] == (
        [(7, "the process ended with 3")] if always else []
    )
    assert begun == ([[], [], [7]] if always else [[], []])


def scene(name: str) -> Scene:
    return next(one for one in all_scenes() if one.name == name)


def bypassing(here: Scene, rows: list[Row], written: tuple[tuple[bytes, int], ...]) -> str:
    """Return what harm *rows* do in place of the target, had the lint let them pass."""
    honest = lint.read_header(here.target.raw)
    forged = forging.change(honest.actor, honest.seq, honest.start_op, rows, honest.deps)
    with pytest.raises(RemoteProtocolError):
        lint.check(forged.raw, here.target.actor, here.known)
    header = lint.read_header(forged.raw)
    facts = lint.ChangeFacts(
        header.hash,
        header.actor,
        header.seq,
        header.start_op,
        header.max_op,
        header.deps,
        header.ops,
        written=written,
    )
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - a panic is no Exception
        judging.assert_harmless(here, forged.raw, facts)
    return f"{caught.type.__name__}: {caught.value}"


LOST = [path for path in FROZEN if path.stem.endswith("exception-at-load")]


@pytest.mark.parametrize("path", LOST, ids=lambda path: path.stem)
def test_d9_what_is_refused_would_keep_the_document_from_ever_loading(path: Path) -> None:
    frozen = json.loads(path.read_text(encoding="utf-8"))
    changes = [bytes.fromhex(raw) for _, raw in frozen["past"]]
    changes.append(bytes.fromhex(frozen["change"]))
    with pytest.raises(Exception, match="error inflating document chunk ops") as caught:
        judging.assert_loads_again(changes)
    assert str(caught.value)[:60] in frozen["harm"]


def test_harm_is_seen_when_a_document_shows_something_else() -> None:
    """A key is deleted that is not there, and what it names is not under it."""
    here = scene("undone-2")
    rows = [put("l/q", forging.NULL), Row(forging.DELETE, b"l/r", preds=(here.ids[0],))]
    assert bypassing(here, rows, ()) == "HarmError: other values than the operations say"


def test_harm_is_seen_when_others_cannot_write_on() -> None:
    here = scene("undone-2")
    values = [put("l/a", forging.NULL), put("l/b", forging.NULL), put("l/a", forging.NULL)]
    start = lint.read_header(here.target.raw).start_op
    harm = bypassing(here, values, ((b"l/a", start + 2), (b"l/b", start + 1)))
    assert harm == (
        "HarmError: the next write of another is refused: does not replace what is there"
    )


def test_harm_is_seen_when_automerge_panics() -> None:
    here = scene("one_record-1")
    rows = [put("l/q", 8, b"\1")]
    harm = bypassing(here, rows, ((b"l/q", 10),))
    assert harm.startswith("PanicException")


def test_the_model_shows_what_operations_say() -> None:
    """Letters at one place, the later one first; a key shows the highest of those standing."""
    ana, bo = b"\2" * 16, b"\1" * 16
    model = Model()
    text = (ana, 1)
    rows = [
        forging.make_text("t"),
        forging.letter(text, None, "a"),
        forging.letter(text, None, "b"),
        forging.letter(text, (ana, 2), "c"),
        put("l/a", forging.TRUE),
    ]
    first = forging.change(ana, 1, 1, rows)
    model.write(first.raw)
    assert model.shown()[0] == {"t": "bac"}
    apart = [put("l/a", forging.FALSE, b"", (ana, 5)), forging.take_out(text, (ana, 2))]
    for author in (ana, bo):
        model.write(forging.change(author, 2, 6, apart, [first.hash]).raw)
    texts, cells = model.shown()
    assert texts == {"t": "bc"}
    assert cells["l/a"].actor == ActorId(ana)
    assert cells["l/a"].value is False
