"""L8: a quiet device puts not one packet on the network unasked, of any kind."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.processes import Person, Running, wait_until
from integration.discovering import REASON, mdns
from integration.namespaces import Lab, read_frames

pytestmark = [pytest.mark.namespaces, pytest.mark.timeout(120)]

SCREENS = Path(__file__).with_name("screens_on_a_host.py")
NO_IPV6 = "open('/proc/sys/net/ipv6/conf/all/disable_ipv6', 'w').write('1')"
"""Otherwise the kernel asks for routers by itself, whoever runs there."""
MAC = """
import fcntl, socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    print(fcntl.ioctl(any_socket, 0x8927, b"eth0".ljust(32, b"\\0"))[18:24].hex())
"""
"""Asks the kernel: the files of /sys are of the machine the tests run on."""


@pytest.fixture
def lab() -> Iterator[Lab]:
    if REASON is not None:
        pytest.skip(f"NOT TESTED, packets of a quiet device: {REASON}")
    with Lab() as lab:
        yield lab


def at(lab: Lab, person: Person, host: str) -> Person:
    """Return *person* at a machine of the lab whose kernel says nothing by itself."""
    machine = lab.host(host)
    silenced = machine.run([sys.executable, "-c", NO_IPV6])
    assert silenced.returncode == 0, silenced.stderr
    return Person(person.home, tuple(machine.command([])))


class Watch:
    """What one machine puts on the cable, by its hardware address, whatever is in it."""

    def __init__(self, lab: Lab, host: str, capture: Path) -> None:
        asked = lab.host(host).run([sys.executable, "-c", MAC])
        self._mac = bytes.fromhex(asked.stdout.strip())
        assert len(self._mac) == 6, asked.stderr
        self._capture = capture

    def frames(self) -> list[bytes]:
        return [frame for frame in read_frames(self._capture) if frame[6:12] == self._mac]


@pytest.fixture
def met(people: list[Person], lab: Lab) -> tuple[Person, Person]:
    """Ana, who met Bo on this network and knows where, and Cleo, who never met her; Bo is gone."""
    ana, bo, cleo = (at(lab, one, one.folder.name.lower()) for one in people)
    with bo.start("node", "--json") as node:
        node.wait_json(event="listening")
        assert ana.do("sync", "--json").code == 0
    with people[0].opened() as device:
        assert device.store.peers.addresses()
    # The kernel forgets whom it spoke with, or it would look by itself whether Bo is still there.
    lab.switch_off("ana")
    lab.switch_on("ana")
    return ana, cleo


def sought(frames: list[bytes], address: str) -> bool:
    """Tell whether anything was meant for *address*, if only the question who has it."""
    wanted = socket.inet_aton(address)
    asked = (f[38:42] for f in frames if f[12:14] == b"\x08\x06")
    sent = (f[30:34] for f in frames if f[12:14] == b"\x08\x00")
    return wanted in (*asked, *sent)


@contextmanager
def screens(person: Person) -> Iterator[Running]:
    with person.start_script(SCREENS) as running:
        running.wait_json(event="home")
        yield running


@contextmanager
def node(person: Person, *options: str) -> Iterator[Running]:
    with person.start("node", *options, "--json") as running:
        running.wait_json(event="listening")
        yield running


PROGRAMS = {"node": node, "screens": screens}


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_l8_a_quiet_device_sends_no_packet_of_any_kind(
    met: tuple[Person, Person], lab: Lab, tmp_path: Path, program: str
) -> None:
    ana, cleo = met
    assert ana.do("quiet", "on").code == 0
    capture, control = tmp_path / "quiet.pcap", tmp_path / "control.pcap"
    with lab.capture(capture), PROGRAMS[program](ana) as running:
        with node(cleo) as loud:
            # Ten seconds of a device that looks for others: Ana's had the same time for it.
            loud.wait_json(event="lan", lan="nobody")
        watch = Watch(lab, "ana", capture)
        assert mdns(read_frames(capture)), "Cleo is heard"
        assert watch.frames() == []
        assert running.stop().code == 0
    assert watch.frames() == []

    assert ana.do("quiet", "off").code == 0
    with lab.capture(control), PROGRAMS[program](ana) as running:
        watch = Watch(lab, "ana", control)
        bos = lab.host("bo").address
        wait_until(lambda: bool(mdns(watch.frames())), "what is not quiet announces itself")
        wait_until(lambda: sought(watch.frames(), bos), "and looks for Bo where he was met")
        assert running.stop().code == 0


def test_l8_a_device_that_becomes_quiet_falls_silent_at_once_and_comes_back(
    met: tuple[Person, Person], lab: Lab, tmp_path: Path
) -> None:
    ana, cleo = met
    with node(ana) as anas, node(cleo) as cleos:
        anas.wait_json(event="here", person="Cleo")
        assert ana.ask("quiet") == {"quiet": False}
        assert ana.ask("status")["lan"] == "possible"
        assert ana.ask("quiet", "on") == {"quiet": True}
        anas.wait_json(event="gone", person="Cleo")
        wait_until(lambda: ana.ask("status")["lan"] == "quiet", "it says so to others as well")
        capture = tmp_path / "quiet.pcap"
        cleos.wait_json(event="lan", lan="nobody")
        with lab.capture(capture):
            assert cleo.do("sync", "--wait", "1", "--json").code == 1, "its node runs already"
            status = ana.ask("status", "--address")
        assert status["listening"] == []
        said = [f for f in Watch(lab, "ana", capture).frames() if f[12:14] != b"\x08\x06"]
        assert [frame for frame in said if frame[23] == 17] == [], "nothing by UDP"
        assert ana.ask("quiet", "off") == {"quiet": False}
        anas.wait_json(event="here", person="Cleo")


def test_l8_a_quiet_device_still_does_what_it_is_asked_and_nothing_else(
    met: tuple[Person, Person], lab: Lab, tmp_path: Path
) -> None:
    ana, cleo = met
    capture = tmp_path / "asked.pcap"
    with node(cleo) as cleos:
        cleos.wait_json(event="lan", lan="nobody")
        [address] = cleo.ask("status", "--address")["listening"]
        assert address.startswith(lab.host("cleo").address)
        alone = ana.do("sync", "--quiet", "--wait", "2", "--json")
        assert alone.code == 4, "nobody is looked for"
        with lab.capture(capture):
            done = ana.do("sync", "--quiet", "--peer", address, "--json")
        assert done.code == 0, done
    frames = Watch(lab, "ana", capture).frames()
    assert frames
    assert mdns(frames) == []
    cleos_address = socket.inet_aton(lab.host("cleo").address)
    assert {frame[30:34] for frame in frames if frame[12:14] == b"\x08\x00"} == {cleos_address}
    assert not sought(frames, lab.host("bo").address)


def test_l8_a_door_of_a_quiet_device_is_not_announced_and_opens_at_its_address(
    met: tuple[Person, Person], lab: Lab, tmp_path: Path
) -> None:
    ana, _ = met
    assert ana.do("quiet", "on").code == 0
    home = tmp_path / "Dana" / "vault"
    home.parent.mkdir()
    dana = at(lab, Person(home), "dana")
    capture = tmp_path / "door.pcap"
    with (
        lab.capture(capture),
        ana.start("invite", "--yes-to", "Dana", "--json") as inviting,
    ):
        line = inviting.next_line()
        assert line is not None
        door = json.loads(line)
        watch = Watch(lab, "ana", capture)
        assert watch.frames() == []
        joined = dana.do("join", *door["words"], "--as", "Dana", "--at", door["address"], "--json")
        assert joined.code == 0, joined
        assert inviting.wait_json()["admitted"]["person"] == "Dana"
    frames = watch.frames()
    assert frames
    assert mdns(frames) == []
