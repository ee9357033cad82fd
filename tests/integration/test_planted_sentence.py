"""C10 check 5: what was written and deleted before sharing is in no byte that leaves the device.

Every planted word holds a letter that nobody uses, so that one letter of one word is found where
the words were opened; where they are sealed, whole words are looked for.
"""

from __future__ import annotations

import asyncio
import random
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aluna_protocol import entry as entries
from aluna_protocol.ids import ChangeHash, DocumentId, Lane, SpaceId
from aluna_sync.circles import share
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import (
    AddMember,
    Edit,
    RemoveMember,
    SetMine,
    SetReading,
    SetText,
)
from aluna_sync.journal.types import Record
from harness.carrying import carry, read
from harness.processes import Person, collective_of, sync
from harness.relay import Relay

LETTER = "ꙮ"
PLANTED = (f"Tarambana{LETTER}", f"zangolotino{LETTER}", f"perendengue{LETTER}")
SENTENCE = " ".join(PLANTED)
KEPT = "Hoy cocinamos para todas en casa de la vecina."


def traces(data: bytes, words: tuple[str, ...] = PLANTED, *, opened: bool = False) -> set[str]:
    """Return which of *words* are in *data*, however spelt; in what was *opened*, one letter too.

    Nothing in *data* that inflates hides any.
    """
    found = set()
    for seen in (data, *(_inflated(data) if opened else ())):
        folded = seen.lower()
        for word in words:
            spelt = word.removesuffix(LETTER)
            bare = spelt.lower()
            forms = [bare.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
            forms += [one.encode().hex().encode() for one in (bare, spelt)]
            forms.append(bare[::-1].encode())
            found |= {word for form in forms if form in folded}
        if opened and LETTER.encode() in seen:
            found.add(LETTER)
    return found


def _inflated(data: bytes) -> Iterator[bytes]:
    for at in range(len(data)):
        try:
            inflated = zlib.decompressobj(-15).decompress(data[at:], 2**20)
        except zlib.error:
            continue
        if len(inflated) > 8:
            yield inflated


def opened_parts(device: Device, space: SpaceId) -> Iterator[bytes]:
    """Yield every change in the log of *space* that the keys on this device open, and all unsealed.

    Fails when there is a part that none of them opens.
    """
    keys = device.spaces.epoch_keys[space]
    log = device.store.log
    for name in log.heads(space):
        if name.lane is Lane.CONTROL:
            yield from (part for one in log.entries(name, 0, 2**40) for part in one.parts if part)
            continue
        for one in log.entries(name, 0, 2**40):
            for part in entries.open_parts(one, keys[one.header.epoch]):
                assert isinstance(part, entries.Part), "a part that did not open"
                yield from part.changes
    yield from (one.change for one in log.pending(space, 2**40))


def in_log(device: Device, space: SpaceId) -> set[str]:
    return set().union(*(traces(raw, opened=True) for raw in opened_parts(device, space)))


def in_store(device: Device) -> set[str]:
    """Return what of the planted words any value of any table of the open store holds."""
    database = device.store._db
    tables = [
        name for (name,) in database.rows("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    found = set()
    for table in tables:
        for row in database.rows(f'SELECT * FROM "{table}"'):
            for value in row:
                data = value if isinstance(value, bytes) else str(value).encode()
                found |= traces(data, opened=False)
                found |= {LETTER} if LETTER.encode() in data else set()
    return found


def in_past(device: Device, document: DocumentId) -> set[str]:
    """Return what of the planted words a record says or ever said, change by change."""

    async def views() -> list[str]:
        await device.opener.open_whole(document)
        steps = await device.engine.history(document)
        hashes: list[tuple[ChangeHash, ...]] = [(one.hash,) for one in steps]
        seen = [await device.engine.view_at(document, heads) for heads in hashes]
        return [f"{one.texts} {one.cells}" for one in seen]

    said = asyncio.run(views())
    assert said
    return set().union(*(traces(one.encode(), opened=True) for one in said))


def on_disk(*places: Path) -> set[str]:
    """Return what of the planted words a file below *places* holds, in its bytes or its name."""
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert files
    return set().union(*(traces(path.read_bytes() + str(path).encode()) for path in files))


def written_and_deleted(ana: Person) -> str:
    """Write the sentence in a private record in every way there is, delete it; return its id."""
    first, second, third = PLANTED
    note = str(ana.ask("add", "impact", f"{KEPT}\n\n{SENTENCE}", "--set", "about=me",
                       "--set", f"care_note={first}")["id"])  # fmt: skip
    ana.ask("edit", note, "--text", f"{second} {KEPT} {third}", "--set", f"still_with_us={second}")
    ana.ask("edit", note, "--set", f"own_terms={first}", "--set", f"what_it_tells_us={SENTENCE}")
    ana.ask("edit", note, "--text", f"{KEPT}\n\n{SENTENCE}", "--set", f"where={third}")
    with ana.opened() as device:
        document = DocumentId(bytes.fromhex(note))
        asyncio.run(_typed_and_deleted(device, document))
        device.save_draft(f"edit {note}", SENTENCE)
        device.save_draft("new note", SENTENCE)
    ana.ask("edit", note, "--text", KEPT, "--set", "care_note=", "--set", "what_it_tells_us=",
            "--set", "still_with_us=changed", "--set", "where=la cocina",
            "--set", f"own_terms-={first}")  # fmt: skip
    return note


async def _typed_and_deleted(device: Device, document: DocumentId) -> None:
    """Type the sentence letter by letter at the beginning, and take it out as it came."""
    for at, letter in enumerate(SENTENCE):
        await device.splice(document, "body", at, 0, letter)
    for at in reversed(range(len(SENTENCE))):
        await device.splice(document, "body", at, 1, "")


def shared_to_collective(one: Person, document: str) -> DocumentId:
    return DocumentId(bytes.fromhex(one.ask("share", document, "--to", "collective")["id"]))


def test_c10_5_a_sentence_deleted_before_sharing_is_in_no_byte_that_leaves_the_device(
    tmp_path: Path, relay: Relay
) -> None:
    ana, bo, cleo, dora = collective_of(tmp_path / "people", "ana", "bo", "cleo", "dora")
    stick, folder = tmp_path / "stick", tmp_path / "folder"
    stick.mkdir()
    folder.mkdir()
    note = written_and_deleted(ana)
    copy = shared_to_collective(ana, note)
    # By the network, by a stick and by a folder, to a device each.
    assert sync(ana, bo, relay=relay)["complete"]
    ana.ask("bundle", "write", str(stick / "x.bin"))
    cleo.ask("bundle", "read", str(stick / "x.bin"))
    for one in (ana, dora):
        one.ask("folder", "add", str(folder))
        assert one.do("sync", "--once", "--no-lan").code == 0
    assert relay.passed > 1000
    assert traces(relay.traffic) == set()
    assert on_disk(stick, folder) == set()
    assert on_disk(ana.folder, bo.folder, cleo.folder, dora.folder) == set(), "drafts, temporary"
    for one in (bo, cleo, dora):
        with one.opened() as device:
            record = device.record(copy)
            assert record is not None
            assert record.texts == {"body": KEPT}
            assert in_log(device, device.collective()) == set()
            assert in_store(device) == set()
            assert in_past(device, copy) == set()
    with ana.opened() as device:
        assert in_log(device, device.collective()) == set()
        assert in_past(device, copy) == set()
        # The same search finds all of it where it is: in her private space, which never leaves.
        every = {*PLANTED, LETTER}
        assert in_log(device, device.private_space()) == every
        assert in_store(device) == every
        assert in_past(device, DocumentId(bytes.fromhex(note))) == every


def test_the_search_finds_what_was_deleted_only_after_sharing(tmp_path: Path) -> None:
    ana, bo = collective_of(tmp_path, "ana", "bo")
    note = str(ana.ask("add", "note", KEPT)["id"])
    copy = shared_to_collective(ana, note)
    ana.ask("edit", copy.hex(), "--text", f"{KEPT} {SENTENCE}")
    ana.ask("edit", copy.hex(), "--text", KEPT)
    assert sync(ana, bo)["complete"]
    assert on_disk(bo.folder) == set()
    with bo.opened() as device:
        record = device.record(copy)
        assert record is not None
        assert record.texts == {"body": KEPT}
        every = {*PLANTED, LETTER}
        assert in_log(device, device.collective()) == every
        assert in_past(device, copy) == every
        assert in_store(device) == set(), "what the store keeps in the clear is what it says today"


@pytest.mark.parametrize(
    "coded",
    [
        lambda data: data,
        lambda data: data.decode().encode("utf-16-le"),
        lambda data: data.hex().encode(),
        lambda data: b"\1\2\3" + _deflated(data),
    ],
    ids=["plain", "utf-16", "hex", "deflated"],
)
def test_the_search_finds_the_sentence_however_it_is_coded(coded: Callable[[bytes], bytes]) -> None:
    assert traces(b"\0" + coded(SENTENCE.encode()), opened=True) >= set(PLANTED)
    assert traces(b"\0" + coded(KEPT.encode()), opened=True) == set()


def _deflated(data: bytes) -> bytes:
    deflating = zlib.compressobj(wbits=-15)
    return deflating.compress(data) + deflating.flush()


# -- whatever was written before ------------------------------------------------------------------


class Hand:
    """Somebody who writes and deletes at random, each word only once, always with the letter."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.typed: list[str] = []

    def word(self) -> str:
        self.typed.append(f"palabra{self.dice.randrange(10**9)}q{len(self.typed)}{LETTER}")
        return self.typed[-1]

    def edit(self, record: Record | None) -> Edit:
        match self.dice.randrange(8):
            case 0:
                return SetReading(
                    "still_with_us", self.word() if self.dice.random() < 0.7 else None
                )
            case 1:
                return SetReading("where", {"name": self.word(), "level": "place"})
            case 2:
                return AddMember(
                    "kinds", "imp.fear", self.word() if self.dice.random() < 0.7 else ""
                )
            case 3:
                return AddMember("own_terms", self.word())
            case 4 if record is not None and record.sets.get("own_terms"):
                gone = self.dice.choice(record.sets["own_terms"])
                return RemoveMember("own_terms", gone.item)
            case 5:
                return SetMine("uses", ["use.memory"] if self.dice.random() < 0.5 else None)
            case _:
                field = self.dice.choice(("body", "care_note", "what_it_tells_us"))
                return SetText(field, self._text(record.texts.get(field, "") if record else ""))

    def _text(self, old: str) -> str:
        words = old.split()
        at, gone = self.dice.randint(0, len(words)), self.dice.choice((0, 0, 1, 3, 99))
        came = [self.word() for _ in range(self.dice.randint(0, 2))]
        return " ".join([*words[:at], *came, *words[at + gone :]])


def says(record: Record) -> str:
    return f"{record.texts} {record.sets} {record.readings} {record.maps} {record.values}"


@pytest.mark.parametrize("seed", range(12))
def test_c10_5_after_any_edits_a_shared_version_holds_nothing_but_what_it_says(
    devices: list[Device], seed: int
) -> None:
    ana, bo, _ = devices
    collective = ana.collective()
    hand = Hand(random.Random(f"compartir {seed}"))
    told: list[tuple[DocumentId, DocumentId]] = []
    deleted = 0

    async def live() -> None:
        first: list[Edit] = [SetReading("about", "me"), SetText("body", hand.word())]
        note = await ana.add("impact", first, ana.private_space())
        for _ in range(hand.dice.randint(5, 30)):
            await ana.edit(note, [hand.edit(ana.record(note))])
        told.append((note, await share(ana, note, collective)))

    for _ in range(4):
        asyncio.run(live())
    carry(ana, bo)
    read(bo)
    every = b"".join(opened_parts(bo, collective))
    shown = ""
    for note, copy in told:
        mine, theirs = ana.record(note), bo.record(copy)
        assert mine is not None
        assert theirs is not None
        assert (mine.texts, mine.maps) == (theirs.texts, theirs.maps)
        shown += says(theirs)
        assert bytes(note) not in every
    for word in hand.typed:
        assert (word.encode() in every) == (word in shown), word
        deleted += word not in shown
    assert deleted, "nothing was deleted"
    private = b"".join(opened_parts(ana, ana.private_space()))
    assert all(word.encode() in private for word in hand.typed)
