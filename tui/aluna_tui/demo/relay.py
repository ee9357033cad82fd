"""A cable for one computer alone: passes bytes between two ports, notes them, and can be cut."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Final, Self

_PIECE: Final = 64 * 1024


class Record:
    """The bytes of each direction of each connection, shared by all cables."""

    def __init__(self) -> None:
        self._streams: list[bytearray] = []
        self._lock = threading.Lock()

    def stream(self) -> bytearray:
        """Return a new stream to write to with `add`."""
        with self._lock:
            self._streams.append(bytearray())
            return self._streams[-1]

    def add(self, stream: bytearray, data: bytes) -> None:
        """Note *data*."""
        with self._lock:
            stream += data

    def streams(self) -> list[bytes]:
        """Return a copy of what was carried so far."""
        with self._lock:
            return [bytes(stream) for stream in self._streams]


class Relay:
    """Listens on 127.0.0.1 and passes each connection on to where `lead_to` says, once it did."""

    def __init__(self, record: Record) -> None:
        self._target = ("", 0)
        self._led = threading.Event()
        self._record = record
        self._whole = threading.Event()
        self._whole.set()
        self._closed = False
        self._ends: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listening.getsockname()[:2]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self._whole.set()
        self._led.set()
        # Closing alone would not wake a thread that waits in accept or recv.
        for end in (self._listening, *self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def lead_to(self, target: tuple[str, int]) -> None:
        """Pass connections on to *target*, also those that wait already."""
        self._target = target
        self._led.set()

    def cut(self) -> None:
        """Let nothing through any more; as with a real cable, nobody is told."""
        self._whole.clear()

    def join(self) -> None:
        """Let everything through again, what was sent meanwhile first."""
        self._whole.set()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return  # it was closed
            self._led.wait()
            self._whole.wait()
            try:
                far = socket.create_connection(self._target, 5)
            except OSError:
                near.close()  # nobody listens there: the one who dialled sees it too
                continue
            far.settimeout(None)
            self._ends += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        stream = self._record.stream()
        # An error means one end is gone: the other is told so.
        with contextlib.suppress(OSError):
            while data := source.recv(_PIECE):
                self._whole.wait()
                self._record.add(stream, data)
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
