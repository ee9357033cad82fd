"""Views as bytes of the index, and back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aluna_protocol.ids import ActorId, ChangeHash, DocumentId
from aluna_sync.engine.types import Cell, View
from aluna_sync.errors import AlunaError
from aluna_sync.journal.packing import pack_view, unpack_view

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=20),
    st.text(st.characters(), max_size=20),
)
actors = st.binary(min_size=16, max_size=16).map(ActorId)
views = st.builds(
    View,
    document=st.binary(min_size=16, max_size=16).map(DocumentId),
    heads=st.lists(st.binary(min_size=32, max_size=32).map(ChangeHash), max_size=3).map(tuple),
    texts=st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=4),
    cells=st.dictionaries(st.text(max_size=8), st.builds(Cell, scalars, actors), max_size=4),
    actors=st.lists(actors, max_size=4, unique=True).map(tuple),
)


@given(views)
def test_a_view_comes_back_whole(view: View) -> None:
    back = unpack_view(pack_view(view))
    assert back == view
    assert [type(cell.value) for cell in back.cells.values()] == [
        type(cell.value) for cell in view.cells.values()
    ]


@given(st.binary(max_size=60))
def test_bytes_that_are_no_view_raise_only_index_damaged(data: bytes) -> None:
    with pytest.raises(AlunaError, match="index-damaged"):
        unpack_view(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[]", b"{}", b"7", b'[2,"00","",0,[],[],[]]', b'[1,"0","",0,[],[],[]]', b"[" * 100_000,
        b'[1,"00","",0,[],["t"],[]]', b'[1,"00","",0,[],[],["k",3,"v"]]', b'[1,"00","",0,7,[],[]]',
        b'[1,"00","",0,[],[],[["k"],0,"v"]]', b'[1,"00","","x",[],[],[]]',
        b'[1,"00","",0,["00"],[],["k",0,[]]]', b'[1,"00","",0,["00"],[],["k",0,[1]]]',
    ],
)  # fmt: skip
def test_damaged_bytes_raise_index_damaged(data: bytes) -> None:
    with pytest.raises(AlunaError, match="index-damaged"):
        unpack_view(data)


def test_a_great_view_is_packed_quickly() -> None:
    cells = {f"s/terms/own.{number}": Cell("", ActorId(bytes(16))) for number in range(100_000)}
    view = View(DocumentId(bytes(16)), (), {}, cells)
    started = time.process_time()
    assert unpack_view(pack_view(view)) == view
    assert time.process_time() - started < 5
