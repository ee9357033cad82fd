"""A little fuzzing with every run of the tests, and everything that was ever found."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.seeds import FROZEN, seeds_of
from fuzz.targets import TARGETS, attempt

Edit = tuple[int, int, bytes]
EDITS = st.lists(
    st.tuples(st.integers(0, 2**16), st.integers(0, 8), st.binary(max_size=8)),
    min_size=1,
    max_size=6,
)


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """Return *data* with some of its bytes taken out and others put in."""
    for at, size, new in edits:
        place = at % (len(data) + 1)
        data = data[:place] + new + data[place + size :]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_accepted_or_refused_and_some_are_accepted(name: str) -> None:
    accepted = [attempt(TARGETS[name], seed) for seed in seeds_of(name)]
    assert len(accepted) > 3
    assert any(accepted)


@pytest.mark.parametrize("name", TARGETS)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_mutants_are_accepted_or_refused(name: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from(seeds_of(name)))
    attempt(TARGETS[name], edited(seed, data.draw(EDITS))[: TARGETS[name].max_bytes])


@pytest.mark.parametrize("name", TARGETS)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.binary(max_size=300))
def test_noise_is_accepted_or_refused(name: str, data: bytes) -> None:
    attempt(TARGETS[name], data)


def test_what_was_found_before_belongs_to_a_target() -> None:
    assert {path.parent.name for path in FROZEN.glob("*/*.bin")} <= set(TARGETS)
