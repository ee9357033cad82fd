"""What the home page is made of: sections of a few lines, each leading somewhere."""

from __future__ import annotations

from aluna_protocol.dataclass import dataclass
from aluna_protocol.ids import DocumentId


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section; *document* or *draft* or *page* is where Enter goes."""

    words: str
    aside: str = ""
    document: DocumentId | None = None
    draft: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A few lines under a name."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the home page shows."""

    collective: str
    here: str
    sections: tuple[Section, ...]
