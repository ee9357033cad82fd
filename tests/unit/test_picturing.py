"""Pictures of a device: whose eyes they are for decides what is in them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from aluna_protocol.ids import DocumentId, SpaceId
from aluna_protocol.membership import SpaceKind
from aluna_sync.device import Device
from aluna_sync.errors import WrongUseError
from aluna_sync.founding import own_seat
from aluna_sync.journal.edits import AddMember, SetReading, SetText
from aluna_sync.journal.filters import Filter
from aluna_sync.journal.pictures.drawing import NAMES
from aluna_sync.journal.pictures.impact_map import ImpactMap
from aluna_sync.journal.pictures.weave import Weave
from aluna_sync.picturing import picture
from aluna_sync.spaces import new_space
from unit.commands.fakes import CheapDoors

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    made = CheapDoors().create_vault(
        tmp_path / "vault",
        "siete gatos miran la lluvia",
        person="Itzel",
        device="laptop",
        collective="Semilla",
    )
    yield made
    made.lock()


def circle(device: Device) -> SpaceId:
    row, written = new_space(
        device.identity.keys, device.spaces.incarnation, SpaceKind.CIRCLE, "guardia",
        own_seat(device), device.collective(), device.random_bytes,
    )  # fmt: skip
    device.spaces.take(row, written)
    return row.id


def sustained(device: Device, words: str, space: SpaceId) -> DocumentId:
    return asyncio.run(device.add("coping", [SetText("body", words)], space))


def beyond(device: Device, space: SpaceId) -> set[DocumentId]:
    drawn = picture(device, "weave", space, TODAY)
    assert isinstance(drawn, Weave)
    return set(drawn.beyond)


def test_a_circle_sees_what_it_and_the_collective_share_and_the_collective_only_its_own(
    device: Device,
) -> None:
    guard = circle(device)
    ours = sustained(device, "Cocinar", device.collective())
    near = sustained(device, "Turnos", guard)
    sustained(device, "Caminar sola", device.private_space())
    assert beyond(device, guard) == {ours, near}
    assert beyond(device, device.collective()) == {ours}


def test_no_picture_is_drawn_of_a_private_space_or_of_a_person(device: Device) -> None:
    of_me = Filter(persons=(device.person.hex(),))
    for name in NAMES:
        with pytest.raises(WrongUseError, match="picture-of-one"):
            picture(device, name, device.private_space(), TODAY)
        with pytest.raises(WrongUseError, match="picture-of-one"):
            picture(device, name, device.collective(), TODAY, narrowed=of_me)


def test_a_picture_nobody_made_is_refused(device: Device) -> None:
    with pytest.raises(WrongUseError, match="unknown-picture"):
        picture(device, "ranking", device.collective(), TODAY)


def test_a_private_story_linked_to_a_shared_one_stays_out(device: Device) -> None:
    shared = asyncio.run(
        device.add(
            "impact",
            [SetReading("about", "us"), AddMember("dimensions", "dim.social"),
             AddMember("fields", "fld.security")],
        )
    )  # fmt: skip
    kept = sustained(device, "Caminar sola", device.private_space())
    asyncio.run(device.link(kept, "sustained", shared))
    drawn = picture(device, "impacts", device.collective(), TODAY)
    assert isinstance(drawn, ImpactMap)
    told = [one.stories for one in drawn.cells if one.stories.harm]
    assert [(one.harm, one.sustained) for one in told] == [((shared,), ())]
    assert kept not in (*drawn.unplaced.harm, *drawn.unplaced.sustained)
