"""Words for dates in Spanish and English, folded: without accents or case."""

from __future__ import annotations

from typing import Final

DAY, MONTH, YEAR, PERIOD = "dat.day", "dat.month", "dat.year", "dat.period"
RELATIVE, UNKNOWN, WITHHELD = "dat.relative", "dat.unknown", "dat.withheld"

NUMBERS: Final = {
    name: number
    for number, names in {
        1: "un una uno one a an", 2: "dos two", 3: "tres three", 4: "cuatro four",
        5: "cinco five", 6: "seis six", 7: "siete seven", 8: "ocho eight", 9: "nueve nine",
        10: "diez ten", 11: "once eleven", 12: "doce twelve", 15: "quince fifteen",
        20: "veinte twenty", 30: "treinta thirty",
    }.items()
    for name in names.split()
}  # fmt: skip
"""Numbers people say in words."""

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "enero ene january jan", "febrero feb february", "marzo mar march",
            "abril abr april apr", "mayo may", "junio jun june", "julio jul july",
            "agosto ago august aug", "septiembre setiembre sep sept set september",
            "octubre oct october", "noviembre nov november", "diciembre dic december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
"""Names and abbreviations of the months, January is 1."""

WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "lunes lun monday mon", "martes tuesday tue", "miercoles mie wednesday wed",
            "jueves jue thursday thu", "viernes vie friday fri", "sabado sab saturday sat",
            "domingo dom sunday sun",
        )
    )
    for name in names.split()
}  # fmt: skip
"""Names and abbreviations of the weekdays, Monday is 0."""

DAYS: Final = {
    name: days
    for days, names in {
        0: ("hoy", "today", "esta manana", "esta tarde", "esta noche", "this morning",
            "this afternoon", "this evening", "tonight", "ahora", "now"),
        -1: ("ayer", "yesterday", "anoche", "last night"),
        -2: ("anteayer", "antier", "antes de ayer", "the day before yesterday",
             "day before yesterday", "anteanoche"),
        1: ("manana", "tomorrow"),
        2: ("pasado manana", "the day after tomorrow", "day after tomorrow"),
    }.items()
    for name in names
}  # fmt: skip
"""Ways of saying a day near today, and how many days away it is."""

UNITS: Final = {
    "dia": "day", "dias": "day", "day": "day", "days": "day",
    "semana": "week", "semanas": "week", "week": "week", "weeks": "week",
    "mes": "month", "meses": "month", "month": "month", "months": "month",
    "ano": "year", "anos": "year", "year": "year", "years": "year",
}  # fmt: skip
"""Units of time."""

NO_DATE: Final = {
    **dict.fromkeys(("no se sabe", "no sabemos", "desconocida", "unknown", "not known"), UNKNOWN),
    **dict.fromkeys(("reservada", "reservado", "no decirla", "kept back", "withheld"), WITHHELD),
}
"""Ways of saying that there is no date to tell."""
