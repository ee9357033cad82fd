"""Builders for journal tests: ids, views, and the map semantics of an engine in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

from aluna_protocol.ids import ActorId, ChangeHash, DocumentId, PersonId, SpaceId
from aluna_sync.engine.types import Cell, Delete, Operation, Put, Scalar, Splice, View
from aluna_sync.journal.edits import Edit, operations
from aluna_sync.journal.keys import WriteIds
from aluna_sync.journal.records import record_from_view
from aluna_sync.journal.types import Record

SPACE = SpaceId(b"s" * 32)
DOCUMENT = DocumentId(b"d" * 16)
ITZEL = PersonId(b"i" * 16)
JULIA = PersonId(b"j" * 16)
MARTA = PersonId(b"m" * 16)
PERSONS = (ITZEL, JULIA, MARTA)
HEAD = ChangeHash(b"h" * 32)


def actor_of(person: PersonId, device: int = 0) -> ActorId:
    """Return the actor of one of *person*'s devices."""
    return ActorId(b"actor-of" + person[:7] + bytes([person[7] + device]))


ACTORS = {actor_of(person, device): person for person in PERSONS for device in range(2)}


def person_of(actor: ActorId) -> PersonId | None:
    """Return whose device *actor* is."""
    return ACTORS.get(actor)


def write_ids(start: int = 0, person: PersonId = ITZEL) -> WriteIds:
    """Return write ids in order, which begin as the actors of *person* do."""
    numbers = count(start)
    return WriteIds(actor_of(person), lambda size: next(numbers).to_bytes(size, "big"))


def applied(view: View | None, written: Iterable[Operation], person: PersonId = ITZEL) -> View:
    """Return *view* after *written*, as an engine would with nobody else writing."""
    texts = {} if view is None else dict(view.texts)
    cells = {} if view is None else dict(view.cells)
    actors = () if view is None else view.actors
    for operation in written:
        match operation:
            case Put(key, value):
                cells[key] = Cell(value, actor_of(person))
            case Delete(key):
                del cells[key]
            case Splice(key, position, delete, text):
                old = texts.get(key, "")
                assert 0 <= position <= position + delete <= len(old)
                texts[key] = old[:position] + text + old[position + delete :]
    everyone = tuple(dict.fromkeys((*actors, actor_of(person))))
    return View(DOCUMENT, (HEAD,), texts, cells, everyone)


class Desk:
    """One record being written, without an engine."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.view: View | None = None
        self.ids = write_ids(1)

    def do(self, *edits: Edit, person: PersonId = ITZEL) -> list[Operation]:
        """Write *edits* and return the operations they became."""
        written = operations(edits, self.view, type=self.kind, person=person, write_ids=self.ids)
        self.view = applied(self.view, written, person)
        return written

    @property
    def record(self) -> Record:
        """The record as people see it."""
        assert self.view is not None
        return read(self.view)


def read(view: View, person_of: Callable[[ActorId], PersonId | None] = person_of) -> Record:
    """Return the record in *view*."""
    return record_from_view(view, SPACE, person_of)


def view_of(
    cells: dict[str, Scalar], texts: dict[str, str] | None = None, by: PersonId = ITZEL
) -> View:
    """Return a view with *cells* all written by *by*, whatever they hold."""
    written = {key: Cell(value, actor_of(by)) for key, value in cells.items()}
    return View(DOCUMENT, (HEAD,), texts or {}, written, (actor_of(by),))
