"""Names that look alike are told apart by letters of a key (security D11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import DeviceId
from aluna_sync.journal.likeness import SHOWN_LETTERS, skeleton, told_apart


def device(number: int) -> DeviceId:
    return DeviceId(number.to_bytes(32, "big"))


@pytest.mark.parametrize(
    "twin",
    [
        "Ana Ruiz", "ana  ruiz", "Ana\u200b Ruiz", "\u202eAna Ruiz", "Aná Ruíz", "Аna Ruiz",
        "Αna Ruιz", "Ana Ru1z", "Ana Rulz", "A.n.a R-uiz", "Ａｎａ Ruiz", "An\u0430 Ru\u0456z",
    ],
)  # fmt: skip
def test_d11_names_an_eye_takes_for_each_other_have_one_skeleton(twin: str) -> None:
    assert skeleton(twin) == skeleton("Ana Ruiz")


def test_d11_other_names_stay_as_they_are() -> None:
    people = {1: ("Ana", device(1)), 2: ("Anabel", device(2)), 3: ("María 2", device(3))}
    assert told_apart(people) == {1: "Ana", 2: "Anabel", 3: "María 2"}


def test_d11_a_long_name_does_not_push_its_mark_out_of_sight() -> None:
    long = "Ana María de los Ángeles Rodríguez "
    people = {1: (long + "y familia" * 9, device(1)), 2: (long + "de Ana", device(2))}
    for shown in told_apart(people).values():
        assert shown.startswith(long[:SHOWN_LETTERS])
        assert " ·" in shown
        assert len(shown) <= 40


@given(st.lists(st.sampled_from(["Ana", "ana", "Bo", "B0", "Cleo", ""]), max_size=8))
def test_d11_nobody_who_could_be_taken_for_another_is_shown_alike(names: list[str]) -> None:
    people = {number: (name, device(number)) for number, name in enumerate(names)}
    shown = told_apart(people)
    assert len({skeleton(name) for name in shown.values()}) == len(people)
    assert told_apart(dict(reversed(people.items()))) == shown
    for number, (name, _) in people.items():
        alone = sum(skeleton(other) == skeleton(name) for other in names) == 1
        assert (shown[number] == name) is alone
