"""Writes docs/cli.md and docs/comandos.md from the commands: `python docs/make_commands.py`.

With `--check` it writes nothing and fails when a page is stale. Verbs, options and exit codes come
from the program itself; what is printed with --json is in `json_shapes.py` and held against the
verbs by a test, pictures apart, whose shapes are read from what is drawn.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import importlib.util
import re
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from aluna_sync.errors import ExitCode
from aluna_sync.journal.pictures import drawing
from aluna_tui.commands.grammar import shared_options
from aluna_tui.commands.program import build_program
from aluna_tui.commands.table import FAMILIES, Entry
from aluna_tui.commands.twins import Twins
from aluna_tui.texts import _, bind_libraries, language, use_language

HERE: Final = Path(__file__).parent
PAGES: Final = {"en": HERE / "cli.md", "es": HERE / "comandos.md"}
_TOP: Final = ("timeline", "impact_map", "weave", "responsibility", "agreements", "care",
               "weariness", "honouring", "fields", "networks", "fear", "contexts", "memory_book",
               "year", "devices")  # fmt: skip
"""Modules of the pictures, in the order of their names."""
_CLASSES: Final = ("Timeline", "ImpactMap", "Weave", "Responsibility", "Agreements",
                   "CareCalendar", "Weariness", "MourningDates", "FieldsBalance", "Networks",
                   "FearReading", "ThenAndNow", "MemoryBooks", "Year", "WhoHasWhat")  # fmt: skip


def _shapes() -> Any:
    spec = importlib.util.spec_from_file_location("json_shapes", HERE / "json_shapes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SHAPES: Final[dict[str, tuple[str, ...]]] = _shapes().SHAPES
KEYS: Final[dict[str, tuple[str, str]]] = _shapes().KEYS

SAID: Final = {
    "en": {
        "title": "The commands, and what they print for scripts",
        "intro": (
            "`docs/make_commands.py` writes this page from the program. It is a contract: names of "
            "verbs and options, keys of JSON and exit codes change only with a note in the "
            "changelog.\n\n"
            "- `aluna` alone opens the screens; `aluna --plain` holds all of it as a conversation, "
            "a line at a time, for screen readers. Each verb has two names, one per language; both "
            "always work, with or without accents. Help speaks the language in use.\n"
            "- What was asked for goes to stdout, everything else to stderr.\n"
            "- `--json` prints one object on one line: keys in English whatever the language, "
            "dates as ISO, lists inside the object. New keys may be added; none goes away.\n"
            "- Ids may be shortened to what begins only one. `-` in place of words reads them "
            "from stdin, so that they stay out of the shell's history.\n"
            "- The passphrase is asked for on the terminal, or read from `ALUNA_PASSPHRASE_FILE` "
            "(a file only you can read) or `--passphrase-fd`; it is never an argument.\n"
            "- `--set FIELD=VALUE` says something in a field: several items of a set stand between "
            "commas; `item: words` gives one a note, which goes to the next semicolon, commas and "
            "all (`kinds=fear: at night, at home; guilt`); `FIELD-=item` takes one out; `FIELD=` "
            "says nothing any more. A field is meant by its code first, then by its name."
        ),
        "codes": "Exit codes",
        "code_words": {0: "done", 1: "could not be done; it says why", 2: "wrong use",
                       3: "locked, or a wrong passphrase", 4: "nobody to sync with",
                       5: "not everything arrived in time", 130: "interrupted"},
        "shared": "Options every verb takes",
        "option": "option", "meaning": "what it does", "json": "With `--json`",
        "keys": "What keys mean", "key": "key",
        "notation": (
            "In what follows `key?` is there only sometimes, `[x]` is a list of x, `{str: x}` an "
            "object with such keys, `a|b` either of two. `hex` is an id in hex digits, `str` "
            "words, `n` a whole number, `f` a number, `bool` true or false, `date` an ISO date as "
            "coarse as it was said, `time` an ISO date and time with its zone, `…` what the "
            "schema of the record says ([records.md](records.md))."
        ),
        "pictures": "Each picture has its own keys beside `\"picture\": str`:",
        "repeated": "may be repeated",
        "none": "It prints nothing for scripts.",
    },
    "es": {
        "title": "Los comandos, y lo que imprimen para programas",
        "intro": (
            "`docs/make_commands.py` escribe esta página a partir del programa. Es un contrato: "
            "los nombres de verbos y opciones, las claves del JSON y los códigos de salida sólo "
            "cambian con una nota en el registro de cambios.\n\n"
            "- `aluna` a solas abre las pantallas; `aluna --plain` lleva todo como conversación, "
            "renglón por renglón, para lectores de pantalla. Cada verbo tiene dos nombres, uno por "
            "idioma; los dos sirven siempre, con acentos o sin ellos. La ayuda habla el idioma en "
            "uso.\n"
            "- Lo que se pidió sale por stdout, todo lo demás por stderr.\n"
            "- `--json` imprime un objeto en un renglón: claves en inglés en cualquier idioma, "
            "fechas ISO, listas dentro del objeto. Pueden agregarse claves; ninguna se va.\n"
            "- De un id basta el principio que sólo él tiene. `-` en lugar de palabras las lee de "
            "stdin, para que no queden en el historial de la terminal.\n"
            "- La frase se pide en la terminal, o se lee de `ALUNA_PASSPHRASE_FILE` (un archivo "
            "que sólo tú puedes leer) o de `--passphrase-fd`; nunca es un argumento.\n"
            "- `--set CAMPO=VALOR` dice algo en un campo: varios elementos de un conjunto van "
            "entre comas; `elemento: palabras` le da una nota, que llega hasta el punto y "
            "coma, con todo y comas (`kinds=miedo: de noche, en casa; culpa`); "
            "`CAMPO-=elemento` lo quita; "
            "`CAMPO=` ya no dice nada. Un campo se entiende primero por su código, luego por su "
            "nombre."
        ),
        "codes": "Códigos de salida",
        "code_words": {0: "hecho", 1: "no se pudo; dice por qué", 2: "mal uso",
                       3: "cerrado, o frase equivocada", 4: "nadie con quien sincronizar",
                       5: "no todo llegó a tiempo", 130: "interrumpido"},
        "shared": "Opciones de todos los verbos",
        "option": "opción", "meaning": "qué hace", "json": "Con `--json`",
        "keys": "Qué quieren decir las claves", "key": "clave",
        "notation": (
            "En lo que sigue, `clave?` está sólo a veces, `[x]` es una lista de x, `{str: x}` un "
            "objeto con claves así, `a|b` uno de dos. `hex` es un id en dígitos hexadecimales, "
            "`str` palabras, `n` un número entero, `f` un número, `bool` verdadero o falso, `date` "
            "una fecha ISO tan gruesa como se dijo, `time` fecha y hora ISO con su zona, `…` lo "
            "que diga el esquema del registro ([registros.md](registros.md))."
        ),
        "pictures": "Cada imagen tiene sus claves junto a `\"picture\": str`:",
        "repeated": "puede repetirse",
        "none": "No imprime nada para programas.",
    },
}  # fmt: skip


def page(code: str) -> str:
    """Return the whole page in *code* ("es" or "en")."""
    before = language()
    use_language(code)
    bind_libraries()
    try:
        return "\n".join(_lines(code)) + "\n"
    finally:
        use_language(before)


def _lines(code: str) -> Iterator[str]:
    said: dict[str, Any] = SAID[code]
    yield f"# {said['title']}\n"
    yield f"{said['intro']}\n"
    for family in FAMILIES:
        names = " · ".join(f"[{one.name_in(code)}](#{one.name})" for one in family.entries)
        yield f"- {_(family.title)}: {names}"
    yield f"\n## {said['codes']}\n"
    for number in ExitCode:
        yield f"- `{number.value}`: {said['code_words'][number.value]}"
    yield f"\n## {said['shared']}\n"
    program = build_program()
    with click.Context(program, info_name="aluna") as context:
        yield from _options(code, [*shared_options(shown=True)], context)
        yield f"\n{said['notation']}\n"
        for family in FAMILIES:
            yield f"## {_(family.title)}\n"
            for entry in family.entries:
                yield from _verb(code, entry, program, context)
    yield f"## {said['keys']}\n"
    yield f"| {said['key']} | {said['meaning']} |"
    yield "|---|---|"
    for key, meanings in sorted(KEYS.items()):
        yield f"| `{key}` | {meanings[code == 'es']} |"


def _verb(code: str, entry: Entry, program: Any, context: click.Context) -> Iterator[str]:
    command = program.get_command(context, entry.name)
    yield f'<a id="{entry.name}"></a>\n'
    yield f"### `{entry.name_in(code)}` (`{entry.other_name(code)}`)\n"
    with click.Context(command, info_name=entry.name_in(code), parent=context) as inner:
        yield from _command(code, entry.name, command, inner)


def _command(code: str, name: str, command: Any, context: click.Context) -> Iterator[str]:
    said: dict[str, Any] = SAID[code]
    yield f"{_(command.help)}\n"
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"```\n{context.command_path} {pieces}\n```\n"
    options = [one for one in command.params if not getattr(one, "hidden", False)]
    if any(isinstance(one, click.Option) for one in options):
        yield from _options(code, options, context)
        yield ""
    shapes = SHAPES.get(name, ())
    if shapes:
        yield f"{said['json']}:\n\n```"
        yield from shapes
        yield "```\n"
    if name == "picture":
        yield f"{said['pictures']}\n\n```"
        yield from (f"{one}: {shape}" for one, shape in picture_shapes().items())
        yield "```\n"
    if isinstance(command, Twins):
        for sub, twin in command.twins.items():
            inner_command = command.get_command(context, sub)
            here, there = (twin, sub) if code == "es" else (sub, twin)
            yield f"#### `{context.info_name} {here}` (`{there}`)\n"
            with click.Context(inner_command, info_name=here, parent=context) as inner:
                yield from _command(code, f"{name} {sub}", inner_command, inner)


def _options(code: str, options: list[click.Parameter], context: click.Context) -> Iterator[str]:
    said: dict[str, Any] = SAID[code]
    yield f"| {said['option']} | {said['meaning']} |"
    yield "|---|---|"
    for one in options:
        if not isinstance(one, click.Option) or not one.opts:
            continue
        metavar = "" if one.is_flag or one.count else f" {one.make_metavar(context)}"
        flags = ", ".join((*one.opts, *one.secondary_opts)) + metavar
        words = _(one.help or "")
        if one.multiple and said["repeated"] not in words.casefold():
            words += f" ({said['repeated']})"
        yield f"| `{_cell(flags)}` | {_cell(words)} |"


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


# -- pictures --------------------------------------------------------------------------------------


def picture_shapes() -> dict[str, str]:
    """Return what each picture prints, read from what is drawn."""
    found: dict[str, str] = {}
    for name, module, drawn in zip(drawing.NAMES, _TOP, _CLASSES, strict=True):
        loaded = importlib.import_module(f"aluna_sync.journal.pictures.{module}")
        found[name] = _shape(getattr(loaded, drawn))
    return found


def _shape(hint: Any) -> str:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint, vars(sys.modules[hint.__module__]))
        fields = (f'"{one.name}": {_shape(hints[one.name])}' for one in dataclasses.fields(hint))
        return "{" + ", ".join(fields) + "}"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "|".join(f'"{one.value}"' for one in hint)
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return "|".join(_shape(one) for one in typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        inner = [one for one in typing.get_args(hint) if one is not Ellipsis]
        return "[" + ", ".join(_shape(one) for one in inner) + "]"
    known = {str: "str", int: "n", bool: "bool", float: "f", type(None): "null", bytes: "hex"}
    return known.get(hint, "hex")


KEY: Final = re.compile(r'"(\w+)"\??:')


def keys_of(shapes: tuple[str, ...]) -> set[str]:
    """Return every key named in *shapes*."""
    return {key for shape in shapes for key in KEY.findall(shape)}


def main() -> int:
    """Write the pages, or with `--check` only say whether they are current."""
    stale = 0
    for code, path in PAGES.items():
        words = page(code)
        if path.exists() and path.read_text(encoding="utf-8") == words:
            continue
        stale += 1
        if "--check" not in sys.argv:
            path.write_text(words, encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
