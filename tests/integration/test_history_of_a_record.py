"""Two devices, five hundred random edits each, apart and together: every word is within reach."""

from __future__ import annotations

import asyncio
import itertools
import random
from functools import partial

import pytest

from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.founding import unlock
from aluna_sync.journal.edit_kinds import (
    AddAct,
    AddMember,
    Edit,
    RemoveMember,
    SetReading,
    SetText,
)
from aluna_sync.journal.history import Sitting
from aluna_sync.journal.types import Record
from aluna_sync.journal.values import dump_json
from aluna_sync.sittings import sittings
from harness.carrying import carry, read, state
from harness.processes import PASSPHRASE, Person
from harness.together import together, until

ROUNDS = 5
EDITS = 50
"""Of each device in each half of a round: five hundred in all. The first is together alone."""
TEXTS = ("body", "what_it_tells_us")


class Hand:
    """Somebody who writes at random, each word only once in all the world."""

    def __init__(self, name: str, seed: str) -> None:
        self.dice = random.Random(seed)
        self.name = name
        self.typed: list[str] = []
        self._count = itertools.count()

    def word(self) -> str:
        self.typed.append(f"{self.name}{next(self._count)}x")
        return self.typed[-1]

    def edit(self, record: Record) -> Edit:
        match self.dice.randrange(12):
            case 0:
                return SetReading("when", {"value": None, "precision": "dat.unknown",
                                           "words": self.word()})  # fmt: skip
            case 1:
                return AddMember("kinds", "imp.fear", self.word())
            case 2 if any(one.item == "imp.fear" for one in record.sets.get("kinds", ())):
                return RemoveMember("kinds", "imp.fear")
            case 3:
                return AddAct("replies", self.word())
            case _:
                field = self.dice.choice(TEXTS)
                return SetText(field, self._text(record.texts.get(field, "")))

    def _text(self, old: str) -> str:
        words = old.split(" ") if old else []
        place = self.dice.randint(0, len(words))
        gone = self.dice.choice((0, 0, 0, 1, 2, 5))
        came = [self.word() for _ in range(self.dice.choice((0, 1, 2)))]
        if not came and not words[place : place + gone]:
            came = [self.word()]
        return " ".join([*words[:place], *came, *words[place + gone :]])


async def write(device: Device, document: DocumentId, hand: Hand) -> None:
    record = device.record(document)
    assert record is not None
    await device.edit(document, [hand.edit(record)])


def reachable(found: list[Sitting], now: Record | None) -> str:
    """Return every word of a history and of the record, as people can read it."""
    assert now is not None
    said: list[str] = []
    for one in found:
        for record in (*one.within, one.after, now):
            said += record.texts.values()
            said += [item.note for several in record.sets.values() for item in several]
            said += [
                dump_json(entry.value)
                for group in (record.readings, record.acts)
                for several in group.values()
                for entry in several
            ]
    return " ".join(said)


async def _go_through_it(one: Person, other: Person, hands: tuple[Hand, Hand]) -> DocumentId:
    ana = unlock(one.home, PASSPHRASE)
    edits: list[Edit] = [SetText("body", hands[0].word()), SetReading("about", "us")]
    document = await ana.add("impact", edits, ana.collective())
    ana.lock()
    for at in range(ROUNDS):
        if at:
            for person, hand in zip((one, other), hands, strict=True):
                device = unlock(person.home, PASSPHRASE)
                for _ in range(EDITS):
                    await write(device, document, hand)
                device.lock()
        async with together(one, other) as both:
            devices = [device for device, _node in both]

            await until(lambda: all(device.record(document) for device, _node in both))
            for time in range(EDITS if at else 2 * EDITS):
                for device, hand in zip(devices, hands, strict=True):
                    await write(device, document, hand)
                if time % 10 == 9:
                    await until(partial(_same, devices))
            await until(partial(_same, devices))
    return document


def _same(devices: list[Device]) -> bool:
    pending = [device.store.log.pending_count(device.collective()) for device in devices]
    return not any(pending) and len({state(device) for device in devices}) == 1


@pytest.mark.slow
def test_after_five_hundred_random_edits_each_no_word_is_out_of_reach(
    people: list[Person],
) -> None:
    hands = Hand("ana", "de ana"), Hand("bo", "de bo")
    document = asyncio.run(_go_through_it(people[0], people[1], hands))
    with people[0].opened() as ana, people[1].opened() as bo:
        assert ana.record(document) == bo.record(document)
        assert state(ana) == state(bo)
        found = [asyncio.run(sittings(one, document)) for one in (ana, bo)]
        changes = [[step for one in told for step in one.changes] for told in found]
        assert changes[0] == changes[1]
        assert len(changes[0]) > 2 * ROUNDS * EDITS
        for told, one in zip(found, (ana, bo), strict=True):
            words = reachable(told, one.record(document))
            lost = [word for hand in hands for word in hand.typed if word not in words]
            assert lost == []
        with people[2].opened() as cleo:
            carry(ana, cleo)
            read(cleo)
            assert cleo.record(document) == ana.record(document)
            there = asyncio.run(sittings(cleo, document))
            assert [step for one in there for step in one.changes] == changes[0]
