"""Two kinds of protocol error: ours and theirs."""

from __future__ import annotations


class ProtocolError(Exception):
    """Never raised itself: say whose fault it is."""

    def __init__(self, message: str) -> None:
        if type(self) is ProtocolError:
            raise TypeError("raise LocalProtocolError or RemoteProtocolError")
        super().__init__(message)


class LocalProtocolError(ProtocolError):
    """Our own program asked for something the protocol does not allow: a bug here."""


class RemoteProtocolError(ProtocolError):
    """Bytes of a peer break the protocol: drop them, hang up. Nothing else may come from bytes."""


class IncompatibleVersionError(RemoteProtocolError):
    """The peer speaks a protocol version this program does not know; people must be told."""
