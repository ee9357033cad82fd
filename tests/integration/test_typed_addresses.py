"""Whoever belongs is found at the address somebody gives, whatever each of the two knows."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.processes import Person, collective_of
from harness.removing import remove

NAMES = ("ana", "bo", "cleo", "dora", "eva", "flor")


@pytest.fixture
def people(tmp_path: Path) -> dict[str, Person]:
    """Six who know one another; Ana and Bo removed Flor, and only they hold the new key."""
    people = dict(zip(NAMES, collective_of(tmp_path, *NAMES), strict=True))
    with ExitStack() as stack:
        opened = {name: stack.enter_context(one.opened()) for name, one in people.items()}
        remove(opened["flor"], opened["ana"], opened["bo"])
        ana = opened["ana"]
        epochs = ana.spaces.replicas[ana.collective()].eligible_epochs
        assert len(list(epochs)) == 1, (
            "the key they have in common with the others introduces nobody"
        )
    return people


@pytest.mark.parametrize("name", ["cleo", "dora", "eva"])
def test_a_member_who_does_not_know_the_new_key_is_found_at_her_address(
    people: dict[str, Person], name: str
) -> None:
    """Whichever of the members she is: two of these three are not the next to be tried."""
    with people[name].node() as node:
        once = ("sync", "--once", "--no-lan", "--peer", node.address, "--json")
        found = people["ana"].do(*once)
        assert found.code == 0, (found, node.err)
        assert [one["person"] for one in found.json["met"]] == [name]
        assert node.stop().code == 0
