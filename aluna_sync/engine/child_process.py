"""One child process with its pipes: started when needed, bounded in time, never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence

from aluna_protocol import wire
from aluna_protocol.dataclass import dataclass
from aluna_protocol.errors import RemoteProtocolError
from aluna_sync.engine import channel
from aluna_sync.engine.types import EngineError

COMMAND = (sys.executable, "-m", "aluna_sync.engine.child")
_KEPT_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")
"""Nothing else goes along: no passphrase, no RUST_BACKTRACE, nothing that makes Python write."""
_BUFFER = 1024 * 1024
_OUT_OF_TIME = {-signal.SIGXCPU} if hasattr(signal, "SIGXCPU") else set()
"""How a child ends that computed for too long."""


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Seconds of real time a child may take."""

    start: float = 10.0
    """Python and Automerge loaded from a slow card."""
    answer: float = 10.0
    """To the next frame: a slice takes 50 ms, the largest honest document some seconds."""
    request: float = 60.0
    """Until a request is done, however often the child says something meanwhile."""
    close: float = 2.0


class ChildLostError(Exception):
    """The child is gone; *reason* is "died", "hung" or "limit" (of memory, of computing)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ChildProcess:
    """Speaks to at most one child at a time; the caller takes turns.

    Whatever wait is cancelled, however often, every child stays known until it has ended.
    """

    def __init__(self, command: Sequence[str] | None, limits: ChildLimits) -> None:
        self._command = tuple(command or COMMAND)
        self._limits = limits
        self._starting: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._ready = False
        """The child has said that it is there."""
        self._ending: list[asyncio.subprocess.Process] = []
        """Children given up: each stays here until it is known to be gone."""
        self._number = 0
        self._until = 0.0
        """When the present request must be done, by the clock of the loop."""
        self._received = bytearray()
        self.starts = 0
        """How many children were started."""

    @property
    def pid(self) -> int | None:
        """The process id of the child, None while there is none."""
        return None if self._process is None else self._process.pid

    async def send(self, verb: str, body: object) -> None:
        """Send a request, to a new child if there is none."""
        if not self._ready:
            await self._start()
        self._until = asyncio.get_running_loop().time() + self._limits.request
        self._number += 1
        pipe = self._process.stdin if self._process else None
        if pipe is None:
            raise ChildLostError("died")
        pipe.write(channel.frame([self._number, verb, body]))
        try:
            async with asyncio.timeout(self._limits.answer):
                await pipe.drain()
        except TimeoutError:
            raise await self._lost("hung") from None
        except ConnectionError:
            raise await self._lost("died") from None

    async def answer(self) -> tuple[str, object]:
        """Return kind and body of the next answer to the last request."""
        while True:
            left = self._until - asyncio.get_running_loop().time()
            if left <= 0:
                raise await self._lost("hung")
            number, kind, body = await self._frame(min(self._limits.answer, left))
            # An answer to an earlier request belongs to a caller that was cancelled.
            if number == self._number:
                return kind, body

    async def nonsense(self) -> ChildLostError:
        """End a child that answers what no engine answers; return the error to raise."""
        return await self._lost("died")

    def abandon(self) -> None:
        """End the child at once; it is waited for later."""
        process = self._give_up()
        if process is not None:
            _kill(process)

    async def close(self) -> None:
        """Let the child end by itself, or end it, and wait until it is gone."""
        if self._starting is not None:
            with contextlib.suppress(OSError):
                await asyncio.shield(self._starting)
        self._give_up()
        await self._reap_all()

    async def _start(self) -> None:
        """Have a child that is ready; goes on where an earlier call was cancelled."""
        await self._reap_all()
        try:
            if self._process is None:
                if self._starting is None:
                    self.starts += 1
                    # Kept here, and awaited before anything ends.
                    self._starting = asyncio.create_task(self._spawn())  # noqa: TID251
                # asyncio itself forgets a child whose start is cancelled twice: it never is.
                await asyncio.shield(self._starting)
            number, kind, _ = await self._frame(self._limits.start)
        except (OSError, ChildLostError):
            raise EngineError("engine-does-not-start") from None
        if (number, kind) != (0, "ready"):
            await self.nonsense()
            raise EngineError("engine-does-not-start")
        self._ready = True

    async def _spawn(self) -> None:
        self._received.clear()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
                start_new_session=True,
                limit=_BUFFER,
            )
        finally:
            self._starting = None

    async def _frame(self, seconds: float) -> tuple[int, str, object]:
        """Read one frame; safe to cancel, for what was read of it is kept."""
        try:
            async with asyncio.timeout(seconds):
                packed = await self._read_on()
            number, kind, body = wire.array(wire.unpack(packed, channel.MAX_ANSWER), 3)
            return wire.integer(number), str(kind), body
        except TimeoutError:
            raise await self._lost("hung") from None
        except ConnectionError:
            raise await self._lost("died") from None
        except RemoteProtocolError:
            raise await self.nonsense() from None

    async def _read_on(self) -> bytes:
        """Read until a frame is whole: usually several are. Raises ConnectionError."""
        while (packed := self._whole_frame()) is None:
            pipe = self._process.stdout if self._process else None
            data = await pipe.read(_BUFFER) if pipe is not None else b""
            if not data:
                raise ConnectionResetError
            self._received += data
        return packed

    def _whole_frame(self) -> bytes | None:
        """Take the oldest frame out of what was received; None while it is not whole."""
        start = channel.LENGTH.size
        if len(self._received) < start:
            return None
        (size,) = channel.LENGTH.unpack_from(self._received)
        if size > channel.MAX_ANSWER:
            raise ConnectionAbortedError
        if len(self._received) < start + size:
            return None
        packed = bytes(self._received[start : start + size])
        del self._received[: start + size]
        return packed

    async def _lost(self, reason: str) -> ChildLostError:
        process = self._give_up()
        if process is not None:
            if reason == "hung":
                _kill(process)
            await self._reap(process)
            if process.returncode in {channel.OUT_OF_MEMORY, *_OUT_OF_TIME}:
                reason = "limit"
        return ChildLostError(reason)

    def _give_up(self) -> asyncio.subprocess.Process | None:
        """Speak to the child no more; return it, listed among those that are ending."""
        process, self._process = self._process, None
        self._ready = False
        if process is not None:
            self._ending.append(process)
        return process

    async def _reap_all(self) -> None:
        while self._ending:
            await self._reap(self._ending[-1])

    async def _reap(self, process: asyncio.subprocess.Process) -> None:
        """Wait for *process* to end, ending it if it does not; its pipes are drained and closed."""
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(self._limits.close):
                await _ended(process)
        except TimeoutError:
            _kill(process)
            await _ended(process)
        self._ending.remove(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.stdout is not None:
        while await process.stdout.read(_BUFFER):
            pass
    await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
