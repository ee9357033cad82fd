"""A simulated machine as it stands there: whose it is, its keys, its disk, its wrong clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from aluna_protocol.crypto import blake2b
from aluna_protocol.ids import Instant, PersonId
from aluna_protocol.membership import Seat, sign_seat
from simulator.disk import Disk
from simulator.keys import Keys

if TYPE_CHECKING:
    from simulator.world import World

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Body:
    """What a machine has whether it runs or not; all of it is drawn from the seed."""

    def __init__(self, world: World, index: int, person: int, clock: float, home: Path) -> None:
        rng = Random(f"{world.plan.seed}/machine/{index}")
        self.world = world
        self.index = self.place = index
        self.who = person
        self.person = PersonId(blake2b(f"person {person}".encode(), size=16))
        self.name = f"p{person}d{index}"
        self.person_name = f"p{person}"
        self.keys = Keys(rng.randbytes(32), rng.randbytes(32))
        self.incarnation = int.from_bytes(rng.randbytes(4), "big")
        self.clock = clock
        self.disk = Disk(home)
        self.disk.create(self.keys.device, self.person)
        self._rng = (-1, rng)

    @property
    def seat(self) -> Seat:
        keys = self.keys
        return sign_seat(keys, self.name, self.person, self.person_name)

    @property
    def secrets(self) -> tuple[bytes, bytes]:
        """What must never leave it."""
        return self.keys.sign_seed, self.keys.static_secret

    def random_bytes(self, count: int) -> bytes:
        """Draw from the seed: anew for every action, so that a shorter trace draws the same."""
        salt, rng = self._rng
        if salt != self.world.salt:
            rng = Random(f"{self.world.salt}/{self.index}")
            self._rng = (self.world.salt, rng)
        return rng.randbytes(count)

    def wallclock(self) -> datetime:
        """What the machine takes the time for."""
        return EPOCH + timedelta(seconds=self.world.wire.now + self.clock)

    @property
    def now(self) -> Instant:
        """The monotonic clock of the hub: only differences mean anything."""
        return Instant(self.world.wire.now + self.clock)
