"""Entries with real keys and real sealing, from seeds, so that every run makes the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aluna_protocol import crypto
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey, Kind, Part, control_entry, seal_changes
from aluna_protocol.ids import (
    EMPTY_LOG,
    ChangeHash,
    DeviceId,
    DocumentId,
    EpochId,
    Head,
    Lane,
    LogId,
    PersonId,
    SpaceId,
)
from aluna_sync.store.rows import IndexRow, LinkRow, SpaceRow
from aluna_sync.store.store import Store

DEK = bytes(range(32))
ME = PersonId(b"me" + bytes(14))
SOMEONE = PersonId(b"someone" + bytes(9))
TODAY = "2026-11-22"


def named(name: str, size: int = 32) -> bytes:
    """Return bytes that look random and are always the same for *name*."""
    return crypto.blake2b(name.encode(), size=size)


def document(name: str) -> DocumentId:
    return DocumentId(named(f"document {name}", 16))


def space(name: str = "collective") -> SpaceId:
    return SpaceId(named(f"space {name}"))


def epoch_key(name: str = "first") -> EpochKey:
    key = named(f"epoch {name}")
    return EpochKey(EpochId(crypto.blake2b(key)), key)


def device_keys(name: str) -> DeviceKeys:
    return DeviceKeys(named(f"{name} signs"), named(f"{name} agrees"))


@dataclass
class Writer:
    """A device that writes into one space and remembers the heads of its two logs."""

    name: str
    space: SpaceId = field(default_factory=space)
    incarnation: int = 1
    heads: dict[Lane, Head] = field(default_factory=dict)

    @property
    def keys(self) -> DeviceKeys:
        return device_keys(self.name)

    @property
    def device(self) -> DeviceId:
        return self.keys.device

    def log(self, lane: Lane = Lane.CONTENT) -> LogId:
        return LogId(self.space, self.device, self.incarnation, lane)

    def write(self, *parts: tuple[DocumentId, Sequence[bytes]], salt: str = "") -> Entry:
        """Return the next content entry, with one part per (document, changes)."""
        head = self.heads.get(Lane.CONTENT, EMPTY_LOG)
        entry = seal_changes(
            self.keys,
            self.log(),
            head,
            [],
            epoch_key(),
            [Part(document, tuple(changes)) for document, changes in parts],
            named(f"salt {salt} {head.height}", 16),
        )
        self.heads[Lane.CONTENT] = Head(entry.header.height, entry.hash)
        return entry

    def write_many(self, count: int, prefix: str = "record") -> list[Entry]:
        """Return *count* entries, each about a document of its own."""
        return [self.write((document(f"{prefix} {n}"), [b"change"])) for n in range(count)]

    def control(self, body: bytes) -> Entry:
        """Return the next membership entry."""
        head = self.heads.get(Lane.CONTROL, EMPTY_LOG)
        log = self.log(Lane.CONTROL)
        entry = control_entry(self.keys, Kind.MEMBERSHIP, log, head, [], body)
        self.heads[Lane.CONTROL] = Head(entry.header.height, entry.hash)
        return entry


def new_store(path: Path, *, own: str = "mine", today: str = TODAY) -> Store:
    """Create a store at *path* that knows the space "collective"."""
    store = Store.create(path, DEK, device=device_keys(own).device, person=ME, today=lambda: today)
    store.log.add_space(SpaceRow(space(), "collective", space()))
    return store


def open_again(path: Path, *, today: str = TODAY) -> Store:
    return Store.open(path, DEK, today=lambda: today)


def receive(store: Store, entries: Sequence[Entry], documents: Sequence[DocumentId]) -> None:
    """Append *entries* and record that each one's single part is about the document beside it."""
    with store.transaction():
        store.log.append(entries)
        for entry, about in zip(entries, documents, strict=True):
            store.log.mark_opened(entry.header.log, entry.header.height, [about])


def index_row(
    name: str,
    text: str = "",
    *,
    type_: str = "note",
    when: str | None = None,
    terms: tuple[str, ...] = (),
    links: tuple[LinkRow, ...] = (),
    authors: tuple[PersonId, ...] = (SOMEONE,),
    state: str = "",
    where: SpaceId | None = None,
    version: int = 1,
) -> IndexRow:
    return IndexRow(
        document=document(name),
        space=where or space(),
        type=type_,
        title=name,
        text=f"{name}\n{text}",
        heads=(ChangeHash(named(f"{name} {version}")),),
        view=text.encode(),
        when=when,
        terms=terms,
        links=links,
        authors=authors,
        state=state,
    )
