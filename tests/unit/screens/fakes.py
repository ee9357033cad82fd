"""A device made of dicts, with invented content, and everything the screens need around it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aluna_protocol.ids import DeviceId, DocumentId, EpochId, PersonId, SpaceId
from aluna_sync.errors import AlunaError, LockedError
from aluna_sync.facts import Lan, News, PeerFacts, PersonFacts, RecordsChanged, SpaceFacts, Status
from aluna_sync.journal.edit_kinds import (
    AddAct,
    AddMember,
    Edit,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
)
from aluna_sync.journal.folding import fold
from aluna_sync.journal.rewritten import Rewriting
from aluna_sync.journal.types import Act, Json, Link, Member, Reading, Record
from aluna_sync.own_fragments import Fragments
from aluna_sync.standing import SetAsideFacts
from aluna_sync.store.rows import ListRow, Page, Query
from aluna_tui.app import AlunaApp
from aluna_tui.cards import Cards
from aluna_tui.outside import AskFound, Outside
from aluna_tui.view_models.facade import JournalDevice

from .fake_vault import PASSPHRASE, FakeKeeping, FakeSafety

COLLECTIVE = SpaceId(b"c" * 32)
PRIVATE = SpaceId(b"p" * 32)
ME, MARTA, JULIA = (PersonId(letter * 16) for letter in (b"i", b"m", b"j"))
MINE, HERS, JULIAS = (DeviceId(letter * 32) for letter in (b"1", b"2", b"3"))
NAMES = {ME: "Itzel", MARTA: "Marta", JULIA: "Julia"}
NOW = datetime(2026, 3, 14, 10, 0, tzinfo=UTC)


def document(number: int) -> DocumentId:
    return DocumentId(number.to_bytes(16, "big"))


class FakeDevice:
    """The façade of a device over dicts; newest record first."""

    def __init__(self) -> None:
        self.home = Path("/nowhere")
        self.safety = FakeSafety()
        self.device, self.person, self.person_name = MINE, ME, "Itzel"
        self.records: dict[DocumentId, Record] = {}
        self.linked: dict[DocumentId, list[Link]] = {}
        self.unread: set[DocumentId] = set()
        self.kept: dict[str, str] = {}
        self.splices: list[tuple[str, int, int, str]] = []
        self.edits: list[Edit] = []
        self.peer_facts: list[PeerFacts] = []
        self.aside: list[SetAsideFacts] = []
        self.here: dict[DeviceId, DocumentId] = {}
        self.open_here: DocumentId | None = None
        self.listeners: list[Callable[[News], None]] = []
        self.locked = False
        self.broken = False
        self.quiet = self.findable = False
        self.listening: tuple[tuple[str, int], ...] = (("192.168.1.20", 4747),)
        self.asked: list[Query] = []
        self.apart: list[Rewriting] = []

    # -- spaces and people ----------------------------------------------------------------------

    def belongs(self) -> bool:
        return True

    def collective(self, name: str | None = None) -> SpaceId:
        return COLLECTIVE

    def private_space(self) -> SpaceId:
        return PRIVATE

    def default_space(self, kind: str, collective: SpaceId) -> SpaceId:
        return collective if kind == "collective" else PRIVATE

    def space_name(self, space: SpaceId) -> str:
        return "Colectiva Semilla" if space == COLLECTIVE else "Itzel"

    def space_kind(self, space: SpaceId) -> str:
        return "collective" if space == COLLECTIVE else "private"

    def space_size(self, space: SpaceId) -> int:
        return 3 if space == COLLECTIVE else 1

    def person_name_of(self, person: PersonId) -> str:
        return NAMES.get(person, "")

    def gone(self, space: SpaceId) -> list[PersonFacts]:
        return []

    def people(self, space: SpaceId) -> list[PersonFacts]:
        devices = {ME: (MINE,), MARTA: (HERS,), JULIA: (JULIAS,)}
        return [PersonFacts(who, NAMES[who], who == ME, devices[who]) for who in NAMES]

    def peers(self) -> list[PeerFacts]:
        return self.peer_facts

    def set_aside(self) -> list[SetAsideFacts]:
        return self.aside

    def status(self, *, state: bool = True) -> Status:
        space = SpaceFacts(
            COLLECTIVE, "Colectiva Semilla", "collective", 3, 3, len(self.records), 9, "ab", 0, 0,
            EpochId(bytes(32)),
        )  # fmt: skip
        return Status("fake", (space,), tuple(self.peer_facts), Lan.POSSIBLE)

    def be_quiet(self, *, on: bool) -> None:
        self.quiet = on
        self.listening = () if on else self.listening

    def be_findable(self, *, on: bool) -> None:
        self.findable = on

    # -- records --------------------------------------------------------------------------------

    def put(self, record: Record, *, unread: bool = False) -> DocumentId:
        self.records = {record.id: record, **self.records}
        if unread:
            self.unread.add(record.id)
        return record.id

    async def add(self, type_: str, edits: list[Edit], space: SpaceId | None = None) -> DocumentId:
        self._fail_if_broken()
        id_ = document(10_000 + len(self.records))
        self.put(Record(id_, space or PRIVATE, type_, 1, "", authors=(ME,)))
        await self.edit(id_, edits)
        self.tell(RecordsChanged((id_,), None, 1))
        return id_

    async def edit(self, document: DocumentId, edits: list[Edit]) -> Record:
        self._fail_if_broken()
        record = self.records[document]
        for edit in edits:
            self.edits.append(edit)
            record = _edited(record, edit)
        self.records[document] = record
        return record

    async def splice(
        self,
        document: DocumentId,
        field_name: str,
        position: int,
        delete: int,
        text: str,
        base: str | None = None,
    ) -> None:
        self._fail_if_broken()
        self.splices.append((field_name, position, delete, text))
        record = self.records[document]
        old = record.texts.get(field_name, "")
        assert position + delete <= len(old)
        self.records[document] = _with_text(
            record, field_name, old[:position] + text + old[position + delete :]
        )
        self.tell(RecordsChanged((document,), None, 0))

    async def link(self, source: DocumentId, kind: str, target: DocumentId) -> None:
        raise NotImplementedError

    async def rewritten(self, document: DocumentId) -> list[Rewriting]:
        return [one for one in self.apart if one.id not in self._closed(document)]

    def _closed(self, document: DocumentId) -> list[object]:
        acts = self.records[document].acts.get("acts", ())
        return [act.value.get("fold") for act in acts if isinstance(act.value, dict)]

    async def take_back(self, document: DocumentId) -> None:
        self._fail_if_broken()
        del self.records[document]

    def may_take_back(self, document: DocumentId) -> bool:
        return self.records[document].authors[:1] == (ME,)

    async def own_fragments(self, document: DocumentId) -> Fragments:
        raise NotImplementedError

    async def take_out_mine(self, document: DocumentId) -> Fragments:
        raise NotImplementedError

    def record(self, document: DocumentId) -> Record | None:
        assert not self.locked
        return self.records.get(document)

    def links(self, document: DocumentId) -> list[Link]:
        return self.linked.get(document, [])

    def list(self, query: Query) -> Page:
        assert not self.locked
        self.asked.append(query)
        rows = [self._row(record) for record in self.records.values() if self._fits(record, query)]
        return Page(rows[query.offset : query.offset + query.limit], len(rows))

    def _fits(self, record: Record, query: Query) -> bool:
        if query.types and record.type not in query.types:
            return False
        if query.put_away != record.put_away:
            return False
        if query.unread_only and record.id not in self.unread:
            return False
        haystack = fold(" ".join((record.title, *record.texts.values())))
        return all(word in haystack for word in fold(query.words).split())

    def _row(self, record: Record) -> ListRow:
        contested = tuple(name for name, said in record.readings.items() if len(said) > 1)
        return ListRow(
            record.id, record.space, record.type, record.title, record.when, (), record.authors,
            contested, record.state, record.id in self.unread, put_away=record.put_away,
        )  # fmt: skip

    def mark_read(self, document: DocumentId) -> None:
        self.unread.discard(document)

    def save_draft(self, key: str, data: str | None) -> None:
        assert not self.locked
        if data is None:
            self.kept.pop(key, None)
        else:
            self.kept[key] = data

    def draft(self, key: str) -> str | None:
        return self.kept.get(key)

    def drafts(self) -> dict[str, str]:
        return dict(self.kept)

    def present(self, document: DocumentId | None) -> None:
        self.open_here = document

    def writing(self) -> dict[DeviceId, DocumentId]:
        return self.here

    # -- news -----------------------------------------------------------------------------------

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self, news: News) -> None:
        for listener in self.listeners:
            listener(news)

    def lock(self) -> None:
        self.locked = True

    def arrives(self, record: Record) -> None:
        """Receive a record from Marta."""
        new = record.id not in self.records
        if new:
            self.put(record, unread=True)
        else:
            self.records[record.id] = record
        self.tell(RecordsChanged((record.id,), HERS, int(new)))

    def _fail_if_broken(self) -> None:
        if self.broken:
            raise AlunaError("disk-full")


def _with_text(record: Record, field: str, text: str) -> Record:
    texts = {**record.texts, field: text}
    title = texts.get("title") or texts.get("body", "")[:60]
    return dataclasses.replace(record, texts=texts, title=title)


def _edited(record: Record, edit: Edit) -> Record:
    match edit:
        case SetText(field, text):
            return _with_text(record, field, text)
        case AddMember(field, item, note):
            members = (*record.sets.get(field, ()), Member(item, note, ME))
            return dataclasses.replace(record, sets={**record.sets, field: members})
        case RemoveMember(field, item):
            left = tuple(m for m in record.sets.get(field, ()) if m.item != item)
            return dataclasses.replace(record, sets={**record.sets, field: left})
        case SetReading(field, value, after):
            answered = (
                after if after is not None else [r.id for r in record.readings.get(field, ())]
            )
            left_over = tuple(r for r in record.readings.get(field, ()) if r.id not in answered)
            said = (*left_over, Reading(f"w{len(answered)}", value, ME))
            return dataclasses.replace(record, readings={**record.readings, field: said})
        case AddAct(field, value):
            done = (*record.acts.get(field, ()), Act(f"a{len(record.acts)}", value, ME))
            return dataclasses.replace(record, acts={**record.acts, field: done})
        case SetMine(field, value, ""):
            mine = {**record.maps.get(field, {}), ME: value}
            if value is None:
                del mine[ME]
            return dataclasses.replace(record, maps={**record.maps, field: mine})
        case _:
            raise NotImplementedError(edit)


def when(value: str, words: str) -> Json:
    """Return a date as a reading keeps it."""
    return {"value": value, "precision": "dat.day", "words": words}


def some_records(device: FakeDevice) -> None:
    """Put a handful of invented records into *device*."""
    coping = Record(
        document(2), COLLECTIVE, "coping", 1, "Cocinar para todas",
        texts={"title": "Cocinar para todas", "body": "Cada jueves, una olla grande."},
        authors=(MARTA,), when="2026-03-12",
    )  # fmt: skip
    impact = Record(
        document(1), COLLECTIVE, "impact", 1, "Nos quitaron el sueño",
        texts={"title": "Nos quitaron el sueño", "body": "SECRETO-DEL-CUERPO"},
        authors=(ME, JULIA), when="2026-03-12",
        readings={
            "when": (
                Reading("w1", when("2024-03-01", "marzo"), ME),
                Reading("w2", when("2024-05-01", "mayo"), JULIA),
            )
        },
    )  # fmt: skip
    note = Record(
        document(3), PRIVATE, "note", 1, "Notas de la acción",
        texts={"title": "Notas de la acción", "body": "Respiración antes de entrar."},
        authors=(ME,), when="2026-02-20",
    )  # fmt: skip
    agreement = Record(
        document(4), COLLECTIVE, "agreement", 1, "Turnos de guardia",
        texts={"title": "Turnos de guardia", "text": "Nunca sola."}, authors=(JULIA,),
        when="2026-03-03",
    )  # fmt: skip
    for record in (note, agreement, coping, impact):
        device.put(record)
    device.linked[impact.id] = [
        Link("sustained", coping.id, outgoing=False, title=coping.title, type="coping"),
        Link("did", document(99), outgoing=False, title="", type=""),
    ]
    device.peer_facts = [
        PeerFacts(HERS, "laptop", MARTA, "Marta", True, NOW.isoformat(), 0, 0, 0),
        PeerFacts(
            JULIAS, "teléfono", JULIA, "Julia", False, "2026-03-11T09:00:00+00:00", 41, 3, None
        ),
    ]


class Clock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def outside_of(
    device: FakeDevice,
    *,
    clock: Clock | None = None,
    slept: Clock | None = None,
    vault_exists: bool = True,
) -> Outside:
    """Return a world where *device* is behind the passphrase."""

    def unlock(passphrase: str) -> FakeDevice:
        if passphrase != PASSPHRASE:
            raise LockedError("wrong-passphrase")
        device.locked = False
        return device

    async def enter(passphrase: str, person: str, words: str, ask: AskFound) -> FakeDevice:
        if words == "a b c d e":
            raise AlunaError("door-not-found")
        if not await ask("Marta", ["sol", "mar"]):
            raise AlunaError("door-refused-here")
        return device

    async def close(unlocked: JournalDevice) -> None:
        unlocked.lock()

    return Outside(
        close=close,
        keeping=FakeKeeping(device),
        cards=Cards(Path("/nowhere"), "laptop"),
        vault_exists=lambda: vault_exists,
        unlock=unlock,
        found=lambda passphrase, person, collective: device,
        enter=enter,
        offered_words=lambda: "uno dos tres cuatro cinco seis",
        make_node=lambda unlocked: None,
        clock=clock or Clock(),
        slept=slept or Clock(),
        now=lambda: NOW,
    )


def app_with(
    device: FakeDevice, *, clock: Clock | None = None, slept: Clock | None = None
) -> AlunaApp:
    """Return the program, which opens *device* by itself."""
    return AlunaApp(outside_of(device, clock=clock, slept=slept), passphrase=PASSPHRASE)
