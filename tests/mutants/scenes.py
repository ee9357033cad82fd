"""Honest documents to breed mutants from: all kinds of operations, many scripts, devices apart."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from aluna_protocol import lint
from aluna_sync.engine.types import Delete, Operation, Put, SignedChange, Splice
from aluna_sync.journal import keys
from mutants.model import Model
from unit.engine.writing import Device, record
from vectors import forging

SCRIPTS = (
    "Una tarde larga, ñandú.",
    "كل يوم نلتقي",
    "हम फिर मिलेंगे",
    "Tlazohcamati huel miac",
    "👩‍👩‍👧 e\u0301\u0323 🇲🇽",
    "\u200fשלום\u200e abc",
    "漢字かな交じり",
    "\x00\t\ufffc\U0010ffff",
)
BODY, TITLE = "t/body/0011223344556677", "t/title/8899aabbccddeeff"


@dataclass(frozen=True, slots=True)
class Scene:
    """One change of a document, what was known before, and what others wrote apart from it."""

    name: str
    past: tuple[SignedChange, ...]
    facts: tuple[lint.ChangeFacts, ...]
    known: lint.DocumentFacts
    model: Model
    target: SignedChange
    apart: tuple[SignedChange, ...]
    """Changes of other actors that do not build on *target*, causes first."""
    ids: tuple[forging.Id, ...]
    """Operations of all changes up to *target*, those of *target* twice."""


@cache
def all_scenes() -> tuple[Scene, ...]:
    """Return a scene for each change of each document."""
    return tuple(
        scene
        for write in (_one_record, _letters_apart, _keys_apart, _deleted, _undone, _many, _mixed)
        for scene in _scenes(write.__name__.strip("_"), write())
    )


def _scenes(name: str, changes: list[SignedChange]) -> list[Scene]:
    known, model = lint.DocumentFacts(), Model()
    facts: list[lint.ChangeFacts] = []
    ids: list[forging.Id] = []
    scenes = []
    for place, target in enumerate(changes):
        verdict = lint.check(target.raw, target.actor, known)
        assert isinstance(verdict, lint.ChangeFacts)
        own: list[forging.Id] = [
            (verdict.actor, counter) for counter in range(verdict.start_op, verdict.max_op + 1)
        ]
        scenes.append(
            Scene(
                f"{name}-{place}",
                tuple(changes[:place]),
                tuple(facts),
                known_of(facts),
                model.copy(),
                target,
                _apart(changes[place:]),
                (*ids, *own, *own),
            )
        )
        known.add(verdict)
        model.write(target.raw)
        facts.append(verdict)
        ids += own
    return scenes


def known_of(facts: list[lint.ChangeFacts] | tuple[lint.ChangeFacts, ...]) -> lint.DocumentFacts:
    """Return the document that *facts* make."""
    known = lint.DocumentFacts()
    for one in facts:
        known.add(one)
    return known


def _apart(changes: list[SignedChange]) -> tuple[SignedChange, ...]:
    after = {bytes(lint.read_header(changes[0].raw).hash)}
    apart = []
    for change in changes[1:]:
        header = lint.read_header(change.raw)
        if after.intersection(map(bytes, header.deps)) or change.actor == changes[0].actor:
            after.add(bytes(header.hash))
        else:
            apart.append(change)
    return tuple(apart)


def _one_record() -> list[SignedChange]:
    ana = Device("ana")
    values = [Put("l/a", None), Put("l/b", True), Put("l/c", -7), Put("l/d", 0.5), Put("l/e", b"x")]
    ana.write(*record(SCRIPTS[0]), Splice(TITLE, 0, 0, SCRIPTS[4]), *values)
    ana.write(Splice(BODY, 4, 5, "mañana"), Put("l/a", 3), Delete("l/b"))
    return ana.changes


def _letters_apart() -> list[SignedChange]:
    ana, rui, lu = Device("ana"), Device("rui"), Device("0lu")
    first = ana.write(*record(SCRIPTS[1]))
    rui.receive(first)
    lu.receive(first)
    one = rui.write(Splice(BODY, 2, 3, SCRIPTS[2]))
    two = lu.write(Splice(BODY, 2, 3, SCRIPTS[6]), Splice(BODY, 0, 0, "漢"))
    three = ana.write(Splice(BODY, 1, 6, ""))
    ana.receive(one, two)
    four = ana.write(Splice(BODY, 3, 6, "xyz"), Splice(BODY, 0, 2, ""))
    return [first, one, two, three, four]


def _keys_apart() -> list[SignedChange]:
    devices = [Device(name) for name in ("ana", "rui", "0lu", "zoe")]
    ana = devices[0]
    changes = [ana.write(Put("type", "event"), Put("l/a", 0), Put("l/b", ""))]
    for device in devices[1:]:
        device.receive(*changes[:1])
    for number, device in enumerate(devices):
        changes.append(device.write(Put("l/a", number + 1), Put(f"s/x/{number}", SCRIPTS[number])))
    ana.receive(*changes[2:])
    changes.append(ana.write(Put("l/a", 9), Delete("l/b"), Delete("s/x/1"), Put("l/z", 2**40)))
    devices[1].receive(*(change for change in changes if change not in devices[1].changes))
    changes.append(devices[1].write(Put("l/a", None), Put("s/x/1", "again"), Put("l/b", False)))
    return changes


def _deleted() -> list[SignedChange]:
    ana, rui = Device("ana"), Device("rui")
    ana.write(*record("abcdefghij" * 3))
    rui.receive(*ana.changes)
    for start in (20, 3, 0, 7):
        ana.write(Splice(BODY, start, 3, ""))
    rui.write(Splice(BODY, 5, 20, "é"))
    ana.meet(rui)
    rui.write(Splice(BODY, 0, len(rui.view.texts[BODY]), ""))
    return rui.changes


def _undone() -> list[SignedChange]:
    ana = Device("ana")
    ana.write(*record("antes"), Put("s/terms/imp.fear", ""))
    ana.write(Splice(BODY, 0, 5, "después"), Delete("s/terms/imp.fear"))
    ana.write(Splice(BODY, 0, 7, "antes"), Put("s/terms/imp.fear", ""))
    ana.write(Delete(BODY))
    ana.write(Splice(BODY, 0, 0, "otra"), Splice(BODY, 0, 1, "O"), Put("l/a", 1), Put("l/a", 2))
    return ana.changes


def _many() -> list[SignedChange]:
    devices = [Device(f"{number:02}") for number in range(8)]
    first = devices[0].write(*record(SCRIPTS[5]))
    for device in devices[1:]:
        device.receive(first)
    apart = [d.write(Splice(BODY, n, 1, str(n)), Put("l/a", n)) for n, d in enumerate(devices)]
    devices[3].receive(*(change for change in apart if change not in devices[3].changes))
    return [first, *apart, devices[3].write(Splice(BODY, 0, 9, SCRIPTS[3]), Put("l/a", "all"))]


def _mixed() -> list[SignedChange]:
    """Three devices do whatever comes to mind, and meet now and then."""
    rng = random.Random("mixed")
    devices = [Device(name) for name in ("ana", "rui", "0lu")]
    devices[0].write(*record(SCRIPTS[0]))
    for device in devices[1:]:
        device.receive(*devices[0].changes)
    for _ in range(14):
        device = rng.choice(devices)
        device.write(*(_anything(rng, device) for _ in range(rng.randint(1, 3))))
        if rng.random() < 0.4:
            device.meet(rng.choice([other for other in devices if other is not device]))
    devices[0].meet(devices[1])
    devices[0].meet(devices[2])
    return devices[0].changes


def _anything(rng: random.Random, device: Device) -> Operation:
    body = device.view.texts[BODY]
    place = rng.randint(0, max(len(body) - 4, 0))
    ids = keys.WriteIds(device.actor, rng.randbytes)
    choices: list[Callable[[], Operation]] = [
        lambda: Splice(BODY, place, min(2, len(body) - place - 3), rng.choice(SCRIPTS)[:5]),
        lambda: Splice(f"t/x/{rng.randint(0, 2)}", 0, 0, rng.choice(SCRIPTS)[:4]),
        lambda: Put(f"l/{rng.choice('abc')}", rng.choice([None, rng.random(), rng.random(), "x"])),
        lambda: Put(keys.act_key("x", ids.own()), rng.choice(SCRIPTS)),
    ]
    return rng.choice(choices)()
