"""A TCP relay on loopback: listens in, and cuts the line or does something else on the way."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field


def _closing_with_a_reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()


@dataclass
class Relay:
    """A TCP relay on loopback: keeps what passes, and may do something after so many bytes.

    *after* bytes in both directions together *then* is called once; by default it cuts the line.
    """

    after: int | None = None
    then: Callable[[], None] | None = None
    holds: int | None = None
    """How many bytes wait in the line itself, about; None: as many as the system likes."""
    connections: list[tuple[bytearray, bytearray]] = field(default_factory=list)
    """Per connection: what the dialling side said, and what was answered."""
    _target: tuple[str, int] = ("", 0)
    _listener: socket.socket | None = None
    _open: list[socket.socket] = field(default_factory=list)
    _ends: list[threading.Thread] = field(default_factory=list)

    def to(self, address: str) -> str:
        """Relay to *address*; return where to dial instead."""
        host, _, port = address.rpartition(":")
        self._target = (host, int(port))
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", 0))
            accepting = threading.Thread(target=self._accept, args=(self._listener,), daemon=True)
            accepting.start()
            self._ends.append(accepting)
        here = self._listener.getsockname()
        return f"{here[0]}:{here[1]}"

    @property
    def passed(self) -> int:
        """How many bytes went through, both ways."""
        return sum(len(said) + len(answered) for said, answered in self.connections)

    @property
    def traffic(self) -> bytes:
        """Everything that went through."""
        return b"".join(bytes(said) + bytes(back) for said, back in self.connections)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            serving = threading.Thread(target=self._serve, args=(near,), daemon=True)
            serving.start()
            self._ends.append(serving)

    def _serve(self, near: socket.socket) -> None:
        try:
            far = self._reach()
        except OSError:
            near.close()
            return
        far.settimeout(None)
        self._open += [near, far]
        kept = (bytearray(), bytearray())
        self.connections.append(kept)
        pairs = {near: (far, kept[0]), far: (near, kept[1])}
        with contextlib.suppress(OSError, ValueError):
            self._pass_on(pairs)
        for end in (near, far):
            _closing_with_a_reset(end)

    def _reach(self) -> socket.socket:
        far = socket.socket()
        if self.holds is not None:  # before it connects: later a window only grows
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.holds // 2)
        far.settimeout(5)
        try:
            far.connect(self._target)
        except OSError:
            far.close()
            raise
        return far

    def _pass_on(self, pairs: dict[socket.socket, tuple[socket.socket, bytearray]]) -> None:
        while True:
            ready, _, _ = select.select(list(pairs), [], [])
            for end in ready:
                other, kept = pairs[end]
                if not (data := end.recv(self._may_pass())):
                    return
                kept += data
                other.sendall(data)
                if self.after is not None and self.passed >= self.after:
                    self.after = None
                    if self.then is None:
                        return
                    self.then()

    def _may_pass(self) -> int:
        return 65536 if self.after is None else max(1, min(65536, self.after - self.passed))

    def close(self) -> None:
        """End everything."""
        if self._listener is not None:
            # Closing alone would leave the thread in accept.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._ends:
            thread.join(5)

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
