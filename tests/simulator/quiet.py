"""The end of a run: the network heals, everybody meets, and all that must hold then is checked."""

from __future__ import annotations

from aluna_protocol import entry as entries
from aluna_protocol import limits, lint
from aluna_protocol.entry import Entry, Part
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ChangeHash, DocumentId, Lane, SpaceId
from aluna_sync.minting import LONGEST_PAUSE_SECONDS, PATIENCE_SECONDS, SPREAD_SECONDS
from simulator.belonging import companions, groups, tree, uninformed
from simulator.machine import MUCH, Machine
from simulator.watch import require
from simulator.world import World

MEETING_ROUNDS = 12
"""How often who is apart is brought together; a node never stops trying."""
DEAD_SESSIONS = 70.0
"""After so long every session that nothing comes through any more is given up."""
SETTLE_SALT = 1
KEY_STEP = 8.0
"""How often it is looked whether everybody has keys; often enough for sessions to stay alive."""
PATIENCE = (limits.RETRY_SECONDS + 10, 4 * limits.RETRY_SECONDS, limits.MAX_RETRY_SECONDS)


def settle(world: World) -> int:
    """Heal everything, let everybody honest meet, wait for quiet; return the rounds it took."""
    world.begin(world.plan.seed ^ SETTLE_SALT)
    world.wire.part({})
    world.wire.delay, world.wire.pieces = 0.01, 0
    if world.rogue is not None:
        world.rogue.leave_for_good()
    honest = [one for one in world.machines if one.honest]
    for machine in honest:
        machine.kept = 1.0
        if machine.on:
            machine.disk.light_fuse(10**9)
        else:
            machine.start()
    world.run(DEAD_SESSIONS, DEAD_SESSIONS / 8)
    rounds = 0
    for attempt in range(MEETING_ROUNDS):
        # Who belongs may change with what was told in the last round.
        apart = [edge for edge in _edges(world) if not world.in_touch(*edge)]
        for one, other in apart:
            _bring_together(world, one, other, attempt)
        if apart or not attempt:
            rounds += world.run_until_quiet()
    rounds += _until_everybody_has_keys(world, honest)
    return rounds + _be_patient(world, honest)


def _until_everybody_has_keys(world: World, honest: list[Machine]) -> int:
    """Where somebody burnt one epoch after the other, the next is minted after a long pause."""
    until = world.wire.now + LONGEST_PAUSE_SECONDS + PATIENCE_SECONDS + 2 * SPREAD_SECONDS
    waited = False
    while world.wire.now < until and any(one.lacks_a_key for one in honest):
        waited = True
        world.run(KEY_STEP, KEY_STEP / 4)
    if not waited:
        return 0
    world.watch.seen["waited for a key"] += 1
    return world.run_until_quiet()


def _be_patient(world: World, honest: list[Machine]) -> int:
    """Who let others wait, if only because the wire did, is not asked again at once."""
    rounds = 0
    for seconds in PATIENCE:
        told = [
            one.hub.exchange.complete(session) for one in honest for session in one.hub.sessions
        ]
        if not all(told):
            world.watch.seen["waited for another try"] += 1
            world.run(seconds, seconds / 10)
            rounds += world.run_until_quiet()
    return rounds


def _edges(world: World) -> list[tuple[Machine, Machine]]:
    """Return who meets whom: a tree over those who talk, for each space; and who is to be told.

    Each pair once, as a node dials: of two connections dialled at the same moment by the same side
    each end may keep another.
    """
    edges: list[tuple[Machine, Machine]] = []
    for space in sorted(world.watch.truth.seated):
        for group in groups(world, space):
            edges += tree(world, space, group)
        told: set[int] = set()
        for one, other in uninformed(world, space):
            if other.index not in told:
                told.add(other.index)
                edges.append((one, other))
    pairs: dict[frozenset[int], tuple[Machine, Machine]] = {}
    for one, other in edges:
        pairs.setdefault(frozenset((one.index, other.index)), (one, other))
    return list(pairs.values())


def _bring_together(world: World, one: Machine, other: Machine, attempt: int) -> None:
    """Dial as members do; then with the key of the group; then so again, each the other in turn.

    Who dials may have heard of the other, or of a new key, since the last time.
    """
    if attempt % 2:
        one, other = other, one
    if attempt % 4 < 2 and world.dial(one, other):
        return
    for group in one.hub.directory.groups(world.collective)[:1]:
        world.dial(one, other, group)


def check(world: World) -> None:
    """Check all that must hold when everybody has met."""
    honest = [one for one in world.machines if one.honest]
    truth = world.watch.truth
    for machine in honest:
        for space in machine.running.spaces.rows:
            seated = truth.seated[space]
            require(machine.keys.device in seated, "a device holds a space it is not in")
    for space in truth.seated:
        ignorant = uninformed(world, space)
        require(not ignorant, f"nobody told of a space: {[(a.name, b.name) for a, b in ignorant]}")
        for group in groups(world, space):
            world.watch.seen["groups at the end"] += 1
            _sealed(space, group)
            _alike(world, space, group)
            for machine in group:
                _opened(machine, space, group)
            _authorised(group[0], space)
    for machine in honest:
        what = world.watch.newcomers.read_what_they_should_not(world, machine)
        require(what is None, str(what))
        _complete(world, machine)
        _acknowledged(world, machine)


def _alike(world: World, space: SpaceId, inside: list[Machine]) -> None:
    first = inside[0]
    for other in inside[1:]:
        apart = _apart(first, other, space)
        require(not apart, f"{first.name} and {other.name} hold other entries: {apart}")
        keys = (machine.running.spaces.epoch_keys[space].keys() for machine in (first, other))
        if len({frozenset(held) for held in keys}) == 2 and space in world.watch.truth.from_now:
            continue  # who came later was not given the past
        same = _state(first, space) == _state(other, space)
        what = "" if same else _differing(first, other, space)
        require(same, f"{first.name} and {other.name} differ in state: {what}")
    world.watch.seen["states compared"] += len(inside)


def _differing(first: Machine, other: Machine, space: SpaceId) -> str:
    """Say which records two devices show otherwise."""
    one, two = (dict(m.running.store.index.state_parts(space)) for m in (first, other))
    said = [
        f"{name.hex()[:8]} {[h.hex()[:6] for h in one.get(name, ())]}"
        f" against {[h.hex()[:6] for h in two.get(name, ())]}"
        for name in sorted(one.keys() | two.keys())
        if one.get(name) != two.get(name)
    ]
    return "; ".join(said) or "who belongs"


def _apart(first: Machine, other: Machine, space: SpaceId) -> list[str]:
    """Say which entries only one of two has, and in how far that may be."""
    mine, theirs = (
        {bytes(one.hash): one for one in all_entries(machine, space)} for machine in (first, other)
    )
    return [
        f"only {machine.name}: {_spell(machine_of(machine, held[name]), held[name])}"
        for machine, held, others in ((first, mine, theirs), (other, theirs, mine))
        for name in held.keys() - others.keys()
    ]


def machine_of(machine: Machine, entry: Entry) -> str:
    """Return the name of the machine that wrote *entry*."""
    author = machine.world.by_device.get(entry.header.log.device)
    return "somebody" if author is None else author.name


def _spell(author: str, entry: Entry) -> str:
    log = entry.header.log
    return f"{author} {log.lane.name.lower()} {log.incarnation} at {entry.header.height}"


def all_entries(machine: Machine, space: SpaceId) -> list[Entry]:
    """Return every entry of *space* that *machine* has, of every branch."""
    log = machine.running.store.log
    found = {
        bytes(one.hash): one
        for name in sorted(log.heads(space))
        for one in log.entries(name, 0, MUCH)
    }
    return list(found.values())


def _state(machine: Machine, space: SpaceId) -> str:
    return machine.running.standing.space(space, state=True).state


def _opened(machine: Machine, space: SpaceId, group: list[Machine]) -> None:
    """Everybody opens what any of the group can open, or wrote.

    Somebody the group no longer counts in may have written under a key made after that.
    """
    log, keys = machine.running.store.log, machine.running.spaces.epoch_keys[space]
    held = {name for one in group for name in one.running.spaces.epoch_keys[space]}
    devices = {one.keys.device for one in group}
    barred = machine.running.spaces.replicas[space].membership.barred
    for one in log.unopened(space, 1_000_000):
        device, name = one.header.log.device, one.header.epoch
        author = machine.world.by_device.get(device)
        readable = device in devices or name in held
        excused = device in barred or (
            space in machine.world.watch.truth.from_now and name not in keys
        )
        if author is not None and author.honest and readable and not excused:
            require(holds=False, what=f"{machine.name} never opened an entry of {author.name}")
        require(name not in keys, f"{machine.name} did not open what it could")


def _sealed(space: SpaceId, inside: list[Machine]) -> None:
    for machine in inside:
        spaces = machine.running.spaces
        here = any(space in one.shared.values() for one in machine.hub.sessions)
        waits = machine.keeping.minting.waits(space)
        require(not (here and waits), f"{machine.name} never made or handed over a key")
        may_write = spaces.can_write(space) or not here
        require(may_write, f"{machine.name} has no key to write under")
        waiting = machine.running.store.log.pending_bytes(space)
        may = machine.hub.may_seal(space)
        require(not (here and waiting and may), f"{machine.name} did not seal though it may")
        require(not (here and waiting), f"{machine.name} may not seal what was written")


def _authorised(machine: Machine, space: SpaceId) -> None:
    """Everything readable comes from a signed entry of a seated device, by its own actor; and
    everything an honest device sealed is readable.
    """
    seated = machine.world.watch.truth.seated[space]
    allowed: dict[DocumentId, dict[ChangeHash, lint.Chunk]] = {}
    honest: dict[DocumentId, set[ChangeHash]] = {}
    keys = machine.running.spaces.epoch_keys[space]
    replica = machine.running.spaces.replicas[space]
    barred = replica.membership.barred
    late = {one.document for one in machine.running.store.log.set_asides(space)}
    for one in all_entries(machine, space):
        log, key = one.header.log, keys.get(one.header.epoch)
        if log.lane is Lane.CONTROL or log.device not in seated or key is None:
            continue
        author = machine.world.by_device.get(log.device)
        for part in entries.open_parts(one, key):
            if not isinstance(part, Part):
                continue
            actor = entries.actor_of(log.device, part.document, log.incarnation)
            for raw in part.changes:
                try:
                    chunk = lint.read_chunk(raw)
                except RemoteProtocolError:
                    continue
                if chunk.actor == actor:
                    allowed.setdefault(part.document, {})[chunk.hash] = chunk
                counts = author is not None and author.honest and log.device not in barred
                if counts and part.document not in late:
                    honest.setdefault(part.document, set()).add(chunk.hash)
    readable = dict(machine.running.store.index.state_parts(space))
    pending = _pending(machine, space)
    for document, heads in readable.items():
        known = allowed.get(document, {}) | pending.get(document, {})
        applied = _past(known, heads)
        missing = honest.get(document, set()) - applied
        # Who came later, or was put out meanwhile, may lack what these build on.
        missing = {one for one in missing if _whole(known, one)}
        require(not missing, f"{machine.name} lost words of {document.hex()}")
    lost = {
        name
        for name in honest.keys() - readable.keys()
        if any(_whole(allowed[name] | pending.get(name, {}), one) for one in honest[name])
    }
    require(not lost, f"{machine.name} does not show {[one.hex() for one in lost]}")


def _pending(machine: Machine, space: SpaceId) -> dict[DocumentId, dict[ChangeHash, lint.Chunk]]:
    found: dict[DocumentId, dict[ChangeHash, lint.Chunk]] = {}
    for one in machine.running.store.log.pending(space, MUCH):
        chunk = lint.read_chunk(one.change)
        found.setdefault(one.document, {})[chunk.hash] = chunk
    return found


def _whole(known: dict[ChangeHash, lint.Chunk], change: ChangeHash) -> bool:
    """Tell whether all that *change* builds on is known."""
    waiting, seen = [change], set[ChangeHash]()
    while waiting:
        one = waiting.pop()
        if one not in known:
            return False
        seen.add(one)
        waiting.extend(dep for dep in known[one].deps if dep not in seen)
    return True


def _past(known: dict[ChangeHash, lint.Chunk], heads: tuple[ChangeHash, ...]) -> set[ChangeHash]:
    past: set[ChangeHash] = set()
    waiting = list(heads)
    while waiting:
        one = waiting.pop()
        if one in past:
            continue
        require(one in known, "a change nobody may have written is applied")
        past.add(one)
        waiting.extend(known[one].deps)
    return past


def _complete(world: World, machine: Machine) -> None:
    for session in machine.hub.sessions:
        peer = None if session.device is None else world.by_device.get(session.device)
        known = peer is not None and peer.honest and world.in_touch(machine, peer)
        if peer is not None and known and companions(world, machine, peer, world.collective):
            if peer.pending():
                continue  # it says so, and nothing is promised
            complete = machine.hub.exchange.complete(session)
            require(complete, f"{machine.name} does not know that {peer.name} is in sync")


def _acknowledged(world: World, machine: Machine) -> None:
    """What the author takes for acknowledged is on the other's disk."""
    store = machine.running.store
    for space in machine.running.spaces.rows:
        for device, logs in store.peers.acknowledged(space).items():
            peer = world.by_device.get(device)
            if peer is None or not peer.honest or peer.restores or machine.restores:
                continue
            for log, height in logs.items():
                own = log.device == machine.keys.device
                one = store.log.entry(log, height) if own else None
                if one is not None:
                    require(bytes(one.hash) in peer.durable, f"{peer.name} lost an entry")
