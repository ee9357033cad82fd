"""Brings the catalogues up to date: `python tui/aluna_tui/locale/update.py [--check]`.

Extracts every text of `aluna_tui` and those of click (whose help speaks through our catalogue
too), merges them into each language's `aluna.po`, and compiles the `aluna.mo` beside it. Babel is
needed for this script only, never at run time.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LOCALE: Final = Path(__file__).parent
PACKAGE: Final = LOCALE.parent
LANGUAGES: Final = ("es",)
KEYWORDS: Final = {"_": None, "N_": None, "ngettext": (1, 2), "gettext": None}
# A date that moves would make every run a change.
_ALWAYS: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def click_folder() -> Path:
    """Return where click is installed."""
    spec = importlib.util.find_spec("click")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("click")
    return Path(spec.origin).parent


def extracted() -> Catalog:
    """Return the texts of the program and of click, without translations."""
    catalog = Catalog(project="aluna", charset="utf-8")
    for folder in (PACKAGE, click_folder()):
        found = extract_from_dir(
            str(folder), method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=()
        )
        for _file, _line, message, comments, context in found:
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def merged(language: str) -> Catalog:
    """Return the catalogue of *language* with exactly the texts there are now."""
    # Looking for texts takes long: read last, so that nothing written meanwhile is lost.
    texts = extracted()
    path = po_path(language)
    catalog = Catalog(locale=language, domain="aluna")
    if path.exists():
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=language, domain="aluna")
    catalog.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment = "# Aluna Sync. English texts are the identifiers."
    catalog.project, catalog.version = "aluna", "1"
    catalog.creation_date = catalog.revision_date = _ALWAYS
    catalog.last_translator = catalog.language_team = "Aluna Sync"
    catalog.msgid_bugs_address = ""
    catalog.fuzzy = False
    return catalog


def po_path(language: str) -> Path:
    """Return where people translate *language*."""
    return LOCALE / language / "LC_MESSAGES" / "aluna.po"


def po_bytes(catalog: Catalog) -> bytes:
    """Return *catalog* as it is kept: sorted and without places, so that changes read well."""
    written = io.BytesIO()
    write_po(written, catalog, width=96, no_location=True, sort_output=True)
    return written.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """Return *catalog* compiled."""
    written = io.BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def main() -> int:
    """Write the catalogues, or with `--check` only say whether they are current."""
    stale = 0
    for language in LANGUAGES:
        catalog = merged(language)
        path = po_path(language)
        for file, content in (
            (path, po_bytes(catalog)),
            (path.with_suffix(".mo"), mo_bytes(catalog)),
        ):
            if file.exists() and file.read_bytes() == content:
                continue
            stale += 1
            if "--check" not in sys.argv:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        missing = [message.id for message in catalog if message.id and not message.string]
        sys.stderr.write(f"{language}: {len(catalog)} texts, {len(missing)} not translated\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
