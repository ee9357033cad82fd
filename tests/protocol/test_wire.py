"""Strict shapes and canonical bytes, whatever comes (SPEC §4)."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgpack.fallback import Packer

from aluna_protocol import limits, wire
from aluna_protocol.errors import RemoteProtocolError

Values = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.binary(max_size=40)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
)
nested = st.recursive(Values, lambda inner: st.lists(inner, max_size=5), max_leaves=20)


@given(nested)
def test_what_is_packed_is_read_again(value: Any) -> None:
    assert wire.unpack_canonical(wire.pack(value), 10_000) == value


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_canonical(data: bytes) -> None:
    try:
        value = wire.unpack_canonical(data, 200)
    except RemoteProtocolError:
        return
    assert wire.pack(value) == data


@given(st.binary(max_size=200))
def test_random_bytes_are_byte_strings_or_refused(data: bytes) -> None:
    try:
        items = wire.octets_array(data, 200, 50)
    except RemoteProtocolError:
        return
    assert 1 <= len(items) <= 50
    assert wire.unpack(data, 200) == list(items)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_byte_strings_are_read_again(items: list[bytes]) -> None:
    assert wire.octets_array(wire.pack(items), 10_000, 20) == tuple(items)


def test_t8_what_is_too_long_is_refused_before_it_is_parsed() -> None:
    for read in (
        lambda data: wire.unpack(data, 10),
        lambda data: wire.unpack_canonical(data, 10),
        lambda data: wire.octets_array(data, 10, 10),
    ):
        with pytest.raises(RemoteProtocolError, match="message too long"):
            read(bytes(11))


@pytest.mark.parametrize(
    "data",
    [
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xdc\x10\x01" + b"\xc0" * 4097,
        b"\x91" * 100_000,
        b"\xd7\xff" + b"\xff" * 8,
        b"\xd6\x01abcd",
        b"\x82\x01\x02\x01\x03",
        b"\xc1",
    ],
    ids=["array", "map", "bytes", "4097", "deep", "time", "extension", "double key", "unused"],
)
def test_t8_lies_about_lengths_cost_nothing(data: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(RemoteProtocolError):
        wire.unpack(data, 200_000)
    assert tracemalloc.get_traced_memory()[1] < 20 * limits.MIB
    tracemalloc.stop()


def test_a_value_too_deep_for_us_to_write_is_not_canonical(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where msgpack runs without its compiled part it writes less deep than it reads."""
    monkeypatch.setattr(wire, "pack", lambda value: Packer(use_bin_type=True).pack(value))
    data = b"\x91" * 1000 + b"\xc0"
    assert wire.unpack(data, 1001)
    with pytest.raises(RemoteProtocolError, match="not a canonical message"):
        wire.unpack_canonical(data, 1001)


def test_d6_an_array_of_arrays_is_never_built() -> None:
    inner = b"\xdc\x0f\xff" + b"\x90" * 4095
    data = b"\xdc\x03\xf0" + inner * 1008
    tracemalloc.start()
    with pytest.raises(RemoteProtocolError):
        wire.octets_array(data, len(data), 4096)
    empties = b"\xdc\x0f\xff" + b"\x90" * 4095
    with pytest.raises(RemoteProtocolError, match="expected bytes"):
        wire.octets_array(empties, len(empties), 4096)
    assert tracemalloc.get_traced_memory()[1] < 16 * limits.MIB
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (wire.pack([]), "array empty or too long"),
        (wire.pack([b""] * 3), "array empty or too long"),
        (wire.pack([1]), "expected bytes"),
        (wire.pack(["a"]), "expected bytes"),
        (wire.pack(b""), "not a well-formed message"),
        (wire.pack([b"a"]) + b"\0", "not a well-formed message"),
        (wire.pack([b"a"])[:-1], "not a well-formed message"),
        (b"\x91\xa1\xff", "not a well-formed message"),
        (b"", "not a well-formed message"),
    ],
)
def test_an_array_of_byte_strings_is_exactly_that(data: bytes, error: str) -> None:
    with pytest.raises(RemoteProtocolError, match=error):
        wire.octets_array(data, 100, 2)


WRONG_SHAPES: list[tuple[Callable[[], object], str]] = [
    (lambda: wire.array(b""), "expected an array"),
    (lambda: wire.array({}), "expected an array"),
    (lambda: wire.array([1], 2), "array of the wrong length"),
    (lambda: wire.array([1, 2], at_most=1), "array too long"),
    (lambda: wire.tagged([]), "starts with its kind"),
    (lambda: wire.tagged([True]), "starts with its kind"),
    (lambda: wire.tagged([0.0]), "starts with its kind"),
    (lambda: wire.octets("a"), "expected bytes"),
    (lambda: wire.octets(b"a", 2), "bytes of the wrong length"),
    (lambda: wire.octets(b"ab", at_most=1), "bytes too long"),
    (lambda: wire.integer(True), "expected an integer in range"),
    (lambda: wire.integer(1.0), "expected an integer in range"),
    (lambda: wire.integer(-1), "expected an integer in range"),
    (lambda: wire.integer(2**63), "expected an integer in range"),
    (lambda: wire.boolean(1), "expected a boolean"),
    (lambda: wire.name(b"Ana"), "expected a name"),
]


@pytest.mark.parametrize("number", range(len(WRONG_SHAPES)))
def test_a_wrong_shape_is_refused(number: int) -> None:
    check, error = WRONG_SHAPES[number]
    with pytest.raises(RemoteProtocolError, match=error):
        check()


def test_right_shapes_pass() -> None:
    assert wire.array([1], 1) == [1]
    assert wire.array([], at_most=0) == []
    assert wire.tagged([0, b""]) == [0, b""]
    assert wire.octets(b"a", 1) == wire.octets(b"a", at_most=1) == b"a"
    assert wire.integer(5, 5, 5) == 5
    assert wire.boolean(False) is False
    assert wire.name("á" * 128) == "á" * 128


def test_floats_and_extensions_never_pass_for_something_else() -> None:
    assert wire.unpack(msgpack.packb(1.5), 10) == 1.5
    extension = wire.unpack(b"\xc7\x00\x05", 10)
    with pytest.raises(RemoteProtocolError):
        wire.octets(extension)
    with pytest.raises(RemoteProtocolError):
        wire.array(extension)
