from __future__ import annotations

import dataclasses

import pytest

from aluna_sync.facts import Lan
from aluna_sync.node.interfaces import (
    Change,
    Interface,
    Observations,
    change,
    chosen,
    lan,
    look,
    shared,
)

LO = Interface("lo", "127.0.0.1", 8)
WIFI = Interface("wlan0", "192.168.1.20", 24)
CABLE = Interface("eth0", "10.1.2.3", 16)
CONNECTED = 0x1 | 0x2 | 0x40 | 0x1000


@pytest.mark.parametrize(
    "name",
    [
        "tun0",
        "wg0",
        "ppp0",
        "utun3",
        "tailscale0",
        "docker0",
        "br-5f1c",
        "veth12",
        "virbr0",
        "tap1",
    ],
)
def test_l6_tunnels_and_inner_networks_are_left_out(name: str) -> None:
    assert not shared(name, "10.8.0.2", CONNECTED)
    assert not shared(name, "10.8.0.2", None)


@pytest.mark.parametrize("name", ["eth0", "wlan0", "enp3s0", "wlp2s0", "en0", "usb0", "bnep0"])
def test_cables_and_radios_are_shared(name: str) -> None:
    assert shared(name, "192.168.0.7", CONNECTED)
    assert shared(name, "169.254.7.7", None)


def test_l6_a_tunnel_under_an_innocent_name_is_told_by_its_flags() -> None:
    assert not shared("office", "10.8.0.2", CONNECTED | 0x10)


def test_l6_an_interface_without_cable_or_switched_off_is_left_out() -> None:
    assert not shared("eth0", "10.8.0.2", CONNECTED & ~0x40)
    assert not shared("eth0", "10.8.0.2", CONNECTED & ~0x1)


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "100.64.1.1", "198.18.0.1"])
def test_an_address_others_can_reach_from_outside_is_left_out(address: str) -> None:
    assert not shared("eth0", address, CONNECTED)


@pytest.mark.parametrize(
    ("listen_host", "expected"),
    [
        ("127.0.0.1", (LO,)),
        ("localhost", (LO,)),
        ("::1", (LO,)),
        ("0.0.0.0", (CABLE, WIFI)),
        ("::", (CABLE, WIFI)),
        ("192.168.1.20", (WIFI,)),
        ("192.168.1.99", ()),
    ],
)
def test_discovery_follows_the_listening_address(
    listen_host: str, expected: tuple[Interface, ...]
) -> None:
    assert chosen([WIFI, LO, CABLE], listen_host) == expected


def test_one_address_of_an_interface_is_enough() -> None:
    second = Interface("wlan0", "192.168.1.21", 24)
    assert chosen([second, WIFI], "0.0.0.0") == (WIFI,)


def test_l6_a_new_address_is_another_interface() -> None:
    moved = dataclasses.replace(WIFI, address="192.168.1.30")
    assert change([WIFI, CABLE], [moved, CABLE]) == Change(gone=(WIFI,), new=(moved,))
    assert change([WIFI], [WIFI]) == Change((), ())


def test_only_addresses_of_the_same_link_are_reached() -> None:
    assert WIFI.reaches("192.168.1.254")
    for elsewhere in ("192.168.2.1", "10.1.2.3", "not an address", "fe80::1"):
        assert not WIFI.reaches(elsewhere)


QUIETLY = Observations(
    quiet=False, interfaces=1, usable=1, seconds=0.0, announcing=True, echoed=True, found=0
)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (dataclasses.replace(QUIETLY, quiet=True), Lan.QUIET),
        (dataclasses.replace(QUIETLY, interfaces=0, usable=0), Lan.NO_INTERFACE),
        (dataclasses.replace(QUIETLY, usable=0), Lan.BLOCKED),
        (dataclasses.replace(QUIETLY, found=1, seconds=99.0), Lan.POSSIBLE),
        (dataclasses.replace(QUIETLY, seconds=9.9), Lan.POSSIBLE),
        (dataclasses.replace(QUIETLY, seconds=10.0), Lan.NOBODY),
        (dataclasses.replace(QUIETLY, echoed=False, seconds=29.9), Lan.POSSIBLE),
        (dataclasses.replace(QUIETLY, echoed=False, seconds=30.0), Lan.BLOCKED),
        (dataclasses.replace(QUIETLY, echoed=False, found=1, seconds=30.0), Lan.POSSIBLE),
        (dataclasses.replace(QUIETLY, announcing=False, echoed=False, seconds=30.0), Lan.NOBODY),
        (dataclasses.replace(QUIETLY, unheard=True), Lan.BLOCKED),
        (dataclasses.replace(QUIETLY, unheard=True, in_touch=True, seconds=99.0), Lan.BLOCKED),
        (dataclasses.replace(QUIETLY, unheard=True, found=1), Lan.POSSIBLE),
        (dataclasses.replace(QUIETLY, in_touch=True, seconds=99.0), Lan.POSSIBLE),
    ],
)
def test_l6_the_state_of_the_network_is_told_from_what_was_seen(
    seen: Observations, expected: Lan
) -> None:
    assert lan(seen) is expected


def test_looking_at_this_machine_shows_loopback_and_nothing_global() -> None:
    seen = look()
    assert any(interface.loopback for interface in seen)
    assert all(shared(each.name, each.address, None) for each in seen)
