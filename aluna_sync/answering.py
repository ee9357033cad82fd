"""What a device answers without waiting: its spaces, its records, the people around it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from aluna_protocol.ids import DocumentId, PersonId, SpaceId
from aluna_sync.company import Company
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.store.rows import Page, Query

if TYPE_CHECKING:
    from aluna_sync.engine.types import View
    from aluna_sync.facts import PeerFacts, PersonFacts, Status
    from aluna_sync.journal.mine import Mine
    from aluna_sync.journal.own_words import OwnWord
    from aluna_sync.journal.types import Link, Record
    from aluna_sync.journal.vocabulary import Vocabulary
    from aluna_sync.standing import SetAsideFacts, Standing

# As in the device: what only reading whole records needs is imported where it is used.

ENGINE_NAME = "automerge-0.7.2"
"""The engine both sides of a session must share to read the same words the same way."""
SHORTEST_PREFIX = 4
APART_NAMES = ("own_term", "mine")
"""Types that are no records to a list (`schema.APART_NAMES`, not read only for two names)."""
MINE = "mine"


class Answering(Company):
    """The half of a device that only reads; the store answers within milliseconds."""

    _words: tuple[object, Vocabulary] | None = None
    """The vocabulary, beside the own words it was computed from."""
    _speaks_in: SpaceId | None = None
    """The collective whose own words are offered; None: those of all."""

    @cached_property
    def standing(self) -> Standing:
        """What answers about people and devices."""
        from aluna_sync.standing import Standing

        return Standing(self.store, self.spaces, self.device, self.person)

    # -- spaces ----------------------------------------------------------------------------------

    def belongs(self) -> bool:
        """Tell whether this device was let into any collective."""
        return bool(self.spaces.of_kind("collective"))

    def collective(self, name: str | None = None) -> SpaceId:
        """Return the collective called *name*, or the only one.

        Raises WrongUseError no-collective, no-such-collective, which-collective.
        """
        found = self.spaces.of_kind("collective")
        if not found:
            raise WrongUseError("no-collective")
        if name is not None:
            wanted = name.casefold()
            found = [space for space in found if self.spaces.name(space).casefold() == wanted]
            if not found:
                raise WrongUseError("no-such-collective", name=name)
        if len(found) > 1:
            names = [self.spaces.name(space) for space in found]
            raise WrongUseError("which-collective", names=names)
        return found[0]

    def private_space(self, collective: SpaceId | None = None) -> SpaceId:
        """Return the space only this person is in; raise WrongUseError no-collective."""
        found = self.spaces.of_kind("private", collective)
        if not found:
            raise WrongUseError("no-collective")
        return found[0]

    def space_named(self, words: str, collective: SpaceId) -> SpaceId:
        """Return the space called "private", "collective" or "circle:NAME"."""
        kind, _, name = words.partition(":")
        if kind == "collective" and not name:
            return collective
        if kind == "private" and not name:
            return self.private_space(collective)
        if kind == "circle":
            for space in self.spaces.of_kind("circle", collective):
                if self.spaces.name(space).casefold() == name.casefold():
                    return space
        raise WrongUseError("no-such-space", space=words)

    def default_space(self, kind: str, collective: SpaceId) -> SpaceId:
        """Return the space a record goes to whose type lives in *kind*, unless said otherwise.

        A circle only where there is exactly one: nobody is chosen by guessing, so where there are
        several or none it is private until its author gives a version to somebody.
        """
        if kind == "circle":
            circles = self.spaces.of_kind("circle", collective)
            return circles[0] if len(circles) == 1 else self.private_space(collective)
        return self.space_named(kind, collective)

    def space_name(self, space: SpaceId) -> str:
        """Return the name a space was founded with."""
        return self.spaces.name(space)

    def space_kind(self, space: SpaceId) -> str:
        """Return "collective", "circle" or "private"."""
        return self.spaces.rows[space].kind

    def space_size(self, space: SpaceId) -> int:
        """Return how many persons are in a space."""
        return len(self.spaces.replicas[space].membership.persons)

    # -- reading ---------------------------------------------------------------------------------

    def record(self, document: DocumentId) -> Record | None:
        """Return a record whole, None when it is not readable here."""
        from aluna_sync.journal.records import unpack_view

        row = self.store.index.row(document)
        if row is None:
            return None
        return self._record(row.space, unpack_view(row.view))

    def records_of(
        self, type_: str, spaces: Collection[SpaceId], fields: frozenset[str] | None = None
    ) -> Iterator[Record]:
        """Return every record of a type in *spaces*: a picture needs many at once.

        With *fields*, only these are read, and no other has anything in it.
        """
        from aluna_sync.journal.packing import narrowed, unpack_view

        for space, packed in self.store.index.views(type_, spaces):
            view = unpack_view(packed)
            yield self._record(space, view if fields is None else narrowed(view, fields))

    def _record(self, space: SpaceId, view: View) -> Record:
        from aluna_sync.journal.records import record_from_view

        person_of = self.spaces.person_of(space, view.document)
        return record_from_view(view, space, person_of, self.spaces.absent(space))

    def links(self, document: DocumentId) -> list[Link]:
        """Return the links from and to a record; what is kept elsewhere has no title."""
        from aluna_sync.journal.edit_kinds import KEEPS
        from aluna_sync.journal.types import Link

        row = self.store.index.row(document)
        outgoing = [] if row is None else list(row.links)
        incoming = self.store.index.links_to(document)
        others = [link.target for link in outgoing] + [link.source for link in incoming]
        titles = self.store.index.titles(others)
        for kept in {link.target for link in outgoing if link.kind == KEEPS} & set(titles):
            # To a memory, what its people do not permit or not any more is kept elsewhere.
            if self.lacking_for_memory(kept):
                del titles[kept]
        gone = self.store.taken_back.types(others)
        found = [(link.kind, link.target, True) for link in outgoing]
        found += [(link.kind, link.source, False) for link in incoming]
        return [
            Link(
                kind,
                other,
                goes_out,
                *titles.get(other, ("", gone.get(other, ""))),
                other in gone,
                self._took_back(other) if other in gone else "",
            )
            for kind, other, goes_out in found
        ]

    def lacking_for_memory(self, document: DocumentId) -> tuple[PersonId, ...]:
        """Return whose yes is missing, or was taken back, for a record to be in a memory.

        Raises WrongUseError no-such-record: nobody can be asked about what is not readable here.
        """
        from aluna_sync.journal.lives.consents import MEMORY, lacking

        record = self.record(document)
        if record is None:
            raise WrongUseError("no-such-record", id=document.hex())
        return lacking(record, MEMORY)

    def _took_back(self, document: DocumentId) -> str:
        """Return the name of who took *document* back: its id alone tells whose it was."""
        for space, replica in self.spaces.replicas.items():
            person = (
                self.spaces.author_of(space, document) if document in replica.withdrawn else None
            )
            if person is not None:
                return self.person_name_of(person)
        return ""

    def find(self, prefix: str) -> DocumentId:
        """Return the record whose id begins with *prefix* (hex).

        Raises WrongUseError no-such-record, several-records.
        """
        if len(prefix) < SHORTEST_PREFIX:
            raise WrongUseError("id-too-short", least=SHORTEST_PREFIX)
        found = self.store.index.find_prefix(prefix, 2)
        if not found:
            if self.store.taken_back.find_prefix(prefix, 1):
                raise AlunaError("taken-back")
            raise WrongUseError("no-such-record", id=prefix)
        if len(found) > 1:
            raise WrongUseError("several-records", id=prefix)
        return found[0]

    def list(self, query: Query) -> Page:
        """Return one page of a list or a search: of records, unless it asks for another type.

        A word of the search also finds what is named with a term it names.
        """
        if not query.types and not query.without:
            query = replace(query, without=APART_NAMES)
        if query.words and not query.named:
            from aluna_sync.journal.filters import named

            query = replace(query, named=named(query.words, self.vocabulary()))
        return self.store.index.query(query)

    # -- words -----------------------------------------------------------------------------------

    def own_words(self, collective: SpaceId | None = None) -> Sequence[OwnWord]:
        """Return the words of one's own that are readable here, of *collective* or all."""
        from aluna_sync.journal.own_words import TYPE, own_word

        words = (own_word(record) for record in self._records_of(TYPE))
        spaces = self.spaces.rows
        return [
            word
            for word in words
            if word is not None
            and (collective is None or collective in (word.space, spaces[word.space].collective))
        ]

    def vocabulary(self) -> Vocabulary:
        """Return the words everybody has and the own ones, some of them hidden by this person.

        Computed anew only when any of that changed.
        """
        from aluna_sync.journal.vocabulary import common_vocabulary

        index = self.store.index
        written = (self._speaks_in, *(tuple(index.of_type(name)) for name in APART_NAMES))
        if self._words is None or self._words[0] != written:
            known = common_vocabulary()
            if own := self.own_words() if written[1] else ():
                from aluna_sync.journal.own_words import with_own_words

                known = with_own_words(known, own)
                if self._speaks_in is not None:
                    here = {word.id for word in self.own_words(self._speaks_in)}
                    known = known.without(word.id for word in own if word.id not in here)
            if written[2]:
                from aluna_sync.journal.mine import mine

                known = known.hiding(mine(self._records_of(MINE)).hidden)
            self._words = written, known
        return self._words[1]

    def speak_in(self, space: SpaceId) -> None:
        """Offer only the own words of the collective *space* is of, from here on."""
        self._speaks_in = self.spaces.rows[space].collective

    def mine(self, private: SpaceId) -> Mine:
        """Return what this person keeps for herself in a private space."""
        from aluna_sync.journal.mine import TYPE, mine

        return mine(one for one in self._records_of(TYPE) if one.space == private)

    def _records_of(self, type_: str) -> Sequence[Record]:
        """Return the records of a type that lists leave out; of `mine`, only this person's."""
        found = (self.record(document) for document, _ in self.store.index.of_type(type_))
        private = type_ == MINE
        return [
            record
            for record in found
            if record is not None
            and (not private or self.spaces.rows[record.space].kind == "private")
        ]

    def person_name_of(self, person: PersonId) -> str:
        """Return the name of a person of any space here, empty when nobody is known by it."""
        for space in self.spaces.replicas:
            name = self.spaces.names(space).get(person)
            if name is not None:
                return name
        return ""

    def people(self, space: SpaceId) -> Sequence[PersonFacts]:
        """Return the persons of a space, me first."""
        return self.standing.people(space)

    def gone(self, space: SpaceId) -> Sequence[PersonFacts]:
        """Return who belonged to a space once and is no longer here."""
        return self.standing.gone(space)

    def peers(self) -> Sequence[PeerFacts]:
        """Return the other devices of every space here and what each lacks."""
        return self.standing.peers(self.online)

    def status(self, *, state: bool = True) -> Status:
        """Return everything `aluna status` tells; without *state*, which reads every record."""
        from aluna_sync.facts import Status

        facts = tuple(self.standing.space(space, state=state) for space in self.spaces.rows)
        return Status(ENGINE_NAME, facts, tuple(self.peers()), self.lan)

    def set_aside(self) -> Sequence[SetAsideFacts]:
        """Return what was not applied, with whose device it came from and why."""
        return [one for space in self.spaces.rows for one in self.standing.set_aside(space)]

    def mark_read(self, document: DocumentId) -> None:
        """Remember that this person has read a record as it stands."""
        self.store.index.mark_read(document)
