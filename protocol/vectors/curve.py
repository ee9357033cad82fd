"""Ed25519 by hand, to sign as no library would: slow, not for secrets (RFC 8032 §5.1)."""

from __future__ import annotations

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
NEUTRAL: Point = (0, 1)


def add(one: Point, other: Point) -> Point:
    """Return the sum of two points."""
    (x1, y1), (x2, y2) = one, other
    k = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def times(number: int, point: Point) -> Point:
    """Return *point* added to itself."""
    found = NEUTRAL
    while number:
        if number & 1:
            found = add(found, point)
        point, number = add(point, point), number >> 1
    return found


def decoded(data: bytes) -> Point:
    """Return the point *data* spells."""
    number = int.from_bytes(data, "little")
    y = number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x: int = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x if x % 2 == number >> 255 else P - x), y


def encoded(point: Point) -> bytes:
    """Return the 32 bytes of *point*."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


BASE = decoded(b"\x58" + b"\x66" * 31)
SMALL = decoded(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
"""A point of order 8."""


def signature_off_by_a_small_point(seed: bytes, message: bytes) -> bytes:
    """Return a signature that holds only where the equation is multiplied by the cofactor."""
    digest = hashlib.sha512(seed).digest()
    secret = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    nonce = int.from_bytes(digest[32:], "little") % ORDER
    start = encoded(add(times(nonce, BASE), SMALL))
    hashed = hashlib.sha512(start + encoded(times(secret, BASE)) + message).digest()
    end = (nonce + int.from_bytes(hashed, "little") * secret) % ORDER
    return start + end.to_bytes(32, "little")
