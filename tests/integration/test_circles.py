"""Circles between real nodes: whoever is in learns of them, nobody else does (domain C1, C10-6)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aluna_protocol.ids import PersonId, SpaceId
from aluna_sync.agreeing import Agreeing, left_behind, remove_from_circles
from aluna_sync.circles import bring_in, found_circle, share, shared_versions
from aluna_sync.device import Device
from aluna_sync.journal.edit_kinds import AddLink, SetText
from harness.carrying import carry
from harness.circles import circle_of
from harness.processes import Person, collective_of
from harness.together import together, until

CANARY = "jacaranda-9931"


def person(device: Device, name: str) -> PersonId:
    return Agreeing(device, device.collective()).person(name)


def texts(device: Device, space: SpaceId) -> set[str]:
    found = (device.record(name) for name, _ in device.store.index.state_parts(space))
    return {record.title for record in found if record is not None}


def state(device: Device, space: SpaceId) -> str:
    return next(one.state for one in device.status().spaces if one.id == space)


def bytes_of(one: Person) -> bytes:
    return b"".join(
        path.read_bytes() for path in sorted(Path(one.home).rglob("*")) if path.is_file()
    )


async def test_who_is_in_a_circle_is_told_and_nobody_else_ever_holds_a_byte_of_it(
    tmp_path: Path,
) -> None:
    people = collective_of(tmp_path, "Ana", "Bo", "Cleo")
    async with together(*people) as ((ana, _), (bo, _), (cleo, cleos)):
        circle = found_circle(ana, ana.collective(), "Cocina", [person(ana, "Bo")])
        await ana.add("event", [SetText("title", CANARY)], circle)
        await ana.add("event", [SetText("title", "para todas")], ana.collective())
        await until(lambda: circle in bo.spaces.rows and texts(bo, circle) == {CANARY})
        await until(lambda: texts(cleo, cleo.collective()) == {"para todas"})
        await until(lambda: state(ana, circle) == state(bo, circle))
        assert circle not in cleo.spaces.rows
        assert circle not in cleos.hub.directory.replicas
        # Nor is it named to her: in each session only what both are in is shared.
        for session in cleos.hub.sessions:
            assert circle not in session.shared.values()
        assert {
            one.header.log.space
            for name in cleo.store.log.heads(cleo.collective())
            for one in cleo.store.log.entries(name, 0, 2**40)
        } == {cleo.collective()}
        # Later she is brought in, and reads it from the beginning.
        bring_in(bo, circle, person(bo, "Cleo"))
        await until(lambda: circle in cleo.spaces.rows and texts(cleo, circle) == {CANARY})
        members = {one.name for one in cleo.people(circle)}
        assert members == {"Ana", "Bo", "Cleo"}


def test_late_words_in_a_circle_are_barred_by_the_circle_s_own_removal(
    devices: list[Device],
) -> None:
    """Who goes from the collective is no member of its circles; a cut there needs an act there."""
    ana, bo, cleo = devices
    circle = circle_of("Cocina", ana, bo, cleo)
    asked = Agreeing(ana, ana.collective()).remove(bo.person)
    carry(ana, cleo)
    Agreeing(cleo, cleo.collective()).second(asked.id)
    carry(cleo, ana)
    for one in (ana, cleo):
        assert bo.device not in one.spaces.replicas[circle].members
        assert bo.device in one.spaces.replicas[circle].membership.seats
        said = b"".join(
            entry.parts[0] or b"" for entry in one.store.log.control_entries(one.collective())
        )
        assert bytes(circle) not in said, "what the collective decides names no circle"
    # Bo, who does not know, writes in the circle, and it comes by somebody who does not either.
    late = asyncio.run(bo.add("event", [SetText("title", "tarde")], circle))
    bo.seal(circle)
    for one in (ana, cleo):
        take(bo, one, circle)
    assert texts(ana, circle) == texts(cleo, circle) == {"tarde"}
    assert left_behind(ana, circle) == left_behind(cleo, circle) == ["Bo"]
    # Whoever removes somebody asks it in every circle she is in as well: then it falls there too.
    [(name, done)] = remove_from_circles(ana, ana.collective(), bo.person)
    assert (name, done.missing) == ("Cocina", 1)
    take(ana, cleo, circle)
    Agreeing(cleo, circle).second(done.id)
    take(cleo, ana, circle)
    assert left_behind(ana, circle) == []
    asyncio.run(bo.edit(late, [SetText("title", "más tarde")]))
    bo.seal(circle)
    for one in (ana, cleo):
        take(bo, one, circle)
    assert texts(ana, circle) == texts(cleo, circle)
    assert "más tarde" not in texts(ana, circle)


def take(one: Device, other: Device, space: SpaceId) -> None:
    """Give *other* all that *one* has of *space*, and read it there."""
    log = one.store.log
    for name in log.heads(space):
        other.store.log.append(list(log.entries(name, 0, 2**40)))
    replica = other.spaces.replicas[space]
    replica.restore(other.store.log.heads(space), other.store.log.control_entries(space))
    other.spaces.learn_keys(space)

    async def read() -> None:
        while await other.open_some(space) is not None:
            pass

    asyncio.run(read())


async def test_a_shared_version_has_no_byte_of_what_was_deleted_before(tmp_path: Path) -> None:
    [one] = collective_of(tmp_path, "Ana")
    with one.opened() as ana:
        secret = "esto lo borré antes de compartir"
        private, collective = ana.private_space(), ana.collective()
        note = await ana.add("note", [SetText("body", secret)], private)
        other = await ana.add("note", [SetText("body", "otra")], private)
        await ana.edit(note, [SetText("body", "lo que sí quiero decir"), AddLink("beside", other)])
        copy = await share(ana, note, collective)
        assert shared_versions(ana, note) == [(collective, copy)]
        record = ana.record(copy)
        assert record is not None
        assert record.texts["body"] == "lo que sí quiero decir"
        assert not record.sets.get("links")
        changes = b"".join(ana.store.log.pending_of(copy))
        assert changes
        assert secret.encode() not in changes
        assert bytes(note) not in changes
        assert bytes(other) not in changes
        # Not even as the letters of a link.
        assert note.hex().encode() not in changes
        assert other.hex().encode() not in changes
