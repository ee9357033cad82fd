"""A second look at what the store keeps: every signature, every link of every chain, every part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry, follows, hash_part, verify_entry
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import EMPTY_LOG, Head, LogId
from aluna_sync.errors import AlunaError

if TYPE_CHECKING:
    from aluna_sync.device import Device

_AT_A_TIME: Final = 4 * 1024 * 1024
"""Bytes read from a log in one go: memory stays small whatever the log holds."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """How many entries were looked at, and how many do not hold."""

    entries: int
    bad: int
    store_whole: bool


def check_store(device: Device) -> Checkup:
    """Verify everything signed in the store; reads all of it, about 10,000 entries a second."""
    entries = bad = 0
    for space in device.spaces.rows:
        for log, told in device.store.log.heads(space).items():
            looked, wrong, end = _check_log(device, log)
            entries += looked
            # A log that ends elsewhere than it says: an older page was put back (S9).
            bad += wrong + (end != told)
    return Checkup(entries, bad, store_whole=_is_whole(device))


def _is_whole(device: Device) -> bool:
    try:
        device.store.check()
    except AlunaError:
        return False
    return True


def _check_log(device: Device, log: LogId) -> tuple[int, int, Head]:
    looked = wrong = 0
    head = EMPTY_LOG
    while found := device.store.log.entries(log, head.height, _AT_A_TIME):
        for entry in found:
            looked += entry.header.log == log  # below its fork a branch is another's
            wrong += not _holds(entry, head)
            head = Head(entry.header.height, entry.hash)
    return looked, wrong, head


def _holds(entry: Entry, head: Head) -> bool:
    if not follows(entry.header, head):
        return False
    for part, reference in zip(entry.parts, entry.header.parts, strict=True):
        if part is not None and hash_part(part) != reference[0]:
            return False
    try:
        verify_entry(entry)
    except RemoteProtocolError:
        return False
    return True
