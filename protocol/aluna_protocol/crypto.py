"""The one door to PyNaCl: signatures, key agreement, sealing, derivation (SPEC §3).

Nothing here draws randomness: nonces, seeds and ephemeral secrets are arguments, so that vectors
and simulations repeat exactly. Whatever fails because of a peer's bytes is a `RemoteProtocolError`
without the cause attached: exceptions never carry keys.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import field

from nacl import bindings
from nacl import exceptions as nacl_exceptions

from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import DeviceId, StaticKey

KEY_BYTES = 32
SIGNATURE_BYTES = 64
TAG_BYTES = 16
XNONCE_BYTES = 24
SEALED_BOX_OVERHEAD = 48
"""Ephemeral public key (32) and Poly1305 tag (16)."""


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """The two secrets of a device: an Ed25519 seed that signs, an X25519 secret that agrees."""

    sign_seed: bytes = field(repr=False)
    static_secret: bytes = field(repr=False)

    @property
    def device(self) -> DeviceId:
        """The public name of the device."""
        return DeviceId(bindings.crypto_sign_seed_keypair(self.sign_seed)[0])

    @property
    def static(self) -> StaticKey:
        """The public half of the static key."""
        return StaticKey(bindings.crypto_scalarmult_base(self.static_secret))


def blake2b(data: bytes, *, size: int = 32, key: bytes = b"", person: bytes = b"") -> bytes:
    """Return the BLAKE2b hash of *data*; *key* at most 64 bytes, *person* at most 16."""
    return hashlib.blake2b(data, digest_size=size, key=key, person=person).digest()


def same(one: bytes, other: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one, other)


def sign(keys: DeviceKeys, message: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature of *message*."""
    public, secret = bindings.crypto_sign_seed_keypair(keys.sign_seed)
    del public
    return bytes(bindings.crypto_sign(message, secret)[:SIGNATURE_BYTES])


def verify(device: DeviceId, message: bytes, signature: bytes) -> None:
    """Return if *signature* of *message* is by *device*; raise `RemoteProtocolError` otherwise."""
    if len(signature) != SIGNATURE_BYTES or len(device) != KEY_BYTES:
        raise RemoteProtocolError("signature or key of the wrong length")
    try:
        bindings.crypto_sign_open(signature + message, device)
    except nacl_exceptions.CryptoError:
        raise RemoteProtocolError("signature does not match") from None


def is_valid_signing_key(device: bytes) -> bool:
    """Tell whether *device* is a point of the curve that may sign (no small order)."""
    return len(device) == KEY_BYTES and bool(bindings.crypto_core_ed25519_is_valid_point(device))


def is_valid_static_key(static: bytes) -> bool:
    """Tell whether *static* is an X25519 key in its one spelling, with which two can agree."""
    if len(static) != KEY_BYTES or int.from_bytes(static, "little") >= 2**255 - 19:
        return False
    try:
        agree(bytes(KEY_BYTES), static)
    except RemoteProtocolError:
        return False
    return True


def agree(secret: bytes, public: bytes) -> bytes:
    """Return X25519(secret, public); raise `RemoteProtocolError` for a low-order *public*."""
    if len(public) != KEY_BYTES:
        raise RemoteProtocolError("public key of the wrong length")
    try:
        return bytes(bindings.crypto_scalarmult(secret, public))
    except (nacl_exceptions.CryptoError, RuntimeError):
        raise RemoteProtocolError("public key of low order") from None


def public_of(secret: bytes) -> bytes:
    """Return the X25519 public key of *secret*."""
    return bytes(bindings.crypto_scalarmult_base(secret))


def noise_encrypt(key: bytes, nonce: bytes, plaintext: bytes, ad: bytes) -> bytes:
    """ChaCha20-Poly1305 (IETF, 12-byte nonce), as Noise uses it."""
    return bytes(
        bindings.crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, ad or None, nonce, key)
    )


def noise_decrypt(key: bytes, nonce: bytes, ciphertext: bytes, ad: bytes) -> bytes:
    """Open `noise_encrypt`; raise `RemoteProtocolError` when the tag does not match."""
    try:
        return bytes(
            bindings.crypto_aead_chacha20poly1305_ietf_decrypt(ciphertext, ad or None, nonce, key)
        )
    except (nacl_exceptions.CryptoError, ValueError):
        raise RemoteProtocolError("message does not open") from None


def seal(key: bytes, nonce: bytes, plaintext: bytes, ad: bytes = b"") -> bytes:
    """XChaCha20-Poly1305 with a 24-byte nonce; the caller commits to the key (SPEC §5.4)."""
    return bytes(
        bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, ad or None, nonce, key)
    )


def open_sealed(key: bytes, nonce: bytes, ciphertext: bytes, ad: bytes = b"") -> bytes:
    """Open `seal`; raise `RemoteProtocolError` when the tag does not match."""
    try:
        return bytes(
            bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, ad or None, nonce, key)
        )
    except (nacl_exceptions.CryptoError, ValueError):
        raise RemoteProtocolError("sealed part does not open") from None


def seal_to(recipient: StaticKey, plaintext: bytes, ephemeral_secret: bytes) -> bytes:
    """Return a box only *recipient* opens: ephemeral public key ‖ sealed text (SPEC §3.3)."""
    if len(ephemeral_secret) != KEY_BYTES:
        raise LocalProtocolError("an ephemeral secret has 32 bytes")
    ephemeral = public_of(ephemeral_secret)
    key = _box_key(agree(ephemeral_secret, recipient), ephemeral, recipient)
    return ephemeral + seal(key, bytes(XNONCE_BYTES), plaintext)


def open_box(keys: DeviceKeys, box: bytes) -> bytes:
    """Open `seal_to`; raise `RemoteProtocolError` when it is not for us or not whole."""
    if len(box) < SEALED_BOX_OVERHEAD:
        raise RemoteProtocolError("box too short")
    ephemeral = box[:KEY_BYTES]
    key = _box_key(agree(keys.static_secret, ephemeral), ephemeral, keys.static)
    return open_sealed(key, bytes(XNONCE_BYTES), box[KEY_BYTES:])


def _box_key(shared: bytes, ephemeral: bytes, recipient: bytes) -> bytes:
    return blake2b(ephemeral + recipient, key=shared, person=b"aluna-box-v1")


def argon2id(password: bytes, salt: bytes, *, passes: int, memory: int, size: int = 32) -> bytes:
    """Argon2id with *memory* in bytes, one lane; *salt* 16 bytes."""
    return bytes(
        bindings.crypto_pwhash_alg(
            size, password, salt, passes, memory, bindings.crypto_pwhash_ALG_ARGON2ID13
        )
    )
