"""Changes whose values break one rule of §6.5.3 each, and with what words they are refused."""

from __future__ import annotations

from vectors.forging import (
    F64,
    INT,
    NULL,
    STR,
    UINT,
    Forged,
    change,
    delete,
    leb,
    letter,
    make_text,
    sleb,
    take_out,
)
from vectors.lint_story import (
    ALONE,
    ANA,
    LETTERS,
    TEXT,
    next_of_ana,
    one_of_ana,
    value,
    written,
)
from vectors.refused_envelopes import ABSENT, Broken


def all_values() -> list[Broken]:
    """Return every case, in the order of the specification."""
    return [*_letter_values(), *_values()]


def _letter_values() -> list[Broken]:
    def inserted(tag: int, data: bytes) -> Forged:
        return next_of_ana([letter(TEXT, None, "x").but(tag=tag, value=data)])

    short = change(ANA, 1, 1, [make_text("t"), *written((ANA, 1), ANA, 2, "abcd")])
    no, none = "not a letter", "value where none belongs"
    return [
        ("a letter of no bytes", ALONE, inserted(STR, b""), no),
        ("a letter of five bytes", ALONE, inserted(STR, b"abcde"), no),
        ("a letter of 16 bytes", ALONE, inserted(STR, b"a" * 16), no),
        ("a letter of bytes", ALONE, inserted(7, b"a"), no),
        ("a letter that is a null", ALONE, inserted(NULL, b""), no),
        ("two letters in one", ALONE, inserted(STR, b"ab"), "not one letter each"),
        ("letters cut elsewhere", (), short.column(0x57, "abñ".encode()), "not one letter each"),
        ("letters not in UTF-8", (), short.column(0x57, b"ab\xed\xa0"), "not UTF-8"),
        ("a deletion with a value", ALONE, _deletion_with_a_value(), none),
        ("a text with a value", (), one_of_ana(make_text("t").but(tag=STR, value=b"x")), none),
        ("a deletion of a key with a value", ALONE, _key_deletion_with_a_value(), none),
        ("values left over", (), short.column(0x57, b"abcde"), "values left over"),
        ("values past the end", (), short.column(0x57, b"abc"), "values past the end"),
        ("no types", (), short.column(0x56, None), ABSENT),
        ("a value without a type", (), short.column(0x56, b"\0\1\4\x16"), "value without a type"),
    ]


def _deletion_with_a_value() -> Forged:
    return next_of_ana([take_out(TEXT, LETTERS[0]).but(tag=STR, value=b"x")])


def _key_deletion_with_a_value() -> Forged:
    return next_of_ana([delete("l/a", (ANA, 8)).but(tag=STR, value=b"x")])


def _values() -> list[Broken]:
    kind, size = "value of a type or length not allowed", "value of the wrong length"
    nan, endless = b"\0" * 6 + b"\xf8\x7f", b"\0" * 6 + b"\xf0\xff"
    claim = value(STR, b"x").column(0x56, b"\x7f" + leb(2**30 << 4 | STR))
    return [
        *((f"a value of type {tag}", (), value(tag, b"\1"), kind) for tag in range(8, 16)),
        ("a null with bytes", (), value(NULL, b"x"), size),
        ("false with bytes", (), value(1, b"x"), size),
        ("true with bytes", (), value(2, b"x"), size),
        ("an unsigned number of no bytes", (), value(UINT, b""), kind),
        ("a signed number of no bytes", (), value(INT, b""), kind),
        ("an unsigned number not minimal", (), value(UINT, b"\x81\0"), "number not minimal"),
        ("a signed number not minimal", (), value(INT, b"\xff\x7f"), "number not minimal"),
        ("an unsigned number of 2^63", (), value(UINT, leb(2**63)), "number too large"),
        ("a signed number of 2^63", (), value(INT, sleb(2**63)), "number too large"),
        ("two numbers", (), value(INT, b"\1\1"), size),
        ("half a number", (), value(INT, b"\x80"), "change cut short"),
        ("a float of 7 bytes", (), value(F64, bytes(7)), kind),
        ("a float of 9 bytes", (), value(F64, bytes(9)), kind),
        ("not a number", (), value(F64, nan), "number not finite"),
        ("an endless number", (), value(F64, endless), "number not finite"),
        ("a text not in UTF-8", (), value(STR, b"\xff"), "not UTF-8"),
        ("half a pair", (), value(STR, b"\xed\xa0\x80"), "not UTF-8"),
        ("a text of 1 GiB", (), claim, "values past the end"),
    ]
