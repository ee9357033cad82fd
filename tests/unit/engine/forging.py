"""Takes a change apart and puts it together again, checksum included: what an insider can do."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass, field

from aluna_protocol.lint import runs


def leb(number: int) -> bytes:
    """Unsigned LEB128."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def sleb(number: int) -> bytes:
    """Signed LEB128."""
    out = bytearray()
    while not -0x40 <= number < 0x40:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number & 0x7F))


def sealed(body: bytes, kind: int = 1) -> bytes:
    """Put magic, checksum, type and length before *body*."""
    chunk = bytes((kind,)) + leb(len(body)) + body
    return b"\x85\x6f\x4a\x83" + hashlib.sha256(chunk).digest()[:4] + chunk


@dataclass(frozen=True)
class Forged:
    """A change in pieces."""

    deps: tuple[bytes, ...]
    actor: bytes
    seq: bytes
    start_op: bytes
    time: bytes = b"\0"
    message: bytes = b""
    others: tuple[bytes, ...] = ()
    columns: dict[int, bytes] = field(default_factory=dict)
    extra: bytes = b""

    def but(self, **changes: object) -> Forged:
        """Return it with some pieces replaced."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def column(self, name: int, data: bytes | None) -> Forged:
        """Return it with one column replaced, or removed."""
        columns = {**self.columns, name: data}
        kept = {name: data for name, data in sorted(columns.items()) if data is not None}
        return self.but(columns=kept)

    @property
    def raw(self) -> bytes:
        """The bytes of the change."""
        table = b"".join(leb(name) + leb(len(data)) for name, data in self.columns.items())
        return sealed(
            leb(len(self.deps))
            + b"".join(self.deps)
            + leb(len(self.actor))
            + self.actor
            + self.seq
            + self.start_op
            + self.time
            + leb(len(self.message))
            + self.message
            + leb(len(self.others))
            + b"".join(leb(len(other)) + other for other in self.others)
            + leb(len(self.columns))
            + table
            + b"".join(self.columns.values())
            + self.extra
        )


def taken_apart(raw: bytes) -> Forged:
    """Return the pieces of an honest change."""
    _, at = runs.unsigned(raw, 9)
    count, at = runs.unsigned(raw, at)
    deps = tuple(raw[at + 32 * n : at + 32 * (n + 1)] for n in range(count))
    author, at = runs.text(raw, at + 32 * count)
    seq, at = runs.unsigned(raw, at)
    start_op, at = runs.unsigned(raw, at)
    count, at = runs.unsigned(raw, at + 2)
    others = []
    for _ in range(count):
        other, at = runs.text(raw, at)
        others.append(other)
    count, at = runs.unsigned(raw, at)
    sizes = []
    for _ in range(count):
        name, at = runs.unsigned(raw, at)
        size, at = runs.unsigned(raw, at)
        sizes.append((name, size))
    columns = {}
    for name, size in sizes:
        columns[name] = raw[at : at + size]
        at += size
    forged = Forged(deps, author, leb(seq), leb(start_op), others=tuple(others), columns=columns)
    assert forged.raw == raw
    return forged
