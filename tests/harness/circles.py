"""A circle of some devices of a collective, made without a network."""

from __future__ import annotations

from aluna_protocol.ids import SpaceId
from aluna_sync.circles import accept, found_circle
from aluna_sync.device import Device


def circle_of(name: str, founder: Device, *others: Device) -> SpaceId:
    """Found a circle with all of these devices in it, each knowing it; return it."""
    persons = [other.person for other in others]
    circle = found_circle(founder, founder.collective(), name, persons)
    control = founder.store.log.control_entries(circle)
    for other in others:
        assert accept(other, control[0])
        other.store.log.append(control[1:])
        other.spaces.replicas[circle].admit_run(control)
        other.take_arrived(control)
    return circle
