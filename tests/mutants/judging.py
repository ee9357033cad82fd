"""What a change that passed the lint does to Automerge, its document and whoever writes next."""

from __future__ import annotations

from collections.abc import Sequence

from automerge.core import Document

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash
from aluna_sync.engine.alone import view_alone
from aluna_sync.engine.automerge_door import AutomergeContents
from aluna_sync.engine.types import Cell, EngineError, Operation, Put, SignedChange, Splice
from aluna_sync.journal import keys
from mutants.model import Model
from mutants.scenes import Scene, known_of
from unit.engine.writing import DOCUMENT, actor

Shown = tuple[dict[str, str], dict[str, Cell]]
_NEWCOMER = actor("newcomer")


class HarmError(Exception):
    """What the change did."""


def verdict(scene: Scene, raw: bytes) -> lint.Verdict | str:
    """Return what the lint says of *raw* in the place of the target; a string if it refuses."""
    try:
        return lint.check(raw, scene.target.actor, scene.known)
    except RemoteProtocolError as error:
        return str(error)


def assert_harmless(scene: Scene, raw: bytes, facts: lint.ChangeFacts) -> None:
    """Raise `HarmError`, or whatever Automerge throws, unless *raw* does no harm at all."""
    changes = [*(change.raw for change in scene.past), raw]
    model = scene.model.copy()
    model.write(raw)
    known = known_of((*scene.facts, facts))
    contents = AutomergeContents()
    contents.apply(changes)
    _see(contents, known, model)
    _see_alone(scene, raw, model)
    _see_again(changes, known.heads)
    for change in scene.apart:
        _arrives(contents, known, model, change.raw, change.actor)
    _see(contents, known, model)
    for author in dict.fromkeys((*known.actors, _NEWCOMER)):
        _writes(contents, known, model, author)
    _see(contents, known, model)


def assert_same_for_automerge(changes: Sequence[bytes]) -> None:
    """See that Automerge shows what the operations of *changes* say, saves it and loads it."""
    model = Model()
    for raw in changes:
        model.write(raw)
    contents = AutomergeContents()
    contents.apply(changes)
    _same(contents.read(None), model.shown())
    _see_again(changes, contents.heads())


def assert_loads_again(changes: Sequence[bytes]) -> None:
    """See that what Automerge saves of *changes* it loads again."""
    contents = AutomergeContents()
    contents.apply(changes[:-1])
    contents.apply(changes[-1:])
    contents.read(None)
    Document.load(contents._document.save())


def _see_again(changes: Sequence[bytes], heads: set[ChangeHash]) -> None:
    again = Document.load(Document.load(b"".join(changes)).save())
    if {bytes(head) for head in again.get_heads()} != {bytes(head) for head in heads}:
        raise HarmError("other heads after save and load")
    if {bytes(change.raw_bytes) for change in again.get_changes([])} != set(changes):
        raise HarmError("other changes after save and load")


def _see(contents: AutomergeContents, known: lint.DocumentFacts, model: Model) -> None:
    if contents.heads() != known.heads:
        raise HarmError("other heads than the lint's")
    _same(contents.read(None), model.shown())


def _same(shown: Shown, expected: Shown) -> None:
    if repr(sorted(shown[0].items())) != repr(sorted(expected[0].items())):
        raise HarmError("other texts than the operations say")
    if repr(sorted(shown[1].items())) != repr(sorted(expected[1].items())):
        raise HarmError("other values than the operations say")


def _see_alone(scene: Scene, raw: bytes, model: Model) -> None:
    """See that what is read without Automerge reads the same."""
    alone = None if scene.past else view_alone(DOCUMENT, [SignedChange(raw, scene.target.actor)])
    if alone is not None:
        _same((alone.texts, alone.cells), model.shown())


def _arrives(
    contents: AutomergeContents,
    known: lint.DocumentFacts,
    model: Model,
    raw: bytes,
    author: ActorId,
) -> None:
    """Take in a change of *author*, who knew nothing of the mutant."""
    found = lint.check(raw, author, known)
    if not isinstance(found, lint.ChangeFacts):
        raise HarmError("an honest change waits")
    known.add(found)
    contents.apply([raw])
    model.write(raw)


def _writes(
    contents: AutomergeContents, known: lint.DocumentFacts, model: Model, author: ActorId
) -> None:
    """Let *author* write everywhere, with the mutant in its document."""
    texts, cells = contents.read(None)
    operations: list[Operation] = [Put(key, author.hex()) for key in cells if not keys.is_own(key)]
    for key, text in texts.items():
        operations.append(Splice(key, len(text), 0, "z"))
        operations.append(Splice(key, 0, min(1, len(text)), "ß"))
    operations.append(Put("l/new", author.hex()))
    try:
        raw = contents.write(author, operations)
    except EngineError as error:
        raise HarmError(f"cannot be written to: {error.code}") from None
    if raw is None:
        raise HarmError("a write that changes nothing")
    try:
        found = lint.check(raw, author, known)
    except RemoteProtocolError as error:
        raise HarmError(f"the next write of another is refused: {error}") from None
    if not isinstance(found, lint.ChangeFacts):
        raise HarmError("the next write of another waits")
    known.add(found)
    model.write(raw)
