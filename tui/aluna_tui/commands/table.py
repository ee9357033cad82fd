"""Every verb, its Spanish twin, and where it lives: known without importing the verb itself."""

from __future__ import annotations

from typing import Final

from aluna_protocol.dataclass import dataclass
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
            Entry("card", "tarjeta", "cards", N_("Ask from far away to be let in.")),
            Entry("admit", "admitir", "cards", N_("Let in somebody by her card.")),
            Entry("people", "gente", "people", N_("Who belongs to the collective.")),
            Entry("devices", "aparatos", "people", N_("The devices, and what each one lacks.")),
        ),
    ),
    Family(
        N_("Decide together who belongs"),
        (
            Entry("keepers", "custodia", "agreeing", N_("Who keeps the door, and what waits.")),
            Entry("second", "respaldar", "agreeing", N_("Say yes to what somebody asked for.")),
            Entry("remove", "quitar", "agreeing", N_("Ask that a person or a device go.")),
            Entry("suspend", "suspender", "agreeing", N_("Stop a device that was taken, at once.")),
            Entry("lift", "reanudar", "agreeing", N_("Let a suspended device go on.")),
            Entry("circle", "círculo", "circles", N_("Spaces for some of you.")),
            Entry("rest", "descansar", "agreeing", N_("Rest, or come back.")),
            Entry("leave", "salir", "agreeing", N_("Leave the collective.")),
        ),
    ),
    Family(
        N_("Write"),
        (
            Entry("add", "anotar", "writing", N_("Write a new record.")),
            Entry("edit", "editar", "changing", N_("Change a record.")),
            Entry("act", "hacer", "acting", N_("Do something with a record: propose, pause…")),
            Entry("link", "enlazar", "changing", N_("Link a record to another.")),
            Entry("take-back", "retirar", "taking_back", N_("Take back a record you made.")),
            Entry("share", "compartir", "circles", N_("Give a version to another space.")),
        ),
    ),
    Family(
        N_("Read"),
        (
            Entry("list", "ver", "reading", N_("List records.")),
            Entry("show", "mostrar", "showing", N_("Read one record, whole.")),
            Entry("search", "buscar", "reading", N_("Search words in every record.")),
            Entry("views", "vistas", "reading", N_("Lists and searches you keep by name.")),
            Entry(
                "voices",
                "voces",
                "voices",
                N_("What waits for your voice, and what to look at again."),
            ),
            Entry("picture", "imagen", "picturing", N_("Pictures of what you share, in words.")),
            Entry("digest", "resumen", "digest", N_("What happened while you were apart.")),
            Entry(
                "history", "historia", "history", N_("Who changed a record, and how it read then.")
            ),
            Entry("tray", "bandeja", "tray", N_("What came too late, to read or decline.")),
            Entry("vocabulary", "vocabulario", "vocabulary", N_("The words to name things with.")),
        ),
    ),
    Family(
        N_("Meet"),
        (
            Entry("sync", "sincronizar", "syncing", N_("Meet the devices within reach.")),
            Entry("node", "nodo", "syncing", N_("Stay and keep in sync, without screens.")),
            Entry("bundle", "bulto", "carrying", N_("One sealed file for companions, on a stick.")),
            Entry("folder", "carpeta", "carrying", N_("A directory that another tool carries.")),
            Entry("status", "estado", "status", N_("What is here, and what is missing where.")),
            Entry("quiet", "sigilo", "network", N_("Send nothing on a network unasked.")),
            Entry(
                "findable",
                "hallable",
                "network",
                N_("Be found where announcements are blocked."),
            ),
        ),
    ),
    Family(
        N_("Look after this device"),
        (
            Entry("lock", "cerrar", "closing", N_("Close what is open.")),
            Entry("panic", "destruir", "closing", N_("Destroy what is kept here, at once.")),
            Entry(
                "safety", "seguridad", "closing", N_("What protects this device, and its limits.")
            ),
            Entry("passphrase", "frase", "passphrases", N_("Change the passphrase.")),
            Entry(
                "recover",
                "recuperar",
                "passphrases",
                N_("Three lists of words, two of which open the vault."),
            ),
            Entry(
                "notebook",
                "cuaderno",
                "passphrases",
                N_("A second passphrase that opens a small notebook."),
            ),
            Entry("backup", "copiar", "copies", N_("Write a sealed copy of this device.")),
            Entry("restore", "restaurar", "copies", N_("Come back from a sealed copy.")),
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
