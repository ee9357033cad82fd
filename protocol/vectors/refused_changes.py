"""Changes that break one rule of §6.5.2 or §6.5.3 each, and with what words they are refused."""

from __future__ import annotations

from typing import NamedTuple

from vectors import forging, refused_references, refused_values
from vectors.forging import (
    DELETE,
    MAKE_TEXT,
    NULL,
    PUT,
    STR,
    Forged,
    Row,
    change,
    leb,
    letter,
    make_text,
    put,
    sleb,
    take_out,
)
from vectors.lint_story import (
    ALL,
    ALONE,
    ANA,
    BEGINS,
    BO,
    LETTERS,
    MERGE,
    MERGE_START,
    OF_BO,
    OF_CLEO,
    TEXT,
    next_of_ana,
    one_of_ana,
    repeated_key,
    written,
)
from vectors.refused_envelopes import Broken, all_envelopes


class Case(NamedTuple):
    """A change that is refused."""

    rule: str
    name: str
    past: tuple[str, ...]
    change: Forged | bytes
    error: str
    actor: bytes = b""
    """Whose log it came in, if that is not its author's."""


def all_cases() -> list[Case]:
    """Return every case, in the order of the specification."""
    operations = (*_places(), *_bounds(), *_kinds(), *refused_references.all_references())
    taken = "another change has its place"
    return [
        *(Case("6.5.1", *case) for case in all_envelopes()),
        Case("6.5.2", "a change in the log of another", (), BEGINS, "change by another actor", BO),
        *(Case("6.5.2", *case) for case in operations),
        *(Case("6.5.3", *case) for case in refused_values.all_values()),
        Case("6.5.4", "a place that is taken", (*ALONE, "bo"), _twin(), taken),
    ]


def _twin() -> Forged:
    return change(BO, 1, 10, [put("l/z", NULL)], [BEGINS.hash])


def _places() -> list[Broken]:
    gap, heads = "gap in the changes of its actor", "dependencies are not its heads"
    counters = "counters do not follow its past"
    third = [put("l/z", NULL)]
    after_all = (*ALL, "merge")
    return [
        ("a seq too high", ALL, MERGE.but(seq=leb(3)), gap),
        ("a seq used before", ALL, MERGE.but(seq=leb(1)), gap),
        ("an author without its own past", ALONE, MERGE.but(deps=()), gap),
        ("its own last change left out", ALL, _without_own(), heads),
        (
            "a dependency of another dependency",
            after_all,
            change(BO, 2, 24, third, [OF_BO.hash, OF_CLEO.hash, MERGE.hash]),
            heads,
        ),
        (
            "its own change before the last",
            after_all,
            change(ANA, 3, 24, third, [BEGINS.hash, MERGE.hash]),
            heads,
        ),
        ("a start op too high", ALL, MERGE.but(start_op=leb(MERGE_START + 1)), counters),
        ("a start op too low", ALL, MERGE.but(start_op=leb(MERGE_START - 1)), counters),
        (
            "a start op above the past it names",
            ALL,
            change(ANA, 2, MERGE_START, third, [BEGINS.hash, OF_CLEO.hash]),
            counters,
        ),
        (
            "a start op that follows what it does not name",
            ALL,
            change(BO, 2, 18, third, [OF_BO.hash]),
            counters,
        ),
    ]


def _without_own() -> Forged:
    deps = tuple(dep for dep in MERGE.deps if dep != BEGINS.hash)
    return MERGE.but(deps=deps)


def _bounds() -> list[Broken]:
    many = b"\x7f\x04" + sleb(20_000) + b"\x01"
    nine = next_of_ana(repeated_key(9))
    preds = MERGE.column(forging.PRED_COUNT, b"\x7f" + leb(40_001) + b"\x06\0")
    short = change(ANA, 1, 1, [make_text("t"), *written((ANA, 1), ANA, 2, "abcd")])
    return [
        ("20,001 operations", (), short.column(forging.ACTION, many), "more rows than operations"),
        ("a key written nine times", ALONE, nine, "too many keys in one change"),
        ("40,001 predecessors", ALL, preds, "too many replaced operations"),
        ("2^80 predecessors", ALL, _preds_without_end(), "too many replaced operations"),
    ]


def _preds_without_end() -> Forged:
    return MERGE.column(forging.PRED_COUNT, b"\x07" + leb(2**62))


def _kinds() -> list[Broken]:
    no, key = "action not allowed", "not a key of a record"
    text, root = "operation in a text without a letter", "operation in the root without a key"
    first = written(TEXT, ANA, 4, "a")[0]
    return [
        *(
            (f"action {n}", (), one_of_ana(put("k", NULL).but(action=n)), no)
            for n in (0, 2, 5, 6, 7)
        ),
        ("an insertion of a text", ALONE, next_of_ana([first.but(action=MAKE_TEXT)]), no),
        ("an insertion of a map", ALONE, next_of_ana([first.but(action=0)]), no),
        (
            "a letter replaced",
            ALONE,
            next_of_ana([take_out(TEXT, LETTERS[0]).but(action=PUT, tag=STR, value=b"x")]),
            no,
        ),
        ("an insertion that replaces", ALONE, next_of_ana([first.but(preds=(LETTERS[0],))]), no),
        ("a head deleted", ALONE, next_of_ana([_head_deleted()]), no),
        (
            "a deletion of a letter that replaces nothing",
            ALONE,
            next_of_ana([take_out(TEXT, LETTERS[0]).but(preds=())]),
            no,
        ),
        ("an insertion into the root", (), one_of_ana(put("k", NULL).but(insert=True)), key),
        ("a key of no bytes", (), one_of_ana(put("", NULL)), key),
        ("a key of 257 bytes", (), one_of_ana(put("k" * 257, NULL)), key),
        ("a key not in UTF-8", (), one_of_ana(Row(key_text=b"\xc3\x28")), "not UTF-8"),
        ("no key", (), one_of_ana(put("k", NULL), Row()), root),
        ("a key and a letter", (), one_of_ana(put("k", NULL).but(key_counter=0)), root),
        (
            "a key and the actor of a letter",
            ALONE,
            next_of_ana([put("k", NULL).but(key_actor=ANA)]),
            root,
        ),
        ("a key in a text", ALONE, next_of_ana([first.but(key_text=b"k")]), text),
        ("no letter in a text", ALONE, next_of_ana([first.but(key_counter=None)]), text),
        ("an object without an actor", ALONE, _half(actor=None), "half an object"),
        ("an object without a counter", ALONE, _half(counter=None), "half an object"),
        ("a letter without an actor", ALONE, _letters_at(None, 4), "letter without an actor"),
        ("no action", (), one_of_ana(put("j", NULL), Row(None, b"k")), "operation without action"),
        ("no number of predecessors", (), _no_pred_count(), "operation without action"),
    ]


def _acting(action: int) -> Forged:
    return one_of_ana(put("k", NULL).but(action=action))


def _head_deleted() -> Row:
    row = letter(TEXT, None, "x")
    return row.but(action=DELETE, insert=False, tag=NULL, value=b"", preds=(LETTERS[0],))


def _half(actor: bytes | None = ANA, counter: int | None = 3) -> Forged:
    row = letter(TEXT, None, "x").but(object_actor=actor, object_counter=counter)
    return next_of_ana([put("k", NULL), row])


def _letters_at(actor: bytes | None, counter: int) -> Forged:
    row = letter(TEXT, None, "x").but(key_actor=actor, key_counter=counter)
    return next_of_ana([row])


def _no_pred_count() -> Forged:
    two = one_of_ana(put("j", NULL), put("k", NULL))
    return two.column(forging.PRED_COUNT, b"\x7f\0\0\1")
