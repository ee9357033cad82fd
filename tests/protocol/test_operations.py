"""Membership operations as bytes: the ends of what they may say (SPEC §6.2)."""

from __future__ import annotations

import pytest

from aluna_protocol import limits
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import DeviceId, EntryHash, Head, PersonId
from aluna_protocol.operations import (
    CutMark,
    Operation,
    Remove,
    Suspend,
    decode_operation,
    encode_operation,
)

DEVICE = DeviceId(bytes([1]) * 32)


def with_cut(incarnation: int, height: int) -> list[Operation]:
    cut = (CutMark(DEVICE, incarnation, Head(height, EntryHash(bytes([2]) * 32))),)
    return [Remove(PersonId(bytes(16)), None, cut), Suspend(DEVICE, cut)]


@pytest.mark.parametrize("incarnation", [0, 2**32 - 1])
@pytest.mark.parametrize("height", [1, limits.MAX_HEIGHT])
def test_what_a_removal_keeps_is_read_as_it_was_written_up_to_its_bounds(
    incarnation: int, height: int
) -> None:
    for operation in with_cut(incarnation, height):
        assert decode_operation(encode_operation(operation)) == operation


@pytest.mark.parametrize(
    ("incarnation", "height"), [(2**32, 1), (0, 0), (0, limits.MAX_HEIGHT + 1)]
)
def test_a_removal_that_keeps_what_no_log_has_is_refused(incarnation: int, height: int) -> None:
    for operation in with_cut(incarnation, height):
        with pytest.raises(RemoteProtocolError):
            decode_operation(encode_operation(operation))
