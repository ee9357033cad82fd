"""Names of record types and of links, and the words people may type for them."""

from __future__ import annotations

from typing import Final

from aluna_protocol.dataclass import dataclass
from aluna_tui.texts import N_


@dataclass(frozen=True, slots=True)
class TypeLabel:
    """How a record type is called: its name, its plural, and other words people may type."""

    glyph: str
    name: str
    plural: str
    words: tuple[str, ...]


TYPES: Final = {
    "note": TypeLabel("+", N_("note"), N_("notes"), ("nota", "notas", "notes")),
    "event": TypeLabel(
        "·", N_("event"), N_("events"), ("hecho", "hechos", "evento", "suceso", "events")
    ),
    "impact": TypeLabel(
        "▪",
        N_("what this did to us"),
        N_("what this did to us"),
        ("impacto", "impactos", "impacts", "lo que esto nos hizo", "what this did to us"),
    ),
    "coping": TypeLabel(
        "◆",
        N_("what sustained us"),
        N_("what sustained us"),
        ("sostén", "afrontamiento", "lo que nos sostuvo", "what sustained us", "sustained"),
    ),
    "care_practice": TypeLabel(
        "○",
        N_("care"),
        N_("care"),
        ("cuidado", "cuidados", "care", "care-practice", "practica de cuidado", "practica"),
    ),
    "agreement": TypeLabel(
        "≡", N_("agreement"), N_("agreements"), ("acuerdo", "acuerdos", "agreements")
    ),
    "care_time": TypeLabel(
        "◌",
        N_("time for care"),
        N_("times for care"),
        ("tiempo de cuidado", "tiempos de cuidado", "care time", "calendario"),
    ),
    "task": TypeLabel("-", N_("task"), N_("tasks"), ("tarea", "tareas", "tasks")),
    "member": TypeLabel(
        "◎",
        N_("member card"),
        N_("member cards"),
        ("integrante", "integrantes", "ficha", "fichas", "members"),
    ),
    "marker": TypeLabel("¦", N_("mark"), N_("marks"), ("marca", "marcas", "markers")),
    "actor": TypeLabel(
        "×",
        N_("who is responsible"),
        N_("who is responsible"),
        ("actor", "actores", "actors", "responsable", "responsables"),
    ),
    "context": TypeLabel(
        "*",
        N_("reading of the context"),
        N_("readings of the context"),
        ("contexto", "contextos", "contexts", "lectura del contexto"),
    ),
    "process": TypeLabel(
        "→",
        N_("accompaniment"),
        N_("accompaniments"),
        ("proceso", "procesos", "acompañamiento", "acompañamientos", "processes"),
    ),
    "emergency": TypeLabel(
        "!", N_("emergency"), N_("emergencies"), ("emergencia", "emergencias", "emergencies")
    ),
    "mourning": TypeLabel("~", N_("mourning"), N_("mournings"), ("duelo", "duelos", "mournings")),
    "check_in": TypeLabel(
        "^",
        N_("how I arrive"),
        N_("how I arrive"),
        ("llegada", "llegadas", "cómo llego", "how i arrive", "check-ins"),
    ),
    "round": TypeLabel("@", N_("round"), N_("rounds"), ("ronda", "rondas", "rounds")),
    "bond": TypeLabel("&", N_("bond"), N_("bonds"), ("vínculo", "vínculos", "bonds")),
    "protection": TypeLabel(
        "■",
        N_("protection agreement"),
        N_("protection agreements"),
        ("protección", "protecciones", "acuerdo de protección", "protections"),
    ),
    "response": TypeLabel(
        "»",
        N_("what we demand"),
        N_("what we demand"),
        ("exigencia", "exigencias", "respuesta", "respuestas", "responses", "demand"),
    ),
    "memory": TypeLabel("§", N_("memory"), N_("memories"), ("memoria", "memorias", "memories")),
}

LINKS: Final = {
    # kind: (seen from the record that has the link, seen from the other one)
    "did": (N_("Brought"), N_("Came from")),
    "responsible": (N_("Responsible"), N_("Is responsible for")),
    "sustained": (N_("Helped with"), N_("What sustained us")),
    "uses_practice": (N_("Practice"), N_("Is practised in")),
    "answers": (N_("Answers"), N_("Was answered by")),
    "reviews": (N_("Follows"), N_("Was followed by")),
    "part_of": (N_("Is part of"), N_("Holds")),
    "loss_from": (N_("What was lost came from"), N_("Was the loss of")),
    "reads": (N_("Looks at"), N_("Is looked at in")),
    "changes_condition": (N_("Changes"), N_("Was asked for by")),
    "keeps": (N_("Keeps"), N_("Is kept in")),
    "before": (N_("Was before"), N_("Was after")),
    "within": (N_("Happened within"), N_("Held within it")),
    "same_time": (N_("At the same time as"), N_("At the same time as")),
    "brought_about": (N_("Brought about"), N_("Was brought about by")),
    "followed": (N_("Came after"), N_("Then came")),
    "helped_by": (N_("What helps"), N_("Helps in")),
    "goes_by": (N_("Agreements that apply"), N_("Applies in")),
    "grew_from": (N_("Grew out of"), N_("Gave rise to")),
    "beside": (N_("See also"), N_("See also")),
}
