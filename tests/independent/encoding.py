"""SPEC §1.3, §3 and §4: bytes, hashes, canonical arrays, names."""

from __future__ import annotations

import hashlib
import re
from typing import Any, NoReturn

import msgpack
from nacl import bindings
from nacl.exceptions import CryptoError

KIB = 1024
MAX_CONTROL_MESSAGE = 65_536
MAX_MESSAGE = 2_097_152
INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
SPACES = set("\u0020\u00a0\u1680\u202f\u205f\u3000") | {chr(n) for n in range(0x2000, 0x200B)}


class Refused(Exception):
    """These bytes break the rule of §16 that is named."""


def refuse(error: str) -> NoReturn:
    """Stop reading."""
    raise Refused(error)


def blake2b(data: bytes, size: int = 32, *, key: bytes = b"", person: str = "") -> bytes:
    """§1.3: *size* in bytes; the personalisation is filled up with zeros."""
    return hashlib.blake2b(data, digest_size=size, key=key, person=person.encode()).digest()


def verify(device: bytes, message: bytes, signature: bytes) -> None:
    """§3.1: Ed25519."""
    if len(signature) != 64 or len(device) != 32:
        refuse("signature or key of the wrong length")
    try:
        bindings.crypto_sign_open(signature + message, device)
    except CryptoError:
        refuse("signature does not match")


def agree(secret: bytes, public: bytes) -> bytes:
    """§3.1: X25519, which is never all zeros."""
    try:
        return bytes(bindings.crypto_scalarmult(secret, public))
    except (CryptoError, RuntimeError):
        refuse("public key of low order")


def is_canonical(static: bytes) -> bool:
    """§8.1: one key has one name."""
    return int.from_bytes(static, "little") < 2**255 - 19


def open_x(key: bytes, nonce: bytes, sealed: bytes) -> bytes:
    """§3.1: XChaCha20-Poly1305 without associated data."""
    try:
        return bytes(bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, None, nonce, key))
    except (CryptoError, ValueError):
        refuse("sealed part does not open")


# -- arrays --------------------------------------------------------------------------------------


def unpack(data: bytes, bound: int, widest: int = 4096) -> Any:
    """§4.1: bounded before it is parsed."""
    if len(data) > bound:
        refuse("message too long")
    try:
        return msgpack.unpackb(
            data, raw=False, max_array_len=widest, max_map_len=0, max_ext_len=0, strict_map_key=True
        )
    except (ValueError, msgpack.UnpackException):
        refuse("not a well-formed message")


def unpack_canonical(data: bytes, bound: int) -> Any:
    """§4.1: refuse any other spelling of the same value."""
    value = unpack(data, bound)
    if msgpack.packb(value, use_bin_type=True) != data:
        refuse("not a canonical message")
    return value


def array(value: Any, length: int | None = None, at_most: int | None = None) -> list[Any]:
    """Return *value*, an array of the items of its schema."""
    if not isinstance(value, list):
        refuse("expected an array")
    if length is not None and len(value) != length:
        refuse("array of the wrong length")
    if at_most is not None and len(value) > at_most:
        refuse("array too long")
    return value


def octets(value: Any, *lengths: int) -> bytes:
    """Return *value*, bytes of one of these lengths."""
    if not isinstance(value, bytes):
        refuse("expected bytes")
    if lengths and len(value) not in lengths:
        refuse("bytes of the wrong length")
    return value


def at_most(value: Any, length: int) -> bytes:
    """Return *value*, bytes of at most this length."""
    if len(octets(value)) > length:
        refuse("bytes too long")
    return octets(value)


def integer(value: Any, low: int = 0, high: int = 2**63 - 1) -> int:
    """Return *value*, an integer; a boolean is none."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        refuse("expected an integer in range")
    return value


def boolean(value: Any) -> bool:
    """Return *value*, a boolean."""
    if not isinstance(value, bool):
        refuse("expected a boolean")
    return value


def kind_of(value: Any) -> tuple[int, list[Any]]:
    """§4.1: where a structure is a sum of several, the first item tells which."""
    items = array(value)
    if not items or not isinstance(items[0], int) or isinstance(items[0], bool):
        refuse("expected an array that starts with its kind")
    return items[0], items[1:]


def name(value: Any) -> str:
    """§4.2."""
    if not isinstance(value, str) or set(value) <= SPACES:
        refuse("expected a name")
    if len(value.encode()) > 256:
        refuse("name too long")
    if INVISIBLE.search(value):
        refuse("name with invisible characters")
    return value
