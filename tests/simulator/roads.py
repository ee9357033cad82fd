"""Bundles that somebody carries, and one folder that a tool carries badly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aluna_sync.errors import AlunaError
from aluna_sync.exchange.choosing import loads, seal_pending, spaces_of
from aluna_sync.exchange.folder import Folder
from aluna_sync.exchange.reading import read_bundle, settle
from aluna_sync.exchange.writing import write_bundle

if TYPE_CHECKING:
    from simulator.machine import Machine
    from simulator.world import World


def by_bundle(source: Machine, target: Machine, kept: float) -> None:
    """Write a bundle, carry *kept* of it, and read it."""
    world, device = source.world, source.running
    if world.collective not in device.spaces.rows:
        return
    path = world.home / "stick"
    path.unlink(missing_ok=True)

    def put() -> None:
        spaces = spaces_of(device, world.collective)
        seal_pending(device, spaces)
        chosen = loads(device, spaces, None, everything=False)
        if chosen:
            write_bundle(device, path, chosen)

    source.guarded(put)
    if not path.exists() or not target.on:
        return
    if kept < 1.0:
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * kept)])
    target.guarded(lambda: _read(target, path))


def _read(machine: Machine, path: Path) -> None:
    seen = machine.world.watch.seen
    try:
        taken = read_bundle(machine.running, path)
    except AlunaError as error:
        seen[f"refused bundle: {error.code}"] += 1
        return
    seen["bundles read"] += 1
    seen["entries by bundle"] += taken.new
    machine.await_(settle(machine.running, taken))


def in_folder(world: World, machine: Machine, how: int) -> None:
    """Spoil one file of the folder, then have a machine look into it."""
    place = world.home / "folder"
    place.mkdir(exist_ok=True)
    files = sorted(path for path in place.iterdir() if path.is_file())
    if files:
        _spoil(world, files[world.rng.randrange(len(files))], how)
    if world.collective not in machine.running.spaces.rows:
        return

    def look() -> None:
        folders = machine.running.store.folders
        if not folders.all():
            folders.add(place, world.collective)
        folder = Folder(machine.running, folders.all()[0], clock=lambda: machine.now)
        looked = world.runner.run(folder.look(at_once=True))
        world.watch.seen["folders looked into"] += 1
        world.watch.seen["entries by folder"] += looked.new

    machine.guarded(look)


def _spoil(world: World, path: Path, how: int) -> None:
    match how % 5:
        case 0:
            data = path.read_bytes()
            path.write_bytes(data[: world.rng.randrange(len(data) + 1)])
        case 1:
            path.rename(path.with_name(f"{world.rng.randrange(10**9)} copia.dat"))
        case 2:
            path.with_name(f"copia de {path.name}").write_bytes(path.read_bytes())
        case _:
            pass
