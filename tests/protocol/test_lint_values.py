"""What an operation carries is read as it was written, at every width (SPEC §6.5.2, §8.3)."""

from __future__ import annotations

import struct

import pytest

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId
from vectors.forging import (
    BYTES,
    F64,
    FALSE,
    INT,
    NULL,
    STR,
    TRUE,
    UINT,
    VALUE,
    leb,
    make_text,
    put,
    sleb,
)
from vectors.lint_story import ANA, one_of_ana, written

WIDTHS = "\0\x7f\x80\u07bf\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"
"""The first and the last letter of each width."""


def test_letters_of_every_width_are_taken_and_read_as_they_are() -> None:
    one = one_of_ana(make_text("t"), *written((ANA, 1), ANA, 2, WIDTHS))
    found = lint.read_alone(one.raw, ActorId(ANA))
    assert found is not None
    assert found.texts == {"t": WIDTHS}


@pytest.mark.parametrize(
    ("tag", "data", "value"),
    [
        (NULL, b"", None),
        (FALSE, b"", False),
        (TRUE, b"", True),
        (UINT, leb(300), 300),
        (INT, sleb(-300), -300),
        (F64, struct.pack("<d", -0.1), -0.1),
        (STR, "añ".encode(), "añ"),
        (BYTES, b"\xff\0", b"\xff\0"),
    ],
)
def test_a_value_of_each_type_is_read_as_it_was_written(
    tag: int, data: bytes, value: object
) -> None:
    found = lint.read_alone(one_of_ana(put("k", tag, data)).raw, ActorId(ANA))
    assert found is not None
    assert found.values == {"k": value}
    assert type(found.values["k"]) is type(value)


def test_a_value_cut_short_is_said_to_be_past_the_end_whatever_its_type() -> None:
    cut = one_of_ana(put("k", F64, bytes(8))).column(VALUE, bytes(4))
    with pytest.raises(RemoteProtocolError, match=r"^values past the end$"):
        lint.check(cut.raw, ActorId(ANA), lint.DocumentFacts())
