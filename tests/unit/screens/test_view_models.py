"""The strings and rows behind the screens, without any screen."""

from __future__ import annotations

import itertools
import random
import time

import pytest

from aluna_sync.journal.drift import apply, cursor_after, difference, move_past
from aluna_sync.journal.schema import TYPES
from aluna_sync.store.rows import ListRow, Page
from aluna_tui.keys import FOOTER_MOST, KEYS
from aluna_tui.texts import _, use_language
from aluna_tui.view_models.choices import field_choices, found, order_choices
from aluna_tui.view_models.drafts import Draft, unpacked
from aluna_tui.view_models.form import form_lines
from aluna_tui.view_models.home import home_page, sync_words
from aluna_tui.view_models.rows import CHUNK, RowWindow, row_line
from aluna_tui.view_models.words import counts_by_type, short_day

from .fakes import COLLECTIVE, NOW, FakeDevice, document, some_records

WORDS = ("", "a", "casa", "la casa roja", "la casa azul", "xla casa", "la casa rojax\ny", "roja")


@pytest.mark.parametrize(("old", "new"), list(itertools.product(WORDS, WORDS)))
def test_a_difference_turns_one_text_into_the_other(old: str, new: str) -> None:
    assert apply(old, difference(old, new)) == new


def test_what_two_wrote_apart_is_all_kept() -> None:
    random.seed(7)
    for _round in range(300):
        base = "".join(random.choices("ab \n", k=random.randrange(12)))
        mine, theirs = _typed(base, "M"), _typed(base, "T")
        ours = difference(base, mine)
        merged = apply(mine, move_past(difference(base, theirs), ours))
        assert merged.count("M") == mine.count("M")
        assert merged.count("T") == theirs.count("T")
        untouched = [c for c in base if c in "ab"]
        assert len([c for c in merged if c in "ab"]) <= len(untouched)


def _typed(base: str, letter: str) -> str:
    place = random.randrange(len(base) + 1)
    end = min(len(base), place + random.randrange(3))
    return base[:place] + letter * random.randrange(1, 4) + base[end:]


def test_a_cursor_stays_behind_its_letter() -> None:
    old, new = "hola mundo", "¡hola querido mundo!"
    for place in range(1, len(old) + 1):
        moved = cursor_after(place, difference(old, new))
        assert new[moved - 1] == old[place - 1]


def _rows(total: int, first: int = 0) -> list[ListRow]:
    return [
        ListRow(document(n), COLLECTIVE, "note", f"nota {n}", None, (), (), (), "", False)
        for n in range(first, first + total)
    ]


def test_a_window_over_a_hundred_thousand_rows_fetches_only_what_is_looked_at() -> None:
    asked: list[tuple[int, int]] = []

    def fetch(offset: int, limit: int) -> Page:
        asked.append((offset, limit))
        return Page(_rows(min(limit, 100_000 - offset), offset), 100_000)

    started = time.perf_counter()
    window = RowWindow(fetch)
    last = window.row(99_999)
    assert last is not None
    assert last.title == "nota 99999"
    assert window.row(100_000) is None
    assert sum(limit for _offset, limit in asked) <= 2 * CHUNK
    assert time.perf_counter() - started < 1.0


def test_scrolling_after_arrivals_neither_repeats_nor_skips_a_row() -> None:
    rows = _rows(3 * CHUNK)

    def fetch(offset: int, limit: int) -> Page:
        return Page(rows[offset : offset + limit], len(rows))

    window = RowWindow(fetch)
    rows[:0] = _rows(3, 9_000)
    window.announce(3)
    titles = [row.title for n in range(3 * CHUNK) if (row := window.row(n))]
    assert titles == [f"nota {n}" for n in range(3 * CHUNK)]


def test_a_row_says_two_readings_and_marks_what_matched() -> None:
    row = ListRow(
        document(1), COLLECTIVE, "event", "Retén", "2026-03-11", (), (), ("when",), "", True,
        "un \x02retén\x03 en la salida",
    )  # fmt: skip
    line = row_line(row, "2026-03-14")
    assert (line.mark, line.when, line.unread) == ("dos lecturas", "11 mar", True)
    assert line.snippet == (("un ", False), ("retén", True), (" en la salida", False))


@pytest.mark.parametrize(
    ("when", "words"),
    [("2026-03-12", "12 mar"), ("2024-03-12", "mar 2024"), ("2024-03", "mar 2024"),
     ("2024", "2024"), (None, ""), ("2024-99", "2024"), ("ayer\x1b[2J mismo", "ayer[2J…")],
)  # fmt: skip
def test_days_are_short(when: str | None, words: str) -> None:
    assert short_day(when, "2026-03-14") == words


def test_what_arrived_is_counted_in_words() -> None:
    assert counts_by_type(["note", "note", "agreement"]) == "2 notas y 1 acuerdo"


def test_home_never_shows_the_words_of_an_impact() -> None:
    device = FakeDevice()
    some_records(device)
    device.unread.add(document(1))
    device.here = {device.peer_facts[0].device: document(1)}
    draft = Draft("new:1", "impact", texts={"body": "SECRETO"})
    page = home_page(device, [draft], NOW)
    words = repr(page)
    assert "Nos quitaron el sueño" not in words
    assert "SECRETO" not in words
    assert "Marta" in words


def test_sync_is_one_short_sentence() -> None:
    device = FakeDevice()
    some_records(device)
    assert sync_words(device.status()) == "a 1 aparato le falta algo"
    device.peer_facts = device.peer_facts[:1]
    assert sync_words(device.status()) == "todo al día"


def test_a_draft_comes_back_as_it_was_kept() -> None:
    draft = (
        Draft("new:1", "impact")
        .with_text("body", "No dormimos\n\ny aquí seguimos")
        .with_items("kinds", ("imp.fear",))
        .with_reading("about", "us")
        .with_asked(
            "when", "ayer", {"value": "2026-03-13", "precision": "dat.day", "words": "ayer"}
        )
    )
    assert unpacked("new:1", draft.packed()) == draft
    assert draft.default_space() == "collective"
    assert Draft("new:2", "impact").default_space() == "private"
    assert Draft("new:2", "impact").empty


@pytest.mark.parametrize("type_", TYPES)
def test_every_field_of_a_form_can_be_filled_in(type_: str) -> None:
    names = [line.field.name for line in form_lines(type_)]
    assert names[0] == "title"
    assert TYPES[type_].main in names[:3]
    assert names == [f.name for f in TYPES[type_].fields if f.in_form]


def test_terms_are_found_without_accents_and_in_the_other_language() -> None:
    kinds = TYPES["impact"].field("kinds")
    assert kinds is not None
    choices = field_choices(kinds)
    assert choices
    assert all(choice.words for choice in choices)
    assert any("miedo" in choice.label.casefold() for choice in found(choices, "MIÉDO"))
    assert found(choices, "fear")


@pytest.mark.parametrize("lang", ["es", "en"])
def test_orders_answer_to_both_languages(lang: str) -> None:
    use_language(lang)
    orders = order_choices(KEYS)
    assert found(orders, "lock")[0].id == "lock"
    assert {choice.id for choice in found(orders, "quit")} >= {"leave"}


def test_accion_finds_accion_with_its_accent() -> None:
    from aluna_tui.view_models.choices import Choice

    assert found([Choice("a", "Nueva acción")], "accion")


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_keys_of_every_screen_fit_eighty_columns(lang: str) -> None:
    from aluna_tui.screens.editor import EditorScreen
    from aluna_tui.screens.home import HomeScreen
    from aluna_tui.screens.journal import JournalScreen
    from aluna_tui.screens.people import PeopleScreen
    from aluna_tui.screens.reader import ReaderScreen
    from aluna_tui.screens.unlock import UnlockScreen
    from aluna_tui.widgets.key_bar import KeyBar

    use_language(lang)
    for screen in (
        EditorScreen, HomeScreen, JournalScreen, PeopleScreen, ReaderScreen, UnlockScreen,
    ):  # fmt: skip
        assert len(screen.KEY_IDS) <= FOOTER_MOST
        assert KeyBar(*screen.KEY_IDS).line().cell_len <= 76


def test_every_key_has_a_spanish_name() -> None:
    for key in KEYS.values():
        assert _(key.name) != key.name
        assert _(key.words) != key.words


def test_no_key_needs_altgr_or_belongs_to_a_multiplexer() -> None:
    taken = {"ctrl+b", "ctrl+s", "ctrl+o", "ctrl+j", "ctrl+a", "ctrl+z"}
    altgr = {"at", "left_square_bracket", "right_square_bracket", "backslash", "grave_accent",
             "left_curly_bracket", "right_curly_bracket", "tilde", "circumflex_accent"}  # fmt: skip
    assert not {key.key for key in KEYS.values()} & (taken | altgr)
