"""What other devices have, as far as they said so; when and where they were met."""

# ruff: noqa: S608 - only fixed names are put into statements, values are always bound

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from aluna_protocol.ids import DeviceId, Lane, LogId, SpaceId
from aluna_sync.store.connection import Database, expected
from aluna_sync.store.numbers import Numbers
from aluna_sync.store.rows import Address
from aluna_sync.store.schema import PARTS_STEP

ADDRESSES_PER_DEVICE: Final = 4
"""Home, the office, a friend's house and one more; older ones are forgotten."""
VAIN_DAYS: Final = 14
"""An address where nobody was found on so many different days, on its own network, is forgotten."""
MOST_UNHEARD: Final = 1024
"""Logs of a space kept of which nothing came: somebody may name any number of them."""

UNACKNOWLEDGED: Final = f"""
SELECT count(*) FROM (
    SELECT p.document AS document
    FROM logs l CROSS JOIN entries e ON e.log=l.n
    CROSS JOIN places p ON p.part BETWEEN e.n*{PARTS_STEP} AND e.n*{PARTS_STEP}+{PARTS_STEP - 1}
    WHERE l.space=:space AND l.lane=:lane AND l.device=:own AND e.height>(
        SELECT min(coalesce(k.acknowledged, 0)) FROM json_each(:others) other
        LEFT JOIN known_by_peers k ON k.log=l.n AND k.peer=unhex(other.value)
    )
    UNION SELECT document FROM pending WHERE space=:space
)
"""
LACKING: Final = f"""
SELECT count(*), coalesce(sum(mine), 0) FROM (SELECT max(mine) AS mine FROM (
    SELECT p.document AS document, l.device=:own AS mine
    FROM logs l LEFT JOIN known_by_peers k ON k.log=l.n AND k.peer=:peer
    CROSS JOIN entries e ON e.log=l.n AND e.height>coalesce(k.acknowledged, 0)
    CROSS JOIN places p ON p.part BETWEEN e.n*{PARTS_STEP} AND e.n*{PARTS_STEP}+{PARTS_STEP - 1}
    WHERE l.space=:space AND l.lane=:lane AND l.device<>:peer
        AND l.height>coalesce(k.acknowledged, 0)
    UNION ALL SELECT document, 1 FROM pending WHERE space=:space
) GROUP BY document)
"""


class Peers:
    """One row per peer and branch of a log; what is acknowledged only grows."""

    def __init__(self, database: Database, numbers: Numbers) -> None:
        self._db = database
        self._numbers = numbers

    def acknowledge(self, peer: DeviceId, log: LogId, height: int) -> None:
        """Remember that *peer* has *log* up to *height*."""
        with self._db.transaction():
            number = self._know(peer, log)
            self._db.run(
                "UPDATE known_by_peers SET acknowledged=?1"
                " WHERE log=?2 AND peer=?3 AND acknowledged<?1",
                (height, number, peer),
            )

    def told(self, peer: DeviceId, log: LogId, height: int, *, only_more: bool = False) -> None:
        """Remember that *peer* said last that it has *log* up to *height*.

        *only_more*: what it said may be older than what is remembered.
        """
        with self._db.transaction():
            if self._numbers.log_if_known(log) is None and self._only_heard_of(log) >= MOST_UNHEARD:
                return
            number = self._know(peer, log)
            self._db.run(
                "UPDATE known_by_peers SET told=?1"
                " WHERE log=?2 AND peer=?3 AND NOT (?4 AND coalesce(told, 0)>?1)",
                (height, number, peer, only_more),
            )

    def _know(self, peer: DeviceId, log: LogId) -> int:
        number = self._numbers.log(log)
        self._db.run(
            "INSERT INTO known_by_peers(log, peer, acknowledged) VALUES(?, ?, 0)"
            " ON CONFLICT DO NOTHING",
            (number, peer),
        )
        return number

    def _only_heard_of(self, log: LogId) -> int:
        count: int = self._db.value(
            "SELECT count(*) FROM logs WHERE space=? AND height=0",
            (self._numbers.space(log.space),),
        )
        return count

    def acknowledged(self, space: SpaceId) -> dict[DeviceId, dict[LogId, int]]:
        """Return how far each peer has each log of *space*."""
        found: dict[DeviceId, dict[LogId, int]] = {}
        for peer, log, height in self._db.rows(
            "SELECT k.peer, k.log, k.acknowledged FROM logs l JOIN known_by_peers k ON k.log=l.n"
            " WHERE l.space=? AND k.acknowledged>0",
            (self._numbers.space(space),),
        ):
            found.setdefault(DeviceId(peer), {})[self._numbers.log_id(log)] = height
        return found

    def lacks(self, space: SpaceId, peer: DeviceId, own_device: DeviceId) -> tuple[int, int]:
        """Return how many records hold something *peer* has not acknowledged, and how many of
        those hold something *own_device* wrote.
        """
        given = {
            "space": self._numbers.space(space),
            "peer": peer,
            "own": own_device,
            "lane": int(Lane.CONTENT),
        }
        row = expected(self._db.row(LACKING, given))
        return row[0], row[1]

    def unacknowledged(
        self, space: SpaceId, own_device: DeviceId, others: Iterable[DeviceId]
    ) -> int:
        """Return how many records hold something *own_device* wrote that one of *others* lacks.

        By their own acknowledgements; nothing while there is nobody else.
        """
        named = [device.hex() for device in others]
        if not named:
            return 0
        found: int = self._db.value(
            UNACKNOWLEDGED,
            {
                "space": self._numbers.space(space),
                "own": own_device,
                "lane": int(Lane.CONTENT),
                "others": json.dumps(named),
            },
        )
        return found

    def we_lack(self, space: SpaceId, peer: DeviceId) -> int | None:
        """Return how many entries *peer* said it has and we do not; None when it never said."""
        row = expected(
            self._db.row(
                "SELECT count(*), sum(max(k.told-l.height, 0)) FROM logs l"
                " JOIN known_by_peers k ON k.log=l.n AND k.peer=?"
                " WHERE l.space=? AND k.told IS NOT NULL",
                (peer, self._numbers.space(space)),
            )
        )
        return row[1] if row[0] else None

    # -- meetings --------------------------------------------------------------------------------

    def met(self, peer: DeviceId, iso: str) -> None:
        """Remember that a session with *peer* ended well at *iso*."""
        self._db.run(
            "INSERT INTO peers(device, met) VALUES(?, ?)"
            " ON CONFLICT(device) DO UPDATE SET met=excluded.met",
            (peer, iso),
        )

    def last_met(self, peer: DeviceId) -> str | None:
        """Return when *peer* was met last, None if never."""
        found: str | None = self._db.value("SELECT met FROM peers WHERE device=?", (peer,))
        return found

    def remember_address(self, address: Address) -> None:
        """Remember where a device was reached, as its newest address."""
        place = (address.device, address.host, address.port)
        with self._db.transaction():
            self._db.run("DELETE FROM addresses WHERE device=? AND host=? AND port=?", place)
            self._db.run("INSERT INTO addresses(device, host, port) VALUES(?, ?, ?)", place)
            self._db.run(
                "DELETE FROM addresses WHERE device=?1 AND n NOT IN"
                " (SELECT n FROM addresses WHERE device=?1 ORDER BY n DESC LIMIT ?2)",
                (address.device, ADDRESSES_PER_DEVICE),
            )

    def remember_host(self, device: DeviceId, host: str, port: int) -> None:
        """Remember where a device came from, unless a better address there is known already."""
        if not any(known.host == host for known in self.addresses(device)):
            self.remember_address(Address(device, host, port))

    def not_there(self, address: Address, day: str) -> None:
        """Take that nobody of ours answered at *address* on *day*; forgotten after long."""
        place = (address.device, address.host, address.port)
        with self._db.transaction():
            self._db.run(
                "UPDATE addresses SET vain=vain+1, vain_day=?4"
                " WHERE device=?1 AND host=?2 AND port=?3 AND vain_day<>?4",
                (*place, day),
            )
            self._db.run("DELETE FROM addresses WHERE vain>=?", (VAIN_DAYS,))

    def forget_addresses(self, device: DeviceId) -> None:
        """Forget where *device* was met."""
        self._db.run("DELETE FROM addresses WHERE device=?", (device,))

    def addresses(self, device: DeviceId | None = None) -> list[Address]:
        """Return where *device* (or any) was reached, the newest first."""
        rows = self._db.rows(
            "SELECT device, host, port FROM addresses WHERE ?1 IS NULL OR device=?1"
            " ORDER BY n DESC",
            (device,),
        )
        return [Address(DeviceId(row[0]), row[1], row[2]) for row in rows]
