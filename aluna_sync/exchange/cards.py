"""Contact cards: asking from far away to be let in, with no secret in any file (SPEC §9.9)."""

from __future__ import annotations

from pathlib import Path

from aluna_protocol import crypto, operations, wire
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import EntryHash, SpaceId
from aluna_protocol.operations import Admit, Seat
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from aluna_sync.exchange.files import Disk, opened, read_at, written
from aluna_sync.founding import admit, own_seat

MAGIC = b"aluna-card-1"
MOST_BYTES = 1024
"""A card with the longest names has less."""
WORDS = 6
"""Six words of 2,048 are 66 bits: nobody finds another card with the same ones."""
WORD_BITS = 11


def write_card(device: Device, path: Path) -> tuple[int, ...]:
    """Write the contact card of this device; return its words, to be read aloud to who admits.

    It holds public keys and names, and nothing that opens anything. Raises AlunaError as
    `exchange.files.written` does.
    """
    seat = own_seat(device)
    with written(path, Disk()) as file:
        file.write(wire.pack([MAGIC, *_fields(seat)]))
    return words_of(seat)


def read_card(path: Path) -> Seat:
    """Return the seat a card asks for; raise AlunaError not-a-card, not-a-plain-file, …"""
    with opened(path) as descriptor:
        data = read_at(descriptor, 0, MOST_BYTES + 1)
    try:
        magic, *fields = wire.array(wire.unpack_canonical(data, MOST_BYTES), 7)
        seat = operations.decode_seat(fields)
        operations.check_seat(Admit(seat, b""))
    except RemoteProtocolError:
        raise AlunaError("not-a-card", path=path.name) from None
    if magic != MAGIC:
        raise AlunaError("not-a-card", path=path.name)
    return seat


def words_of(seat: Seat) -> tuple[int, ...]:
    """Return the indices of the six words of a card: the same on both screens, or another card."""
    return _words(crypto.blake2b(seat.card, size=16, person=b"aluna-card-v1"))


def collective_words(space: SpaceId, admission: EntryHash) -> tuple[int, ...]:
    """Return the six words of a collective and of the entry that lets somebody in."""
    return _words(crypto.blake2b(space + admission, size=16, person=b"aluna-enter-v1"))


def _words(digest: bytes) -> tuple[int, ...]:
    number = int.from_bytes(digest)
    return tuple(number >> WORD_BITS * place & (2**WORD_BITS - 1) for place in range(WORDS))


def admit_card(device: Device, collective: SpaceId, seat: Seat) -> tuple[int, ...]:
    """Let in the device of a card; return the words of the collective to read to her.

    The next bundle for everybody carries her admission and keys, sealed to her device. Raises
    AlunaError person-already-in, may-not-admit.
    """
    admit(device, collective, seat, b"")
    return entered_words(device, collective, seat)


def entered_words(device: Device, collective: SpaceId, seat: Seat) -> tuple[int, ...]:
    """Return the words of *collective* and of the entry that seats a device there.

    Raises AlunaError admission-waits while others have to say yes.
    """
    admission = device.spaces.replicas[collective].seated_by(seat.device)
    if admission is None:
        raise AlunaError("admission-waits", name=seat.person_name)
    return collective_words(collective, admission)


def _fields(seat: Seat) -> list[object]:
    return [
        seat.device,
        seat.static,
        seat.device_name,
        seat.person,
        seat.person_name,
        seat.proof,
    ]
