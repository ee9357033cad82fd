"""Faults put into a device on purpose: what the simulator has to find when it is tested itself."""

from __future__ import annotations

from aluna_protocol.hub_events import EntriesStored, HubEffect, StoreEntries
from aluna_protocol.ids import DocumentId, Lane, SpaceId
from simulator.machine import Machine


class ForgetfulMachine(Machine):
    """Says of every second entry of others that it is durable, and never stores it."""

    def do(self, effect: HubEffect) -> None:
        """Do one thing the hub asks for, or say so."""
        match effect:
            case StoreEntries(connection, entries) if _is_second(effect):
                self._events.append(EntriesStored(connection, entries))
            case _:
                super().do(effect)


def _is_second(effect: StoreEntries) -> bool:
    header = effect.entries[0].header
    return header.log.lane is Lane.CONTENT and header.height == 2


class TalkativeMachine(Machine):
    """Tells its peers of its private space."""

    def share_new_spaces(self) -> None:
        """Let the hub know every space, the private one as if it were another circle."""
        super().share_new_spaces()
        self.hub.directory.shareable = lambda: list(self.running.spaces.rows)  # type: ignore[method-assign]


class HastyMachine(Machine):
    """Seals its words as if they were written at that moment."""

    def start(self) -> None:
        """Open the store, and keep nothing of when words were written."""
        super().start()
        log = self.running.store.log
        keep = log.add_pending

        def kept(space: SpaceId, document: DocumentId, change: bytes, known: bytes = b"") -> int:
            return keep(space, document, change, known[:0])

        log.add_pending = kept  # type: ignore[method-assign]


FAULTS: dict[str, type[Machine]] = {
    "": Machine,
    "forgets": ForgetfulMachine,
    "tells": TalkativeMachine,
    "hurries": HastyMachine,
}
