"""What persons do about who belongs, about circles, and with what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aluna_protocol import entry as entries
from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.agreeing import Agreeing, changed_rules, leave
from aluna_sync.circles import bring_in, found_circle, share
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError
from simulator import actions

if TYPE_CHECKING:
    from simulator.machine import Machine
    from simulator.world import World

MOST_CIRCLES = 4


def attempt(machine: Machine, name: str, what: Callable[[], object]) -> None:
    """Let a person do *what*; a refusal is as good an answer as any."""
    seen = machine.world.watch.seen
    try:
        machine.guarded(what)
    except AlunaError as error:
        seen[f"refused {name}: {error.code}"] += 1
        return
    seen[name] += 1


def agree(machine: Machine, action: actions.Agree) -> None:
    """Do one of `AGREED`."""
    device = machine.running
    space = somewhere(machine, action.where % 2)
    if space is None:
        return
    people = Agreeing(device, space)
    what = actions.AGREED[action.what % len(actions.AGREED)]
    attempt(machine, what, lambda: _do(people, device, what, action.about))
    if machine.on:
        machine.seal_later()


def somewhere(machine: Machine, where: int) -> SpaceId | None:
    """Return the collective (0), or a circle (1) of a machine where it is in one."""
    spaces = machine.running.spaces
    circles = spaces.of_kind("circle")
    if where and circles:
        return circles[machine.world.rng.randrange(len(circles))]
    collective = machine.world.collective
    return collective if collective in spaces.rows else None


def _do(people: Agreeing, device: Device, what: str, about: int) -> None:
    replica = device.spaces.replicas[people.space]
    membership = replica.membership
    persons = sorted(membership.persons)
    others = [one for one in persons if one != device.person]
    devices = sorted(one for one in membership.seats if one != device.device)
    match what:
        case "remove" if others:
            people.remove(others[about % len(others)])
        case "remove-device" if devices:
            people.remove_device(devices[about % len(devices)])
        case "suspend" if devices:
            people.suspend(devices[about % len(devices)])
        case "lift" if membership.suspended:
            suspended = sorted(membership.suspended)
            people.lift(suspended[about % len(suspended)])
        case "second":
            waiting = [one for one in people.requests() if one.waits_for_me]
            if waiting:
                people.second(waiting[about % len(waiting)].id)
        case "limit" | "reopen":
            keepers = persons[: 2 + about % 2] if what == "limit" else []
            quorum = 2 if len(keepers) != 3 else 2 + about // 2 % 2
            rules = changed_rules(
                membership.rules,
                keepers=keepers,
                quorum=quorum,
                admitting=1 + about // 4 % 2,
                gives_past=about // 8 % 3 != 0,
            )
            people.set_rules(rules)
        case "rest" | "return":
            people.rest(resting=what == "rest")
        case "leave" if len(persons) > 2:
            leave(device, device.spaces.rows[people.space].collective)
        case _:
            pass


def circle(machine: Machine, action: actions.Circle) -> None:
    """Found a circle, or bring somebody into one."""
    world, device = machine.world, machine.running
    if world.collective not in device.spaces.rows:
        return
    persons = sorted(device.spaces.replicas[world.collective].membership.persons)
    about = persons[action.about % len(persons)] if persons else device.person
    known = device.spaces.of_kind("circle", world.collective)
    if action.more and known:
        chosen = known[action.about % len(known)]
        attempt(machine, "bring in", lambda: bring_in(device, chosen, about))
    elif len(known) < MOST_CIRCLES:
        name = f"Círculo {world.rng.randrange(10**6)}"
        found = lambda: found_circle(device, world.collective, name, [about])  # noqa: E731
        attempt(machine, "found a circle", found)


def give(machine: Machine, document: DocumentId, action: actions.Share) -> None:
    """Share a version of a record."""
    device = machine.running
    spaces = sorted(device.spaces.rows)
    to = spaces[action.where % len(spaces)]
    attempt(machine, "share", lambda: machine.await_(share(device, document, to)))
    if machine.on:
        machine.seal_later()


def take_back(machine: Machine, number: int) -> None:
    """Take back one of this person's own records."""
    device, truth = machine.running, machine.world.watch.truth
    own = sorted(
        (document, space)
        for space in device.spaces.rows
        for document, _ in device.store.index.state_parts(space)
        if entries.is_of(document, space, device.person)
    )
    if not own:
        return
    document, space = own[number % len(own)]

    def taken() -> None:
        truth.taken_back.add((space, document))
        machine.await_(device.take_back(document))

    attempt(machine, "take back", taken)


def again(world: World, host: Machine, who: int) -> None:
    """Let a person who is gone come in with a new device."""
    if world.collective not in host.running.spaces.rows:
        return
    persons = host.running.spaces.replicas[world.collective].membership.persons
    gone = sorted({one.who for one in world.machines if one.person not in persons})
    if gone:
        guest = world.machine(gone[who % len(gone)])
        attempt(host, "came again", lambda: world.join(host, guest, world.collective))
