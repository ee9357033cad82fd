"""What the dishonest device signs that no honest one would: changes, parts, entries, epochs.

All of it is properly chained and signed by a member: it passes the log gate, and must hurt nobody.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from aluna_protocol import entry as entries
from aluna_protocol import epoch, membership
from aluna_protocol.entry import Entry, Kind, Part
from aluna_protocol.ids import DocumentId, EntryHash, EpochId, Lane
from aluna_protocol.membership import Admit, Seat
from aluna_sync import founding
from aluna_sync.engine.automerge_door import AutomergeContents
from aluna_sync.engine.core import AutomergeCore
from aluna_sync.engine.types import Delete, Put, Splice
from aluna_sync.journal import keys
from harness.seats import signed
from simulator.engine import MARK
from simulator.forks import begun, new_document, puppet
from simulator.lies import send
from simulator.machine import MUCH, Machine
from simulator.rogue import RogueMachine, misdeed


def publish(rogue: RogueMachine, one: Entry) -> None:
    """Keep an entry in its own log, as the honest part of it does, and tell everybody."""
    rogue.guarded(lambda: _publish(rogue, one))


def _publish(rogue: RogueMachine, one: Entry) -> None:
    rogue.running.store.log.append([one])
    rogue.running.take_written([one])


def write(rogue: RogueMachine, *parts: Part) -> None:
    """Seal parts into the next entry of its own log and tell everybody."""
    space = rogue.world.collective
    device = rogue.running
    if device.spaces.can_write(space):
        log = rogue.own_log()
        replica = rogue.hub.directory.replicas[space]
        one = entries.seal_changes(
            rogue.keys,
            log,
            replica.head(log),
            replica.heads_to_name(rogue.keys.device),
            device.spaces.writing_key(space),
            parts,
            rogue.world.rng.randbytes(16),
        )
        publish(rogue, one)


def _some_document(rogue: RogueMachine) -> DocumentId:
    documents = sorted(rogue.running.store.log.documents(rogue.world.collective))
    return rogue.world.rng.choice(documents) if documents else new_document(rogue)


def _others(rogue: RogueMachine) -> list[Machine]:
    return [one for one in rogue.world.machines if one.honest]


# -- changes -------------------------------------------------------------------------------------


@misdeed
def writes_noise(rogue: RogueMachine) -> None:
    """Seal bytes that are no change, beside a good record."""
    noise = Part(_some_document(rogue), (rogue.world.rng.randbytes(80),))
    write(rogue, noise, begun(rogue, new_document(rogue), "bien"))


@misdeed
def writes_a_broken_change(rogue: RogueMachine) -> None:
    """Seal a real change with one byte changed, its checksum mended."""
    part = begun(rogue, new_document(rogue), "roto")
    raw = bytearray(part.changes[0])
    raw[rogue.world.rng.randrange(12, len(raw))] ^= 1 << rogue.world.rng.randrange(8)
    raw[4:8] = hashlib.sha256(raw[8:]).digest()[:4]
    write(rogue, Part(part.document, (bytes(raw),)))


@misdeed
def writes_as_somebody_else(rogue: RogueMachine) -> None:
    """Seal a change by another's actor, which would use up a place of hers."""
    victim = rogue.world.rng.choice(_others(rogue))
    if not victim.on:
        return
    document = _some_document(rogue)
    incarnation = victim.running.spaces.incarnation
    actor = entries.actor_of(victim.keys.device, document, incarnation)
    edited = AutomergeCore().edit(document, actor, [Put("l/voice", '"me"')], create=True)
    write(rogue, Part(document, (edited.change,)))


@misdeed
def takes_away_what_others_said(rogue: RogueMachine) -> None:
    """Seal changes under others' own keys: an answer deleted, another put beside it or over it."""
    device = rogue.running
    documents = sorted(device.store.log.documents(rogue.world.collective))
    shown = [one for one in documents if device.store.index.heads(one) is not None]
    for document in rogue.world.rng.sample(shown, min(3, len(shown))):
        core = AutomergeCore()
        core.open(document, [one.change for one in device.opener.placed(document)])
        view = core.view(document)
        of_others = [key for key in sorted(view.cells) if keys.is_own(key)]
        actor = entries.actor_of(rogue.keys.device, document, device.spaces.incarnation)
        contents = AutomergeContents()
        contents.apply([one.change.raw for one in device.opener.placed(document)])
        victim = keys.WriteIds(view.actors[0], bytes)
        taken = [Delete(key) for key in of_others[:1]]
        raw = contents.write(actor, [*taken, Put(f"r/when/{victim.own()}", "{}")])
        if raw is not None:
            write(rogue, Part(document, (raw,)))


@misdeed
def leaves_a_gap(rogue: RogueMachine) -> None:
    """Seal the second change of a document without the first, and one twice."""
    document = new_document(rogue)
    actor = entries.actor_of(rogue.keys.device, document, rogue.running.spaces.incarnation)
    core = AutomergeCore()
    core.edit(document, actor, [Put("type", "event"), Put("schema", 1)], create=True)
    second = core.edit(document, actor, [Put("l/a", "1")], create=False)
    write(rogue, Part(document, (second.change, second.change)))


@misdeed
def begins_a_record_twice(rogue: RogueMachine) -> None:
    """Seal two beginnings of one document by the same actor."""
    document = new_document(rogue)
    write(rogue, begun(rogue, document, "uno"))
    write(rogue, begun(rogue, document, "dos"))


@misdeed
def writes_in_another_space(rogue: RogueMachine) -> None:
    """Seal a document that was made for another space, known or not."""
    rng = rogue.world.rng
    spaces = [*rogue.running.spaces.rows, rng.randbytes(32)]
    space = rng.choice(spaces[1:])
    other = entries.document_of(space, rogue.running.person, rng.randbytes(8))  # type: ignore[arg-type]
    write(rogue, begun(rogue, other, "ajeno"))


@misdeed
def kills_the_engine(rogue: RogueMachine) -> None:
    """Seal a valid change over which every engine panics, beside a good one of the same record."""
    document = new_document(rogue)
    actor = entries.actor_of(rogue.keys.device, document, rogue.running.spaces.incarnation)
    core = AutomergeCore()
    first = core.edit(
        document,
        actor,
        [Put("type", "event"), Put("schema", 1), Splice("t/title/0011223344556677", 0, 0, "bum")],
        create=True,
    )
    second = core.edit(document, actor, [Put("l/mark", MARK.decode())], create=False)
    write(rogue, Part(document, (first.change,)))
    write(rogue, Part(document, (second.change,)), begun(rogue, new_document(rogue), "bien"))


@misdeed
def kills_the_engine_in_a_record_of_yours(rogue: RogueMachine) -> None:
    """Seal a change over which every engine panics into a record somebody else began."""
    device = rogue.running
    documents = sorted(device.store.log.documents(rogue.world.collective))
    shown = [one for one in documents if device.store.index.heads(one) is not None]
    if not shown:
        return
    document = rogue.world.rng.choice(shown)
    changes = [one.change for one in device.opener.placed(document)]
    core = AutomergeCore()
    core.open(document, changes)
    actor = entries.actor_of(rogue.keys.device, document, device.spaces.incarnation)
    mark = MARK.decode() + rogue.world.rng.randbytes(4).hex()
    edited = core.edit(document, actor, [Put("l/mark", mark)], create=False)
    write(rogue, Part(document, (edited.change,)))


@misdeed
def writes_what_breaks_records(rogue: RogueMachine) -> None:
    """Seal a valid document of wrong types, hostile texts and many keys."""
    document = new_document(rogue)
    actor = entries.actor_of(rogue.keys.device, document, rogue.running.spaces.incarnation)
    own = keys.WriteIds(actor, bytes).own()
    edited = AutomergeCore().edit(
        document,
        actor,
        [
            Put("type", 7),
            Put("t/title/zz", b"\x00\x1b[2J"),
            Put(f"r/when/{own[:-1]}1", '{"value": 1e999, "after": "x"}'),
            Put(f"m/would_we_repeat/00/{own}", "null"),
            Splice("s/terms/imp.fear", 0, 0, "\u202e[red]\x1b[31m"),
            *(Put(f"l/k{number}", "[" * 500) for number in range(40)),
        ],
        create=True,
    )
    write(rogue, Part(document, (edited.change,)))


@misdeed
def writes_without_pause(rogue: RogueMachine) -> None:
    """Seal many small entries at once."""
    for number in range(30):
        write(rogue, begun(rogue, new_document(rogue), f"ruido {number}"))


# -- parts and entries ---------------------------------------------------------------------------


def _resigned(rogue: RogueMachine, **changed: object) -> None:
    """Sign the next entry of its log with something in the header that does not fit."""
    space = rogue.world.collective
    device = rogue.running
    if not device.spaces.can_write(space):
        return
    log = rogue.own_log()
    replica = rogue.hub.directory.replicas[space]
    good = entries.seal_changes(
        rogue.keys,
        log,
        replica.head(log),
        replica.heads_to_name(rogue.keys.device),
        device.spaces.writing_key(space),
        [begun(rogue, new_document(rogue), "casi")],
        rogue.world.rng.randbytes(16),
    )
    header = replace(good.header, **changed)  # type: ignore[arg-type]
    parts = [part for part in good.parts if part is not None]
    publish(rogue, entries.sign_entry(rogue.keys, header, parts))


@misdeed
def commits_to_another_key(rogue: RogueMachine) -> None:
    """Sign an entry whose commitment is to no key."""
    _resigned(rogue, commitment=rogue.world.rng.randbytes(32))


@misdeed
def names_an_unknown_epoch(rogue: RogueMachine) -> None:
    """Sign an entry under an epoch nobody minted."""
    _resigned(rogue, epoch=EpochId(rogue.world.rng.randbytes(32)))


@misdeed
def names_an_unknown_past(rogue: RogueMachine) -> None:
    """Sign an entry that has seen control entries nobody has; only others get it."""
    session = rogue.victim()
    space = rogue.world.collective
    if session is None or not rogue.running.spaces.can_write(space):
        return
    log = rogue.own_log()
    one = entries.seal_changes(
        rogue.keys,
        log,
        rogue.hub.directory.replicas[space].head(log),
        [EntryHash(rogue.world.rng.randbytes(32))],
        rogue.running.spaces.writing_key(space),
        [begun(rogue, new_document(rogue), "futuro")],
        rogue.world.rng.randbytes(16),
    )
    send(rogue, session, [one])


@misdeed
def keeps_the_words_for_itself(rogue: RogueMachine) -> None:
    """Pass entries on to who lacks them without their parts, as if these had been taken back."""
    log = rogue.running.store.log
    for name, head in sorted(log.heads(rogue.world.collective).items()):
        if name.lane is Lane.CONTROL:
            continue
        run = [replace(one, parts=(None,) * len(one.parts)) for one in log.entries(name, 0, MUCH)]
        for session in rogue.victims():
            if run and head.height > session.logs.reach.get(name, 0):
                send(rogue, session, run[session.logs.reach.get(name, 0) :])


# -- control -------------------------------------------------------------------------------------


def control(rogue: RogueMachine, kind: Kind, body: bytes) -> None:
    """Sign a control entry with *body* and tell everybody."""
    space = rogue.world.collective
    log = rogue.own_log(Lane.CONTROL)
    replica = rogue.hub.directory.replicas[space]
    one = entries.control_entry(
        rogue.keys, kind, log, replica.head(log), replica.heads_to_name(rogue.keys.device), body
    )
    publish(rogue, one)


@misdeed
def mints_an_epoch_for_itself(rogue: RogueMachine) -> None:
    """Mint an epoch and give its key to nobody else, then write under it."""
    space = rogue.world.collective
    key = epoch.named(rogue.world.rng.randbytes(32))
    box = epoch.seal_key(
        key, space, rogue.keys.device, rogue.keys.device, rogue.keys.static,
        rogue.world.rng.randbytes(32),
    )  # fmt: skip
    control(rogue, Kind.EPOCH, epoch.encode_operation(epoch.Rekey(key.id, (box,))))


@misdeed
def boxes_a_wrong_key(rogue: RogueMachine) -> None:
    """Mint an epoch and box another key than it names for somebody."""
    space = rogue.world.collective
    rng = rogue.world.rng
    key = epoch.named(rng.randbytes(32))
    boxes = []
    for seat in sorted(rogue.hub.directory.replicas[space].membership.seats.values(), key=str):
        given = key if rng.random() < 0.5 else replace(key, key=rng.randbytes(32))
        boxes.append(
            epoch.seal_key(
                given, space, rogue.keys.device, seat.device, seat.static, rng.randbytes(32)
            )
        )
    control(rogue, Kind.EPOCH, epoch.encode_operation(epoch.Rekey(key.id, tuple(boxes))))


@misdeed
def gives_a_key_away(rogue: RogueMachine) -> None:
    """Share the epoch key with a device that is nobody's: the epoch is burnt."""
    _, seat = puppet(rogue)
    _give_away(rogue, seat)


def _give_away(rogue: RogueMachine, seat: Seat) -> None:
    space = rogue.world.collective
    device = rogue.running
    if not device.spaces.can_write(space):
        return
    box = epoch.seal_key(
        device.spaces.writing_key(space), space, rogue.keys.device, seat.device, seat.static,
        rogue.world.rng.randbytes(32),
    )  # fmt: skip
    control(rogue, Kind.EPOCH, epoch.encode_operation(epoch.Share((box,))))


@misdeed
def seats_somebody_else_s_device(rogue: RogueMachine) -> None:
    """Admit a device for a person who is there already, and give it every key: only she may."""
    victim = rogue.world.rng.choice(_others(rogue))
    _, seat = puppet(rogue, victim.person)
    admission = Admit(seat, b"")
    control(rogue, Kind.MEMBERSHIP, membership.encode_operation(admission))
    _give_away(rogue, seat)


@misdeed
def seats_a_puppet_with_your_key(rogue: RogueMachine) -> None:
    """Admit a device with somebody else's static key."""
    victim = rogue.world.rng.choice(_others(rogue))
    keys, seat = puppet(rogue)
    space = rogue.world.collective
    rogue.world.watch.truth.seated[space].add(seat.device)
    seat = signed(keys, replace(seat, static=victim.keys.static))
    rogue.guarded(lambda: founding.admit(rogue.running, space, seat, b""))
