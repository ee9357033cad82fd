"""Who belongs, decided together: removals, suspensions, rules, rest (SPEC §6.3, §6.4; domain C5.4).

Nothing here waits for anybody: an act is written at once and takes effect when enough others said
yes, whichever device hears them first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aluna_protocol import acts
from aluna_protocol.dataclass import dataclass
from aluna_protocol.entry import Entry
from aluna_protocol.ids import DeviceId, EntryHash, Lane, PersonId, SpaceId
from aluna_protocol.operations import (
    Admit,
    Genesis,
    Lift,
    Operation,
    Remove,
    Rest,
    Rules,
    Second,
    Suspend,
)
from aluna_protocol.outcome import Listed
from aluna_protocol.replica import SpaceReplica
from aluna_sync.device import Device
from aluna_sync.errors import AlunaError, WrongUseError
from aluna_sync.facts import PeopleChanged
from aluna_sync.founding import mint, seal_before_newcomer, write_control
from aluna_sync.minting import due_to_newcomers
from aluna_sync.restating import restate

SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an act: it took effect, or waits for *missing* more persons to say yes."""

    id: EntryHash
    missing: int
    waits_for: tuple[str, ...] = ()
    """Names of those whose yes would do."""


@dataclass(frozen=True, slots=True)
class Request:
    """An act without effect so far: it waits for a yes, or it is void."""

    id: EntryHash
    what: str
    """"admit", "remove", "remove-device", "suspend", "lift", "rules", "rest", "second", "found"."""
    by: str
    """Name of who asked; hers is the device that signed."""
    about: str
    """The person or device it is about, empty when it is about nobody in particular."""
    missing: int
    """0: void."""
    said_yes: tuple[str, ...]
    waits_for: tuple[str, ...]
    waits_for_me: bool


@dataclass(frozen=True, slots=True)
class KeeperFacts:
    """Who keeps the door of a space, and by which rules."""

    keepers: tuple[tuple[PersonId, str], ...]
    everybody: bool
    quorum: int
    admitting: int
    gives_past: bool
    resting: tuple[PersonId, ...]
    suspended: tuple[tuple[DeviceId, str, str], ...]
    """Device, its name, and the name of its person."""


class Agreeing:
    """The acts of one space, in the name of the person of *device*."""

    def __init__(self, device: Device, space: SpaceId) -> None:
        self._device = device
        self.space = space

    @property
    def _replica(self) -> SpaceReplica:
        return self._device.spaces.replicas[self.space]

    # -- what stands -----------------------------------------------------------------------------

    def keepers(self) -> KeeperFacts:
        """Return who keeps the door, and how many must agree."""
        membership = self._replica.membership
        rules, seats = membership.rules, membership.seats
        names = [(person, self._name(person)) for person in membership.keepers]
        return KeeperFacts(
            tuple(sorted(names, key=lambda one: (one[1].casefold(), one[0]))),
            not rules.keepers,
            rules.quorum,
            rules.admitting,
            rules.gives_past,
            tuple(sorted(membership.resting)),
            tuple(
                (device, seats[device].device_name, self._name(seats[device].person))
                for device in membership.suspended
            ),
        )

    def requests(self) -> list[Request]:
        """Return what waits for somebody's yes, the oldest known first."""
        return [self._request(one) for one in self._replica.listed if one.missing]

    def void(self) -> list[Request]:
        """Return what was asked for and has no effect, for people to decide about (M8)."""
        return [self._request(one) for one in self._replica.listed if not one.missing]

    def find(self, prefix: str) -> EntryHash:
        """Return the act that waits whose id begins with *prefix* (hex).

        Raises WrongUseError id-too-short, no-such-request, several-requests.
        """
        if len(prefix) < SHORTEST_PREFIX:
            raise WrongUseError("id-too-short", least=SHORTEST_PREFIX)
        found = [one.id for one in self.requests() if one.id.hex().startswith(prefix.lower())]
        if not found:
            raise WrongUseError("no-such-request", id=prefix)
        if len(found) > 1:
            raise WrongUseError("several-requests", id=prefix)
        return found[0]

    def person(self, name: str) -> PersonId:
        """Return the person called *name*, or whose id begins with it.

        Raises WrongUseError no-such-person, several-persons.
        """
        here = self._replica.membership.persons
        known = self._device.spaces.names(self.space)
        names = {one: called for one, called in known.items() if one in here}
        wanted = name.casefold()
        found = [one for one, called in names.items() if called.casefold() == wanted] or [
            one for one in names if len(name) >= SHORTEST_PREFIX and one.hex().startswith(wanted)
        ]
        if not found:
            raise WrongUseError("no-such-person", name=name, names=sorted(names.values()))
        if len(found) > 1:
            raise WrongUseError("several-persons", name=name)
        return found[0]

    def device(self, name: str) -> DeviceId:
        """Return the device called *name*, "PERSON/DEVICE", or whose id begins with it.

        Raises WrongUseError no-such-device, several-devices.
        """
        wanted = name.casefold()
        seats = self._replica.membership.seats.values()
        found = [
            seat.device
            for seat in seats
            if wanted in (seat.device_name.casefold(), self._whole(seat.person, seat.device_name))
        ] or [
            seat.device
            for seat in seats
            if len(name) >= SHORTEST_PREFIX and seat.device.hex().startswith(wanted)
        ]
        if not found:
            raise WrongUseError("no-such-device", name=name)
        if len(found) > 1:
            raise WrongUseError("several-devices", name=name)
        return found[0]

    def _whole(self, person: PersonId, device_name: str) -> str:
        return f"{self._name(person)}/{device_name}".casefold()

    # -- acts ------------------------------------------------------------------------------------

    def remove(self, person: PersonId) -> Done:
        """Ask that *person* go with all her devices; of oneself, leave."""
        devices = [
            seat.device for seat in self._replica.membership.seats.values() if seat.person == person
        ]
        return self._declare(Remove(person, None, acts.cut_of(self._replica, devices)))

    def remove_device(self, device: DeviceId) -> Done:
        """Ask that one device go; one of one's own at once."""
        person = self._replica.membership.seats[device].person
        return self._declare(Remove(person, device, acts.cut_of(self._replica, [device])))

    def suspend(self, device: DeviceId) -> Done:
        """Pull the emergency brake for a device that may be in other hands."""
        return self._declare(Suspend(device, acts.cut_of(self._replica, [device])))

    def lift(self, device: DeviceId) -> Done:
        """Ask that a suspended device go on; raise AlunaError not-suspended."""
        standing = self._replica.membership.suspended.get(device)
        if not standing:
            raise AlunaError("not-suspended")
        asked = {
            one.operation.suspension: one.id
            for one in self._replica.listed
            if one.missing and isinstance(one.operation, Lift)
        }
        done = [
            self.second(asked[name]) if name in asked else self._declare(Lift(name))
            for name in sorted(standing)
        ]
        return max(done, key=lambda one: one.missing)

    def second(self, act: EntryHash) -> Done:
        """Say yes to what another asked for."""
        return self._declare(Second(act), of=act)

    def set_rules(self, rules: Rules) -> Done:
        """Ask that the door be kept by *rules*."""
        return self._declare(rules)

    def rest(self, *, resting: bool) -> Done:
        """Say that this person rests, or is back."""
        return self._declare(Rest(resting))

    def _declare(self, operation: Operation, of: EntryHash | None = None) -> Done:
        """Write *operation*; when somebody went by it, make a key she does not hold at once.

        Likewise when somebody came by it who is given no past: a key that opens nothing of it.
        """
        device = self._device
        asked_for = {one.id: one.operation for one in self._replica.listed}
        if of is not None and isinstance(asked_for.get(of), Admit):
            seal_before_newcomer(device, self.space)
        identity, incarnation = device.identity, device.spaces.incarnation
        written: list[Entry] = []
        missing: list[int] = []

        def write(replica: SpaceReplica) -> list[Entry]:
            own = device.spaces.own_log(self.space, Lane.CONTROL)
            verdict = replica.judge(own, operation)
            if verdict is None:
                raise AlunaError(_why_not(replica, identity.keys.device, operation))
            missing.append(0 if verdict.complete else verdict.missing)
            written.extend(acts.declare(identity.keys, incarnation, replica, operation))
            return written

        write_control(device, self.space, write)
        own = identity.keys.device
        if own in self._replica.members and (
            self._replica.active_epoch is None or due_to_newcomers(self._replica, own)
        ):
            mint(device, self.space)
        device.spaces.learn_keys(self.space)
        restate(device.store, device.spaces, self.space)
        device.tell(PeopleChanged())
        asked = of or written[0].hash
        waiting = [one for one in self._replica.listed if one.id == asked and one.missing]
        waits_for = self._names(waiting[0].waits_for) if waiting and missing[0] else ()
        return Done(asked, missing[0], waits_for)

    # -- words -----------------------------------------------------------------------------------

    def _request(self, listed: Listed) -> Request:
        membership = self._replica.membership
        what, about = self._about(listed.operation)
        seat = membership.seats.get(listed.signer) or membership.former.get(listed.signer)
        return Request(
            listed.id,
            what,
            "" if seat is None else self._name(seat.person),
            about,
            listed.missing,
            self._names(listed.said_yes),
            self._names(listed.waits_for),
            self._device.person in listed.waits_for,
        )

    def _about(self, operation: Operation) -> tuple[str, str]:
        match operation:
            case Genesis(name=name):
                return "found", name
            case Admit(seat):
                return "admit", seat.person_name
            case Remove(_, device, _) if device is not None:
                return "remove-device", self._device_name(device)
            case Remove(person, _, _):
                return "remove", self._name(person)
            case Suspend(device, _):
                return "suspend", self._device_name(device)
            case Lift(suspension):
                return "lift", self._device_name(self._suspended_by(suspension))
            case Rules():
                return "rules", ""
            case Rest():
                return "rest", ""
            case _:
                return "second", ""

    def _suspended_by(self, suspension: EntryHash) -> DeviceId:
        for device, standing in self._replica.membership.suspended.items():
            if suspension in standing:
                return device
        return DeviceId(b"")

    def _device_name(self, device: DeviceId) -> str:
        membership = self._replica.membership
        seat = membership.seats.get(device) or membership.former.get(device)
        return "" if seat is None else f"{self._name(seat.person)}/{seat.device_name}"

    def _name(self, person: PersonId) -> str:
        known = self._device.spaces.names(self.space).get(person)
        if known is not None:
            return known
        former = self._replica.membership.former.values()
        return next((seat.person_name for seat in former if seat.person == person), "")

    def _names(self, persons: Iterable[PersonId]) -> tuple[str, ...]:
        return tuple(sorted(map(self._name, persons), key=str.casefold))


def leave(device: Device, collective: SpaceId) -> None:
    """Leave a collective and its circles; what was written stays (domain C5.4)."""
    for circle in device.spaces.of_kind("circle", collective):
        if device.device in device.spaces.replicas[circle].members:
            Agreeing(device, circle).remove(device.person)
    Agreeing(device, collective).remove(device.person)


def remove_from_circles(
    device: Device, collective: SpaceId, person: PersonId
) -> list[tuple[str, Done]]:
    """Ask that *person* go from each circle of the collective both are in, by its name."""
    found: list[tuple[str, Done]] = []
    for circle in device.spaces.of_kind("circle", collective):
        persons = device.spaces.replicas[circle].membership.persons
        if person in persons and device.person in persons:
            found.append((device.space_name(circle), Agreeing(device, circle).remove(person)))
    return found


def circles_here(device: Device, collective: SpaceId) -> list[Agreeing]:
    """Return the circles of *collective* in which this device belongs."""
    return [
        Agreeing(device, circle)
        for circle in device.spaces.of_kind("circle", collective)
        if device.device in device.spaces.replicas[circle].members
    ]


def left_behind(device: Device, circle: SpaceId) -> list[str]:
    """Return who went from the collective and still holds a seat in *circle*, in order.

    She is sent nothing of it, but what she writes late is read there until she goes there as well:
    the cut of the collective cannot speak of a space not everybody may know (decision 0022).
    """
    collective = device.spaces.replicas[device.spaces.rows[circle].collective]
    staying = {seat.person for seat in collective.membership.seats.values()}
    here = device.spaces.replicas[circle].membership.seats.values()
    gone = {seat.person for seat in here} - staying
    return sorted(device.person_name_of(person) for person in gone)


def changed_rules(
    rules: Rules,
    *,
    keepers: Sequence[PersonId] | None,
    quorum: int | None,
    admitting: int | None,
    gives_past: bool | None,
) -> Rules:
    """Return *rules* with what is not None said anew; no keepers: everybody."""
    return Rules(
        rules.keepers if keepers is None else tuple(sorted(set(keepers))),
        rules.quorum if quorum is None else quorum,
        rules.admitting if admitting is None else admitting,
        rules.gives_past if gives_past is None else gives_past,
    )


def _why_not(replica: SpaceReplica, own: DeviceId, operation: Operation) -> str:
    """Return the code of the error that says why an act would have no effect."""
    membership = replica.membership
    if own not in membership.seats:
        return "no-seat-here"
    if own in membership.suspended:
        return "device-suspended"
    person = membership.seats[own].person
    if isinstance(operation, Second):
        return "yes-not-asked"
    if membership.keepers and person not in membership.keepers:
        return "not-a-keeper"
    if isinstance(operation, Remove | Suspend):
        return "already-gone"
    return "may-not-act"
