"""What happens in a simulated world, as plain data: drawn from a seed, executed elsewhere.

Numbers that choose among things (devices, records, links) are taken modulo how many there are when
the action runs, so that a trace from which actions were deleted still means something.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Write:
    """A person writes a record: in the collective, a circle, or privately (*where*)."""

    salt: int
    device: int
    where: int
    letters: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A person changes a record that is readable on the device."""

    salt: int
    device: int
    record: int
    how: int


@dataclass(frozen=True, slots=True)
class Present:
    """A person is seen writing in a record, or stops."""

    salt: int
    device: int
    record: int


@dataclass(frozen=True, slots=True)
class Dial:
    """A device reaches another by its address."""

    salt: int
    caller: int
    callee: int


@dataclass(frozen=True, slots=True)
class Advertise:
    """A device announces itself; everybody in reach hears it, *copies* times, and may dial."""

    salt: int
    device: int
    copies: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """Somebody announces what *device* announced before, from another address."""

    salt: int
    device: int


@dataclass(frozen=True, slots=True)
class Introduce:
    """A device meets another without knowing who it is, with the key of the group."""

    salt: int
    caller: int
    callee: int


@dataclass(frozen=True, slots=True)
class Run:
    """Time passes, in steps of *step* seconds."""

    salt: int
    seconds: float
    step: float


@dataclass(frozen=True, slots=True)
class Deliver:
    """A few things arrive, in the order in which they are due."""

    salt: int
    events: int


@dataclass(frozen=True, slots=True)
class Weather:
    """From now on the network delays by *delay* seconds on average and cuts data in *pieces*."""

    salt: int
    delay: float
    pieces: int


@dataclass(frozen=True, slots=True)
class Break:
    """A connection dies after some of the bytes that are on their way."""

    salt: int
    link: int
    kept: float


@dataclass(frozen=True, slots=True)
class Partition:
    """Devices fall into groups that do not reach each other; connections break, or only stall."""

    salt: int
    groups: int
    breaks: bool


@dataclass(frozen=True, slots=True)
class Heal:
    """Everybody reaches everybody again."""

    salt: int


@dataclass(frozen=True, slots=True)
class Tamper:
    """The wire changes what is on its way: 0 a flipped bit, 1 old bytes put in, 2 said twice."""

    salt: int
    link: int
    how: int


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody without keys connects and says: 0 an old connection's bytes, 1 noise, 2 nothing."""

    salt: int
    callee: int
    how: int


@dataclass(frozen=True, slots=True)
class Crash:
    """A device dies: now, or after so many half *commits*; *kept* of what is not synced stays."""

    salt: int
    device: int
    commits: int
    kept: float
    silent: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """A device says goodbye and ends."""

    salt: int
    device: int


@dataclass(frozen=True, slots=True)
class Start:
    """A device that is off starts."""

    salt: int
    device: int


@dataclass(frozen=True, slots=True)
class BackUp:
    """Somebody copies the files of a device."""

    salt: int
    device: int


@dataclass(frozen=True, slots=True)
class Restore:
    """A device gets the files of an older copy back and starts."""

    salt: int
    device: int
    backup: int


@dataclass(frozen=True, slots=True)
class Carry:
    """Entries travel by hand from one device to another, through the log gate."""

    salt: int
    source: int
    target: int
    where: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Join:
    """A device lets a new one into a space."""

    salt: int
    device: int
    where: int
    own: bool


AGREED = (
    "remove", "remove-device", "suspend", "second", "second", "second", "lift", "limit", "reopen",
    "rest", "return", "leave",
)  # fmt: skip
"""What a person may do about who belongs, as often as it is likely."""


@dataclass(frozen=True, slots=True)
class Agree:
    """A person does one of `AGREED`, *about* somebody, in the collective or a circle (*where*)."""

    salt: int
    device: int
    what: int
    about: int
    where: int


@dataclass(frozen=True, slots=True)
class Circle:
    """A person founds a circle with somebody, or (*more*) brings somebody into one."""

    salt: int
    device: int
    about: int
    more: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A person gives a version of a record to another space."""

    salt: int
    device: int
    record: int
    where: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A person takes back a record she made."""

    salt: int
    device: int
    record: int


@dataclass(frozen=True, slots=True)
class Again:
    """A person who belongs no more comes in again, with a new device."""

    salt: int
    host: int
    who: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """A device writes a bundle, somebody carries all or *kept* of it to another, who reads it."""

    salt: int
    source: int
    target: int
    kept: float


@dataclass(frozen=True, slots=True)
class Folder:
    """A device looks into the folder all of them share, which a tool has carried badly (*how*)."""

    salt: int
    device: int
    how: int


@dataclass(frozen=True, slots=True)
class Rogue:
    """The one dishonest device does *what* (see `rogue`), if it is there."""

    salt: int
    what: str


Action = (
    Write
    | Edit
    | Present
    | Dial
    | Advertise
    | Replayed
    | Introduce
    | Run
    | Deliver
    | Weather
    | Break
    | Partition
    | Heal
    | Tamper
    | Stranger
    | Crash
    | Stop
    | Start
    | BackUp
    | Restore
    | Carry
    | Join
    | Agree
    | Circle
    | Share
    | TakeBack
    | Again
    | Bundle
    | Folder
    | Rogue
)
KINDS: dict[str, type[Action]] = {kind.__name__: kind for kind in Action.__args__}


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run: who is there at the beginning, and what happens."""

    seed: int
    devices: int
    """At the beginning; more may join."""
    persons: int
    """Fewer than devices: some persons hold several."""
    circle: bool
    rogue: int | None
    """Which device is dishonest."""
    clocks: tuple[float, ...]
    """How far off each device's clock is, in seconds."""
    actions: tuple[Action, ...]
    planted: str = ""
    """A fault put into the world on purpose, to test the simulator with."""


def to_literal(plan: Plan) -> str:
    """Return *plan* as a Python literal, one action per line."""
    head = {
        field.name: getattr(plan, field.name) for field in fields(plan) if field.name != "actions"
    }
    lines = [f"    {key!r}: {value!r}," for key, value in head.items()]
    acts = [f"        {(type(one).__name__, *_values(one))!r}," for one in plan.actions]
    return "\n".join(["{", *lines, "    'actions': [", *acts, "    ],", "}", ""])


def _values(action: Action) -> tuple[object, ...]:
    return tuple(getattr(action, field.name) for field in fields(action))


def from_literal(data: dict[str, object]) -> Plan:
    """Return the plan that `to_literal` wrote."""
    rows = data["actions"]
    assert isinstance(rows, list)
    actions = tuple(KINDS[name](*values) for name, *values in rows)
    return Plan(**{**data, "actions": actions})  # type: ignore[arg-type]
