"""Names that look alike, told apart by what nobody can choose: a few letters of a key."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final, TypeVar

from aluna_protocol import crypto
from aluna_protocol.ids import DeviceId
from aluna_sync.journal.folding import fold

K = TypeVar("K")

SHOWN_LETTERS: Final = 24
"""Of a name with a mark: the rest is cut, so that the mark is never cut instead."""
_GROUP: Final = 4

_LOOKS_LIKE: Final = str.maketrans(
    {
        # Latin, where one stroke looks like another
        "l": "i", "1": "i", "|": "i", "!": "i", "ı": "i", "j": "i", "0": "o", "ø": "o", "ð": "o",
        "ł": "i", "đ": "d", "ħ": "h", "ß": "b", "ƒ": "f", "ɡ": "g", "ɑ": "a", "ɩ": "i", "5": "s",
        # Cyrillic
        "а": "a", "в": "b", "е": "e", "ё": "e", "з": "3", "і": "i", "ї": "i", "ј": "i", "к": "k",
        "м": "m", "н": "h", "о": "o", "р": "p", "с": "c", "т": "t", "у": "y", "ү": "y", "х": "x",
        "ѕ": "s", "һ": "h", "ԁ": "d", "ԛ": "q", "ԝ": "w", "ь": "b", "г": "r", "п": "n", "ӏ": "i",
        # Greek
        "α": "a", "β": "b", "γ": "y", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v",
        "ο": "o", "ρ": "p", "σ": "o", "ς": "c", "τ": "t", "υ": "u", "χ": "x", "ω": "w", "ζ": "z",
        # Armenian and Cherokee that pass for Latin
        "օ": "o", "ո": "n", "ս": "u", "հ": "h", "ց": "g", "զ": "q", "ꭺ": "a", "ꭼ": "e", "ꮪ": "s",
    }
)  # fmt: skip


def skeleton(name: str) -> str:
    """Return what an eye keeps of *name*: two with the same skeleton pass for each other."""
    seen = "".join(c for c in name if unicodedata.category(c) not in {"Cf", "Cc", "Mn", "Me"})
    letters = fold(fold(seen).translate(_LOOKS_LIKE))
    letters = letters.replace("rn", "m").replace("vv", "w").replace("ci", "d")
    return "".join(c for c in letters if c.isalnum())[:SHOWN_LETTERS]


def told_apart(people: Mapping[K, tuple[str, DeviceId]]) -> dict[K, str]:
    """Return the name to show for each of *people*: name, and the device they came with.

    A name nobody else's looks like stays as it is; the others get letters of that device's key,
    as many as it takes to differ.
    """
    alike: dict[str, list[K]] = {}
    for key, (name, _) in people.items():
        alike.setdefault(skeleton(name), []).append(key)
    shown = {key: name for key, (name, _) in people.items()}
    for keys in alike.values():
        if len(keys) > 1:
            marks = _marks({key: people[key][1] for key in keys})
            for key in keys:
                shown[key] = f"{people[key][0][:SHOWN_LETTERS]} ·{marks[key]}"
    return shown


def _marks(devices: Mapping[K, DeviceId]) -> dict[K, str]:
    digests = {
        key: crypto.blake2b(device, size=16, person=b"aluna-label-v1").hex()
        for key, device in devices.items()
    }
    length = 2 * _GROUP
    while len({digest[:length] for digest in digests.values()}) < len(set(digests.values())):
        length += _GROUP
    return {
        key: "-".join(digest[at : at + _GROUP] for at in range(0, length, _GROUP))
        for key, digest in digests.items()
    }
