"""Names of the pictures, and the words people type for them in either language."""

from __future__ import annotations

from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_sync.journal.folding import fold
from aluna_tui.texts import N_, _, language


@dataclass(frozen=True, slots=True)
class PictureLabel:
    """How a picture is called: its title, what it shows, and its word in Spanish."""

    title: str
    about: str
    twin: str


PICTURES: Final = {
    "timeline": PictureLabel(
        N_("Timeline"), N_("What they did to us, and what we did."), "línea"
    ),
    "impacts": PictureLabel(
        N_("Map of impacts"), N_("Where it is lived, and what sustained us there."), "impactos"
    ),
    "weave": PictureLabel(
        N_("Weave"), N_("Each harm with what sustained us in it."), "tejido"
    ),
    "responsibility": PictureLabel(
        N_("Matrix of responsibility"),
        N_("Who is responsible, how, and what they answered."),
        "responsabilidad",
    ),
    "agreements": PictureLabel(
        N_("Agreements"), N_("How they stand, and what to look at again."), "acuerdos"
    ),
    "care": PictureLabel(
        N_("Care calendar"), N_("A month of care, and dates to honour."), "cuidados"
    ),
    "weariness": PictureLabel(
        N_("Weariness over time"), N_("Conditions, load and rest, month by month."), "desgaste"
    ),
    "mourning": PictureLabel(
        N_("Dates of mourning"), N_("Dates to honour and rites to come."), "duelos"
    ),
    "fields": PictureLabel(
        N_("Fields of work"),
        N_("What there is in each, and which we have not looked at."),
        "campos",
    ),
    "networks": PictureLabel(
        N_("Networks"), N_("Allies, what each holds, who holds too much."), "redes"
    ),
    "fear": PictureLabel(
        N_("Reading of fear"), N_("Where our alarm moved, and how we moved as a group."), "miedo"
    ),
    "context": PictureLabel(
        N_("Context then and now"), N_("Two readings of the context side by side."), "contexto"
    ),
    "memory": PictureLabel(
        N_("Memory book"), N_("The pieces we chose, in our order."), "memoria"
    ),
    "year": PictureLabel(
        N_("The year together"), N_("A draft of a year, for us to rewrite."), "año"
    ),
    "devices": PictureLabel(
        N_("Who has what"), N_("Which device has everything, and what waits for it."), "aparatos"
    ),
}  # fmt: skip


def picture_word(name: str) -> str:
    """Return the word a picture is asked for with, in the language in use."""
    return PICTURES[name].twin if language() == "es" else name


def picture_title(name: str) -> str:
    """Return the title of a picture in the language in use."""
    return _(PICTURES[name].title)


def picture_from_words(words: str) -> str | None:
    """Return the picture that *words* name in either language, None if none."""
    wanted = fold(words)
    for name, label in PICTURES.items():
        if wanted in (name, fold(label.twin), fold(label.title), fold(_(label.title))):
            return name
    return None
