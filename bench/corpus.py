"""Invented records and vaults to measure with: nobody's words, made the same way each time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from aluna_protocol import entry as entries
from aluna_protocol import limits
from aluna_protocol.entry import Part
from aluna_protocol.ids import ActorId, ChangeHash, DocumentId, Lane, SpaceId
from aluna_sync.device import Device
from aluna_sync.engine.in_process import InProcessEngine
from aluna_sync.engine.types import Cell, Operation, Put, Splice, View
from aluna_sync.founding import admit, create_vault, enter, own_seat, unlock, welcome
from aluna_sync.journal.records import index_row, record_from_view
from aluna_sync.vault import KdfCost
from aluna_sync.vault_file import LEAST_MEMORY, LEAST_PASSES

PASSPHRASE: Final = "seis palabras que nadie usa fuera"
CHEAPEST: Final = KdfCost(LEAST_PASSES, LEAST_MEMORY)
LETTERS: Final = 300
BODY: Final = "t/body/0011223344556677"
TITLE: Final = "t/title/0011223344556677"
TERMS: Final = ("imp.fear", "imp.sadness", "imp.anger", "imp.guilt")
ROWS_AT_ONCE: Final = 500
SYLLABLES: Final = (
    *("ca", "sa", "ma", "ño", "lu", "na", "ti", "rra", "que", "vie", "ne", "por", "el", "ca"),
    *("mi", "no", "ár", "bol", "pan", "re", "u", "nión", "cui", "da", "do", "ma", "ña", "tar"),
    *("de", "es", "cue", "la", "so", "bre", "le", "jos", "cer", "ca", "a", "gua", "fue", "go"),
)


def text_of(number: int, letters: int = LETTERS) -> str:
    """Return *letters* letters of invented words, always the same for one *number*."""
    made: list[str] = []
    length = block = 0
    while length <= letters:
        seed = hashlib.blake2b(f"{number}/{block}".encode(), digest_size=64).digest()
        for place in range(0, 64, 4):
            syllables = 1 + seed[place] % 3
            word = "".join(
                SYLLABLES[byte % len(SYLLABLES)] for byte in seed[place + 1 : place + 1 + syllables]
            )
            made.append(word)
            length += len(word) + 1
        block += 1
    return " ".join(made)[:letters]


def document_of(device: Device, space: SpaceId, number: int) -> DocumentId:
    """Return the id of record *number* of the person of *device* in *space*."""
    random = number.to_bytes(entries.DOCUMENT_RANDOM_BYTES, "big")
    return entries.document_of(space, device.person, random)


def new_vault(home: Path, person: str, collective: str | None) -> Device:
    """Create a vault with the cheapest passphrase that is allowed."""
    return create_vault(
        home, PASSPHRASE, person=person, device="portátil", collective=collective, cost=CHEAPEST
    )


def let_in(inviter: Device, newcomer: Device) -> SpaceId:
    """Seat *newcomer* in the collective of *inviter*, as the door does."""
    space = inviter.collective()
    admit(inviter, space, own_seat(newcomer), b"")
    return enter(newcomer, welcome(inviter, space), inviter.identity.keys.static)


# -- records as a device writes them -------------------------------------------------------------


def written_once(device: Device, space: SpaceId, count: int) -> dict[DocumentId, list[bytes]]:
    """Return one change per record, each an event of 300 letters."""
    return asyncio.run(_written(device, space, count, edits=0))


def written_often(
    device: Device, space: SpaceId, count: int, edits: int
) -> dict[DocumentId, list[bytes]]:
    """Return records of 300 letters, each then edited *edits* times by a few words."""
    return asyncio.run(_written(device, space, count, edits=edits))


async def _written(
    device: Device, space: SpaceId, count: int, *, edits: int
) -> dict[DocumentId, list[bytes]]:
    engine = InProcessEngine(max_open=1)
    made: dict[DocumentId, list[bytes]] = {}
    for number in range(count):
        document = document_of(device, space, number)
        actor = device.spaces.actor(document)
        body = Splice(BODY, 0, 0, text_of(number))
        beginning: list[Operation] = [Put("type", "event"), Put("schema", 1), body]
        changes = [(await engine.edit(document, actor, beginning)).change]
        for edit in range(edits):
            words = Splice(BODY, LETTERS + edit * 12, 0, text_of(number + edit, 12))
            changes.append((await engine.edit(document, actor, [words])).change)
        made[document] = changes
    return made


def keep_sealed(
    device: Device, space: SpaceId, changes: dict[DocumentId, list[bytes]], *, run_bytes: int
) -> None:
    """Seal *changes* into the device's own log, *run_bytes* of them per entry, as a seal does."""
    log = device.spaces.own_log(space, Lane.CONTENT)
    with device.store.transaction():
        for parts in _runs(changes, run_bytes):
            sealed = entries.seal_changes(
                device.identity.keys,
                log,
                device.store.log.head(log),
                device.spaces.replicas[space].heads_to_name(device.device),
                device.spaces.writing_key(space),
                parts,
                device.random_bytes(entries.SALT_BYTES),
            )
            device.store.log.append([sealed])
            documents = [part.document for part in parts]
            device.store.log.mark_opened(log, sealed.header.height, documents)


def _runs(changes: dict[DocumentId, list[bytes]], run_bytes: int) -> Iterator[Sequence[Part]]:
    parts: list[Part] = []
    size = 0
    for document, written in changes.items():
        weight = sum(map(len, written))
        if parts and (size + weight > run_bytes or len(parts) == limits.MAX_PARTS):
            yield parts
            parts, size = [], 0
        parts.append(Part(document, tuple(written)))
        size += weight
    if parts:
        yield parts


# -- many readable records, without Automerge ----------------------------------------------------


def keep_readable(device: Device, space: SpaceId, count: int) -> None:
    """Write *count* records straight into the index, as if they had been opened long ago."""
    for start in range(0, count, ROWS_AT_ONCE):
        numbers = range(start, min(count, start + ROWS_AT_ONCE))
        views = [_view(device, space, number) for number in numbers]
        rows = [
            index_row(
                record_from_view(view, space, device.spaces.person_of(space, view.document)), view
            )
            for view in views
        ]
        device.store.index.put(rows)


def _view(device: Device, space: SpaceId, number: int) -> View:
    document = document_of(device, space, number)
    actor = ActorId(device.spaces.actor(document))
    day = f"{2015 + number % 10}-{1 + number % 12:02}-{1 + number % 28:02}"
    cells = {
        "type": Cell(("event", "impact", "note")[number % 3], actor),
        "schema": Cell(1, actor),
        f"s/terms/{TERMS[number % len(TERMS)]}": Cell("", actor),
        "r/when/0011223344556677": Cell(
            f'{{"value":{{"value":"{day}","precision":"day","words":""}},"after":[]}}', actor
        ),
    }
    heads = (ChangeHash(document + document),)
    return View(
        document, heads, {TITLE: text_of(number, 40), BODY: text_of(number)}, cells, (actor,)
    )


def crowd_of(home: Path, homes: Sequence[Path]) -> list[Path]:
    """Let a new device at each of *homes* into the collective of the vault in *home*."""
    inviter = unlock(home, PASSPHRASE)
    for place, other in enumerate(homes):
        newcomer = new_vault(other, f"Persona {place}", None)
        let_in(inviter, newcomer)
        newcomer.lock()
    inviter.lock()
    return list(homes)
