"""Searching a network: how much, how fast, and where not."""

from __future__ import annotations

import asyncio

import pytest

from aluna_sync.node.interfaces import Interface
from aluna_sync.node.options import ANYWHERE, FALLBACK_PORT, NodeOptions
from aluna_sync.node.probing import PROBE_SECONDS, PROBES_AT_ONCE, listens, places, probe
from aluna_sync.node.transport import Listener

WIFI = Interface("wlan0", "192.168.1.20", 24)
LO = Interface("lo", "127.0.0.1", 8)


@pytest.mark.parametrize(("prefix", "count"), [(16, 253), (24, 253), (28, 13), (30, 1)])
def test_only_the_addresses_around_our_own_are_asked(prefix: int, count: int) -> None:
    found = places(Interface("eth0", "10.1.2.5", prefix))
    assert len(found) == count
    assert len(set(found)) == count
    assert "10.1.2.5" not in found
    assert all(address.startswith("10.1.2.") for address in found)


class Asked:
    """Counts who is asked, how many at once, and for how long each."""

    def __init__(self, *answering: str) -> None:
        self.hosts: list[str] = []
        self.seconds = 0.0
        self.most = 0
        self._now = 0
        self._answering = answering

    async def __call__(self, host: str, port: int, seconds: float) -> bool:
        assert port == FALLBACK_PORT
        self.hosts.append(host)
        self.seconds = max(self.seconds, seconds)
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        return host in self._answering


async def test_every_address_is_asked_once_few_at_a_time_and_in_three_seconds() -> None:
    asked = Asked("192.168.1.7", "192.168.1.200")
    found = await probe([WIFI], knock=asked)
    assert found == ["192.168.1.7", "192.168.1.200"]
    assert sorted(asked.hosts) == sorted(places(WIFI))
    assert asked.most <= PROBES_AT_ONCE == 16
    rounds = -(-len(asked.hosts) // PROBES_AT_ONCE)
    assert rounds * asked.seconds <= PROBE_SECONDS == 3.0


async def test_loopback_is_never_searched() -> None:
    asked = Asked()
    assert await probe([LO], knock=asked) == []
    assert asked.hosts == []


async def test_who_listens_is_told_from_who_does_not() -> None:
    listener = await Listener.bind("127.0.0.1", 0, lambda connection: connection.abort())
    port = listener.address[1]
    assert await listens("127.0.0.1", port, 1.0)
    listener.close()
    assert not await listens("127.0.0.1", port, 1.0)


@pytest.mark.parametrize("listen", [ANYWHERE, None])
def test_l8_a_quiet_node_listens_only_where_it_was_asked_to(
    listen: tuple[str, int] | None,
) -> None:
    quiet = NodeOptions(listen=listen, findable=True).quietly()
    assert (quiet.listen, quiet.findable, quiet.quiet) == (None, False, True)
    asked = ("192.168.1.20", 4747)
    assert NodeOptions(listen=asked, probe=True).quietly().listen == asked
    assert NodeOptions(listen=asked, probe=True).quietly().probe, "that is asked for"
