"""A discoverer on a host of a lab, and what it put on the cable."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from integration.namespaces import Host, available

PATIENCE_SECONDS = 20.0
CANARY = "canary-person"
REASON = available()


class Device:
    """A discoverer running on a host."""

    def __init__(
        self,
        host: Host,
        role: str = "announce",
        listen_host: str = "0.0.0.0",
        system: str = "linux",
        replay: str = "",
    ) -> None:
        self.host = host
        self.process = host.popen(
            [
                sys.executable,
                "-W",
                "error",
                str(Path(__file__).with_name("discoverer.py")),
                listen_host,
                role,
                system,
            ],
            env={"USER": CANARY, "HOME": f"/home/{CANARY}", "PATH": os.environ["PATH"]}
            | ({"REPLAY": replay} if replay else {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._stdin, self._stdout = self.process.stdin, self.process.stdout
        self._stderr = self.process.stderr
        self.left: dict[str, Any] = {}
        self._lines = selectors.DefaultSelector()
        self._lines.register(self._stdout, selectors.EVENT_READ)
        self._rest = b""

    def events(self, seconds: float) -> Iterator[dict[str, Any]]:
        """What it tells within *seconds*."""
        end = time.monotonic() + seconds
        while True:
            while b"\n" in self._rest:
                line, _, self._rest = self._rest.partition(b"\n")
                yield json.loads(line)
            if not self._lines.select(max(0.0, end - time.monotonic())):
                return
            more = os.read(self._stdout.fileno(), 65536)
            if not more:
                return
            self._rest += more

    def wait_event(self, event: str, **fields: object) -> dict[str, Any]:
        seen = []
        for each in self.events(PATIENCE_SECONDS):
            seen.append(each)
            if each["event"] == event and all(each.get(k) == v for k, v in fields.items()):
                return each
        self.process.kill()
        errors = self._stderr.read().decode()
        raise AssertionError(f"no {event} {fields} on {self.host.name}: {seen}\n{errors}")

    def rename(self) -> None:
        self._stdin.write(b"\n")
        self._stdin.flush()

    def leave(self) -> str:
        """End it in good order; returns what it wrote on standard error."""
        self._stdin.close()
        self.left = self.wait_event("left")
        assert self.process.wait(5) == 0
        return str(self._stderr.read(), "utf-8")


def mdns(frames: list[bytes]) -> list[bytes]:
    """The frames of UDP to or from port 5353, over IPv4 or IPv6."""
    port = (5353).to_bytes(2)
    ipv4 = [f for f in frames if f[12:14] == b"\x08\x00" and f[23] == 17]
    ipv6 = [f for f in frames if f[12:14] == b"\x86\xdd" and f[20] == 17]
    return [f for f in ipv4 if port in (f[34:36], f[36:38])] + [
        f for f in ipv6 if port in (f[54:56], f[56:58])
    ]
