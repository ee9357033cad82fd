"""Real changes as a beginning for mutants, and pasts to judge mutants in."""

from __future__ import annotations

import copy
import functools
import hashlib

from aluna_protocol import lint
from aluna_protocol.ids import ActorId
from unit.engine.writing import Device, actor, record

AUTHOR = actor("ana")
TEXT = "t/body/0011223344556677"
COLUMNS = (0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73)


def leb(number: int) -> bytes:
    """Spell an unsigned LEB128."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def sealed(body: bytes) -> bytes:
    """Return *body* as a change whose length and checksum are right (SPEC §6.5.1)."""
    rest = b"\x01" + leb(len(body)) + body
    return b"\x85\x6f\x4a\x83" + hashlib.sha256(rest).digest()[:4] + rest


def opened(raw: bytes) -> bytes:
    """Return the body of a change."""
    at = 9
    while raw[at] & 0x80:
        at += 1
    return raw[at + 1 :]


@functools.cache
def history() -> tuple[tuple[bytes, bytes], ...]:
    """Return real changes of three devices with their actors, in an order they may come in."""
    from aluna_sync.engine.types import Delete, Put, Splice

    ana, rui, lu = Device("ana"), Device("rui"), Device("0lu")
    first = ana.write(*record("Una tarde larga, ñandú."))
    rui.receive(first)
    lu.receive(first)
    of_rui = rui.write(Splice(TEXT, 4, 5, "mañana"), Put("l/a", "rui"))
    of_lu = lu.write(Splice(TEXT, 0, 0, "Ayer. "), Put("l/a", "lu"), Put("l/n", 7))
    ana.receive(of_rui, of_lu)
    last = ana.write(Splice(TEXT, 2, 9, "漢😀"), Put("l/a", "ana"), Delete("l/n"), Put("l/f", 0.5))
    values = Device("ana").write(
        *(Put(f"l/{n}", v) for n, v in enumerate((None, True, 7, -7, 0.5, "é", b"\0")))
    )
    written = (first, of_rui, of_lu, last, values)
    return tuple((change.raw, change.actor) for change in written)


@functools.cache
def _facts(past: int) -> lint.DocumentFacts:
    facts = lint.DocumentFacts()
    for raw, author in history()[: (0, 1, 3)[past]]:
        verdict = lint.check(raw, ActorId(author), facts)
        assert isinstance(verdict, lint.ChangeFacts)
        facts.add(verdict)
    return facts


def _max_op(past: int) -> int:
    before = history()[: (0, 1, 3)[past]]
    return max((lint.read_header(raw).max_op for raw, _ in before), default=0)


def facts(past: int) -> lint.DocumentFacts:
    """Return what is known of a document: nothing, its first change, or three."""
    return copy.deepcopy(_facts(past))


def envelope(which: bytes, columns: list[bytes]) -> bytes:
    """Return the body of a change by ana whose columns are *columns*, in their order.

    After the past in the first byte, two bytes tell which columns there are.
    """
    past = which[0] % 3 if which else 0
    known = _facts(past)
    heads = sorted(known.heads)
    others = (
        b"",
        b"\1\x100lu-------------",
        b"\1\x10rui-------------",
        b"\2\x100lu-------------\x10rui-------------",
    )
    mask = int.from_bytes(which[1:3], "big")
    chosen = [name for bit, name in enumerate(COLUMNS) if mask >> bit & 1]
    pairs = [(name, column) for name, column in zip(chosen, columns, strict=False) if column]
    body = leb(len(heads)) + b"".join(heads) + b"\x10" + AUTHOR
    body += leb((1, 2, 2)[past]) + leb(_max_op(past) + 1) + b"\0\0"
    body += others[which[3] % 4] if len(which) > 3 and which[3] % 4 else b"\0"
    body += leb(len(pairs)) + b"".join(leb(name) + leb(len(column)) for name, column in pairs)
    return body + b"".join(column for _, column in pairs)


def taken_apart(raw: bytes, past: int, table: int) -> list[bytes]:
    """Return a real change as `envelope` takes it: which columns, and the columns."""
    columns = lint.read_chunk(raw).columns
    mask = sum(1 << bit for bit, name in enumerate(COLUMNS) if name in columns)
    which = bytes([past]) + mask.to_bytes(2, "big") + bytes([table])
    return [which, *(columns[name] for name in COLUMNS if name in columns)]
