"""Other keys for the same orders: which ones may be chosen, and putting them in force."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from aluna_tui.keys import EVERYWHERE, KEYS

FIXED: Final = ("back", "open", "panic")
"""Esc and Enter mean the same everywhere, and whoever destroys in a hurry looks for one key."""
_POSSIBLE: Final = re.compile(r"[a-z]|f([1-9]|1[0-2])|ctrl\+[a-z]|comma|minus|plus|slash|full_stop")
_TAKEN: Final = frozenset(f"ctrl+{letter}" for letter in "bhijmoscz")
"""tmux and others take some; terminals send the others as Tab, Enter, Backspace and signals."""
_SIGNS: Final = {"comma": ",", "minus": "-", "plus": "+", "slash": "/", "full_stop": "."}
_DEFAULTS: Final = dict(KEYS)


def shown_key(key: str) -> str:
    """Return a key as people read it."""
    if key in _SIGNS:
        return _SIGNS[key]
    if key.startswith("ctrl+"):
        return f"^{key[5:]}"
    return key.upper() if len(key) > 1 else key


def refusal(id_: str, key: str, chosen: Mapping[str, str]) -> str:
    """Return why *key* cannot start the order *id_* beside the keys *chosen*, empty if it can.

    "unknown-order", "fixed-key", "no-such-key", "key-of-others", or the id of the order it starts.
    """
    if id_ not in _DEFAULTS:
        return "unknown-order"
    if id_ in FIXED:
        return "fixed-key"
    if not _POSSIBLE.fullmatch(key):
        return "no-such-key"
    if key in _TAKEN:
        return "key-of-others"
    for other, known in _DEFAULTS.items():
        if other != id_ and chosen.get(other, known.key) == key and _meet(id_, other):
            return other
    return ""


def _meet(one: str, other: str) -> bool:
    """Tell whether two orders can be given from one page: pages may have keys of their own."""
    both = (_DEFAULTS[one].action, _DEFAULTS[other].action)
    everywhere = all(action.startswith("app.") for action in both)
    return everywhere or other in (*EVERYWHERE, *FIXED) or one in EVERYWHERE


def use_keys(chosen: Mapping[str, str]) -> None:
    """Let the orders be called by *chosen*, those not in it by the keys they come with."""
    for id_, known in _DEFAULTS.items():
        key = chosen.get(id_, known.key)
        KEYS[id_] = known if key == known.key else replace(known, key=key, shown=shown_key(key))
