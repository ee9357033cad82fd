"""What one person wrote in a record that others wrote in too, to be taken out (domain C1).

Words are followed letter by letter through the record's whole past: what is hers is what she put
there and nobody wrote anew. It is taken out as an edit: older versions stay in the logs, as of any
edit, until whoever made the record takes all of it back (decision 0020).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from aluna_protocol import lint
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ChangeHash, DocumentId, PersonId, SpaceId
from aluna_sync.engine.types import Engine, View
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.edit_kinds import Edit, RemoveLink, RemoveMember, SetMine, SetText
from aluna_sync.journal.links import parse_link
from aluna_sync.journal.pieces import joined, pieces_of
from aluna_sync.journal.records import record_from_view
from aluna_sync.journal.schema import record_type
from aluna_sync.journal.splices import hunks
from aluna_sync.journal.types import Act, Reading, Record
from aluna_sync.opener import Opener
from aluna_sync.spaces import Spaces

LINKS: Final = "links"
Marks = dict[str, list[bool]]
"""By the key of a text: of each of its letters whether it is hers."""


@dataclass(frozen=True, slots=True)
class Fragments:
    """What is taken out of a record, and what of hers cannot be."""

    heads: tuple[ChangeHash, ...]
    """Where the record stood when this was found."""
    edits: list[Edit]
    words: dict[str, tuple[str, ...]]
    """By the name of a text: her letters in it, those that stand together as one."""
    acts: tuple[tuple[str, Act], ...]
    readings: tuple[tuple[str, Reading], ...]
    """Acts and readings of hers with their fields: others answered them or may have; none is ever
    changed."""

    @property
    def stays(self) -> int:
        """How much of hers cannot be taken out."""
        return len(self.acts) + len(self.readings)


class OwnFragments:
    """Finds what a person wrote in the records of a device."""

    def __init__(self, spaces: Spaces, engine: Engine, opener: Opener) -> None:
        self._spaces = spaces
        self._engine = engine
        self._opener = opener

    async def find(self, space: SpaceId, document: DocumentId, person: PersonId) -> Fragments:
        """Return the edits that take out of *document* what *person* wrote; raise no-such-record.

        Caller holds the turn.
        """
        applied, placed = await self._opener.open_whole(document)
        if applied.view is None:
            raise WrongUseError("no-such-record", id=document.hex())
        counted = {step.hash for step in await self._engine.history(document)}
        membership = self._spaces.replicas[space].membership
        seats = (*membership.seats.values(), *membership.former.values())
        devices = {one.device for one in seats if one.person == person}
        chunks: dict[ChangeHash, tuple[lint.Chunk, bool]] = {}
        for one in placed:
            try:
                chunk = lint.read_chunk(one.change.raw)
            except RemoteProtocolError:
                continue
            if chunk.hash in counted:
                chunks[chunk.hash] = (chunk, one.place.log.device in devices)
        marks = await self._marked(document, list(chunks.values()))
        record = record_from_view(applied.view, space, self._spaces.person_of(space, document))
        return _fragments(record, applied.view, marks, person)

    async def _marked(self, document: DocumentId, chunks: list[tuple[lint.Chunk, bool]]) -> Marks:
        """Follow the letters through the past, a run of changes of one side after the other."""
        # Whatever a change builds on began earlier than it.
        chunks.sort(key=lambda one: (one[0].start_op, one[0].hash))
        marks: Marks = {}
        texts: dict[str, str] = {}
        heads: set[ChangeHash] = set()
        for hers, run in itertools.groupby(chunks, key=lambda one: one[1]):
            for chunk, _ in run:
                heads -= set(chunk.deps)
                heads.add(chunk.hash)
            view = await self._engine.view_at(document, tuple(sorted(heads)))
            for key, text in view.texts.items():
                marks[key] = followed(marks.get(key, []), texts.get(key, ""), text, hers=hers)
            texts = dict(view.texts)
        return marks


def followed(marks: list[bool], old: str, new: str, *, hers: bool) -> list[bool]:
    """Return whose letters are those of *new*, where *marks* says it of *old*."""
    found: list[bool] = []
    end = 0
    for hunk in hunks(old, new):
        found += marks[end : hunk.start]
        found += [hers] * len(hunk.text)
        end = hunk.end
    return found + marks[end:]


def without(text: str, marks: list[bool]) -> str:
    """Return *text* without the letters that are marked, and with no gap where they stood."""
    kept = ""
    gap = False
    for letter, hers in zip(text, marks, strict=True):
        if hers:
            gap = True
            continue
        if gap and letter.isspace() and (not kept or kept[-1].isspace()):
            continue
        gap = False
        kept += letter
    return kept.rstrip() if gap else kept


def marked(text: str, marks: list[bool]) -> list[str]:
    """Return the marked letters of *text*, those that stand together as one, without bare space."""
    runs = itertools.groupby(zip(text, marks, strict=True), key=lambda one: one[1])
    found = ("".join(letter for letter, _ in run) for hers, run in runs if hers)
    return [words for words in found if words.strip()]


def _fragments(record: Record, view: View, marks: Marks, person: PersonId) -> Fragments:
    edits: list[Edit] = []
    words: dict[str, tuple[str, ...]] = {}
    for field, text in record.texts.items():
        pieces = pieces_of(view.texts, field)
        # A piece may begin with a letter that is not read.
        hers = {key: marks[key][len(marks[key]) - len(said) :] for key, said in pieces}
        left = [(key, without(said, hers[key])) for key, said in pieces]
        if (new := joined(one for one in left if one[1])) != text:
            edits.append(SetText(field, new))
            words[field] = tuple(one for key, said in pieces for one in marked(said, hers[key]))
    edits += _members(record, person)
    edits += _said_by(record, person)
    acts = [(field, one) for field, some in record.acts.items() for one in some]
    readings = [(field, one) for field, some in record.readings.items() for one in some]
    return Fragments(
        view.heads,
        edits,
        words,
        tuple(one for one in acts if one[1].by == person),
        tuple(one for one in readings if one[1].by == person),
    )


def _members(record: Record, person: PersonId) -> Iterator[Edit]:
    """Yield what takes out of the sets what she put there."""
    for field, members in record.sets.items():
        for member in (one for one in members if one.by == person):
            link = parse_link(member.item) if field == LINKS else None
            if link is not None:
                yield RemoveLink(link.kind, link.target)
            else:
                yield RemoveMember(field, member.item)


def _said_by(record: Record, person: PersonId) -> Iterator[Edit]:
    """Yield what unsays her own values, also one she said differently on two devices."""
    known = record_type(record.type)
    for field in sorted({*record.maps, *record.own_readings}):
        value = record.maps.get(field, {}).get(person)
        several = record.own_readings.get(field, {}).get(person, {})
        declared = known.field(field)
        if declared is not None and declared.keyed:
            said = [*value] if isinstance(value, dict) else []
            for key in sorted({*said, *several}):
                yield SetMine(field, None, key)
        elif value is not None or several:
            yield SetMine(field, None)
