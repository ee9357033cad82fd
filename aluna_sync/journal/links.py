"""Links between records: directed, named from both ends, kept in the set `links` (domain C4)."""

from __future__ import annotations

import re
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.types import Record
from aluna_sync.store.rows import LinkRow

_LINK: Final = re.compile(r"([a-z][a-z0-9_]{0,31}):([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class LinkKind:
    """A kind of link. *out* and *into* are the ids of its names seen from source and target."""

    id: str
    out: str
    into: str
    sources: tuple[str, ...] = ()
    """Types it usually starts from; empty means any. A suggestion, never a refusal."""
    targets: tuple[str, ...] = ()

    @property
    def symmetric(self) -> bool:
        """Whether both ends call it the same."""
        return self.out == self.into


_DECLARED: Final = (
    LinkKind("did", "brought", "came_from", ("event",), ("impact",)),
    LinkKind("responsible", "is_responsible", "responsible_for", ("event",), ("actor",)),
    LinkKind("sustained", "helped_with", "was_sustained_by", ("coping",), ("impact",)),
    LinkKind("uses_practice", "uses_practice", "was_used_in", ("care_time",), ("care_practice",)),
    LinkKind(
        "answers",
        "answers",
        "was_answered_by",
        ("agreement", "response", "protection"),
        ("event", "impact", "context"),
    ),
    LinkKind(
        "reviews",
        "follows",
        "was_followed_by",
        ("agreement", "protection", "context"),
        ("agreement", "protection", "context"),
    ),
    LinkKind("part_of", "is_part_of", "holds", (), ("process",)),
    LinkKind("loss_from", "loss_came_from", "left_a_loss", ("mourning",), ("event",)),
    LinkKind("reads", "reads", "was_read_in", ("context",), ("event", "actor")),
    LinkKind(
        "changes_condition",
        "changes",
        "was_asked_for_by",
        ("agreement", "protection"),
        ("round", "check_in"),
    ),
    LinkKind("keeps", "keeps", "is_kept_in", ("memory",), ()),
    LinkKind("before", "came_before", "came_after", ("event",), ("event",)),
    LinkKind("within", "happened_within", "contains", ("event",), ("event",)),
    LinkKind("same_time", "at_the_same_time", "at_the_same_time", ("event",), ("event",)),
    LinkKind("brought_about", "brought_about", "was_brought_about_by", ("event",), ("event",)),
    LinkKind("followed", "followed_on", "was_followed_on_by", ("event",), ("event",)),
    LinkKind(
        "helped_by",
        "is_helped_by",
        "helps_in",
        ("check_in", "mourning"),
        ("coping", "care_practice", "care_time"),
    ),
    LinkKind("goes_by", "goes_by", "applies_in", ("emergency",), ("agreement", "protection")),
    LinkKind("grew_from", "grew_from", "gave_rise_to", ("task",), ()),
    LinkKind("beside", "see_also", "see_also"),
)

LINK_KINDS: Final[dict[str, LinkKind]] = {kind.id: kind for kind in _DECLARED}


def name_id(kind: str, *, outgoing: bool) -> str:
    """Return the id of the name *kind* has from one end; an unknown kind is its own name."""
    known = LINK_KINDS.get(kind)
    if known is None:
        return kind
    return known.out if outgoing else known.into


def is_usual(kind: str, source_type: str, target_type: str) -> bool:
    """Return whether *kind* is usually drawn between these types."""
    known = LINK_KINDS.get(kind)
    return known is not None and (
        (not known.sources or source_type in known.sources)
        and (not known.targets or target_type in known.targets)
    )


def usual_kinds(source_type: str, target_type: str) -> tuple[LinkKind, ...]:
    """Return the kinds to offer first between these types."""
    return tuple(k for k in _DECLARED if is_usual(k.id, source_type, target_type))


def link_item(kind: str, target: DocumentId) -> str:
    """Return the item of the set `links` that stands for this link."""
    return f"{kind}:{target.hex()}"


def parse_link(item: str) -> LinkRow | None:
    """Return the link *item* stands for, kinds nobody knows yet included; None if malformed."""
    found = _LINK.fullmatch(item)
    if found is None:
        return None
    return LinkRow(found[1], DocumentId(bytes.fromhex(found[2])))


def links_of(record: Record) -> tuple[LinkRow, ...]:
    """Return the links that start at *record*."""
    parsed = (parse_link(member.item) for member in record.sets.get("links", ()))
    return tuple(link for link in parsed if link is not None)
