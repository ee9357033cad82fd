"""Changes that name what they may not (§6.5.2), and with what words they are refused."""

from __future__ import annotations

from vectors import forging
from vectors.forging import (
    INT,
    NULL,
    PRED_ACTOR,
    PRED_COUNTER,
    STR,
    Forged,
    Row,
    change,
    delete,
    letter,
    make_text,
    put,
    take_out,
)
from vectors.lint_story import (
    ALL,
    ALONE,
    ANA,
    BEGINS,
    BO,
    CLEO,
    LETTERS,
    MERGE,
    MERGE_ROWS,
    MERGE_START,
    OF_CLEO,
    SECOND_TEXT,
    TEXT,
    next_of_ana,
    one_of_ana,
    own_id,
    written,
)
from vectors.refused_envelopes import ABSENT, Broken

_SHOWN = "does not replace what is there"


def all_references() -> list[Broken]:
    """Return every case, in the order of the specification."""
    return [*_keys(), *_own_keys(), *_letters(), *_tables()]


def _keys() -> list[Broken]:
    def merged(*preds: forging.Id) -> Forged:
        return change(
            ANA, 2, MERGE_START, [put("l/a", NULL, b"", *preds), *MERGE_ROWS[1:]], MERGE.deps
        )

    of_bo, of_cleo = (BO, 10), (CLEO, 10)
    again = [put("l/z", NULL), put("l/z", NULL, b"", (ANA, 10)), put("l/z", NULL, b"", (ANA, 10))]
    return [
        ("a value replaced by nothing named", ALL, merged(), _SHOWN),
        ("one of two values left standing", ALL, merged(of_bo), _SHOWN),
        ("predecessors out of order", ALL, merged(of_bo, of_cleo), _SHOWN),
        ("a predecessor twice", ALL, merged(of_cleo, of_cleo), _SHOWN),
        ("a value replaced before", ALL, merged((ANA, 8), of_cleo, of_bo), _SHOWN),
        ("a value of another key", ALL, merged((ANA, 1), of_bo), _SHOWN),
        ("a letter as a value", ALL, merged(LETTERS[0], of_bo), _SHOWN),
        ("what is not in its past", (*ALONE, "bo"), _bo_unknown(), _SHOWN),
        ("an earlier write of itself left standing", ALONE, next_of_ana(again), _SHOWN),
        ("a later write of itself", ALONE, next_of_ana(_later()), _SHOWN),
        ("a deletion of nothing", ALONE, next_of_ana([delete("l/z")]), "deletes nothing"),
        ("a deletion of what was deleted", ALL, _deleted_twice(), "deletes nothing"),
    ]


def _own_keys() -> list[Broken]:
    another, once = "an own key of another", "own words are put once"
    mine, of_bo = own_id(ANA, 1), own_id(BO, 1)
    said = put(f"f/acts/{mine}", STR, b"")
    again = put(f"f/acts/{mine}", STR, b"", (ANA, 1))
    return [
        ("an act under another's id", (), one_of_ana(put(f"f/acts/{of_bo}", STR)), another),
        ("a reading under another's id", (), one_of_ana(put(f"r/when/{of_bo}", STR)), another),
        (
            "a value under another's id",
            (),
            one_of_ana(put(f"m/uses/{'0' * 32}/{of_bo}", STR)),
            another,
        ),
        ("an own id cut short", (), one_of_ana(put(f"f/acts/{mine[:-1]}", STR)), another),
        ("an own id with a digit more", (), one_of_ana(put(f"f/acts/{mine}0", STR)), another),
        ("an own id that is not digits", (), one_of_ana(put(f"f/acts/{mine[:-1]}g", STR)), another),
        ("an own id in capitals", (), one_of_ana(put(f"f/acts/{mine[:-1]}A", STR)), another),
        ("an own key without an id", (), one_of_ana(put(f"f/{mine}x", STR)), another),
        ("an act put again", (), one_of_ana(said, again), once),
        ("an act taken away", (), one_of_ana(said, delete(f"f/acts/{mine}", (ANA, 1))), once),
        ("an act that is a text", (), one_of_ana(make_text(f"f/acts/{mine}")), once),
    ]


def _bo_unknown() -> Forged:
    return next_of_ana([put("l/a", NULL, b"", (BO, 10))])


def _later() -> list[Row]:
    return [put("l/z", NULL, b"", (ANA, 11)), put("l/z", NULL)]


def _deleted_twice() -> Forged:
    return change(ANA, 2, 14, [delete("l/b")], [BEGINS.hash, OF_CLEO.hash])


def _letters() -> list[Broken]:
    no_text, no_letter, gone = "no such text", "no such letter", "deletes what is gone"
    future, other = "letter of the future", "deletes one letter and replaces another"
    out = [take_out(TEXT, one) for one in LETTERS]
    return [
        ("a text that is a value", ALONE, next_of_ana([letter((ANA, 8), None, "x")]), no_text),
        ("a text of nobody", ALONE, next_of_ana([letter((ANA, 9), None, "x")]), no_text),
        ("a text outside its past", (*ALONE, "bo"), _in_text_of_bo(), no_text),
        ("a text made later", (), one_of_ana(letter((ANA, 2), None, "x"), make_text("t")), no_text),
        ("a letter that is a value", ALONE, next_of_ana([letter(TEXT, (ANA, 8), "x")]), no_letter),
        ("a letter that is its text", ALONE, next_of_ana([letter(TEXT, TEXT, "x")]), no_letter),
        ("a letter outside its past", (*ALONE, "bo"), _after_bo(), no_letter),
        ("a letter of another text", ALL, _other_text(), no_letter),
        ("a letter of another text of the same change", (), _own_other_text(), no_letter),
        ("more letters than there are", ALONE, _five_out(), no_letter),
        ("every other letter, beyond the end", ALONE, _by_twos(), no_letter),
        ("its own letter itself", ALONE, next_of_ana([letter(TEXT, (ANA, 10), "x")]), future),
        ("its own letter to come", ALONE, next_of_ana([letter(TEXT, (ANA, 11), "x")]), future),
        ("own letters deleted before they come", ALONE, _backwards(), future),
        ("letters after one of which another value came", (), _past_a_value(), no_letter),
        ("letters every other one of which is to come", (), _by_twos_ahead(), future),
        ("a letter deleted twice", ALONE, next_of_ana([out[0], out[0]]), gone),
        ("a letter deleted twice in a run", ALONE, _twice_in_a_run(), gone),
        ("a letter deleted again", ALONE, next_of_ana([out[0], out[1], out[0]]), gone),
        ("a letter its past has deleted", ALL, _gone_by_both(), gone),
        ("letters, one of which is gone", ALL, _gone_among(), gone),
        ("a letter the author deleted before", (*ALL, "merge"), _own_gone(), gone),
        ("another letter replaced", ALONE, next_of_ana([out[0].but(preds=(LETTERS[1],))]), other),
        ("letters replaced with another step", ALONE, _other_step(), other),
        ("two letters replaced with another step", (), _two_with_another_step(), other),
        ("letters of another actor replaced", ALL, _other_actor(), other),
    ]


def _in_text_of_bo() -> Forged:
    return next_of_ana([letter(SECOND_TEXT, None, "x")])


def _after_bo() -> Forged:
    return next_of_ana([letter(TEXT, (BO, 16), "x")])


def _other_text() -> Forged:
    return change(ANA, 2, MERGE_START, [letter(TEXT, (BO, 12), "x")], MERGE.deps)


def _own_other_text() -> Forged:
    rows = [make_text("t"), make_text("u"), letter((ANA, 1), None, "x")]
    return one_of_ana(*rows, letter((ANA, 2), (ANA, 3), "y"))


def _five_out() -> Forged:
    return next_of_ana([take_out(TEXT, (ANA, counter)) for counter in range(4, 9)])


def _by_twos() -> Forged:
    return next_of_ana([take_out(TEXT, (ANA, counter)) for counter in (4, 6, 8)])


def _backwards() -> Forged:
    text = (ANA, 10)
    rows = [make_text("t"), *written(text, ANA, 11, "ab"), take_out(text, (ANA, 13))]
    return next_of_ana([*rows, take_out(text, (ANA, 14))])


def _past_a_value() -> Forged:
    """One run: after the last letter, then after a value."""
    rows = [make_text("t"), *written((ANA, 1), ANA, 2, "ab"), put("k", NULL)]
    return one_of_ana(*rows, letter((ANA, 1), (ANA, 3), "c"), letter((ANA, 1), (ANA, 4), "d"))


def _by_twos_ahead() -> Forged:
    """One run: after the last letter, then after itself."""
    after = (None, 2, 2, 4, 6)
    letters = [letter((ANA, 1), (ANA, one) if one else None, "x") for one in after]
    return one_of_ana(make_text("t"), *letters)


def _gone_by_both() -> Forged:
    return change(ANA, 2, MERGE_START, [take_out(TEXT, LETTERS[1])], MERGE.deps)


def _gone_among() -> Forged:
    rows = [take_out(TEXT, one) for one in LETTERS]
    return change(ANA, 2, MERGE_START, rows, MERGE.deps)


def _own_gone() -> Forged:
    return change(ANA, 3, 24, [take_out(TEXT, LETTERS[0])], [MERGE.hash])


def _other_step() -> Forged:
    honest = next_of_ana([take_out(TEXT, one) for one in LETTERS[:3]])
    return honest.column(PRED_COUNTER, forging.deltas((4, 6, 8)))


def _twice_in_a_run() -> Forged:
    out = take_out(TEXT, LETTERS[0])
    return next_of_ana([letter(TEXT, LETTERS[0], "q"), out, out])


def _two_with_another_step() -> Forged:
    """Runs in both columns: the letters 3 and 4, the predecessors 3 and 6."""
    text = (ANA, 1)
    letters = [letter(text, after, "x") for after in (None, (ANA, 2), (ANA, 2))]
    out = [take_out(text, (ANA, 3)), take_out(text, (ANA, 4)).but(preds=((ANA, 6),))]
    return one_of_ana(make_text("t"), *letters, *out)


def _other_actor() -> Forged:
    rows = [take_out(TEXT, LETTERS[0]).but(preds=((BO, 4),))]
    return change(ANA, 2, MERGE_START, rows, MERGE.deps)


def _tables() -> list[Broken]:
    no, half = "actors and operations do not match", "half a replaced operation"
    return [
        ("an actor nobody names", ALL, MERGE.but(others=(*MERGE.others, b"\x40" * 16)), no),
        ("an actor that is not there", ALL, MERGE.but(others=(CLEO,)), no),
        ("no actors of predecessors", ALL, MERGE.column(PRED_ACTOR, None), ABSENT),
        ("no counters of predecessors", ALL, MERGE.column(PRED_COUNTER, None), ABSENT),
        (
            "a predecessor nobody has",
            (),
            BEGINS.column(PRED_ACTOR, b"\x7f\0"),
            "literals out of place",
        ),
        ("a predecessor without an actor", ALL, _half_pred(actor=None), half),
        ("a predecessor without a counter", ALL, _half_pred(counter=None), half),
    ]


def _half_pred(actor: bytes | None = BO, counter: int | None = 10) -> Forged:
    rows = [put("l/a", INT, b"\x09", (CLEO, 10)).but(preds=((CLEO, 10), (actor, counter)))]
    return change(ANA, 2, MERGE_START, [*rows, *MERGE_ROWS[1:]], MERGE.deps)
