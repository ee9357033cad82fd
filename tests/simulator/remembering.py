"""What fifty machines in one process work out of the same bytes is worked out once."""

from __future__ import annotations

from functools import lru_cache

from aluna_protocol import crypto
from aluna_protocol.entry import decode_header
from aluna_sync.store import entries

KEPT = 2**14


def remember() -> None:
    """Have functions that depend on nothing but their arguments remember what they returned."""
    for name in ("verify", "is_valid_signing_key", "is_valid_static_key"):
        vars(crypto)[name] = lru_cache(KEPT)(getattr(crypto, name))
    vars(entries)["decode_header"] = lru_cache(KEPT)(decode_header)
