"""The record the vectors of §6.5 are about, operation by operation."""

from __future__ import annotations

import struct

from vectors.forging import (
    BYTES,
    F64,
    FALSE,
    INT,
    NULL,
    STR,
    TRUE,
    UINT,
    Forged,
    Id,
    Row,
    change,
    delete,
    leb,
    letter,
    make_text,
    put,
    sleb,
    take_out,
)

ANA, BO, CLEO = b"\x20" * 16, b"\x30" * 16, b"\x10" * 16
TEXT: Id = (ANA, 3)
SECOND_TEXT: Id = (BO, 11)
LETTERS: tuple[Id, ...] = tuple((ANA, counter) for counter in range(4, 8))
MAX_KEY = 256


def written(text: Id, author: bytes, first: int, words: str, after: Id | None = None) -> list[Row]:
    """Return letters that follow one another from *after* on, counted from *first*."""
    rows = []
    for place, word in enumerate(words):
        rows.append(letter(text, after, word))
        after = (author, first + place)
    return rows


BEGINS = change(
    ANA,
    1,
    1,
    [
        put("type", STR, b"event"),
        put("schema", INT, b"\x01"),
        make_text("t/body/0011223344556677"),
        *written(TEXT, ANA, 4, "aé漢😀"),
        put("l/a", INT, b"\x07"),
        put("l/b", STR),
    ],
)
# Bo replaces a value and a letter and begins a text; Cleo deletes what Bo replaced.
OF_BO = change(
    BO,
    1,
    10,
    [
        put("l/a", STR, b"bo", (ANA, 8)),
        make_text("t/title/8899aabbccddeeff"),
        *written(SECOND_TEXT, BO, 12, "xyz"),
        take_out(TEXT, LETTERS[1]),
        letter(TEXT, LETTERS[0], "ñ"),
    ],
    [BEGINS.hash],
)
OF_CLEO = change(
    CLEO,
    1,
    10,
    [
        put("l/a", NULL, b"", (ANA, 8)),
        delete("l/b", (ANA, 9)),
        take_out(TEXT, LETTERS[1]),
        take_out(TEXT, LETTERS[2]),
    ],
    [BEGINS.hash],
)
MERGE_START = 17
MERGE_ROWS = [
    put("l/a", INT, b"\x09", (CLEO, 10), (BO, 10)),
    put("l/b", TRUE),
    take_out(TEXT, LETTERS[0]),
    *written(TEXT, ANA, 20, "zw", (BO, 16)),
    take_out(SECOND_TEXT, (BO, 12)),
    take_out(SECOND_TEXT, (BO, 13)),
]
MERGE = change(ANA, 2, MERGE_START, MERGE_ROWS, [BEGINS.hash, OF_BO.hash, OF_CLEO.hash])
PAST: dict[str, Forged] = {"begins": BEGINS, "bo": OF_BO, "cleo": OF_CLEO, "merge": MERGE}
ALONE, ALL = ("begins",), ("begins", "bo", "cleo")
Good = tuple[str, tuple[str, ...], Forged]


def next_of_ana(rows: list[Row], start: int = 10) -> Forged:
    """Return the next change of ana on top of the first."""
    return change(ANA, 2, start, rows, [BEGINS.hash])


def _good() -> list[Good]:
    numbers = [("0", 0), ("2^53", 2**53), ("2^63 - 1", 2**63 - 1)]
    return [
        ("a record begins", (), BEGINS),
        ("a value replaced, a text begun, a letter deleted", ALONE, OF_BO),
        ("a value replaced, a key and letters deleted", ALONE, OF_CLEO),
        ("values written apart replaced together, letters of others deleted", ALL, MERGE),
        (
            "one's own last change named although others followed it",
            ALONE,
            next_of_ana([put("l/z", FALSE)]),
        ),
        ("a letter put in and taken out at once", ALONE, next_of_ana(_in_and_out())),
        (
            "a letter put in after another, which is taken out",
            ALONE,
            next_of_ana([letter(TEXT, LETTERS[0], "q"), take_out(TEXT, LETTERS[0])]),
        ),
        ("a key written eight times", ALONE, next_of_ana(repeated_key(8))),
        ("a key of 256 bytes", ALONE, next_of_ana([put("k" * MAX_KEY, NULL)])),
        ("a key that is written again after it was deleted", ALL, _written_again()),
        (
            "letters taken out backwards, every other one",
            ALONE,
            next_of_ana([take_out(TEXT, LETTERS[3]), take_out(TEXT, LETTERS[1])]),
        ),
        (
            "letters put in before others",
            ALONE,
            next_of_ana([letter(TEXT, None, "a"), letter(TEXT, None, "b")]),
        ),
        *((f"unsigned {name}", (), value(UINT, leb(number))) for name, number in numbers),
        *((f"signed {name}", (), value(INT, sleb(number))) for name, number in numbers),
        ("signed -2^63", (), value(INT, sleb(-(2**63)))),
        ("the greatest float", (), value(F64, b"\xff" * 6 + b"\xef\x7f")),
        ("a negative zero", (), value(F64, struct.pack("<d", -0.0))),
        ("no bytes", (), value(BYTES, b"")),
        ("a text with a zero", (), value(STR, b"a\0b")),
        *((f"one's own under {begin}", (), _own(begin)) for begin in ("f/a/", "m/a/b/", "r/a/")),
        ("a key that only looks like one's own", (), one_of_ana(put("fr/a", NULL))),
    ]


def one_of_ana(*rows: Row) -> Forged:
    """Return a first change of ana."""
    return change(ANA, 1, 1, rows)


def own_id(actor: bytes, number: int) -> str:
    """Return an id under which only *actor* says what is its own."""
    return actor[:8].hex() + f"{number:08x}"


def value(tag: int, data: bytes) -> Forged:
    """Return a first change that puts one value."""
    return one_of_ana(put("l/a", tag, data))


def repeated_key(times: int) -> list[Row]:
    """Return operations that write one key *times* times in a change that starts at 10."""
    rows = [put("l/z", NULL)]
    rows += [put("l/z", NULL, b"", (ANA, 10 + place)) for place in range(times - 1)]
    return rows


def _own(begin: str) -> Forged:
    return one_of_ana(put(begin + own_id(ANA, 1), STR, b"{}"))


def _in_and_out() -> list[Row]:
    return [letter(TEXT, LETTERS[0], "q"), take_out(TEXT, (ANA, 10))]


def _written_again() -> Forged:
    deps = [BEGINS.hash, OF_CLEO.hash]
    return change(ANA, 2, 14, [put("l/b", STR, b"back")], deps)


GOOD: list[Good] = _good()
