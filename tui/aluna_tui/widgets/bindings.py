"""The keys of the table as bindings of the screen library."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from aluna_tui.keys import KEYS


def bindings(*ids: str) -> list[BindingType]:
    """Return the bindings of *ids*; those that must work while typing come before everything."""
    return [
        Binding(
            key.key,
            key.action,
            key.words,
            show=False,
            priority=key.key.startswith(("f", "ctrl+")) and len(key.key) > 1,
            id=key.id,
        )
        for key in (KEYS[id_] for id_ in ids)
    ]
