"""What a limit of this device kept from being read, and names that look alike, in plain words."""

from __future__ import annotations

import dataclasses

import pytest

from aluna_sync.facts import PeerFacts, PersonFacts, Status
from aluna_sync.standing import SetAsideFacts
from aluna_tui.view_models.home import sync_words
from aluna_tui.view_models.people import people_page

from .driving import WIDE, opened, press, shown
from .fakes import COLLECTIVE, HERS, MARTA, NOW, FakeDevice


def aside(reason: str, *, by_lint: bool) -> SetAsideFacts:
    return SetAsideFacts("Marta", "portátil", None, "", reason, by_lint)


def test_what_only_this_device_could_not_read_is_told_apart_from_what_nobody_reads() -> None:
    device = FakeDevice()
    device.aside = [aside("forked", by_lint=True), aside("hung", by_lint=False)]
    (words,) = people_page(device, NOW).notes
    assert "Marta" in words
    assert "límite de este aparato" in words
    device.aside = [aside("forked", by_lint=True)]
    assert people_page(device, NOW).notes == ()


@pytest.mark.parametrize(("limited", "calm"), [(0, True), (2, False)])
def test_nobody_is_told_that_all_is_up_to_date_while_something_could_not_be_read(
    limited: int, calm: bool
) -> None:
    device = FakeDevice()
    status = device.status()
    space = dataclasses.replace(status.spaces[0], set_aside=limited, limited=limited)
    peers = (PeerFacts(HERS, "laptop", MARTA, "Marta", True, NOW.isoformat(), 0, 0, 0),)
    words = sync_words(Status(status.engine, (space,), peers, status.lan))
    assert ("al día" in words) is calm
    assert ("que este aparato no leyó" in words) is not calm


async def test_d11_the_page_of_people_says_what_the_letters_behind_a_name_are() -> None:
    class Alike(FakeDevice):
        def people(self, space: object) -> list[PersonFacts]:
            return [
                dataclasses.replace(one, name=f"Ana ·{number}000-0000", alike=True)
                for number, one in enumerate(super().people(COLLECTIVE))
            ]

    async with opened(Alike(), WIDE) as (app, pilot):
        await press(pilot, "g")
        seen = shown(app)
        assert "Ana ·1000-0000" in seen
        assert "se parecen" in seen
