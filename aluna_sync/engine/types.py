"""What the rest of the program and the engine say to each other: plain data, no Automerge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final, Protocol

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import ActorId, ChangeHash, DeviceId, DocumentId
from aluna_sync.errors import EngineError as EngineError

Scalar = str | int | float | bool | bytes | None

_NOBODY: Final = DeviceId(bytes(32))

FORKED: Final = "forked"
"""Refused everywhere: another branch of its author's log counts, or of one it builds on."""
PAST_REFUSED: Final = "past-refused"
"""Refused everywhere, because something it builds on is."""
PAST_SET_ASIDE: Final = "past-set-aside"
"""Not applied here, because something it builds on went beyond a limit of this device."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Delete *delete* code points at *position* of the text under *key*, then insert *text*.

    The text object is created when the key does not exist yet.
    """

    key: str
    position: int
    delete: int
    text: str


@dataclass(frozen=True, slots=True)
class Put:
    """Write *value* under *key* of the root map."""

    key: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove *key* from the root map; a concurrent `Put` of the same key wins."""

    key: str


Operation = Splice | Put | Delete


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the root map and the actor that really wrote it (read from the operation id)."""

    value: Scalar
    actor: ActorId


@dataclass(frozen=True, slots=True)
class View:
    """Everything readable in a document: texts and cells by key, and the heads it stands at."""

    document: DocumentId
    heads: tuple[ChangeHash, ...]
    texts: dict[str, str] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    actors: tuple[ActorId, ...] = ()
    """Every actor with a change in the document, the creator first."""


@dataclass(frozen=True, slots=True)
class SignedChange:
    """A raw Automerge change, and what its signed entry says of it."""

    raw: bytes
    actor: ActorId
    """The only actor it may have."""
    device: DeviceId = _NOBODY
    """Who signed it: one device writes as several actors if it has several incarnations."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that was not applied: its place in the batch given, and the reason as a code."""

    index: int
    reason: str
    by_lint: bool
    """True: every device refuses it. False: only a limit of this device did."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a batch to one document gave."""

    document: DocumentId
    view: View | None
    """None when the document has nothing readable yet (its past is missing)."""
    waiting: tuple[int, ...] = ()
    """Indexes of changes whose past is missing; they are kept by the log and offered again."""
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """One local change, ready for the log, and the document after it."""

    change: bytes
    change_hash: ChangeHash
    view: View


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One change of a document, in an order where causes come first."""

    hash: ChangeHash
    actor: ActorId
    seq: int
    operations: int


class DocumentNotOpenError(EngineError):
    """The engine does not hold these documents: open each with its changes from the log first.

    After `Engine.apply`, *applied* holds what was done for the other documents of the batch.
    """

    def __init__(
        self,
        code: str = "document-not-open",
        documents: tuple[DocumentId, ...] = (),
        applied: tuple[Applied, ...] = (),
    ) -> None:
        super().__init__(code)
        self.documents = documents
        self.applied = applied


class Engine(Protocol):
    """Automerge behind glass. All methods are coroutines; an in-process engine never waits."""

    async def apply(self, batch: dict[DocumentId, list[SignedChange]]) -> list[Applied]:
        """Apply changes to open documents, opening new ones; never raises for bad changes.

        The list holds, per document, all changes not given before; changes given twice are passed
        over. Any order will do. A document that is not open and was never seen is opened if the
        batch holds its first change (`seq` 1, no dependencies); otherwise `DocumentNotOpenError`
        names it once the others are applied, as it does an open one that needs all its changes at
        once: two claim one place, or others waited for one of these. A document that a single
        change shows need not stay open: whoever goes on with it opens it.
        """
        ...

    async def open(
        self,
        document: DocumentId,
        changes: list[SignedChange],
        aside: Mapping[int, str] | None = None,
    ) -> Applied:
        """Forget what is held of *document* and rebuild it from *changes* (any order).

        What is applied depends on the set of changes alone. Those at the indexes *aside* are not
        tried again: they were beyond a limit of this device, for the reason given with each.
        Without changes it may begin anew: only for a document nobody else was ever given.
        """
        ...

    async def edit(
        self, document: DocumentId, actor: ActorId, operations: list[Operation]
    ) -> Edited:
        """Write *operations* as one change by *actor*; a new document if it was never seen.

        Raises `EngineError` with "nothing-to-write", "too-long", "value-not-allowed",
        "not-a-text" or "position-outside", leaving the document as it was. An edit that cannot
        be stored afterwards must be undone with `open`.
        """
        ...

    async def view(self, document: DocumentId) -> View:
        """Return the open document as it stands."""
        ...

    async def view_at(self, document: DocumentId, heads: tuple[ChangeHash, ...]) -> View:
        """Return the open document as it stood at *heads* (texts and cells)."""
        ...

    async def history(self, document: DocumentId) -> list[HistoryStep]:
        """Return the changes of an open document, causes first."""
        ...

    async def close(self) -> None:
        """End the engine; nothing is lost, it holds nothing that cannot be rebuilt."""
        ...
