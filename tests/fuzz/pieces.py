"""Inputs that say themselves where to cut them."""

from __future__ import annotations

from collections.abc import Iterable


def pieces_of(data: bytes) -> list[bytes]:
    """Cut *data*: a length of two bytes stands before each piece."""
    pieces = []
    at = 0
    while at + 2 <= len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        pieces.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return pieces


def joined(pieces: Iterable[bytes]) -> bytes:
    """Return what `pieces_of` cuts into *pieces*."""
    return b"".join(len(piece).to_bytes(2, "big") + piece for piece in pieces)
