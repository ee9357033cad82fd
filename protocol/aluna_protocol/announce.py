"""What a device says on the local network, and who recognises it (SPEC §10).

An announcement is noise to everyone but the peers it is meant for: one tag for each of them, one
for the group of each space, random bytes in the other slots. Names change every time.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.door import DOOR_NONCE_BYTES
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.handshake import Candidate, GroupCandidate, PairCandidate
from aluna_protocol.ids import StaticKey
from aluna_protocol.limits import (
    MAX_TXT_BYTES,
    TAG_BYTES,
    TAG_SLOTS,
    TAG_WINDOW_SECONDS,
    TAG_WINDOWS_EACH_WAY,
)

SERVICE_TYPE: Final = "_localsync._tcp.local."
"""The same for everybody: a type per collective would be a fingerprint."""
VERSION: Final = b"1"
NONCE_BYTES: Final = 16
FILLER_BYTES: Final = TAG_SLOTS * TAG_BYTES
NAME_RANDOM_BYTES: Final = 8
NAME_LETTERS: Final = 12
SLOTS_OF: Final = {b"t1": 22, b"t2": 21, b"t3": 21}
"""A TXT string holds 255 bytes, so the slots are spread over three."""
MAX_TXT_KEYS: Final = 16


@dataclass(frozen=True, slots=True)
class MemberAnnouncement:
    """Some device of somebody's space: only who holds a key of a slot knows more."""

    nonce: bytes
    slots: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class DoorAnnouncement:
    """An open door; *nonce* goes into `door_secret`."""

    nonce: bytes


Announcement: TypeAlias = MemberAnnouncement | DoorAnnouncement


def window_of(wallclock: float) -> int:
    """Return the number of the 15-minute window of *wallclock*, in seconds since 1970 (UTC)."""
    return int(wallclock // TAG_WINDOW_SECONDS)


def announce_member(
    own: StaticKey,
    candidates: Sequence[Candidate],
    *,
    nonce: bytes,
    filler: bytes,
    wallclock: float,
) -> dict[bytes, bytes]:
    """Return the TXT of a device that waits for its peers: always the same keys and lengths.

    *nonce* (16) and *filler* (512) are random bytes, new for every announcement. The first 64
    *candidates* get a slot: who has more gives them in another order each time.
    """
    if len(nonce) != NONCE_BYTES or len(filler) != FILLER_BYTES:
        raise LocalProtocolError("an announcement takes 16 and 512 random bytes")
    window = window_of(wallclock)
    tags = [next(_tags(one, own, nonce, [window])) for one in candidates[:TAG_SLOTS]]
    tags += [
        filler[at : at + TAG_BYTES] for at in range(len(tags) * TAG_BYTES, FILLER_BYTES, TAG_BYTES)
    ]
    slots = b"".join(sorted(tags))
    txt = {b"v": VERSION, b"n": nonce}
    for key, count in SLOTS_OF.items():
        txt[key], slots = slots[: count * TAG_BYTES], slots[count * TAG_BYTES :]
    return txt


def announce_door(nonce: bytes) -> dict[bytes, bytes]:
    """Return the TXT of an open door."""
    if len(nonce) != DOOR_NONCE_BYTES:
        raise LocalProtocolError("a door nonce has 16 bytes")
    return {b"v": VERSION, b"k": b"door", b"n": nonce}


def parse(txt: Mapping[Any, Any]) -> Announcement:
    """Return what *txt* announces; raise `RemoteProtocolError` for anything malformed.

    Keys this version does not know are ignored.
    """
    if len(txt) > MAX_TXT_KEYS or _size(txt) > MAX_TXT_BYTES:
        raise RemoteProtocolError("announcement too long")
    if txt.get(b"v") != VERSION:
        raise RemoteProtocolError("announcement of another version")
    match txt.get(b"k"):
        case b"door":
            return DoorAnnouncement(_value(txt, b"n", DOOR_NONCE_BYTES))
        case None:
            nonce = _value(txt, b"n", NONCE_BYTES)
            slots = b"".join(_value(txt, key, count * TAG_BYTES) for key, count in SLOTS_OF.items())
            tags = (slots[at : at + TAG_BYTES] for at in range(0, len(slots), TAG_BYTES))
            return MemberAnnouncement(nonce, frozenset(tags))
        case _:
            raise RemoteProtocolError("announcement of an unknown kind")


def recognise(
    announcement: MemberAnnouncement, candidates: Iterable[Candidate], wallclock: float
) -> Candidate | None:
    """Return who of *candidates* announced itself to us, peers before groups, or None.

    Clocks may differ by two hours. What is recognised may be a replay: the handshake decides.
    """
    now = window_of(wallclock)
    windows = range(now - TAG_WINDOWS_EACH_WAY, now + TAG_WINDOWS_EACH_WAY + 1)
    groups: list[Candidate] = []
    for candidate in candidates:
        match candidate:
            case PairCandidate(static=static):
                if _has_tag(announcement, candidate, static, windows):
                    return candidate
            case GroupCandidate():
                groups.append(candidate)
    for candidate in groups:
        if _has_tag(announcement, candidate, StaticKey(b""), windows):
            return candidate
    return None


def instance_label(random: bytes) -> str:
    """Return twelve letters and digits made of eight random bytes, for an instance or a host."""
    if len(random) != NAME_RANDOM_BYTES:
        raise LocalProtocolError("a name takes eight random bytes")
    return base64.b32encode(random).decode("ascii")[:NAME_LETTERS].lower()


def instance_name(random: bytes) -> str:
    """Return a fresh service instance name."""
    return f"{instance_label(random)}.{SERVICE_TYPE}"


def host_name(random: bytes) -> str:
    """Return a fresh host name that says nothing of the machine's."""
    return f"{instance_label(random)}.local."


def _tags(
    candidate: Candidate, sender: StaticKey, nonce: bytes, windows: Iterable[int]
) -> Iterator[bytes]:
    """Yield the tag of each window.

    The sender's key is in a pair's tags, so that nobody's own announcement comes back as a peer's.
    """
    key = crypto.blake2b(b"", key=candidate.key, person=b"aluna-disc-v1")
    data = (b"" if isinstance(candidate, GroupCandidate) else sender) + nonce
    for window in windows:
        yield crypto.blake2b(data + window.to_bytes(8, "big", signed=True), size=TAG_BYTES, key=key)


def _has_tag(
    announcement: MemberAnnouncement, candidate: Candidate, sender: StaticKey, windows: range
) -> bool:
    tags = _tags(candidate, sender, announcement.nonce, windows)
    return not announcement.slots.isdisjoint(tags)


def _size(txt: Mapping[Any, Any]) -> int:
    if not all(
        isinstance(key, bytes) and (value is None or isinstance(value, bytes))
        for key, value in txt.items()
    ):
        raise RemoteProtocolError("an announcement holds bytes")
    return sum(len(key) + 2 + len(value or b"") for key, value in txt.items())


def _value(txt: Mapping[Any, Any], key: bytes, size: int) -> bytes:
    value = txt.get(key)
    if not isinstance(value, bytes) or len(value) != size:
        raise RemoteProtocolError("announcement with a part of the wrong length")
    return value
