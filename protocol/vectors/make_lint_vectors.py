"""Vectors of the rules for Automerge changes (SPEC §6.5): good ones, and each rule broken once.

Three devices share a record. Ana begins it, Bo and Cleo add to it apart, Ana goes on from both.
What follows is judged against a past named by the changes it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aluna_protocol import lint
from aluna_protocol.ids import ActorId
from vectors import forging, lint_story, refused_changes
from vectors.forging import Forged

Json = dict[str, Any]
ACTOR_BYTES = 16


def lint_vectors() -> Json:
    """Return the changes of the past, those that pass, wait or are repeated, and those refused."""
    story = lint_story.PAST
    return {
        "past": [
            {"name": name, "actor": change.actor.hex(), "change": change.raw.hex()}
            for name, change in story.items()
        ],
        "passes": [_passing(name, past, change) for name, past, change in lint_story.GOOD],
        "waits": [
            {
                **_case("a change without part of its past", ("begins", "bo"), lint_story.MERGE),
                "missing": [story["cleo"].hash.hex()],
            }
        ],
        "repeated": [_case("a change that is here", ("begins", "bo"), story["bo"])],
        "refused": [
            {
                "rule": case.rule,
                **_case(case.name, case.past, case.change, case.actor),
                "error": case.error,
            }
            for case in refused_changes.all_cases()
        ],
        "too_long": {"bytes": lint.MAX_CHANGE_BYTES + 1, "error": "change too long"},
    }


def facts_of(names: Iterable[str]) -> lint.DocumentFacts:
    """Return what the lint knows of a document that holds the changes *names* of the past."""
    known = lint.DocumentFacts()
    for name in names:
        change = lint_story.PAST[name]
        verdict = lint.check(change.raw, ActorId(change.actor), known)
        if not isinstance(verdict, lint.ChangeFacts):
            raise TypeError(f"{name} does not pass")
        known.add(verdict)
    return known


def _case(name: str, past: Iterable[str], change: Forged | bytes, actor: bytes = b"") -> Json:
    raw, own = (change.raw, change.actor) if isinstance(change, Forged) else (change, b"")
    log = actor or (own if len(own) == ACTOR_BYTES else lint_story.ANA)
    return {"name": name, "past": list(past), "actor": log.hex(), "change": raw.hex()}


def _passing(name: str, past: Iterable[str], change: Forged) -> Json:
    case = _case(name, past, change)
    verdict = lint.check(change.raw, ActorId(change.actor), facts_of(case["past"]))
    if not isinstance(verdict, lint.ChangeFacts):
        raise TypeError(f"{name} does not pass")
    return {
        **case,
        "hash": verdict.hash.hex(),
        "seq": verdict.seq,
        "start_op": verdict.start_op,
        "max_op": verdict.max_op,
        "ops": len(forging.rows_of(change)),
    }
