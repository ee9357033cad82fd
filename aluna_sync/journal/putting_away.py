"""Putting a record away: it leaves the lists, and whoever writes in it brings it back.

The act names what its writer had before her. While the record still says exactly that it is away;
anything anybody wrote meanwhile or since says something else, so an edit wins over putting away in
whatever order the two arrive (domain C6.2). What stands in a view decides, nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from aluna_sync.engine.types import Scalar
from aluna_sync.journal import keys
from aluna_sync.journal.readings import Entry
from aluna_sync.journal.schema import MergeKind
from aluna_sync.journal.types import Json
from aluna_sync.journal.values import dump_json, parse_json

PUT_AWAY: Final = "put_away"
_DIGEST_BYTES: Final = 16


def what_it_says(texts: Mapping[str, str], cells: Mapping[str, Scalar]) -> str:
    """Return a digest in hex of everything a record says, putting away itself apart."""
    said = [[key, words] for key, words in sorted(texts.items()) if words]
    said += [
        [key, value.hex() if isinstance(value, bytes) else _spelled(value)]
        for key, value in sorted(cells.items())
        if not _puts_away(key, value)
    ]
    spelled = dump_json([list(one) for one in said]).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(spelled, digest_size=_DIGEST_BYTES, person=b"aluna-away-v1").hexdigest()


def is_away(acts: Iterable[Entry], texts: Mapping[str, str], cells: Mapping[str, Scalar]) -> bool:
    """Tell whether one of *acts* puts away exactly what the record says now."""
    seen = [
        entry.value.get("seen")
        for entry in acts
        if isinstance(entry.value, dict) and entry.value.get("act") == PUT_AWAY
    ]
    return bool(seen) and what_it_says(texts, cells) in seen


def _spelled(value: str | int | float | bool | None) -> str:
    return f"{type(value).__name__}:{value}"


def _puts_away(key: str, value: Scalar) -> bool:
    parsed = keys.parse_key(key)
    if parsed is None or parsed.kind is not MergeKind.ACTS:
        return False
    entry: Json = parse_json(value)
    said = entry.get("value") if isinstance(entry, dict) else None
    return isinstance(said, dict) and said.get("act") == PUT_AWAY
