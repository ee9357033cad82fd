"""What a node does by itself when the network goes, comes back or is another: nobody helps it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from harness.processes import Person, Running, wait_until, write
from integration.discovering import REASON
from integration.namespaces import Lab

pytestmark = [pytest.mark.namespaces, pytest.mark.timeout(120)]

A_FEW_SECONDS = 15.0
"""From the network being back to companions being in touch: 1 to 3 s on an idle machine."""


@pytest.fixture
def lab() -> Iterator[Lab]:
    if REASON is not None:
        pytest.skip(f"NOT TESTED, recovering of real nodes: {REASON}")
    with Lab() as lab:
        yield lab


@pytest.fixture
def nodes(people: list[Person], lab: Lab) -> Iterator[tuple[Running, Running]]:
    """Ana's and Bo's node, in touch; Ana's machine is called "ana"."""
    ana, bo = (
        Person(one.home, tuple(lab.host(one.folder.name.lower()).command([]))) for one in people[:2]
    )
    with ana.start("node", "--json") as anas, bo.start("node", "--json") as bos:
        anas.wait_json(event="here", person="Bo")
        bos.wait_json(event="here", person="Ana")
        yield anas, bos


def in_touch_again(anas: Running, bos: Running, people: list[Person], words: str) -> None:
    """Within a few seconds they are in touch, and what Ana writes reaches Bo."""
    began = time.monotonic()
    anas.wait_json(event="here", person="Bo")
    assert time.monotonic() - began < A_FEW_SECONDS
    with people[0].opened() as device:
        [written] = write(device, words)
    wait_until(lambda: written in people[1].records(), "what is written arrives")
    assert anas.process.poll() is None
    assert bos.process.poll() is None


def test_l6_a_cable_pulled_out_is_said_and_put_back_they_meet_again(
    nodes: tuple[Running, Running], people: list[Person], lab: Lab
) -> None:
    anas, bos = nodes
    lab.cut("ana")
    anas.wait_json(event="lan", lan="no-interface")
    anas.wait_json(event="gone", person="Bo")
    lab.join("ana")
    in_touch_again(anas, bos, people, "after the cable")


def test_l6_an_interface_switched_off_and_on_again_brings_them_together(
    nodes: tuple[Running, Running], people: list[Person], lab: Lab
) -> None:
    anas, bos = nodes
    lab.switch_off("ana")
    anas.wait_json(event="gone", person="Bo")
    lab.switch_on("ana")
    in_touch_again(anas, bos, people, "after the interface")


def test_l6_another_address_is_no_reason_to_lose_each_other(
    nodes: tuple[Running, Running], people: list[Person], lab: Lab
) -> None:
    """What was open under the old address is dead, and the other side cannot know."""
    anas, bos = nodes
    lab.move("ana", "10.77.0.99")
    anas.wait_json(event="gone", person="Bo")
    in_touch_again(anas, bos, people, "from another address")


def test_l6_on_another_network_it_finds_whoever_is_there(people: list[Person], lab: Lab) -> None:
    """Ana leaves Bo behind, and meets Cleo where she comes to."""
    ana, bo, cleo = (
        Person(one.home, tuple(lab.host(one.folder.name.lower()).command([]))) for one in people
    )
    lab.connect("ana", "elsewhere", "eth1", "192.168.7.1")
    lab.cut("ana", "elsewhere")
    lab.connect("cleo", "elsewhere", "eth1", "192.168.7.2")
    lab.cut("cleo")
    with (
        ana.start("node", "--json") as anas,
        bo.start("node", "--json") as bos,
        cleo.start("node", "--json") as cleos,
    ):
        anas.wait_json(event="here", person="Bo")
        cleos.wait_json(event="lan", lan="nobody")
        lab.cut("ana")
        lab.join("ana", "elsewhere")
        anas.wait_json(event="here", person="Cleo")
        assert bos.process.poll() is None


def test_l6_a_tunnel_that_comes_up_changes_nothing_of_what_is_seen(
    nodes: tuple[Running, Running], people: list[Person], lab: Lab
) -> None:
    """No session is lost, and its owner is told nothing (see `test_discovery_namespaces`)."""
    anas, bos = nodes
    lab.host("owner")
    lab.connect("owner", "vpn", "eth1", "10.99.0.2")
    lab.connect("ana", "vpn", "wg0", "10.99.0.1")
    with people[0].opened() as device:
        [written] = write(device, "while the tunnel is up")
    wait_until(lambda: written in people[1].records(), "what is written arrives")
    lab.cut("ana", "vpn")
    status = people[0].ask("status", "--address")
    assert status["lan"] == "possible"
    assert [one["online"] for one in status["peers"] if one["person"] == "Bo"] == [True]
    assert [one.rpartition(":")[0] for one in status["listening"]] == [lab.host("ana").address]
    [bo] = [one for one in status["peers"] if one["person"] == "Bo"]
    assert bo["last_met"] is None, "their first session has not ended"
    assert anas.process.poll() is None
    assert bos.process.poll() is None
