"""Signed entries of a member who breaks the rules: refused alike everywhere, in nobody's way."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from aluna_protocol import entry as entries
from aluna_protocol.ids import DocumentId
from aluna_sync.device import Device
from aluna_sync.engine.child_process import ChildLimits
from aluna_sync.engine.process import ProcessEngine
from aluna_sync.engine.types import PAST_SET_ASIDE
from aluna_sync.founding import unlock
from aluna_sync.journal.edit_kinds import SetText
from harness.carrying import agree, carry, read, read_all, set_aside, state, texts
from harness.processes import PASSPHRASE, Person, collective_of, records_of, write
from unit.engine.forging import Forged, leb, sleb, taken_apart

CHILD = Path(__file__).parents[1] / "unit" / "engine" / "hostile_child.py"
ACTION, VALUE_META, VALUE = 0x42, 0x56, 0x57
READ_SECONDS = 5.0
"""For a bomb that is refused unread: milliseconds, on an idle machine."""


def record(device: Device, title: str) -> DocumentId:
    (name,) = write(device, title)
    return DocumentId(bytes.fromhex(name))


def edit(device: Device, document: DocumentId, title: str) -> None:
    asyncio.run(device.edit(document, [SetText("title", title)]))
    device.seal(device.collective())


def newest(device: Device, document: DocumentId) -> bytes:
    return device.opener.placed(document)[-1].change.raw


def sign(device: Device, document: DocumentId, *raws: bytes) -> None:
    """Seal *raws* as changes of *document*, whatever they are."""
    space = device.collective()
    device.seal(space)
    for raw in raws:
        device.store.log.add_pending(space, document, raw)
    device.seal(space)


def reasons(device: Device) -> list[str]:
    found = device.store.log.set_asides(device.collective())
    assert all(one.by_lint for one in found)
    return sorted(one.reason for one in found)


def squat(victim: Device, document: DocumentId, genuine: Forged) -> bytes:
    """Return what would come next of *victim*, with other words."""
    hers = victim.spaces.actor(document)
    assert genuine.others == (hers,)
    return genuine.but(actor=hers, others=(genuine.actor,), seq=leb(2)).raw


def skipped(victim: Device, document: DocumentId, genuine: Forged) -> bytes:
    return genuine.but(seq=leb(5)).raw


def jumped(victim: Device, document: DocumentId, genuine: Forged) -> bytes:
    return genuine.but(start_op=leb(2**39)).raw


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (squat, "change by another actor"),
        (skipped, "gap in the changes of its actor"),
        (jumped, "counters do not follow its past"),
    ],
)
def test_d5_a_place_that_is_not_ones_own_is_refused_and_the_victim_writes_on(
    devices: list[Device],
    forge: Callable[[Device, DocumentId, Forged], bytes],
    reason: str,
) -> None:
    ana, mala, cleo = devices
    document = record(ana, "acta")
    carry(ana, mala, cleo)
    read(mala, cleo)
    asyncio.run(mala.edit(document, [SetText("title", "acta ajena")]))
    genuine = taken_apart(mala.store.log.pending_of(document)[0])
    mala.store.log.delete_pending(
        one.id for one in mala.store.log.pending(mala.collective(), 2**40)
    )
    sign(mala, document, forge(ana, document, genuine))
    # Cleo gets what is forged before what is genuine, Ana after.
    carry(mala, cleo)
    read(cleo)
    edit(ana, document, "acta de Ana")
    carry(mala, ana)
    carry(ana, cleo)
    read(ana, cleo)
    assert reasons(ana) == reasons(cleo) == [reason]
    agree(ana, cleo)
    edit(ana, document, "acta de Ana, otra vez")
    carry(ana, cleo)
    read(cleo)
    assert texts(cleo, document) == {"title": "acta de Ana, otra vez"}
    agree(ana, cleo)


def deflated(good: Forged) -> bytes:
    """Return the form of a change that inflates when it is read."""
    body = good.raw[11:]
    return b"\x85\x6f\x4a\x83" + bytes(4) + b"\x02" + leb(len(body)) + body


EVIL: dict[str, Callable[[Forged], bytes]] = {
    # D6: small things that stand for much
    "d6-ten-million-operations": lambda good: good.column(ACTION, sleb(10**7) + leb(1)).raw,
    "d6-a-run-of-nothing": lambda good: good.column(ACTION, leb(0) + leb(2**62)).raw,
    "d6-deflated": deflated,
    "d6-a-hundred-thousand-causes": lambda good: (
        good.but(deps=tuple(number.to_bytes(32, "big") for number in range(30_000))).raw
    ),
    "d6-a-value-of-a-gibibyte": lambda good: good.column(VALUE_META, sleb(-1) + leb(2**34)).raw,
    # D7: what Automerge takes and cannot read again
    "d7-a-counter": lambda good: good.column(VALUE_META, sleb(-1) + leb(1 << 4 | 8)).raw,
    "d7-an-unknown-type": lambda good: good.column(VALUE_META, sleb(-1) + leb(1 << 4 | 15)).raw,
    "d7-a-moment": lambda good: good.but(time=sleb(2**62)).raw,
    "d7-an-unknown-column": lambda good: good.column(0x7F3, b"\x01").raw,
    "d7-bytes-left-over": lambda good: good.but(extra=b"\0").raw,
    "d7-a-number-spelled-long": lambda good: good.but(seq=b"\x81\x00").raw,
    "d7-broken-letters": lambda good: good.column(VALUE, b"\xff" * len(good.columns[VALUE])).raw,
}


@pytest.mark.parametrize("attack", ["d6", "d7"])
def test_d6_d7_a_change_that_would_break_a_document_is_refused_by_everybody_alike(
    devices: list[Device], attack: str
) -> None:
    ana, mala, cleo = devices
    space = mala.collective()
    good = taken_apart(newest(mala, record(mala, "bueno")))
    mala.seal(space)
    evil = {name: forge for name, forge in EVIL.items() if name.startswith(attack)}
    for name, forge in evil.items():
        document = entries.document_of(space, mala.person, name.encode()[-8:])
        sign(mala, document, forge(good.but(actor=mala.spaces.actor(document))))
    after = record(mala, "después")
    carry(mala, ana, cleo)
    began = time.process_time()
    read(ana, cleo)
    assert time.process_time() - began < READ_SECONDS
    for one in (ana, cleo):
        assert len(reasons(one)) == len(evil)
        assert len(records_of(one)) == 2
        assert texts(one, after) == {"title": "después"}
    agree(ana, cleo)


@pytest.mark.parametrize("place", [0, 57, 99])
def test_d12_one_bad_entry_among_a_hundred_costs_only_itself(
    devices: list[Device], place: int
) -> None:
    ana, mala, cleo = devices
    space = mala.collective()
    for number in range(100):
        document = record(mala, f"nota {number}")
        if number == place:
            raw = taken_apart(mala.store.log.pending_of(document)[0]).but(seq=leb(9)).raw
            mala.store.log.delete_pending(one.id for one in mala.store.log.pending(space, 2**40))
            mala.store.log.add_pending(space, document, raw)
        mala.seal(space)
    carry(mala, ana, cleo)
    read(ana, cleo)
    for one in (ana, cleo):
        assert len(records_of(one)) == 99
        assert len(reasons(one)) == 1
        assert one.store.log.unopened_count(space) == 0
    later = record(mala, "más tarde")
    carry(mala, ana)
    read(ana)
    assert texts(ana, later) == {"title": "más tarde"}
    # And nobody is stopped from asking again: there is nothing left to open.
    assert asyncio.run(ana.open_some(space)) is None


# -- when a limit of this device decides ---------------------------------------------------------


@asynccontextmanager
async def limited(one: Person) -> AsyncIterator[tuple[Device, ProcessEngine]]:
    """Open a vault whose Automerge cannot take some words."""
    engine = ProcessEngine([sys.executable, str(CHILD)], ChildLimits(answer=2.0))
    device = unlock(one.home, PASSPHRASE, engine=engine, turn=asyncio.Lock())
    try:
        yield device, engine
    finally:
        await engine.close()
        device.lock()


async def test_what_a_limit_of_this_device_decided_is_told_and_can_be_tried_again(
    people: list[Person],
) -> None:
    ana, bo, cleo = people
    with bo.opened() as mala, cleo.opened() as other:
        document = await mala.add("event", [SetText("title", "acta")], mala.collective())
        await mala.edit(document, [SetText("body", "ABORT en persona")])
        await mala.edit(document, [SetText("title", "acta, y después")])
        await asyncio.to_thread(carry, mala, other)
        await read_all(other)
        whole = state(other)
        async with limited(ana) as (here, engine):
            await asyncio.to_thread(carry, mala, here)
            await read_all(here)
            assert {(one[2], one[3]) for one in set_aside(here)} == {
                ("died", False),
                (PAST_SET_ASIDE, False),
            }
            assert texts(here, document) == {"title": "acta"}
            restarts = engine.restarts
            # The same entries, and yet not called the same.
            assert state(here) != whole
            (space,) = [s for s in here.status().spaces if s.id == here.collective()]
            assert (space.set_aside, space.limited) == (2, 2)
            # It is not tried again with each new change: that could take ten seconds each time.
            await mala.edit(document, [SetText("title", "acta, y mucho después")])
            await asyncio.to_thread(carry, mala, here)
            await read_all(here)
            assert engine.restarts == restarts
    for lang, words in (("en", "a limit of this device decided"), ("es", "lo decidió un límite")):
        for command in ("status", "doctor"):
            said = ana.do(command, lang=lang).out
            assert words in said
            assert "Bo" in said
    assert ana.ask("status")["spaces"][0]["set_aside_here_only"] == 3
    healed = ana.ask("doctor", "--rebuild")
    assert (healed["set_aside"], healed["set_aside_here_only"]) == (0, 0)
    with ana.opened() as here, cleo.opened() as other, bo.opened() as mala:
        await asyncio.to_thread(carry, mala, other)
        await read_all(other)
        assert state(here) == state(other)
        assert texts(here, document)["body"] == "ABORT en persona"


# -- who it is -----------------------------------------------------------------------------------


@pytest.mark.parametrize("second", ["ANA", "\u0410n\u0430", "An\u00e1", "An\u03b1"])
def test_d11_two_persons_whose_names_look_alike_are_told_apart_by_their_keys(
    tmp_path: Path, second: str
) -> None:
    ana, other, bo = collective_of(tmp_path, "Ana", second, "Bo")
    seen = {person["id"]: person for person in bo.ask("people")["people"]}
    alike = [person["name"] for person in seen.values() if person["alike"]]
    assert len(set(alike)) == 2
    assert {name.partition(" ·")[0] for name in alike} == {"Ana", second}
    assert [person["name"] for person in seen.values() if not person["alike"]] == ["Bo"]
    # Everybody sees the same letters, she herself too, so that they can be compared.
    for one in (ana, other):
        assert {p["id"]: p["name"] for p in one.ask("people")["people"]} == {
            id_: person["name"] for id_, person in seen.items()
        }
    assert "look alike" in (told := bo.do("people", lang="en")).out + told.err
    assert "se parecen" in (told := bo.do("people", lang="es")).out + told.err
    # Records, sync and lists name her as the page of people does.
    with other.opened() as device:
        document = record(device, "de la otra")
        with bo.opened() as here:
            carry(device, here)
            read(here)
            assert {peer.person_name for peer in here.peers()} == set(alike)
    hers = next(person for person in other.ask("people")["people"] if person["me"])
    assert bo.ask("show", document.hex())["authors"] == [hers["name"]]
