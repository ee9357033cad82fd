"""Each rule of SPEC §6.5: what keeps it passes, what breaks only it is refused with its words."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any, TypeGuard

import pytest

from aluna_protocol import lint
from aluna_protocol.errors import RemoteProtocolError
from aluna_protocol.ids import ActorId, ChangeHash
from mutants.judging import assert_same_for_automerge
from unit.engine.writing import Device, record
from vectors import forging, lint_story, make_lint_vectors, make_vectors

Json = dict[str, Any]
FILE = Path(make_vectors.__file__).parent / "lint.json"
VECTORS: Json = json.loads(FILE.read_text(encoding="utf-8"))
PAST: dict[str, Json] = {case["name"]: case for case in VECTORS["past"]}


BEFORE = (lint_story.BEGINS, lint_story.OF_BO, lint_story.OF_CLEO)


def named(cases: list[Json]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def known(names: list[str]) -> lint.DocumentFacts:
    facts = lint.DocumentFacts()
    for name in names:
        verdict = judged(PAST[name], facts)
        assert isinstance(verdict, lint.ChangeFacts)
        facts.add(verdict)
    return facts


def judged(case: Json, facts: lint.DocumentFacts) -> lint.Verdict:
    return lint.check(bytes.fromhex(case["change"]), ActorId(bytes.fromhex(case["actor"])), facts)


def test_the_file_is_what_the_generator_writes() -> None:
    written = FILE.read_text(encoding="utf-8")
    assert written == make_vectors.text_of(make_lint_vectors.lint_vectors())


@named(VECTORS["passes"])
def test_a_change_that_keeps_the_rules_passes(case: Json) -> None:
    facts = known(case["past"])
    verdict = judged(case, facts)
    assert isinstance(verdict, lint.ChangeFacts)
    assert verdict.hash.hex() == case["hash"]
    assert verdict.actor.hex() == case["actor"]
    numbers = (verdict.seq, verdict.start_op, verdict.max_op, verdict.ops)
    assert numbers == (case["seq"], case["start_op"], case["max_op"], case["ops"])
    header = lint.read_header(bytes.fromhex(case["change"]))
    assert (header.hash, header.max_op, header.ops) == (verdict.hash, verdict.max_op, verdict.ops)
    facts.add(verdict)
    assert judged(case, facts) == lint.Repeated(verdict.hash)


@named(VECTORS["passes"])
def test_automerge_takes_it_and_shows_what_its_operations_say(case: Json) -> None:
    changes = [bytes.fromhex(PAST[name]["change"]) for name in case["past"]]
    assert_same_for_automerge([*changes, bytes.fromhex(case["change"])])


@named(VECTORS["waits"])
def test_a_change_whose_past_is_missing_waits(case: Json) -> None:
    verdict = judged(case, known(case["past"]))
    assert isinstance(verdict, lint.Waiting)
    assert [missing.hex() for missing in verdict.missing] == case["missing"]


@named(VECTORS["repeated"])
def test_a_change_that_is_here_already_is_dropped(case: Json) -> None:
    assert isinstance(judged(case, known(case["past"])), lint.Repeated)


@named(VECTORS["refused"])
def test_a_change_that_breaks_one_rule_is_refused_with_its_words(case: Json) -> None:
    facts = known(case["past"])
    before = len(facts)
    with pytest.raises(RemoteProtocolError) as caught:
        judged(case, facts)
    assert str(caught.value) == case["error"]
    assert len(facts) == before
    if not case["past"]:
        with pytest.raises(RemoteProtocolError) as alone:
            lint.read_alone(bytes.fromhex(case["change"]), ActorId(bytes.fromhex(case["actor"])))
        assert str(alone.value) == case["error"]


def test_every_reason_of_the_code_is_in_the_vectors_with_those_words() -> None:
    package = Path(lint.__file__).parent
    reasons: set[str] = set()
    for path in package.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                reasons |= {str(text.value) for text in ast.walk(node.exc) if _is_text(text)}
    shown = {case["error"] for case in VECTORS["refused"]} | {VECTORS["too_long"]["error"]}
    assert reasons == shown


def _is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_cutting_a_change_short_anywhere_is_refused() -> None:
    body = lint_story.MERGE.body
    facts = known(["begins", "bo", "cleo"])
    for end in range(len(body)):
        for raw in (forging.sealed(body[:end]), lint_story.MERGE.raw[: end + 8]):
            with pytest.raises(RemoteProtocolError):
                lint.check(raw, ActorId(lint_story.ANA), facts)


def test_what_is_known_of_a_document_grows_with_its_changes() -> None:
    facts = known(["begins", "bo", "cleo"])
    begins, bo, cleo = (ChangeHash(one.hash) for one in BEFORE)
    assert facts.heads == {bo, cleo}
    assert facts.creators == [(begins, ActorId(lint_story.ANA))]
    assert facts.actors == (lint_story.ANA, lint_story.CLEO, lint_story.BO)
    assert facts.clock((begins,)) == {lint_story.ANA: 1}
    assert facts.clock((bo, cleo)) == dict.fromkeys(
        (lint_story.ANA, lint_story.BO, lint_story.CLEO), 1
    )
    assert facts.clock(()) == {}
    assert (facts.last_seq(ActorId(lint_story.BO)), facts.last_seq(ActorId(bytes(16)))) == (1, 0)
    assert bo in facts
    assert ChangeHash(lint_story.MERGE.hash) not in facts


def test_rows_of_a_change_give_the_same_change_again() -> None:
    """The tool these vectors are made with spells like Automerge."""
    ana, rui = Device("ana"), Device("rui")
    first = ana.write(*record("aé漢😀"))
    rui.receive(first)
    for raw in (first.raw, *(case.raw for case in lint_story.PAST.values())):
        forged = forging.taken_apart(raw)
        rows = forging.rows_of(forged)
        actors = (forged.actor, *forged.others)
        assert forged.but(columns=forging.columns_of(rows, actors)).raw == raw


@pytest.mark.parametrize("name", ["ACTION", "VALUE_META", "PRED_COUNT"])
def test_a_column_that_every_operation_has_cannot_be_left_out(name: str) -> None:
    without = lint_story.one_of_ana(forging.put("k", forging.NULL))
    raw = without.column(getattr(forging, name), None).raw
    with pytest.raises(RemoteProtocolError, match=r"^column that should be absent$"):
        lint.check(raw, ActorId(lint_story.ANA), lint.DocumentFacts())


def test_a_header_without_operations_is_refused() -> None:
    none = lint_story.one_of_ana(forging.put("k", forging.NULL)).column(forging.ACTION, None)
    with pytest.raises(RemoteProtocolError, match=r"^column that should be absent$"):
        lint.read_header(none.raw)


def test_a_change_that_ends_with_its_dependencies_is_cut_short() -> None:
    with pytest.raises(RemoteProtocolError, match=r"^change cut short$"):
        lint.read_header(forging.sealed(forging.leb(1) + bytes(32)))


def test_a_column_named_twice_is_refused() -> None:
    honest = lint_story.one_of_ana(forging.put("k", forging.NULL))
    columns = [one for one in honest.columns.items() for _ in (1, 2)]
    table = b"".join(forging.leb(name) + forging.leb(len(data)) for name, data in columns)
    before = honest.but(columns={}).body[:-1]
    counted = before + forging.leb(len(columns)) + table
    raw = forging.sealed(counted + b"".join(data for _, data in columns))
    with pytest.raises(RemoteProtocolError, match=r"^column unknown, empty or out of order$"):
        lint.check(raw, ActorId(lint_story.ANA), lint.DocumentFacts())


@pytest.mark.parametrize("last", list(map(chr, range(1, 128))))
def test_an_own_id_is_of_small_hexadecimal_digits_alone(last: str) -> None:
    key = f"f/acts/{lint_story.own_id(lint_story.ANA, 1)[:-1]}{last}"
    raw = lint_story.one_of_ana(forging.put(key, forging.STR, b"{}")).raw
    if last in "0123456789abcdef":
        lint.check(raw, ActorId(lint_story.ANA), lint.DocumentFacts())
    else:
        with pytest.raises(RemoteProtocolError, match=r"^an own key of another$"):
            lint.check(raw, ActorId(lint_story.ANA), lint.DocumentFacts())
