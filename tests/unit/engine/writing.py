"""Devices that write into documents, for the tests of the lint and the engine."""

from __future__ import annotations

from dataclasses import dataclass, field

from aluna_protocol.ids import ActorId, DocumentId
from aluna_sync.engine.core import AutomergeCore
from aluna_sync.engine.types import (
    DocumentNotOpenError,
    Edited,
    Operation,
    Put,
    SignedChange,
    Splice,
    View,
)

DOCUMENT = DocumentId(b"document--------")


def actor(name: str) -> ActorId:
    """Return an actor id that shows its name in a failed assertion."""
    return ActorId(name.encode().ljust(16, b"-"))


def document(number: int) -> DocumentId:
    """Return the id of the document *number*."""
    return DocumentId(number.to_bytes(16, "big"))


@dataclass
class Device:
    """One device with its own engine and everything it has written or received."""

    name: str
    core: AutomergeCore = field(default_factory=AutomergeCore)
    changes: list[SignedChange] = field(default_factory=list)

    @property
    def actor(self) -> ActorId:
        return actor(self.name)

    @property
    def view(self) -> View:
        self._open()
        return self.core.view(DOCUMENT)

    def _open(self) -> None:
        """See that the core holds the document: one that a single change shows is not kept."""
        try:
            self.core.view(DOCUMENT)
        except DocumentNotOpenError:
            if self.changes:
                self.core.open(DOCUMENT, self.changes)

    def write(self, *operations: Operation) -> SignedChange:
        self._open()
        edited = self.core.edit(DOCUMENT, self.actor, operations, create=not self.changes)
        change = SignedChange(edited.change, self.actor)
        self.changes.append(change)
        return change

    def receive(self, *changes: SignedChange) -> None:
        self._open()
        applied = self.core.apply(DOCUMENT, changes, create=True)
        assert not applied.refused
        assert not applied.waiting
        self.changes += changes

    def meet(self, other: Device) -> None:
        """Give each other everything, as a sync would."""
        mine, theirs = list(self.changes), list(other.changes)
        self.receive(*(change for change in theirs if change not in mine))
        other.receive(*(change for change in mine if change not in theirs))


def record(text: str = "Una tarde larga.") -> list[Operation]:
    """Return what creating a record writes."""
    return [Put("type", "event"), Put("schema", 1), Splice("t/body/0011223344556677", 0, 0, text)]


def signed(edited: Edited, author: ActorId) -> SignedChange:
    """Return the change of *edited* as it would come out of an entry of *author*."""
    return SignedChange(edited.change, author)
