"""Takes a change apart and puts it together again: shared with the vectors."""

from vectors.forging import Forged, leb, sealed, sleb, taken_apart

__all__ = ["Forged", "leb", "sealed", "sleb", "taken_apart"]
