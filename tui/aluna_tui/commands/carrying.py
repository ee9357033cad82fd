"""`bundle` and `folder`: sticks, and directories that some other tool carries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aluna_sync.errors import IncompleteError, WrongUseError
from aluna_sync.journal.folding import fold
from aluna_tui.carrying_words import looked_words, taken_words, written_words
from aluna_tui.commands.grammar import Arg, Invocation, Opt, Verb
from aluna_tui.commands.opening import open_device
from aluna_tui.commands.output import Voice
from aluna_tui.commands.twins import Twins
from aluna_tui.commands.waiting import run_in_loop
from aluna_tui.texts import N_, _

if TYPE_CHECKING:
    from aluna_protocol.ids import PersonId, SpaceId
    from aluna_sync.device import Device
    from aluna_sync.exchange.taking import Taken
    from aluna_sync.exchange.writing import Written
    from aluna_sync.store.folders import FolderRow

_PROGRESS_AT_LEAST = 2_000_000
"""Bytes, or entries times a thousand: shorter work is over before anybody wonders."""


@click.group(
    "bundle",
    cls=Twins,
    twins={"write": "escribir", "read": "leer"},
    help=N_(
        "One sealed file for companions, on a stick or by any road: only their devices can open "
        "it, and it never expires. What it brings is kept however often it is read."
    ),
)
def bundle_verb() -> None:
    """Hold the verbs about bundles."""


@bundle_verb.command(
    "write",
    cls=Verb,
    help=N_(
        "Write a bundle to FILE. Everything that somebody it is for is not known to have goes in, "
        "from every space you share with them. If FILE is a directory, the name is drawn."
    ),
)
@click.argument("file", cls=Arg, metavar=N_("FILE"), type=click.Path(path_type=Path))
@click.option(
    "--for", "names", cls=Opt, multiple=True, metavar=N_("PERSON"),
    help=N_("Only for this person; may be repeated. Without it, for everybody who belongs."),
)  # fmt: skip
@click.option(
    "--everything", cls=Opt, is_flag=True,
    help=N_("Also what they are known to have: for a device that lost what it had."),
)  # fmt: skip
@click.pass_obj
def write_verb(
    invocation: Invocation, file: Path, names: tuple[str, ...], everything: bool
) -> None:
    """Write a bundle."""
    from aluna_sync.exchange.choosing import loads, seal_pending, spaces_of
    from aluna_sync.exchange.files import target
    from aluna_sync.exchange.writing import write_bundle
    from aluna_sync.locks import NodeLock

    voice = Voice(invocation)
    with open_device(invocation) as device, NodeLock(device.home):
        collective = device.collective(invocation.collective)
        persons = [chosen_person(device, collective, name) for name in names] or None
        spaces = spaces_of(device, collective)
        seal_pending(device, spaces)
        chosen = loads(device, spaces, persons, everything=everything)
        if not chosen:
            raise WrongUseError("nobody-to-carry-to")
        path = target(file, device.random_bytes)
        written = write_bundle(device, path, chosen, progress=_Progress(voice, 1000))
        waiting = sum(device.store.log.pending_count(space) for space in spaces)
        if voice.as_json:
            voice.json(written_as_json(written, waiting))
            return
        voice.data(str(written.path))
        for words in written_words(device, written, waiting):
            voice.talk(words)


def chosen_person(device: Device, collective: SpaceId, name: str) -> PersonId:
    """Return the one person called *name*; raises WrongUseError no-such-person."""
    wanted = fold(name)
    people = device.people(collective)
    found = [person for person in people if fold(person.name) == wanted]
    if len(found) != 1:
        raise WrongUseError("no-such-person", name=name, names=[one.name for one in people])
    return found[0].id


def written_as_json(written: Written, waiting: int) -> dict[str, object]:
    """Return the object that `bundle write --json` prints (a contract)."""
    return {
        "file": str(written.path),
        "bytes": written.size,
        "entries": written.entries,
        "spaces": len(written.spaces),
        "devices": [device.hex() for device in written.readers],
        "pending": waiting,
    }


@bundle_verb.command(
    "read",
    cls=Verb,
    help=N_(
        "Read the bundle FILE and keep what it brings. Reading it again changes nothing. Exit "
        "code 5 when the file ends too early; what came whole is kept."
    ),
)
@click.argument("file", cls=Arg, metavar=N_("FILE"), type=click.Path(path_type=Path))
@click.option(
    "--yes", "said_yes", cls=Opt, is_flag=True,
    help=N_("Go into a collective that let me in: its words were compared already."),
)  # fmt: skip
@click.pass_obj
def read_verb(invocation: Invocation, file: Path, said_yes: bool) -> None:
    """Read a bundle."""
    from aluna_sync.exchange.reading import read_bundle, settle
    from aluna_sync.locks import NodeLock
    from aluna_tui.commands.cards import asks_to_enter

    voice = Voice(invocation)
    with open_device(invocation, merges=True) as device, NodeLock(device.home):

        async def read() -> Taken:
            asked = asks_to_enter(invocation, voice, said_yes=said_yes)
            taken = read_bundle(device, file, progress=_Progress(voice, 1), on_invitation=asked)
            await settle(device, taken)
            return taken

        taken = run_in_loop(read(), device)
        if voice.as_json:
            voice.json(taken_as_json(device, file, taken))
        else:
            for words in taken_words(device, taken):
                voice.data(words)
    if taken.cut_short:
        raise IncompleteError("bundle-cut-short")


def taken_as_json(device: Device, file: Path, taken: Taken) -> dict[str, object]:
    """Return the object that `bundle read --json` prints (a contract)."""
    return {
        "file": str(file),
        "new": taken.new,
        "known": taken.known,
        "waiting": taken.waiting,
        "refused": taken.refused,
        "complete": not taken.cut_short,
        "spaces": [space.hex() for space in sorted(taken.spaces)],
        "from": [writer.hex() for writer in sorted(taken.writers)],
    }


class _Progress:
    """Tells how far long work is, at most once for each tenth."""

    def __init__(self, voice: Voice, weight: int) -> None:
        self._voice = voice
        self._weight = weight
        self._tenths = 0

    def __call__(self, done: int, total: int) -> None:
        tenths = done * 10 // total if total else 10
        if tenths > self._tenths and total * self._weight >= _PROGRESS_AT_LEAST:
            self._tenths = tenths
            if sys.stderr.isatty():
                self._voice.talk(_("{percent} % done").format(percent=tenths * 10))


# -- folders -------------------------------------------------------------------------------------


@click.group(
    "folder",
    cls=Twins,
    twins={"add": "agregar", "list": "ver", "forget": "olvidar"},
    help=N_(
        "A directory that Syncthing, Nextcloud, a network drive or a stick carries between "
        "companions: each device puts sealed files there and reads those of the others."
    ),
)
def folder_verb() -> None:
    """Hold the verbs about folders."""


@folder_verb.command(
    "add",
    cls=Verb,
    help=N_(
        "Use DIR from now on: while screens or a node are open, and whenever “aluna sync” runs. "
        "Whoever carries the directory sees how many sealed files there are and how large, and "
        "when they change."
    ),
)
@click.argument("directory", cls=Arg, metavar=N_("DIR"), type=click.Path(path_type=Path))
@click.pass_obj
def add_verb(invocation: Invocation, directory: Path) -> None:
    """Use a directory."""
    from aluna_sync.exchange.files import folder_path

    voice = Voice(invocation)
    with open_device(invocation) as device:
        path = folder_path(directory, device.home)
        device.store.folders.add(path, device.collective(invocation.collective))
    if voice.as_json:
        voice.json({"folder": str(path)})
        return
    voice.data(_("From now on this device uses {path}.").format(path=path))
    voice.talk(_("“aluna sync” reads and writes there now; screens and nodes do so by themselves."))


@folder_verb.command("list", cls=Verb, help=N_("Say which directories this device uses."))
@click.pass_obj
def list_verb(invocation: Invocation) -> None:
    """Say which directories are used."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        rows = device.store.folders.all()
        found = [(row, device.store.folders.files(row)) for row in rows]
        names = {row.number: device.space_name(row.collective) for row in rows}
    if voice.as_json:
        voice.json({"folders": [folder_as_json(row, len(files)) for row, files in found]})
        return
    for row, files in found:
        for words in looked_words(row, names[row.number], list(files.values())):
            voice.data(words)
    if not found:
        voice.talk(_("This device uses no folder yet: “aluna folder add DIR”."))


def folder_as_json(row: FolderRow, files: int) -> dict[str, object]:
    """Return one folder of `folder list --json` (a contract)."""
    return {
        "folder": str(row.path),
        "there": row.path.is_dir(),
        "collective": row.collective.hex(),
        "files": files,
    }


@folder_verb.command(
    "forget",
    cls=Verb,
    help=N_("Use DIR no more. The sealed files stay there; delete them if you want."),
)
@click.argument("directory", cls=Arg, metavar=N_("DIR"), type=click.Path(path_type=Path))
@click.pass_obj
def forget_verb(invocation: Invocation, directory: Path) -> None:
    """Use a directory no more."""
    voice = Voice(invocation)
    with open_device(invocation) as device:
        wanted = (directory, directory.absolute(), directory.resolve())
        row = next((one for one in device.store.folders.all() if one.path in wanted), None)
        if row is None:
            raise WrongUseError("no-such-folder", path=str(directory))
        device.store.folders.forget(row)
    if voice.as_json:
        voice.json({"folder": str(row.path)})
        return
    voice.data(_("This device uses {path} no more.").format(path=row.path))
