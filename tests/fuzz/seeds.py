"""What mutation begins from: the bytes of the vectors, and real changes."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aluna_protocol import crypto, epoch, wire
from fuzz import changes, meetings
from fuzz.pieces import joined
from fuzz.targets import TARGETS
from vectors import make_vectors
from vectors.making import ANA, EPOCH, SPACE

FOLDER = Path(make_vectors.__file__).parent
FROZEN = Path(__file__).parent / "frozen"
FIRST_BYTES = {
    "plaintexts": (b"r", b"f", b"d"),
    "boxes": (b"r", b"s"),
    "door_messages": (b"i", b"a", b"c", b"m"),
    "responders": (b"r",),
    "initiators": (b"r",),
    "keepers": (b"r",),
    "knockers": (b"r", b"g"),
    "welcomes": (b"",),
}
"""How a target treats the rest, where its first byte tells."""
IN_PIECES = {
    "frames": (b"m", b"\0", b"\1"),
    "opened": (b"",),
    "runs": (b"\0", b"\1", b"\2", b"\5"),
    "sessions": (b"t", b"r"),
    "keepers": (b"m", b"c"),
    "knockers": (b"",),
    "responders": (b"",),
    "welcomes": (b"m", b"e"),
}
"""Targets that take pieces, and the byte before each."""
AFTER_S = {"keepers", "knockers", "responders", "welcomes"}


def hexes(value: Any) -> Iterator[bytes]:
    """Yield every byte string of a file of vectors."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from hexes(one)
    elif isinstance(value, str) and len(value) % 2 == 0 and set(value) <= set("0123456789abcdef"):
        yield bytes.fromhex(value)


@functools.cache
def examples(file: str) -> tuple[bytes, ...]:
    """Return the byte strings of one file, each once."""
    if file == "changes":
        return tuple(raw for raw, _ in changes.history())
    found = json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))
    return tuple(dict.fromkeys(hexes(found)))


@functools.cache
def seeds_of(name: str) -> tuple[bytes, ...]:
    """Return what to begin from for a target, none longer than it takes."""
    target = TARGETS[name]
    match name:
        case "lint_bodies":
            found = [
                bytes([past]) + changes.opened(raw)
                for past in range(3)
                for raw in examples("changes")
            ]
        case "lint_columns":
            found = [
                joined(changes.taken_apart(raw, past, table))
                for raw in examples("changes")
                for past in range(3)
                for table in range(4)
            ]
        case "octets_arrays":
            arrays = [[raw] for raw in examples("changes")] + [[b""], [b"one", b"two"] * 9]
            found = [wire.pack(one) for one in arrays]
        case "records":
            found = list(_records())
        case _:
            plain = [one for file in target.seeds for one in examples(file)]
            found = [first + one for first in FIRST_BYTES.get(name, (b"",)) for one in plain]
            found += list(_in_pieces(name, plain))
            if name == "sessions":
                found = []
                said = [first + one for one in meetings.real_messages() for first in (b"t", b"b")]
                found += [joined([one]) for one in said] + [joined(said[n::5]) for n in range(5)]
            if name == "bundles":
                files = json.loads((FOLDER / "bundles.json").read_text(encoding="utf-8"))["files"]
                file = bytes.fromhex(files["valid"]["file"])
                readers = files["valid"]["readers"]
                said = [bytes.fromhex(m) for r in readers for one in r["sections"] for m in one]
                found += [file[:1000], b"s" + joined(said[:3]), b"s" + joined(said[:1])]
                found += [b"r" + one for one in plain]
            if name == "welcomes":
                door = json.loads((FOLDER / "door_messages.json").read_text(encoding="utf-8"))
                whole = [*door["welcomes"]["valid"], *door["welcomes"]["refused"]]
                found = [bytes.fromhex(case["bytes"]) for case in whole] + found[:: len(whole)]
            if name == "boxes":
                box = epoch.seal_key(EPOCH, SPACE, ANA.device, ANA.device, ANA.static, bytes(32))
                found += [box.box, b"s" + crypto.open_box(ANA, box.box)]
    frozen = [path.read_bytes() for path in sorted((FROZEN / name).glob("*.bin"))]
    fitting = [one for one in dict.fromkeys(found) if len(one) <= target.max_bytes]
    step = -(-len(fitting) // target.max_seeds)
    return tuple(dict.fromkeys([*fitting[:: max(step, 1)], *frozen]))


def _in_pieces(name: str, plain: list[bytes]) -> Iterator[bytes]:
    start = b"s" if name in AFTER_S else b""
    for first in IN_PIECES.get(name, ()):
        fitting = [first + one for one in plain if len(one) < 2000]
        for at in range(0, len(fitting), 3):
            yield start + joined(fitting[at : at + 1])
            yield start + joined(fitting[at : at + 3])


def _records() -> Iterator[bytes]:
    for file in ("announce", "announce_refused"):
        found = json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))
        records = [found["member"], *(case["txt"] for case in found.get("valid", ()))]
        records += [case["txt"] for case in found.get("refused", ())]
        for record in records:
            strings = [key.encode() + b"=" + bytes.fromhex(value) for key, value in record.items()]
            yield b"".join(bytes([len(one)]) + one for one in strings if len(one) < 256)
