"""Announcing and browsing with real multicast, between machines that are network namespaces."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.discovering import CANARY, PATIENCE_SECONDS, REASON, Device, mdns
from integration.namespaces import Lab, read_frames

AT_ONCE_SECONDS = 0.5
"""Well before a device asks by itself; a busy machine may be later, but not every time."""

pytestmark = [pytest.mark.namespaces, pytest.mark.timeout(120)]


ASK = """
import socket, sys
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.settimeout(float(sys.argv[2]))
name = b"".join(bytes([len(x)]) + x for x in (b"_localsync", b"_tcp", b"local")) + bytes(1)
asking.sendto(bytes.fromhex("00000000000100000000000000"[:24]) + name + bytes.fromhex("000c0001"),
              (sys.argv[1], 5353))
try:
    print(len(asking.recv(9000)))
except TimeoutError:
    print("silence")
"""


@pytest.fixture
def lab() -> Iterator[Lab]:
    if REASON is not None:
        pytest.skip(f"NOT TESTED, real discovery between machines: {REASON}")
    with Lab() as lab:
        yield lab


def test_two_machines_find_each_other_without_any_address_given(lab: Lab) -> None:
    first, second = Device(lab.host("first")), Device(lab.host("second"))
    names = [device.wait_event("announced", interface="eth0") for device in (first, second)]
    found = first.wait_event("found", instance=names[1]["instance"])
    assert found["addresses"] == [second.host.address]
    assert found["port"] == 40000
    assert found["txt"]["v"] == b"1".hex()
    assert [len(found["txt"][f"t{number}"]) for number in (1, 2, 3)] == [352, 352, 352]
    second.wait_event("found", instance=names[0]["instance"])
    assert second.leave() == ""
    first.wait_event("gone", instance=names[1]["instance"])
    assert first.leave() == ""


def test_a_newcomer_is_found_at_once_by_who_is_already_there(lab: Lab) -> None:
    resident = Device(lab.host("resident"))
    resident.wait_event("LanChanged")
    took = []
    for number in range(3):
        newcomer = Device(lab.host(f"newcomer{number}"))
        announced = newcomer.wait_event("announced")
        found = resident.wait_event("found", instance=announced["instance"])
        took.append(found["at"] - announced["at"])
        if took[-1] < AT_ONCE_SECONDS:
            return
    pytest.fail(f"found by asking, not by being told: {took}")


def test_new_names_replace_the_old_which_say_goodbye(lab: Lab) -> None:
    here, there = Device(lab.host("here"), "browse"), Device(lab.host("there"))
    old = there.wait_event("announced")["instance"]
    here.wait_event("found", instance=old)
    there.rename()
    new = there.wait_event("announced")["instance"]
    assert new != old
    seen = {(each["event"], each["instance"]) for each in (here.wait_event("gone"),)}
    assert seen == {("gone", old)}
    here.wait_event("found", instance=new)


def test_l6_a_pulled_cable_is_noticed_and_a_new_name_is_taken_when_it_is_back(lab: Lab) -> None:
    here, there = Device(lab.host("here")), Device(lab.host("there"), "browse")
    before = here.wait_event("announced")["instance"]
    there.wait_event("found", instance=before)
    lab.cut("here")
    here.wait_event("LanChanged", lan="no-interface")
    lab.join("here")
    after = here.wait_event("announced")["instance"]
    assert after != before
    there.wait_event("found", instance=after)
    here.wait_event("LanChanged", lan="possible")
    assert here.leave() == ""


def test_l3_nothing_on_the_cable_tells_who_or_which_machine_it_is(lab: Lab, tmp_path: Path) -> None:
    here, there = lab.host("canary-machine-1"), lab.host("canary-machine-2")
    with lab.capture(tmp_path / "frames.pcap"):
        first, second = Device(here), Device(there)
        name = first.wait_event("announced")["instance"]
        second.wait_event("found", instance=name)
        assert first.leave() + second.leave() == ""
    frames = mdns(read_frames(tmp_path / "frames.pcap"))
    assert any(name.encode() in frame for frame in frames)
    telling = [CANARY, "canary", socket.gethostname() + ".", here.name, there.name, "aluna"]
    assert [word for word in telling for f in frames if word.encode() in f.lower()] == []
    assert max(len(frame) for frame in frames) < 1400


def test_l8_a_quiet_device_sends_no_discovery_packet_at_all(lab: Lab, tmp_path: Path) -> None:
    with lab.capture(tmp_path / "frames.pcap"):
        quiet = Device(lab.host("quiet"), "quiet")
        loud = Device(lab.host("loud"))
        loud.wait_event("announced")
        told = []
        for each in quiet.events(PATIENCE_SECONDS):
            told.append(each["event"])
            if told[-1] == "LanChanged":
                break
        told += [each["event"] for each in quiet.events(1.5)]
        assert told == ["started", "NetworkChanged", "LanChanged"]
        assert quiet.leave() == ""
    frames = mdns(read_frames(tmp_path / "frames.pcap"))
    quiet_source = socket.inet_aton(quiet.host.address)
    loud_source = socket.inet_aton(loud.host.address)
    assert any(loud_source == frame[26:30] for frame in frames)
    assert [frame for frame in frames if quiet_source == frame[26:30]] == []
    assert quiet.left["lan"] == "quiet"


@pytest.mark.parametrize("system", ["linux", "elsewhere"])
def test_l6_nothing_is_announced_or_answered_in_a_tunnel(
    lab: Lab, tmp_path: Path, system: str
) -> None:
    lab.host("here")
    lab.connect("here", "vpn", "tun0", "10.99.0.1")
    owner = lab.host("owner")
    lab.connect("owner", "vpn", "eth1", "10.99.0.2")
    with lab.capture(tmp_path / "vpn.pcap", "vpn"):
        here = Device(lab.host("here"), system=system)
        here.wait_event("announced", interface="eth0")
        for there, answered in (("10.99.0.1", False), (here.host.address, True)):
            asked = owner.run([sys.executable, "-c", ASK, there, "1"])
            assert asked.stderr == ""
            assert (asked.stdout.strip() != "silence") == answered, there
        assert here.leave() == ""
    frames = mdns(read_frames(tmp_path / "vpn.pcap"))
    own = socket.inet_aton("10.99.0.1")
    assert [frame for frame in frames if frame[26:30] == own] == []


def test_a_device_on_loopback_stays_there(lab: Lab, tmp_path: Path) -> None:
    with lab.capture(tmp_path / "frames.pcap"):
        first = Device(lab.host("here"), listen_host="127.0.0.1")
        second = Device(lab.host("here"), listen_host="127.0.0.1")
        name = first.wait_event("announced", interface="lo")["instance"]
        found = second.wait_event("found", instance=name)
        assert found["addresses"] == ["127.0.0.1"]
        assert first.leave() + second.leave() == ""
    assert mdns(read_frames(tmp_path / "frames.pcap")) == []


def test_l3_two_networks_at_once_see_different_names(lab: Lab) -> None:
    here = lab.host("here")
    lab.connect("here", "other", "eth1", "192.168.7.1")
    device = Device(here)
    told = [device.wait_event("announced") for _ in range(2)]
    assert {each["interface"] for each in told} == {"eth0", "eth1"}
    assert told[0]["instance"] != told[1]["instance"]


FLOOD = """
import os, socket, struct, sys, time

def name(*labels):
    return b"".join(bytes([len(each)]) + each for each in labels) + b"\\0"

def record(owner, kind, data):
    return owner + struct.pack("!HHIH", kind, 1, 240, len(data)) + data

letters = b"abcdefghijklmnopqrstuvwxyz234567"
sending = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sending.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(sys.argv[1]))
sending.bind((sys.argv[1], 5353))
kind = (b"_localsync", b"_tcp", b"local")
for number in range(int(sys.argv[2])):
    label = bytes(letters[each % 32] for each in os.urandom(12))
    service, host = name(label, *kind), name(label, b"local")
    text = b"".join(bytes([200]) + b"x=" + os.urandom(198) for _ in range(6))
    answers = (
        record(name(*kind), 12, service)
        + record(service, 33, struct.pack("!HHH", 0, 0, 4000) + host)
        + record(service, 16, text)
        + record(host, 1, socket.inet_aton(sys.argv[1]))
    )
    sending.sendto(struct.pack("!HHHHHH", 0, 0x8400, 0, 4, 0, 0) + answers, ("224.0.0.251", 5353))
    sending.sendto(os.urandom(1 + number % 400), ("224.0.0.251", 5353))
    if number % 20 == 0:
        time.sleep(0.005)
"""


def resident_kib(process: subprocess.Popen[Any]) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def test_l1_a_flood_of_false_and_broken_announcements_changes_nothing(lab: Lab) -> None:
    here, flooder, friend = lab.host("here"), lab.host("flooder"), lab.host("friend")
    device = Device(here, "browse")
    device.wait_event("LanChanged")
    before, began = resident_kib(device.process), time.monotonic()
    flooded = flooder.run([sys.executable, "-c", FLOOD, flooder.address, "4000"])
    assert flooded.stderr == ""
    device.wait_event("found")
    found = 1 + sum(each["event"] == "found" for each in device.events(0.5))
    assert found <= 64 + 20 * (time.monotonic() - began)
    # 1.5 MiB measured; 12 MiB if zeroconf kept all it may.
    assert resident_kib(device.process) - before < 6 * 1024
    name = Device(friend).wait_event("announced")["instance"]
    device.wait_event("found", instance=name)
    assert device.leave() == ""
