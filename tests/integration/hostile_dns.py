"""Sends every hostile record of multicast DNS one can think of; run by tests on a host of a lab.

Arguments: the address to send from, the address of a device. Standard library only.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator

GROUP = ("224.0.0.251", 5353)
PTR, TXT, SRV, A, AAAA, NSEC, ANY = 12, 16, 33, 1, 28, 47, 255
GOOD = b"goodgoodgood"


def name(*labels: bytes) -> bytes:
    return b"".join(bytes([len(each)]) + each for each in labels) + b"\0"


KIND = name(b"_localsync", b"_tcp", b"local")


def record(owner: bytes, kind: int, data: bytes, *, length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return owner + struct.pack("!HHIH", kind, 1, 240, size) + data


def packet(*records: bytes, count: int | None = None, flags: int = 0x8400) -> bytes:
    number = len(records) if count is None else count
    return struct.pack("!HHHHHH", 0, flags, 0, number, 0, 0) + b"".join(records)


def service(label: bytes) -> bytes:
    return name(label, b"_localsync", b"_tcp", b"local")


def announcement(label: bytes, address: str, text: bytes = b"\3v=1") -> bytes:
    host = name(label, b"local")
    return packet(
        record(KIND, PTR, service(label)),
        record(service(label), SRV, struct.pack("!HHH", 0, 0, 4000) + host),
        record(service(label), TXT, text),
        record(host, A, socket.inet_aton(address)),
    )


LABELS = (
    b"\x1b[2J\x1b[31mroot",
    b"\0" * 12,
    b"\r\n\r\n\r\n\r\n\r\n\r\n",
    "rui\u202eantes".encode(),
    b"\xff\xfe\xfd\xfc" * 3,
    b"[bold]x[/bold]",
    b"../../../etc",
    b"a" * 63,
    b"AAAAAAAAAAA\xc3",
    b"$(reboot)   ",
)


def hostile_names(address: str) -> Iterator[bytes]:
    for label in LABELS:
        yield announcement(label, address)
        host = name(label, b"local")
        yield packet(
            record(KIND, PTR, service(b"aaaaaaaaaaaa")),
            record(service(b"aaaaaaaaaaaa"), SRV, struct.pack("!HHH", 0, 0, 4000) + host),
            record(service(b"aaaaaaaaaaaa"), TXT, label),
            record(host, A, socket.inet_aton(address)),
        )


def loops() -> Iterator[bytes]:
    """Names that point to themselves, to each other, forward, and down a long stair."""
    for pointer in (12, 0, 13, 14, 500, 0x3FFF):
        yield packet(record(struct.pack("!H", 0xC000 | pointer), PTR, b"\xc0\x0c"))
        yield packet(record(KIND, PTR, struct.pack("!H", 0xC000 | pointer)))
        yield packet(record(b"\x01a" + struct.pack("!H", 0xC000 | pointer), PTR, KIND))
    yield packet(record(b"\xc0\x0e\xc0\x0c", PTR, b"\xc0\x0c"))
    stair = b"".join(struct.pack("!H", 0xC000 | (12 + 2 * each)) for each in range(2000))
    yield packet(stair + record(struct.pack("!H", 0xC000 | (12 + 3998)), PTR, b"\xc0\x0c"))
    yield packet(record(b"\xc0", PTR, b""))
    yield packet(record((b"\x3f" + b"a" * 63) * 20 + b"\0", PTR, KIND))
    yield packet(record(b"\x80abc\0", PTR, KIND))


def wrong_types(address: str) -> Iterator[bytes]:
    own = service(b"bbbbbbbbbbbb")
    pointed = record(KIND, PTR, own)
    contents = (b"", b"\0", b"\xff" * 3, b"\xff" * 300, os.urandom(500), KIND, b"\xc0\x0c")
    for kind in (PTR, TXT, SRV, A, AAAA, NSEC, 13, 41, 0, ANY, 65535):
        for data in contents:
            yield packet(pointed, record(own, kind, data))
            yield packet(record(KIND, kind, data))
            yield packet(pointed, record(own, kind, data, length=len(data) + 7))
            yield packet(pointed, record(own, kind, data, length=65_535))
    for text in (b"\xff" * 9000, bytes(9000), b"\1=" * 400, b"\4v=12" * 300):
        yield announcement(b"cccccccccccc", address, text)


def sizes(address: str) -> Iterator[bytes]:
    whole = announcement(b"dddddddddddd", address)
    for length in range(len(whole)):
        yield whole[:length]
    for tail in (1, 100, 1000, 8000, 60_000):
        yield whole + bytes(tail)
    yield b"\xff" * 65_507
    yield packet(record(KIND, PTR, service(b"eeeeeeeeeeee")), count=65_535)
    yield struct.pack("!HHHHHH", 0, 0, 65_535, 65_535, 65_535, 65_535)
    question = KIND + struct.pack("!HH", PTR, 1)
    yield struct.pack("!HHHHHH", 0, 0, 500, 0, 0, 0) + question * 500
    truncated = struct.pack("!HHHHHH", 0, 0x0200, 1, 0, 0, 0)
    yield truncated + question


def main(here: str, there: str) -> None:
    sending = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sending.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(here))
    sending.bind((here, 5353))
    packets = [*hostile_names(here), *loops(), *wrong_types(here), *sizes(here)]
    for number, data in enumerate(itertools.chain(packets)):
        sending.sendto(data, GROUP)
        sending.sendto(data, (there, 5353))
        if number % 20 == 0:
            time.sleep(0.01)  # the other side must hear them, not lose them
    sending.sendto(announcement(GOOD, here), GROUP)
    print(json.dumps({"packets": 2 * len(packets), "good": GOOD.decode()}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
