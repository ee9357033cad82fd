"""The engine itself: open documents, each with what the lint knows of it. Nothing here waits.

It holds nothing that cannot be rebuilt from the log. A document Automerge panics over is thrown
away and built again without the change that did it, found by halving.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field

from aluna_protocol import lint
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash, DocumentId
from aluna_sync.engine.admission import Admission, Crews, NotAloneError, Place, admit
from aluna_sync.engine.alone import view_alone
from aluna_sync.engine.automerge_door import AutomergeContents, Contents
from aluna_sync.engine.operations import check_operations
from aluna_sync.engine.seen import with_aside
from aluna_sync.engine.types import (
    Applied,
    DocumentNotOpenError,
    Edited,
    EngineError,
    HistoryStep,
    Operation,
    SignedChange,
    View,
)

MAX_OPEN_DOCUMENTS = 512
"""What a person has looked at lately, and a batch of a catch-up."""
MAX_OPEN_BYTES = 32 * 1024 * 1024
"""Changes of all open documents together; Automerge takes about ten times as much."""


class BrokenDocumentError(Exception):
    """Automerge failed over a document; *reason* is "panic", "limit" or "mismatch"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Tracing:
    """How a batch that killed an engine is applied again: in announced steps."""

    announce: Callable[[tuple[int, ...]], None]
    """Called with the indexes of the changes that are applied next."""
    singly: Collection[int] = ()
    """Indexes of the changes to be applied each by itself."""
    step: int = 64
    """How many of the others go together."""


@dataclass(slots=True)
class _Document:
    """An open document."""

    id: DocumentId
    contents: Contents
    facts: lint.DocumentFacts = field(default_factory=lint.DocumentFacts)
    changes: list[SignedChange] = field(default_factory=list)
    steps: list[HistoryStep] = field(default_factory=list)
    awaited: set[ChangeHash] = field(default_factory=set)
    """What changes that wait are waiting for."""
    kept: set[Place] = field(default_factory=set)
    """Places of what is set aside here for a limit: nothing else is read in them."""
    crews: Crews = field(default_factory=dict)
    size: int = 0
    counted: int = 0
    """How much of *size* the core has counted."""

    def keep(self, change: SignedChange, facts: lint.ChangeFacts) -> None:
        """Remember a change that Automerge took."""
        self.changes.append(change)
        self.steps.append(HistoryStep(facts.hash, facts.actor, facts.seq, facts.ops))
        self.size += len(change.raw)

    def man(self, crews: Crews) -> None:
        """Take that the devices of *crews* have written as these actors too."""
        for device, crew in crews.items():
            self.crews.setdefault(device, set()).update(crew)

    def add_own(self, change: SignedChange) -> ChangeHash:
        """Remember a change just written here, which must pass the lint like anybody's."""
        verdict = lint.check(change.raw, change.actor, self.facts)
        if not isinstance(verdict, lint.ChangeFacts):
            raise BrokenDocumentError("mismatch")
        self.facts.add(verdict)
        self.keep(change, verdict)
        return verdict.hash

    def view(self) -> View:
        """Read the document, and see that it stands where the lint says it does."""
        with _breakable():
            if self.contents.heads() != self.facts.heads:
                raise BrokenDocumentError("mismatch")
            texts, cells = self.contents.read(None)
        heads = tuple(sorted(self.facts.heads))
        return View(self.id, heads, texts, cells, self.facts.actors)


@contextmanager
def _breakable() -> Iterator[None]:
    """Turn whatever Automerge throws, panics too, into `BrokenDocumentError`."""
    try:
        yield
    except (BrokenDocumentError, EngineError, KeyboardInterrupt, SystemExit):
        raise
    except MemoryError:
        raise BrokenDocumentError("limit") from None
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise BrokenDocumentError("panic") from None


class AutomergeCore:
    """Documents by id, the least recently used closed first. Not for several threads at once."""

    def __init__(
        self,
        contents: Callable[[], Contents] = AutomergeContents,
        max_open: int = MAX_OPEN_DOCUMENTS,
    ) -> None:
        self._contents = contents
        self._max_open = max_open
        self._documents: OrderedDict[DocumentId, _Document] = OrderedDict()
        self._size = 0

    def apply(
        self,
        document: DocumentId,
        changes: Sequence[SignedChange],
        *,
        create: bool,
        skip: Collection[int] = (),
        tracing: Tracing | None = None,
    ) -> Applied:
        """Apply *changes* except those at the indexes *skip*.

        A document that is not open is made if *create* and its first change is there; otherwise
        `DocumentNotOpenError` is raised, and when all its changes have to be judged together. One
        that this change alone shows is not kept open.
        """
        held = self._documents.get(document)
        if held is None:
            if not create:
                raise DocumentNotOpenError(documents=(document,))
            alone = None if skip else view_alone(document, changes)
            if alone is not None:
                return Applied(document, alone)
            held = _Document(document, self._contents())
        try:
            applied = self._apply(held, changes, skip, tracing)
        except NotAloneError:
            raise DocumentNotOpenError(documents=(document,)) from None
        if applied.view is None and not any(_is_first(change) for change in changes):
            raise DocumentNotOpenError(documents=(document,))
        return applied

    def open(
        self,
        document: DocumentId,
        changes: Sequence[SignedChange],
        *,
        skip: Collection[int] = (),
        tracing: Tracing | None = None,
    ) -> Applied:
        """Forget what is held of *document* and build it from *changes* except *skip*."""
        self.forget(document)
        return self._apply(_Document(document, self._contents()), changes, skip, tracing)

    def edit(
        self,
        document: DocumentId,
        actor: ActorId,
        operations: Sequence[Operation],
        *,
        create: bool,
    ) -> Edited:
        """Write *operations* as one change by *actor*; see `Engine.edit` for the errors."""
        check_operations(operations)
        held = self._documents.get(document)
        if held is None:
            if not create:
                raise DocumentNotOpenError(documents=(document,))
            held = _Document(document, self._contents())
        try:
            with _breakable():
                raw = held.contents.write(actor, operations)
            if raw is None:
                raise EngineError("nothing-to-write")
            change_hash = held.add_own(SignedChange(raw, actor))
            view = held.view()
        except (BrokenDocumentError, RemoteProtocolError):
            self.forget(document)
            raise EngineError("edit-failed") from None
        self._hold(held)
        return Edited(raw, change_hash, view)

    def view(self, document: DocumentId) -> View:
        """Return the open document as it stands."""
        held = self._open(document)
        try:
            return held.view()
        except BrokenDocumentError:
            self.forget(document)
            raise DocumentNotOpenError(documents=(document,)) from None

    def view_at(self, document: DocumentId, heads: Sequence[ChangeHash]) -> View:
        """Return the document as it stood at *heads*; `EngineError` "no-such-heads" if never."""
        held = self._open(document)
        past = tuple(sorted(heads))
        if not past or held.facts.missing(past):
            raise EngineError("no-such-heads")
        clock = held.facts.clock(past)
        actors = tuple(actor for actor in held.facts.actors if actor in clock)
        try:
            with _breakable():
                texts, cells = held.contents.read(past)
        except BrokenDocumentError:
            self.forget(document)
            raise DocumentNotOpenError(documents=(document,)) from None
        return View(document, past, texts, cells, actors)

    def history(self, document: DocumentId) -> list[HistoryStep]:
        """Return the changes of an open document, causes first."""
        return list(self._open(document).steps)

    def forget(self, document: DocumentId) -> None:
        """Close *document* if it is open."""
        held = self._documents.pop(document, None)
        if held is not None:
            self._size -= held.counted

    def _open(self, document: DocumentId) -> _Document:
        held = self._documents.get(document)
        if held is None:
            raise DocumentNotOpenError(documents=(document,))
        self._documents.move_to_end(document)
        return held

    def _hold(self, held: _Document) -> None:
        """Count *held* as the one used last, and close others beyond the bounds."""
        self._documents[held.id] = held
        self._documents.move_to_end(held.id)
        self._size += held.size - held.counted
        held.counted = held.size
        while len(self._documents) > 1 and (
            len(self._documents) > self._max_open or self._size > MAX_OPEN_BYTES
        ):
            _, closed = self._documents.popitem(last=False)
            self._size -= closed.counted

    def _apply(
        self,
        held: _Document,
        changes: Sequence[SignedChange],
        skip: Collection[int],
        tracing: Tracing | None,
    ) -> Applied:
        before, awaited, kept = list(held.changes), set(held.awaited), set(held.kept)
        crews = {device: set(crew) for device, crew in held.crews.items()}
        try:
            return self._taken(held, *_take(held, dict(enumerate(changes)), skip, tracing))
        except BrokenDocumentError:
            self.forget(held.id)
            whole, applied = self._without_the_bad(held.id, before, changes, skip)
            whole.awaited |= awaited
            whole.kept |= kept
            whole.man(crews)
            return applied

    def _taken(self, held: _Document, admission: Admission, view: View | None) -> Applied:
        if view is not None:
            self._hold(held)
        refused = tuple(sorted(admission.refused, key=lambda one: one.index))
        return Applied(held.id, view, tuple(admission.waiting), refused)

    def _without_the_bad(
        self,
        document: DocumentId,
        before: Sequence[SignedChange],
        changes: Sequence[SignedChange],
        skip: Collection[int],
    ) -> tuple[_Document, Applied]:
        """Find by halving which of *changes* break the document, and build it without them."""
        bad: dict[int, str] = {}
        given = dict(enumerate(changes))
        while True:
            facts = lint.DocumentFacts()
            admit(dict(enumerate(before)), facts)
            order = [index for index, _ in admit(given, facts, {*skip, *bad}).approved]
            try:
                taken = self._rebuilt(document, before, given, {*skip, *bad})
            except BrokenDocumentError as error:
                if not order:
                    raise EngineError("document-broken") from None
                index, reason = self._first_bad(document, before, changes, order, error.reason)
                bad[index] = reason
                continue
            return taken[0], with_aside(self._taken(*taken), bad)

    def _first_bad(
        self,
        document: DocumentId,
        before: Sequence[SignedChange],
        changes: Sequence[SignedChange],
        order: Sequence[int],
        reason: str,
    ) -> tuple[int, str]:
        """Return the first of *order*, causes first, that breaks the document, and how.

        What builds on it never had a chance, so nothing is blamed for what its past did.
        """
        whole, broken = 0, len(order)
        while broken - whole > 1:
            middle = (whole + broken) // 2
            try:
                self._rebuilt(document, before, {at: changes[at] for at in order[:middle]}, ())
            except BrokenDocumentError as error:
                broken, reason = middle, error.reason
            else:
                whole = middle
        return order[broken - 1], reason

    def _rebuilt(
        self,
        document: DocumentId,
        before: Sequence[SignedChange],
        given: Mapping[int, SignedChange],
        skip: Collection[int],
    ) -> tuple[_Document, Admission, View | None]:
        held = _Document(document, self._contents())
        _take(held, dict(enumerate(before)), (), None)
        return (held, *_take(held, given, skip, None))


def _take(
    held: _Document,
    given: Mapping[int, SignedChange],
    skip: Collection[int],
    tracing: Tracing | None,
) -> tuple[Admission, View | None]:
    """Lint *given*, hand Automerge what passed but for *skip*, and read the document."""
    admission = admit(given, held.facts, skip, held.awaited, held.kept, held.crews)
    held.awaited |= admission.awaited
    held.kept |= admission.kept
    held.man(admission.crews)
    for group in _groups(admission, tracing):
        if tracing is not None:
            tracing.announce(tuple(group))
        with _breakable():
            held.contents.apply([given[index].raw for index in group])
            if tracing is not None:
                held.contents.read(None)
    for index, facts in admission.approved:
        held.keep(given[index], facts)
    return admission, held.view() if held.changes else None


def _groups(admission: Admission, tracing: Tracing | None) -> Iterator[list[int]]:
    """Yield the approved changes in the groups that Automerge gets at once: one, unless tracing."""
    group: list[int] = []
    for index, _ in admission.approved:
        single = tracing is not None and index in tracing.singly
        if group and tracing is not None and (single or len(group) == tracing.step):
            yield group
            group = []
        group.append(index)
        if single:
            yield group
            group = []
    if group:
        yield group


def _is_first(change: SignedChange) -> bool:
    try:
        chunk = lint.read_chunk(change.raw)
    except RemoteProtocolError:
        return False
    return chunk.seq == 1 and not chunk.deps
