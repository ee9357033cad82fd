"""Several processes on one vault, and a vault that came back from an older copy."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.processes import Person, Running, moved, sync, wait_until, write

EDITOR = Path(__file__).with_name("editor.py")
EDITS = 40


def wait_records(one: Running, count: int) -> None:
    """Wait until a node has told of so many records that arrived."""
    told = 0
    while told < count:
        told += one.wait_json(event="records")["count"]


def test_a_running_node_passes_on_what_a_command_wrote(people: list[Person]) -> None:
    ana, bo = people[:2]
    with ana.node() as node, bo.node("--peer", node.address) as other:
        other.wait_json(event="here")
        written = ana.ask("add", "event", "escrito por una orden")["id"]
        wait_records(other, 1)
        assert written in bo.records()
        ana.ask("edit", written, "--text", "y corregido por otra")
        wait_records(other, 1)
        assert "y corregido por otra" in bo.do("show", written).out
        back = bo.ask("add", "event", "de vuelta")["id"]
        wait_records(node, 1)
        assert back in ana.records()
        assert node.stop().code == 0
        assert other.stop().code == 0
    assert ana.state() == bo.state()
    assert moved(sync(ana, bo)) == (0, 0)


def test_two_processes_edit_one_record_of_one_vault_and_lose_nothing(
    people: list[Person],
) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        (record,) = write(device, "de dos procesos", body="final")
    with (
        ana.start_script(EDITOR, record, str(EDITS), "uno") as one,
        ana.start_script(EDITOR, record, str(EDITS), "dos") as two,
    ):
        for process in (one, two):
            ended = process.ended(120)
            assert ended.code == 0, ended
    wanted = {f"{word} {number}" for word in ("uno", "dos") for number in range(EDITS)}
    shown = ana.ask("show", record)
    assert {one["item"] for one in shown["sets"]["own_terms"]} == wanted
    assert sync(ana, bo)["complete"]
    assert ana.state() == bo.state()
    there = bo.ask("show", record)
    assert there["texts"] == shown["texts"]
    for word in wanted:
        assert f"{word.replace(' ', '')}. " in there["texts"]["body"]


def restore(one: Person, older: Person) -> None:
    shutil.rmtree(one.home)
    shutil.copytree(older.home, one.home)


def test_an_older_copy_of_a_vault_fetches_back_its_entries_before_it_writes(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo, cleo = people
    with ana.opened() as device:
        before = write(device, "antes de la copia")
    sync(ana, bo)
    older = ana.copy(tmp_path / "copy")
    with ana.opened() as device:
        after = write(device, "después de la copia", "y otro más")
    assert sync(ana, bo)["complete"]
    restore(ana, older)
    with ana.opened() as device:
        fresh = write(device, "escrito en la copia vieja")
    assert sync(ana, bo)["complete"]
    everything = {*before, *after, *fresh}
    assert ana.records() == bo.records() == everything
    assert ana.state() == bo.state()
    sync(cleo, ana)
    assert cleo.records() == everything
    assert cleo.state() == ana.state()


def test_an_older_copy_met_by_a_running_node_does_not_write_over_its_own_log(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo, _ = people
    older = ana.copy(tmp_path / "copy")
    with ana.opened() as device:
        after = [write(device, f"nota {number}")[0] for number in range(5)]
        device.seal(device.collective())
    sync(ana, bo)
    restore(ana, older)
    with bo.node() as node, ana.node("--peer", node.address) as restored:
        fresh = ana.ask("add", "event", "escrito mientras vuelve")["id"]
        wait_until(lambda: {*after, fresh} == bo.records(), "the new record at the peer")
        wait_until(lambda: {*after, fresh} == ana.records(), "the old records back")
        assert restored.stop().code == 0
        assert node.stop().code == 0
    assert ana.state() == bo.state()
    assert ana.collective()["set_aside"] == bo.collective()["set_aside"] == 0


def fork(people: list[Person], folder: Path) -> tuple[list[str], list[str]]:
    """Make an older copy of Ana write where nobody knows better; return what each history holds."""
    ana, bo, cleo = people
    older = ana.copy(folder)
    with ana.opened() as device:
        lost = write(device, "en el disco que se perdió", "y otra")
    sync(ana, bo)
    restore(ana, older)
    with ana.opened() as device:
        again = write(device, "en la copia vieja")
    sync(ana, cleo)  # she never met the newer one, so nothing holds the copy back
    return lost, again


def test_d1_two_histories_of_one_log_are_called_complete_when_both_are_everywhere(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo, cleo = people
    lost, again = fork(people, tmp_path / "copy")
    with bo.node() as node:
        for one in (ana, cleo):
            done = one.do("sync", "--once", "--no-lan", "--peer", node.address, "--json")
            assert done.code == 0, done
            assert done.json["complete"]
            assert {*lost, *again} <= one.records()
    assert {*lost, *again} <= bo.records()


def test_d1_an_older_copy_that_sealed_where_nobody_knew_better_converges_with_everybody(
    people: list[Person], tmp_path: Path
) -> None:
    ana, bo, cleo = people
    lost, again = fork(people, tmp_path / "copy")
    with bo.node() as node:
        for one in (ana, cleo, ana):
            one.do("sync", "--once", "--no-lan", "--wait", "3", "--peer", node.address)
    assert {*lost, *again} == ana.records() == bo.records() == cleo.records()
