"""What tools that carry folders do to files: copy halves, rename, double, delete, bring back."""

from __future__ import annotations

import random
import shutil
from pathlib import Path


class Carrier:
    """Several copies of one folder, as a tool keeps them on several devices, until left alone.

    Deterministic for a *seed*. A file that a device deleted goes from all copies; what the tool
    doubled or broke stays until `settle` brings every copy in order.
    """

    def __init__(self, places: list[Path], seed: int) -> None:
        self.places = places
        self.random = random.Random(seed)
        self._seen: dict[Path, set[str]] = {place: set() for place in places}
        for place in places:
            place.mkdir(parents=True, exist_ok=True)

    def _whole(self, place: Path) -> dict[str, Path]:
        return {path.name: path for path in place.iterdir() if path.is_file()}

    def mangle(self) -> None:
        """Carry some of it, some of that badly."""
        for place in self.random.sample(self.places, len(self.places)):
            for other in self.places:
                if other is not place:
                    self._carry(place, other)
        for place in self.places:
            self._spoil(place)

    def _carry(self, place: Path, other: Path) -> None:
        there = self._whole(other)
        for name, path in sorted(self._whole(place).items()):
            drawn = self.random.random()
            if drawn < 0.4:
                continue
            data = path.read_bytes()
            if drawn < 0.6:
                data = data[: self.random.randrange(len(data) + 1)]
            target = name
            if drawn > 0.9:
                target = f"{path.stem}.sync-conflict-{self.random.randrange(999)}{path.suffix}"
            if target not in there or drawn > 0.8:
                (other / target).write_bytes(data)

    def _spoil(self, place: Path) -> None:
        for name, path in sorted(self._whole(place).items()):
            match self.random.randrange(14):
                case 0:
                    path.unlink()
                case 1:
                    path.rename(place / f"{self.random.randrange(10**9)} copia.dat")
                case 2:
                    shutil.copy(path, place / f"copy of {name}")
                case 3:
                    data = path.read_bytes()
                    path.write_bytes(data[: self.random.randrange(len(data) + 1)])
                case 4:
                    path.write_bytes(bytes(path.stat().st_size))
                case _:
                    pass

    def settle(self) -> None:
        """Bring every file that is anywhere to everywhere, the largest of each name."""
        largest: dict[str, bytes] = {}
        for place in self.places:
            for name, path in self._whole(place).items():
                data = path.read_bytes()
                if len(data.rstrip(b"\0")) > len(largest.get(name, b"").rstrip(b"\0")):
                    largest[name] = data
        for place in self.places:
            here = self._whole(place)
            for name, data in largest.items():
                if name not in here or here[name].read_bytes() != data:
                    (place / name).write_bytes(data)

    def mirror(self) -> None:
        """Do what a tool does that works: what was made or deleted anywhere is so everywhere."""
        now = {place: self._whole(place) for place in self.places}
        gone = {
            name for place in self.places for name in self._seen[place] if name not in now[place]
        }
        for name in gone:
            for place in self.places:
                (place / name).unlink(missing_ok=True)
        self.settle()
        for place in self.places:
            self._seen[place] = set(self._whole(place))
