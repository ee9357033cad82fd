"""Who talks with whom at the end of a run: those who count each other in, space by space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aluna_protocol.ids import SpaceId

if TYPE_CHECKING:
    from simulator.machine import Machine
    from simulator.world import World


def counts(one: Machine, other: Machine, space: SpaceId) -> bool:
    """Tell whether *one* takes itself and *other* for members of *space*."""
    replica = one.running.spaces.replicas.get(space)
    return replica is not None and {one.keys.device, other.keys.device} <= replica.members


def companions(world: World, one: Machine, other: Machine, space: SpaceId) -> bool:
    """Tell whether both count each other in, in *space* and in the collective."""
    return all(
        counts(one, other, each) and counts(other, one, each) for each in {space, world.collective}
    )


def groups(world: World, space: SpaceId) -> list[list[Machine]]:
    """Return honest devices in groups: who is in touch through others of *space* is in one.

    Everybody but the first of a group has a companion before herself.

    Where each half of a collective removed the other there are two, and nothing heals that.
    """
    left = [one for one in world.machines if one.honest and one.on and _holds(one, space)]
    found: list[list[Machine]] = []
    while left:
        group, waiting = [], [left.pop(0)]
        while waiting:
            one = waiting.pop()
            group.append(one)
            near = [other for other in left if companions(world, one, other, space)]
            left = [other for other in left if other not in near]
            waiting += near
        found.append(group)
    return found


def tree(world: World, space: SpaceId, group: list[Machine]) -> list[tuple[Machine, Machine]]:
    """Return pairs of companions, drawn, over which everybody of *group* hears of everybody."""
    return [
        (
            world.rng.choice([one for one in group[:at] if companions(world, one, other, space)]),
            other,
        )
        for at, other in enumerate(group)
        if at
    ]


def _holds(one: Machine, space: SpaceId) -> bool:
    replica = one.running.spaces.replicas.get(space)
    return replica is not None and one.keys.device in replica.members


def uninformed(world: World, space: SpaceId) -> list[tuple[Machine, Machine]]:
    """Return who is in *space* as somebody she talks with knows, and does not know it herself."""
    return [
        (one, other)
        for one in world.machines
        for other in world.machines
        if one.honest
        and other.honest
        and one.on
        and other.on
        and space not in other.running.spaces.rows
        and counts(one, other, space)
        and companions(world, one, other, world.collective)
    ]
