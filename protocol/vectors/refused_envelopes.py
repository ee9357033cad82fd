"""Changes whose envelope breaks one rule of §6.5.1 each, and with what words they are refused."""

from __future__ import annotations

from vectors import forging
from vectors.forging import KEY_COUNTER, KEY_TEXT, Forged, change, leb, make_text, sealed, sleb
from vectors.lint_story import ALL, ANA, BEGINS, BO, CLEO, MERGE, written

Broken = tuple[str, tuple[str, ...], Forged | bytes, str]
"""What is wrong, the past it is judged against, the change, and the error."""
ABSENT = "column that should be absent"
_UNKNOWN = "column unknown, empty or out of order"


def all_envelopes() -> list[Broken]:
    """Return every case, in the order of the specification."""
    return [*_chunks(), *_headers(), *_columns(), *_runs()]


def _chunks() -> list[Broken]:
    body = BEGINS.body
    raw = BEGINS.raw
    return [
        ("another magic", (), b"\x85\x6f\x4a\x82" + raw[4:], "not a change"),
        ("a document", (), sealed(body, 0), "not an uncompressed change"),
        ("a deflated change", (), sealed(body, 2), "not an uncompressed change"),
        ("a byte behind the body", (), raw + b"\0", "length does not match"),
        ("another checksum", (), raw[:4] + bytes(4) + raw[8:], "checksum does not match"),
        ("nothing behind the magic", (), raw[:8], "change cut short"),
        ("a body of nothing", (), sealed(b""), "change cut short"),
    ]


def _headers() -> list[Broken]:
    deps, others = MERGE.deps, MERGE.others
    return [
        ("a seq not minimal", ALL, MERGE.but(seq=b"\x82\x00"), "number not minimal"),
        ("a seq of 2^63", ALL, MERGE.but(seq=leb(2**63)), "number too large"),
        ("a seq of 2^70", ALL, MERGE.but(seq=leb(2**70)), "number too large"),
        ("a seq of 0", ALL, MERGE.but(seq=leb(0)), "counter out of range"),
        ("a seq of 2^40", ALL, MERGE.but(seq=leb(2**40)), "counter out of range"),
        ("a start op of 0", ALL, MERGE.but(start_op=leb(0)), "counter out of range"),
        ("a start op of 2^40", ALL, MERGE.but(start_op=leb(2**40)), "counter out of range"),
        ("a time", ALL, MERGE.but(time=sleb(1_700_000_000)), "time or message not empty"),
        ("a message", ALL, MERGE.but(message=b"hola"), "time or message not empty"),
        ("dependencies out of order", ALL, MERGE.but(deps=deps[::-1]), "table out of order"),
        ("a dependency twice", ALL, MERGE.but(deps=(*deps, deps[-1])), "table out of order"),
        ("1,025 dependencies claimed", ALL, _claims(1025), "table too long"),
        ("more dependencies than bytes", ALL, _claims(1024), "table too long"),
        ("actors out of order", ALL, MERGE.but(others=others[::-1]), "actors out of order"),
        ("an actor twice", ALL, MERGE.but(others=(*others, others[-1])), "actors out of order"),
        ("the author again", ALL, MERGE.but(others=(CLEO, ANA, BO)), "actors out of order"),
        ("an actor of 15 bytes", ALL, MERGE.but(others=(*others, BO[1:])), "actors out of order"),
        ("an author of 15 bytes", ALL, MERGE.but(actor=ANA[1:]), "actors out of order"),
        ("1,025 actors claimed", ALL, _many_actors(), "table too long"),
        ("an actor of 1 GiB", ALL, _long_actor(), "text past the end"),
    ]


def _claims(count: int) -> bytes:
    return sealed(leb(count) + MERGE.body[1:])


def _many_actors() -> bytes:
    head = forging.counted(ANA) + leb(1) + leb(1) + b"\0\0"
    return sealed(b"\0" + head + leb(1025))


def _long_actor() -> bytes:
    return sealed(b"\0" + leb(2**30) + BEGINS.body[1:])


def _columns() -> list[Broken]:
    end = "columns do not fill the change"
    backwards = dict(reversed(BEGINS.columns.items()))
    return [
        ("a byte behind the columns", (), BEGINS.but(extra=b"\0"), end),
        ("a column cut short", (), sealed(BEGINS.body[:-1]), end),
        ("a column of marks", (), BEGINS.column(0x57, None).column(0x94, b"\1"), _UNKNOWN),
        ("a compressed column", (), BEGINS.column(0x57, None).column(0x0A, b"\1"), _UNKNOWN),
        ("a column of nothing", (), BEGINS.column(0x57, b""), _UNKNOWN),
        ("columns out of order", (), BEGINS.but(columns=backwards), _UNKNOWN),
        ("thirteen columns", (), _all_columns(), "too many columns"),
    ]


def _all_columns() -> Forged:
    missing = dict.fromkeys((*range(129, 143),), b"\x01")
    columns = {**BEGINS.columns, **missing}
    return BEGINS.but(columns=dict(list(columns.items())[:13]))


def _runs() -> list[Broken]:
    """The action column of a first change of five operations spelled wrongly."""
    short = change(ANA, 1, 1, [make_text("t"), *written((ANA, 1), ANA, 2, "abcd")])

    def action(data: bytes) -> Forged:
        return short.column(forging.ACTION, data)

    def letters(data: bytes) -> Forged:
        return short.column(KEY_COUNTER, data)

    def insert(data: bytes) -> Forged:
        return short.column(forging.INSERT, data)

    one_run, no_literal = "runs that should be one", "a literal that should be a run"
    fewer, more = "fewer rows than operations", "more rows than operations"
    return [
        ("a run of one", (), action(b"\x01\x04\x04\x01"), "run out of place"),
        ("two runs of the same", (), action(b"\x7f\x04\x02\x01\x02\x01"), one_run),
        ("a run behind its own value", (), action(b"\x7e\x04\x01\x03\x01"), one_run),
        ("equal literals", (), action(b"\x7b\x04\x01\x01\x01\x01"), no_literal),
        ("two literals", (), action(b"\x7f\x04\x7f\x01\x03\x01"), "literals out of place"),
        ("more literals than may be", (), action(sleb(-20_001)), "literals out of place"),
        ("no nulls", (), action(b"\x7f\x04\x00\x00\x04\x01"), "run of nothing"),
        ("nulls twice", (), action(b"\x00\x01\x00\x01\x03\x01"), "run out of place"),
        ("nulls only", (), action(b"\x00\x05"), ABSENT),
        ("no operations", (), short.but(columns={}), ABSENT),
        ("a run not minimal", (), action(b"\x7f\x04\x84\x00\x01"), "number not minimal"),
        ("a negative one not minimal", (), action(b"\xff\x7f\x04\x04\x01"), "number not minimal"),
        ("a run of 2^63", (), action(b"\x7f\x04" + sleb(2**63) + b"\1"), "number too large"),
        ("a run of 2^70", (), action(b"\x7f\x04" + sleb(2**70) + b"\1"), "number too large"),
        ("a run cut short", (), action(b"\x7f\x04\x04"), "change cut short"),
        ("a row too many", (), action(b"\x7f\x04\x05\x01"), fewer),
        ("a row too few", (), action(b"\x7f\x04\x03\x01"), more),
        ("no insertions", (), insert(b""), _UNKNOWN),
        ("no column of insertions", (), short.column(forging.INSERT, None), fewer),
        ("an insertion too many", (), insert(b"\x01\x05"), more),
        ("an insertion too few", (), insert(b"\x01\x03"), fewer),
        ("no row at the end", (), insert(b"\x01\x04\x00"), "run of nothing"),
        ("no row in the middle", (), insert(b"\x01\x00\x04"), "run of nothing"),
        ("only an empty run", (), insert(b"\x00"), "run of nothing"),
        ("a counter below 0", (), letters(b"\0\1\x7e\0\x42\2\1"), "counter out of range"),
        ("a counter of 2^40", (), letters(b"\0\1\x7f\0\3" + sleb(2**39)), "counter out of range"),
        ("a key past the end", (), short.column(KEY_TEXT, b"\x7f\x09t\0\4"), "text past the end"),
    ]
