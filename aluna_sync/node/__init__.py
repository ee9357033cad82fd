"""The node: one loop that keeps a device in touch with the others of its spaces.

Names are imported when they are asked for: a command that only looks at the network interfaces
must not load the whole node.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aluna_sync.node.door import Admitted, Knock, OpenDoor
    from aluna_sync.node.driver import Node
    from aluna_sync.node.entering import Found, join
    from aluna_sync.node.options import NodeOptions, SyncReport

__all__ = [
    "Admitted",
    "Found",
    "Knock",
    "Node",
    "NodeOptions",
    "OpenDoor",
    "SyncReport",
    "join",
]

_HOMES: Final = {
    "Admitted": "door",
    "Found": "entering",
    "Knock": "door",
    "Node": "driver",
    "NodeOptions": "options",
    "OpenDoor": "door",
    "SyncReport": "options",
    "join": "entering",
}


def __getattr__(name: str) -> object:
    """Import *name* from the module it lives in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
