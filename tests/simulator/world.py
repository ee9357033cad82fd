"""A simulated world: machines, a wire, what is true, and the actions of a plan done to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

from aluna_protocol.handshake import Candidate
from aluna_protocol.ids import ConnectionId, DeviceId, SpaceId
from aluna_sync import circles, founding
from simulator.actions import Plan
from simulator.carrying import carry
from simulator.machine import MUCH, Machine
from simulator.planted import FAULTS
from simulator.remembering import remember
from simulator.rogue import RogueMachine
from simulator.watch import Watch, require
from simulator.wire import Wire

QUIET_STEP = 0.6
"""More than the half second after which others are told of an entry."""
QUIET_ROUNDS = 3
MAX_ROUNDS = 400
EVENTS_PER_ROUND = 60_000


remember()


class Stranger:
    """Somebody on the network without any key."""

    def __init__(self, world: World) -> None:
        self.place = -1
        self.heard = 0
        self._world = world

    def received(self, connection: ConnectionId, data: bytes) -> None:
        """Take what is answered."""
        self.heard += len(data)
        self._world.watch.stranger_heard(self.heard)

    def lost(self, connection: ConnectionId) -> None:
        """The connection was closed."""


class World:
    """Everything there is in one run."""

    def __init__(self, plan: Plan, home: Path) -> None:
        self.plan = plan
        self.home = home
        self.salt = 0
        self.rng = Random(0)
        self.runner = asyncio.Runner()
        self.watch = Watch(self)
        self.wire = Wire(self.watch.carried)
        self.machines: list[Machine] = []
        self.by_device: dict[DeviceId, Machine] = {}
        self.collective: SpaceId
        self.circle: SpaceId | None = None
        self.rogue: RogueMachine | None = None
        self.announced: dict[int, dict[bytes, bytes]] = {}

    def close(self) -> None:
        """Drop everything."""
        for machine in self.machines:
            if machine.device is not None:
                machine.device.lock()
        self.runner.close()

    # -- beginnings ------------------------------------------------------------------------------

    def set_up(self) -> None:
        """Found everything and let everybody in."""
        plan = self.plan
        self.begin(plan.seed)
        founder = self.machine(0)
        self.collective = founding.found_collective(founder.running, "Semilla")
        self._entered(founder)
        for index in range(1, plan.devices):
            # Only a person herself lets in further devices of hers.
            host = founder if index < plan.persons else self.machines[index % plan.persons]
            self.join(host, self.machine(index % plan.persons), self.collective)
            self.catch_up_control(host, founder)
        for machine in self.machines:
            self.catch_up_control(founder, machine)
        if plan.circle and plan.persons > 1:
            self._found_circle(self.machines[1])

    def machine(self, person: int) -> Machine:
        """Make a new machine for *person* and start it."""
        index = len(self.machines)
        clock = self.plan.clocks[index % len(self.plan.clocks)]
        kind = RogueMachine if index == self.plan.rogue else FAULTS[self.plan.planted]
        made = kind(self, index, person, clock, self.home / str(index))
        if isinstance(made, RogueMachine):
            self.rogue = made
        self.machines.append(made)
        self.by_device[made.keys.device] = made
        made.start()
        if made.honest:
            self.watch.learn_secrets(made.secrets)
        return made

    def _found_circle(self, founder: Machine) -> None:
        device = founder.running
        persons = {guest.person for guest in self.machines[::2]}
        self.circle = circles.found_circle(device, self.collective, "Cuidados", persons)
        self._entered(founder)

    def join(self, host: Machine, guest: Machine, space: SpaceId) -> None:
        """Let *guest* into *space* as the door does: an admission, and all control entries."""
        persons = host.running.spaces.replicas[space].membership.persons
        if guest.person in persons and guest.person != host.person:
            return  # only she may
        host.guarded(lambda: founding.admit(host.running, space, guest.seat, b""))
        if not host.on or not guest.on:
            return
        if guest.keys.device not in host.running.spaces.replicas[space].members:
            self.watch.seen["waits outside for another yes"] += 1
            return
        payload = founding.welcome(host.running, space)
        guest.guarded(lambda: founding.enter(guest.running, payload, host.keys.static))
        if guest.on:
            self._entered(guest)

    def _entered(self, machine: Machine) -> None:
        device = machine.running
        machine.share_new_spaces()
        truth = self.watch.truth
        for space in device.spaces.rows:
            kind = device.space_kind(space)
            if kind == "private":
                truth.private[space] = machine.person
            truth.seated.setdefault(space, set()).add(device.device)
            self.watch.learn_secrets(device.spaces.epoch_keys[space].values())
            control = device.store.log.control_entries(space)
            machine.durable.update(bytes(one.hash) for one in control)
            for one in control:
                truth.written.setdefault(one.signature, (space, one.header.kind.lane))

    def catch_up_control(self, source: Machine, target: Machine) -> None:
        """Let *target* know everybody, as if they had met before the story begins."""
        if source is not target:
            carry(target, source.running.store, self.collective, MUCH)
            target.running.spaces.learn_keys(self.collective)

    # -- time ------------------------------------------------------------------------------------

    def begin(self, salt: int) -> None:
        """An action begins: all chance in it comes from *salt*."""
        self.salt = salt
        self.rng = self.wire.rng = Random(salt)

    def run(self, seconds: float, step: float) -> None:
        """Let time pass."""
        end = self.wire.now + seconds
        while self.wire.now < end:
            self._pass(min(step, end - self.wire.now))

    def _pass(self, seconds: float) -> None:
        until = self.wire.now + seconds
        count = 0
        while self.wire.step(until):
            count += 1
            require(count < EVENTS_PER_ROUND, "the network never falls quiet")
        self.wire.now = until
        for machine in self.machines:
            machine.tick()

    def run_until_quiet(self) -> int:
        """Let time pass until nobody says anything; return the rounds it took."""
        calm = 0
        for rounds in range(MAX_ROUNDS):
            before = self.watch.messages
            self._pass(QUIET_STEP)
            busy = any(one.on and not one.idle for one in self.machines)
            calm = 0 if busy or self.watch.messages > before else calm + 1
            if calm == QUIET_ROUNDS:
                return rounds
        require(holds=False, what="the network never falls quiet")
        raise AssertionError

    # -- meetings --------------------------------------------------------------------------------

    def dial(self, caller: Machine, callee: Machine, candidate: Candidate | None = None) -> bool:
        """Open a connection from *caller* to *callee*, as *candidate* or the pair they are."""
        if caller.keys == callee.keys or not (caller.on and callee.on):
            return False
        if not self.wire.reaches(caller.place, callee.place):
            return False
        if candidate is None:
            candidate = caller.hub.directory.pair(callee.keys.device)
        if candidate is None:
            return False
        here, there = self.wire.connect(caller, callee)
        callee.accept(there)
        if caller.on:
            caller.dialled(here, candidate)
        return True

    def in_touch(self, one: Machine, other: Machine) -> bool:
        """Tell whether a session between two stands on both sides."""
        return (
            one.on
            and other.on
            and one.hub.session_with(other.keys.device) is not None
            and other.hub.session_with(one.keys.device) is not None
        )

    def stranger(self, callee: Machine, said: bytes) -> None:
        """Somebody without keys connects and says *said*."""
        stranger = Stranger(self)
        here, there = self.wire.connect(stranger, callee)
        callee.accept(there)
        if said:
            self.wire.send(here, said)

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Do *what* in so many seconds."""
        self.wire.later(seconds, what)
