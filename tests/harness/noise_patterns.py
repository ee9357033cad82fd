"""The patterns and hash functions of the public vectors, which production does not ship."""

from __future__ import annotations

import hashlib
from typing import get_args

from aluna_protocol.noise import HashFunction, Pattern, Token

HASH_FUNCTIONS = {
    "BLAKE2b": HashFunction("BLAKE2b", hashlib.blake2b),
    "BLAKE2s": HashFunction("BLAKE2s", hashlib.blake2s),
    "SHA256": HashFunction("SHA256", hashlib.sha256),
    "SHA512": HashFunction("SHA512", hashlib.sha512),
}

# Noise §7.4 and §7.5: what the initiator and the responder sent before | the messages.
FUNDAMENTAL = {
    "N": "|s|e es",
    "K": "s|s|e es ss",
    "X": "|s|e es s ss",
    "NN": "||e, e ee",
    "KN": "s||e, e ee se",
    "NK": "|s|e es, e ee",
    "KK": "s|s|e es ss, e ee se",
    "NX": "||e, e ee s es",
    "KX": "s||e, e ee se s es",
    "XN": "||e, e ee, s se",
    "IN": "||e s, e ee se",
    "XK": "|s|e es, e ee, s se",
    "IK": "|s|e es s ss, e ee se",
    "XX": "||e, e ee s es, s se",
    "IX": "||e s, e ee se s es",
}


def pattern_named(name: str) -> Pattern:
    """Return the pattern called *name*, its psk modifiers (Noise §9.4) put in."""
    base, _, first = name.partition("psk")
    positions = [int(part.removeprefix("psk")) for part in first.split("+")] if first else []
    initiator_pre, responder_pre, said = FUNDAMENTAL[base].split("|")
    messages = [message.split() for message in said.split(",")]
    for position in positions:
        if position == 0:
            messages[0].insert(0, "psk")
        else:
            messages[position - 1].append("psk")
    return Pattern(
        name,
        _tokens(initiator_pre.split()),
        _tokens(responder_pre.split()),
        tuple(_tokens(message) for message in messages),
    )


def _tokens(names: list[str]) -> tuple[Token, ...]:
    known: dict[str, Token] = {token: token for token in get_args(Token)}
    return tuple(known[name] for name in names)
