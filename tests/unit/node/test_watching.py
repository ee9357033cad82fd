"""What a look at the network tells: what went, what came, and whether the machine slept."""

from __future__ import annotations

from aluna_sync.node.interfaces import Interface
from aluna_sync.node.watching import ASLEEP_SECONDS, Watch

WIFI = Interface("wlan0", "192.168.1.20", 24)
CABLE = Interface("eth0", "10.1.2.3", 16)
TUNNEL_FREE = "0.0.0.0"


class World:
    """The network and the clock of the day, as a test says."""

    def __init__(self) -> None:
        self.here: tuple[Interface, ...] = (WIFI,)
        self.now = 1_000.0
        self.watch = Watch(TUNNEL_FREE, 1.0, lambda: self.here, lambda: self.now)


def test_l6_the_first_look_finds_everything_new() -> None:
    world = World()
    seen = world.watch.seen()
    assert (seen.interfaces, seen.gone, seen.new, seen.slept) == ((WIFI,), (), (WIFI,), False)
    assert seen.changed
    assert not world.watch.seen().changed


def test_l6_another_network_is_one_gone_and_one_new() -> None:
    world = World()
    world.watch.seen()
    world.here = (CABLE,)
    seen = world.watch.seen()
    assert (seen.gone, seen.new) == ((WIFI,), (CABLE,))
    assert world.watch.interfaces == (CABLE,)


def test_l6_after_a_sleep_everything_is_begun_again_on_the_same_network() -> None:
    world = World()
    world.watch.seen()
    world.now += ASLEEP_SECONDS
    assert not world.watch.seen().changed, "a busy machine is not one that slept"
    world.now += ASLEEP_SECONDS + 1
    seen = world.watch.seen()
    assert seen.slept
    assert (seen.gone, seen.new) == ((WIFI,), (WIFI,))


def test_l6_a_clock_that_is_set_back_is_no_sleep() -> None:
    world = World()
    world.watch.seen()
    world.now -= 10 * 365 * 86_400
    assert not world.watch.seen().changed


def test_l6_a_sleep_without_any_network_is_a_change_too() -> None:
    """What goes through a road that is not watched, a tunnel, is lost as well."""
    world = World()
    world.here = ()
    world.watch.seen()
    world.now += ASLEEP_SECONDS + 1
    assert world.watch.seen().changed
