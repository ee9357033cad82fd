"""The one door to gettext: every text on screen goes through `_` or `ngettext`.

Message ids are English. `N_` marks a text that is translated later, where it is shown.
"""

from __future__ import annotations

import functools
import gettext
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aluna_sync.journal.folding import fold

LANGUAGES: Final = ("es", "en")
DOMAIN: Final = "aluna"
LOCALE_DIR: Final = Path(__file__).parent / "locale"

_current: list[str] = ["es"]


def N_(message: str) -> str:
    """Mark *message* for translation and return it unchanged."""
    return message


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=True)


def _(message: str) -> str:
    """Return *message* in the language in use."""
    return _catalogue(_current[0]).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the form of the message that fits *count*, in the language in use."""
    return _catalogue(_current[0]).ngettext(singular, plural, count)


def language() -> str:
    """Return the language in use: "es" or "en"."""
    return _current[0]


def use_language(code: str) -> None:
    """Speak *code* ("es" or "en") from now on."""
    if code not in LANGUAGES:
        raise ValueError(code)
    _current[0] = code


def bind_libraries() -> None:
    """Make libraries that speak through the standard gettext (click) use our catalogue too."""
    gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    gettext.textdomain(DOMAIN)
    # The standard gettext has no other way to be told a language than this variable.
    os.environ["LANGUAGE"] = _current[0]


def listed(items: Sequence[str]) -> str:
    """Join *items* the way people say a list: "a, b and c", "a, b e Itzel"."""
    if len(items) < 2:
        return "".join(items)
    last = items[-1]
    sounds_like_i = fold(last).startswith(("i", "hi")) and not fold(last).startswith(
        ("hia", "hie", "hio")
    )
    last_word = ("e" if sounds_like_i else "y") if language() == "es" else "and"
    return f"{', '.join(items[:-1])} {last_word} {last}"


def language_from_environment() -> str:
    """Return the language asked for by ALUNA_LANG, then the system's variables, else Spanish."""
    for variable in ("ALUNA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        code = value.split("_")[0].split(".")[0].lower()
        if code in LANGUAGES:
            return code
    return "es"
