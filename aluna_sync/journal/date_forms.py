"""Pieces of patterns: what a month, a day, a year, a stretch of time may be called, folded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from aluna_sync.journal import date_words as words


def any_of(names: Iterable[str]) -> str:
    """Return a pattern of *names*, the longest first."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


SIDE: Final = (
    "(?P<side>" + any_of((*words.BEFORE, *words.LONG_BEFORE, *words.AFTER, *words.THIS)) + ")"
)
LATER_SIDE: Final = (
    "(?P<after>" + any_of((*words.BEFORE[:4], *words.LONG_BEFORE, *words.AFTER)) + ")"
)
N: Final = r"(?P<n>\d{1,3}|" + any_of(words.NUMBERS) + ")"
UNIT: Final = "(?P<unit>" + any_of(words.UNITS) + ")"
MONTH: Final = "(?P<month>" + any_of(words.MONTHS) + r")\.?"
WEEKDAY: Final = "(?P<weekday>" + any_of(words.WEEKDAYS) + r")\.?"
SEASON: Final = "(?P<season>" + any_of(words.SEASONS) + ")"
DAY: Final = r"(?P<day>\d{1,2}|" + any_of(words.DAY_NUMBERS) + ")(?:st|nd|rd|th|o|a|º|°)?"
OF: Final = r"(?:,? (?:de|del|of)(?: ano)?)?"
YEAR: Final = (
    r"(?P<year>\d{4}|'?\d{2}|(?:este|this|el mismo|the same) (?:ano|year)|(?:el )?(?:pasado|"
    r"antepasado|proximo) ano|(?:el )?ano (?:pasado|antepasado|que viene|que entra|proximo)|"
    r"last year|next year|the year before last)"
)
ABOUT: Final = (
    r"(?:como|como en|mas o menos|alrededor de|alrededor del|cerca de|cerca del|hacia|alla por|"
    r"por ahi de|por ahi del|por|around|about|circa|ca\.?|approximately|roughly|"
    r"sometime (?:in|around)|en algun momento de|some time in|casi)"
)
SINCE: Final = r"(?:desde|a partir de|a partir del|hasta|since|until|till|from|durante todo|todo)"
PART: Final = (
    r"(?:a |en |hacia |por )?(?:principios?|inicios?|comienzos?|mediados|fin|fines|final|finales|"
    r"(?:la )?(?:primera|segunda) mitad|early(?: in)?|mid|late(?: in)?|(?:at |in )?(?:the )?"
    r"(?:beginning|start|middle|end|first half|second half))(?:[ -](?:de|del|of))?"
    r"(?: la| el| the)?[ -]"
)
NTH: Final = (
    r"(?:primer|primera|primeros|segund[oa]|tercer|tercera|cuart[oa]|ultim[oa]|ultimos|first|second|"
    r"third|fourth|last)"
)
EVENT: Final = (
    r"(?:(?:poco |justo |just |shortly |un dia |unos dias |dias |la vispera )?(?:antes|despues) "
    r"del? .+|(?:just |shortly )?(?:before|after) .+|(?:cuando|mientras|durante|desde que|hasta "
    r"que|when|while|during|ever since|once we|al dia siguiente|el dia siguiente|el dia que|el dia "
    r"en que|the day (?:that )?(?:we|they|she|he|i)|the next day|the day after|the day before)"
    rf"(?: .+)?|{N} {UNIT} (?:antes|despues|before|after)(?: .+)?)"
)
VAGUELY: Final = (
    r"(?: (?P<about>como|unos|unas|casi|mas de|mas o menos|alrededor de|cerca de|menos de|apenas|"
    r"aproximadamente))?"
)
ROUGHLY: Final = r"(?:(?P<about>about|around|nearly|almost|over|more than|some|like|casi) )?"
FEW: Final = (
    r"(?:un(?:o|a)s(?: cuant[oa]s)?|algun[oa]s|vari[oa]s|poc[oa]s|much[oa]s|a few|some|several|"
    r"many)"
)
IN: Final = r"(?P<ahead>en|dentro de|de aqui a|de hoy en|in|within)"
PART_OF_DAY: Final = (
    r"(?:(?:por|en|a|de) la (?:manana|tarde|noche|madrugada)|temprano|mas tarde|"
    r"(?:in the )?(?:morning|afternoon|evening)|night|early)"
)
