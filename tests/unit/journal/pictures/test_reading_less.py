"""What a picture reads of a record, where it says so, is all that it reads."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import pytest

from aluna_protocol.ids import ActorId, ChangeHash
from aluna_sync.engine.types import Cell, View
from aluna_sync.journal.packing import narrowed
from aluna_sync.journal.pictures.drawing import NAMES, Asked, draw, fields_of
from aluna_sync.journal.types import Record
from unit.journal.pictures.gallery import SHARED, crowd, name

LESS = [one for one in NAMES if fields_of(one) is not None]
BY_FIELD = ("texts", "sets", "readings", "maps", "own_readings", "acts", "values")
ACTOR = ActorId(b"a" * 16)


def only(record: Record, fields: frozenset[str]) -> Record:
    """Return *record* as it is when nothing but *fields* was read of it."""
    kept: dict[str, Any] = {
        part: {key: said for key, said in getattr(record, part).items() if key in fields}
        for part in BY_FIELD
    }
    return replace(record, **kept, title="", when=None)


@pytest.mark.parametrize("picture", LESS)
@pytest.mark.parametrize("asked", [Asked(), Asked(expressions=True)], ids=["plain", "expressions"])
def test_a_picture_of_less_is_the_picture_of_everything(picture: str, asked: Asked) -> None:
    fields = fields_of(picture)
    assert fields is not None
    told = [
        replace(one, texts=dict(one.texts) | {"what_sustained_us": "el pan"})
        if number % 5 == 0
        else one
        for number, one in enumerate(crowd(4, 600))
    ]
    whole = draw(picture, told, SHARED, asked)
    assert draw(picture, [only(one, fields) for one in told], SHARED, asked) == whole
    assert any(getattr(whole, one.name) for one in dataclasses.fields(whole))


def view(*more: str) -> View:
    cells = {key: Cell("x", ACTOR) for key in ("type", "s/links/abc", "r/when/00", *more)}
    return View(name(1), (ChangeHash(b"h" * 32),), {"t/title/00": "uno"}, cells, (ACTOR,))


def test_a_view_is_narrowed_to_the_fields_asked_for() -> None:
    seen = narrowed(view("n/links/abc/00"), {"links"})
    assert set(seen.cells) == {"type", "s/links/abc", "n/links/abc/00"}
    assert seen.texts == {}


def test_a_view_somebody_acted_on_stays_whole_for_all_of_it_says_if_it_was_put_away() -> None:
    acted = view("f/acts/00")
    assert narrowed(acted, {"links"}) is acted
