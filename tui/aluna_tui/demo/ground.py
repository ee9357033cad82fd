"""Where the three devices stand: machines of a lab on one cable, or this computer's loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

from aluna_tui.demo import lab
from aluna_tui.demo.capture import streams
from aluna_tui.demo.program import StepFailedError
from aluna_tui.demo.relay import Record, Relay
from aluna_tui.texts import _

HOSTS: Final = ("one", "two", "three")
"""Names of the machines of the lab: they must say nothing of the people."""
_NOTED_SECONDS: Final = 5.0
_SEND: Final = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
    sending.sendto(sys.argv[2].encode(), (sys.argv[1], 9))
"""


class Ground(ABC):
    """What the story needs of the place where it happens; a context manager that leaves nothing."""

    def __init__(self) -> None:
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @abstractmethod
    def words(self) -> list[str]:
        """Return the sentences that say which place it is, and what that means."""

    @abstractmethod
    def start(
        self, host: str, command: Sequence[str], env: Mapping[str, str], **options: Any
    ) -> subprocess.Popen[Any]:
        """Start *command* on *host*."""

    @abstractmethod
    def node_options(self, host: str) -> list[str]:
        """Return the options of `aluna node` on *host*."""

    @abstractmethod
    def node_listens(self, host: str, address: str) -> None:
        """Take note that the node of *host* listens at *address*."""

    @abstractmethod
    def door_options(self) -> list[str]:
        """Return the options of `aluna invite`."""

    @abstractmethod
    def way_to_door(self, address: str) -> list[str]:
        """Return the options with which `aluna join` finds the door that is at *address*."""

    @abstractmethod
    def screen_options(self, host: str) -> dict[str, Any]:
        """Return the fields of `NodeOptions` with which screens on *host* stay in this place."""

    @abstractmethod
    def cut(self, host: str) -> None:
        """Let nothing reach *host* nor leave it."""

    @abstractmethod
    def join(self, host: str) -> None:
        """Undo `cut`."""

    @abstractmethod
    def carried(self) -> int:
        """Return how many bytes went from machine to machine so far."""

    @abstractmethod
    def traffic(self) -> list[bytes]:
        """Return what was carried: each frame where there are frames, and each stream whole."""

    @abstractmethod
    def send(self, word: str) -> None:
        """Send *word* in clear letters the way everything goes, for the search to find."""

    def wait_noted(self, word: str) -> None:
        """Return once *word* is in the traffic; raises StepFailedError if it never is."""
        end = time.monotonic() + _NOTED_SECONDS
        while not any(word.encode() in piece for piece in self.traffic()):
            if time.monotonic() > end:
                raise StepFailedError(_("The traffic was not noted down."))
            time.sleep(0.05)


class Machines(Ground):
    """Three machines that are network namespaces, on one cable, with real multicast."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._frames = folder / "cable.pcap"
        with ExitStack() as opening:
            self._lab = opening.enter_context(lab.Lab())
            self._hosts = {name: self._lab.host(name) for name in HOSTS}
            opening.enter_context(self._lab.capture(self._frames))
            self._open = opening.pop_all()

    def words(self) -> list[str]:
        """Return the sentences that say which place it is, and what that means."""
        return [
            _("Three machines inside this one (network namespaces), joined by one cable."),
            _("They find each other as on any local network; nobody gives an address."),
            _("Every frame on the cable is written down, to be searched at the end."),
        ]

    def start(
        self, host: str, command: Sequence[str], env: Mapping[str, str], **options: Any
    ) -> subprocess.Popen[Any]:
        """Start *command* on *host*."""
        return self._hosts[host].popen(command, env, **options)

    def node_options(self, host: str) -> list[str]:
        """Return none: the node finds the others by itself."""
        del host
        return []

    def node_listens(self, host: str, address: str) -> None:
        """Others find out for themselves."""

    def door_options(self) -> list[str]:
        """Return none: the door is announced."""
        return []

    def way_to_door(self, address: str) -> list[str]:
        """Return none: the five words are enough."""
        del address
        return []

    def screen_options(self, host: str) -> dict[str, Any]:
        """Return none: the machine's network is the lab's."""
        del host
        return {}

    def cut(self, host: str) -> None:
        """Pull the cable of *host*."""
        self._lab.cut(host)

    def join(self, host: str) -> None:
        """Put the cable of *host* back."""
        self._lab.join(host)

    def carried(self) -> int:
        """Return how many bytes of frames were on the cable so far."""
        return sum(len(frame) for frame in lab.read_frames(self._frames))

    def traffic(self) -> list[bytes]:
        """Return each frame, and each TCP stream whole."""
        frames = lab.read_frames(self._frames)
        return frames + streams(frames)

    def send(self, word: str) -> None:
        """Send *word* over the cable in a datagram."""
        first, second = (self._hosts[name] for name in HOSTS[:2])
        sent = first.run([sys.executable, "-c", _SEND, second.address, word])
        if sent.returncode != 0:
            raise StepFailedError(_("The traffic was not noted down."), sent.stderr)


class Loopback(Ground):
    """The loopback of this computer: cables are relays, and addresses are given."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self._reason = reason
        self._record = Record()
        self._nodes: dict[str, tuple[str, int]] = {}
        self._cables: list[tuple[str, str, Relay]] = []
        """Who dials whom through which relay."""

    def words(self) -> list[str]:
        """Return the sentences that say which place it is, and what that means."""
        return [
            _("All on 127.0.0.1, because there are no network namespaces here: {reason}.").format(
                reason=self._reason
            ),
            _("Nothing leaves this computer; each one is told where the others are."),
            _("Their bytes pass through a relay that writes them down, to be searched at the end."),
        ]

    def start(
        self, host: str, command: Sequence[str], env: Mapping[str, str], **options: Any
    ) -> subprocess.Popen[Any]:
        """Start *command*; ended with this place."""
        del host
        process = subprocess.Popen(command, env=env, **options)  # noqa: S603 - our own program
        self._open.callback(_end, process)
        return process

    def _relay(self, target: tuple[str, int] | None) -> Relay:
        relay = self._open.enter_context(Relay(self._record))
        if target is not None:
            relay.lead_to(target)
        return relay

    def _cable(self, host: str, other: str) -> tuple[str, int]:
        relay = self._relay(self._nodes.get(other))
        self._cables.append((host, other, relay))
        return relay.address

    def node_options(self, host: str) -> list[str]:
        """Return options that stay on 127.0.0.1; each dials those before it."""
        options = ["--no-lan", "--listen", "127.0.0.1:0"]
        for other in HOSTS[: HOSTS.index(host)]:
            near, port = self._cable(host, other)
            options += ["--peer", f"{near}:{port}"]
        return options

    def node_listens(self, host: str, address: str) -> None:
        """Lead the cables of those who dial *host* to it."""
        self._nodes[host] = _parsed(address)
        for _host, other, relay in self._cables:
            if other == host:
                relay.lead_to(self._nodes[host])

    def door_options(self) -> list[str]:
        """Return where the door is."""
        return ["--listen", "127.0.0.1:0"]

    def way_to_door(self, address: str) -> list[str]:
        """Return the address of a cable to the door."""
        near, port = self._relay(_parsed(address)).address
        return ["--at", f"{near}:{port}"]

    def screen_options(self, host: str) -> dict[str, Any]:
        """Return options that stay on 127.0.0.1."""
        peers = [self._cable(host, other) for other in HOSTS if other != host]
        return {"listen": ("127.0.0.1", 0), "lan": False, "peers": peers}

    def cut(self, host: str) -> None:
        """Let nothing through the cables of *host*."""
        for *ends, relay in self._cables:
            if host in ends:
                relay.cut()

    def join(self, host: str) -> None:
        """Let everything through them again."""
        for *ends, relay in self._cables:
            if host in ends:
                relay.join()

    def carried(self) -> int:
        """Return how many bytes passed the relays so far."""
        return sum(len(stream) for stream in self._record.streams())

    def traffic(self) -> list[bytes]:
        """Return each direction of each connection."""
        return self._record.streams()

    def send(self, word: str) -> None:
        """Send *word* through a relay to somebody who only listens."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            relay = self._relay(listening.getsockname()[:2])
            with socket.create_connection(relay.address, 5) as sending:
                sending.sendall(word.encode())
                self.wait_noted(word)


def _parsed(address: str) -> tuple[str, int]:
    host, _colon, port = address.rpartition(":")
    return host, int(port)


def _end(process: subprocess.Popen[Any]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def choose_ground(folder: Path, *, loopback: bool) -> Ground:
    """Return machines of a lab where this system allows them, else loopback."""
    reason = _("as asked") if loopback else lab.available()
    return Loopback(reason) if reason is not None else Machines(folder)
