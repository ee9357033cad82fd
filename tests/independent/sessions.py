"""SPEC §8 and §9.3: Noise, the handshake of both sides, and the stream after it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from nacl import bindings
from nacl.exceptions import CryptoError

from independent.encoding import MAX_MESSAGE, Refused, agree, blake2b, is_canonical, refuse

NAME = b"Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b"


def public_of(secret: bytes) -> bytes:
    """Return the public key of an X25519 secret."""
    return bytes(bindings.crypto_scalarmult_base(secret))


@dataclass
class Cipher:
    """Noise §5.1 with §3.1's nonces."""

    key: bytes
    counter: int = 0

    def _nonce(self) -> bytes:
        self.counter += 1
        return bytes(4) + (self.counter - 1).to_bytes(8, "little")

    def seal(self, plain: bytes, ad: bytes = b"") -> bytes:
        """Encrypt under the next nonce."""
        return bytes(
            bindings.crypto_aead_chacha20poly1305_ietf_encrypt(plain, ad, self._nonce(), self.key)
        )

    def open(self, sealed: bytes, ad: bytes = b"") -> bytes:
        """Decrypt under the next nonce."""
        try:
            return bytes(
                bindings.crypto_aead_chacha20poly1305_ietf_decrypt(
                    sealed, ad, self._nonce(), self.key
                )
            )
        except (CryptoError, ValueError):
            refuse("message does not open")

    def renew(self) -> None:
        """Noise §11.3; the counter goes on."""
        nonce = bytes(4) + b"\xff" * 8
        sealed = bindings.crypto_aead_chacha20poly1305_ietf_encrypt(bytes(32), b"", nonce, self.key)
        self.key = bytes(sealed[:32])


class Noise:
    """§8.1: one side of XXpsk0; each message carries one byte, the version."""

    def __init__(self, *, initiator: bool, prologue: bytes, psk: bytes, e: bytes, s: bytes) -> None:
        self.initiator, self.e, self.s = initiator, e, s
        self.remote_e = self.remote_s = b""
        self.h = self.ck = NAME.ljust(64, b"\0")
        self.cipher = Cipher(b"")
        self._mix_hash(prologue)
        self.ck, mixed, key = self._hkdf(psk, 3)
        self._mix_hash(mixed)
        self.cipher = Cipher(key[:32])

    def _mix_hash(self, data: bytes) -> None:
        self.h = hashlib.blake2b(self.h + data).digest()

    def _hkdf(self, material: bytes, count: int) -> list[bytes]:
        secret = hmac.new(self.ck, material, hashlib.blake2b).digest()
        found = [b""]
        for number in range(1, count + 1):
            block = found[-1] + bytes([number])
            found.append(hmac.new(secret, block, hashlib.blake2b).digest())
        return found[1:]

    def _mix_key(self, material: bytes) -> None:
        self.ck, key = self._hkdf(material, 2)
        self.cipher = Cipher(key[:32])

    def _mix_e(self, public: bytes) -> None:
        self._mix_hash(public)
        self._mix_key(public)

    def _seal(self, plain: bytes) -> bytes:
        sealed = self.cipher.seal(plain, self.h)
        self._mix_hash(sealed)
        return sealed

    def _open(self, sealed: bytes) -> bytes:
        plain = self.cipher.open(sealed, self.h)
        self._mix_hash(sealed)
        return plain

    def write1(self, version: int = 1) -> bytes:
        """-> psk, e."""
        self._mix_e(public_of(self.e))
        return public_of(self.e) + self._seal(bytes([version]))

    def read1(self, message: bytes) -> int:
        """-> psk, e."""
        self.remote_e = _canonical(message[:32])
        self._mix_e(self.remote_e)
        return self._open(message[32:])[0]

    def write2(self, version: int = 1) -> bytes:
        """<- e, ee, s, es."""
        self._mix_e(public_of(self.e))
        self._mix_key(agree(self.e, self.remote_e))
        sealed = self._seal(public_of(self.s))
        self._mix_key(agree(self.s, self.remote_e))
        return public_of(self.e) + sealed + self._seal(bytes([version]))

    def read2(self, message: bytes) -> int:
        """<- e, ee, s, es."""
        self.remote_e = _canonical(message[:32])
        self._mix_e(self.remote_e)
        self._mix_key(agree(self.e, self.remote_e))
        self.remote_s = _canonical(self._open(message[32:80]))
        self._mix_key(agree(self.e, self.remote_s))
        return self._open(message[80:])[0]

    def write3(self, version: int = 1) -> bytes:
        """-> s, se."""
        sealed = self._seal(public_of(self.s))
        self._mix_key(agree(self.s, self.remote_e))
        return sealed + self._seal(bytes([version]))

    def read3(self, message: bytes) -> int:
        """-> s, se."""
        self.remote_s = _canonical(self._open(message[:48]))
        self._mix_key(agree(self.e, self.remote_s))
        return self._open(message[48:])[0]

    def split(self) -> tuple[Cipher, Cipher]:
        """Return the ciphers for what this side sends and receives."""
        first, second = (Cipher(key[:32]) for key in self._hkdf(b"", 2))
        return (first, second) if self.initiator else (second, first)


def _canonical(public: bytes) -> bytes:
    if not is_canonical(public):
        refuse("public key is not canonical")
    return public


# -- handshakes ----------------------------------------------------------------------------------


def pair_key(secret: bytes, static: bytes, space: bytes) -> bytes:
    """§8.2."""
    own = public_of(secret)
    if own == static:
        refuse("our own static key came back")
    both = agree(secret, static) + min(own, static) + max(own, static)
    return blake2b(both, key=space, person="aluna-pair-v1")


def group_key(epoch_key: bytes, space: bytes, epoch: bytes) -> bytes:
    """§8.4."""
    return blake2b(space + epoch, key=epoch_key, person="aluna-group-v1")


def hint_of(key: bytes, challenge: bytes, ephemeral: bytes) -> bytes:
    """§8.3."""
    return blake2b(b"hint" + challenge + ephemeral, 16, key=key)


def noise_for(
    key: bytes, challenge: bytes, hint: bytes, *, initiator: bool, e: bytes, s: bytes
) -> Noise:
    """§8.3."""
    psk = blake2b(b"psk" + challenge, key=key)
    prologue = b"aluna-sync/1" + challenge + hint
    return Noise(initiator=initiator, prologue=prologue, psk=psk, e=e, s=s)


@dataclass
class Outcome:
    """How a handshake ended for one side; *noise* when it stands."""

    how: str
    said: list[bytes]
    version: int | None = None
    noise: Noise | None = None


def respond(
    candidates: list[tuple[bytes, bytes | None]],
    challenge: bytes,
    e: bytes,
    s: bytes,
    came: list[bytes],
) -> Outcome:
    """§8.3, R: *candidates* are (key, static), None for a group."""
    hint, first = came[0][:16], came[0][16:65]
    known = [one for one in candidates if hint_of(one[0], challenge, first[:32]) == hint]
    if not known:
        return Outcome("silent", [])
    key, static = known[0]
    noise = noise_for(key, challenge, hint, initiator=False, e=e, s=s)
    try:
        version = noise.read1(first)
        second = noise.write2()
    except Refused:
        return Outcome("silent", [])
    if version != 1:
        return Outcome("incompatible", [second], version)
    if noise.read3(came[1]) != 1:
        refuse("version changed within a handshake")
    _check_static(noise, static)
    return Outcome("established", [second], noise=noise)


def initiate(key: bytes, static: bytes | None, e: bytes, s: bytes, came: list[bytes]) -> Outcome:
    """§8.3, I."""
    challenge = came[0]
    hint = hint_of(key, challenge, public_of(e))
    noise = noise_for(key, challenge, hint, initiator=True, e=e, s=s)
    said = [hint + noise.write1()]
    version = noise.read2(came[1])
    _check_static(noise, static)
    if version != 1:
        return Outcome("incompatible", said, version)
    return Outcome("established", [*said, noise.write3()], noise=noise)


def _check_static(noise: Noise, static: bytes | None) -> None:
    if noise.remote_s == public_of(noise.s):
        refuse("our own static key came back")
    if static is not None and noise.remote_s != static:
        refuse("the peer proved another static key")


# -- the stream ----------------------------------------------------------------------------------


def frame_size(size: int) -> int:
    """§8.5: P(L)."""
    if size <= 256:
        return 256
    exponent = size.bit_length() - 1
    step: int = 2 ** (exponent - exponent.bit_length())
    return -(-size // step) * step


def read_stream(cipher: Cipher, stream: bytes, bound: int = MAX_MESSAGE) -> list[bytes]:
    """§8.5 and §8.6: the whole messages in *stream*; *cipher* goes on."""
    messages: list[bytes] = []
    at, frame, wanted, used = 0, b"", 0, 0
    while at < len(stream):
        size = int.from_bytes(stream[at : at + 2], "big")
        left = wanted - len(frame)
        allowed = size >= 272 if not frame else size == min(left, 65_519) + 16
        if not allowed:
            refuse("frame of the wrong size")
        plain = cipher.open(stream[at + 2 : at + 2 + size])
        at, used = at + 2 + size, used + 1
        if used == 2**16:
            cipher.renew()
            used = 0
        if not frame:
            wanted = frame_size(5 + _size_of(plain, bound))
            if len(plain) != min(wanted, 65_519):
                refuse("frame of the wrong size")
        frame += plain
        if len(frame) == wanted:
            end = 5 + int.from_bytes(frame[1:5], "big")
            if frame[end:].strip(b"\0"):
                refuse("padding is not empty")
            messages.append(frame[5:end])
            if frame[0] == 1:
                cipher.renew()
                used = 0
            frame = b""
    return messages


def _size_of(plain: bytes, bound: int) -> int:
    if plain[0] not in {0, 1}:
        refuse("unknown frame flags")
    size = int.from_bytes(plain[1:5], "big")
    if not 1 <= size <= bound:
        refuse("message empty or too long")
    return size


def write_frame(message: bytes, *, renew: bool = False) -> bytes:
    """§8.5."""
    frame = bytes([renew]) + len(message).to_bytes(4, "big") + message
    return frame.ljust(frame_size(len(frame)), b"\0")


def write_stream(cipher: Cipher, message: bytes, *, renew: bool = False) -> bytes:
    """§8.5 and §8.6."""
    frame, stream = write_frame(message, renew=renew), b""
    for at in range(0, len(frame), 65_519):
        record = cipher.seal(frame[at : at + 65_519])
        stream += len(record).to_bytes(2, "big") + record
    if renew:
        cipher.renew()
    return stream
