"""What other devices were shown to have done wrong: once per device and kind, with how often."""

from __future__ import annotations

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DeviceId
from aluna_sync.store.connection import Database


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A kind of fault of one device: first and last time as ISO, and how often."""

    device: DeviceId
    fault: str
    first: str
    last: str
    times: int


class Faults:
    """One row per device and kind: however often somebody errs, the table stays small."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def note(self, device: DeviceId, fault: str, iso: str, times: int = 1) -> None:
        """Remember that *device* did *fault* at *iso*, *times* times since the last note."""
        self._db.run(
            "INSERT INTO faults(device, fault, first, last, times) VALUES(?1, ?2, ?3, ?3, ?4)"
            " ON CONFLICT(device, fault) DO UPDATE SET last=?3, times=times+?4",
            (device, fault, iso, times),
        )

    def of(self, device: DeviceId) -> list[FaultRow]:
        """Return the faults of *device*, the oldest first."""
        rows = self._db.rows(
            "SELECT fault, first, last, times FROM faults WHERE device=? ORDER BY first, fault",
            (device,),
        )
        return [FaultRow(device, *row) for row in rows]

    def devices(self) -> list[DeviceId]:
        """Return the devices that have a fault."""
        rows = self._db.rows("SELECT DISTINCT device FROM faults ORDER BY device")
        return [DeviceId(row[0]) for row in rows]
