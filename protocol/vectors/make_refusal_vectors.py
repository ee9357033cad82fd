"""Vectors of handshakes and streams that are refused, and of the framing (SPEC §8)."""

from __future__ import annotations

from typing import Any

from aluna_protocol import crypto, handshake, transport
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.noise import BLAKE2B, CipherState, HandshakeState, SymmetricState
from vectors.make_handshake_vectors import (
    CHALLENGE,
    EPHEMERAL_I,
    EPHEMERAL_R,
    EPOCH,
    EPOCH_KEY,
    INITIATOR,
    RESPONDER,
    SPACE,
)
from vectors.making import Json

PAIR = handshake.pair_key(INITIATOR, RESPONDER.static, SPACE)
GROUP = handshake.group_key(EPOCH_KEY, SPACE, EPOCH)
STRANGER = DeviceKeys(bytes([0x91]) * 32, bytes([0x92]) * 32)
OTHER_SPELLING = (2**255 - 10).to_bytes(32, "little")
NAME = b"Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b"
Said = tuple[str, str, list[bytes], str, Any]
"""A name, the candidate, what comes, the outcome, and the error or version with it."""


def flipped(data: bytes, at: int = -1) -> bytes:
    """Return *data* with one bit of the byte *at* changed."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


class Forger:
    """Writes handshake messages by the letter, and wrong ones where asked."""

    def __init__(self, prologue: bytes, psk: bytes, public: bytes | None = None) -> None:
        self.public = crypto.public_of(EPHEMERAL_I) if public is None else public
        self.noise = SymmetricState(NAME, BLAKE2B)
        self.noise.mix_hash(prologue)
        self.noise.mix_key_and_hash(psk)
        self._mix(self.public)

    def _mix(self, public: bytes) -> None:
        self.noise.mix_hash(public)
        self.noise.mix_key(public)

    def first(self, version: int = 1) -> bytes:
        """Return noise1."""
        return self.public + self.noise.encrypt_and_hash(bytes([version]))

    def third(self, noise2: bytes, secret: bytes, static: bytes, version: int = 1) -> bytes:
        """Return noise3 for *noise2*, proving *static*."""
        ephemeral = noise2[:32]
        self._mix(ephemeral)
        self.noise.mix_key(crypto.agree(EPHEMERAL_I, ephemeral))
        remote = self.noise.decrypt_and_hash(noise2[32:80])
        self.noise.mix_key(crypto.agree(EPHEMERAL_I, remote))
        self.noise.decrypt_and_hash(noise2[80:])
        sealed = self.noise.encrypt_and_hash(static)
        self.noise.mix_key(crypto.agree(secret, ephemeral))
        return sealed + self.noise.encrypt_and_hash(bytes([version]))


def forger(key: bytes, public: bytes | None = None) -> tuple[bytes, Forger]:
    """Return a hint and who goes on from it."""
    ephemeral = crypto.public_of(EPHEMERAL_I) if public is None else public
    named = handshake.hint(key, CHALLENGE, ephemeral)
    psk = handshake.session_psk(key, CHALLENGE)
    return named, Forger(handshake.PROLOGUE + CHALLENGE + named, psk, public)


def answer_to(key: bytes, named: bytes, noise1: bytes, static: bytes, version: int = 1) -> bytes:
    """Return noise2 of who proves *static*."""
    state = HandshakeState(
        initiator=False,
        prologue=handshake.PROLOGUE + CHALLENGE + named,
        ephemeral_secret=EPHEMERAL_R,
        static_secret=static,
        psks=(handshake.session_psk(key, CHALLENGE),),
    )
    state.read_message(noise1)
    return state.write_message(bytes([version]))


def to_the_responder() -> list[Said]:
    """Return what somebody says to a device that accepted."""
    named, one = forger(PAIR)
    noise1 = one.first()
    said: list[Said] = []
    for name, hint, message in (
        ("T10 a wrong hint", bytes(16), noise1),
        ("T3 a hint for another challenge", handshake.hint(PAIR, bytes(32), noise1[:32]), noise1),
        ("T15 a right hint, one bit of noise1", named, flipped(noise1)),
    ):
        said.append((name, "pair", [hint + message], "silent", None))
    for name, public in (("T11 E of low order", bytes(32)), ("T11 E otherwise", OTHER_SPELLING)):
        hint, other = forger(PAIR, public)
        said.append((name, "pair", [hint + other.first()], "silent", None))
    hint, other = forger(PAIR)
    said.append(("T6 version 2", "pair", [hint + other.first(2)], "incompatible", 2))
    own, opens = "our own static key came back", "message does not open"
    thirds = [
        (
            "pair",
            INITIATOR.static_secret,
            INITIATOR.static,
            2,
            "version changed within a handshake",
        ),
        ("pair", STRANGER.static_secret, STRANGER.static, 1, "the peer proved another static key"),
        ("group", RESPONDER.static_secret, RESPONDER.static, 1, own),
        ("pair", INITIATOR.static_secret, bytes(32), 1, "public key of low order"),
        ("pair", INITIATOR.static_secret, OTHER_SPELLING, 1, "public key is not canonical"),
        ("pair", STRANGER.static_secret, INITIATOR.static, 1, opens),
    ]
    names = ["T6 another version in noise3", "T2 another static", "T5 our own static"]
    names += ["T11 a static of low order", "T11 a static otherwise", "a static without its secret"]
    for name, (kind, secret, static, version, error) in zip(names, thirds, strict=True):
        key = PAIR if kind == "pair" else GROUP
        hint, other = forger(key)
        first = other.first()
        noise2 = answer_to(key, hint, first, RESPONDER.static_secret)
        third = other.third(noise2, secret, static, version)
        said.append((name, kind, [hint + first, third], "error", error))
    hint, other = forger(PAIR)
    first = other.first()
    noise2 = answer_to(PAIR, hint, first, RESPONDER.static_secret)
    third = other.third(noise2, INITIATOR.static_secret, INITIATOR.static)
    said.append(("T1 one bit of noise3", "pair", [hint + first, flipped(third)], "error", opens))
    said.append(("as it should be", "pair", [hint + first, third], "established", None))
    return said


def to_the_initiator() -> list[Said]:
    """Return what somebody says to a device that dialled."""
    said: list[Said] = []
    for name, kind, static, version, error in (
        ("T2 another static", "pair", STRANGER, 1, "the peer proved another static key"),
        ("T5 our own static", "group", INITIATOR, 1, "our own static key came back"),
        ("T6 version 2", "pair", RESPONDER, 2, None),
        ("as it should be", "pair", RESPONDER, 1, None),
    ):
        key = PAIR if kind == "pair" else GROUP
        named, one = forger(key)
        noise2 = answer_to(key, named, one.first(), static.static_secret, version)
        known = {1: "established", 2: "incompatible"}[version] if error is None else "error"
        said.append((name, kind, [CHALLENGE, noise2], known, error or (version - 1) * 2 or None))
    named, one = forger(PAIR)
    noise2 = answer_to(PAIR, named, one.first(), RESPONDER.static_secret)
    for name, message, error in (
        ("T1 one bit of noise2", flipped(noise2), "message does not open"),
        ("T1 another ephemeral", flipped(noise2, 0), "message does not open"),
        ("T11 low order", bytes(97), "public key of low order"),
        ("T11 otherwise", OTHER_SPELLING + bytes(65), "public key is not canonical"),
    ):
        said.append((name, "pair", [CHALLENGE, message], "error", error))
    return said


def handshake_refusals() -> Json:
    """Return what each side hears and what comes of it; the inputs are those of handshake.json."""
    return {
        "stranger": {
            "static_secret": STRANGER.static_secret.hex(),
            "static": STRANGER.static.hex(),
        },
        "pairs_refused": [
            {"name": name, "static": static.hex(), "error": error}
            for name, static, error in (
                ("T5 our own", INITIATOR.static, "our own static key came back"),
                ("T11 low order", bytes(32), "public key of low order"),
            )
        ],
        **{
            side: [
                {
                    "name": name,
                    "candidate": kind,
                    "receive": [data.hex() for data in came],
                    "outcome": outcome,
                    "error" if outcome == "error" else "version": detail,
                }
                for name, kind, came, outcome, detail in said
            ]
            for side, said in (
                ("responder", to_the_responder()),
                ("initiator", to_the_initiator()),
            )
        },
    }


# -- framing -------------------------------------------------------------------------------------

STREAM_KEY = bytes([0xA1]) * 32


def sealed(frames: list[bytes]) -> bytes:
    """Return *frames* as a stream of records."""
    cipher = CipherState(STREAM_KEY)
    stream = b""
    for frame in frames:
        for at in range(0, len(frame), transport.CHUNK_BYTES):
            record = cipher.encrypt_with_ad(b"", frame[at : at + transport.CHUNK_BYTES])
            stream += len(record).to_bytes(2, "big") + record
        if frame[0] == transport.FLAG_REKEY:
            cipher.rekey()
    return stream


def frame(message: bytes, *, flags: int = 0, size: int | None = None, length: int = 256) -> bytes:
    """Return a frame that says of itself what it is told to say."""
    told = len(message) if size is None else size
    return (bytes([flags]) + told.to_bytes(4, "big") + message).ljust(length, b"\0")


def transport_vectors() -> Json:
    """Return streams under one key from the counter 0 on, with their messages or their error."""
    renewed = CipherState(STREAM_KEY)
    renewed.rekey()
    assert renewed.k is not None
    valid: list[tuple[str, list[tuple[bytes, int, bool]]]] = [
        ("one byte", [(b"a", 1, False)]),
        ("the smallest frame full", [(b"a", 251, False)]),
        ("the next size", [(b"a", 252, False)]),
        ("two", [(b"a", 1, False), (b"b", 600, False)]),
        ("renewed after the first", [(b"a", 1, True), (b"b", 1, False)]),
        ("two records", [(b"a", 70_000, False), (b"b", 1, False)]),
    ]
    cases = []
    for name, messages in valid:
        stream = sealed([transport.frame_bytes(b * n, rekey=rekey) for b, n, rekey in messages])
        shown: Json = {"name": name, "messages": [[b.hex(), n] for b, n, _ in messages]}
        shown |= {"size": len(stream), "blake2b": crypto.blake2b(stream).hex()}
        cases.append(shown | ({"stream": stream.hex()} if len(stream) < 2000 else {}))
    return {
        "key": STREAM_KEY.hex(),
        "renewed_key": renewed.k.hex(),
        "max_message": 1000,
        "frame_sizes": [
            [n, transport.padded_size(5 + n)]
            for n in (1, 251, 252, 267, 268, 507, 508, 65_530, 65_531, 65_532, 2**21)
        ],
        "valid": cases,
        "refused": [
            {"name": name, "stream": stream.hex(), "error": error}
            for name, stream, error in refused_streams()
        ],
    }


def refused_streams() -> list[tuple[str, bytes, str]]:
    """Return streams that break one rule each."""
    one, other = frame(b"a"), frame(b"b")
    good = sealed([one, other])
    record = len(sealed([one]))
    wrong, opens = "frame of the wrong size", "message does not open"
    empty = "message empty or too long"
    return [
        ("T8 a record too short", b"\x01\x0f" + bytes(271), wrong),
        ("T8 empty records", bytes(600), wrong),
        ("P2 not padded", sealed([frame(b"a" * 255, length=260)]), wrong),
        ("P2 padded too far", sealed([frame(b"a", length=272)]), wrong),
        ("an unknown flag", sealed([frame(b"a", flags=2)]), "unknown frame flags"),
        ("an empty message", sealed([frame(b"")]), empty),
        ("T8 a size that is a lie", sealed([frame(b"a", size=2**32 - 1)]), empty),
        ("T8 above the bound in force", sealed([frame(b"a" * 1001, length=1024)]), empty),
        ("something in the padding", sealed([one[:-1] + b"\1"]), "padding is not empty"),
        ("T4 one bit", flipped(sealed([one])), opens),
        ("T4 said twice", good[:record] * 2, opens),
        ("T4 one dropped", good[record:], opens),
        ("T4 exchanged", good[record:] + good[:record], opens),
        (
            "not renewed",
            sealed([frame(b"a")]) + sealed([frame(b"a", flags=1), other])[record:],
            opens,
        ),
    ]


def all_vectors() -> dict[str, Json]:
    """Return what belongs into each file."""
    return {"handshake_refused": handshake_refusals(), "transport": transport_vectors()}
