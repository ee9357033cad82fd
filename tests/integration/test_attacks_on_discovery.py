"""Hostile announcements through a real socket, replays of real ones, and what two starts share."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.processes import Person
from integration.discovering import REASON, Device, mdns
from integration.namespaces import Lab, read_frames

pytestmark = [pytest.mark.namespaces, pytest.mark.timeout(90)]

HOSTILE = Path(__file__).with_name("hostile_dns.py")
LABEL = re.compile(r"[a-z2-7]{12}")
WINDOW = 6
"""Bytes two recordings may not share: by chance they do once in 10^9 of these tests."""


@pytest.fixture
def lab() -> Iterator[Lab]:
    if REASON is not None:
        pytest.skip(f"NOT TESTED, attacks on real discovery: {REASON}")
    with Lab() as lab:
        yield lab


def test_l7_hostile_names_and_records_crash_nothing_and_are_told_to_nobody(lab: Lab) -> None:
    here, evil = lab.host("here"), lab.host("evil")
    device = Device(here)
    device.wait_event("announced")
    sent = evil.run([sys.executable, str(HOSTILE), evil.address, here.address])
    assert sent.returncode == 0, sent.stderr
    told = json.loads(sent.stdout)
    assert told["packets"] > 500
    found = device.wait_event("found", instance=told["good"])
    assert found["addresses"] == [evil.address]
    seen = [found, *device.events(0.3)]
    assert all(LABEL.fullmatch(each["instance"]) for each in seen if "instance" in each)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", json.dumps(seen, ensure_ascii=False))
    friend = Device(lab.host("friend"))
    name = friend.wait_event("announced")["instance"]
    device.wait_event("found", instance=name)
    assert device.leave() + friend.leave() == ""


def at(lab: Lab, person: Person, host: str) -> Person:
    """Return *person* at a machine of the lab."""
    return Person(person.home, tuple(lab.host(host).command([])))


LISTEN = """
import json, os, socket, sys, time
listening = socket.create_server((sys.argv[1], 40000))
listening.settimeout(0.2)
until, heard = time.monotonic() + float(sys.argv[2]), []
print("ready", flush=True)
while time.monotonic() < until:
    try:
        end, _ = listening.accept()
    except TimeoutError:
        continue
    end.settimeout(6)
    end.sendall(os.urandom(32))
    said = b""
    try:
        while data := end.recv(4096):
            said += data
            if len(said) >= 65:
                end.sendall(os.urandom(97))
    except OSError:
        pass
    heard.append(said.hex())
print(json.dumps(heard))
"""


def test_l2_a_replayed_announcement_of_a_member_gains_one_dial_that_says_nothing(
    people: list[Person], lab: Lab
) -> None:
    ana, bo = at(lab, people[0], "ana"), at(lab, people[1], "bo")
    evil = lab.host("evil")
    listening = Device(evil, "browse")
    with bo.start("node", "--json") as node:
        node.wait_json(event="listening")
        recorded = listening.wait_event("found")
        assert recorded["addresses"] == [lab.host("bo").address]
        node.kill()
    assert listening.leave() == ""
    with ana.start("node", "--json") as node:
        node.wait_json(event="listening")
        trap = evil.popen(
            [sys.executable, "-c", LISTEN, evil.address, "8"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert trap.stdout is not None
        assert trap.stdout.readline() == "ready\n"
        replaying = Device(evil, replay=json.dumps(recorded["txt"]))
        heard = [bytes.fromhex(said) for said in json.loads(trap.stdout.readline())]
        assert [len(said) for said in heard] == [65], "one dial in half a minute: hint and noise1"
        with people[0].opened() as device:
            names = [device.device, device.identity.keys.static, device.collective()]
        assert not [name for name in names if name[:WINDOW] in heard[0]]
        assert node.process.poll() is None
        replaying.leave()
        ended = node.stop()
    assert not [line for line in ended.out.splitlines() if json.loads(line)["event"] == "here"]


def test_l3_two_starts_of_a_node_share_no_byte_on_the_network(
    people: list[Person], lab: Lab, tmp_path: Path
) -> None:
    ana = at(lab, people[0], "ana")
    browser = Device(lab.host("browser"), "browse")
    seen: list[dict[str, Any]] = []
    frames: list[bytes] = []
    for number in range(2):
        capture = tmp_path / f"{number}.pcap"
        with lab.capture(capture), ana.start("node", "--json") as node:
            node.wait_json(event="listening")
            seen.append(browser.wait_event("found"))
            assert node.stop().code == 0
            browser.wait_event("gone", instance=seen[-1]["instance"])
        own = socket.inet_aton(lab.host("ana").address)
        frames.append(b"|".join(f[42:] for f in mdns(read_frames(capture)) if f[26:30] == own))
    first, second = seen
    assert first["port"] != second["port"]
    labels = [set(re.findall(rb"\x0c([a-z2-7]{12})", frame)) for frame in frames]
    assert [len(each) for each in labels] == [2, 2], "an instance and a host, nothing else"
    assert not labels[0] & labels[1]
    for key, length in (("n", 16), ("t1", 176), ("t2", 168), ("t3", 168)):
        one, other = (bytes.fromhex(each["txt"][key]) for each in seen)
        assert len(one) == len(other) == length
        windows = {one[place : place + WINDOW] for place in range(length - WINDOW + 1)}
        assert not [w for w in windows if w in other]
    with people[0].opened() as device:
        telling = [device.device, device.identity.keys.static, device.collective(), device.person]
    words = [name[:WINDOW] for name in telling] + [b"Ana", b"Semilla", b"laptop", b"aluna"]
    words.append(socket.gethostname().encode() + b".")
    assert not [word for word in words for frame in frames if word in frame]
    assert browser.leave() == ""
