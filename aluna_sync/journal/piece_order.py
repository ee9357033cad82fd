"""The order of pieces in a memory, which several people may arrange apart (domain C6.2).

Each piece names the one it stands behind; what was put in the same place apart stands newest
first, so that nobody's piece comes between another's and what she put it behind. All of it depends
on the acts alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.types import Act

FIRST: Final = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: its words as last written, or as each wrote them apart, and its record if any."""

    id: str
    words: tuple[str, ...]
    record: str
    """The id of a record in hex; empty for words alone. Two pieces may name the same one."""


def pieces_in_order(acts: Iterable[Act]) -> list[Piece]:
    """Return the pieces that were not taken out. *acts* are those of one field, causes first.

    A piece moved twice apart goes where the later in order put it; a move that would put pieces in
    a circle, and a place behind a piece nobody knows, count as the beginning.
    """
    known = list(acts)
    places: dict[str, str] = {}
    rank: dict[str, int] = {}
    for number, act in enumerate(known):
        match act.value:
            case {"act": "piece", **rest}:
                places[act.id], rank[act.id] = _behind(rest), number
            case {"act": "move", "piece": str(piece), **rest} if piece in places:
                if not _is_behind(piece, _behind(rest), places):
                    places[piece], rank[piece] = _behind(rest), number
            case _:
                pass
    out = _taken_out(known)
    ordered: list[str] = []
    followers: dict[str, list[str]] = {}
    for piece, place in places.items():
        followers.setdefault(place if place in places else FIRST, []).append(piece)
    for several in followers.values():
        # Taken from the end: the newest stands next to what it was put behind.
        several.sort(key=lambda piece: rank[piece])
    waiting = list(followers.get(FIRST, ()))
    while waiting:
        piece = waiting.pop()
        ordered.append(piece)
        waiting += followers.get(piece, ())
    by_id = {act.id: act for act in known}
    words = _words(known)
    return [
        Piece(piece, words.get(piece, ()), _record(by_id[piece]))
        for piece in ordered
        if piece not in out
    ]


def _behind(rest: dict[object, object]) -> str:
    behind = rest.get("behind")
    return behind if isinstance(behind, str) else FIRST


def _is_behind(piece: str, place: str, places: dict[str, str]) -> bool:
    """Tell whether *place* is *piece* itself or stands behind it, however far."""
    while place in places:
        if place == piece:
            return True
        place = places[place]
    return False


def _taken_out(acts: list[Act]) -> set[str]:
    """Return the pieces taken out by who had seen all that was written in them: writing wins."""
    seen = {act.id: _past(act, acts) for act in acts if _kind(act) == "take_out"}
    out: set[str] = set()
    for act in acts:
        if act.id not in seen or not isinstance(act.value, dict):
            continue
        piece = act.value.get("piece")
        touched = {
            one.id
            for one in acts
            if _kind(one) in ("rewrite", "move")
            and isinstance(one.value, dict)
            and one.value.get("piece") == piece
        }
        if isinstance(piece, str) and touched <= seen[act.id]:
            out.add(piece)
    return out


def _past(act: Act, acts: list[Act]) -> set[str]:
    by_id = {one.id: one for one in acts}
    past: set[str] = set()
    waiting = list(act.after)
    while waiting:
        one = waiting.pop()
        if one not in past:
            past.add(one)
            waiting += by_id[one].after if one in by_id else ()
    return past


def _words(acts: list[Act]) -> dict[str, tuple[str, ...]]:
    """Return the words of each piece: the last rewriting, or all that were written apart."""
    said: dict[str, list[Act]] = {}
    for act in acts:
        match act.value:
            case {"act": "piece"}:
                said[act.id] = [act]
            case {"act": "rewrite", "piece": str(piece)} if piece in said:
                past = _past(act, acts)
                said[piece] = [one for one in said[piece] if one.id not in past] + [act]
            case _:
                pass
    return {
        piece: tuple(
            words
            for one in several
            if isinstance(one.value, dict) and isinstance(words := one.value.get("words"), str)
        )
        for piece, several in said.items()
    }


def _record(act: Act) -> str:
    record = act.value.get("record") if isinstance(act.value, dict) else None
    return record if isinstance(record, str) else ""


def _kind(act: Act) -> str:
    kind = act.value.get("act") if isinstance(act.value, dict) else None
    return kind if isinstance(kind, str) else ""
