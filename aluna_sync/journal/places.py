"""Places as a group names them: a name or code name and how wide it is, never a position.

Whoever takes the journal must not find anybody with it. So what a map or a satellite receiver gives
(degrees, grid squares, plus codes, links to maps, three words of what3words) is not taken as the
name of a place; digits that are part of a name are.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from aluna_sync.errors import WrongUseError
from aluna_sync.journal.folding import fold

LEVELS: Final = {
    "place": ("lugar", "un lugar", "a place", "sitio", "site"),
    "municipality": ("municipio", "un municipio", "a municipality", "town"),
    "region": ("region", "una region", "a region"),
    "country": ("pais", "un pais", "a country"),
    "network": ("red", "una red", "a network"),
    "kept_back": (
        "kept back", "we keep it to ourselves", "reservado", "reservada", "no decirlo",
        "lo guardamos", "nos lo guardamos",
    ),
}  # fmt: skip
"""How wide a place is, and other ways of saying it, folded."""

_LEVEL: Final = re.compile(r"(?P<name>.*)\((?P<level>[^()]{1,40})\)\s*", re.DOTALL)

_DEGREE: Final = "[°˚º]|deg(?:rees?)?|grados?"
_SIDE: Final = r"(?:[NSEWO]|norte|sur|este|oeste|north|south|east|west)\b"
_DECIMAL: Final = r"[-+]?\d{1,3}[.,·]\d{2,}"
_BETWEEN: Final = r"\s*[,;/|:y&]?\s*"
_LABEL: Final = r"(?:lat|lon|lng|long|latitud|longitud|latitude|longitude|y|and)?[:=]?\s*"

_POSITIONS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 19.4326, -99.1332 · 19,4326 N 99,1332 W · lat: 19.43 lon: -99.13
        rf"{_DECIMAL}\s*(?:{_DEGREE})?\s*(?:{_SIDE})?{_BETWEEN}{_LABEL}{_DECIMAL}",
        r"\b(?:lat|lon|lng|latitud|longitud|latitude|longitude)\.?\s*[:=]?\s*[-+]?\d{1,3}\b",
        # 19°25'57" N · 19° 25.95' · 19.43° N · N 19° 25
        rf"\d{{1,3}}(?:[.,]\d+)?\s*(?:{_DEGREE})\s*\d{{1,2}}(?:[.,]\d+)?\s*['’′´m]",
        rf"\d{{1,3}}[.,]\d+\s*(?:{_DEGREE})\s*{_SIDE}",
        rf"\b{_SIDE}\s*\d{{1,3}}\s*(?:{_DEGREE})",
        rf"\d{{1,3}}\s*(?:{_DEGREE})\s*{_SIDE}",
        # 194326N 0991332W
        r"\b\d{6}(?:\.\d+)?\s*[NS]\W{0,3}\d{6,7}(?:\.\d+)?\s*[EWO]\b",
        # UTM 14Q 486000 2148000 · MGRS 14QMG8600048000
        r"\b\d{1,2}\s?[C-HJ-NP-X]\s?\d{6}(?:[.,]\d+)?\s?[mE]*[\s,;]{1,3}\d{6,7}(?:[.,]\d+)?\b",
        r"\b\d{1,2}[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?(?:\d{4}|\d{6}|\d{8}|\d{10}|\d{2,5}\s\d{2,5})\b",
        r"\bgeo:\s*[-+]?\d",
        r"@[-+]?\d{1,3}\.\d+\s*,\s*[-+]?\d{1,3}\.\d+",
    )
)
_PLUS_CODE: Final = re.compile(
    r"(?<![0-9A-Z])(?:[23456789CFGHJMPQRVWX]{8}|[23456789CFGHJMPQRVWX]{6}(?:00)?"
    r"|[23456789CFGHJMPQRVWX]{4}(?:0000)?)\+(?:[23456789CFGHJMPQRVWX]{2,7})?(?![0-9A-Z])",
    re.IGNORECASE,
)
_MAP_LINK: Final = re.compile(
    r"(?:https?|geo|comgooglemaps|om|osmand)://|\bwww\.|\b(?:maps?|goo|openstreetmap|osm|waze|"
    r"what3words|w3w|mapcarta|wego|bing|yandex|organicmaps|omaps|mapy|plus|mapbox|ge0)\."
    r"(?:[a-z]+\.)?(?:com|org|net|gl|co|me|app|cz|mx|io|codes|ru|do)(?:\.[a-z]{2})?\b(?:/|\b)"
    r"|/{3}\s?[^\W\d_]+(?:\.[^\W\d_]+){2}|///",
    re.IGNORECASE,
)


def refuse_positions(name: str, field: str) -> None:
    """Raise when *name* would let somebody be found on a map.

    `WrongUseError` with field=*field*: "no-map-links", "no-plus-codes", "no-coordinates".
    """
    plain = _plain(name)
    if _MAP_LINK.search(plain):
        raise WrongUseError("no-map-links", field=field)
    if _PLUS_CODE.search(plain):
        raise WrongUseError("no-plus-codes", field=field)
    if any(position.search(plain) for position in _POSITIONS):
        raise WrongUseError("no-coordinates", field=field)


def parse_place(words: str) -> tuple[str, str]:
    """Return the name and the level, empty when not said, of a place said as `name (level)`.

    Levels are ids or their names in either language; a level alone is a place without a name.
    """
    said = words.strip()
    if alone := level_called(said):
        return "", alone
    found = _LEVEL.fullmatch(said)
    if found is not None and (level := level_called(found["level"])):
        return found["name"].strip(), level
    return said, ""


def level_called(words: str) -> str:
    """Return the level *words* name in either language, empty when none."""
    wanted = fold(words)
    for level, names in LEVELS.items():
        if wanted == level or wanted in names:
            return level
    return ""


def _plain(name: str) -> str:
    """Return *name* with digits, signs and spaces of any script as the plain ones."""
    # First the sign people type for degrees, which would become a letter.
    letters = unicodedata.normalize("NFKC", name.replace("º", "°")).replace("\u2212", "-")
    return "".join(
        str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in letters
    )
