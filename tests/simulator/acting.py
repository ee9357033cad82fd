"""What each action of a plan does to a world; an action that cannot be done does nothing."""

from __future__ import annotations

from typing import TypeVar, assert_never

from aluna_protocol import announce
from aluna_protocol.hub_events import PresenceChanged
from aluna_protocol.ids import DocumentId, SpaceId
from aluna_sync.errors import WrongUseError
from aluna_sync.journal.drift import Change
from aluna_sync.journal.edit_kinds import AddMember, Edit, SetReading, SetText
from simulator import actions, deciding, roads
from simulator.actions import Action
from simulator.carrying import carry
from simulator.machine import Machine
from simulator.watch import CANARY
from simulator.world import World

MAX_MACHINES = 64
MAX_BACKUPS = 3
WORDS = ("café", "la noche", "volvimos", "agua", "el ruido", "juntas", "ñandú", "🌱", "miedo")
_T = TypeVar("_T")


def act(world: World, action: Action) -> None:
    """Do *action*."""
    world.begin(action.salt)
    match action:
        case actions.Run(_, seconds, step):
            world.run(seconds, step)
        case actions.Deliver(_, events):
            for _ in range(events):
                world.wire.step(world.wire.now + 5.0)
        case actions.Rogue(_, what):
            if world.rogue is not None:
                world.rogue.misbehave(what)
        case actions.Write() | actions.Edit() | actions.Present() | actions.Carry():
            _people(world, action)
        case actions.Join(_, device, where, own):
            _join(world, device, where, own=own)
        case actions.Dial() | actions.Introduce() | actions.Advertise() | actions.Replayed():
            _meet(world, action)
        case actions.Crash() | actions.Stop() | actions.Start():
            _power(world, action)
        case actions.BackUp() | actions.Restore():
            _files(world, action)
        case actions.Bundle() | actions.Folder():
            _roads(world, action)
        case (
            actions.Agree()
            | actions.Circle()
            | actions.Share()
            | actions.TakeBack()
            | actions.Again()
        ):
            _decide(world, action)
        case (
            actions.Weather()
            | actions.Break()
            | actions.Partition()
            | actions.Heal()
            | actions.Tamper()
            | actions.Stranger()
        ):
            _network(world, action)
        case _:
            assert_never(action)


def _chosen(things: list[_T], number: int) -> _T | None:
    return things[number % len(things)] if things else None


def _running(world: World, number: int) -> Machine | None:
    return _chosen([one for one in world.machines if one.on], number)


# -- people --------------------------------------------------------------------------------------


def space_of(world: World, machine: Machine, where: int) -> SpaceId | None:
    """Return the collective (0), the circle (1) or the private space (2) of a machine."""
    device = machine.running
    kind = ("collective", "circle", "private")[where % 3]
    found = device.spaces.of_kind(kind)
    if found:
        return found[where // 3 % len(found)]
    return world.collective if world.collective in device.spaces.rows else None


def _people(
    world: World, action: actions.Write | actions.Edit | actions.Present | actions.Carry
) -> None:
    match action:
        case actions.Write(_, number, where, letters):
            machine = _running(world, number)
            space = None if machine is None else space_of(world, machine, where)
            if machine is not None and space is not None:
                write(machine, space, letters)
        case actions.Edit(_, number, record, how):
            machine = _running(world, number)
            if machine is not None:
                _edit(machine, record, how)
        case actions.Present(_, number, record):
            machine = _running(world, number)
            document = None if machine is None else _record(machine, record)
            if machine is not None and document is not None:
                space = machine.running.store.log.space_of(document)
                if space is not None and space not in world.watch.truth.private:
                    shown = document if record % 4 else None
                    machine.handle(PresenceChanged(space, shown))
        case actions.Carry(_, source, target, where, at_most):
            giver, taker = _running(world, source), _running(world, target)
            if giver is None or taker is None or giver is taker or not giver.honest:
                return
            space = space_of(world, giver, where)
            if space in taker.running.spaces.rows and space not in world.watch.truth.private:
                assert space is not None
                carry(taker, giver.running.store, space, at_most)


def words(machine: Machine, letters: int) -> str:
    """Return something a person says, with a canary in it."""
    rng = machine.world.rng
    said = CANARY.decode() + rng.randbytes(3).hex()
    while len(said) < letters:
        said += " " + " ".join(rng.choices(WORDS, k=1 + letters // 50))
    return said


def write(machine: Machine, space: SpaceId, letters: int) -> None:
    """Write a record."""
    edits: list[Edit] = [SetText("title", words(machine, min(letters, 400)))]
    if letters > 400:
        # A long note is one operation, letters of a text are one each.
        edits.append(AddMember("own_terms", "long", words(machine, letters)))
    machine.guarded(lambda: machine.await_(machine.running.add("event", edits, space)))
    if machine.on:
        machine.world.watch.seen["records"] += 1
        machine.seal_later()


def _record(machine: Machine, number: int) -> DocumentId | None:
    store = machine.running.store
    documents = [one for space in machine.running.spaces.rows for one in store.log.documents(space)]
    readable = sorted(one for one in documents if store.index.heads(one) is not None)
    return _chosen(readable, number)


def _edit(machine: Machine, number: int, how: int) -> None:
    document = _record(machine, number)
    if document is None:
        return
    device = machine.running
    match how % 4:
        case 0:
            stroke = Change(0, 0, words(machine, 1) + " ")
            text = "title"
            work = device.writer.splice(document, text, stroke, None)
        case 1:
            work = device.writer.edit(document, [SetText("body", words(machine, 30))])
        case 2:
            work = device.writer.edit(document, [AddMember("own_terms", words(machine, 1))])
        case _:
            voice = ("me", "us", "told")[how // 4 % 3]
            work = device.writer.edit(document, [SetReading("voice", voice)])
    try:
        machine.guarded(lambda: machine.await_(work))
    except WrongUseError:
        return  # the record is of no type this program knows: somebody broke it
    if machine.on:
        machine.world.watch.seen["edits"] += 1
        machine.seal_later()


def _join(world: World, number: int, where: int, *, own: bool) -> None:
    host = _running(world, number)
    if host is None or len(world.machines) >= MAX_MACHINES:
        return
    if world.collective not in host.running.spaces.rows:
        return
    person = host.who if own else 100 + len(world.machines)
    guest = world.machine(person)
    deciding.attempt(host, "joined", lambda: world.join(host, guest, world.collective))


def _decide(
    world: World,
    action: actions.Agree | actions.Circle | actions.Share | actions.TakeBack | actions.Again,
) -> None:
    number = action.host if isinstance(action, actions.Again) else action.device
    machine = _running(world, number)
    if machine is None:
        return
    match action:
        case actions.Agree():
            deciding.agree(machine, action)
        case actions.Circle():
            deciding.circle(machine, action)
        case actions.Share(_, _, record, _):
            document = _record(machine, record)
            if document is not None:
                deciding.give(machine, document, action)
        case actions.TakeBack(_, _, record):
            deciding.take_back(machine, record)
        case actions.Again(_, _, who) if len(world.machines) < MAX_MACHINES:
            deciding.again(world, machine, who)
        case _:
            pass


def _roads(world: World, action: actions.Bundle | actions.Folder) -> None:
    match action:
        case actions.Bundle(_, source, target, kept):
            giver, taker = _running(world, source), _running(world, target)
            if giver is not None and taker is not None and giver is not taker and giver.honest:
                roads.by_bundle(giver, taker, kept)
        case actions.Folder(_, number, how):
            machine = _running(world, number)
            if machine is not None and machine.honest:
                roads.in_folder(world, machine, how)


# -- meetings ------------------------------------------------------------------------------------


def _meet(
    world: World,
    action: actions.Dial | actions.Introduce | actions.Advertise | actions.Replayed,
) -> None:
    match action:
        case actions.Dial(_, one, other):
            caller, callee = _running(world, one), _running(world, other)
            if caller is not None and callee is not None:
                world.dial(caller, callee)
        case actions.Introduce(_, one, other):
            caller, callee = _running(world, one), _running(world, other)
            if caller is None or callee is None:
                return
            if world.collective in caller.running.spaces.rows:
                group = _chosen(caller.hub.directory.groups(world.collective), action.salt)
                if group is not None:
                    world.dial(caller, callee, group)
        case actions.Advertise(_, number, copies):
            machine = _running(world, number)
            if machine is None:
                return
            world.announced[machine.index] = announce.announce_member(
                machine.keys.static,
                machine.hub.directory.candidates(),
                nonce=machine.random_bytes(16),
                filler=machine.random_bytes(512),
                wallclock=machine.wallclock().timestamp(),
            )
            for _ in range(copies):
                _heard(world, machine)
        case actions.Replayed(_, number):
            machine = _chosen(world.machines, number)
            if machine is not None and machine.index in world.announced:
                # It leads to somebody else, or to nobody.
                target = _running(world, action.salt)
                if target is not None:
                    _heard(world, target, world.announced[machine.index])


def _heard(world: World, target: Machine, txt: dict[bytes, bytes] | None = None) -> None:
    announced = announce.parse(world.announced[target.index] if txt is None else txt)
    assert isinstance(announced, announce.MemberAnnouncement)
    for listener in world.machines:
        if not listener.on or listener is target:
            continue
        candidate = announce.recognise(
            announced, listener.hub.directory.candidates(), listener.wallclock().timestamp()
        )
        if candidate is not None and world.rng.random() < 3 / len(world.machines):
            world.watch.seen["recognised"] += 1
            world.dial(listener, target, candidate)


# -- power, files, network -----------------------------------------------------------------------


def _power(world: World, action: actions.Crash | actions.Stop | actions.Start) -> None:
    match action:
        case actions.Crash(_, number, commits, kept, silent):
            machine = _running(world, number)
            if machine is None:
                return
            world.watch.seen["crashes"] += 1
            if commits:
                machine.kept = kept
                machine.disk.light_fuse(commits)
            else:
                machine.crash(kept, silent=silent)
        case actions.Stop(_, number):
            machine = _running(world, number)
            if machine is not None:
                machine.stop()
        case actions.Start(_, number):
            off = _chosen([one for one in world.machines if not one.on], number)
            if off is not None:
                off.guarded(off.start)


def _files(world: World, action: actions.BackUp | actions.Restore) -> None:
    match action:
        case actions.BackUp(_, number):
            machine = _running(world, number)
            if machine is not None and len(machine.backups) < MAX_BACKUPS:
                machine.backups.append(machine.disk.back_up())
        case actions.Restore(_, number, backup):
            copied = [one for one in world.machines if one.backups and one.honest]
            machine = _chosen(copied, number)
            files = None if machine is None else _chosen(machine.backups, backup)
            if machine is None or files is None:
                return
            world.watch.seen["restores"] += 1
            if machine.on:
                machine.crash(1.0, silent=False)
            machine.disk.put_back(files)
            world.watch.restored(machine)
            machine.start()


def _network(
    world: World,
    action: actions.Weather
    | actions.Break
    | actions.Partition
    | actions.Heal
    | actions.Tamper
    | actions.Stranger,
) -> None:
    wire = world.wire
    if not isinstance(action, actions.Heal | actions.Stranger):
        world.watch.stalled = True
    match action:
        case actions.Weather(_, delay, pieces):
            wire.delay, wire.pieces = delay, pieces
        case actions.Break(_, number, kept):
            link = _chosen(wire.between_machines(), number)
            if link is not None:
                wire.break_off(link, kept)
        case actions.Partition(_, groups, breaks):
            apart = wire.part({one.index: world.rng.randrange(groups) for one in world.machines})
            for link in apart if breaks else ():
                wire.break_off(link, world.rng.random())
        case actions.Heal():
            wire.part({})
        case actions.Tamper(_, number, how):
            link = _chosen(wire.between_machines(), number)
            if link is not None:
                wire.tamper(link, how)
        case actions.Stranger(_, number, how):
            callee = _running(world, number)
            if callee is None:
                return
            old = world.rng.choice(wire.transcripts) if wire.transcripts else b""
            noise = world.rng.randbytes(world.rng.randrange(1, 2000))
            world.stranger(callee, (old, noise, b"")[how % 3])
