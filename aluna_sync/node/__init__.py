"""The node: one loop that keeps a device in touch with the others of its spaces."""

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
