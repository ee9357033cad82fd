"""The red lines of domain A4 and C10: no picture of one person, nothing private, no sums."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import random
import re
import time
import typing
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from aluna_protocol.ids import DocumentId, PersonId
from aluna_sync.journal import pictures
from aluna_sync.journal.lives.days import LookAgain
from aluna_sync.journal.lives.voices import Waiting
from aluna_sync.journal.pictures.devices import DeviceLine
from aluna_sync.journal.pictures.drawing import DEVICES, NAMES, Asked, draw, types_of
from aluna_sync.journal.pictures.looking import NEVER, Look
from aluna_sync.journal.schema import TYPES
from aluna_sync.journal.types import Record
from aluna_tui.commands.picturing import as_json
from aluna_tui.picture_labels import PICTURES
from aluna_tui.picture_words import Names, lines
from aluna_tui.texts import use_language
from unit.journal.pictures.gallery import CIRCLE, COLLECTIVE, PRIVATE, SHARED, crowd, made, name

RECORD_PICTURES = [one for one in NAMES if one != DEVICES]
MODULES = [
    importlib.import_module(f"{pictures.__name__}.{one.name}")
    for one in pkgutil.iter_modules(pictures.__path__)
]
RESULTS = sorted(
    {
        found
        for module in MODULES
        for found in vars(module).values()
        if inspect.isclass(found) and dataclasses.is_dataclass(found)
        and found.__module__ == module.__name__ and found not in (Look, Asked)
        and not found.__name__.startswith("_")
    },
    key=lambda found: found.__name__,
)  # fmt: skip
every_picture = pytest.mark.parametrize("picture", RECORD_PICTURES)
both_languages = pytest.mark.parametrize("lang", ["es", "en"])


def scalar_types(annotation: Any) -> Iterator[Any]:
    """Walk a type down to what it is made of."""
    parts = typing.get_args(annotation)
    if parts:
        for part in parts:
            yield from scalar_types(part)
    else:
        yield annotation


def fields_of(found: Any) -> list[tuple[str, set[Any]]]:
    hints = typing.get_type_hints(found)
    return [(one.name, set(scalar_types(hints[one.name]))) for one in dataclasses.fields(found)]


@pytest.fixture(autouse=True)
def _spanish_again() -> Iterator[None]:
    yield
    use_language("es")


def told(picture: str, records: Sequence[Record], look: Look = SHARED) -> list[str]:
    titles = {one.id: (one.title, one.type) for one in records}
    texts = {one.id: one.texts for one in records}
    names = Names(
        lambda document: titles.get(document, ("", "")),
        lambda person: f"<{person.hex()}>",
        lambda document, field: texts[document].get(field, ""),
    )
    return lines(draw(picture, records, look, Asked()), names)


# -- no number, no person ------------------------------------------------------------------------


def test_there_are_results_to_look_at() -> None:
    assert len(RESULTS) > 30


@pytest.mark.parametrize("found", RESULTS, ids=lambda found: found.__name__)
def test_no_picture_holds_a_number_but_records_that_wait_for_a_device(found: Any) -> None:
    counted = [(found, name) for name, types in fields_of(found) if types & {int, float, complex}]
    assert counted == ([(DeviceLine, "waiting")] if found is DeviceLine else [])


@pytest.mark.parametrize("found", RESULTS, ids=lambda found: found.__name__)
def test_no_picture_groups_by_person(found: Any) -> None:
    # NewTypes of bytes are told apart by identity: persons stand only where they host or come.
    persons = {name for name, types in fields_of(found) if PersonId in types}
    assert persons == ({"hosts", "coming"} if found.__name__ == "CareTime" else set())
    assert not any("dict" in str(hint) for hint in typing.get_type_hints(found).values())


def test_what_pictures_take_from_lives_names_nobody() -> None:
    for found in (Waiting, LookAgain):
        assert not [name for name, types in fields_of(found) if PersonId in types]


def test_no_picture_can_be_asked_for_one_person() -> None:
    fields = {one.name for found in (Asked, Look) for one in dataclasses.fields(found)}
    assert not {one for one in fields if "person" in one or "author" in one or "member" in one}


@every_picture
def test_no_author_of_a_record_is_in_a_picture(picture: str) -> None:
    records = crowd(3, 400)
    mine = [dataclasses.replace(one, authors=(PersonId(b"z" * 16),)) for one in records]
    look = dataclasses.replace(SHARED, me=PersonId(b"y" * 16))
    drawn = draw(picture, mine, look, Asked())
    assert (b"z" * 16).hex() not in str(as_json(drawn))
    if picture != "memory":  # there an author's yes decides what is shown
        assert drawn == draw(picture, records, look, Asked())


def test_no_code_of_a_picture_adds_up_or_asks_who_wrote_something() -> None:
    adding = re.compile(r"\bsum\(|Counter|statistics|mean\(|median|groupby|key=len|\.by\b")
    for module in MODULES:
        source = inspect.getsource(module)
        allowed = ("sum(space.lacks",) if module.__name__.endswith(".devices") else ()
        found = [line for line in source.splitlines() if adding.search(line)]
        assert not [one for one in found if not any(kept in one for kept in allowed)]
        # Only a yes of those who wrote it lets a record into a memory.
        assert "authors" not in source or module.__name__.endswith(".memory_book")


def test_names_of_results_measure_nobody() -> None:
    measures = re.compile(
        r"score|rank|average|mean|index|percent|total|severity|level|count|risk|overdue|resolved"
        r"|symptom|attend|read_at|progress|stage|trend|alert|worst|most|top"
    )
    names = [f"{found.__name__}.{n}" for found in RESULTS for n, _ in fields_of(found)]
    assert [one for one in names if measures.search(one.lower())] == []


# -- nothing private -----------------------------------------------------------------------------


@every_picture
def test_nothing_of_a_private_space_or_another_circle_is_in_a_picture(picture: str) -> None:
    records = crowd(5, 600, (COLLECTIVE, CIRCLE, PRIVATE))
    drawn = draw(picture, records, SHARED, Asked())
    shown = str(as_json(drawn))
    assert any(one.id.hex() in shown for one in records if one.space == COLLECTIVE)
    assert not [one for one in records if one.space != COLLECTIVE and one.id.hex() in shown]
    assert drawn == draw(
        picture, [one for one in records if one.space == COLLECTIVE], SHARED, Asked()
    )


@every_picture
def test_how_people_arrive_and_who_they_are_is_in_no_picture(picture: str) -> None:
    records = crowd(6, 600)
    shown = str(as_json(draw(picture, records, SHARED, Asked())))
    assert not [one for one in records if one.type in NEVER and one.id.hex() in shown]
    assert not set(NEVER) & set(types_of(picture))
    assert set(types_of(picture)) <= {*TYPES, "export"}


# -- harm is never alone -------------------------------------------------------------------------

HARM_FIELDS = ("harm", "theirs", "aggressions", "is_harm", "stories", "conditions", "happened")
OF_HARM = (
    "timeline", "impacts", "weave", "responsibility", "fear", "weariness", "memory", "year",
)  # fmt: skip


@pytest.mark.parametrize("found", RESULTS, ids=lambda found: found.__name__)
def test_what_holds_harm_holds_what_sustained_and_neither_can_be_left_out(found: Any) -> None:
    fields = {one.name: one for one in dataclasses.fields(found)}
    if not set(HARM_FIELDS) & set(fields):
        return
    pairs = [
        n for n, types in fields_of(found) if "Pair" in {getattr(t, "__name__", "") for t in types}
    ]
    assert "sustained" in fields or pairs, found.__name__
    for one in fields.values():
        assert one.default is dataclasses.MISSING
        assert one.default_factory is dataclasses.MISSING


@both_languages
@pytest.mark.parametrize(
    "picture",
    ["timeline", "impacts", "weave", "responsibility", "fear", "weariness", "memory", "year"],
)
def test_harm_with_nothing_beside_it_says_that_this_is_not_spoken_yet(
    picture: str, lang: str
) -> None:
    use_language(lang)
    harm = [one for one in crowd(8, 400) if one.type in ("event", "impact", "round", "memory")]
    said = told(picture, harm)
    assert said
    silent = "todavía sin palabras" if lang == "es" else "not spoken yet"
    sustained = "Lo que nos sostuvo" if lang == "es" else "What sustained us"
    assert [line for line in said if sustained.lower() in line.lower() and silent in line]
    assert not [line for line in said if re.search(r"\b(0|none|ningun[oa])\b", line)]


@every_picture
def test_what_a_filter_leaves_keeps_its_coping(picture: str) -> None:
    records = crowd(9, 400)
    harm = {one.id for one in records if one.type in ("impact", "event")}
    narrowed = dataclasses.replace(SHARED, only=frozenset(harm))
    coping = [one for one in records if one.type == "coping"]
    if picture in ("impacts", "weave"):
        full = as_json(draw(picture, records, SHARED, Asked()))
        shown = as_json(draw(picture, records, narrowed, Asked()))
        key = "strands" if picture == "weave" else "cells"
        if picture == "weave":
            assert shown[key] == full[key]
        assert any(one.id.hex() in str(shown[key]) for one in coping)
    else:
        assert as_json(draw(picture, records, narrowed, Asked()))


# -- the same for everybody, at once -------------------------------------------------------------


@every_picture
def test_the_order_records_come_in_changes_nothing(picture: str) -> None:
    records = crowd(11, 500)
    first = draw(picture, records, SHARED, Asked(expressions=True))
    for seed in range(3):
        shuffled = random.Random(seed).sample(records, len(records))
        assert draw(picture, iter(shuffled), SHARED, Asked(expressions=True)) == first


@every_picture
def test_a_picture_of_nothing_is_a_picture(picture: str) -> None:
    assert isinstance(as_json(draw(picture, [], SHARED, Asked())), dict)
    assert isinstance(told(picture, []), list)


@every_picture
def test_ten_thousand_records_are_drawn_without_waiting(picture: str) -> None:
    chosen = types_of(picture)
    records = [one for one in crowd(13, 10_000) if one.type in chosen]
    spent = []
    for _ in range(3):
        begun = time.process_time()
        draw(picture, records, SHARED, Asked())
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.3


@both_languages
@every_picture
def test_every_picture_has_its_twin_in_words(picture: str, lang: str) -> None:
    use_language(lang)
    records = crowd(17, 500)
    said = told(picture, records)
    assert said
    assert not [line for line in said if "\n" in line]
    if picture not in ("context", "memory"):
        shown = str(as_json(draw(picture, records, SHARED, Asked())))
        named = [one for one in records if one.id.hex() in shown]
        assert named


def test_every_picture_has_a_title_and_two_names() -> None:
    assert tuple(PICTURES) == NAMES
    words = {one for n, label in PICTURES.items() for one in (n, label.twin)}
    assert len(words) == 2 * len(NAMES)


def test_each_place_of_the_map_names_the_records_it_counts() -> None:
    record = made(7, "impact", sets={"dimensions": ("dim.family",), "fields": ("fld.internal",)})
    said = told("impacts", [record])
    at = next(i for i, line in enumerate(said) if "1 daño" in line)
    assert any(record.id.hex()[:8] in line for line in said[at + 1 : at + 4])
    assert name(7) == DocumentId(record.id)
