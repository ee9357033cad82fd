"""Every verb, its Spanish twin, and where it lives: known without importing the verb itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aluna_sync.journal.folding import fold
from aluna_tui.texts import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One verb: its names, the module of this folder that holds it, and one line about it."""

    name: str
    twin: str
    module: str
    summary: str

    def name_in(self, language: str) -> str:
        """Return the verb in *language*."""
        return self.twin if language == "es" else self.name

    def other_name(self, language: str) -> str:
        """Return the verb in the other language."""
        return self.name if language == "es" else self.twin


@dataclass(frozen=True, slots=True)
class Family:
    """Verbs shown together in the help."""

    title: str
    entries: tuple[Entry, ...]


FAMILIES: Final = (
    Family(
        N_("Begin and come together"),
        (
            Entry(
                "init", "iniciar", "founding", N_("Create a collective and this device's vault.")
            ),
            Entry(
                "invite", "invitar", "door", N_("Open the door to somebody new, with five words.")
            ),
            Entry("join", "entrar", "door", N_("Enter through an open door.")),
            Entry("people", "gente", "people", N_("Who belongs to the collective.")),
            Entry("devices", "aparatos", "people", N_("The devices, and what each one lacks.")),
        ),
    ),
    Family(
        N_("Write"),
        (
            Entry("add", "anotar", "writing", N_("Write a new record.")),
            Entry("edit", "editar", "changing", N_("Change a record.")),
            Entry("link", "enlazar", "changing", N_("Link a record to another.")),
        ),
    ),
    Family(
        N_("Read"),
        (
            Entry("list", "ver", "reading", N_("List records.")),
            Entry("show", "mostrar", "showing", N_("Read one record, whole.")),
            Entry("search", "buscar", "reading", N_("Search words in every record.")),
            Entry("vocabulary", "vocabulario", "vocabulary", N_("The words to name things with.")),
        ),
    ),
    Family(
        N_("Meet"),
        (
            Entry("sync", "sincronizar", "syncing", N_("Meet the devices within reach.")),
            Entry("node", "nodo", "syncing", N_("Stay and keep in sync, without screens.")),
            Entry("status", "estado", "status", N_("What is here, and what is missing where.")),
        ),
    ),
    Family(
        N_("Look after this device"),
        (
            Entry("lock", "cerrar", "upkeep", N_("Close what is open.")),
            Entry("panic", "destruir", "upkeep", N_("Destroy what is kept here, at once.")),
            Entry("doctor", "revisar", "upkeep", N_("Check that everything is well.")),
            Entry("locate", "ubicar", "upkeep", N_("Where your data is.")),
            Entry("completion", "completar", "upkeep", N_("Completion of words for your shell.")),
            Entry(
                "demo", "demostrar", "upkeep", N_("Three devices tell the story of a day apart.")
            ),
        ),
    ),
)

ENTRIES: Final = tuple(entry for family in FAMILIES for entry in family.entries)


def find_entry(word: str) -> Entry | None:
    """Return the verb named *word* in either language, with or without accents."""
    folded = fold(word)
    for entry in ENTRIES:
        if folded in (entry.name, fold(entry.twin)):
            return entry
    return None


def near_names(word: str, language: str) -> list[str]:
    """Return verbs, in *language*, that somebody who typed *word* may have meant."""
    from difflib import get_close_matches

    names = {fold(name): entry for entry in ENTRIES for name in (entry.name, entry.twin)}
    near = get_close_matches(fold(word), names, n=3, cutoff=0.6)
    return list(dict.fromkeys(names[name].name_in(language) for name in near))
