"""Networks that let nothing through that is meant for everybody, and what is left then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.processes import Person, Running, wait_until, write
from integration.discovering import REASON
from integration.namespaces import Lab

pytestmark = [pytest.mark.namespaces, pytest.mark.timeout(120)]


@pytest.fixture
def lab() -> Iterator[Lab]:
    if REASON is not None:
        pytest.skip(f"NOT TESTED, networks that block announcements: {REASON}")
    with Lab() as lab:
        yield lab


def at(lab: Lab, person: Person, host: str) -> Person:
    """Return *person* at a machine of the lab."""
    return Person(person.home, tuple(lab.host(host).command([])))


def muted(lab: Lab, *people: Person) -> list[Person]:
    """Return people at machines that hear nothing of what is said to everybody."""
    found = []
    for number, person in enumerate(people):
        found.append(at(lab, person, f"host-{number}"))
        lab.mute(f"host-{number}")
    return found


def listening_port(node: Running) -> int:
    return int(str(node.wait_json(event="listening")["address"]).rpartition(":")[2])


def test_l6_where_announcements_are_blocked_a_typed_address_meets_and_says_so(
    people: list[Person], lab: Lab
) -> None:
    ana, bo = muted(lab, *people[:2])
    with people[0].opened() as device:
        write(device, "only by an address")
    with ana.start("node", "--json") as at_anas:
        port = listening_port(at_anas)
        at_anas.wait_json(event="lan", lan="nobody")
        address = f"{lab.host('host-0').address}:{port}"
        with bo.start("node", "--peer", address, "--json") as at_bos:
            at_bos.wait_json(event="here")
            at_bos.wait_json(event="lan", lan="blocked")
            at_anas.wait_json(event="lan", lan="blocked")
            wait_until(lambda: people[1].state() == people[0].state(), "they are in sync")


def test_l6_companions_meet_again_where_they_met_before_without_announcements(
    people: list[Person], lab: Lab
) -> None:
    """Both started anew since, so both listen on other ports than before."""
    ana, bo = muted(lab, *people[:2])
    with ana.start("node", "--json") as at_anas:
        address = f"{lab.host('host-0').address}:{listening_port(at_anas)}"
        assert bo.do("sync", "--peer", address, "--json").code == 0
    for first, second in ((ana, bo), (bo, ana)):
        with first.start("node", "--json") as waiting:
            waiting.wait_json(event="listening")
            done = second.do("sync", "--wait", "15", "--json")
            assert done.code == 0, done
            waiting.wait_json(event="here")


def test_l6_a_search_that_was_asked_for_finds_who_wants_to_be_found(
    people: list[Person], lab: Lab
) -> None:
    ana, bo, cleo = muted(lab, *people[:3])
    with ana.start("node", "--json") as hidden, cleo.start("node", "--findable", "--json") as node:
        hidden.wait_json(event="listening")
        node.wait_json(event="listening")
        assert bo.do("sync", "--wait", "6", "--json").code == 4, "nobody is found unasked"
        done = bo.do("sync", "--probe", "--wait", "15", "--json")
        assert done.code == 0, done
        assert [one["person"] for one in done.json["met"]] == ["Cleo"]


def test_l6_two_that_search_at_once_find_each_other(people: list[Person], lab: Lab) -> None:
    ana, bo = muted(lab, *people[:2])
    with ana.start("sync", "--probe", "--wait", "60", "--json") as searching:
        done = bo.do("sync", "--probe", "--wait", "60", "--json")
        assert done.code == 0, done
        assert searching.ended().code == 0
