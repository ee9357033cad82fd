"""What the dishonest device signs about who belongs, where it has no say, or out of its time."""

from __future__ import annotations

from aluna_protocol import acts, epoch, messages, operations
from aluna_protocol import entry as entries
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.epoch import Complaint, Rekey
from aluna_protocol.ids import EMPTY_LOG, EntryHash, Lane, LogId
from aluna_protocol.operations import Genesis, Operation, Remove, SpaceKind, Suspend, Withdraw
from simulator.forks import puppet
from simulator.lies import send
from simulator.machine import MUCH, Machine
from simulator.poison import control
from simulator.rogue import RogueMachine, misdeed

COMPLAINTS = 30


def _others(rogue: RogueMachine) -> list[Machine]:
    return [one for one in rogue.world.machines if one.honest]


def _backdated(rogue: RogueMachine, operation: Operation) -> None:
    """Sign *operation* as if nothing had happened since its own seat, and show it to one."""
    session = rogue.victim()
    founding = rogue.hub.directory.replicas[rogue.world.collective].founding
    if session is None or founding is None:
        return
    one = entries.control_entry(
        rogue.keys,
        Kind.MEMBERSHIP,
        rogue.own_log(Lane.CONTROL),
        EMPTY_LOG,
        (founding.hash,),
        operations.encode_operation(operation),
    )
    send(rogue, session, [one])


@misdeed
def removes_somebody_in_the_past(rogue: RogueMachine) -> None:
    """Remove a person as if it had been long ago, before anything she did."""
    victim = rogue.world.rng.choice(_others(rogue))
    _backdated(rogue, Remove(victim.person, None, ()))


@misdeed
def suspends_somebody_in_the_past(rogue: RogueMachine) -> None:
    """Suspend a device as if it had been long ago."""
    victim = rogue.world.rng.choice(_others(rogue))
    _backdated(rogue, Suspend(victim.keys.device, ()))


@misdeed
def mints_without_a_seat(rogue: RogueMachine) -> None:
    """Mint an epoch with the keys of a device nobody ever let in, boxed for everybody."""
    session = rogue.victim()
    if session is None:
        return
    keys, _ = puppet(rogue)
    space, rng = rogue.world.collective, rogue.world.rng
    replica = rogue.hub.directory.replicas[space]
    key = epoch.named(rng.randbytes(32))
    boxes = tuple(
        epoch.seal_key(key, space, keys.device, seat.device, seat.static, rng.randbytes(32))
        for seat in replica.membership.seats.values()
    )
    one = entries.control_entry(
        keys,
        Kind.EPOCH,
        LogId(space, keys.device, 1, Lane.CONTROL),
        EMPTY_LOG,
        replica.heads_to_name(keys.device),
        epoch.encode_operation(Rekey(key.id, boxes)),
    )
    send(rogue, session, [one])


@misdeed
def tells_of_a_circle_that_is_not_for_you(rogue: RogueMachine) -> None:
    """Introduce a circle the other has no seat in."""
    session = rogue.victim()
    if session is None or session.device is None:
        return
    world = rogue.world
    genesis = Genesis(
        SpaceKind.CIRCLE, "Sin ti", world.collective, rogue.seat, world.rng.randbytes(16)
    )
    incarnation = rogue.running.spaces.incarnation
    replica, written, _ = acts.found(rogue.keys, incarnation, genesis, world.rng.randbytes)
    # Whoever is in may tell of it: that is no byte that came of itself.
    seated = world.watch.truth.seated.setdefault(replica.space, set())
    seated.update({rogue.keys.device, session.device})
    founding: Entry = written[0]
    body = founding.parts[0] or b""
    rogue.say(session, messages.Introduce(founding.encoded, founding.signature, body))


@misdeed
def takes_back_what_is_yours(rogue: RogueMachine) -> None:
    """Take back a document of somebody else."""
    device = rogue.running
    documents = sorted(device.store.log.documents(rogue.world.collective))
    if documents:
        document = rogue.world.rng.choice(documents)
        control(rogue, Kind.MEMBERSHIP, operations.encode_operation(Withdraw(document)))


@misdeed
def complains_without_end(rogue: RogueMachine) -> None:
    """Say of good boxes, and of entries that are none, that they hold another key."""
    space, rng = rogue.world.collective, rogue.world.rng
    log = rogue.running.store.log
    minted: list[Entry] = [
        one
        for name in sorted(log.heads(space))
        if name.lane is Lane.CONTROL
        for one in log.entries(name, 0, MUCH)
        if one.header.kind is Kind.EPOCH
    ]
    for _ in range(COMPLAINTS):
        known = rogue.hub.directory.replicas[space].epochs
        if not known or not minted:
            return
        about = rng.choice([rng.choice(minted).hash, EntryHash(rng.randbytes(32))])
        complaint = Complaint(rng.choice(list(known)).id, about)
        control(rogue, Kind.EPOCH, epoch.encode_operation(complaint))
