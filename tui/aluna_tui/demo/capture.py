"""What went over the cable, put together again: the bytes of each direction of each connection."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

_ETHERNET_BYTES: Final = 14
_IPV4: Final = b"\x08\x00"
_TCP: Final = 6


def streams(frames: Iterable[bytes]) -> list[bytes]:
    """Return what each direction of each TCP connection over IPv4 carried, in order of arrival.

    A word that two frames share would be found in neither of them.
    """
    carried: defaultdict[bytes, bytearray] = defaultdict(bytearray)
    for frame in frames:
        packet = frame[_ETHERNET_BYTES:]
        if frame[12:14] != _IPV4 or len(packet) < 40 or packet[9] != _TCP:
            continue
        header = (packet[0] & 0x0F) * 4
        (total,) = struct.unpack_from("!H", packet, 2)
        segment = packet[header : total or len(packet)]
        if len(segment) < 20:
            continue
        ends = packet[12:20] + segment[0:4]
        carried[ends] += segment[(segment[12] >> 4) * 4 :]
    return [bytes(stream) for stream in carried.values()]
