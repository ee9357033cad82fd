"""Seats whose device signs what it likes (SPEC §6.2)."""

from __future__ import annotations

from dataclasses import replace

from aluna_protocol import crypto
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.operations import JOIN_CONTEXT, NO_HANDSHAKE, Seat


def signed(keys: DeviceKeys, seat: Seat) -> Seat:
    """Return *seat* with a proof by *keys*, whatever else it says."""
    signature = crypto.sign(keys, JOIN_CONTEXT + NO_HANDSHAKE + seat.card)
    return replace(seat, proof=NO_HANDSHAKE + signature)
