"""Hosts on one cable, without root and without `ip`: network namespaces joined by bridges.

A `Lab` starts one *agent* process that holds the switches (bridges) in a namespace of its own, and
one sleeping process per host that holds that host's namespace. Commands are run in a host by a
small launcher that enters its namespace. Nothing reaches this machine's own interfaces. When the
`Lab` ends, or its process dies, the kernel removes everything.

This file and `lab_agent.py` need the standard library only: they may be copied elsewhere.
"""

from __future__ import annotations

import contextlib
import json
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

LAN = "lan"
"""The network every host is on unless another is named."""
TRUNK = "trunk"
"""Named as the network where a cable between two networks is cut or joined again."""
AGENT = Path(__file__).resolve().with_name("lab_agent.py")
PCAP_HEADER_BYTES, PCAP_RECORD_BYTES = 24, 16


def read_frames(path: Path) -> list[bytes]:
    """The Ethernet frames of a pcap file written by `Lab.capture`."""
    data, position, frames = path.read_bytes(), PCAP_HEADER_BYTES, []
    while position + PCAP_RECORD_BYTES <= len(data):  # the last one may still be written
        (size,) = struct.unpack_from("=I", data, position + 8)
        frames.append(data[position + PCAP_RECORD_BYTES : position + PCAP_RECORD_BYTES + size])
        position += PCAP_RECORD_BYTES + size
    return frames


def _program(role: str, *arguments: str) -> list[str]:
    return [sys.executable, "-I", "-S", str(AGENT), role, *arguments]


class Host:
    """A machine of the lab; *name* is its host name too."""

    def __init__(self, name: str, pid: int, address: str) -> None:
        self.name = name
        self.pid = pid
        self.address = address
        self._running: list[subprocess.Popen[Any]] = []

    def command(self, command: Sequence[str]) -> list[str]:
        """*command* as to be started from outside so that it runs on this host."""
        return _program("enter", str(self.pid), *command)

    def popen(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[Any]:
        """Start *command* on this host; ended with the lab, or with the calling thread."""
        command = self.command(command)
        started = subprocess.Popen(command, env=env, **options)  # noqa: S603 - the lab's own
        self._running.append(started)
        return started

    def run(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        **options: Any,
    ) -> subprocess.CompletedProcess[str]:
        """Run *command* on this host to its end, with its output as text."""
        entered = _program("enter", str(self.pid), *command)
        return subprocess.run(  # noqa: S603 - the lab's own
            entered,
            env=env,
            timeout=timeout,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def stop(self) -> None:
        """End what was started on this host."""
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    with contextlib.suppress(BrokenPipeError):
                        stream.close()
        self._running.clear()


class Lab:
    """Hosts joined by switches, as a context manager; `available()` tells whether it can run."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}
        self._ports: dict[tuple[str, str], str] = {}
        self._agent: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._agent = subprocess.Popen(  # noqa: S603 - the lab's own
            _program("agent"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl+C is for whoever made the lab
        )
        first = self._pipe("stdout").readline()
        if first != "ready\n":
            reason = self._pipe("stderr").read().strip().splitlines()
            self.__exit__()
            raise OSError(reason[-1] if reason else "the agent did not start")
        return self

    def __exit__(self, *_: object) -> None:
        for host in self._hosts.values():
            host.stop()
        assert self._agent is not None
        for name in ("stdin", "stdout", "stderr"):
            self._pipe(name).close()
        self._agent.wait(10)

    def host(self, name: str, network: str = LAN) -> Host:
        """The host *name*, on *network* as `eth0` with an address of 10.77.0.0/24."""
        if name not in self._hosts:
            address = f"10.77.0.{len(self._hosts) + 11}"
            self._hosts[name] = Host(name, self._ask("host", name), address)
            self.connect(name, network, "eth0", address)
        return self._hosts[name]

    def connect(
        self, name: str, network: str, interface: str, address: str, prefix: int = 24
    ) -> None:
        """Give a host another interface, on *network*."""
        self._ports[name, network] = port = f"{network}-{len(self._ports)}"
        self._ask("cable", name, network, port, interface, address, prefix)

    def trunk(self, name: str, network: str, other: str) -> None:
        """Lay the cable *name* between two networks, which are one from then on."""
        self._ports[name, TRUNK] = port = f"trunk-{len(self._ports)}"
        self._ask("trunk", network, other, port)

    def cut(self, name: str, network: str = LAN) -> None:
        """Pull the host's cable out of the switch."""
        self._ask("link", self._ports[name, network], False)

    def join(self, name: str, network: str = LAN) -> None:
        """Put the cable back."""
        self._ask("link", self._ports[name, network], True)

    def mute(self, name: str, network: str = LAN) -> None:
        """Let nothing that is meant for everybody reach the host, as guest networks do."""
        self._ask("multicast", self._ports[name, network], False)

    def switch_off(self, name: str, interface: str = "eth0") -> None:
        """Take an interface of the host down."""
        self._ask("power", name, interface, False)

    def switch_on(self, name: str, interface: str = "eth0") -> None:
        """Bring it up again."""
        self._ask("power", name, interface, True)

    def move(self, name: str, address: str, interface: str = "eth0", prefix: int = 24) -> None:
        """Give the host another address, as a router does when a lease ends."""
        host = self._hosts[name]
        self._ask("move", name, interface, host.address, address, prefix)
        host.address = address

    @contextlib.contextmanager
    def capture(self, path: Path, network: str = LAN) -> Iterator[None]:
        """Write every frame hosts send on *network* to *path* (pcap; see `read_frames`)."""
        assert self._agent is not None
        command = _program("sniff", str(self._agent.pid), str(path), f"{network}-")
        with subprocess.Popen(  # noqa: S603 - the lab's own
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        ) as sniffer:
            assert sniffer.stdout is not None
            assert sniffer.stdout.readline() == b"ready\n"
            yield
            sniffer.communicate()

    def _pipe(self, name: str) -> IO[str]:
        assert self._agent is not None
        pipe: IO[str] = getattr(self._agent, name)
        return pipe

    def _ask(self, *request: str | int) -> int:
        self._pipe("stdin").write(json.dumps(request) + "\n")
        self._pipe("stdin").flush()
        answer = json.loads(self._pipe("stdout").readline())
        if "error" in answer:
            raise OSError(f"{request[0]}: {answer['error']}")
        return int(answer["value"] or 0)


def available() -> str | None:
    """None when labs can run here, otherwise the reason why not, in one line."""
    if not sys.platform.startswith("linux"):
        return "network namespaces exist on Linux only"
    try:
        with Lab() as lab:
            lab.host("first")
    except OSError as error:
        return f"this kernel or its policy refuses network namespaces: {error}"
    return None
