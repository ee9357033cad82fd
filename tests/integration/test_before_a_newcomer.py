"""Real processes: who is given no past reads nothing from before she came (row E10)."""

from __future__ import annotations

from pathlib import Path

from aluna_protocol.ids import Lane
from aluna_sync.device import Device
from aluna_sync.exchange.choosing import seal_pending
from aluna_sync.journal.edit_kinds import SetText
from aluna_sync.journal.types import Record
from harness.processes import Person, collective_of, unopened, wait_until
from harness.together import together, until


def by_hand(one: Person, other: Person) -> None:
    """Carry all that *one* has to *other* on a stick."""
    path = str(one.folder / f"to {other.folder.name}")
    one.ask("bundle", "write", path)
    assert other.ask("bundle", "read", path)["complete"]


def write(one: Person, *titles: str) -> None:
    for title in titles:
        assert one.do("add", "event", title).code == 0


def titles(one: Person) -> set[str]:
    return {record["title"] for record in one.ask("list")["records"]}


def enter(host: Person, newcomer: Person, *meanwhile: str) -> None:
    """Let *newcomer* in by the five words, while other commands of the host write."""
    listen = ("--listen", "127.0.0.1:0")
    with host.start("invite", "--yes-to", "Dora", *listen, "--json") as door:
        said = door.wait_json()
        write(host, *meanwhile)
        joined = newcomer.do("join", *said["words"], "--as", "Dora", "--at", said["address"])
        assert joined.code == 0, (joined, door.err)
        ended = door.ended()
        assert ended.code == 0, ended


def test_e10_who_comes_reads_what_is_written_from_then_on_by_whomever_and_nothing_else(
    tmp_path: Path,
) -> None:
    ana, bo = collective_of(tmp_path, "Ana", "Bo")
    (tmp_path / "Dora").mkdir()
    dora = Person(tmp_path / "Dora" / "vault")
    asked = ana.ask("keepers", "--from-now")
    by_hand(ana, bo)
    bo.ask("second", asked["id"][:12])
    by_hand(bo, ana)
    before = {"de Ana, antes", "de Bo, antes", "con la puerta abierta"}
    after = {"de Ana, después", "de Bo, después"}
    write(bo, "de Bo, antes")
    write(ana, "de Ana, antes")
    with ana.node() as node:
        enter(ana, dora, "con la puerta abierta")
        write(ana, "de Ana, después")
        meet = ("sync", "--once", "--no-lan", "--peer", node.address)
        # Bo has not heard of anybody, and tells what he wrote meanwhile.
        met = bo.do(*meet)
        assert met.code == 0, (met, node.err)
        write(bo, "de Bo, después")
        for one in (bo, dora, bo):
            assert one.do(*meet).code == 0
        wait_until(lambda: unopened(ana) == 0, "what arrived becomes readable")
        assert node.stop().code == 0
    assert titles(ana) == titles(bo) == before | after
    assert titles(dora) == after
    said = dora.do("search", "antes")
    assert "antes" not in said.out
    with dora.opened() as device, bo.opened() as his:
        space = device.collective()
        held, log = device.spaces.epoch_keys[space], his.spaces.own_log(space, Lane.CONTENT)
        carried = device.store.log.entries(log, 0, 2**40)
        assert [one.header.epoch in held for one in carried] == [False, True]


async def test_what_another_process_seals_while_a_node_runs_is_told_by_it_and_it_goes_on(
    tmp_path: Path,
) -> None:
    """A bundle written beside a node seals what waits: the node's own log is longer then."""
    people = collective_of(tmp_path, "Ana", "Bo")
    async with together(*people) as ((ana, _), (bo, _)):
        space = ana.collective()
        with people[0].opened() as beside:
            await beside.add("event", [SetText("title", "al lado")], space)
            seal_pending(beside, [space])
            assert beside.store.log.pending_count(space) == 0
        await ana.add("event", [SetText("title", "aquí")], space)
        await until(lambda: {one.title for one in listed(bo)} == {"al lado", "aquí"})


def listed(device: Device) -> list[Record]:
    found = (device.record(name) for name, _ in device.store.index.state_parts(device.collective()))
    return [one for one in found if one is not None]
