"""What the dishonest device signs twice: forks of its own logs, shown to some and not to others."""

from __future__ import annotations

from collections.abc import Sequence

from aluna_protocol import entry as entries
from aluna_protocol import membership
from aluna_protocol.crypto import DeviceKeys
from aluna_protocol.entry import Entry, EpochKey, Kind, Part
from aluna_protocol.ids import EMPTY_LOG, DocumentId, Head, Lane, LogId, PersonId
from aluna_protocol.membership import Admit, Seat, sign_seat
from aluna_sync import founding
from aluna_sync.engine.core import AutomergeCore
from aluna_sync.engine.types import Operation, Put, Splice
from simulator.lies import send
from simulator.machine import MUCH
from simulator.rogue import RogueMachine, misdeed

BRANCHES = 40
"""Twice as many are more than anybody takes."""


def new_document(rogue: RogueMachine) -> DocumentId:
    """Return the id of a new document of the collective."""
    random = rogue.world.rng.randbytes(8)
    return entries.document_of(rogue.world.collective, rogue.running.person, random)


def begun(rogue: RogueMachine, document: DocumentId, words: str) -> Part:
    """Return a document begun by the rogue's own actor."""
    actor = entries.actor_of(rogue.keys.device, document, rogue.running.spaces.incarnation)
    operations: list[Operation] = [
        Put("type", "event"),
        Put("schema", 1),
        Splice("t/title/0011223344556677", 0, 0, words),
    ]
    edited = AutomergeCore().edit(document, actor, operations, create=True)
    return Part(document, (edited.change,))


def sealed(
    rogue: RogueMachine, head: Head, parts: Sequence[Part], log: LogId | None = None
) -> Entry | None:
    """Return the entry after *head* of the rogue's own content log; None without a key."""
    device = rogue.running
    space = rogue.world.collective
    if not device.spaces.can_write(space):
        return None
    key: EpochKey = device.spaces.writing_key(space)
    return entries.seal_changes(
        rogue.keys,
        rogue.own_log() if log is None else log,
        head,
        rogue.hub.directory.replicas[space].heads_to_name(rogue.keys.device),
        key,
        parts,
        rogue.world.rng.randbytes(16),
    )


def chain(rogue: RogueMachine, head: Head, length: int) -> list[Entry]:
    """Return a run of entries after *head*, each with a new document."""
    run: list[Entry] = []
    for number in range(length):
        part = begun(rogue, new_document(rogue), f"rama {number}")
        one = sealed(rogue, head, [part])
        if one is None:
            return []
        run.append(one)
        head = Head(one.header.height, one.hash)
    return run


def _place(rogue: RogueMachine, below: int, lane: Lane = Lane.CONTENT) -> Head:
    """Return a place of its own log, so many entries below the end."""
    path = rogue.running.store.log.entries(rogue.own_log(lane), 0, MUCH)
    height = max(0, len(path) - below)
    return EMPTY_LOG if height == 0 else Head(height, path[height - 1].hash)


@misdeed
def forks_at_the_end(rogue: RogueMachine) -> None:
    """Sign another last entry, and show it to one."""
    session = rogue.victim()
    run = chain(rogue, _place(rogue, 1), 1)
    if session is not None and run:
        send(rogue, session, run)


@misdeed
def forks_deep_down(rogue: RogueMachine) -> None:
    """Go on otherwise from somewhere in the log, for several entries, and show it to one."""
    session = rogue.victim()
    rng = rogue.world.rng
    run = chain(rogue, _place(rogue, rng.randint(1, 6)), rng.randint(2, 6))
    if session is not None and run:
        send(rogue, session, run)


@misdeed
def forks_from_the_beginning(rogue: RogueMachine) -> None:
    """Sign another first entry."""
    session = rogue.victim()
    run = chain(rogue, EMPTY_LOG, 2)
    if session is not None and run:
        send(rogue, session, run)


@misdeed
def tells_each_another_story(rogue: RogueMachine) -> None:
    """Show everybody another branch, each of the same document and place in it."""
    document = new_document(rogue)
    for number, session in enumerate(rogue.victims()):
        one = sealed(rogue, _place(rogue, 0), [begun(rogue, document, f"relato {number}")])
        if one is not None:
            send(rogue, session, [one])


@misdeed
def forks_a_branch(rogue: RogueMachine) -> None:
    """Sign a branch, and a branch of that branch, and show both to the same one."""
    session = rogue.victim()
    first = chain(rogue, _place(rogue, 1), 3)
    if session is None or not first:
        return
    second = chain(rogue, Head(first[0].header.height, first[0].hash), 2)
    send(rogue, session, first)
    send(rogue, session, second)


@misdeed
def forks_without_end(rogue: RogueMachine) -> None:
    """Sign more branches than anybody takes."""
    session = rogue.victim()
    if session is None:
        return
    for _ in range(BRANCHES):
        run = chain(rogue, _place(rogue, 1), 1)
        if run:
            send(rogue, session, run)


def puppet(rogue: RogueMachine, person: PersonId | None = None) -> tuple[DeviceKeys, Seat]:
    """Return the keys and seat of a device nobody holds."""
    rng = rogue.world.rng
    keys = DeviceKeys(rng.randbytes(32), rng.randbytes(32))
    whose = PersonId(rng.randbytes(16)) if person is None else person
    return keys, sign_seat(keys, "títere", whose, "nadie")


@misdeed
def forks_who_belongs(rogue: RogueMachine) -> None:
    """Sign another control entry at a height it used already: an admission shown to one."""
    session = rogue.victim()
    _, seat = puppet(rogue)
    space = rogue.world.collective
    rogue.world.watch.truth.seated[space].add(seat.device)
    head = _place(rogue, rogue.world.rng.randint(0, 1), Lane.CONTROL)
    one = entries.control_entry(
        rogue.keys,
        Kind.MEMBERSHIP,
        rogue.own_log(Lane.CONTROL),
        head,
        rogue.hub.directory.replicas[space].heads_to_name(rogue.keys.device),
        membership.encode_operation(Admit(seat, b"")),
    )
    if session is not None:
        send(rogue, session, [one])


@misdeed
def is_in_two_places(rogue: RogueMachine) -> None:
    """Run twice, from a copy of its own files: both write, and neither ever begins again."""
    world = rogue.world
    if any(isinstance(one, RogueMachine) and one is not rogue for one in world.machines):
        return
    twin = RogueMachine(world, len(world.machines), rogue.who, rogue.clock, world.home / "twin")
    twin.keys, twin.incarnation = rogue.keys, rogue.incarnation
    twin.disk.put_back(rogue.disk.back_up())
    world.machines.append(twin)
    twin.start()


@misdeed
def seats_a_puppet(rogue: RogueMachine) -> None:
    """Let in a device that nobody holds, which then writes."""
    keys, seat = puppet(rogue)
    space = rogue.world.collective
    rogue.world.watch.truth.seated[space].add(seat.device)
    rogue.guarded(lambda: founding.admit(rogue.running, space, seat, b""))
    session = rogue.victim()
    if session is None or not rogue.running.spaces.can_write(space):
        return
    document = new_document(rogue)
    core = AutomergeCore()
    actor = entries.actor_of(keys.device, document, 1)
    edited = core.edit(document, actor, [Put("type", "event"), Put("schema", 1)], create=True)
    one = entries.seal_changes(
        keys,
        LogId(space, keys.device, 1, Lane.CONTENT),
        EMPTY_LOG,
        rogue.hub.directory.replicas[space].heads_to_name(rogue.keys.device),
        rogue.running.spaces.writing_key(space),
        [Part(document, (edited.change,))],
        rogue.world.rng.randbytes(16),
    )
    send(rogue, session, [one])
