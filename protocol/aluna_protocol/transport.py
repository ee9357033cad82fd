"""What flows after a handshake: whole messages in, sealed and padded bytes out (SPEC §8.5-8.6).

One message becomes one padded frame, cut into as many Noise messages as it needs, each behind its
length. Both sides renew their keys at the same places of the stream. The first thing that does not
open kills the transport: there is no second try.
"""

from __future__ import annotations

from dataclasses import field
from typing import Final

from aluna_protocol import crypto
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import LocalProtocolError, RemoteProtocolError
from aluna_protocol.ids import Instant
from aluna_protocol.limits import (
    FRAME_BUCKET,
    MAX_MESSAGE,
    MAX_NOISE_MESSAGE,
    REKEY_MESSAGES,
    REKEY_SECONDS,
    SESSION_SECONDS,
)
from aluna_protocol.noise import CipherState, HandshakeState

LENGTH_BYTES: Final = 2
"""Before every Noise message: its length, big-endian."""
HEADER_BYTES: Final = 5
"""At the start of a frame: one byte of flags, then the length of the message (uint32)."""
FLAG_REKEY: Final = 1
"""The sender renews its key after this frame."""
CHUNK_BYTES: Final = MAX_NOISE_MESSAGE - crypto.TAG_BYTES
"""The most plaintext one Noise message carries."""
MIN_RECORD: Final = FRAME_BUCKET + crypto.TAG_BYTES
"""The first Noise message of a frame is never shorter."""


def padded_size(size: int) -> int:
    """Return the size of the frame that holds *size* bytes: Padmé, at least 256.

    At most 1/16 more from 256 bytes on, 1/32 more from 64 KiB on; two frames between 2^k and
    2^(k+1) have one of few sizes (SPEC §8.5).
    """
    if size <= FRAME_BUCKET:
        return FRAME_BUCKET
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-size // step) * step


@dataclass(frozen=True, slots=True)
class _Idle:
    """Between two frames."""


@dataclass(frozen=True, slots=True)
class _Gathering:
    """Inside a frame: what it announced and what came so far."""

    flags: int
    length: int
    remaining: int
    chunks: list[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame as it was opened."""

    message: bytes = field(repr=False)
    rekey: bool


def frame_bytes(message: bytes, *, rekey: bool) -> bytes:
    """Return the padded frame that holds *message*."""
    size = padded_size(HEADER_BYTES + len(message))
    header = bytes([FLAG_REKEY if rekey else 0]) + len(message).to_bytes(4, "big")
    return (header + message).ljust(size, b"\0")


class MessageReader:
    """Puts opened Noise messages together again, never holding more than they announced."""

    def __init__(self, max_message: int) -> None:
        self.max_message = max_message
        self._phase: _Idle | _Gathering = _Idle()

    @property
    def next_record_sizes(self) -> tuple[int, int]:
        """The smallest and the largest sealed Noise message that may come now."""
        match self._phase:
            case _Idle():
                return MIN_RECORD, MAX_NOISE_MESSAGE
            case _Gathering(remaining=remaining):
                exactly = min(remaining, CHUNK_BYTES) + crypto.TAG_BYTES
                return exactly, exactly

    def read(self, plaintext: bytes) -> Frame | None:
        """Take a plaintext of one of `next_record_sizes`; return the frame it completes, if any."""
        match self._phase:
            case _Idle():
                return self._begin(plaintext)
            case _Gathering() as frame:
                frame.chunks.append(plaintext)
                return self._go_on(frame, len(plaintext))

    def _begin(self, plaintext: bytes) -> Frame | None:
        flags = plaintext[0]
        length = int.from_bytes(plaintext[1:HEADER_BYTES], "big")
        if flags & ~FLAG_REKEY:
            raise RemoteProtocolError("unknown frame flags")
        if not 0 < length <= self.max_message:
            raise RemoteProtocolError("message empty or too long")
        size = padded_size(HEADER_BYTES + length)
        if len(plaintext) != min(size, CHUNK_BYTES):
            raise RemoteProtocolError("frame of the wrong size")
        frame = _Gathering(flags, length, size, [plaintext])
        return self._go_on(frame, len(plaintext))

    def _go_on(self, frame: _Gathering, size: int) -> Frame | None:
        remaining = frame.remaining - size
        if remaining:
            self._phase = _Gathering(frame.flags, frame.length, remaining, frame.chunks)
            return None
        self._phase = _Idle()
        whole = b"".join(frame.chunks)
        end = HEADER_BYTES + frame.length
        if whole.count(0, end) != len(whole) - end:
            raise RemoteProtocolError("padding is not empty")
        return Frame(whole[HEADER_BYTES:end], bool(frame.flags & FLAG_REKEY))


class _Direction:
    """A cipher that renews its key after `REKEY_MESSAGES` Noise messages."""

    __slots__ = ("_cipher", "used")

    def __init__(self, cipher: CipherState) -> None:
        self._cipher = cipher
        self.used = 0

    def seal(self, plaintext: bytes) -> bytes:
        ciphertext = self._cipher.encrypt_with_ad(b"", plaintext)
        self._count()
        return ciphertext

    def open(self, ciphertext: bytes) -> bytes:
        plaintext = self._cipher.decrypt_with_ad(b"", ciphertext)
        self._count()
        return plaintext

    def rekey(self) -> None:
        self._cipher.rekey()
        self.used = 0

    def _count(self) -> None:
        self.used += 1
        if self.used == REKEY_MESSAGES:
            self.rekey()


class Transport:
    """Both directions of an established session over a stream of bytes."""

    def __init__(
        self,
        send: CipherState,
        receive: CipherState,
        now: Instant,
        *,
        max_message: int = MAX_MESSAGE,
    ) -> None:
        self._send = _Direction(send)
        self._receive = _Direction(receive)
        self._reader = MessageReader(max_message)
        self._incoming = bytearray()
        self._started = now
        self._send_key_since = now
        self._dead = False

    @classmethod
    def after(
        cls, handshake: HandshakeState, now: Instant, *, max_message: int = MAX_MESSAGE
    ) -> Transport:
        """Return the transport of a finished *handshake*."""
        send, receive = handshake.split()
        return cls(send, receive, now, max_message=max_message)

    def expired(self, now: Instant) -> bool:
        """Tell whether the session is older than `SESSION_SECONDS` and has to end."""
        return now - self._started >= SESSION_SECONDS

    def encrypt(self, message: bytes, now: Instant) -> bytes:
        """Return the bytes that carry *message* (1 byte to `MAX_MESSAGE`) on the stream."""
        return b"".join(self.encrypt_message(message, now))

    def encrypt_message(self, message: bytes, now: Instant) -> list[bytes]:
        """Return *message* as the Noise messages that carry it, each behind its length."""
        if self._dead:
            raise LocalProtocolError("the transport is dead")
        if not 0 < len(message) <= MAX_MESSAGE:
            raise LocalProtocolError("message empty or too long")
        rekey = now - self._send_key_since >= REKEY_SECONDS
        frame = frame_bytes(message, rekey=rekey)
        records = []
        for start in range(0, len(frame), CHUNK_BYTES):
            sealed = self._send.seal(frame[start : start + CHUNK_BYTES])
            records.append(len(sealed).to_bytes(LENGTH_BYTES, "big") + sealed)
        if rekey:
            self._send.rekey()
            self._send_key_since = now
        return records

    def decrypt(self, data: bytes) -> list[bytes]:
        """Take bytes of the stream, cut anywhere, and return the messages they complete.

        Raises `RemoteProtocolError` for anything that does not open or is not framed exactly; the
        messages before it in *data* are lost with it and the transport is dead.
        """
        if self._dead:
            raise RemoteProtocolError("the transport is dead")
        self._incoming += data
        try:
            return self._read_records()
        except RemoteProtocolError:
            self._dead = True
            raise

    def _read_records(self) -> list[bytes]:
        messages = []
        start = 0
        while len(self._incoming) - start >= LENGTH_BYTES:
            body = start + LENGTH_BYTES
            size = int.from_bytes(self._incoming[start:body], "big")
            smallest, largest = self._reader.next_record_sizes
            if not smallest <= size <= largest:
                raise RemoteProtocolError("frame of the wrong size")
            if len(self._incoming) < body + size:
                break
            frame = self._reader.read(self._receive.open(bytes(self._incoming[body : body + size])))
            start = body + size
            if frame is not None:
                messages.append(frame.message)
                if frame.rekey:
                    self._receive.rekey()
        del self._incoming[:start]
        return messages
