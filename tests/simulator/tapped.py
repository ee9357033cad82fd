"""The real hub with an ear in it: every message it takes is shown to the watch first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aluna_protocol import messages
from aluna_protocol.hub import Hub
from aluna_protocol.hub_events import HubEffect
from aluna_protocol.ids import Instant
from aluna_protocol.session import Session

if TYPE_CHECKING:
    from simulator.machine import Machine

assert hasattr(Hub, "_message"), "the tap sits where messages come in"


class TappedHub(Hub):
    """`Hub`, overheard."""

    def __init__(self, machine: Machine, incarnation: int, engine: str) -> None:
        super().__init__(machine.keys, incarnation, engine, machine.random_bytes)
        self._machine = machine

    def _message(
        self, session: Session, message: messages.Message, now: Instant
    ) -> list[HubEffect]:
        self._machine.world.watch.message(self._machine, session, message)
        return super()._message(session, message, now)
