"""Records of a hostile peer: whatever they hold, the screens stay calm and the terminal safe."""

from __future__ import annotations

import pytest

from aluna_sync.journal.types import Link, Member, Reading, Record

from .driving import WIDE, calm, opened, press, shown
from .fakes import COLLECTIVE, FakeDevice, document

NASTY = {
    "long": "largo " * 17_000,
    "ansi": "\x1b[31mrojo\x1b]0;título\x07\x9b2J fin",
    "rtl": "\u202eotseupser\u202c \u2066aislado\u2069",
    "markup": "[red]no es color[/red] [@click=app.lock]toca[/] [",
    "zero": "c\u200be\u200br\u2060o\ufeff\u00ad",
    "marks": "a" + "\u0301" * 400 + "z",
    "empty": "",
    "lines": "uno\ndos\r\ntres\u2028cuatro\x0bcinco",
    "wide": "漢字" * 200,
}


def hostile(name: str, type_: str = "event") -> Record:
    words = NASTY[name]
    return Record(
        document(7), COLLECTIVE, type_, 99, words,
        texts={"title": words, "body": words, "care_note": words, words[:30] or "x": words},
        sets={
            "terms": (Member(words, words, None),),
            words[:40] or "y": (Member(words, "", None),),
        },
        readings={
            "when": (Reading("1", words, None), Reading("2", {"value": words, "x": [1]}, None)),
            "about": (Reading("3", ["a", {"b": None}], None),),
        },
        maps={"uses": {}},
        when=words, state=words[:20], unknown=("z/algo",),
    )  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("type_", ["event", "impact", "tipo_desconocido\x1b[2J"])
async def test_d10_a_hostile_record_is_shown_and_edited_harmlessly(name: str, type_: str) -> None:
    device = FakeDevice()
    device.put(hostile(name, type_), unread=True)
    nasty = NASTY[name]
    device.linked[document(7)] = [Link(nasty[:30], document(8), True, nasty, type_)]
    async with opened(device, WIDE) as (app, pilot):
        await press(pilot, "d")
        seen = shown(app)
        await press(pilot, "enter", "enter")
        seen += shown(app)
        await press(pilot, "e")
        await calm(pilot)
        seen += shown(app)
        assert all(letter.isprintable() or letter == "\n" for letter in seen)
        assert not set("\x1b\u202e\u2066\u200b\u2060\ufeff") & set(seen)
        if name == "markup":
            assert "[red]no es color[/red]" in seen
        assert not device.locked
