"""Ways of saying a date, in the order they are tried: what fits, who understands it, a clue.

The second of each is a method of `date_speech.Speaker`; the third are letters one of which the
words must hold, "#" for a digit: a pattern that cannot fit need not be built.
"""

from __future__ import annotations

from functools import cache
from re import Pattern
from re import compile as compile_pattern
from typing import Final

from aluna_sync.journal import date_forms as forms
from aluna_sync.journal.date_words import DECADES, MONTHS, SEASONS, UNITS, WEEKDAYS

_DIGIT: Final = ("#",)
_MONTHS: Final = tuple(MONTHS)
_DAYS: Final = tuple(WEEKDAYS)
_SEASONS: Final = tuple(SEASONS)
_UNITS: Final = tuple(UNITS)
_AGO: Final = ("hace", "ago", "atras")
_COMING: Final = ("en ", "dentro", "aqui", "in ", "within", "from", "adelante")
_ALWAYS: Final = ("",)

PATTERNS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    (r"(?:ano (?:de )?)?(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", "iso", _DIGIT),
    (
        r"(?P<day>\d{1,2})[/.-](?P<number>\d{1,2})(?:[/.-](?P<year>\d{4}|\d{2}))?",
        "numbers",
        _DIGIT,
    ),
    (r"(?P<number>\d{1,2})/(?P<year>\d{4})", "numbers_month", _DIGIT),
    (
        r"(?:de |del |entre |from |between )?(?P<first>\d{4}) ?(?:-|/|y|al?|and|to) ?"
        r"(?P<last>\d{4})",
        "years",
        _DIGIT,
    ),
    (r"(?:en el |ano )(?P<year>'?\d{2})", "short_year", _DIGIT),
    (
        rf"{forms.DAY}(?: de | of |[ /-])?{forms.MONTH}(?:{forms.OF}[ /-]{forms.YEAR})?",
        "day_month",
        _MONTHS,
    ),
    (
        rf"{forms.MONTH} (?:the )?{forms.DAY}(?:(?: of)? (?P<year>\d{{4}}))?",
        "day_month",
        _MONTHS,
    ),
    (
        rf"(?:{forms.SIDE} )?{forms.DAY}(?: de | of | ){forms.MONTH}(?: {forms.LATER_SIDE})?",
        "day_month_side",
        _MONTHS,
    ),
    (rf"{forms.MONTH}(?:{forms.OF}[ /-]{forms.YEAR})?", "month", _MONTHS),
    (
        rf"(?:{forms.SIDE} )?(?:mes de )?{forms.MONTH}(?: {forms.LATER_SIDE})?",
        "month_side",
        _MONTHS,
    ),
    (rf"mes de {forms.MONTH}(?:{forms.OF}[ /-]{forms.YEAR})?", "month", _MONTHS),
    (
        rf"(?:el dia|el|dia|on the|the) {forms.DAY}(?: (?:de|del|of) (?P<rest>.*(?:mes|month).*))?",
        "day_of_this",
        ("el", "dia", "the"),
    ),
    (rf"(?:{forms.SIDE} )?{forms.WEEKDAY}(?: {forms.LATER_SIDE})?", "weekday", _DAYS),
    (
        rf"{forms.WEEKDAY}(?: de| of)? (?P<rest>(?:.* )?(?:semana|week)(?: .*)?)",
        "weekday_of_week",
        ("semana", "week"),
    ),
    (
        rf"(?:del? |el )?{forms.WEEKDAY} en ocho(?: dias)?",
        "weekday_in_eight",
        ("en ocho", "week on"),
    ),
    (rf"a week on {forms.WEEKDAY}", "weekday_in_eight", ("en ocho", "week on")),
    (rf"hace {forms.N} {forms.WEEKDAY}", "weekdays_ago", _AGO),
    (rf"{forms.N} {forms.WEEKDAY} ago", "weekdays_ago", _AGO),
    (rf"hace(?: ya)?{forms.VAGUELY} {forms.N} {forms.UNIT}", "away", _AGO),
    (rf"{forms.ROUGHLY}{forms.N} {forms.UNIT} (?:ago|atras)", "away", _AGO),
    (
        rf"{forms.IN}{forms.VAGUELY} {forms.N} {forms.UNIT}(?:'?s? time)?",
        "away",
        (*_AGO, *_COMING),
    ),
    (
        rf"{forms.N} {forms.UNIT} (?P<ahead>from (?:now|today)|mas adelante)",
        "away",
        (*_AGO, *_COMING),
    ),
    (
        rf"(?:hace(?: ya)?|{forms.IN}){forms.VAGUELY} (?:{forms.N} )?{forms.UNIT} y medi[oa]",
        "away_and_half",
        ("medi", "half"),
    ),
    (
        rf"(?:hace(?: ya)?|{forms.IN}) (?P<only_half>medi[oa]) {forms.UNIT}",
        "away_and_half",
        (*_AGO, *_COMING),
    ),
    (rf"{forms.N} {forms.UNIT} and a half ago", "away_and_half", ("medi", "half")),
    (rf"{forms.N} and a half {forms.UNIT} ago", "away_and_half", ("medi", "half")),
    (rf"(?P<only_half>half) an? {forms.UNIT} ago", "away_and_half", ("medi", "half")),
    (rf"(?:hace(?: ya)?|{forms.IN}) {forms.FEW} {forms.UNIT}", "few_away", (*_AGO, *_COMING)),
    (rf"(?P<ahead>)?{forms.FEW} {forms.UNIT} (?:ago|atras)", "few_away", (*_AGO, *_COMING)),
    (
        rf"(?:{forms.SIDE} )?(?:fin de semana|finde|weekend|(?(side)fin))(?: {forms.LATER_SIDE})?",
        "weekend",
        ("fin", "week"),
    ),
    (
        rf"(?:{forms.SIDE} )?{forms.UNIT}(?(side)|(?: {forms.LATER_SIDE}))",
        "neighbour",
        _UNITS,
    ),
    (rf"{forms.SEASON}{forms.OF}[ /-]{forms.YEAR}", "season", _SEASONS),
    (rf"(?:{forms.SIDE} )?{forms.SEASON}(?: {forms.LATER_SIDE})?", "season_side", _SEASONS),
    (
        r"(?:(?:los|the)(?: anos)?|anos|(?:la )?decada (?:de|del)(?: los)?(?: anos)?) "
        rf"(?P<decade>(?:19|20)\d0|[2-9]0|{forms.any_of(DECADES)})s?",
        "decade",
        ("anos", "los ", "the ", "decada", "0s", "0's", "#"),
    ),
    (
        r"(?:the )?(?P<decade>(?:19|20)\d0|[2-9]0)'?s",
        "decade",
        ("anos", "los ", "the ", "decada", "0s", "0's", "#"),
    ),
    (
        r"(?:entre|del?|desde|between|from) (?:el |the )?(?P<start>.+?) (?:y|e|al?|hasta|and|to|"
        r"until|till)(?: el| the)? (?P<end>.+)",
        "span",
        ("entre", "de", "between", "from"),
    ),
    (r"(?P<start>\d{1,2}) ?(?:-|y|al?|and|to) ?(?P<end>\d{1,2} .+)", "span", _DIGIT),
    (
        rf"{forms.MONTH} {forms.DAY} ?(?:-|to|and|through) ?\d{{1,2}}(?:th|st|nd|rd)?"
        r"(?: (?P<year>\d{4}))?",
        "days_of_month",
        _MONTHS,
    ),
    (
        rf"(?P<start>{forms.any_of(MONTHS)}) ?(?:-|/|y|e|al?|and|to) ?"
        rf"(?P<end>(?:{forms.any_of(MONTHS)})\b.*)",
        "span",
        _MONTHS,
    ),
    (rf"{forms.PART}(?P<rest>.+)", "part", _ALWAYS),
    (
        rf"{forms.NTH} (?:semana|quincena|week|fortnight|trimestre|bimestre|cuatrimestre|semestre|"
        r"quarter|mitad|half|dias|days|fin de semana|weekend) (?:del?|of)(?: la| el| the)? "
        r"(?P<rest>.+)",
        "part",
        (" de", " of"),
    ),
    (forms.EVENT, "event", _ALWAYS),
    (rf"(?P<rest>.+?) {forms.PART_OF_DAY}", "rest", _ALWAYS),
    (
        r"(?:la |the )?(?:manana|tarde|noche|madrugada|morning|afternoon|evening|night) "
        r"(?:del?|of) (?P<rest>.+)",
        "rest",
        (" de", " of"),
    ),
    (
        rf"{forms.WEEKDAY} (?:the )?(?P<rest>\d.*|(?:{forms.any_of(MONTHS)})\b.*)",
        "rest",
        _DAYS,
    ),
    (rf"{forms.ABOUT} (?P<rest>.+)", "about", _ALWAYS),
    (rf"{forms.SINCE} (?P<rest>.+)", "about", _ALWAYS),
    (
        r"(?P<rest>.+?) (?:mas o menos|aproximadamente|approximately|or so)",
        "about",
        ("mas o", "approx", "aprox", "or so"),
    ),
)


@cache
def pattern(number: int) -> Pattern[str]:
    """Return the pattern at *number*, built the first time it is asked for."""
    return compile_pattern(PATTERNS[number][0])
