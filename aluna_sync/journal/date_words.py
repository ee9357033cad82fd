"""Words for dates in Spanish and English, folded: without accents or case."""

from __future__ import annotations

from typing import Final

DAY, MONTH, YEAR, PERIOD = "dat.day", "dat.month", "dat.year", "dat.period"
RELATIVE, UNKNOWN, WITHHELD = "dat.relative", "dat.unknown", "dat.withheld"

_SPANISH: Final = (
    "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once",
    "doce", "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve",
    "veinte", "veintiuno", "veintidos", "veintitres", "veinticuatro", "veinticinco",
    "veintiseis", "veintisiete", "veintiocho", "veintinueve", "treinta",
)  # fmt: skip
_ENGLISH: Final = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
)  # fmt: skip
_ORDINALS: Final = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip

NUMBERS: Final = {
    **{name: number for number, name in enumerate(_SPANISH, start=1)},
    **{name: number for number, name in enumerate(_ENGLISH, start=1)},
    **dict.fromkeys(("un", "una", "a", "an"), 1),
    "cuarenta": 40, "cincuenta": 50, "thirty": 30, "forty": 40, "fifty": 50,
    **dict.fromkeys(("un par de", "a couple of", "a couple", "couple of"), 2),
}  # fmt: skip
"""Numbers people say in words."""

DAY_NUMBERS: Final = {
    **{name: number for number, name in enumerate(_SPANISH, start=1)},
    **{name: number for number, name in enumerate(_ORDINALS, start=1)},
    **{f"twenty-{name}": 20 + number for number, name in enumerate(_ORDINALS[:9], start=1)},
    "primero": 1, "primer": 1, "treinta y uno": 31, "thirtieth": 30, "thirty-first": 31,
}  # fmt: skip
"""Days of a month as people say them."""

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
            "lunes lun monday mon mondays", "martes tuesday tue tuesdays",
            "miercoles mie wednesday wed wednesdays", "jueves jue thursday thu thursdays",
            "viernes vie friday fri fridays", "sabado sabados sab saturday sat saturdays",
            "domingo domingos dom sunday sun sundays",
        )
    )
    for name in names.split()
}  # fmt: skip
"""Names and abbreviations of the weekdays, Monday is 0."""

DAYS: Final = {
    name: days
    for days, names in {
        0: ("hoy", "today", "hoy mismo", "esta manana", "esta tarde", "esta noche",
            "esta madrugada", "hoy temprano", "al rato", "mas tarde", "this morning",
            "this afternoon", "this evening", "tonight", "ahora", "ahorita", "ahora mismo", "now",
            "right now", "just now", "recien", "hace rato", "hace un rato", "hace un ratito",
            "hace ratito", "hace un momento", "hace unos momentos", "hace unos minutos",
            "hace unas horas", "hace media hora", "hace unos instantes", "a moment ago",
            "a few minutes ago", "a few hours ago", "half an hour ago", "earlier today",
            "later today"),
        -1: ("ayer", "yesterday", "ayer mismo", "anoche", "last night"),
        -2: ("anteayer", "antier", "antes de ayer", "antiayer", "antes de anoche", "antenoche",
             "anteanoche", "antier en la noche", "the day before yesterday",
             "day before yesterday", "the night before last", "night before last"),
        -3: ("trasantier", "tras antier", "trasanteayer", "antes de antier",
             "antes de anteayer"),
        1: ("manana", "tomorrow", "manana mismo"),
        2: ("pasado manana", "the day after tomorrow", "day after tomorrow"),
        7: ("de hoy en ocho", "de hoy en ocho dias", "a week today", "today week"),
        8: ("de manana en ocho", "de manana en ocho dias", "a week tomorrow"),
        14: ("de hoy en quince", "de hoy en quince dias"),
    }.items()
    for name in names
}  # fmt: skip
"""Ways of saying a day near today, and how many days away it is."""

UNITS: Final = {
    "hora": "hour", "horas": "hour", "hour": "hour", "hours": "hour", "minuto": "hour",
    "minutos": "hour", "minute": "hour", "minutes": "hour",
    "dia": "day", "dias": "day", "day": "day", "days": "day",
    "noche": "day", "noches": "day", "night": "day", "nights": "day",
    "semana": "week", "semanas": "week", "week": "week", "weeks": "week",
    "quincena": "half-month", "quincenas": "half-month", "fortnight": "fortnight",
    "fortnights": "fortnight",
    "mes": "month", "meses": "month", "month": "month", "months": "month",
    "ano": "year", "anos": "year", "year": "year", "years": "year",
    "decada": "decade", "decadas": "decade", "decade": "decade", "decades": "decade",
}  # fmt: skip
"""Units of time."""

DECADES: Final = {
    "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70,
    "ochenta": 80, "noventa": 90, "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50,
    "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90,
}  # fmt: skip
"""Names of decades."""

SEASONS: Final = {
    "primavera": 3, "spring": 3, "verano": 6, "summer": 6, "otono": 9, "autumn": 9, "fall": 9,
    "invierno": 12, "winter": 12,
}  # fmt: skip
"""Seasons and the month they begin in, north of the equator."""

BEFORE: Final = ("pasado", "pasada", "ultimo", "ultima", "last", "this past", "past")
LONG_BEFORE: Final = ("antepasado", "antepasada", "before last")
AFTER: Final = ("proximo", "proxima", "next", "que viene", "que entra", "siguiente", "the coming")
THIS: Final = ("este", "esta", "this", "en curso")
"""Words before or after a stretch of time: which one of them is meant."""

NO_DATE: Final = {
    **dict.fromkeys(
        ("no se sabe", "no sabemos", "no se", "desconocida", "unknown", "not known",
         "we do not know", "nadie sabe", "nobody knows", "hace mucho", "hace mucho tiempo",
         "hace tiempo", "hace anos", "hace siglos", "hace poco", "hace poco tiempo",
         "hace algun tiempo", "hace un tiempo", "recientemente", "ultimamente", "el otro dia",
         "otro dia", "un dia de estos", "alguna vez", "long ago", "a long time ago", "years ago",
         "some time ago", "a while ago", "recently", "lately", "the other day", "other day",
         "once", "siempre", "always", "algun dia", "some day"),
        UNKNOWN,
    ),
    **dict.fromkeys(
        ("reservada", "reservado", "no decirla", "nos la guardamos", "kept back", "withheld"),
        WITHHELD,
    ),
}  # fmt: skip
"""Ways of saying that there is no date to tell; the words stay."""
