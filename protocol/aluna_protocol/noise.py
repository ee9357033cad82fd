"""The Noise Protocol Framework, revision 34, with the spec's names (SPEC §8.1).

Production speaks one protocol, `Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b`; patterns and hash functions
are data only so that every public vector runs through this very code. X25519 and ChaCha20-Poly1305
are fixed. Objects here are mutable, as in the framework; whoever holds one drops it after an error.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.limits import MAX_NOISE_MESSAGE

DH_BYTES: Final = 32
MAX_NONCE: Final = 2**64 - 1
"""Reserved for rekeying; no message is ever sealed under it."""
FIELD_PRIME: Final = 2**255 - 19

Token: TypeAlias = Literal["e", "s", "ee", "es", "se", "ss", "psk"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A handshake pattern: what both know beforehand, then one tuple of tokens per message."""

    name: str
    initiator_pre: tuple[Token, ...]
    responder_pre: tuple[Token, ...]
    messages: tuple[tuple[Token, ...], ...]

    @property
    def has_psk(self) -> bool:
        """Tell whether ephemeral keys must be mixed into the key too (Noise §9.2)."""
        return any("psk" in tokens for tokens in self.messages)


@dataclass(frozen=True, slots=True)
class HashFunction:
    """A hash function of Noise: its name in protocol names and its `hashlib` constructor."""

    name: str
    new: Callable[..., Any]


XXPSK0: Final = Pattern("XXpsk0", (), (), (("psk", "e"), ("e", "ee", "s", "es"), ("s", "se")))
BLAKE2B: Final = HashFunction("BLAKE2b", hashlib.blake2b)


class CipherState:
    """One key and its nonce counter (Noise §5.1)."""

    __slots__ = ("k", "n")

    def __init__(self, key: bytes | None = None) -> None:
        self.k = key
        self.n = 0

    def has_key(self) -> bool:
        """Tell whether a key was set."""
        return self.k is not None

    def encrypt_with_ad(self, ad: bytes, plaintext: bytes) -> bytes:
        """Seal *plaintext*, or return it as it is while there is no key.

        Raises `LocalProtocolError` rather than use a nonce twice.
        """
        if self.k is None:
            return plaintext
        if self.n >= MAX_NONCE:
            raise LocalProtocolError("no nonces left under this key")
        ciphertext = crypto.noise_encrypt(self.k, _nonce(self.n), plaintext, ad)
        self.n += 1
        return ciphertext

    def decrypt_with_ad(self, ad: bytes, ciphertext: bytes) -> bytes:
        """Open *ciphertext*; raise `RemoteProtocolError` when it does not open or nonces ran out.

        The counter stays where it was after an error; the caller never tries again (SPEC §8.6).
        """
        if self.k is None:
            return ciphertext
        if self.n >= MAX_NONCE:
            raise RemoteProtocolError("no nonces left under this key")
        plaintext = crypto.noise_decrypt(self.k, _nonce(self.n), ciphertext, ad)
        self.n += 1
        return plaintext

    def rekey(self) -> None:
        """Replace the key by a one-way function of itself; the counter goes on (Noise §11.3)."""
        if self.k is None:
            raise LocalProtocolError("no key to replace")
        self.k = crypto.noise_encrypt(self.k, _nonce(MAX_NONCE), bytes(32), b"")[:32]


class SymmetricState:
    """The chaining key and the hash of everything said so far (Noise §5.2)."""

    __slots__ = ("_hash", "cipher", "ck", "h")

    def __init__(self, protocol_name: bytes, hash_function: HashFunction) -> None:
        self._hash = hash_function
        size = hash_function.new(b"").digest_size
        if len(protocol_name) <= size:
            self.h = protocol_name.ljust(size, b"\0")
        else:
            self.h = self._digest(protocol_name)
        self.ck = self.h
        self.cipher = CipherState()

    def mix_key(self, input_key_material: bytes) -> None:
        """Put *input_key_material* into the chaining key and start a new cipher key."""
        self.ck, key = self._hkdf(input_key_material, 2)
        self.cipher = CipherState(key[:32])

    def mix_hash(self, data: bytes) -> None:
        """Put *data* into the handshake hash."""
        self.h = self._digest(self.h + data)

    def mix_key_and_hash(self, input_key_material: bytes) -> None:
        """Put a pre-shared key into both (Noise §9.1)."""
        self.ck, shared, key = self._hkdf(input_key_material, 3)
        self.mix_hash(shared)
        self.cipher = CipherState(key[:32])

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        """Seal *plaintext* bound to the transcript, and add the result to it."""
        ciphertext = self.cipher.encrypt_with_ad(self.h, plaintext)
        self.mix_hash(ciphertext)
        return ciphertext

    def decrypt_and_hash(self, ciphertext: bytes) -> bytes:
        """Open what `encrypt_and_hash` made, or raise `RemoteProtocolError`."""
        plaintext = self.cipher.decrypt_with_ad(self.h, ciphertext)
        self.mix_hash(ciphertext)
        return plaintext

    def split(self) -> tuple[CipherState, CipherState]:
        """Return the cipher of the initiator's messages and the cipher of the responder's."""
        first, second = self._hkdf(b"", 2)
        return CipherState(first[:32]), CipherState(second[:32])

    def _digest(self, data: bytes) -> bytes:
        return bytes(self._hash.new(data).digest())

    def _hkdf(self, input_key_material: bytes, count: int) -> list[bytes]:
        temporary = hmac.new(self.ck, input_key_material, self._hash.new).digest()
        outputs = [b""]
        for number in range(1, count + 1):
            block = outputs[-1] + bytes([number])
            outputs.append(hmac.new(temporary, block, self._hash.new).digest())
        return outputs[1:]


class HandshakeState:
    """One handshake of one party (Noise §5.3); the ephemeral secret is given, never drawn."""

    __slots__ = ("_e", "_pattern", "_psks", "_re", "_rs", "_s", "_symmetric", "_turn", "initiator")

    def __init__(
        self,
        *,
        initiator: bool,
        prologue: bytes,
        ephemeral_secret: bytes,
        static_secret: bytes = b"",
        remote_static: bytes = b"",
        psks: tuple[bytes, ...] = (),
        pattern: Pattern = XXPSK0,
        hash_function: HashFunction = BLAKE2B,
    ) -> None:
        wanted = sum(tokens.count("psk") for tokens in pattern.messages)
        if [len(psk) for psk in psks] != [crypto.KEY_BYTES] * wanted:
            raise LocalProtocolError("the pattern wants other pre-shared keys")
        name = f"Noise_{pattern.name}_25519_ChaChaPoly_{hash_function.name}"
        self.initiator = initiator
        self._pattern = pattern
        self._turn = 0
        self._e = ephemeral_secret
        self._s = static_secret
        self._re = b""
        self._rs = remote_static
        self._psks = list(psks)
        self._symmetric = SymmetricState(name.encode("ascii"), hash_function)
        self._symmetric.mix_hash(prologue)
        for tokens, ours in (
            (pattern.initiator_pre, initiator),
            (pattern.responder_pre, not initiator),
        ):
            for _ in tokens:
                static = crypto.public_of(self._s) if ours else self._rs
                self._symmetric.mix_hash(static)

    @property
    def remote_static(self) -> bytes:
        """The static key the other party proved, empty before its message."""
        return self._rs

    @property
    def remote_ephemeral(self) -> bytes:
        """The ephemeral key of the other party, empty before its message."""
        return self._re

    @property
    def handshake_hash(self) -> bytes:
        """The hash of the whole transcript; the same on both sides once it is finished."""
        return self._symmetric.h

    @property
    def finished(self) -> bool:
        """Tell whether every message of the pattern went through."""
        return self._turn == len(self._pattern.messages)

    def write_message(self, payload: bytes) -> bytes:
        """Return our next handshake message carrying *payload*."""
        tokens = self._next_tokens(ours=True)
        message = b"".join(self._write(token) for token in tokens)
        message += self._symmetric.encrypt_and_hash(payload)
        if len(message) > MAX_NOISE_MESSAGE:
            raise LocalProtocolError("handshake message too long")
        return message

    def read_message(self, message: bytes) -> bytes:
        """Take the other party's next message and return its payload.

        Raises `RemoteProtocolError` when it is truncated, forged or names a bad key.
        """
        if len(message) > MAX_NOISE_MESSAGE:
            raise RemoteProtocolError("handshake message too long")
        for token in self._next_tokens(ours=False):
            message = self._read(token, message)
        return self._symmetric.decrypt_and_hash(message)

    def split(self) -> tuple[CipherState, CipherState]:
        """Return the ciphers for what we send and for what we receive."""
        if not self.finished:
            raise LocalProtocolError("the handshake is not finished")
        first, second = self._symmetric.split()
        return (first, second) if self.initiator else (second, first)

    def _next_tokens(self, *, ours: bool) -> tuple[Token, ...]:
        if self.finished:
            raise LocalProtocolError("the handshake is finished")
        if ours != (self.initiator == (self._turn % 2 == 0)):
            raise LocalProtocolError("it is the other party's turn")
        self._turn += 1
        return self._pattern.messages[self._turn - 1]

    def _write(self, token: Token) -> bytes:
        match token:
            case "e":
                public = crypto.public_of(self._e)
                self._mix_ephemeral(public)
                return public
            case "s":
                return self._symmetric.encrypt_and_hash(crypto.public_of(self._s))
            case "psk":
                self._symmetric.mix_key_and_hash(self._psks.pop(0))
                return b""
            case _:
                self._mix_agreement(token)
                return b""

    def _read(self, token: Token, message: bytes) -> bytes:
        match token:
            case "e":
                self._re, message = _take(message, DH_BYTES)
                _check_point(self._re)
                self._mix_ephemeral(self._re)
            case "s":
                tag = crypto.TAG_BYTES if self._symmetric.cipher.has_key() else 0
                sealed, message = _take(message, DH_BYTES + tag)
                self._rs = self._symmetric.decrypt_and_hash(sealed)
                _check_point(self._rs)
            case "psk":
                self._symmetric.mix_key_and_hash(self._psks.pop(0))
            case _:
                self._mix_agreement(token)
        return message

    def _mix_ephemeral(self, public: bytes) -> None:
        self._symmetric.mix_hash(public)
        if self._pattern.has_psk:
            self._symmetric.mix_key(public)

    def _mix_agreement(self, token: Token) -> None:
        letters = token if self.initiator else token[::-1]
        secret = self._e if letters[0] == "e" else self._s
        public = self._re if letters[1] == "e" else self._rs
        self._symmetric.mix_key(crypto.agree(secret, public))


def _nonce(counter: int) -> bytes:
    return bytes(4) + counter.to_bytes(8, "little")


def _take(message: bytes, size: int) -> tuple[bytes, bytes]:
    if len(message) < size:
        raise RemoteProtocolError("handshake message truncated")
    return message[:size], message[size:]


def _check_point(public: bytes) -> None:
    """Refuse other spellings of a key: one key, one name. Low order is refused by `agree`."""
    if int.from_bytes(public, "little") >= FIELD_PRIME:
        raise RemoteProtocolError("public key is not canonical")
