"""What goes over the line: resumed where it was cut, and nothing for whoever has no key."""

from __future__ import annotations

import os
import socket
import threading
import time

import pytest

from aluna_protocol.limits import SILENCE_SECONDS
from harness.processes import Person, moved, sync, write
from harness.relay import Relay

ENTRIES = 60
CHALLENGE_BYTES = 32
STRANGERS = {
    "says nothing": b"",
    "tls": bytes.fromhex("16030102000100") + b"\x01\xfc\x03\x03" + bytes(508),
    "http": b"GET / HTTP/1.1\r\nHost: aluna\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n" * 2,
    "ssh": b"SSH-2.0-OpenSSH_9.6\r\n",
    "noise": os.urandom(65),
    "much noise": os.urandom(200_000),
}


def test_a_session_cut_in_the_middle_goes_on_without_sending_anything_again(
    people: list[Person],
) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        for number in range(ENTRIES):
            # Random letters stay as long as they are: about a megabyte, many batches.
            write(device, f"largo {number}", body=os.urandom(12_000).hex())
            device.seal(device.collective())
    with Relay(after=500_000) as relay:
        report = sync(bo, ana, relay=relay)
        connections = [len(answered) for _, answered in relay.connections]
    received = [one["received"]["entries"] for one in report["met"]]
    assert len(received) == 2, report
    assert 0 < received[0] < ENTRIES
    assert sum(received) == ENTRIES
    whole = ENTRIES * 12_000
    assert 500_000 * 0.9 < connections[0] <= 500_000
    assert connections[1] < whole * received[1] / ENTRIES * 1.5
    assert report["complete"]
    assert ana.state() == bo.state()
    assert moved(sync(bo, ana)) == (0, 0)


def test_what_the_other_side_had_stored_when_it_was_cut_is_not_sent_again(
    people: list[Person],
) -> None:
    ana, bo = people[:2]
    with ana.opened() as device:
        for number in range(ENTRIES):
            write(device, f"largo {number}", body=os.urandom(12_000).hex())
            device.seal(device.collective())
    with Relay(after=500_000) as relay:
        report = sync(ana, bo, relay=relay)  # now the side that gives tells what it gave
    first, second = (one["sent"]["entries"] for one in report["met"])
    stored_at_the_cut = ENTRIES - second
    assert 0 < stored_at_the_cut < ENTRIES
    assert stored_at_the_cut <= first
    assert report["complete"]
    assert ana.state() == bo.state()


def answer_to(address: tuple[str, int], said: bytes) -> tuple[bytes, float]:
    """Say something and listen to the end; return what was answered and how long it took."""
    began = time.monotonic()
    heard = b""
    with socket.create_connection(address, timeout=SILENCE_SECONDS[1] + 10) as end:
        try:
            if said:
                end.sendall(said)
            while data := end.recv(4096):
                heard += data
        except ConnectionError:
            pass  # closed hard, with bytes of ours unread: also an end
    return heard, time.monotonic() - began


@pytest.mark.timeout(60)
def test_t10_whoever_has_no_key_gets_the_challenge_and_not_one_byte_more(
    people: list[Person],
) -> None:
    ana, bo = people[:2]
    heard: dict[str, tuple[bytes, float]] = {}
    with ana.node() as node:
        host, _, port = node.address.rpartition(":")
        address = (host, int(port))

        def ask(who: str) -> None:
            heard[who] = answer_to(address, STRANGERS[who])

        asking = [threading.Thread(target=ask, args=(who,)) for who in STRANGERS]
        for thread in asking:
            thread.start()
        met = bo.do("sync", "--once", "--no-lan", "--peer", node.address, "--json")
        assert met.code == 0, "strangers at the door do not keep a companion out"
        for thread in asking:
            thread.join()
        assert node.process.poll() is None
        ended = node.stop()
    assert ended.err.count("\n") <= 1
    assert {who: len(said) for who, (said, _) in heard.items()} == dict.fromkeys(
        STRANGERS, CHALLENGE_BYTES
    )
    assert len({said for said, _ in heard.values()}) == len(STRANGERS), "never the same challenge"
    assert max(seconds for _, seconds in heard.values()) < SILENCE_SECONDS[1] + 5
