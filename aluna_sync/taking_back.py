"""Taking back: who made a record destroys it wherever it arrives (SPEC §6.3; domain C1, C6.2).

What others had written in it goes back to them first, as private notes of their own. All of that is
one transaction: whenever it is cut short, it is done again from the beginning or is done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Final

from aluna_protocol import acts, lint
from aluna_protocol import entry as entries
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ChangeHash, DeviceId, DocumentId, PersonId, SpaceId
from aluna_protocol.operations import Withdraw
from aluna_protocol.replica import SpaceReplica
from aluna_sync.engine.types import Cell, Edited, Engine, EngineError, Put, View
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.facts import TakenBack
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.journal.keys import SCHEMA, TYPE
from aluna_sync.journal.records import index_row, record_from_view
from aluna_sync.journal.splices import hunks
from aluna_sync.opener import OF_NOBODY, Opener
from aluna_sync.rebirth import differences
from aluna_sync.retelling import runs
from aluna_sync.spaces import Spaces
from aluna_sync.store.store import Store
from aluna_sync.writer import Writer

_WORD: Final = re.compile(r"\S+")
Heading = Callable[[str], str]
"""From the name of who took a record back to what is said above words that came back from it."""


@dataclass(slots=True)
class _Own:
    """What this person added to a record, in the order she did."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)


class TakingBack:
    """Takes records back, and destroys what was taken back."""

    def __init__(
        self, store: Store, spaces: Spaces, engine: Engine, opener: Opener, writer: Writer
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._engine = engine
        self._opener = opener
        self._writer = writer
        self._done: dict[SpaceId, int] = {}
        self._authors: dict[SpaceId, int] = {}

    # -- taking back -----------------------------------------------------------------------------

    def check(self, document: DocumentId, person: PersonId) -> SpaceId:
        """Return the space of *document*, which *person* may take back.

        Raises WrongUseError no-such-record; AlunaError taken-back, not-yours-to-take-back.
        """
        if self._store.taken_back.types([document]):
            raise AlunaError("taken-back")
        space = self._store.log.space_of(document)
        if space is None:
            raise WrongUseError("no-such-record", id=document.hex())
        if not entries.is_of(document, space, person):
            raise AlunaError("not-yours-to-take-back")
        return space

    def say(self, document: DocumentId, keys: DeviceKeys, person: PersonId) -> list[Entry]:
        """Say that *document* is taken back; return what was written, durable.

        Raises what `check` does; AlunaError no-seat-here, device-suspended.
        """
        space = self.check(document, person)
        with self._store.transaction():
            # From the store and not from memory: another process may have written meanwhile.
            log = self._store.log
            replica = SpaceReplica(space)
            replica.restore(log.heads(space), log.control_entries(space), log.forks(space))
            replica.collective = self._spaces.replicas[space].collective
            if keys.device not in replica.members:
                seated = keys.device in replica.membership.seats
                raise AlunaError("device-suspended" if seated else "no-seat-here")
            written = acts.declare(keys, self._spaces.incarnation, replica, Withdraw(document))
            log.append(written)
        return written

    # -- destroying ------------------------------------------------------------------------------

    def due(self, space: SpaceId) -> list[DocumentId]:
        """Return what of *space* was taken back and is still here, in ascending order."""
        withdrawn = self._spaces.replicas[space].withdrawn
        if self._done.get(space, 0) == len(withdrawn):
            return []
        left = sorted(withdrawn - self._store.taken_back.of(space))
        if not left:
            self._done[space] = len(withdrawn)
        return left

    async def destroy(
        self, space: SpaceId, document: DocumentId, person: PersonId, heading: Heading
    ) -> TakenBack:
        """Destroy *document*, and give *person* back what was hers in it. Caller holds the turn."""
        by = self._spaces.author_of(space, document)
        words = "" if by == person else await self._own_words(space, document, person)
        private = self._private(space)
        note: DocumentId | None = None
        written: list[Edited] = []
        if words.strip() and private is not None:
            name = "" if by is None else self._spaces.names(space).get(by, "")
            text = "\n\n".join(part for part in (heading(name), words) if part)
            note, written = await self._writer.begin("note", [SetText("body", text)], private)
        with self._store.transaction():
            if self._store.taken_back.destroy(space, document):
                if note is not None and private is not None:
                    self._writer.keep(private, note, written, None)
            else:
                note = None
        self._opener.held.discard(document)
        self._opener.forked.discard(document)
        await self._engine.open(document, [])
        self._store.taken_back.leave_no_journal()
        return TakenBack(document, by, note)

    def _private(self, space: SpaceId) -> SpaceId | None:
        row = self._spaces.rows[space]
        found = self._spaces.of_kind("private", row.collective) or self._spaces.of_kind("private")
        return next((one for one in found if one != space), None)

    def look_again(self, space: SpaceId) -> None:
        """Have opened again what seemed to be of nobody, once its author is known."""
        authors = len(self._spaces.replicas[space].membership.authors)
        if self._authors.get(space) == authors:
            return
        self._authors[space] = authors
        with self._store.passing():
            for one in self._store.log.set_asides(space):
                if one.reason == OF_NOBODY and one.document is not None:
                    author = self._spaces.author_of(space, one.document, one.place.log.device)
                    if author is not None:
                        self._store.log.open_again(one)

    # -- own words -------------------------------------------------------------------------------

    async def _own_words(self, space: SpaceId, document: DocumentId, person: PersonId) -> str:
        """Return every word this person added to *document* by the devices that answer for here."""
        placed = self._opener.placed(document)
        mine = self._answers_for(space, person)
        if not any(one.place.log.device in mine for one in placed):
            return ""
        try:
            applied, placed = await self._opener.open_whole(document)
            if applied.view is None:
                return ""
            counted = {step.hash for step in await self._engine.history(document)}
            chunks: list[lint.Chunk] = []
            for one in placed:
                chunk = _chunk(one.change.raw)
                if chunk is not None and chunk.hash in counted and one.place.log.device in mine:
                    chunks.append(chunk)
            own = await self._added(document, chunks)
        except EngineError:
            # Nothing of it could be read by anybody here: there is nothing to give back.
            return ""
        return self._as_words(space, applied.view, own)

    def _answers_for(self, space: SpaceId, person: PersonId) -> set[DeviceId]:
        """Return the devices whose words come back here: this one, and the person's lost ones.

        Each device gives back its own, so that nothing comes back twice to who has several.
        """
        membership = self._spaces.replicas[space].membership
        seated = {one.device for one in membership.seats.values() if one.person == person}
        found = {self._spaces.device}
        if min(seated | found) == self._spaces.device:
            former = membership.former.values()
            found |= {one.device for one in former if one.person == person} - seated
        return found

    async def _added(self, document: DocumentId, chunks: Sequence[lint.Chunk]) -> _Own:
        """Read what each run of own changes added."""
        own = _Own()
        for run in runs(sorted({one.hash: one for one in chunks}.values(), key=_start)):
            deps = tuple(run[0].deps)
            before = await self._engine.view_at(document, deps) if deps else None
            after = await self._engine.view_at(document, (run[-1].hash,))
            for key, text in after.texts.items():
                old = "" if before is None else before.texts.get(key, "")
                own.texts.setdefault(key, []).extend(added_words(old, text))
            for operation in differences(before, after):
                if isinstance(operation, Put):
                    own.cells[operation.key] = after.cells[operation.key]
        return own

    def _as_words(self, space: SpaceId, view: View, own: _Own) -> str:
        """Return what people read of *own*: words, no terms, no ids, nothing anybody else wrote."""
        cells = dict(own.cells)
        cells |= {key: view.cells[key] for key in (TYPE, SCHEMA) if key in view.cells}
        texts = {key: "\n".join(found) for key, found in own.texts.items()}
        alone = View(view.document, view.heads, texts, cells, view.actors)
        person_of = self._spaces.person_of(space, view.document)
        return index_row(record_from_view(alone, space, person_of), alone).text


def added_words(old: str, new: str) -> list[str]:
    """Return what was added to *old* to make it *new*: whole words, those side by side together.

    A word counts as added when at least half of its letters were, and it did not stand where it was
    put: a text written anew keeps letters of the old one by chance, or writes its words once more.
    """
    added, replaced = _added_letters(old, new)
    found: list[str] = []
    last: int | None = None
    for word in _WORD.finditer(new):
        start, end = word.span()
        letters = added[start:end]
        stood = replaced[max(letters)]
        if 2 * sum(map(bool, letters)) < end - start:
            last = None
        elif stood[word[0]]:
            stood[word[0]] -= 1
            last = None
        elif last is None:
            found.append(word[0])
            last = end
        else:
            found[-1] += new[last:end]
            last = end
    return found


def _added_letters(old: str, new: str) -> tuple[list[int], list[Counter[str]]]:
    """Return for each letter of *new* by which change it came, 0 for none; and the words each
    change replaced, by its number.
    """
    letters = [0] * len(new)
    replaced: list[Counter[str]] = [Counter()]
    shift = 0
    for number, hunk in enumerate(hunks(old, new), start=1):
        start, end = hunk.start + shift, hunk.start + shift + len(hunk.text)
        letters[start:end] = [number] * len(hunk.text)
        shift += len(hunk.text) - (hunk.end - hunk.start)
        first, last = hunk.start, hunk.end
        while first > 0 and not old[first - 1].isspace():
            first -= 1
        while last < len(old) and not old[last].isspace():
            last += 1
        replaced.append(Counter(_WORD.findall(old[first:last])))
    return letters, replaced


def _chunk(raw: bytes) -> lint.Chunk | None:
    try:
        return lint.read_chunk(raw)
    except RemoteProtocolError:
        return None


def _start(chunk: lint.Chunk) -> tuple[int, ChangeHash]:
    return chunk.start_op, chunk.hash
