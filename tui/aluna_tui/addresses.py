"""Addresses as people type them: HOST:PORT, with brackets around an IPv6 host."""

from __future__ import annotations

from aluna_sync.errors import WrongUseError


def parse_address(text: str) -> tuple[str, int]:
    """Return host and port of *text*; raise "bad-address"."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdecimal() or int(port) > 65535:
        raise WrongUseError("bad-address", text=text)
    return host, int(port)


def address_text(address: tuple[str, int]) -> str:
    """Return *address* as people type it."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
