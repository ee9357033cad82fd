"""What must hold at every moment of a simulated world, whatever happens in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aluna_protocol import entry as entries
from aluna_protocol import epoch, messages, operations
from aluna_protocol.entry import Entry, Kind
from aluna_protocol.faults import Fault
from aluna_protocol.hub_events import (
    BytesReceived,
    HubEffect,
    HubEvent,
    LoadEntries,
    MembersChanged,
    OwnLogBehind,
    OwnLogForked,
    PeerFaulted,
    PeerHas,
)
from aluna_protocol.ids import DeviceId, DocumentId, EpochId, Lane, PersonId, SpaceId
from aluna_protocol.session import Session
from simulator.newcomers import Newcomers

if TYPE_CHECKING:
    from simulator.machine import Machine
    from simulator.world import World

CANARY = b"CANARIO"
"""Stands in every word people write; no byte of it may be seen outside a device."""


class BrokenError(Exception):
    """Something that must hold does not."""


def require(holds: object, what: str) -> None:
    """Raise `BrokenError` unless *holds*."""
    if not holds:
        raise BrokenError(what)


@dataclass(slots=True)
class Truth:
    """What is so, whatever any device believes."""

    seated: dict[SpaceId, set[DeviceId]] = field(default_factory=dict)
    """Devices that were ever let into each space."""
    private: dict[SpaceId, PersonId] = field(default_factory=dict)
    """Whose each private space is."""
    taken_back: set[tuple[SpaceId, DocumentId]] = field(default_factory=set)
    from_now: set[SpaceId] = field(default_factory=set)
    """Spaces in which somebody asked that newcomers be given no past."""
    closed_to: dict[EpochId, dict[DeviceId, str]] = field(default_factory=dict)
    """Who was out when something was sealed under an epoch, as far as the author, named, knew."""
    open_to: dict[EpochId, set[DeviceId]] = field(default_factory=dict)
    """Whom anybody honest who held an epoch's key counted in."""
    secrets: set[bytes] = field(default_factory=set)
    """Keys that no message may carry in the clear."""
    written: dict[bytes, tuple[SpaceId, Lane]] = field(default_factory=dict)
    """By its signature, where an entry belongs."""


class Watch:
    """Sees everything and believes nobody."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.truth = Truth()
        self.messages = 0
        """All but pings."""
        self.seen: Counter[str] = Counter()
        """How often each kind of thing happened, for the summary."""
        self.newcomers = Newcomers(self.seen)
        self.stalled = False
        """The network held bytes back for long, at some time."""
        self.accused: set[tuple[str, Fault]] = set()

    # -- the wire --------------------------------------------------------------------------------

    def carried(self, data: bytes) -> None:
        """Look at bytes put on the wire."""
        require(CANARY not in data, "words on the wire in the clear")

    def message(self, machine: Machine, session: Session, message: messages.Message) -> None:
        """Look at a message *machine* got."""
        if not isinstance(message, messages.Ping):
            self.messages += 1
        sender = self._world.by_device.get(session.device or DeviceId(b""))
        if sender is None or not sender.honest:
            return
        encoded = messages.encode(message)
        require(CANARY not in encoded, "words in a message in the clear")
        for secret in self.truth.secrets:
            require(secret not in encoded, "a key in a message in the clear")
        match message:
            case messages.Hello(_, tags):
                for space, person in self.truth.private.items():
                    hers = person == machine.person
                    named = session.their_tag(space) in tags
                    require(hers or not named, "a private space is named")
            case messages.Introduce(_, signature, _):
                self._entitled(machine, signature)
            case messages.Batch(links=links):
                for link in links:
                    self._entitled(machine, link.signature)
            case _:
                pass

    def _entitled(self, machine: Machine, signature: bytes) -> None:
        space, _ = self.truth.written[signature]
        seated = self.truth.seated[space]
        require(machine.keys.device in seated, "an entry reached a device that is not entitled")

    def stranger_heard(self, count: int) -> None:
        """Somebody without keys was answered so many bytes."""
        require(count <= 32, "a stranger heard more than a challenge")

    # -- devices ---------------------------------------------------------------------------------

    def booted(self, machine: Machine) -> None:
        """Look what a machine has when it starts, against what it had for certain."""
        found = set()
        device = machine.running
        for space in device.spaces.rows:
            for log in device.store.log.heads(space):
                for one in device.store.log.entries(log, 0, 2**40):
                    found.add(bytes(one.hash))
                    self.truth.written.setdefault(one.signature, (space, log.lane))
                    if one.header.kind is Kind.MEMBERSHIP:
                        self._decided(one)
            self.learn_secrets(device.spaces.epoch_keys[space].values())
        require(machine.durable <= found, f"{machine.name} lost entries that were durable")
        machine.durable = found

    def restored(self, machine: Machine) -> None:
        """A machine is about to start with older files: what it promised is void."""
        machine.durable = set()
        machine.restores += 1

    def learn_secrets(self, secrets: Iterable[bytes]) -> None:
        """Remember keys that must stay secret."""
        self.truth.secrets.update(bytes(one) for one in secrets)

    def stored(self, machine: Machine, entries: Sequence[Entry]) -> None:
        """Look at entries that *machine* just made durable."""
        for one in entries:
            log = one.header.log
            self.truth.written.setdefault(one.signature, (log.space, log.lane))
            machine.durable.add(bytes(one.hash))
            if one.header.kind is Kind.MEMBERSHIP:
                self._decided(one)
            seated = self.truth.seated.get(log.space, set())
            if log.lane is Lane.CONTENT:
                require(log.device in seated, "an entry of somebody without a seat was taken")
            if machine.honest and log.device == machine.keys.device:
                self._count_minted(one)
        self.seen["entries stored"] += len(entries)

    def _decided(self, one: Entry) -> None:
        """Note whom an operation lets in."""
        space, body = one.header.log.space, one.parts[0]
        match operations.decode_operation(body or b""):
            case operations.Genesis(kind=kind, seat=seat):
                self.truth.seated.setdefault(space, set()).add(seat.device)
                if kind is operations.SpaceKind.PRIVATE:
                    self.truth.private.setdefault(space, seat.person)
            case operations.Admit(seat):
                if one.header.log.device in self.truth.seated.get(space, set()):
                    person = self.truth.private.get(space, seat.person)
                    require(person == seat.person, "somebody else has a private space")
                    self.truth.seated[space].add(seat.device)
            case operations.Rules(gives_past=False):
                self.truth.from_now.add(space)
            case _:
                pass

    def wrote(self, machine: Machine, written: Sequence[Entry]) -> None:
        """Look at what *machine* has just sealed."""
        self.newcomers.wrote(machine, written)
        for one in written:
            if machine.honest and one.header.log.lane is Lane.CONTENT:
                self._sealed(machine, one)
            elif machine.honest:  # it may hand a key over
                self._pardon(machine, one.header.log.space)

    def _sealed(self, machine: Machine, one: Entry) -> None:
        """Note who was out when *machine* wrote: they must never be able to read it."""
        replica = machine.running.spaces.replicas[one.header.log.space]
        membership = replica.membership
        known = set(membership.seats) | set(membership.former)
        out = known - replica.members
        closed = self.truth.closed_to.setdefault(one.header.epoch, {})
        for device in out - self.truth.open_to.get(one.header.epoch, set()):
            closed.setdefault(device, machine.name)
        used = next((each for each in replica.epochs if each.id == one.header.epoch), None)
        given = used is not None and not used.exposure & out
        require(given, f"{machine.name} wrote under no epoch, or one an outsider was given")

    def introduced(self, machine: Machine, founding: Entry) -> None:
        """*machine* was told of a circle, or of its person's private space."""
        self.seen["introduced"] += 1
        seated = self.truth.seated.get(founding.header.log.space, set())
        told = machine.keys.device in seated
        author = self._world.by_device.get(founding.header.log.device)
        honest = author is not None and author.honest
        require(told or not honest, "a device was told of a space that is not for it")

    def step(self) -> None:
        """Look at every honest device after an action."""
        honest = [one for one in self._world.machines if one.honest and one.on]
        for machine in honest:
            for space in machine.running.spaces.replicas:
                self._pardon(machine, space)
        for machine in honest:
            self._look_at(machine)
            self.newcomers.look(machine)

    def _look_at(self, machine: Machine) -> None:
        device = machine.running
        for space, replica in device.spaces.replicas.items():
            entitled = machine.keys.device in self.truth.seated.get(space, set())
            require(entitled, f"{machine.name} holds a space it is not in")
            active = replica.active_epoch
            if active is not None:
                holders = active.exposure - replica.members
                require(not holders, f"{machine.name} would write under a key of an outsider")
            for name in device.spaces.epoch_keys[space]:
                author = self.truth.closed_to.get(name, {}).get(machine.keys.device)
                what = f"{machine.name} reads what {author} wrote after it was out"
                require(author is None, what)
            if machine.idle:
                self._gone(machine, space)

    def _pardon(self, machine: Machine, space: SpaceId) -> None:
        """Who knows an epoch knows why it was made: whom she counts in again may be given it.

        Somebody who has not heard of that writes under it later.
        """
        spaces = machine.running.spaces
        others = spaces.replicas[space].members - {machine.keys.device}
        for name in spaces.epoch_keys[space]:
            self.truth.open_to.setdefault(name, set()).update(others)
            for device in others:
                self.truth.closed_to.get(name, {}).pop(device, None)

    def _of_rogue(self, space: SpaceId, document: DocumentId) -> bool:
        rogue = self._world.rogue
        return rogue is not None and entries.is_of(document, space, rogue.person)

    def _gone(self, machine: Machine, space: SpaceId) -> None:
        """What was taken back, as far as *machine* knows, is nowhere on it."""
        store = machine.running.store
        withdrawn = machine.running.spaces.replicas[space].withdrawn
        for document in withdrawn:
            by_her = (space, document) in self.truth.taken_back or self._of_rogue(space, document)
            require(by_her, f"{machine.name} takes for taken back what nobody took back")
            shown = store.index.heads(document) is not None
            require(not shown, f"{machine.name} shows what was taken back")
            kept = store.log.pending_of(document)
            require(not kept, f"{machine.name} keeps edits of what was taken back")
        if withdrawn:
            for log in store.log.heads(space):
                for one in store.log.entries(log, 0, 2**40) if log.lane is Lane.CONTENT else ():
                    for named, part in zip(one.header.parts, one.parts, strict=True):
                        gone = part is None or named.document not in withdrawn
                        require(gone, f"{machine.name} keeps a part of what was taken back")

    def _count_minted(self, one: Entry) -> None:
        body = one.parts[0]
        if one.header.kind is Kind.EPOCH and body is not None:
            minted = isinstance(epoch.decode_operation(body), epoch.Rekey)
            self.seen["minted by honest devices"] += minted

    def worked(self, machine: Machine, event: HubEvent, effects: Sequence[HubEffect]) -> None:
        """Look how much one event made a device do."""
        sessions, spaces = len(machine.hub.sessions) + 1, len(machine.running.spaces.rows)
        bound = 64 + 32 * sessions * spaces
        if isinstance(event, BytesReceived):
            bound += len(event.data) // 64
        require(len(effects) <= bound, f"{len(effects)} effects of one event")
        loads = sum(isinstance(effect, LoadEntries) for effect in effects)
        require(loads <= sessions, f"{loads} loads of one event")

    def effect(self, machine: Machine, effect: HubEffect) -> None:
        """Look at one thing a hub asks for."""
        name = type(effect).__name__
        self.seen[name] += 1
        match effect:
            case PeerHas(device, logs):
                self._claimed(machine, device, [bytes(head.hash) for _, head in logs])
            case OwnLogBehind() | OwnLogForked():
                excused = machine.restores or not machine.honest
                require(excused, f"{machine.name} takes itself for an old copy and is none")
            case MembersChanged(space) if machine.honest and machine.on:
                self._pardon(machine, space)
            case PeerFaulted(device, fault, _):
                self._accused(machine, device, fault)
            case _:
                pass

    def _claimed(self, machine: Machine, device: DeviceId, hashes: Sequence[bytes]) -> None:
        peer = self._world.by_device.get(device)
        if peer is None or not peer.honest or not machine.honest:
            return
        if peer.restores:
            return  # what it said before it got old files back may still be on its way
        for one in hashes:
            require(one in peer.durable, f"{peer.name} acknowledged what it does not hold")

    def _accused(self, machine: Machine, device: DeviceId, fault: Fault) -> None:
        peer = self._world.by_device.get(device)
        self.seen[f"fault {fault}"] += 1
        if not machine.honest or (peer is not None and peer.restores and fault is Fault.FORKED):
            return  # an old copy that wrote did sign two entries at one height
        if fault is Fault.WITHHELD and self.stalled:
            return  # nobody can tell a peer that sends nothing from a wire that carries nothing
        self.accused.add((peer.name if peer is not None else "somebody", fault))
        honest = peer is not None and peer.honest
        require(not honest, f"{machine.name} accuses an honest device: {fault}")
