"""What a person keeps for herself: terms she does not want to see, and filters with a name.

Both lie in records of her private space, which only her own devices hold. Two of her devices may
have begun such a record apart: then all of them count together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId
from aluna_sync.journal.filters import Filter
from aluna_sync.journal.folding import fold
from aluna_sync.journal.types import Record

TYPE: Final = "mine"
HIDDEN: Final = "hidden"
VIEWS: Final = "views"


@dataclass(frozen=True, slots=True)
class View:
    """A filter with a name, and the records that hold it."""

    name: str
    filter: Filter
    documents: tuple[DocumentId, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything a person keeps for herself in one private space."""

    documents: tuple[DocumentId, ...] = ()
    hidden: dict[str, tuple[DocumentId, ...]] = field(default_factory=dict)
    """Hidden terms, with the records that say so."""
    views: tuple[View, ...] = ()

    def view(self, name: str) -> View | None:
        """Return the view called *name*, however its accents and capitals are typed."""
        wanted = fold(name)
        return next((view for view in self.views if fold(view.name) == wanted), None)


def mine(records: Iterable[Record]) -> Mine:
    """Return what *records* of the type `mine` hold together."""
    known = sorted((one for one in records if one.type == TYPE), key=lambda one: one.id)
    hidden: dict[str, tuple[DocumentId, ...]] = {}
    views: dict[str, View] = {}
    for record in known:
        for member in record.sets.get(HIDDEN, ()):
            hidden[member.item] = (*hidden.get(member.item, ()), record.id)
        for member in record.sets.get(VIEWS, ()):
            before = views.get(fold(member.item))
            if before is None:
                view = View(member.item, Filter.from_kept(member.note), (record.id,))
            else:
                view = View(before.name, before.filter, (*before.documents, record.id))
            views[fold(member.item)] = view
    ordered = sorted(views.values(), key=lambda view: fold(view.name))
    return Mine(tuple(record.id for record in known), hidden, tuple(ordered))
